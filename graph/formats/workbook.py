"""What the workbooks of other programs share: rows of a sheet, and sheets of rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.graph.formats.cells import book_of
from partnergraph.graph.formats.graph_tables import MARK, Row, form_from
from partnergraph.graph.formats.xlsx import cell_text, workbook

_PIECE = 30_000  # characters of our own entry in a cell; a cell holds 32,767


def sheets(path: Path, data: bytes | None = None) -> dict[str, list[list[Any]]]:
    """Return the cells of each sheet, by its name in small letters.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such file, or it cannot be read as a workbook.
    """
    book = book_of(read_bytes(path) if data is None else data, path)
    return {sheet.name.strip().lower(): sheet.rows for sheet in book.sheets}


def rows(cells: list[list[Any]], place: str) -> list[Row]:
    """Return the rows below the header as dictionaries, blanks left out.

    Raises
    ------
    UnusableInput
        If there is no header.
    """
    if not cells or not any(cell != "" for cell in cells[0]):
        raise UnusableInput(f"{place}, row 1", "there is no header", "Put column names in row 1")
    header = [cell_text(cell).strip() for cell in cells[0]]
    out = []
    for line in cells[1:]:
        row = {k: value_of(v) for k, v in zip(header, line, strict=False) if k and v != ""}
        if row:
            out.append(row)
    return out


def value_of(cell: Any) -> Any:
    """Return a cell as a plain value, whole numbers as such."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell if isinstance(cell, bool | int | float | str) else cell_text(cell)


def two_tables(
    path: Path, data: bytes | None, names: tuple[str, str]
) -> tuple[list[Row], list[Row], dict[str, Any] | None]:
    """Return the rows of two sheets of a workbook, and our own entry where we wrote one.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such file, it is not a workbook, or a sheet is missing.
    """
    book = sheets(path, data)
    for name in names:
        if name.lower() not in book:
            cause = f"it has no sheet {name} (there are: {', '.join(book) or 'none'})"
            raise UnusableInput(path, cause, f"Name the sheets {' and '.join(names)}")
    first, second = (rows(book[n.lower()], f"{path.name}, sheet {n}") for n in names)
    pieces = book.get(MARK)
    if pieces is None:
        return first, second, None
    return first, second, form_from("".join(str(row[0]) for row in pieces if row), path)


def write(content: Mapping[str, list[Row]], form: str, path: Path) -> None:
    """Write sheets of rows, and our own entry into a sheet of our name; formulas stay text."""
    tables = {name: pd.DataFrame(found, dtype=object) for name, found in content.items()}
    pieces = [form[start : start + _PIECE] for start in range(0, len(form), _PIECE)]
    bare = {MARK: pd.DataFrame({0: pieces}, dtype=object)}
    write_atomically(path, workbook(tables, path, bare=bare))
