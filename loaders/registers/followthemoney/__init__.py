"""FollowTheMoney entities: a register, see README.md."""
