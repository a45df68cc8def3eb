"""An ecosystem as files for `neo4j-admin database import full`, for graphs of millions of rows.

The database it makes is the one a push makes, without the constraint; the first push adds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere
from partnergraph.graph.files import new_folder
from partnergraph.graph.formats.delimited import csv_writer
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.push import head_of
from partnergraph.graph.neo4j.rows import (
    Row,
    own_columns,
    prefix,
    property_of,
    refuse_half_characters,
    rows,
    stored_columns,
)
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import declared_type

SCRIPT = "import.sh"
_TYPES = {"text": "string", "number": "double", "integer": "long", "boolean": "boolean"}
# A server that runs must be stopped first; what the database held is gone afterwards.
_COMMAND = """#!/bin/sh
# Run on the stopped server: it replaces everything in the database. Then start it, and push once.
cd "$(dirname "$0")" || exit 1
exec "${{NEO4J_HOME:?}}/bin/neo4j-admin" database import full "${{NEO4J_DATABASE:-neo4j}}" \\
  {options}
"""


def emit(eco: Ecosystem, folder: str | Path) -> list[str]:
    """Write an ecosystem as CSV files for a bulk import, with a script that runs it.

    Parameters
    ----------
    folder
        New or empty.

    Returns
    -------
    list of str
        What `neo4j-admin database import full DATABASE` is to be given, paths relative to the
        folder; the same as in the script.

    Raises
    ------
    AlreadyThere
        If the folder has files.
    UnusableInput
        If it cannot be written, or a cell has text that no database takes.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(f"{folder} is not empty. Choose another folder")
    refuse_half_characters(eco)
    with new_folder(folder) as new:
        options = ["--overwrite-destination=true", "--multiline-fields=true"]
        options += [*_head(eco, new), *_nodes(eco, new), *_records(eco, new), *_ties(eco, new)]
        joined = " \\\n  ".join(options)
        (new / SCRIPT).write_text(_COMMAND.format(options=joined), encoding="utf-8")
    return options


def command(options: Iterable[str]) -> str:
    """Return the command line that imports the files, to be run in their folder."""
    return " ".join(["neo4j-admin", "database", "import", "full", "neo4j", *options])


def _head(eco: Ecosystem, folder: Path) -> list[str]:
    said = {**head_of(eco), "complete": True, "run": 1}
    types = {bool: "boolean", int: "long"}
    header = [f"{name}:{types.get(type(value), 'string')}" for name, value in said.items()]
    row = (prefix(eco.about.name, "about"), *said.values())
    _file(folder / "about.csv", ["key:ID", *header], [row])
    return [f"--nodes={cypher.MARK}:{cypher.HEAD}=about.csv"]


def _nodes(eco: Ecosystem, folder: Path) -> list[str]:
    columns = stored_columns("nodes", own_columns(eco))
    start = prefix(eco.about.name)
    options = []
    for name, some in _grouped(rows(eco, "nodes", columns)).items():
        kind = cypher.KIND_OF_LABEL[name]
        lines = ((start + row[0], *row[2:]) for row in some)
        _file(folder / f"{kind}.csv", ["key:ID", *_header(eco, "nodes", columns)], lines)
        labels = ":".join((cypher.MARK, *cypher.labels_of(kind)))
        options.append(f"--nodes={labels}={kind}.csv")
    return options


def _records(eco: Ecosystem, folder: Path) -> list[str]:
    options = []
    for table, label in cypher.RECORDS.items():
        columns = stored_columns(table, own_columns(eco))
        found = rows(eco, table, columns)
        if not found:
            continue
        start, lead = prefix(eco.about.name, table), 2 + len(cypher.LINKS[table])
        lines: Iterable[Row] = ((start + row[0], *row[lead:]) for row in found)
        _file(folder / f"{table}.csv", ["key:ID", *_header(eco, table, columns)], lines)
        options.append(f"--nodes={cypher.MARK}:{label}={table}.csv")
        for position, link in enumerate(cypher.LINKS[table], 2):
            ends = [(start + row[0], key) for row in found for key in row[position]]
            _file(folder / f"{link.lower()}.csv", [":START_ID", ":END_ID"], ends)
            options.append(f"--relationships={link}={link.lower()}.csv")
    return options


def _ties(eco: Ecosystem, folder: Path) -> list[str]:
    columns = stored_columns("ties", own_columns(eco))
    start = prefix(eco.about.name)
    header = [":START_ID", ":END_ID", "key:string", *_header(eco, "ties", columns)]
    options = []
    for name, some in _grouped(rows(eco, "ties", columns)).items():
        kind = cypher.KIND_OF_TYPE[name]
        lines = ((start + row[2], start + row[3], start + row[0], *row[4:]) for row in some)
        _file(folder / f"{kind}.csv", header, lines)
        options.append(f"--relationships={name}={kind}.csv")
    return options


def _grouped(found: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row[1], []).append(row)
    return groups


def _header(eco: Ecosystem, table: str, columns: Sequence[str]) -> list[str]:
    own = own_columns(eco).get(table, {})
    types = [declared_type(SCHEMA.tables[table], c) or own[c] for c in columns]
    return [
        f"{property_of(column)}:{_TYPES[kind]}" for column, kind in zip(columns, types, strict=True)
    ]


def _file(path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv_writer(file.write)
        writer.writerow(header)
        writer.writerows([_cell(cell) for cell in line] for line in lines)


def _cell(cell: Any) -> Any:
    """Return a cell as the importer reads it; an empty one is a blank."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return repr(cell).replace("inf", "Infinity")
    return cell
