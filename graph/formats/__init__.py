"""One module a format: read, write, and what it holds."""
