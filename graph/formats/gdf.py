"""GDF, of GUESS and Gephi: a header of node columns with types, rows, the same for edges."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import cells, csv_writer
from partnergraph.graph.formats.graph_tables import (
    GraphTables,
    Row,
    inward,
    outward,
    read_as,
    require,
    reserved,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text, wrong_line
from partnergraph.graph.networkx_form import DIRECTED, own_columns
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import declared_type

holds = Holds(frozenset({"nodes", "ties"}), about=False)

_HEAD = re.compile(r"\s*(nodedef|edgedef)\s*>\s*(.*)", re.I | re.S)
_COLUMN = re.compile(
    r"(.*?)\s+(VARCHAR|BOOLEAN|DOUBLE|FLOAT|INTEGER|INT|BIGINT|LONG|TINYINT|REAL|DATE)"
    r"(?:\s*\(\d+\))?(?:\s+DEFAULT\s+(.*))?",
    re.I,
)
# Names that the format has for what we call otherwise.
_NAMES = {"nodes": {"id": "name", "name": "label"}, "ties": {"source": "node1", "target": "node2"}}
_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN"}


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a GDF file."""
    text, said = read_text(path, data)
    found: dict[str, list[Row]] = {"nodedef": [], "edgedef": []}
    columns: list[tuple[str, str, str | None]] = []
    part = ""
    for number, row in _rows(text, path):
        head = _HEAD.match(row[0])
        if head:
            part, row = head[1].lower(), [head[2], *row[1:]]
            columns = [_column(entry) for entry in row]
            continue
        if not part:
            raise wrong_line(path, number, "it does not start with nodedef>", "Export it again")
        if len(row) > len(columns):
            cause = f"the row has {len(row)} cells and the header {len(columns)}"
            raise wrong_line(path, number, cause, "Quote cells that contain commas")
        row += [""] * (len(columns) - len(row))
        found[part].append(
            {
                name: read_as(cell or default or "", kind)
                for (name, kind, default), cell in zip(columns, row, strict=True)
                if cell or default
            }
        )
    back = {table: {v: k for k, v in names.items()} for table, names in _NAMES.items()}
    nodes = [_named(row, back["nodes"]) for row in found["nodedef"]]
    edges = [_named(row, back["ties"]) for row in found["edgedef"]]
    require(nodes, ("id",), path, "node")
    require(edges, ("source", "target"), path, "edge")
    return GraphTables.of(nodes, edges, directed=False, said=said)


# A cell in double quotes, in single quotes, or bare, and what ends it.
_CELL = re.compile(
    r'[ \t]*"((?:[^"]|"")*)"[ \t]*(?:(,)|\r?\n|$)'
    r"|[ \t]*'([^'\r\n]*)'[ \t]*(?:(,)|\r?\n|$)"
    r"|([^,\r\n]*)(?:(,)|\r?\n|\r|$)"
)


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have content, with the number of their first line.

    GUESS and Gephi put text with commas into single quotes, we and others into double ones.
    """
    at, number, row = 0, 1, list[str]()
    while at < len(text):
        cell = _CELL.match(text, at)
        assert cell is not None  # the last alternative takes anything
        bare = cell[5]
        if bare is not None and bare.lstrip().startswith('"'):
            cause = "it cannot be read (a quote is not closed)"
            raise wrong_line(path, number, cause, "Look for an unclosed quote")
        row.append(bare if bare is not None else cell[3] or (cell[1] or "").replace('""', '"'))
        at = cell.end()
        if cell[2] or cell[4] or cell[6]:
            row += [""] if at == len(text) else []
            continue
        if any(row):
            yield number, row
        number += text.count("\n", cell.start(), at)
        row = []
    if any(row):
        yield number, row


def _column(text: str) -> tuple[str, str, str | None]:
    text = text.strip()
    found = _COLUMN.fullmatch(text)
    return (found[1], found[2], found[3]) if found else (text, "VARCHAR", None)


def _named(row: Row, back: dict[str, str]) -> Row:
    return {inward(back.get(name, name)): value for name, value in row.items()}


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write nodes and ties as GDF."""
    out = io.StringIO(newline="")
    nodes, ties = eco.nodes, eco.ties
    _write(out, nodes, "nodes", "nodedef>")
    first = ["source", "target"]
    ties = ties[[*first, *(c for c in ties.columns if c not in first)]]
    _write(out, ties, "ties", "edgedef>")
    write_atomically(path, out.getvalue().encode())
    return []


def _write(out: io.StringIO, frame: pd.DataFrame, table: str, head: str) -> None:
    own = own_columns(frame, table)
    header = []
    for column in frame.columns:
        kind = declared_type(SCHEMA.tables[table], column) or own[column]
        name = _NAMES[table].get(column) or outward(column, table, reserved("gdf"))
        header.append(f"{name} {_TYPES[kind]}")
    columns = [cells(frame[c]) for c in frame.columns]
    if table == "ties":
        header.append(f"{DIRECTED} BOOLEAN")
        ways = ~frame["kind"].isin(SCHEMA.undirected)
        columns.append([str(bool(way)).lower() for way in ways])
    writer = csv_writer(out.write)
    quoted = csv_writer(out.write, quoting=csv.QUOTE_ALL)
    out.write(head)
    writer.writerow(header)
    for row in zip(*columns, strict=True):
        # An apostrophe at the start of a cell, and blanks, mean something to other programs.
        bare = not any(cell[:1] in "' \t" and cell for cell in row)
        (writer if bare else quoted).writerow(row)
