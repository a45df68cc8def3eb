"""Tables as rows for a graph database, and back: keys, property names and types.

A row is a tuple. Nodes: key, label, properties. Ties: key, type, source, target, properties.
Records (aliases, sources, evidence, judgements): key, label, a list of linked keys for each sort
of link, properties. Keys come without the ecosystem's prefix, see `prefix`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.neo4j.cypher import (
    KIND_OF_LABEL,
    KIND_OF_TYPE,
    LINKS,
    LONGEST_NAME,
    RECORDS,
    label,
    relationship,
)
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds
from partnergraph.graph.tables import DTYPES, TEXT, column_type

Row = tuple[Any, ...]
# What the structure of the graph says is not said again in a property.
_STRUCTURAL: Mapping[str, tuple[str, ...]] = {
    "nodes": ("kind",),
    "ties": ("kind", "source", "target"),
}
_RESERVED = ("key",)


def prefix(name: str, table: str = "nodes") -> str:
    """Return what the keys of an ecosystem's nodes and ties, or records, begin with.

    Neither names nor ids have a colon or a slash, so that no prefix begins another.
    """
    return f"{name}/{table}:" if table in RECORDS or table == "about" else f"{name}:"


def property_of(column: str) -> str:
    """Return the property that keeps a column: its own name, or a derived one where that is unfit.

    >>> property_of("turnover"), property_of("omzet (k€)")
    ('turnover', 'own_omzet_k_a688bb35')
    """
    fit = column.isidentifier() and len(column) <= LONGEST_NAME and not column.startswith("own_")
    if fit and column not in _RESERVED:
        return column
    digest = hashlib.sha256(column.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    slug = re.sub(r"[^A-Za-z0-9]+", "_", column[:40]).strip("_")
    return f"own_{slug}_{digest}" if slug else f"own_{digest}"


def own_columns(eco: Ecosystem) -> dict[str, dict[str, str]]:
    """Return the user's own columns by table, with their types; tables without any are left out."""
    own = {
        name: {c: _type(frame[c]) for c in frame.columns if c not in SCHEMA.tables[name].columns}
        for name, frame in eco.tables.items()
    }
    return {name: columns for name, columns in own.items() if columns}


def _type(cells: pd.Series) -> str:
    if cells.dtype == TEXT:
        return "text"
    return next((kind for kind, d in DTYPES.items() if cells.dtype == d), column_type(cells))


def stored_columns(table: str, *own: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the columns of a table that are kept as properties, own ones included, in order."""
    known = [c for c in SCHEMA.tables[table].columns if c not in _STRUCTURAL.get(table, ())]
    return known + sorted({column for columns in own for column in columns.get(table, {})})


def tie_key(kind: str, source: str, target: str, id: str) -> str:
    """Return a tie's key: kind, ends and id, said once where the id says them already.

    >>> tie_key("member_of", "a", "n", "a.member_of.n@2016"), tie_key("member_of", "a", "n", "t1")
    ('a.member_of.n@2016', 'a.member_of.n/t1')
    """
    base = f"{source}.{kind}.{target}"
    said = id.startswith(base) and (len(id) == len(base) or id[len(base)] in ".@#")
    return id if said else f"{base}/{id}"


def refuse_half_characters(eco: Ecosystem) -> None:
    """Look for text that no database and no file keeps, before anything is written.

    Raises
    ------
    UnusableInput
        If a cell has half of a surrogate pair.
    """
    for table, frame in eco.tables.items():
        for column in frame.columns:
            cells = frame[column]
            if cells.dtype != TEXT:
                continue
            try:
                "".join(cells.dropna()).encode()
            except UnicodeEncodeError:
                row = next(i for i, t in enumerate(cells) if re.search("[\ud800-\udfff]", str(t)))
                raise UnusableInput(
                    f"{table}, row {row + 1}, column {column}",
                    "it has half of a surrogate pair, which no database keeps",
                    "Correct the text",
                ) from None


def rows(eco: Ecosystem, table: str, columns: Sequence[str]) -> list[Row]:
    """Return the rows of a table, blanks as None.

    Raises
    ------
    UnknownName
        If a kind is not in the vocabulary.
    """
    frame = eco.table(table)
    cells = [_cells(frame, column) for column in columns]
    if table == "nodes":
        node_kinds(frame["kind"].fillna("").unique())
        labels = {kind: label(kind) for kind in SCHEMA.node_kinds}
        return list(zip(frame["id"], map(labels.__getitem__, frame["kind"]), *cells, strict=True))
    if table == "ties":
        tie_kinds(frame["kind"].fillna("").unique())
        types = {kind: relationship(kind) for kind in SCHEMA.tie_kinds}
        ends = [frame[c].tolist() for c in ("kind", "source", "target", "id")]
        keys = map(tie_key, *ends)
        kinds = map(types.__getitem__, ends[0])
        return list(zip(keys, kinds, ends[1], ends[2], *cells, strict=True))
    links = [_linked(eco, frame, columns) for columns in LINKS[table].values()]
    names = [RECORDS[table]] * len(frame)
    return list(zip(_record_keys(frame, table), names, *links, *cells, strict=True))


def _cells(frame: pd.DataFrame, column: str) -> list[Any]:
    """Return a column as plain values, None where blank or absent."""
    if column not in frame.columns:
        return [None] * len(frame)
    series = frame[column]
    values = series.astype(object).where(series.notna(), None).tolist()
    if _type(series) == "boolean":
        return [None if v is None else bool(v) for v in values]
    return values


def _record_keys(frame: pd.DataFrame, table: str) -> list[str]:
    """Return ids, or fingerprints of the key columns; a name may be too long for an index."""
    key = SCHEMA.tables[table].key
    if key == ("id",):
        return frame["id"].tolist()
    parts = zip(*(frame[c].fillna("").tolist() for c in key), strict=True)
    return [hashlib.sha256(json.dumps(part).encode()).hexdigest()[:32] for part in parts]


def _linked(eco: Ecosystem, frame: pd.DataFrame, columns: Iterable[str]) -> list[list[str]]:
    """Return the full keys that each row links to, those that are there."""
    name, kind_of = eco.about.name, eco.kind_of
    out: list[list[str]] = [[] for _ in range(len(frame))]
    for column in columns:
        sources = column == "source"
        start = prefix(name, "sources" if sources else "nodes")
        for linked, id in zip(out, frame[column].tolist(), strict=True):
            if sources or id in kind_of:
                linked.append(start + id)
    return out


def frame_of(
    table: str, found: Sequence[Sequence[Any]], columns: Sequence[str], own: Mapping[str, str]
) -> pd.DataFrame:
    """Return rows that were read (records without their links) as a table.

    Parameters
    ----------
    columns
        Which columns the properties of a row stand for.
    own
        Columns of the user among them, with their types.
    """
    lead = 4 if table == "ties" else 2
    width = lead + len(columns)
    by_position = list(zip(*found, strict=True)) if found else [()] * width
    out: dict[str, Any] = {}
    if table == "nodes":
        out["kind"] = _object(map(KIND_OF_LABEL.get, by_position[1]))
    elif table == "ties":
        out["kind"] = _object(map(KIND_OF_TYPE.get, by_position[1]))
        out["source"], out["target"] = _object(by_position[2]), _object(by_position[3])
    for column, cells in zip(columns, by_position[lead:], strict=True):
        out[column] = _object(cells)
    frame = pd.DataFrame(out, dtype=object)
    for column, kind in own.items():
        if kind != "text":
            # Where rows of different pushes have different types, text holds all of them.
            with suppress(TypeError, ValueError, OverflowError):
                frame[column] = frame[column].astype(DTYPES[kind])
    return frame


def _object(cells: Iterable[Any]) -> np.ndarray:
    values = list(cells)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def ball(eco: Ecosystem, start: str, steps: int) -> set[str]:
    """Return the ids of the nodes within so many ties of a node, in any direction."""
    ties = eco.ties
    source, target = ties["source"], ties["target"]
    reached: set[str] = {start}
    for _ in range(steps):
        near = {*target[source.isin(reached)], *source[target.isin(reached)]}
        if near <= reached:
            break
        reached |= near
    return reached


def part(
    eco: Ecosystem,
    *,
    among: Sequence[str] = (),
    at: str | None = None,
    around: str | None = None,
    steps: int = 1,
) -> Ecosystem:
    """Return what was there at a date, of some kinds, near one node; in this order."""
    if at is not None:
        eco = eco.at(at)
    if among:
        eco = eco.only(among)
    if around is not None:
        near = ball(eco, eco.resolve(around), steps)
        gone = [id for id in eco.kind_of if id not in near]
        eco = eco.without(gone) if gone else eco
    return eco
