"""CORDIS participations: a register, see README.md."""
