"""What somebody does for themselves in the private chat, where nobody else reads (practices.md SELF-1 to SELF-5)."""
