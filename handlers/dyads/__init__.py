"""Two people: they agree to meet, are brought to a time that suits them, and keep to a rhythm of their own (DYAD-1)."""
