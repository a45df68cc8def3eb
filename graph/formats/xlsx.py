"""One workbook with a sheet for each table: what people fill in, and what they get back.

Sheets are named after the six tables, and ``about`` (two columns, entry and value) holds the
ecosystem's name and title and the types of the user's own columns. Rows are numbered as the sheet
numbers them. Text stays text: what starts with ``=`` is written and read unchanged.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import ROW
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.graph.formats.cells import book_of
from partnergraph.graph.formats.delimited import check_header
from partnergraph.graph.formats.holds import EVERYTHING
from partnergraph.graph.formats.read_result import ReadResult, about_of
from partnergraph.graph.networkx_form import own_columns
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES, declared_type

holds = EVERYTHING

ABOUT = "about"
TYPE_OF = "type of "
MOST_ROWS, MOST_CHARACTERS = 1_048_575, 32_767
_FIXED = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> ReadResult:
    """Read the sheets of a workbook that bear the names of our tables."""
    book = book_of(read_bytes(path) if data is None else data, path)
    sheets = {sheet.name.strip().lower(): sheet.name for sheet in book.sheets}
    content = {
        key: sheet.rows
        for sheet in book.sheets
        if (key := sheet.name.strip().lower()) in SCHEMA.tables or key == ABOUT
    }
    for name in ("nodes", "ties"):
        if name not in content:
            there = ", ".join(sheets.values()) or "none"
            cause = f"it has no sheet {name} (there are: {there})"
            raise UnusableInput(path, cause, "Name the sheets nodes and ties")
    entries = _entries(content.pop(ABOUT, []))
    result = ReadResult(EcosystemBuilder(about_of(entries, f"{path.name}, sheet {ABOUT}")))
    result.said += [
        f"{path.name}, sheet {sheet}, cell {place}: {value} is read as blank"
        for sheet, place, value in book.error_cells
        if sheet.strip().lower() in SCHEMA.tables
    ]
    left = [name for key, name in sheets.items() if key not in SCHEMA.tables and key != ABOUT]
    result.said += [
        f"{path.name}: the sheet {name} is not one of our tables, ignored" for name in left
    ]
    for name, rows in content.items():
        place = f"{path.name}, sheet {sheets[name]}"
        result.builder.add_table(name, _frame(rows, name, entries, place), file=place)
    return result


def _entries(rows: list[list[Any]]) -> dict[str, str]:
    return {str(row[0]).strip(): cell_text(row[1]) for row in rows if len(row) > 1 and row[0] != ""}


def _frame(rows: list[list[Any]], name: str, entries: dict[str, str], place: str) -> pd.DataFrame:
    """Return a sheet as a table, with the rows that have content and their numbers."""
    if not rows or not any(cell != "" for cell in rows[0]):
        raise UnusableInput(f"{place}, row 1", "there is no header", "Put column names in row 1")
    width = max(i for i, cell in enumerate(rows[0], start=1) if cell != "")
    header = check_header(rows[0][:width], place)
    kept = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(c != "" for c in row)]
    for number, row in kept:
        if any(cell != "" for cell in row[width:]):
            where = f"{place}, row {number}, column {width + 1}"
            raise UnusableInput(where, "the cell is outside the header", "Name its column")
    table = SCHEMA.tables[name]
    columns: dict[str, Any] = {}
    for position, column in enumerate(header):
        cells = [row[position] for _, row in kept]
        kind = declared_type(table, column) or entries.get(f"{TYPE_OF}{name}.{column}")
        columns[column] = _cells(cells, kind, f"{place}, column {column}")
    columns[ROW] = [number for number, _ in kept]
    return pd.DataFrame(columns)


def _cells(cells: list[Any], kind: str | None, place: str) -> pd.Series:
    """Return cells in the type that is declared, or in the one that all of them have."""
    filled = [cell for cell in cells if cell != ""]
    if kind is None:
        types = {type(cell) for cell in filled}
        kind = {frozenset({bool}): "boolean", frozenset({float}): "number"}.get(frozenset(types))
        if kind == "number" and all(cell.is_integer() and abs(cell) < 2**53 for cell in filled):
            kind = "integer"
    if kind in ("boolean", "number", "integer"):
        values: list[Any] = [None if cell == "" else cell for cell in cells]
        series = pd.Series(values, dtype=object)
        try:
            if kind != "boolean":  # a number that a sheet cannot hold was written as text
                convert = int if kind == "integer" else float
                values = [convert(v) if isinstance(v, str) else v for v in values]
                series = pd.Series(values, dtype=object)
            return series.astype(DTYPES[kind])
        except (TypeError, ValueError, OverflowError):
            if kind == "boolean":
                cause, remedy = "cells are not TRUE or FALSE", "Correct them"
                raise UnusableInput(place, cause, remedy) from None
            return series  # the builder names the cell that is not a number
    return pd.Series([cell_text(cell) for cell in cells], dtype=object)


def cell_text(cell: Any) -> str:
    """Return a cell as the text a person sees in it: 2016.0 is 2016, a date is ISO 8601."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == clock() else cell.isoformat()
    if isinstance(cell, date | clock):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as a workbook, and return what was changed on the way: nothing.

    Numbers that a sheet cannot hold (integers beyond 2**53, infinities) are written as text.
    """
    about = pd.DataFrame(_about(eco), dtype=object)
    write_atomically(path, workbook(dict(eco.tables), path, bare={ABOUT: about}))
    return []


def workbook(
    tables: Mapping[str, pd.DataFrame],
    path: Path | str = "workbook",
    *,
    bare: Mapping[str, pd.DataFrame] | None = None,
) -> bytes:
    """Return a workbook: a sheet for each table with a frozen header, and sheets without a header.

    Raises
    ------
    UnusableInput
        If a table has more rows, or a cell more characters, than a sheet can hold; it names the
        path.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    whole = {**tables, **(bare or {})}
    # Looked at before anything is written: a half-written sheet cannot be given up cleanly.
    content = {name: _plain_rows(frame, name, Path(path)) for name, frame in whole.items()}
    book = Workbook(write_only=True)
    for name, frame in whole.items():
        sheet = book.create_sheet(_title(name, book.sheetnames))
        if name in tables:
            sheet.freeze_panes = "A2"
            for position, column in enumerate(frame.columns):
                sheet.column_dimensions[_letter(position)].width = _width(frame, column)
            place = f"{path}, sheet {name}, row 1"
            titles = [sheet_value(str(column), place) for column in frame.columns]
            header = [WriteOnlyCell(sheet, value=title) for title in titles]
            for cell in header:
                cell.font, cell.data_type = Font(bold=True), "s"
            sheet.append(header)
        for values in content[name]:
            sheet.append(_row(sheet, values))
    return without_stamps(book)


def _row(sheet: Any, values: Iterable[Any]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell

    row: list[Any] = [WriteOnlyCell(sheet, value=value) for value in values]
    for cell in row:
        if isinstance(cell.value, str):
            cell.data_type = "s"  # or openpyxl takes "=1+1" for a formula
        elif isinstance(cell.value, float):
            cell._value = repr(cell.value)  # openpyxl itself writes 16 digits of 17
    return row


def _title(name: str, taken: Iterable[str]) -> str:
    """Return a name as a sheet may bear it: 31 characters, none of them special, none twice."""
    plain = re.sub(r"[\\/?*:\[\]]", " ", name)[:31].strip() or "sheet"
    title, number = plain, 1
    while title.casefold() in {other.casefold() for other in taken}:
        number += 1
        title = f"{plain[: 30 - len(str(number))]} {number}"
    return title


def _about(eco: Ecosystem) -> Iterator[tuple[str, str]]:
    yield from eco.about.as_dict().items()
    for name in SCHEMA.tables:
        for column, kind in own_columns(eco.table(name), name).items():
            yield f"{TYPE_OF}{name}.{column}", kind


def _plain_rows(frame: pd.DataFrame, name: str, path: Path) -> Iterator[tuple[Any, ...]]:
    """Return rows as a sheet can hold them, and refuse what it cannot."""
    if len(frame) > MOST_ROWS:
        cause = f"{name} has {len(frame):,} rows, a sheet holds {MOST_ROWS:,}"
        raise UnusableInput(path, cause, "Export as JSON, or save as Parquet")
    columns = []
    for column in frame.columns:
        cells = frame[column].astype(object)
        values = cells.where(frame[column].notna(), None).tolist()
        for number, value in enumerate(values, start=2):
            place = f"{path}, sheet {name}, row {number}, column {column}"
            values[number - 2] = sheet_value(value, place)
        columns.append(values)
    return zip(*columns, strict=True)


def sheet_value(value: Any, place: str) -> Any:
    """Return a value as a cell can hold it.

    Raises
    ------
    UnusableInput
        If it is text that is too long, or has control characters.
    """
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS or _ILLEGAL.search(value):
            cause = "a sheet cannot hold its text (too long, or control characters)"
            raise UnusableInput(place, cause, "Shorten it, or export as JSON")
        return _escaped(value)
    if isinstance(value, int | float) and not -(2**53) <= value <= 2**53:
        return repr(value)
    return value


def _escaped(text: str) -> str:
    """Escape what a reader would take for an escape, for a line end, or for nothing.

    ``_x0041_`` would come back as A, a carriage return as a line feed, mere spaces as blank.
    """
    text = _ESCAPE.sub("_x005F_", text).replace("\r", "_x000D_")
    return text if text.strip() or not text else f"_x{ord(text[0]):04X}_{text[1:]}"


def _letter(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))


def _width(frame: pd.DataFrame, column: str) -> float:
    longest = frame[column].head(200).map(lambda v: len(str(v)), na_action="ignore").max()
    return float(min(50, max(len(column) + 2, 0 if pd.isna(longest) else longest + 1)))


def without_stamps(book: Any) -> bytes:
    """Return a workbook's bytes, the same whenever it is written."""
    first, second = io.BytesIO(), io.BytesIO()
    book.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _STAMPS.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", data)
            new.writestr(zipfile.ZipInfo(entry.filename, _FIXED), data, zipfile.ZIP_DEFLATED)
    return second.getvalue()


# -- a workbook to fill in -------------------------------------------------------------------


def template(path: Path) -> None:
    """Write a workbook to fill in: sheets, explained headers, drop-downs, two example rows."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _examples().items():
        table, sheet = SCHEMA.tables[name], book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for position, column in enumerate(table.columns.values(), start=1):
            cell = sheet.cell(1, position, column.id)
            cell.font = Font(bold=True)
            if column.required and column.type != "tie_id":
                cell.fill = PatternFill("solid", fgColor="DDEBF7")
            cell.comment = Comment(column.meaning, "partnergraph", height=60, width=260)
            letter = _letter(position - 1)
            sheet.column_dimensions[letter].width = max(12, len(column.id) + 3)
            listed = SCHEMA.listed(column)
            if listed is not None:
                choice = DataValidation("list", formula1=f'"{",".join(listed)}"', allow_blank=True)
                choice.add(f"{letter}2:{letter}5000")
                sheet.add_data_validation(choice)
            for line, row in enumerate(rows, start=2):
                sheet.cell(line, position, row.get(column.id)).number_format = "@"
    about = book.create_sheet(ABOUT)
    for entry in (("name", "my-ecosystem"), ("title", "Our partners"), ("focus", "us")):
        about.append(entry)
    write_atomically(path, without_stamps(book))


def _examples() -> dict[str, list[dict[str, str]]]:
    """Return two rows for nodes and ties, and a receipt for each, in kinds of the vocabulary."""
    one, other = SCHEMA.actors[0], SCHEMA.actors[-1]
    member, partner = SCHEMA.folding[0], SCHEMA.undirected[0]
    ties = [f"us.{member}.our-federation@2016", f"our-federation.{partner}.us"]
    return {
        "nodes": [
            {"id": "us", "kind": one, "name": "Our organisation", "country": "BE"},
            {"id": "our-federation", "kind": other, "name": "Our federation"},
        ],
        "ties": [
            {"kind": member, "source": "us", "target": "our-federation", "start": "2016"},
            {"kind": partner, "source": "our-federation", "target": "us"},
        ],
        "aliases": [],
        "sources": [{"id": "board-minutes", "title": "Minutes of our board"}],
        "evidence": [
            {"fact": fact, "source": "board-minutes", "locator": "point 3"}
            for fact in ("us", "our-federation", *ties)
        ],
    }
