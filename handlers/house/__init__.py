"""What the daemon does for whoever it serves, whatever their circle: coming and going, help, settings, one's own data."""
