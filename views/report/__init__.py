"""The report: one HTML or Markdown file for a board."""
