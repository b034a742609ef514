"""The way to Meta: structure, numbers, writes and the sandbox."""
