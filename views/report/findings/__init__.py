"""What the report finds: records, the sentences made from them, and a second count of each."""
