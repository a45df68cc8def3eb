"""One module a form of the report: HTML and Markdown, PDF, and what else it is written as."""
