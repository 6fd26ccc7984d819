"""What is remembered: one noun a file, and nothing here decides."""
