"""One module a section of the report, each from facts to blocks."""
