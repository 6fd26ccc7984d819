"""Who meets whom: rounds of a congregation, the rota of a crew, and what somebody says of whom they would rather meet (DYAD-1, R32)."""
