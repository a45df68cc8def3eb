"""Review: a person decides about the candidates read from pages."""
