"""What is asked of everybody in a circle: polls in every way there is, and consent as a round (DEC-1 to DEC-4)."""
