"""Graph API semantics of the sandbox: reads, writes, insights, errors."""
