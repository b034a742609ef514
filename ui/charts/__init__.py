"""Charts: the line card and the bar list."""
