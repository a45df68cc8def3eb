"""A partnership graph in Neo4j: its address, its rows, and what is written and read there."""
