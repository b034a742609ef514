"""In whose name which account is read and changed, and how one logs in."""
