"""What the text formats share: decoding, and the message where a line cannot be read."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes
from partnergraph.graph.formats.delimited import decode


def read_text(path: Path, data: bytes | None = None) -> tuple[str, list[str]]:
    """Return the text of a file, and what was said of its encoding.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, it is empty, or no text.
    """
    text, encoding = decode(read_bytes(path) if data is None else data, path)
    if not text.strip():
        raise UnusableInput(path, "it is empty", "Export it again")
    return text.lstrip("\ufeff"), [f"read as {encoding}"] if encoding else []


def wrong_line(path: Path, number: int, cause: str, remedy: str = "Correct it") -> UnusableInput:
    """Return the error of a line that cannot be read."""
    return UnusableInput(f"{path}, line {number}", cause, remedy)


def shorter(text: str) -> str:
    """Quote what stands in a file, cut where it is long."""
    return repr(text if len(text) <= 60 else f"{text[:50]}…")
