"""Workbooks (XLSX, XLS, ODS): their sheets as saved, with what is hidden, merged or computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from partnergraph.graph.formats.cells import Book, book_of
from partnergraph.graph.formats.xlsx import cell_text
from partnergraph.loaders.tables.sheets.header import (
    LOOKED_AT,
    NO_HEADER,
    above,
    headed,
    place_header,
)
from partnergraph.loaders.tables.sheets.sheet import (
    MOST_TABLES,
    REJECTED,
    File,
    Found,
    Sheet,
    titled,
    too_many,
)
from partnergraph.loaders.wording import counted

BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_workbook(file: File, asked: Callable[[str], int | str | None]) -> Found:
    """Read every sheet of a workbook, hidden ones too.

    Parameters
    ----------
    asked
        Row of the header or a reading, by sheet, where a person has said it; else it is looked for.
    """
    book, found = book_of(file.data, file.place), Found()
    if len(book.sheets) > MOST_TABLES:
        raise too_many(file.place)
    found.say(file.name, _formulas(book))
    found.rejected += [_unsaved(file.name, *cell) for cell in book.unsaved_cells]
    for given in book.sheets:
        title, rows = given.name, given.rows
        where = f"{file.name}, sheet {title}"
        if given.hidden:
            found.said.append(f"{where} is hidden; only a mapping that names it reads it")
        text = [[cell_text(cell) if cell != "" else "" for cell in row] for row in rows]
        rows.clear()
        if any(map(any, text)):
            sheet, said = _of_rows(file.name, title, text, given.merged, asked(title), given.hidden)
            found.sheets.append(sheet)
        else:
            said = ["it is empty"]
        found.say(where, said)
    if not found.sheets:
        raise file.unusable("its sheets are empty", "Give a sheet a header and rows")
    return found


def _of_rows(
    file: str,
    title: str,
    rows: list[list[str]],
    merged: Sequence[Any],
    asked: int | str | None,
    hidden: bool,
) -> tuple[Sheet, list[str]]:
    """Return a sheet of a workbook as a table, and what to say of it."""
    header = place_header(rows[:LOOKED_AT], None if hidden else asked, f"{file}, sheet {title}")
    start = -1 if header is None else min(header, len(rows) - 1)
    said = above(rows[: max(start, 0)])
    if filled := _unmerge(rows, merged, start):
        words = "takes its" if filled == 1 else "take their"
        said.append(f"{counted(filled, 'cell')} within merged cells {words} value")
    titles = headed(rows, start) if start >= 0 else [f"column {i + 1}" for i in range(len(rows[0]))]
    said += [NO_HEADER] if start < 0 else []
    kept = [(n, row) for n, row in enumerate(rows[start + 1 :], start=start + 2) if any(row)]
    frame = pd.DataFrame(
        {i: pd.Series([row[i] for _, row in kept], dtype=object) for i in range(len(titles))}
    )
    sheet, named = titled(file, title, titles, frame, [n for n, _ in kept], hidden=hidden)
    return sheet, said + named


def _unmerge(rows: list[list[str]], merged: Sequence[Any], start: int) -> int:
    """Give the cells of a merged range below the titles the value of its first cell."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        if top < start or top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                if not row[column]:
                    row[column] = rows[top][left]
                    filled += 1
    return filled


def _unsaved(file: str, sheet: str, place: str, formula: str) -> dict[str, Any]:
    """Return the entry in the list of cells for a formula without a saved result."""
    column = place.rstrip("0123456789")
    cause = f"the formula in {place} has no saved result"
    remedy = "Open the workbook in a spreadsheet program and save it"
    row, done = int(place.removeprefix(column)), "the cell is left blank"
    cells = (f"{file}, sheet {sheet}", row, column, formula[:200], cause, remedy, done)
    return dict(zip(REJECTED, cells, strict=True))


def _formulas(book: Book) -> list[str]:
    """Return what there is to say about formulas and errors in an .xlsx."""
    formulas, errors = book.formulas - book.unsaved, book.errors
    said = []
    if formulas:
        words = (
            "cell holds a formula; its saved result is"
            if formulas == 1
            else ("cells hold formulas; their saved results are")
        )
        said.append(f"{formulas} {words} read")
    if book.unsaved:
        has = "formula has" if book.unsaved == 1 else "formulas have"
        said.append(f"{book.unsaved} {has} no saved result, so that nothing is read there")
    if errors:
        words = (
            "holds an error such as #REF! and is"
            if errors == 1
            else ("hold errors such as #REF! and are")
        )
        said.append(f"{counted(errors, 'cell')} {words} read as blank")
    return said
