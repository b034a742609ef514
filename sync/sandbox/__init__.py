"""A Graph API double that answers over real HTTP."""
