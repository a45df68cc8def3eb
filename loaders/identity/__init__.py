"""Which names are the same partner: matching, and people's judgements."""
