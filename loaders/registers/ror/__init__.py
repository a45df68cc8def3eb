"""Research Organization Registry: a register, see README.md."""
