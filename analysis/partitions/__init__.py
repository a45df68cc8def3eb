"""What partitions share and how sure they are: agreement of two, profiles of their clusters."""
