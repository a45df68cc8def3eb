"""The account of a mapping carried out: sentences, counts, and cells that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.tables.mapping import TablesMapping
from partnergraph.loaders.tables.sheets.sheet import REJECTED, Found, Sheet
from partnergraph.loaders.wording import Counts, did_you_mean, shortened

CELL_LEFT_BLANK = "the cell is left blank"


class Account:
    """The account of one mapping.

    Attributes
    ----------
    found, mapping
        The sheets, and what a person says of them.
    notes, counts
        Sentences in the order in which they come up, and what is counted before it is said.
    rejected
        Rows of the list of cells that could not be read.
    """

    def __init__(self, found: Found, mapping: TablesMapping) -> None:
        self.found, self.mapping = found, mapping
        self.notes = list(found.said)
        self.rejected = [pd.DataFrame(found.rejected, columns=list(REJECTED))]
        self.counts = Counts()

    def reject(
        self,
        sheet: Sheet,
        rows: np.ndarray,
        column: str,
        values: Sequence[Any],
        cause: Sequence[str] | str,
        remedy: Sequence[str] | str,
        done: Sequence[str] | str,
    ) -> None:
        """List cells that could not be read, by their position in a sheet."""
        if not len(rows):
            return
        short = [str(v)[:200] for v in values]
        cells = (sheet.places(rows), sheet.rows[rows], column, short, cause, remedy, done)
        self.rejected.append(pd.DataFrame(dict(zip(REJECTED, cells, strict=True))))

    def fail(self, line: int, key: str, cause: str, remedy: str) -> UnusableInput:
        """Return the error for a mapping that asks for what is not there."""
        return UnusableInput(f"{self.mapping.place}, line {line}, {key}", cause, remedy)

    def require(self, sheet: Sheet, columns: Sequence[str], line: int, key: str) -> None:
        """Raise where a sheet has no column of that name."""
        names = list(sheet.frame.columns)
        for column in columns:
            if column not in names:
                others = f"Choose one of {shortened(names, 12)}"
                remedy = did_you_mean(column, names, others, cutoff=0.5)
                cause = f"there is no column {column!r} in {sheet.place}"
                raise self.fail(line, key, cause, remedy)
