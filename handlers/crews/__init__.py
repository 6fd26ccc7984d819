"""Crews, from a call through charter, cycles and looking back to leaving, splitting and ending (CREW-1, CREW-2, CREW-6, CREW-13, CREW-20)."""
