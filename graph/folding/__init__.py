"""What is folded, how, and which folded pairs say more than the degrees of both ends."""
