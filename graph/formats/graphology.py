"""Graphology JSON, as Sigma and Gephi Lite take it: nodes and edges with attributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    form_from,
    form_of,
    plain_json,
    require,
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse, write_json
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read Graphology JSON without interpreting it."""
    content, _ = parse(path, data)
    if not isinstance(content, dict):
        raise UnusableInput(path, "it is not Graphology JSON", "Export it again")
    nodes = [_row(entry) for entry in _list(content, "nodes", path)]
    edges = [_row(entry) for entry in _list(content, "edges", path)]
    require(nodes, ("id",), path, "node")
    require(edges, ("source", "target"), path, "edge")
    options, own = content.get("options") or {}, content.get("attributes") or {}
    if isinstance(own, dict) and MARK in own:
        extras = ("label", "weight", DIRECTED)
        return GraphTables.of(nodes, edges, form=form_from(own[MARK], path), extras=extras)
    directed = not (isinstance(options, dict) and options.get("type") == "undirected")
    about = {
        k: str(own[k]) for k in ("title", "description") if isinstance(own, dict) and own.get(k)
    }
    return GraphTables.of(nodes, edges, directed=directed, about=about)


def _list(content: dict[str, Any], name: str, path: Path) -> list[Row]:
    found = content.get(name) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise UnusableInput(path, f"its {name} are not a list of objects", "Export it again")
    return found


def _row(entry: Row) -> Row:
    found = entry.get("attributes") or {}
    row: Row = dict(found) if isinstance(found, dict) else {}
    row |= {end: entry[end] for end in ("source", "target") if end in entry}
    row["id"] = entry.get("key")
    return row | ({DIRECTED: not entry["undirected"]} if "undirected" in entry else {})


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as Graphology JSON."""
    nodes, ties = (plain_json(rows) for rows in rows_of(eco, "graphology"))
    edges = []
    for row in ties:
        entry = {"key": row.pop("id"), "source": row.pop("source"), "target": row.pop("target")}
        entry |= {"undirected": not row.pop(DIRECTED)}
        edges.append({**entry, "attributes": {**row, "weight": row.get("strength", 1)}})
    content = {
        "options": {"type": "mixed", "multi": True, "allowSelfLoops": True},
        "attributes": {"title": eco.about.title or eco.about.name, MARK: form_of(eco)},
        "nodes": [
            {"key": row.pop("id"), "attributes": {"label": row["name"], **row}} for row in nodes
        ],
        "edges": edges,
    }
    write_json(content, path)
    return []
