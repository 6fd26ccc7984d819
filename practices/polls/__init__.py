"""Ways of asking many people one thing, and of counting what they say."""
