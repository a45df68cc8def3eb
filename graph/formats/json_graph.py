"""JSON of nodes and edges, however a program calls them and wherever in the document they stand.

Known are the shapes of networkx (node-link with ``links`` or ``edges``, adjacency), D3, JSON Graph
Format, vis-network, arrows.app, VOSviewer, Obsidian's canvas, and of Neo4j: APOC's four exports and
the results of a query. Nodes and edges are lists of objects, of names or of pairs, or objects by
id; what an entry nests under ``data``, ``properties`` and the like is laid flat.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import GraphTables, Row, kind_word
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.json import parse
from partnergraph.graph.formats.text import read_text
from partnergraph.graph.networkx_form import DIRECTED
from partnergraph.graph.schema import SCHEMA

holds = Holds()

# Names are compared in lower case, without signs between words; the first that is there counts.
_NODES = ("nodes", "vertices", "items", "elements", "actors", "entities", "points")
_EDGES = ("edges", "links", "relationships", "rels", "arcs", "connections", "ties", "relations")
_IDS = ("id", "key", "identity", "elementid", "nodeid", "uuid", "name", "label", "title", "caption")
_NAMES = ("name", "label", "caption", "title", "displayname", "text")
_ENDS = (
    ("source", "target"),
    ("from", "to"),
    ("sourceid", "targetid"),
    ("fromid", "toid"),
    ("fromnode", "tonode"),
    ("startnode", "endnode"),
    ("start", "end"),
    ("src", "dst"),
    ("subject", "object"),
    ("node1", "node2"),
    ("s", "t"),
)
_END_WORDS = frozenset(word for pair in _ENDS for word in pair)
_TYPES = ("type", "relation", "relationship", "interaction", "reltype", "edgetype")
_WEIGHTS = ("weight", "strength", "value")
_NESTED = ("data", "attributes", "properties", "metadata", "attrs")
# Entries of a document that describe its own form, which no ecosystem needs.
_OF_THE_FORM = frozenset({"directed", "multigraph", "type", "version", "graph", "schema", "format"})
_MOST_DEPTH = 5


@dataclass
class _Found:
    """The nodes and edges of a document as they stand, and what stands around them."""

    nodes: list[Any]
    edges: list[Any]
    head: Mapping[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read JSON of nodes and edges."""
    text, said = read_text(path, data)
    content, valid = content_of(text)
    if not valid:
        parse(path, data)  # says where the fault is
    found = find(content)
    if found is None:
        cause = "it is JSON without a list of nodes and a list of edges"
        raise UnusableInput(path, cause, 'Give {"nodes": [{"id": …}], "edges": [{"source": …, …}]}')
    counts: Counter[str] = Counter()
    nodes, edges = _canvas(found, counts) or (found.nodes, found.edges)
    rows = [_node(entry, f"{path}, node {n}") for n, entry in enumerate(nodes, 1)]
    ties = [_edge(entry, f"{path}, edge {n}", counts) for n, entry in enumerate(edges, 1)]
    _find_ends(rows, ties, counts)
    return GraphTables.of(
        rows,
        ties,
        directed=_directed(found.head),
        about=_about(found.head),
        counts=counts,
        said=[*said, *found.said],
    )


def content_of(text: str) -> tuple[Any, bool]:
    """Return the content of JSON, of a text with a value a line as a list; else None and False."""
    text = text.lstrip("\ufeff")
    try:
        return json.loads(text, parse_constant=lambda _: None), True
    except (ValueError, RecursionError):
        lines = of_lines(text)
        return lines, lines is not None


def of_lines(text: str) -> list[Any] | None:
    """Return the values of a text that has one in JSON on each line, None for other texts."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


# -- where nodes and edges stand -------------------------------------------------------------------


def find(content: Any) -> _Found | None:
    """Return the nodes and edges of a document, None where it has none."""
    return _of_neo4j(content) or _search(content)


def _search(content: Any) -> _Found | None:
    """Return the first object, outermost first, that has edges, with what stands beside it."""
    level: list[tuple[Any, Mapping[str, Any]]] = [(content, {})]
    for _ in range(_MOST_DEPTH):
        inner: list[tuple[Any, Mapping[str, Any]]] = []
        for value, around in level:
            if isinstance(value, dict):
                if found := _graph(value, around):
                    return found
                inner += [(v, {**around, **value}) for v in value.values()]
            elif isinstance(value, list) and len(value) == 1:
                inner.append((value[0], around))
            elif isinstance(value, list) and value and (found := _first_of(value, around)):
                return found
        level = inner
    return None


def _first_of(graphs: Sequence[Any], around: Mapping[str, Any]) -> _Found | None:
    """Return the first of several graphs in a list, and say that the others are left out."""
    if not isinstance(graphs[0], dict) or (found := _graph(graphs[0], around)) is None:
        return None
    found.said.append(f"the first of {len(graphs)} graphs is read; save each in a file of its own")
    return found


def _graph(value: Mapping[str, Any], around: Mapping[str, Any]) -> _Found | None:
    """Return the graph that an object is, None where it is something else."""
    names = {_plain(key): key for key in reversed([*value])}
    of_nodes = next((names[n] for n in _NODES if n in names and _entries(value[names[n]])), None)
    if of_nodes is not None and "adjacency" in names:
        found = _adjacency(value, of_nodes, value[names["adjacency"]])
        return _Found(*found, {**around, **value}) if found else None
    keys = [names[n] for n in _EDGES if n in names]
    of_edges = next((k for k in keys if _entries(value[k]) is not None), None)
    if of_edges is None:
        return None
    edges = _entries(value[of_edges]) or []
    if (edges and not all(_is_edge(edge) for edge in edges[:20])) or (
        of_nodes is None and not edges
    ):
        return None
    nodes = _entries(value[of_nodes]) if of_nodes is not None else []
    left = [k for k in value if k not in (of_nodes, of_edges) and _plain(k) not in _OF_THE_FORM]
    left = [k for k in left if isinstance(value[k], dict | list) and value[k]]
    said = [f"left out of the document: {', '.join(left[:8])}"] if left else []
    return _Found(nodes or [], edges, {**around, **value}, said)


def _entries(value: Any) -> list[Any] | None:
    """Return the entries of a list, or those of an object by id; None for anything else."""
    if isinstance(value, list):
        return value if all(isinstance(v, dict | list | str | int | float) for v in value) else None
    if isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()):
        return [{"id": key, **entry} for key, entry in value.items()]
    return None


def _is_edge(entry: Any) -> bool:
    if isinstance(entry, list):
        return len(entry) in (2, 3) and all(isinstance(end, str | int) for end in entry[:2])
    return isinstance(entry, dict) and _ends(_flat(entry)) is not None


def _adjacency(
    value: Mapping[str, Any], of_nodes: str, lists: Any
) -> tuple[list[Any], list[Any]] | None:
    """Return nodes and edges where each node has a list of its neighbours, in the same order."""
    nodes = _entries(value[of_nodes]) or []
    if not isinstance(lists, list) or len(lists) != len(nodes):
        return None
    both, seen, edges = not value.get("directed", False), set(), []
    for node, neighbours in zip(nodes, lists, strict=True):
        for entry in neighbours if isinstance(neighbours, list) else []:
            if not isinstance(entry, dict) or not isinstance(node, dict):
                return None
            ends = [node.get("id"), entry.get("id")]
            mark = json.dumps([ends[::-1], entry.get("key")], default=str)
            if both and mark in seen:
                continue
            seen.add(json.dumps([ends, entry.get("key")], default=str))
            rest = {k: v for k, v in entry.items() if k != "id"}
            edges.append({**rest, "source": ends[0], "target": ends[1]})
    return nodes, edges


# -- Neo4j ---------------------------------------------------------------------------------------


def _of_neo4j(content: Any) -> _Found | None:
    """Return the nodes and relationships in an export of APOC, or in the results of a query."""
    if not isinstance(content, list | dict):
        return None
    nodes: dict[str, Any] = {}
    edges: dict[str, Any] = {}
    for entry in _objects(content, 0):
        what = entry.get("type")
        identity = entry.get("identity", entry.get("id"))
        mark = json.dumps(entry.get("elementId", identity), default=str)
        if _is_node(entry):
            row = {**entry, "id": identity, "type": None, "identity": None}
            nodes.setdefault(mark, row)
        elif _is_relationship(entry):
            row = {**entry, "id": identity, "type": what, "identity": None}
            if what == "relationship":
                row |= {"type": entry.get("label"), "label": None}
            edges.setdefault(mark, row)
    if not nodes:
        return None
    return _Found([*nodes.values()], [*edges.values()])


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth < 2 * _MOST_DEPTH:
        for inner in value:
            yield from _objects(inner, depth + 1)
    elif isinstance(value, dict) and depth < 2 * _MOST_DEPTH:
        yield value
        if not (_is_node(value) or _is_relationship(value)):
            for inner in value.values():
                yield from _objects(inner, depth + 1)


def _is_node(entry: Mapping[str, Any]) -> bool:
    named = "identity" in entry or "id" in entry
    plain = isinstance(entry.get("labels"), list) and isinstance(entry.get("properties"), dict)
    of_apoc = entry.get("type") == "node" and isinstance(entry.get("properties", {}), dict)
    return named and (of_apoc or (plain and "caption" not in entry and "type" not in entry))


def _is_relationship(entry: Mapping[str, Any]) -> bool:
    ends = _ends({_plain(k): v for k, v in entry.items() if k in ("start", "end")})
    ends = ends or _ends({_plain(k): v for k, v in entry.items() if k in ("startNode", "endNode")})
    return ends is not None and ("type" in entry or "label" in entry)


# -- nodes and edges -----------------------------------------------------------------------------


def _plain(name: str) -> str:
    return "".join(c for c in str(name).lower() if c.isalnum())


def _flat(entry: Mapping[str, Any]) -> Row:
    """Return an entry with what it nests laid flat; its own values come first."""
    row: Row = {}
    nested: list[tuple[str, Mapping[str, Any]]] = []
    for key, value in entry.items():
        if _plain(key) in _NESTED and isinstance(value, dict):
            nested.append((key, _flat(value)))
        elif key == "position" and isinstance(value, dict):
            row |= {axis: value[axis] for axis in "xyz" if axis in value}
        elif isinstance(value, dict) and _plain(key) not in _END_WORDS and _is_plain(value):
            row |= {f"{key}.{inner}": v for inner, v in value.items()}
        elif value not in (None, "", [], {}):
            row[key] = value
    for name, inner in nested:
        for key, value in inner.items():
            same = row.get(key, value) == value
            row[key if same else f"{name}_{key}"] = value
    return row


def _is_plain(value: Mapping[str, Any]) -> bool:
    return not any(isinstance(v, dict | list) for v in value.values())


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Return the key of a row that one of some names stands for, the earliest name first."""
    there = {_plain(key): key for key in reversed([*row])}
    return next((there[name] for name in names if name in there), None)


def _ends(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the keys of the two ends of an edge."""
    there = {_plain(key): key for key in reversed([*row])}
    pair = next((p for p in _ENDS if p[0] in there and p[1] in there), None)
    return (there[pair[0]], there[pair[1]]) if pair else None


def _node(entry: Any, place: str) -> Row:
    if not isinstance(entry, dict):
        return {"id": json.dumps(entry) if isinstance(entry, list) else entry}
    row = _flat(entry)
    identity = _first(row, _IDS)
    if identity is None:
        raise UnusableInput(place, "it has no id and no name", "Give it one")
    found = row[identity] if identity in _NAMES else row.pop(identity)
    name = _first(row, _NAMES)
    if name is not None and name not in ("name", "label"):
        row["label"] = row.pop(name)
    labels = row.get("labels")
    if isinstance(labels, list) and all(isinstance(label, str) for label in labels):
        row["labels"] = ";".join(labels)
    kinds = [*(labels if isinstance(labels, list) else []), row.get("type")]
    kind = next((k for k in map(kind_word, kinds) if k in SCHEMA.node_kinds), None)
    if kind is not None:
        row.setdefault("kind", kind)
    return {**row, "id": _scalar(found)}


def _edge(entry: Any, place: str, counts: Counter[str]) -> Row:
    if isinstance(entry, list) and len(entry) in (2, 3):
        entry = dict(zip(("source", "target", "weight"), entry, strict=False))
    row = _flat(entry) if isinstance(entry, dict) else {}
    ends = _ends(row)
    if ends is None:
        raise UnusableInput(place, "it has no two ends", "Give it a source and a target")
    pair = [_scalar(row.pop(end)) for end in ends]
    weight = _first(row, _WEIGHTS)
    if weight is not None and isinstance(row[weight], int | float) and weight != "weight":
        counts[f"values of {weight}, read as weights"] += weight != "strength"
        row["weight"] = row.pop(weight)
    way = row.pop(DIRECTED, None)
    kind = _first(row, _TYPES)
    if kind is not None and isinstance(row[kind], str):
        word = row.pop(kind)
        if word.lower() in ("directed", "undirected"):
            way = word.lower() == "directed"
        else:
            known = kind_word(word)
            row.setdefault("kind", known if known in SCHEMA.tie_kinds else word)
    row |= {} if way is None else {DIRECTED: bool(way)}
    return {**row, "source": pair[0], "target": pair[1]}


def _scalar(value: Any) -> Any:
    """Return an id as one value: of an object its own id, of a list its text."""
    if isinstance(value, dict):
        key = _first(value, _IDS)
        return _scalar(value[key]) if key is not None else json.dumps(value, default=str)
    return json.dumps(value, default=str) if isinstance(value, list) else value


def _find_ends(nodes: list[Row], edges: list[Row], counts: Counter[str]) -> None:
    """Let edges name nodes by id where they do so by position or by name."""
    ids = {str(row["id"]) for row in nodes}
    ends = [edge[end] for edge in edges for end in ("source", "target")]
    unknown = [end for end in ends if str(end) not in ids]
    if not unknown or not nodes:
        return
    numbers = [end for end in ends if isinstance(end, int) and not isinstance(end, bool)]
    find: Callable[[Any], Any]
    if len(numbers) == len(ends) and 0 <= min(numbers) <= max(numbers) < len(nodes):
        counts["edges whose ends are positions in the list of nodes"] += len(edges)
        find = lambda end: nodes[end]["id"]  # noqa: E731
    else:
        times = Counter(str(row[n]) for row in nodes if (n := _first(row, _NAMES)) is not None)
        named = {str(row[n]): row["id"] for row in nodes if (n := _first(row, _NAMES)) is not None}
        lost = {end for end in map(str, unknown) if times[end] == 1}
        counts["ends of edges that name a node, and not its id"] += sum(
            str(end) in lost for end in unknown
        )
        find = lambda end: named[str(end)] if str(end) in lost else end  # noqa: E731
    for edge in edges:
        edge |= {end: find(edge[end]) for end in ("source", "target")}


def _directed(head: Mapping[str, Any]) -> bool:
    """Return whether edges without a direction of their own have one; VOSviewer's have none."""
    if isinstance(head.get("network"), dict) and "items" in head["network"]:
        return False
    said = head.get("directed", head.get("edgedefault", head.get("type")))
    return said.lower() != "undirected" if isinstance(said, str) else bool(said is not False)


def _about(head: Mapping[str, Any]) -> dict[str, str]:
    """Return the title of a document, where it says one."""
    inner = [head, *(v for k in ("graph", "info", "network") if isinstance(v := head.get(k), dict))]
    texts = [where.get(key) for where in inner for key in ("title", "name", "label")]
    return {"title": next((t for t in texts if isinstance(t, str) and t), "")}


# -- Obsidian's canvas ---------------------------------------------------------------------------


def _canvas(found: _Found, counts: Counter[str]) -> tuple[list[Any], list[Any]] | None:
    """Return the cards and arrows of a canvas; a frame becomes the group of the cards in it."""
    cards = [n for n in found.nodes if isinstance(n, dict)]
    if not cards or not all(
        n.get("type") in ("text", "file", "link", "group") and "width" in n for n in cards
    ):
        return None
    tied = {str(edge.get(end)) for edge in found.edges for end in ("fromNode", "toNode")}
    frames = [n for n in cards if n["type"] == "group"]
    nodes = []
    for card in cards:
        if card["type"] == "group" and str(card.get("id")) not in tied:
            counts["frames, kept as the group of the cards in them"] += 1
            continue
        around = [str(f.get("label", "")) for f in frames if f is not card and _within(card, f)]
        text = str(card.get("text") or card.get("label") or card.get("url") or "")
        lines = [line.strip("#*_[]> \t") for line in text.splitlines()]
        name = next((line for line in lines if line), "")
        if card["type"] == "file":
            name = PurePosixPath(str(card.get("file", ""))).stem
        whole = {"text": text} if len([line for line in lines if line]) > 1 else {"text": None}
        nodes.append({**card, **whole, "label": name, "group": "; ".join(filter(None, around))})
    edges = [
        {**edge, DIRECTED: (edge.get("toEnd"), edge.get("fromEnd")) != ("none", None)}
        for edge in found.edges
        if isinstance(edge, dict)
    ]
    return nodes, edges


def _within(card: Mapping[str, Any], frame: Mapping[str, Any]) -> bool:
    """Return whether the middle of a card lies in a frame."""
    try:
        return all(
            frame[at] <= card[at] + card[size] / 2 <= frame[at] + frame[size]
            for at, size in (("x", "width"), ("y", "height"))
        )
    except (KeyError, TypeError):
        return False
