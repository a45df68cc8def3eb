"""From sources of any shape to an ecosystem."""
