"""Cytoscape JSON: elements with data, as Cytoscape writes it and Cytoscape.js takes it."""

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
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse, write_json
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read Cytoscape JSON without interpreting it."""
    content, _ = parse(path, data)
    elements = content.get("elements") if isinstance(content, dict) else content
    nodes, edges = _elements(elements, path)
    own = content.get("data") if isinstance(content, dict) else None
    own = own if isinstance(own, dict) else {}
    if MARK in own:
        extras = ("value", "key", "weight", "interaction", DIRECTED)
        return GraphTables.of(nodes, edges, form=form_from(own[MARK], path), extras=extras)
    about = {"title": str(own.get("name") or "")}
    directed = bool(content.get("directed", True)) if isinstance(content, dict) else True
    return GraphTables.of(nodes, edges, directed=directed, about=about)


def _elements(elements: Any, path: Path) -> tuple[list[Row], list[Row]]:
    """Return the data of nodes and edges, which stand in two lists or in one."""
    if isinstance(elements, list):
        strange = next((n for n, e in enumerate(elements, 1) if not isinstance(e, dict)), 0)
        if strange:
            place = f"{path}, elements {strange}"
            raise UnusableInput(place, "it is not an object with data", "Export it again")
        found = elements
        is_edge = [e.get("group") == "edges" or "source" in (e.get("data") or {}) for e in found]
        elements = {
            name: [e for e, edge in zip(found, is_edge, strict=True) if edge == wanted]
            for name, wanted in (("nodes", False), ("edges", True))
        }
    if not isinstance(elements, dict):
        raise UnusableInput(path, "it is not Cytoscape JSON (no elements)", "Export it again")
    rows = []
    for name, needed in (("nodes", ("id",)), ("edges", ("source", "target"))):
        some = elements.get(name) or []
        some = some if isinstance(some, list) else [some]
        for number, element in enumerate(some, start=1):
            data = element.get("data") if isinstance(element, dict) else None
            if not isinstance(data, dict) or any(data.get(key) is None for key in needed):
                cause = f"it has no data with {' and '.join(needed)}"
                raise UnusableInput(f"{path}, {name} {number}", cause, "Export it again")
        rows.append([{**e["data"], **_position(e)} for e in some])
    return rows[0], rows[1]


def _position(element: dict[str, Any]) -> Row:
    place = element.get("position")
    if not isinstance(place, dict):
        return {}
    return {axis: place[axis] for axis in "xy" if isinstance(place.get(axis), int | float)}


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as Cytoscape JSON."""
    nodes, ties = (plain_json(rows) for rows in rows_of(eco, "cyjs"))
    for row in ties:
        row |= {"key": row["id"], "interaction": row["kind"], "weight": row.get("strength", 1)}
    content = {
        "data": {"name": eco.about.title or eco.about.name, MARK: form_of(eco)},
        "directed": True,
        "multigraph": True,
        "elements": {
            "nodes": [{"data": {**row, "value": row["id"]}} for row in nodes],
            "edges": [{"data": row} for row in ties],
        },
    }
    write_json(content, path)
    return []
