"""Graph files of other programs, and anybody's networkx graph, as rows of an ecosystem."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import FILE, ROW, admits, fits
from partnergraph.graph.ecosystem import DTYPES, ID, About
from partnergraph.graph.errors import UnknownName, UnusableInput
from partnergraph.graph.formats.draft import Draft
from partnergraph.graph.networkx_form import GRAPH_TABLES
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

MODULES = {".gexf": "gexf", ".graphml": "graphml"}
# Attributes by which other programs call what we call name and strength.
_NAMES, _STRENGTHS = ("name", "label", "Label"), ("strength", "weight", "Weight")
_OF_THE_FORMAT = {"directed", "key", "viz", "label", "Label"}


def read(path: Path) -> Draft:
    """Read a GEXF or GraphML file.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in MODULES:
        raise UnusableInput(path, f"{suffix} is no graph file", f"Give {' or '.join(MODULES)}")
    graph = import_module(f"partnergraph.graph.formats.{MODULES[suffix]}").read(path)
    return adopt(graph, name=path.name)


def adopt(
    graph: nx.Graph,
    *,
    name: str = "graph",
    node_kind: str | None = None,
    tie_kind: str | None = None,
) -> Draft:
    """Turn a networkx graph into rows of an ecosystem, and say what was assumed.

    Ids become ``[a-z0-9-]`` with the original kept in ``original_id``; a kind outside the
    vocabulary becomes the default and is said; attributes that clash with the vocabulary are kept
    under ``original_…``; all others are kept in their type.

    Parameters
    ----------
    graph
        Any networkx graph; ``graph.graph["ours"]`` marks one in the form of `to_networkx`.
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
    ours = bool(graph.graph.get("ours"))
    about = graph.graph.get("about") if ours else None
    draft = Draft(EcosystemBuilder(About.from_mapping(about or {})), ours=ours)
    said: Counter[str] = Counter()
    if ours:
        nodes, ties = _ours(graph)
    else:
        nodes = _nodes(graph, node_kind or SCHEMA.actors[0], said)
        ids = dict(zip(graph, (row["id"] for row in nodes), strict=True))
        kinds = {row["id"]: row["kind"] for row in nodes}
        ties = _ties(graph, ids, kinds, tie_kind or SCHEMA.undirected[0], said)
    own = graph.graph.get("own_columns", {}) if ours else {}
    for table, rows in (("nodes", nodes), ("ties", ties)):
        draft.builder.add_table(table, _frame(table, rows, own.get(table, {})), file=name)
    for table in GRAPH_TABLES:
        rows = graph.graph.get(table, []) if ours else []
        draft.builder.add_table(table, _frame(table, rows, own.get(table, {})), file=name)
    draft.said += [f"{name}: {words}" for words in graph.graph.get("said", [])]
    draft.said += [f"{name}: {count} {words}" for words, count in said.items() if count]
    return draft


def _check_kinds(node_kind: str | None, tie_kind: str | None) -> None:
    for what, kind, known in (
        ("node kind", node_kind, SCHEMA.node_kinds), ("tie kind", tie_kind, SCHEMA.tie_kinds),
    ):  # fmt: skip
        if kind is not None and kind not in known:
            raise UnknownName(what, kind, list(known))


def _ours(graph: nx.Graph) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return nodes and ties of a graph in the form of `to_networkx`, as they stand."""
    nodes = [{**data, "id": str(node)} for node, data in graph.nodes(data=True)]
    ties = []
    for source, target, data in graph.edges(data=True):
        row = {name: value for name, value in data.items() if name != "directed"}
        ties.append({**row, "source": source, "target": target})
    return nodes, ties


def slug(text: str) -> str:
    """Return an id made of a text: ``[a-z0-9][a-z0-9-]*``.

    >>> slug("Société Générale & Co."), slug("Straße 5"), slug("…")
    ('societe-generale-co', 'strasse-5', 'node')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "node"


def _nodes(graph: nx.Graph, default: str, said: Counter[str]) -> list[dict[str, Any]]:
    rows, taken = [], set()
    originals = {str(node) for node in graph if re.fullmatch(ID, str(node))}
    for node, data in graph.nodes(data=True):
        original = str(node)
        new = original
        if new not in originals:
            base = new = slug(original)
            number = 1
            while new in taken or new in originals:
                number += 1
                new = f"{base}-{number}"
            said["ids were changed (the original is kept in original_id)"] += 1
            said["of them shared a short form and got a number"] += number > 1
        taken.add(new)
        row = _attributes(data, "nodes", said)
        if new != original:
            row.setdefault("original_id", original)
        row["id"] = new
        row["name"] = _first(data, _NAMES) or original
        if row.get("kind") not in SCHEMA.node_kinds:
            _original(row, "kind", data)
            row["kind"] = default
            said[f"nodes without a kind of the vocabulary are taken for {default}"] += 1
        rows.append(row)
    return rows


def _ties(
    graph: nx.Graph, ids: dict[Any, str], kinds: dict[str, str], default: str, said: Counter[str]
) -> list[dict[str, Any]]:
    rows = []
    edges = graph.edges(keys=True, data=True) if graph.is_multigraph() else graph.edges(data=True)
    for edge in edges:
        data = edge[-1]
        row = _attributes(data, "ties", said)
        row["source"], row["target"] = ids[edge[0]], ids[edge[1]]
        row.pop("id", None)
        identity = data.get("id", edge[2] if len(edge) == 4 else None)
        if isinstance(identity, str):
            row.setdefault("original_id", identity)
        if row.get("kind") not in SCHEMA.tie_kinds:
            _original(row, "kind", data)
            row["kind"] = _fitting(default, kinds[row["source"]], kinds[row["target"]])
            said[f"ties without a kind of the vocabulary are taken for {row['kind']}"] += 1
            if graph.is_directed() and row["kind"] in SCHEMA.undirected:
                row.setdefault("reported_by", row["source"])
                said["of them had a direction, kept in reported_by (it counts when asked for)"] += 1
        _strength(row, data, said)
        rows.append(row)
    return rows


def _fitting(default: str, source: str, target: str) -> str:
    """Return the default tie kind, or the first that links two kinds where it does not."""
    if fits(default, source, target):
        return default
    return next((kind for kind in SCHEMA.tie_kinds if fits(kind, source, target)), default)


def _strength(row: dict[str, Any], data: dict[str, Any], said: Counter[str]) -> None:
    found = _first(data, _STRENGTHS)
    row.pop("weight", None)
    if isinstance(found, int | float) and found > 0:
        row["strength"] = float(found)
    elif found is not None:
        row.pop("strength", None)
        row["original_weight"] = found
        said["weights are not above 0 and are kept in original_weight"] += 1


def _first(data: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((data[name] for name in names if data.get(name) not in (None, "")), None)


def _original(row: dict[str, Any], column: str, data: dict[str, Any]) -> None:
    if data.get(column) is not None:
        row[f"original_{column}"] = str(data[column])


def _attributes(data: dict[str, Any], table: str, said: Counter[str]) -> dict[str, Any]:
    """Return attributes as cells: nested ones as JSON, reserved names set apart."""
    row: dict[str, Any] = {}
    known = SCHEMA.tables[table].columns
    for name, value in data.items():
        column = str(name).strip()
        if value is None or column in _OF_THE_FORMAT or not column:
            continue
        if isinstance(value, dict | list | tuple | set):
            value = json.dumps(value, ensure_ascii=False, default=str)
            said[f"values of {column} are lists or objects and kept as JSON"] += 1
        if column in {FILE, ROW} or (column not in known and column.startswith("_")):
            column = f"original{column}"
        if column in known and column != "kind" and not admits(known[column], value):
            said[f"values of {column} do not fit the vocabulary, kept in original_{column}"] += 1
            column, value = f"original_{column}", str(value)
        row[column] = value
    return row


def _frame(table: str, rows: list[dict[str, Any]], own: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, dtype=object)
    for column in (*SCHEMA.tables[table].columns, *own):
        if column not in frame.columns:
            frame[column] = pd.Series(None, index=frame.index, dtype=object)
    for column, kind in own.items():
        if kind != "text":
            frame[column] = frame[column].astype(DTYPES[kind])
    return frame
