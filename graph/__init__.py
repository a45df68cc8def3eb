"""What a partnership graph is: vocabulary, tables, checks, folder on disk, and its forms."""
