"""Parquet and JSON (records, lines, GeoJSON), nested records laid flat."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from partnergraph.graph.errors import MissingDependency, UnusableInput
from partnergraph.graph.files import memory
from partnergraph.graph.formats.xlsx import cell_text
from partnergraph.loaders.tables.sheets.sheet import (
    MOST_COLUMNS,
    File,
    Found,
    Sheet,
    of_columns,
    titled,
    too_wide,
)
from partnergraph.loaders.tables.sheets.text import decoded

JSONS = (".json", ".jsonl", ".ndjson", ".geojson")
MOST_DEPTH = 8


def read_parquet(file: File) -> Found:
    """Read a Parquet file."""
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise MissingDependency("Parquet", "parquet") from None
    try:
        opened = parquet.ParquetFile(io.BytesIO(file.data))
        size = opened.metadata.num_rows * opened.metadata.num_columns
        if size > memory() // 100:
            raise file.unusable(f"it has {size:,} cells", "Take the columns you need")
        table = opened.read()
    except MemoryError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        if isinstance(error, UnusableInput):
            raise
        raise file.unusable(f"it is not Parquet ({error})", "Restore the file") from None
    frame = of_columns({i: [_plain(v) for v in c.to_pylist()] for i, c in enumerate(table.columns)})
    rows = np.arange(1, len(frame) + 1)
    sheet, said = titled(file.name, "", table.column_names, frame, rows)
    found = Found([sheet])
    found.say(file.name, said)
    return found


def read_json(file: File) -> Found:
    """Read JSON: a list of records, a document around one, GeoJSON, or a record a line."""
    text, _, said = decoded(file)
    found = Found()
    found.say(file.name, said)
    title = ""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        records = _json_lines(text, file.name, found)
        if not records:
            where = f"{file.place}, line {error.lineno}, column {error.colno}"
            cause = f"it is not valid JSON ({error.msg})"
            raise UnusableInput(where, cause, "Restore the file") from None
    except RecursionError:
        raise file.unusable("it is nested too deeply", "Flatten it") from None
    except ValueError as error:  # a number of thousands of digits
        raise file.unusable(f"it is not valid JSON ({error})", "Correct the number") from None
    else:
        title, records = _records_of(content)
    if not records or not all(isinstance(record, dict) for record in records):
        cause = "it is JSON, but not a list of records"
        raise file.unusable(cause, 'Give [{"name": …}, …], or one record a line')
    found.sheets.append(of_records(file, file.name, title, records))
    return found


def single_record(file: File) -> dict[str, Any] | None:
    """Return the record a JSON file is, None where it is a list or wraps one, or is not JSON."""
    try:
        content = json.loads(file.data)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and _wrapped(content) is None else None


def _records_of(content: Any) -> tuple[str, list[Any]]:
    """Return the records of a document, and what it calls them."""
    if isinstance(content, list):
        return "", content
    if not isinstance(content, dict):
        return "", [content]
    if content.get("type") == "FeatureCollection":
        return "", _features(content)
    return _wrapped(content) or ("", [content])


def _wrapped(content: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """Return the one list of records a document wraps, with its name."""
    lists = [
        (key, value)
        for key, value in content.items()
        if isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
    ]
    others = sum(isinstance(v, dict | list) for v in content.values()) - len(lists)
    longest = max(lists, key=lambda item: len(item[1]), default=None)
    return None if longest is None or others > 1 or "name" in content else longest


def _features(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the properties of GeoJSON features, with the position of points."""
    records = []
    for feature in _objects(content.get("features")):
        record = dict(_object(feature.get("properties")))
        geometry = _object(feature.get("geometry"))
        where = geometry.get("coordinates")
        if geometry.get("type") == "Point" and isinstance(where, list) and len(where) >= 2:
            record.setdefault("longitude", where[0])
            record.setdefault("latitude", where[1])
        if feature.get("id") is not None:
            record.setdefault("id", feature["id"])
        records.append(record)
    return records


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(values: Any) -> list[dict[str, Any]]:
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []


def _json_lines(text: str, name: str, found: Found) -> list[dict[str, Any]]:
    """Return a record a line; other lines are listed."""
    records, wrong = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("it is not an object")
            records.append(record)
        except (ValueError, RecursionError) as error:
            wrong.append((number, line[:80], str(error)))
    if len(wrong) > max(1, len(records)):
        return []
    for number, line, why in wrong if records else ():
        cause = f"the line is not a JSON record ({why})"
        found.reject(name, number, line, cause, "Restore the line")
    return records


def of_records(file: File, name: str, title: str, records: Sequence[Mapping[str, Any]]) -> Sheet:
    """Lay nested records flat: a column a path, lists as cells that are lists."""
    columns: dict[str, list[Any]] = {}
    for number, record in enumerate(records):
        flat: dict[str, Any] = {}
        _flatten(record, "", flat, 0)
        for path, value in flat.items():
            if path not in columns:
                if len(columns) == MOST_COLUMNS:
                    raise too_wide(file, MOST_COLUMNS + 1)
                columns[path] = [None] * number
            columns[path].append(value)
        for cells in columns.values():
            if len(cells) == number:
                cells.append(None)
    rows = np.arange(1, len(records) + 1)
    return titled(name, title, list(columns), of_columns(columns), rows)[0]


def _flatten(record: Mapping[str, Any], prefix: str, flat: dict[str, Any], depth: int) -> None:
    for key, value in record.items():
        path = _whole(f"{prefix}{key}")
        if isinstance(value, dict) and depth < MOST_DEPTH:
            _flatten(value, f"{path}.", flat, depth + 1)
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            inner: list[dict[str, Any]] = [{} for _ in value]
            for item, cells in zip(value, inner, strict=True):
                _flatten(item, "", cells, depth + 1)
            for name in dict.fromkeys(name for cells in inner for name in cells):
                parts = [cells.get(name) for cells in inner]
                flat[f"{path}.{name}"] = [
                    "; ".join(p) if isinstance(p, list) else p or "" for p in parts
                ]
        else:
            flat[path] = _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as text, blank as None, a list as a list of texts."""
    if value is None:
        return None
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, list | tuple):
        # A list within a list stays JSON: text of text of text would grow without end.
        inner = (_json(v) if isinstance(v, list | tuple | dict) else _plain(v) for v in value)
        return [str(v) for v in inner if v not in (None, "")]
    if isinstance(value, dict):
        return _json(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return str(cell_text(value))


def _json(value: Any) -> str:
    try:
        return _whole(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return "(nested too deeply)"


def _whole(text: str) -> str:
    """Return text without halves of characters, which JSON can write and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
