"""Somebody new: whoever is beside them for three months, and the pod that takes them in (DYAD-6, R42 to R44)."""
