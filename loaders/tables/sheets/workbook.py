"""Workbooks (XLSX, XLS, ODS): their sheets as saved, with what is hidden, merged or computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.formats.xlsx import MOST_CELLS, cell_text, within_bounds
from partnergraph.loaders.tables.sheets.archives import BROKEN, bounded
from partnergraph.loaders.tables.sheets.header import LOOKED_AT, NO_HEADER, above, find_header
from partnergraph.loaders.tables.sheets.sheet import File, Found, Sheet, titled
from partnergraph.loaders.wording import counted

BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_REPEATED = re.compile(rb"number-(rows|columns)-repeated=[\"'](\d+)[\"']")


def read_workbook(file: File, asked: Callable[[str], int | None]) -> Found:
    """Read every sheet of a workbook, hidden ones too.

    Parameters
    ----------
    asked
        Row of the header by sheet, where a person has said it; else it is looked for.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    within_bounds(file.data, Path(file.place))
    _within_ods_bounds(file)
    content = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        hidden = {m.name for m in book.sheets_metadata if not str(m.visible).endswith(".Visible")}
        for title in book.sheet_names:
            given = book.get_sheet_by_name(title)
            merged = given.merged_cell_ranges or []
            content.append((title, given.to_python(skip_empty_area=False), merged))
    except (CalamineError, ValueError, zipfile.BadZipFile, KeyError, OSError) as error:
        cause = f"it is not a workbook that can be read ({error})"
        raise file.unusable(cause, "Save it as .xlsx, without a password") from None
    found = Found()
    found.say(file.name, _formulas(file.data))
    for title, rows, merged in content:
        where = f"{file.name}, sheet {title}"
        if title in hidden:
            found.said.append(f"{where} is hidden; only a mapping that names it reads it")
        text = [[cell_text(cell) if cell != "" else "" for cell in row] for row in rows]
        if any(map(any, text)):
            sheet, said = _of_rows(file.name, title, text, merged, asked(title), title in hidden)
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
    asked: int | None,
    hidden: bool,
) -> tuple[Sheet, list[str]]:
    """Return a sheet of a workbook as a table, and what to say of it."""
    header = find_header(rows[:LOOKED_AT]) if asked is None else asked - 1
    start = -1 if header is None else min(header, len(rows) - 1)
    said = above(rows[: max(start, 0)])
    if filled := _unmerge(rows, merged, start):
        words = "takes its" if filled == 1 else "take their"
        said.append(f"{counted(filled, 'cell')} within merged cells {words} value")
    titles = rows[start] if start >= 0 else [f"column {i + 1}" for i in range(len(rows[0]))]
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


def _formulas(data: bytes) -> list[str]:
    """Count formulas and errors in the sheets of an .xlsx."""
    formulas = errors = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    content = archive.read(name)
                    formulas += len(re.findall(rb"<f[ >]", content))
                    errors += len(re.findall(rb'<c [^>]*t="e"', content))
    except BROKEN:
        return []
    said = []
    if formulas:
        words = (
            "cell holds a formula; its saved result is"
            if formulas == 1
            else ("cells hold formulas; their saved results are")
        )
        said.append(f"{formulas} {words} read")
    if errors:
        words = (
            "holds an error such as #REF! and is"
            if errors == 1
            else ("hold errors such as #REF! and are")
        )
        said.append(f"{counted(errors, 'cell')} {words} read as blank")
    return said


def _within_ods_bounds(file: File) -> None:
    """Refuse an OpenDocument sheet that unfolds into more cells than fit into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            if "content.xml" not in archive.namelist():
                return
            with archive.open("content.xml") as member:
                content = bounded(member.read, file.place, most=200_000_000)
    except BROKEN:
        return
    for table in content.split(b"<table:table ")[1:]:
        height = width = reach = 0
        for row in re.split(rb"<table:table-row\b", table)[1:]:
            opening, _, cells = row.partition(b">")
            height += _times(opening)
            across = 0
            for cell in re.split(rb"<table:(?:covered-)?table-cell\b", cells)[1:]:
                opening = cell.partition(b">")[0]
                across += _times(opening)
                if not opening.endswith(b"/"):
                    width, reach = max(width, across), height
        if width * reach > MOST_CELLS:
            cause = f"a sheet reaches over {width * reach:,} cells"
            raise file.unusable(cause, "Remove what is far outside the table")


def _times(opening: bytes) -> int:
    """Return how often an element of OpenDocument says that it is repeated."""
    many = _REPEATED.search(opening)
    return int(many[2]) if many else 1
