"""The simulated market: delivery and results per ad and hour."""
