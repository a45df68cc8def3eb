"""What computes: one module an engine, same function names in each."""
