"""The core: rules, decisions, execution, storage and the HTTP API."""
