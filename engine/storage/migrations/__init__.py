"""Steps that bring a state database to the newest form."""
