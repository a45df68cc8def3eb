"""A sheet as text, and what was found in the files that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.errors import UnusableInput

MOST_COLUMNS, MOST_TABLES = 16_384, 500
REJECTED = ("file", "row", "column", "value", "cause", "remedy", "done")
ROW_LEFT_OUT = "the row is left out"


@dataclass(frozen=True)
class File:
    """The content of a file, or of a member of an archive.

    Attributes
    ----------
    name
        Name without the folder; for a member of an archive its path in it.
    data
        Content.
    place
        Where it is, for errors.
    """

    name: str
    data: bytes
    place: str

    @property
    def suffix(self) -> str:
        """Ending of the name in lower case, blank where there is none."""
        return PurePosixPath(self.name.lower()).suffix

    def unusable(self, cause: str, remedy: str) -> UnusableInput:
        """Return the error to raise where the file cannot be read."""
        return UnusableInput(self.place, cause, remedy)


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    file, name
        The file, or its place in an archive, and the sheet in it; blank where a file is one table.
    frame
        Columns of text; blank is ``""`` or missing. Cells of JSON may be lists of text.
    rows
        Number of each row in its file.
    hidden
        Whether the sheet is hidden in its workbook.
    files
        File of each row, where a table was put together from several.
    band
        Column whose name rows take from the band above them, blank without bands.
    """

    file: str
    name: str
    frame: pd.DataFrame
    rows: np.ndarray
    hidden: bool = False
    files: np.ndarray | None = None
    band: str = ""

    @property
    def place(self) -> str:
        """File and sheet, for messages."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    @property
    def title(self) -> str:
        """Name of the sheet, or of the file where that is one table."""
        return self.name or self.file

    def places(self, rows: np.ndarray) -> list[str]:
        """Return the file, or the file and sheet, of each of some rows."""
        return [self.place] * len(rows) if self.files is None else self.files[rows].tolist()

    def taking(self, keep: np.ndarray) -> Sheet:
        """Return the sheet with some of its rows, by mask or position."""
        files = None if self.files is None else self.files[keep]
        frame = self.frame.iloc[np.flatnonzero(keep) if keep.dtype == bool else keep]
        return replace(self, frame=frame.reset_index(drop=True), rows=self.rows[keep], files=files)


@dataclass
class Found:
    """The sheets of some files, what there is to say about them, and the rows left out."""

    sheets: list[Sheet] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def say(self, place: str, words: Sequence[str]) -> None:
        """Add sentences about a file or sheet."""
        self.said += [f"{place}: {sentence}" for sentence in words]

    def reject(self, file: str, row: int, value: str, cause: str, remedy: str) -> None:
        """List a row that could not be read."""
        cells = (file, row, "", value[:200], cause, remedy, ROW_LEFT_OUT)
        self.rejected.append(dict(zip(REJECTED, cells, strict=True)))

    def add(self, other: Found) -> None:
        """Add what was found in another file."""
        self.sheets += other.sheets
        self.said += other.said
        self.rejected += other.rejected


def titled(
    file: str,
    name: str,
    titles: Sequence[str],
    frame: pd.DataFrame,
    numbers: Sequence[int] | np.ndarray,
    *,
    hidden: bool = False,
) -> tuple[Sheet, list[str]]:
    """Return a sheet whose columns have different names; blank columns without one are left out."""
    said, keep = [], {}
    for position, title in enumerate(titles):
        plain = " ".join(str(title).split())
        if not plain:
            # The first column of a matrix has no name, and its rows are what it names.
            if not frame.iloc[:, position].fillna("").astype(str).str.strip().any():
                continue
            plain = f"column {position + 1}"
            said.append(f"column {position + 1} has no name and is called {plain!r}")
        fresh, number = plain, 1
        while fresh in keep:
            number += 1
            fresh = f"{plain} ({number})"
        if number > 1:
            said.append(f"the column name {plain!r} occurs again; that column is called {fresh!r}")
        keep[fresh] = position
    frame = frame.iloc[:, list(keep.values())]
    frame.columns = pd.Index(list(keep), dtype=object)
    return Sheet(file, name, frame, np.asarray(numbers, dtype="int64"), hidden), said


def of_columns(columns: Mapping[Any, Sequence[Any]]) -> pd.DataFrame:
    """Return cells as they are, lists among them, in columns that are numbered; None is blank."""
    frame = {}
    for position, cells in enumerate(columns.values()):
        values = np.empty(len(cells), dtype=object)
        for row, cell in enumerate(cells):
            values[row] = "" if cell is None else cell
        frame[position] = pd.Series(values, dtype=object)
    return pd.DataFrame(frame)


def too_wide(file: File, width: int) -> UnusableInput:
    """Return the error for a table with more columns than a spreadsheet has."""
    cause = f"it has at least {width:,} columns; a table may have {MOST_COLUMNS:,}"
    return file.unusable(cause, "Check the delimiter, or swap rows and columns")


def too_many(place: str) -> UnusableInput:
    """Return the error for an archive, folder or workbook with too many tables."""
    cause = f"it has more than {MOST_TABLES:,} tables"
    return UnusableInput(place, cause, "Take those you need, or join equal ones")
