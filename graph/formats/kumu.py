"""Kumu's JSON blueprint: elements and connections, which name the elements by their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
    kind_word,
    left_out,
    plain_json,
    rows_of,
    unique_names,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse, write_json
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

EXTRAS = ("label", "type", "direction", "from", "to", DIRECTED)


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a blueprint, or a project that Kumu exported, with all its maps."""
    content, _ = parse(path, data)
    lists = [
        content.get(n) if isinstance(content, dict) else None for n in ("elements", "connections")
    ]
    if not all(isinstance(some, list) and all(isinstance(e, dict) for e in some) for some in lists):
        cause = "it is not a blueprint (elements and connections are not lists of objects)"
        raise UnusableInput(path, cause, "Export it again")
    elements, connections = ([_flat(entry) for entry in some or []] for some in lists)
    form = form_from(content[MARK], path) if MARK in content else None
    return tables(elements, connections, path, form=form)


def _flat(entry: Row) -> Row:
    inner = entry.get("attributes")
    return {**entry, **inner} if isinstance(inner, dict) else entry


def tables(
    elements: Iterable[Row], connections: Iterable[Row], place: object, *, form: Any = None
) -> GraphTables:
    """Return the tables of elements and connections, whose ends are labels or ids.

    Raises
    ------
    UnusableInput
        If an element has no label.
    """
    nodes: list[Row] = []
    edges: list[Row] = []
    unread: list[Row] = []
    id_of: dict[str, str] = {}
    alike: dict[str, set[str]] = {}
    ours = form is not None
    elements = [{k: v for k, v in found.items() if k != "attributes"} for found in elements]
    keys = [_identity(row, f"{place}, elements {n}") for n, row in enumerate(elements, start=1)]
    shared = Counter(label for label, _ in set(keys))
    for row, (label, identity) in zip(elements, keys, strict=True):
        # Users know elements by their labels; Kumu's own ids mean nothing elsewhere.
        name = identity if ours or shared[label] > 1 else label.strip() or label
        id_of.setdefault(label, name)
        id_of[identity] = name
        alike.setdefault(_folded(label), set()).add(name)
        nodes.append({**row, "id": name} | ({} if ours else {"label": label.strip() or label}))
    for number, found in enumerate(connections, start=1):
        row = {k: v for k, v in found.items() if k != "attributes"}
        ends = {"source": row.pop("from", None), "target": row.pop("to", None)}
        if any(end in (None, "") for end in ends.values()):
            cause = f"connection {number} has no from or no to"
            shown = " – ".join(str(end) for end in ends.values() if end is not None)
            unread.append(left_out(number + 1, shown, cause, "Give it both"))
            continue
        identity = row.pop("tie_id", None) or row.pop("_id", None) or row.pop("id", None)
        way = str(row.get("direction") or "undirected").lower()
        row |= {end: _end(str(v), id_of, alike) for end, v in ends.items()} | {"id": identity}
        edges.append({**row, DIRECTED: way == "directed"})
    if form is not None:
        return GraphTables.of(nodes, edges, form=form, extras=EXTRAS, unread=unread)
    for row in [*nodes, *edges]:
        word = row.pop("type", None)
        row.setdefault("kind", kind_word(word) or word)
    return GraphTables.of(nodes, edges, unread=unread)


def _folded(label: str) -> str:
    """Return a label as Kumu compares them: without blanks around it, in any capitals."""
    return " ".join(label.split()).casefold()


def _end(text: str, id_of: Mapping[str, str], alike: Mapping[str, set[str]]) -> str:
    """Return the id of the element that a connection names: exactly, else as Kumu compares."""
    found = alike.get(_folded(text), set())
    return id_of.get(text) or (next(iter(found)) if len(found) == 1 else text.strip() or text)


def _identity(row: Row, place: str) -> tuple[str, str]:
    """Remove the id from an element and return label and id; Kumu tells equal labels by type."""
    label = row.get("label")
    named = [row.pop(key, None) for key in ("node_id", "_id", "id")]
    identity = next((key for key in named if key is not None), None)
    if label is None and identity is None:
        raise UnusableInput(place, "the element has no label", "Give it one")
    if label is None or label == "":
        return str(identity), str(identity)
    if identity is None:
        identity = f"{label} ({row['type']})" if row.get("type") else label
    return str(label), str(identity)


def rows(eco: Ecosystem) -> tuple[list[Row], list[Row]]:
    """Return elements and connections of an ecosystem, ends named by labels no other has."""
    nodes, ties = rows_of(eco, "kumu")
    names = unique_names(nodes)
    elements = []
    for row in nodes:
        identity = row.pop("id")
        own = {"label": names[identity], "type": row["kind"], "node_id": identity}
        elements.append({**own, **row})
    connections = []
    for row in ties:
        ends = {"from": names[row.pop("source")], "to": names[row.pop("target")]}
        way = "directed" if row.pop(DIRECTED) else "undirected"
        own = {**ends, "direction": way, "type": row["kind"], "tie_id": row.pop("id")}
        connections.append({**own, **row})
    return elements, connections


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as a blueprint."""
    elements, connections = (plain_json(some) for some in rows(eco))
    content = {"elements": elements, "connections": connections, MARK: form_of(eco)}
    write_json(content, path)
    return []
