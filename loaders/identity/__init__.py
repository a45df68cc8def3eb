"""Which names are the same partner: matching, and the judgements of people."""
