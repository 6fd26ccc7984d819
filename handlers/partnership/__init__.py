"""Two people look, each alone, at where they stand, and open it only together (DYAD-5, R39 to R41)."""
