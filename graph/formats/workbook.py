"""What the workbooks of other programs share: rows of a sheet, and sheets of rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.graph.formats.graph_tables import MARK, Row
from partnergraph.graph.formats.xlsx import (
    MOST_CHARACTERS,
    MOST_ROWS,
    cell_text,
    sheet_value,
    within_bounds,
    without_stamps,
)

_PIECE = 30_000  # characters of our own entry in a cell; a cell holds 32,767


def sheets(path: Path, data: bytes | None = None) -> dict[str, list[list[Any]]]:
    """Return the cells of each sheet, by its name in small letters.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it is no workbook that can be read.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    data = read_bytes(path) if data is None else data
    within_bounds(data, path)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {
            name.strip().lower(): book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except CalamineError as error:
        cause = f"it is no workbook that can be read ({error})"
        raise UnusableInput(path, cause, "Save it as .xlsx, without a password") from None


def rows(cells: list[list[Any]], place: str) -> list[Row]:
    """Return the rows below the header as dictionaries, blanks left out.

    Raises
    ------
    UnusableInput
        Where there is no header.
    """
    if not cells or not any(cell != "" for cell in cells[0]):
        raise UnusableInput(f"{place}, row 1", "there is no header", "Put column names in row 1")
    header = [cell_text(cell).strip() for cell in cells[0]]
    out = []
    for line in cells[1:]:
        row = {k: _value(v) for k, v in zip(header, line, strict=False) if k and v != ""}
        if row:
            out.append(row)
    return out


def _value(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell if isinstance(cell, bool | int | float | str) else cell_text(cell)


def form_in(book: Mapping[str, list[list[Any]]]) -> str | None:
    """Return what we wrote into the sheet of our name, or None."""
    pieces = book.get(MARK)
    return None if pieces is None else "".join(str(row[0]) for row in pieces if row)


def write(content: Mapping[str, Iterable[Row]], form: str, path: Path) -> None:
    """Write sheets of rows, and our own entry into a sheet of our name; formulas stay text.

    Raises
    ------
    UnusableInput
        Where a sheet has too many rows, or a cell too many characters.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, found in content.items():
        some = list(found)
        if len(some) > MOST_ROWS:
            cause = f"{name} has {len(some):,} rows, a sheet holds {MOST_ROWS:,}"
            raise UnusableInput(path, cause, "Export as JSON")
        header = list(dict.fromkeys(column for row in some for column in row))
        lines: list[list[Any]] = [list(header)]
        lines += [[row.get(column) for column in header] for row in some]
        for number, line in enumerate(lines, start=1):
            for position, value in enumerate(line):
                line[position] = sheet_value(value, f"{path}, sheet {name}, row {number}")
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, line in enumerate(lines):
            cells = [WriteOnlyCell(sheet, value=value) for value in line]
            for cell, value in zip(cells, line, strict=True):
                if isinstance(value, str):
                    cell.data_type = "s"  # or openpyxl takes "=1+1" for a formula
                elif isinstance(value, float):
                    cell._value = repr(value)  # type: ignore[attr-defined]  # openpyxl itself writes 16 digits of 17
                if number == 0:
                    cell.font = Font(bold=True)
            sheet.append(cells)
    sheet = book.create_sheet(MARK)
    for start in range(0, len(form), min(_PIECE, MOST_CHARACTERS)):
        cell = WriteOnlyCell(sheet, value=sheet_value(form[start : start + _PIECE], str(path)))
        cell.data_type = "s"
        sheet.append([cell])
    write_atomically(path, without_stamps(book))
