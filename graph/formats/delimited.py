"""Delimited text: what people's CSV files really are, read and said.

Encoding (UTF-8 with or without a byte order mark, UTF-16, else Windows cp1252), delimiter (comma,
semicolon, tab) and decimal comma are recognised, and everything that is not plain UTF-8 with
commas is said. Rows are numbered as a spreadsheet numbers them: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.checks import CONTROL, ROW, short
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.tables import TEXT

MOST_CHARACTERS, MOST_COLUMNS = 1_000_000, 16_384
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_RISKY = re.compile("'*[=+@\\t\\r-]")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def decode(data: bytes, place: object) -> tuple[str, str]:
    """Return text and what it is written in, blank for plain UTF-8.

    Raises
    ------
    UnusableInput
        If the bytes are not text in UTF-8, UTF-16 or cp1252, or have NUL bytes.
    """
    for mark, encoding, said in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), said
            except UnicodeDecodeError as error:
                raise _undecodable(place, data, error) from None
    if b"\0" in data:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, errors="replace")
            if "\0" not in text and "\ufffd" not in text and "\n" in text:
                return text, "UTF-16"
        row = data[: data.index(b"\0")].count(b"\n") + 1
        raise UnusableInput(f"{place}, row {row}", "it has NUL bytes", "Save it as UTF-8 text")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows cp1252"
    except UnicodeDecodeError as error:
        raise _undecodable(place, data, error) from None


def _undecodable(place: object, data: bytes, error: UnicodeDecodeError) -> UnusableInput:
    row = data[: error.start].count(b"\n") + 1
    return UnusableInput(
        f"{place}, row {row}",
        f"byte {data[error.start]:#04x} is not text in UTF-8, UTF-16 or cp1252",
        "Save it as UTF-8",
    )


def read_table(path: Path, data: bytes | None = None) -> tuple[pd.DataFrame, list[str]]:
    """Read a delimited file as text columns, blank cells missing, with a column ``_row``.

    Returns
    -------
    tuple
        The table, and what was recognised or assumed, one sentence each.

    Raises
    ------
    UnusableInput
        If it is empty, has no usable header, a row too long, a cell of more than a million
        characters, or no readable text.
    """
    text, encoding = decode(read_bytes(path) if data is None else data, path)
    said = [f"{path.name}: read as {encoding}"] if encoding else []
    first = text.lstrip("\r\n").partition("\n")[0]
    if not first.strip():
        raise UnusableInput(path, "it is empty", "Give it a header row with column names")
    delimiter = max(DELIMITERS, key=first.count)
    if delimiter != ",":
        said.append(f"{path.name}: columns are separated by {DELIMITERS[delimiter]}")
    rows = _rows(text, delimiter, path)
    header, body, numbers, short = _body(rows, path)
    if short:
        said.append(
            f"{path.name}: rows with fewer cells than the header, blank at the end: {short}"
        )
    columns = zip(*body, strict=True) if body else [[] for _ in header]
    frame = pd.DataFrame(
        {name: text_column(cells) for name, cells in zip(header, columns, strict=True)}
    )
    frame[ROW] = np.array(numbers, dtype="int64")
    if delimiter == ";":
        said += _decimal_points(frame, path)
    return frame, said


def text_column(cells: Sequence[str]) -> pd.Series:
    """Return text as a column, blanks missing."""
    column = pd.Series(np.array(cells, dtype=object), dtype=object)
    return column.where(column != "", np.nan).astype(TEXT)


def _rows(text: str, delimiter: str, path: Path) -> Iterable[tuple[int, list[str]]]:
    """Yield the rows that have content, with their number."""
    before = csv.field_size_limit(MOST_CHARACTERS)
    number = 0
    try:
        # Line by line: a StringIO would take four bytes for each character.
        lines = (line[0] for line in LINE.finditer(text))
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for number, row in enumerate(reader, start=1):
            if any(row):
                yield number, row
    except csv.Error as error:
        cause = f"it cannot be read ({error})"
        if "field larger" in str(error):
            cause = f"a cell has more than {MOST_CHARACTERS:,} characters"
        place = f"{path}, row {number + 1}"
        raise UnusableInput(place, cause, "Look for an unclosed quotation mark there") from None
    finally:
        csv.field_size_limit(before)


def _body(
    rows: Iterable[tuple[int, list[str]]], path: Path
) -> tuple[list[str], list[list[str]], list[int], int]:
    """Return header, rows of its length, their numbers, and how many were too short."""
    found = iter(rows)
    _, header = next(found, (1, []))
    header = [name.strip() for name in header]
    width = max((i for i, name in enumerate(header, start=1) if name), default=0)
    if not width:
        cause = "the header has no column names"
        raise UnusableInput(f"{path}, row 1", cause, "Name the columns in the first row")
    header = check_header(header[:width], path)
    body, numbers, short = [], [], 0
    for number, row in found:
        if len(row) != width:
            if any(row[width:]):
                place = f"{path}, row {number}, column {width + 1}"
                cause = f"the row has {len(row)} cells and the header {width}"
                raise UnusableInput(place, cause, "Quote cells that contain the delimiter")
            short += len(row) < width
            row = row[:width] + [""] * (width - len(row))
        body.append(row)
        numbers.append(number)
    return header, body, numbers, short


def check_header(header: Sequence[Any], place: object) -> list[str]:
    """Return column names as text.

    Raises
    ------
    UnusableInput
        If one is blank, stands twice, starts with an underscore or has control characters, or
        there are more than 16,384, the most that a spreadsheet has.
    """
    names = ["" if name is None else str(name).strip() for name in header]
    if len(names) > MOST_COLUMNS:
        cause = f"it has {len(names):,} columns, more than {MOST_COLUMNS:,}"
        raise UnusableInput(f"{place}, row 1", cause, "Give each value a row of its own")
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        where = f"{place}, row 1, column {position}"
        if not name:
            raise UnusableInput(where, "the column has no name", "Name it, or remove the column")
        if name in seen:
            cause = f"the column {short(name)} appears twice"
            raise UnusableInput(where, cause, "Rename one of them")
        seen.add(name)
        if name.startswith("_"):
            cause = f"{short(name)} starts with an underscore"
            raise UnusableInput(where, cause, "Rename the column")
        if CONTROL.search(name):
            cause = f"{short(name)} has control characters"
            raise UnusableInput(where, cause, "Rename the column")
    return names


def _decimal_points(frame: pd.DataFrame, path: Path) -> list[str]:
    """Turn decimal commas into points in the columns where every number has one or none."""
    from partnergraph.graph.schema import SCHEMA

    numeric = {c for t in SCHEMA.tables.values() for c, col in t.columns.items() if col.is_number}
    changed = 0
    for column in numeric & set(frame.columns):
        commas = frame[column].str.fullmatch(_DECIMAL_COMMA).fillna(False).astype(bool)
        changed += int(commas.sum())
        frame[column] = frame[column].where(~commas, frame[column].str.replace(",", "."))
    return [f"{path.name}: numbers with a decimal comma: {changed}"] if changed else []


def write_table(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8, commas, LF, blanks for what is missing.

    Numbers are written with as many digits as it takes to read the same number again.
    """
    rows: list[str] = []
    writer = csv_writer(rows.append)
    writer.writerow(frame.columns)
    writer.writerows(zip(*(cells(frame[c]) for c in frame.columns), strict=True))
    return "".join(rows).encode("utf-8")


def csv_writer(write: Callable[[str], object], **dialect: Any) -> Any:
    """Return a writer of CSV whose rows end in LF, given how text is written.

    A writer of the csv module puts quotes round the characters that end its rows, and where that
    is LF a CR within a cell stays bare, and breaks the row for whoever reads it.
    """
    sink = SimpleNamespace(write=lambda row: write(row[:-2] + "\n"))
    return csv.writer(sink, lineterminator="\r\n", **dialect)


def cells(series: pd.Series) -> list[str]:
    """Return the cells of a column as the text that stands in a file."""
    values = series.astype(object).where(series.notna(), None).tolist()
    if pd.api.types.is_bool_dtype(series.dtype):
        return ["" if v is None else str(bool(v)).lower() for v in values]
    return ["" if v is None else v if isinstance(v, str) else repr(_plain(v)) for v in values]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def defuse(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Put an apostrophe before text that a spreadsheet would take for a formula, and count them.

    One goes before text that already looks so too, so that `defused` gives everything back.
    """
    names = [f"'{c}" if _RISKY.match(str(c)) else c for c in frame.columns]
    count = sum(name != column for name, column in zip(names, frame.columns, strict=True))
    frame = frame.set_axis(names, axis="columns")
    for column in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[column].dtype):
            continue
        risky = [isinstance(v, str) and _RISKY.match(v) is not None for v in frame[column]]
        if any(risky):
            count += sum(risky)
            frame[column] = frame[column].mask(
                pd.Series(risky, index=frame.index), "'" + frame[column].astype(str)
            )
    return frame, count


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Remove the apostrophes that `defuse` added."""
    frame = frame.rename(columns=lambda c: c[1:] if c[:1] == "'" and _RISKY.match(c) else c)
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column].dtype):
            cells = [
                v[1:] if isinstance(v, str) and v[:1] == "'" and _RISKY.match(v) else v
                for v in frame[column]
            ]
            frame[column] = pd.Series(cells, index=frame.index, dtype=object).astype(TEXT)
    return frame
