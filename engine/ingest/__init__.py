"""Insights rows that others push: read, checked, grouped into batches."""
