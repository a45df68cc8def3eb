"""Questions about time: what lapses, and what changed between two moments."""
