"""Delimited text, as it comes: any delimiter, encoding and length of row, told where it is odd."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.delimited import DELIMITERS, MOST_CHARACTERS, decode
from partnergraph.loaders.tables.sheets.header import (
    LOOKED_AT,
    NO_HEADER,
    above,
    headed,
    place_header,
)
from partnergraph.loaders.tables.sheets.sheet import MOST_COLUMNS, File, Found, titled, too_wide
from partnergraph.loaders.wording import counted

_SEPARATORS = {**DELIMITERS, "|": "vertical bars", " ": "spaces"}
_UNCLOSED = "Look for an unclosed quotation mark there"
_MOST_LINES = 30


def read_text(file: File, asked: int | str | None) -> Found:
    """Read delimited text.

    Parameters
    ----------
    asked
        Row of the header or a reading, where a person has said it; else it is looked for.
    """
    text, plain, said = decoded(file)
    sample = text[:300_000]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    delimiter = "\t" if file.suffix in (".tsv", ".tab") else _delimiter(sample)
    rows = _first_rows(sample, delimiter)
    header = place_header(rows, asked, file.place)
    width = max((len(row) for row in rows), default=0)
    if delimiter != "," and width > 1:
        said.append(f"columns are separated by {_SEPARATORS[delimiter]}")
    if width > MOST_COLUMNS:
        raise too_wide(file, width)
    start = max(header or 0, 0)
    found = Found()
    body = _quick_body(file, text, plain, delimiter, start)
    titles, frame, numbers, more = body or _slow_body(file, text, delimiter, start, found)
    if header is None:
        titles = [f"column {i}" for i in range(1, len(titles) + 1)]
        said.append(NO_HEADER)
    else:
        frame, numbers = frame.iloc[1:], numbers[1:]
        grouped = headed(rows, start) if start else titles
        titles = [*grouped, *titles[len(grouped) :]][: len(titles)]
    sheet, named = titled(file.name, "", titles, frame.reset_index(drop=True), numbers)
    found.sheets.append(sheet)
    found.say(file.name, [*said, *above(rows[:start]), *more, *named])
    return found


def decoded(file: File) -> tuple[str, bytes | None, list[str]]:
    """Return text, the same as UTF-8 bytes where it is, and what it is written in."""
    data = file.data
    try:
        text = data.decode("utf-8")
        if "\0" not in text and not text.startswith("\ufeff"):
            return text, data, []
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            text = data[: error.start].decode("utf-8")
            return text, None, ["it is cut off within a character, which is left out"]
        text = data.decode("utf-8", errors="replace")
        odd, right = text.count("\ufffd"), sum(c > "\x7f" for c in text)
        if b"\0" not in data and right > 10 * odd:
            wrong = (
                "1 byte is not valid and becomes"
                if odd == 1
                else f"{odd} bytes are not valid and become"
            )
            return text, None, [f"read as UTF-8; {wrong} \ufffd"]
    text, encoding = decode(data, file.place)
    return text, None, [f"read as {encoding}"] if encoding else []


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the csv module read cells as long as a table may have."""
    before = csv.field_size_limit(MOST_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        with _long_cells():
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                rows.append(row)
                if len(rows) == LOOKED_AT:
                    break
    except csv.Error:
        pass  # reading the whole file says where it is
    return rows


def _delimiter(sample: str) -> str:
    """Return the character that cuts most rows into the same number of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _first_rows(sample, delimiter) if any(row))
        if not widths:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (0.0, 0) if width < 2 else (round(count / widths.total(), 1), width)

    plain = max(("\t", ";", ",", "|"), key=score)
    if score(plain)[1] > 1:
        return plain
    return " " if score(" ")[0] >= 0.9 and score(" ")[1] > 2 else ","


Body = tuple[list[str], pd.DataFrame, np.ndarray, list[str]]


def _quick_body(
    file: File, text: str, plain: bytes | None, delimiter: str, start: int
) -> Body | None:
    """Return the first row, the table with it, row numbers and what to say; None where ragged."""
    try:
        frame = pd.read_csv(
            io.BytesIO(plain) if plain is not None else io.StringIO(text, newline=""),
            sep=delimiter,
            header=None,
            skiprows=start,
            dtype=object,
            engine="c",
            keep_default_na=False,
            skip_blank_lines=False,
            encoding="utf-8",
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError):
        return None
    numbers = np.arange(start + 1, start + 1 + len(frame))
    if _longest_line(text) > MOST_CHARACTERS:
        _refuse_huge(frame, numbers, file)
    frame, numbers = _without_blank_rows(frame, numbers)
    if frame.empty:
        raise file.unusable("all its cells are blank", "Export it again")
    short = int(frame.iloc[:, -1].isna().sum()) if frame.shape[1] > 1 else 0
    said = [*_short(short), *_swallowed(text, frame, numbers)]
    return [str(v) for v in frame.iloc[0].fillna("")], frame, numbers, said


def _short(rows: int) -> list[str]:
    words = "has" if rows == 1 else "have"
    said = f"{counted(rows, 'row')} {words} fewer cells than the header; the rest is blank"
    return [said] if rows else []


def _without_blank_rows(
    frame: pd.DataFrame, numbers: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    first = frame.iloc[:, 0]
    suspects = np.flatnonzero((first.isna() | (first == "")).to_numpy())
    some = frame.iloc[suspects]
    blank = suspects[(some.isna() | (some == "")).all(axis=1).to_numpy(dtype=bool)]
    if not len(blank):
        return frame, numbers
    keep = np.delete(np.arange(len(frame)), blank)
    return frame.iloc[keep], numbers[keep]


def _longest_line(text: str) -> int:
    """Return a length that no line of a text exceeds by much; cells are shorter."""
    if len(text) <= MOST_CHARACTERS:
        return len(text)
    longest, last = 0, -1
    while last < len(text):
        # Jump as far as a cell may reach and look back for a line end: a few looks a megabyte.
        nearest = text.rfind("\n", last + 1, last + 1 + MOST_CHARACTERS)
        if nearest == -1:
            return len(text) - last if len(text) - last > MOST_CHARACTERS else longest
        last = nearest
    return longest


def _refuse_huge(frame: pd.DataFrame, numbers: np.ndarray, file: File) -> None:
    for column in frame.columns:
        sizes = frame[column].str.len().fillna(0).to_numpy()
        if sizes.max(initial=0) > MOST_CHARACTERS:
            place = f"{file.place}, row {numbers[int(sizes.argmax())]}, column {int(column) + 1}"
            cause = f"a cell has more than {MOST_CHARACTERS:,} characters"
            raise UnusableInput(place, cause, _UNCLOSED)


def _swallowed(text: str, frame: pd.DataFrame, numbers: np.ndarray) -> list[str]:
    """Return where a cell holds so many lines that a quotation mark was probably not closed."""
    if '"' not in text or text.count("\n") - len(frame) < _MOST_LINES:
        return []
    for column in frame.columns:
        lines = frame[column].str.count("\n").fillna(0).to_numpy()
        most, row = int(lines.max(initial=0)), numbers[int(lines.argmax())]
        if most >= _MOST_LINES:
            words = f"row {row}, column {int(column) + 1}: the cell holds {most} lines"
            return [f"{words}; {_UNCLOSED[0].lower()}{_UNCLOSED[1:]}"]
    return []


def _slow_body(file: File, text: str, delimiter: str, start: int, found: Found) -> Body:
    """Read row by row: rows cut by a delimiter within a cell are left out, and listed."""
    rows: dict[int, list[str]] = {}
    number = 0
    try:
        with _long_cells():
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            for number, row in enumerate(reader, start=1):
                if number > start and any(row):
                    rows[number] = row
    except csv.Error as error:
        cause = f"it cannot be read ({error})"
        if "field larger" in str(error):
            cause = f"a cell has more than {MOST_CHARACTERS:,} characters"
        raise UnusableInput(f"{file.place}, row {number + 1}", cause, _UNCLOSED) from None
    if not rows:
        raise file.unusable("it is empty", "Give it a header row with column names")
    header = next(iter(rows.values()))
    least = len(header)
    last = {row[-1].strip() for row in rows.values() if len(row) == least > 1}
    for number, row in list(rows.items()):
        while len(row) > least and not row[-1].strip():
            row.pop()
        if len(row) > least and _cut(row, header, last):
            cause = f"the row has {len(row)} cells and the header {least}"
            remedy = "Quote cells that contain the delimiter"
            found.reject(file.name, number, delimiter.join(row), cause, remedy)
            del rows[number]
    width = max(map(len, rows.values()))
    short = sum(len(row) < least for row in rows.values())
    body = [row + [""] * (width - len(row)) for row in rows.values()]
    frame = pd.DataFrame(np.array(body, dtype=object), dtype=object)
    return body[0], frame, np.array(list(rows)), _short(short)


def _cut(row: list[str], header: list[str], last: set[str]) -> bool:
    """Return whether a row is too long because a delimiter within a cell has cut it in two."""
    spaced = any(c.startswith(" ") and c.strip() for c in row[1:])
    if spaced and not any(c.startswith(" ") for c in header):
        return True
    return row[-1].strip() in last and row[len(header) - 1].strip() not in last
