"""What a circle has decided, and what becomes of it with time."""
