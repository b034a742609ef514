"""From matches to decisions: proposals, arbiter, guards, hold-outs."""
