"""A mapping drafted from what tables look like, for a person to edit."""
