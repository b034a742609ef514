"""The editor of one rule: its document as form and text, its preview."""
