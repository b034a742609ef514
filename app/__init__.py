"""Entry points and wiring: may import everything, nobody imports it."""
