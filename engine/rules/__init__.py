"""The rule language: parsed once, evaluated over the window frame."""
