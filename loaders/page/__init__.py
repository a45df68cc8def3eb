"""Partner pages: a document becomes candidates (names, ties, periods, benefits) with their quotes.

`document` decodes a page and keeps every position true, `names` finds who is named,
`dates_in_text` reads periods, `relations` finds what is said between them, and `extract` puts it
together, checks every extractor's quotes, and adds the default tie for whoever has none.
"""
