"""The loop: pull, evaluate, guard, journal, act."""
