"""Connecting to Meta in the window: logins, their notices, their accounts."""
