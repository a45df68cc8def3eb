"""What was read from pages, as a draft that a person decides on."""
