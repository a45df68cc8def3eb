"""Plain tables: ``nodes.csv`` and ``ties.csv``, as people keep them in spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import MissingInput, UnusableInput
from partnergraph.graph.files import companion, write_together
from partnergraph.graph.formats.delimited import defuse, defused, read_table, write_table
from partnergraph.graph.formats.holds import Holds, with_type
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.ids import ID
from partnergraph.graph.schema import SCHEMA

holds = Holds(frozenset({"nodes", "ties"}), about=False, types=False)

NEEDED = ("nodes", "ties")
# Columns that repeat the name and kind of a tie's ends for human readers.
_SAID = {f"{end}_{what}": (end, what) for end in ("source", "target") for what in ("name", "kind")}


def recognises(text: str) -> bool:
    """Return whether the beginning of a delimited file is that of ties that `write` wrote."""
    header = next(csv.reader(text.splitlines()[:1]), [])
    return {"source", "target", "kind", *_SAID} <= {*header}


def read(path: Path, data: bytes | None = None) -> ReadResult:
    """Read a folder with nodes.csv and ties.csv and the other tables, or what `write` wrote.

    The folder's name becomes the ecosystem's, where it can.
    """
    if not path.is_dir():
        return _pair(path, data)
    name = path.resolve().name.lower()
    about = About(name=name) if re.fullmatch(ID, name) else About()
    result = ReadResult(EcosystemBuilder(about))
    for table in SCHEMA.tables:
        file = path / f"{table}.csv"
        if companion(file) is None:
            if table in NEEDED:
                raise MissingInput(file, "there is no such file", "Put both tables into the folder")
            continue
        frame, said = read_table(file)
        _add(result, table, frame, said, file.name)
    return result


def _add(result: ReadResult, table: str, frame: pd.DataFrame, said: list[str], name: str) -> None:
    result.said += said
    for column in frame.columns.difference([*SCHEMA.tables[table].columns, "_row"]):
        frame[column], kind = with_type(frame[column])
        result.said.append(f"{name}: the column {column} is kept, as {kind}")
    result.builder.add_table(table, frame, file=name)


def _require(frame: pd.DataFrame, names: Iterable[str], path: Path) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        cause = f"it has no column {' and no column '.join(missing)}"
        raise UnusableInput(path, cause, "Name its columns so, or describe it in a mapping")


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.nodes{path.suffix}")


def _pair(path: Path, data: bytes | None) -> ReadResult:
    """Read ties and the nodes beside them; without these, the ends that the ties name."""
    result = ReadResult(EcosystemBuilder(About()))
    ties, said = read_table(path, data)
    ties = defused(ties)
    _require(ties, ("source", "target"), path)
    ends = ties[[c for c in _SAID if c in ties.columns]]
    beside = _beside(path)
    if companion(beside):
        nodes, more = read_table(beside)
        nodes = defused(nodes)
        _require(nodes, ("id", "name", "kind"), beside)
        _add(result, "nodes", nodes, more, beside.name)
    else:
        _require(ties, _SAID, path)
        parts = [
            pd.DataFrame({"id": ties[e], **{w: ends[f"{e}_{w}"] for w in ("name", "kind")}})
            for e in ("source", "target")
        ]
        result.said.append(f"{beside.name} is missing: nodes are the ends that ties name")
        nodes = pd.concat(parts, ignore_index=True).drop_duplicates("id", ignore_index=True)
        result.builder.add_table("nodes", nodes, file=path.name)
    known = {w: dict(zip(nodes["id"], nodes[w], strict=True)) for w in ("name", "kind")}
    repeated = [
        c
        for c, (end, what) in _SAID.items()
        if c in ties.columns and (ties[end].map(known[what]) == ties[c]).all()
    ]
    _add(result, "ties", ties.drop(columns=repeated), said, path.name)
    return result


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write the ties to a file and the nodes beside it (``NAME.nodes.csv``), for spreadsheets.

    Ties carry the names and kinds of their ends; text that a spreadsheet would take for a formula
    gets an apostrophe in front, and is counted.

    Returns
    -------
    list of str
        What was changed on the way.
    """
    nodes, ties = eco.nodes, eco.ties
    for column, (end, what) in _SAID.items():
        if column not in ties.columns:
            ties[column] = ties[end].map(eco.name_of if what == "name" else eco.kind_of)
    beside = _beside(path)
    changed, contents = 0, {}
    for frame, place in ((nodes, beside), (ties, path)):
        plain, count = defuse(frame)
        contents[place] = write_table(plain)
        changed += count
    write_together(contents)
    said = [f"the nodes are in {beside.name}"]
    if changed:
        said.append(f"cells that look like a formula, given an apostrophe in front: {changed}")
    return said
