"""The window: everything people see, made with PySide6."""
