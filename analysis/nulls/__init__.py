"""Chance: random networks with the same degrees, random affiliations, and what is significant."""
