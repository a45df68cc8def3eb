"""What the text formats share: decoding, and the message where a line cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import MOST_CHARACTERS, decode


def read_text(path: Path, data: bytes | None = None) -> tuple[str, list[str]]:
    """Return the text of a file, and what was said of its encoding.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such file, it is empty, or it is not text.
    """
    text, encoding = decode(read_bytes(path) if data is None else data, path)
    if not text.strip():
        raise UnusableInput(path, "it is empty", "Export it again")
    return text.lstrip("\ufeff"), [f"read as {encoding}"] if encoding else []


def csv_rows(text: str, path: Path, **dialect: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of delimited text that have content, with the number of their last line.

    Raises
    ------
    UnusableInput
        If a quote is not closed, or a cell has more than a million characters.
    """
    before = csv.field_size_limit(MOST_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), **dialect)
    try:
        for row in reader:
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        cause = f"it cannot be read ({error})"
        raise wrong_line(path, reader.line_num, cause, "Look for an unclosed quote") from None
    finally:
        csv.field_size_limit(before)


def wrong_line(path: Path, number: int, cause: str, remedy: str = "Correct it") -> UnusableInput:
    """Return the error of a line that cannot be read."""
    return UnusableInput(f"{path}, line {number}", cause, remedy)


def whole(text: str) -> int | None:
    """Return the whole number that a text is in digits 0 to 9, at most 18 of them, else None.

    >>> whole("007"), whole("²"), whole("-1"), whole("9" * 5_000)
    (7, None, None, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def shorter(text: str) -> str:
    """Quote what stands in a file, cut where it is long."""
    return repr(text if len(text) <= 60 else f"{text[:50]}…")
