"""One module a question that is asked of an ecosystem."""
