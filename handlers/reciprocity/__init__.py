"""Offers and asks, and the game that some play with them (CREW-4, CREW-5, CREW-8)."""
