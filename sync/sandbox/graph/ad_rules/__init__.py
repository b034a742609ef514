"""Meta's own ad rules: kept, previewed, and carried out on the market."""
