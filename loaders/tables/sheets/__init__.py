"""Files of tables of any kind, read as sheets of text with their header found."""
