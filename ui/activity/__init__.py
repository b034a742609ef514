"""The journal on screen: rows, their trace, and what a person may do about them."""
