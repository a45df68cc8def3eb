"""What a page says about those it names: ties, projects, periods, benefits, themes."""
