"""Who holds which capability: portfolios, what they cover, and how fields are related."""
