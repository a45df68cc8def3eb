"""Tables as people keep them: a folder with nodes.csv and ties.csv, or one workbook."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.formats import csv_pair, xlsx
from partnergraph.graph.formats.draft import Draft


def read(path: Path) -> Draft:
    """Read a folder of plain tables, or a workbook.

    Raises
    ------
    MissingInput, UnusableInput
        Where a table is missing or cannot be read.
    """
    return csv_pair.read(path) if path.is_dir() else xlsx.read(path)
