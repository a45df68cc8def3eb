"""Graphology JSON, as Sigma and Gephi Lite take it: nodes and edges with attributes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    form_from,
    form_of,
    plain_json,
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

_RESERVED = ("id", "key", "label", "weight", "source", "target", "x", "y", "size", "color", "type")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read Graphology JSON as it stands.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it is no Graphology JSON.
    """
    content, _ = parse(path, data)
    if not isinstance(content, dict):
        raise UnusableInput(path, "it is no Graphology JSON", "Export it again")
    nodes = [_row(e, n, ("key",), path) for n, e in enumerate(_list(content, "nodes", path), 1)]
    edges = [
        _row(e, n, ("source", "target"), path)
        for n, e in enumerate(_list(content, "edges", path), 1)
    ]
    options, own = content.get("options") or {}, content.get("attributes") or {}
    if isinstance(own, dict) and MARK in own:
        extras = ("label", "weight", DIRECTED)
        return GraphTables.of(nodes, edges, form=form_from(own[MARK], path), extras=extras)
    directed = not (isinstance(options, dict) and options.get("type") == "undirected")
    about = {
        k: str(own[k]) for k in ("title", "description") if isinstance(own, dict) and own.get(k)
    }
    return GraphTables.of(nodes, edges, directed=directed, about=about)


def _list(content: dict[str, Any], name: str, path: Path) -> list[Any]:
    found = content.get(name) or []
    if not isinstance(found, list):
        raise UnusableInput(path, f"its {name} are no list", "Export it again")
    return found


def _row(entry: Any, number: int, needed: tuple[str, ...], path: Path) -> Row:
    if not isinstance(entry, dict) or any(entry.get(name) is None for name in needed):
        what = "node" if needed == ("key",) else "edge"
        cause = f"it has no {' and '.join(needed)}"
        raise UnusableInput(f"{path}, {what} {number}", cause, "Export it again")
    found = entry.get("attributes") or {}
    row: Row = dict(found) if isinstance(found, dict) else {}
    if needed == ("key",):
        return {**row, "id": entry["key"]}
    row |= {name: entry[name] for name in needed}
    row["id"] = entry.get("key")
    return row | ({DIRECTED: not entry["undirected"]} if "undirected" in entry else {})


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as Graphology JSON; returns what was changed on the way: nothing."""
    nodes, ties = (plain_json(rows) for rows in rows_of(eco, reserved=_RESERVED))
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
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    write_atomically(path, f"{text}\n".encode())
    return []
