"""Charts: the line card, the bar list and sparklines."""
