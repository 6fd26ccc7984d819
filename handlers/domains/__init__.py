"""What a crew decides by itself: cards, the links between circles, and what lies outside (DEC-5)."""
