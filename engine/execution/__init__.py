"""Carrying decisions out, and putting right what a crash left open."""
