"""Builds messages from the engine's parts; reads only, changes nothing."""
