"""Who holds which capability: portfolios, what they cover, how fields are related."""
