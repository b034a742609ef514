"""The editor of one rule: its document, as a form and as text, and its preview."""
