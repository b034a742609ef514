"""Databases: the only place with drivers."""
