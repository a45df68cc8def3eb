"""Digital Public Goods: a register, see README.md."""
