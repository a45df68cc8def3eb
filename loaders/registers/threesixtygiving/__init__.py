"""360Giving grants: a register, see README.md."""
