"""Engines: one module each, with the same function for the same measure."""
