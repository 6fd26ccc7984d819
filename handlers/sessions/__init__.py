"""Practices, played by one engine from scripts: what fits, the clock, the turns, what is written for all to open."""
