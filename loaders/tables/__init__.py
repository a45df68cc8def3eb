"""Tables of any shape: recognised, mapped to the vocabulary, read cell by cell."""
