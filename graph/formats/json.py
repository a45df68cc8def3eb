"""An ecosystem as one JSON document: nothing is lost, and it reads in any language.

The document has ``partnergraph`` (version of this form), ``about``, ``own_columns`` (types of the
user's own columns by table), and one list of rows for each of the six tables; blanks are left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import short
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import read_bytes, write_atomically
from partnergraph.graph.formats.delimited import check_header, decode
from partnergraph.graph.formats.holds import EVERYTHING
from partnergraph.graph.formats.read_result import ReadResult, about_of
from partnergraph.graph.networkx_form import own_columns, records
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES

holds = EVERYTHING
VERSION = 1


def parse(path: Path, data: bytes | None = None, *, strict: bool = False) -> tuple[Any, str]:
    """Return the content of a JSON file, and what it is encoded in, blank for UTF-8.

    Parameters
    ----------
    strict
        Refuse NaN and infinities, which are not valid JSON; otherwise they are read as blank.

    Raises
    ------
    MissingInput, UnusableInput
        If it cannot be read, or is not valid JSON.
    """
    text, encoding = decode(read_bytes(path) if data is None else data, path)
    number = _no_number if strict else lambda _: None
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=number), encoding
    except json.JSONDecodeError as error:
        place = f"{path}, line {error.lineno}, column {error.colno}"
        raise UnusableInput(
            place, f"it is not valid JSON ({error.msg})", "Restore the file"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnusableInput(path, f"it is not valid JSON ({error})", "Restore the file") from None


def read(path: Path, data: bytes | None = None) -> ReadResult:
    """Read an ecosystem from a JSON document."""
    content, encoding = parse(path, data, strict=True)
    if not isinstance(content, dict) or content.get("partnergraph") != VERSION:
        raise UnusableInput(
            path,
            "it is JSON, but neither an ecosystem (no entry partnergraph) nor records nor a graph",
            'Give [{"name": …}, …], {"nodes": […], "edges": […]}, or what `partnergraph export` '
            "wrote",
        )
    about = content.get("about") or {}
    if not isinstance(about, dict):
        raise UnusableInput(path, "about is not an object", "Restore the file")
    result = ReadResult(EcosystemBuilder(about_of(about, f"{path}, about")))
    result.said += [f"{path.name}: read as {encoding}"] if encoding else []
    own = content.get("own_columns") or {}
    if not isinstance(own, dict) or not all(isinstance(types, dict) for types in own.values()):
        cause = "own_columns is not an object of objects"
        raise UnusableInput(path, cause, "Give the types of own columns by table")
    for name in SCHEMA.tables:
        frame = _frame(content.get(name, []), name, own.get(name, {}), path)
        result.builder.add_table(name, frame, file=path.name)
    return result


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a valid number in JSON")


def _frame(rows: Any, name: str, own: dict[str, str], path: Path) -> pd.DataFrame:
    """Return the rows of one table, every cell a plain value."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableInput(path, f"{name} is not a list of rows", "Restore the file")
    place = f"{path}, {name}"
    for number, row in enumerate(rows, start=1):
        for column, cell in row.items():
            if isinstance(cell, dict | list):
                where = f"{place} row {number}, column {column}"
                raise UnusableInput(where, "the cell is a list or an object", "Give plain values")
    check_header([*dict.fromkeys([*(column for row in rows for column in row), *own])], place)
    frame = pd.DataFrame(rows, dtype=object)
    for column in (*SCHEMA.tables[name].columns, *own):
        if column not in frame.columns:
            frame[column] = pd.Series(None, index=frame.index, dtype=object)
    try:
        for column, kind in own.items():
            frame[column] = frame[column].astype(DTYPES[kind])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        cause = f"cells do not fit the type {short(kind)}"
        raise UnusableInput(f"{place}, column {column}", cause, "Correct one") from error
    return frame


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as one JSON document."""
    content: dict[str, Any] = {"partnergraph": VERSION, "about": eco.about.as_dict()}
    content["own_columns"] = {
        name: own for name in SCHEMA.tables if (own := own_columns(eco.table(name), name))
    }
    content |= {name: records(eco.table(name)) for name in SCHEMA.tables}
    try:
        write_json(content, path)
    except ValueError as error:  # a UnicodeEncodeError is one too
        if isinstance(error, UnusableInput):
            raise
        raise _invalid_cell(content, path) from None
    return []


def write_json(content: Any, path: Path) -> None:
    """Write a JSON document.

    Raises
    ------
    ValueError
        If it has an infinite number, or text that is not valid Unicode.
    """
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    write_atomically(path, f"{text}\n".encode())


def _invalid_cell(content: dict[str, Any], path: Path) -> UnusableInput:
    """Return an error that names the first cell that JSON cannot hold."""
    for name in SCHEMA.tables:
        for number, row in enumerate(content[name], start=1):
            for column, cell in row.items():
                try:
                    json.dumps(cell, ensure_ascii=False, allow_nan=False, default=_plain).encode()
                except ValueError:
                    place = f"{path}, {name} row {number}, column {column}"
                    cause = f"JSON cannot hold {cell!r}"
                    return UnusableInput(place, cause, "Correct the cell or leave it blank")
    return UnusableInput(path, "JSON cannot hold its title or description", "Correct them")


def _plain(value: Any) -> Any:
    """Return a scalar of numpy as the one of Python that it is."""
    return value.item()
