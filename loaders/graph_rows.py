"""Rows of nodes and ties made of the tables of a graph from elsewhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.graph.checks import CONTROL, FILE, ROW, admits, fits
from partnergraph.graph.formats.graph_tables import GraphTables
from partnergraph.graph.ids import ID, slug
from partnergraph.graph.networkx_form import DIRECTED
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.account import CELL_LEFT_BLANK
from partnergraph.loaders.tables.readers import read_numbers
from partnergraph.loaders.wording import Counts

# Attributes by which other programs call what we call name and strength.
_NAMES, _STRENGTHS = ("name", "label", "Label"), ("strength", "weight", "Strength", "Weight")
_OF_THE_FORMAT = {DIRECTED, "viz"}
# Attributes by which other programs tell the two modes of a two-mode graph.
_MODES = ("type", "bipartite")
_TRUTH = {"false": 0, "0": 0, "true": 1, "1": 1}


def _ids(originals: Sequence[str], said: Counts) -> list[str]:
    """Return an id for each; those that share a short form are numbered in the order of the file.

    Ids that can stay as they are come first, so that no made one takes their place.
    """
    fullmatch = re.compile(ID).fullmatch
    as_they_stand = {text for text in originals if fullmatch(text)}
    if len(as_they_stand) == len(originals):
        return list(originals)
    taken: set[str] = set()
    next_number: Counter[str] = Counter()
    out = []
    changed = shared = 0
    for original in originals:
        new = original
        if new not in as_they_stand:
            base = new = slug(original) or "node"
            while new in taken or new in as_they_stand:
                next_number[base] += 1
                new = f"{base}-{next_number[base] + 1}"
            changed += 1
            shared += new != base
        taken.add(new)
        out.append(new)
    kept = "(the original is kept in original_id)"
    said.add(changed, f"id was changed {kept}", f"ids were changed {kept}")
    number = "shared a short form with another and got a number"
    said.add(shared, f"of them {number}", f"of them {number}")
    return out


def node_rows(
    tables: GraphTables, default: str, modes: np.ndarray | None, said: Counts
) -> pd.DataFrame:
    """Return the rows of nodes; those without a kind of the vocabulary get one."""
    originals = tables.nodes["id"].tolist()
    ids = _ids(originals, said)
    columns = _columns(tables.nodes, "nodes", {"id"}, said)
    originals = _printable(originals, said)
    if ids != originals:
        new = [o if o != i else None for o, i in zip(originals, ids, strict=True)]
        kept = columns.get("original_id", [None] * len(ids))
        columns["original_id"] = [k if k is not None else n for k, n in zip(kept, new, strict=True)]
    names = [columns[c] for c in _NAMES if c in columns]
    columns["name"] = _first([*names, originals])
    for label in (c for c in _NAMES[1:] if c in columns):
        pairs = zip(columns[label], columns["name"], strict=True)
        more = [v if v is not None and str(v) != str(n) else None for v, n in pairs]
        columns |= {label: more}
        if not any(v is not None for v in more):
            del columns[label]
    kinds = columns.get("kind", [None] * len(ids))
    columns["kind"] = [kind if kind in SCHEMA.node_kinds else None for kind in kinds]
    _original("kind", kinds, SCHEMA.node_kinds, columns)
    without = columns["kind"].count(None)
    if modes is not None:
        both = np.array([default, _hub()], dtype=object)[modes]
        columns["kind"] = _first([columns["kind"], both.tolist()])
        sizes = f"{(modes == 0).sum()} × {default}, {modes.sum()} × {_hub()}"
        words = f"modes were recognised: {sizes}, tied by {SCHEMA.folding[0]}"
        said.add(2, words, words)
    elif without:
        columns["kind"] = [default if kind is None else kind for kind in columns["kind"]]
        end = f"without a kind of the vocabulary {{}} taken for {default}"
        said.add(without, f"node {end.format('is')}", f"nodes {end.format('are')}")
    return _table({"id": ids, **columns})


def _hub() -> str:
    """Return the node kind that the second mode of a two-mode graph becomes."""
    targets = SCHEMA.tie_kinds[SCHEMA.folding[0]].target_kinds
    return next(kind for kind in SCHEMA.node_kinds if kind in targets)


_PERSON = re.compile(
    r"(persons?|people|human|individual|contact|persoon|personen|mens|personnes?)", re.I
)


def without_persons(tables: GraphTables, said: Counts) -> GraphTables:
    """Leave out the nodes that a file calls persons, and their edges, unless all nodes are.

    An ecosystem is of organisations; persons in it would be data about them, so that they are
    counted and not listed.
    """
    nodes, edges = tables.nodes, tables.edges
    of_persons = pd.Series(False, index=nodes.index)
    for column in (c for c in ("kind", "type", "Type", "labels") if c in nodes.columns):
        of_persons |= nodes[column].map(_is_person)
    if not of_persons.any() or of_persons.all():
        return tables
    gone = set(nodes["id"][of_persons])
    loose = edges["source"].isin(gone) | edges["target"].isin(gone)
    said.add(
        len(gone),
        f"person is left out, with {loose.sum()} of the ties (an ecosystem is of organisations)",
        f"persons are left out, with {loose.sum()} of the ties (an ecosystem is of organisations)",
    )
    modes = None if tables.modes is None else np.asarray(tables.modes)[~of_persons.to_numpy()]
    return replace(
        tables,
        nodes=nodes[~of_persons].reset_index(drop=True),
        edges=edges[~loose].reset_index(drop=True),
        modes=modes,
    )


def _is_person(value: object) -> bool:
    words = re.split(r"[;,|:\s]+", value) if isinstance(value, str) else []
    return any(_PERSON.fullmatch(word) for word in words)


def modes_of(tables: GraphTables) -> np.ndarray | None:
    """Return 0 or 1 for each node of a two-mode graph, None for other graphs.

    A graph has two modes where the format says so (``mode``), or where a truth value by which
    igraph and networkx mark the modes differs between the ends of every edge.
    """
    nodes, edges = tables.nodes, tables.edges
    if "kind" in nodes.columns and nodes["kind"].isin(SCHEMA.node_kinds).any():
        return None
    if tables.modes is not None:
        return np.asarray(tables.modes, dtype=int)
    for column in _MODES:
        if column in nodes.columns:
            marks = nodes[column].map(lambda v: _TRUTH.get(str(v).lower()))
            if marks.isna().any():
                continue
            by_id = dict(zip(nodes["id"], marks, strict=True))
            a, b = (edges[end].map(by_id) for end in ("source", "target"))
            if len(edges) and marks.nunique() == 2 and (a != b).all():
                return marks.to_numpy(dtype=int)
    return None


def tie_rows(
    tables: GraphTables, nodes: pd.DataFrame, default: str, modes: np.ndarray | None, said: Counts
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Return ties between nodes that `node_rows` made of the same tables, and cells left out."""
    edges = tables.edges
    ids = dict(zip(tables.nodes["id"], nodes["id"], strict=True))
    kind_of = dict(zip(nodes["id"], nodes["kind"], strict=True))
    ends = {end: [ids[v] for v in edges[end]] for end in ("source", "target")}
    columns = _columns(edges, "ties", {"id", "source", "target"}, said)
    if modes is not None:
        default = SCHEMA.folding[0]
        _from_first_to_second(ends, dict(zip(nodes["id"], modes, strict=True)))
    given = columns.get("kind", [None] * len(edges))
    _turn_round(ends, kind_of, said)
    pairs = zip(given, ends["source"], ends["target"], strict=True)
    known = [k in SCHEMA.tie_kinds and fits(k, kind_of[a], kind_of[b]) for k, a, b in pairs]
    unfit = sum(k in SCHEMA.tie_kinds for k in given) - sum(known)
    kept = "links other kinds of nodes, and is kept in original_kind"
    said.add(unfit, f"tie's kind {kept}", f"ties' kind {kept}")
    columns["kind"] = _kinds(given, known, ends, kind_of, default, said)
    odd = [k if k is None or not own else None for k, own in zip(given, known, strict=True)]
    _original("kind", odd, (), columns)
    _identities(edges, known, {*nodes["id"]}, columns, said)
    _directions(tables, ends["source"], known, columns, said)
    rejected = _strengths(columns, ends, said)
    return _table({**ends, **columns}), rejected


def _from_first_to_second(ends: dict[str, list[str]], mode_of: dict[str, int]) -> None:
    """Let every edge between the modes run from the first to the second."""
    pairs = [
        (b, a) if mode_of[a] > mode_of[b] else (a, b)
        for a, b in zip(ends["source"], ends["target"], strict=True)
    ]
    ends["source"], ends["target"] = [a for a, _ in pairs], [b for _, b in pairs]


def _turn_round(ends: dict[str, list[str]], kind_of: dict[str, str], said: Counts) -> None:
    """Turn ties round whose ends no kind links this way, and one kind links the other way."""
    turned: dict[tuple[str, str], bool] = {}
    count = 0
    for position, (a, b) in enumerate(zip(ends["source"], ends["target"], strict=True)):
        pair = (kind_of[a], kind_of[b])
        if pair not in turned:
            ways = [any(fits(k, *way) for k in SCHEMA.tie_kinds) for way in (pair, pair[::-1])]
            turned[pair] = ways == [False, True]
        if turned[pair]:
            ends["source"][position], ends["target"][position] = b, a
            count += 1
    words = "turned round, since no kind of tie leads from the one kind to the other"
    said.add(count, f"tie is {words}", f"ties are {words}")


def _kinds(
    given: list[Any],
    known: list[bool],
    ends: dict[str, list[str]],
    kind_of: dict[str, str],
    default: str,
    said: Counts,
) -> list[str]:
    """Return the kind of each tie: its own, the default, or the first that fits its ends."""
    fitting: dict[tuple[str, str], str] = {}
    out = []
    for kind, is_known, a, b in zip(given, known, ends["source"], ends["target"], strict=True):
        if not is_known:
            pair = (kind_of[a], kind_of[b])
            if pair not in fitting:
                fitting[pair] = _fitting(default, *pair)
            kind = fitting[pair]
        out.append(kind)
    for kind, count in Counter(k for k, own in zip(out, known, strict=True) if not own).items():
        end = f"without a kind of the vocabulary {{}} taken for {kind}"
        said.add(count, f"tie {end.format('is')}", f"ties {end.format('are')}")
    return out


def _fitting(default: str, source: str, target: str) -> str:
    """Return the default tie kind, or the first that links two kinds where it does not."""
    if fits(default, source, target):
        return default
    return next((kind for kind in SCHEMA.tie_kinds if fits(kind, source, target)), default)


def _identities(
    edges: pd.DataFrame,
    known: list[bool],
    nodes: set[str],
    columns: dict[str, list[Any]],
    said: Counts,
) -> None:
    """Keep the ids of ties in our own words as they are, others in original_id."""
    if "id" not in edges.columns:
        return
    ids = [v if isinstance(v, str) and v else None for v in edges["id"]]
    filled = [v for v in ids if v is not None]
    again = len(filled) - len(set(filled))
    said.add(
        again,
        "edge has the id of an earlier one; it is kept without it",
        "edges have the id of an earlier one; they are kept without it",
    )
    free = not again and nodes.isdisjoint(filled)
    if ids and all(known) and len(filled) == len(ids) and free:
        columns["id"] = ids
        return
    seen: set[str] = set()
    for position, identity in enumerate(ids):
        if identity in seen:
            ids[position] = None
        elif identity is not None:
            seen.add(identity)
    kept = columns.get("original_id", [None] * len(ids))
    columns["original_id"] = _first([kept, ids])


def _directions(
    tables: GraphTables,
    starts: list[str],
    known: list[bool],
    columns: dict[str, list[Any]],
    said: Counts,
) -> None:
    """Keep the direction of ties whose kind has none as who reported them."""
    edges, default = tables.edges, tables.directed
    if DIRECTED in edges.columns:
        directed = [default if v is None or v != v else bool(v) for v in edges[DIRECTED]]
    else:
        directed = [default] * len(edges)
    undirected = set(SCHEMA.undirected)
    lost = [
        d and not k and kind in undirected
        for d, k, kind in zip(directed, known, columns["kind"], strict=True)
    ]
    if any(lost):
        words = "had a direction, kept in reported_by (it counts when asked for)"
        said.add(sum(lost), f"of them {words}", f"of them {words}")
        given = columns.get("reported_by", [None] * len(edges))
        columns["reported_by"] = [
            start if x and not was else was
            for start, x, was in zip(starts, lost, given, strict=True)
        ]


def _strengths(
    columns: dict[str, list[Any]], ends: Mapping[str, list[str]], said: Counts
) -> list[dict[str, Any]]:
    """Make weights strengths, each by itself; others are kept in a column of their own.

    Returns
    -------
    list
        Rows for the list of what could not be read: the weights that are not numbers.
    """
    found = [columns.pop(name) for name in _STRENGTHS if name in columns]
    if not found:
        return []
    weights = _first(found)
    texts = list(dict.fromkeys(w for w in weights if isinstance(w, str)))
    read = read_numbers(texts)
    numbers = dict(zip(texts, read.values, strict=True))
    said.notes += [f"weights: {words}" for words in read.said]
    values = [numbers[w] if isinstance(w, str) else w for w in weights]
    entry = SCHEMA.tables["ties"].columns["strength"]
    good = [v is not None and admits(entry, v) for v in values]
    columns["strength"] = [float(v) if g else None for v, g in zip(values, good, strict=True)]
    odd = [w if w is not None and not g else None for w, g in zip(weights, good, strict=True)]
    unread = [n for n, w in enumerate(odd) if isinstance(w, str) and numbers[w] is None]
    if any(w is not None for w in odd):
        columns["original_weight"] = [None if w is None else str(w) for w in odd]
    end = "kept in original_weight; as strength {} 1"
    limits = f"{entry.minimum:g} to {entry.maximum:g}"
    said.add(
        len(odd) - odd.count(None) - len(unread),
        f"weight is not from {limits} and is {end.format('it counts as')}",
        f"weights are not from {limits} and are {end.format('each counts as')}",
    )
    said.add(
        len(unread),
        f"weight is not a number and is {end.format('it counts as')}",
        f"weights are not numbers and are {end.format('each counts as')}",
    )
    same = {"column": "weight", "remedy": "Write a number above 0", "done": CELL_LEFT_BLANK}
    return [
        {
            **same,
            "value": odd[n],
            "cause": f"tie {ends['source'][n]} – {ends['target'][n]}: {odd[n]!r} is not a number",
        }
        for n in unread
    ]


def _columns(frame: pd.DataFrame, table: str, skip: set[str], said: Counts) -> dict[str, list[Any]]:
    """Return attributes by name: nested ones as JSON, reserved names set apart."""
    out: dict[str, list[Any]] = {}
    known = SCHEMA.tables[table].columns
    for name in frame.columns:
        (column,) = _printable([str(name).strip()], said)
        if name in skip or column in _OF_THE_FORMAT or not column:
            continue
        cells = _printable(_plain(frame[name], column, said), said)
        if column in {FILE, ROW} or (column not in known and column.startswith("_")):
            column = f"original{column}"
        if column in known and column not in ("kind", "name"):
            cells = _admitted(column, cells, table, out, said)
        out[column] = _first([out[column], cells]) if column in out else cells
    return out


def _printable(values: list[Any], said: Counts) -> list[Any]:
    """Return values with a mark in place of characters that no file of ours may hold."""
    if not CONTROL.search("\n".join(v for v in values if isinstance(v, str))):
        return values
    cleaned = [CONTROL.sub("\ufffd", v) if isinstance(v, str) else v for v in values]
    end = "had control characters, now \ufffd"
    changed = sum(a is not b and a != b for a, b in zip(values, cleaned, strict=True))
    said.add(changed, f"text {end}", f"texts {end}")
    return cleaned


def _plain(cells: pd.Series, column: str, said: Counts) -> list[Any]:
    """Return cells as plain values, None for blank ones."""
    values = cells.astype(object).where(cells.notna(), None).tolist()
    for position, value in enumerate(values):
        if isinstance(value, dict | list | tuple | set):
            listed = sorted(value, key=str) if isinstance(value, set) else value
            values[position] = json.dumps(listed, ensure_ascii=False, default=str)
            end = f"of {column} is a list or object and is kept as JSON"
            said.add(1, f"value {end}", f"values of {column} are lists or objects, kept as JSON")
        elif value == "":
            values[position] = None
    return values


def _admitted(
    column: str, cells: list[Any], table: str, out: dict[str, list[Any]], said: Counts
) -> list[Any]:
    """Return what a column of the vocabulary may hold; the rest goes to ``original_…``."""
    entry = SCHEMA.tables[table].columns[column]
    distinct = {(type(v), v) for v in cells if v is not None}  # True is not 1 here
    fit = {both: admits(entry, both[1]) for both in distinct}
    if all(fit.values()):
        return cells
    beside = f"original_{column}"
    odd = [str(v) if v is not None and not fit[type(v), v] else None for v in cells]
    said.add(
        len(odd) - odd.count(None),
        f"value of {column} is not valid in the vocabulary and is kept in {beside}",
        f"values of {column} are not valid in the vocabulary and are kept in {beside}",
    )
    out[beside] = _first([out[beside], odd]) if beside in out else odd
    return [v if v is not None and fit[type(v), v] else None for v in cells]


def _original(column: str, given: list[Any], known: Any, columns: dict[str, list[Any]]) -> None:
    """Keep the words of a column that are not in the vocabulary."""
    odd = [None if v is None or v in known else str(v) for v in given]
    if any(v is not None for v in odd):
        columns[f"original_{column}"] = odd


def _first(columns: Sequence[Sequence[Any]]) -> list[Any]:
    """Return, row by row, the first value that is not missing."""
    if len(columns) == 1:
        return list(columns[0])
    rows = zip(*columns, strict=True)
    return [next((v for v in row if v is not None), None) for row in rows]


def _table(columns: dict[str, list[Any]]) -> pd.DataFrame:
    """Return columns as a table of objects, in which nothing is inferred."""
    out = {}
    for name, cells in columns.items():
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
        out[name] = pd.Series(values)
    return pd.DataFrame(out)
