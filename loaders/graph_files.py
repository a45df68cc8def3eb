"""Graph files of other programs, and anybody's networkx graph, as rows of an ecosystem."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import FILE, ROW, admits, fits
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import UnknownName, UnusableInput
from partnergraph.graph.formats.graph_tables import GraphTables, inward, typed
from partnergraph.graph.formats.read_result import ReadResult
from partnergraph.graph.formats.recognition import opened
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.graph.ids import ID, slug
from partnergraph.graph.networkx_form import DIRECTED, GRAPH_TABLES
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

# Attributes by which other programs call what we call name and strength.
_NAMES, _STRENGTHS = ("name", "label", "Label"), ("strength", "weight", "Weight")
_OF_THE_FORMAT = {DIRECTED, "viz"}
# Attributes by which other programs tell the two modes of a two-mode graph.
_MODES = ("type", "bipartite")
_TRUTH = {"false": 0, "0": 0, "true": 1, "1": 1}
Said = Counter[str]


def read(path: Path) -> ReadResult:
    """Read a graph file of any format in `partnergraph.graph.formats.registry.FORMATS`.

    What it is, is told by its content first and by its ending then; a gzip, or a zip with one
    graph file in it, is unpacked.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it cannot be read.
    """
    file = opened(path)
    if file.format is None:
        known = sorted({suffix for f in FORMATS.values() for suffix in f.suffixes if f.reads})
        cause = f"it is no graph file that we know (it ends in {path.suffix or 'nothing'})"
        raise UnusableInput(path, cause, f"Give one of {', '.join(known)}")
    module = import_module(f"partnergraph.graph.formats.{FORMATS[file.format].module}")
    found: GraphTables | ReadResult = module.read(path, file.data)
    if isinstance(found, ReadResult):
        found.said[:0] = file.said
        return found
    found.said[:0] = file.said
    return adopt(found, name=path.name)


def adopt(
    graph: GraphTables | nx.Graph,
    *,
    name: str = "graph",
    node_kind: str | None = None,
    tie_kind: str | None = None,
) -> ReadResult:
    """Turn a graph into rows of an ecosystem, and say what was assumed.

    Ids become ``[a-z0-9-]`` with the original kept in ``original_id``; a kind outside the
    vocabulary becomes the default and is said; attributes that clash with the vocabulary are kept
    under ``original_…``; all others are kept in their type. In a two-mode graph the second mode
    becomes what the first folding tie kind leads to, so that it can be folded.

    Parameters
    ----------
    graph
        The tables of a graph file, or any networkx graph.
    name
        What to call it in messages.
    node_kind, tie_kind
        Kinds of nodes and ties that have none; the first actor and the first undirected tie kind
        of the vocabulary where not given.

    Raises
    ------
    UnknownName
        Where the vocabulary lacks one of these kinds.
    """
    _check_kinds(node_kind, tie_kind)
    tables = graph if isinstance(graph, GraphTables) else of_networkx(graph)
    if tables.form is not None:
        return _ours(tables, tables.form, name)
    said: Said = Counter()
    about = {k: v for k, v in tables.about.items() if v}
    draft = ReadResult(EcosystemBuilder(About.from_mapping(about)), ours=False)
    modes = _modes(tables) if node_kind is None and tie_kind is None else None
    nodes = _nodes(tables, node_kind or SCHEMA.actors[0], modes, said)
    ties = _ties(tables, nodes, tie_kind or SCHEMA.undirected[0], modes, said)
    draft.builder.add_table("nodes", nodes, file=name)
    draft.builder.add_table("ties", ties, file=name)
    if tables.aliases is not None and len(tables.aliases):
        ids = dict(zip(tables.nodes["id"], nodes["id"], strict=True))
        aliases = tables.aliases.assign(node=tables.aliases["node"].map(ids)).drop_duplicates()
        draft.builder.add_table("aliases", aliases, file=name)
    draft.said += [f"{name}: {words}" for words in tables.said]
    draft.said += [f"{name}: {count} {words}" for words, count in said.items() if count]
    return draft


def of_networkx(graph: nx.Graph) -> GraphTables:
    """Return the tables of any networkx graph."""
    nodes = [{**data, "id": node} for node, data in graph.nodes(data=True)]
    keyed = graph.is_multigraph()
    edges = []
    for edge in graph.edges(keys=True, data=True) if keyed else graph.edges(data=True):
        row = {**edge[-1], "source": edge[0], "target": edge[1]}
        if keyed and isinstance(edge[2], str):
            row.setdefault("id", edge[2])
        edges.append(row)
    return GraphTables.of(nodes, edges, directed=graph.is_directed())


def _check_kinds(node_kind: str | None, tie_kind: str | None) -> None:
    for what, kind, known in (
        ("node kind", node_kind, SCHEMA.node_kinds),
        ("tie kind", tie_kind, SCHEMA.tie_kinds),
    ):
        if kind is not None and kind not in known:
            raise UnknownName(what, kind, list(known))


# -- our own files --------------------------------------------------------------------------


def _ours(tables: GraphTables, form: dict[str, Any], name: str) -> ReadResult:
    """Return what a file of ours holds, as it stands."""
    draft = ReadResult(EcosystemBuilder(About.from_mapping(form.get("about", {}))))
    draft.said += [f"{name}: {words}" for words in tables.said]
    own = form.get("own_columns", {})
    for table in SCHEMA.tables:
        if table in GRAPH_TABLES:
            frame = pd.DataFrame(form.get(table, []), dtype=object)
        else:
            frame = tables.nodes if table == "nodes" else tables.edges
            frame = frame.drop(columns=[c for c in tables.extras if c in frame.columns])
            frame = frame.rename(columns=inward)
        for column in (*SCHEMA.tables[table].columns, *own.get(table, {})):
            if column not in frame.columns:
                frame[column] = pd.Series(None, index=frame.index, dtype=object)
        for column, kind in own.get(table, {}).items():
            try:
                frame[column] = typed(frame[column], kind)
            except (KeyError, TypeError, ValueError, OverflowError):
                place = f"{name}, {table}, column {column}"
                cause = f"cells do not fit the type {kind}"
                raise UnusableInput(place, cause, "Correct them, or export it again") from None
        draft.builder.add_table(table, frame, file=name)
    return draft


# -- nodes ----------------------------------------------------------------------------------


def _ids(originals: Sequence[str], said: Said) -> list[str]:
    """Return an id for each; those that share a short form are numbered in the order of the file.

    Same ids as they stand come first, so that no made one takes their place.
    """
    fullmatch = re.compile(ID).fullmatch
    as_they_stand = {text for text in originals if fullmatch(text)}
    if len(as_they_stand) == len(originals):
        return list(originals)
    taken: set[str] = set()
    next_number: Counter[str] = Counter()
    out = []
    for original in originals:
        new = original
        if new not in as_they_stand:
            base = new = slug(original) or "node"
            while new in taken or new in as_they_stand:
                next_number[base] += 1
                new = f"{base}-{next_number[base] + 1}"
            said["ids were changed (the original is kept in original_id)"] += 1
            said["of them shared a short form and got a number"] += new != base
        taken.add(new)
        out.append(new)
    return out


def _nodes(tables: GraphTables, default: str, modes: np.ndarray | None, said: Said) -> pd.DataFrame:
    originals = tables.nodes["id"].tolist()
    ids = _ids(originals, said)
    columns = _columns(tables.nodes, "nodes", {"id"}, said)
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
    lacking = columns["kind"].count(None)
    if modes is not None:
        both = np.array([default, _hub()], dtype=object)[modes]
        columns["kind"] = _first([columns["kind"], both.tolist()])
        counts = f"{(modes == 0).sum()} nodes for {default}, {modes.sum()} for {_hub()}"
        said[f"modes were recognised and taken: {counts}, tied by {SCHEMA.folding[0]}"] += 2
    elif lacking:
        columns["kind"] = [default if kind is None else kind for kind in columns["kind"]]
        said[f"nodes without a kind of the vocabulary are taken for {default}"] += lacking
    return _table({"id": ids, **columns})


def _hub() -> str:
    """Return the node kind that the second mode of a two-mode graph becomes."""
    targets = SCHEMA.tie_kinds[SCHEMA.folding[0]].target_kinds
    return next(kind for kind in SCHEMA.node_kinds if kind in targets)


def _modes(tables: GraphTables) -> np.ndarray | None:
    """Return 0 or 1 for each node of a two-mode graph, None where it is not one.

    It is one where the format says so (``mode``), or where a truth value by which igraph and
    networkx mark the modes splits the ends of every edge.
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


# -- ties -----------------------------------------------------------------------------------


def _ties(
    tables: GraphTables, nodes: pd.DataFrame, default: str, modes: np.ndarray | None, said: Said
) -> pd.DataFrame:
    edges = tables.edges
    ids = dict(zip(tables.nodes["id"], nodes["id"], strict=True))
    kind_of = dict(zip(nodes["id"], nodes["kind"], strict=True))
    ends = {end: [ids[v] for v in edges[end]] for end in ("source", "target")}
    columns = _columns(edges, "ties", {"id", "source", "target"}, said)
    if modes is not None:
        default = SCHEMA.folding[0]
        _from_first_to_second(ends, dict(zip(nodes["id"], modes, strict=True)))
    given = columns.get("kind", [None] * len(edges))
    known = [kind in SCHEMA.tie_kinds for kind in given]
    columns["kind"] = _kinds(given, known, ends, kind_of, default, said)
    _original("kind", given, SCHEMA.tie_kinds, columns)
    _identities(edges, known, columns, said)
    _directions(tables, ends["source"], known, columns, said)
    _strengths(columns, said)
    return _table({**ends, **columns})


def _from_first_to_second(ends: dict[str, list[str]], mode_of: dict[str, int]) -> None:
    """Let every edge between the modes run from the first to the second."""
    pairs = [
        (b, a) if mode_of[a] > mode_of[b] else (a, b)
        for a, b in zip(ends["source"], ends["target"], strict=True)
    ]
    ends["source"], ends["target"] = [a for a, _ in pairs], [b for _, b in pairs]


def _kinds(
    given: list[Any],
    known: list[bool],
    ends: dict[str, list[str]],
    kind_of: dict[str, str],
    default: str,
    said: Said,
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
        said[f"ties without a kind of the vocabulary are taken for {kind}"] += count
    return out


def _fitting(default: str, source: str, target: str) -> str:
    """Return the default tie kind, or the first that links two kinds where it does not."""
    if fits(default, source, target):
        return default
    return next((kind for kind in SCHEMA.tie_kinds if fits(kind, source, target)), default)


def _identities(
    edges: pd.DataFrame, known: list[bool], columns: dict[str, list[Any]], said: Said
) -> None:
    """Keep ids: those of ties in our words as they are, others in original_id."""
    if "id" not in edges.columns:
        return
    ids = [v if isinstance(v, str) and v else None for v in edges["id"]]
    filled = [v for v in ids if v is not None]
    again = len(filled) - len(set(filled))
    said["edges have the id of an earlier one; they stay, without it"] += again
    if ids and all(known) and len(filled) == len(ids) and not again:
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
    said: Said,
) -> None:
    """Keep as who reported it the direction of ties whose kind has none."""
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
        said["of them had a direction, kept in reported_by (it counts when asked for)"] += sum(lost)
        given = columns.get("reported_by", [None] * len(edges))
        columns["reported_by"] = [
            start if x and not was else was
            for start, x, was in zip(starts, lost, given, strict=True)
        ]


def _strengths(columns: dict[str, list[Any]], said: Said) -> None:
    """Make weights strengths; those that are not above 0 are kept beside."""
    found = [columns.pop(name) for name in _STRENGTHS if name in columns]
    if not found:
        return
    weights = _first(found)
    good = [
        isinstance(w, int | float) and not isinstance(w, bool) and 0 < w < float("inf")
        for w in weights
    ]
    columns["strength"] = [float(w) if g else None for w, g in zip(weights, good, strict=True)]
    odd = [None if g else w for w, g in zip(weights, good, strict=True)]
    count = len(odd) - odd.count(None)
    if count:
        columns["original_weight"] = [None if w is None else str(w) for w in odd]
        said["weights are not above 0 and are kept in original_weight"] += count


# -- columns --------------------------------------------------------------------------------


def _columns(frame: pd.DataFrame, table: str, skip: set[str], said: Said) -> dict[str, list[Any]]:
    """Return attributes by name: nested ones as JSON, reserved names set apart."""
    out: dict[str, list[Any]] = {}
    known = SCHEMA.tables[table].columns
    for name in frame.columns:
        column = str(name).strip()
        if name in skip or column in _OF_THE_FORMAT or not column:
            continue
        cells = _plain(frame[name], column, said)
        if column in {FILE, ROW} or (column not in known and column.startswith("_")):
            column = f"original{column}"
        if column in known and column not in ("kind", "name"):
            cells = _admitted(column, cells, table, out, said)
        out[column] = _first([out[column], cells]) if column in out else cells
    return out


def _plain(cells: pd.Series, column: str, said: Said) -> list[Any]:
    """Return cells as plain values, None for blank ones."""
    values = cells.astype(object).where(cells.notna(), None).tolist()
    for position, value in enumerate(values):
        if isinstance(value, dict | list | tuple | set):
            listed = sorted(value, key=str) if isinstance(value, set) else value
            values[position] = json.dumps(listed, ensure_ascii=False, default=str)
            said[f"values of {column} are lists or objects and kept as JSON"] += 1
        elif value == "":
            values[position] = None
    return values


def _admitted(
    column: str, cells: list[Any], table: str, out: dict[str, list[Any]], said: Said
) -> list[Any]:
    """Return what a column of the vocabulary may hold; the rest goes to ``original_…``."""
    entry = SCHEMA.tables[table].columns[column]
    distinct = {(type(v), v) for v in cells if v is not None}  # True is no 1 here
    fit = {both: admits(entry, both[1]) for both in distinct}
    if all(fit.values()):
        return cells
    beside = f"original_{column}"
    odd = [str(v) if v is not None and not fit[type(v), v] else None for v in cells]
    said[f"values of {column} do not fit the vocabulary, kept in {beside}"] += sum(
        v is not None for v in odd
    )
    out[beside] = _first([out[beside], odd]) if beside in out else odd
    return [v if v is not None and fit[type(v), v] else None for v in cells]


def _original(column: str, given: list[Any], known: Any, columns: dict[str, list[Any]]) -> None:
    """Keep what a column said that is no word of the vocabulary."""
    odd = [None if v is None or v in known else str(v) for v in given]
    if any(v is not None for v in odd):
        columns[f"original_{column}"] = odd


def _first(columns: Sequence[Sequence[Any]]) -> list[Any]:
    """Return, row by row, the first that is there."""
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
