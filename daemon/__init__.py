"""The edges and the process: Matrix, the calendar, health, and the one place where everything is joined."""
