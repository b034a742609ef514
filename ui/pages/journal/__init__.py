"""The journal on screen: rows, their trace, what a person may do."""
