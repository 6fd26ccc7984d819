"""Everybody who likes has one named person to turn to (DYAD-4)."""
