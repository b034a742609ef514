"""Guards: each may veto a proposal with a reason and an end."""
