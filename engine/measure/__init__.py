"""Measuring: what happened, and what rules had to do with it."""
