"""Partner pages: a document becomes candidates (names, ties, periods, benefits) with their quotes.

`read_document` decodes a page and keeps every position true, `names` finds who is named,
`relations` finds what is said about them, and `extract` puts it together and checks the quotes of
every extractor.
"""
