"""Plain frozen types of the business; standard library only."""
