"""What people can say and what the calendar does: one feature a file."""
