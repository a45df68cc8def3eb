"""GraphML: nodes and ties as nodes and edges, the other tables as JSON in the graph's own data.

Read are keys with defaults and types, descriptions, graphs inside nodes, and yEd's labels,
positions and colours. Edges of more than two ends are refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    count_mixture,
    form_from,
    form_of,
    read_as,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.xml import check_text, child, children, local, parse
from partnergraph.graph.networkx_form import DIRECTED, to_networkx

if TYPE_CHECKING:
    import networkx as nx

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")

DESCRIPTION = "description"
# The id of a tie that is not an NMTOKEN, as the ids of edges have to be.
TIE = "partnergraph_tie"
_TOKEN = re.compile(r"[\w.:-]+")
Keys = dict[tuple[str, str], tuple[str, str, Any]]  # by class and id: name, type, default


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a GraphML file without interpreting it; parallel edges are kept."""
    _, root = parse(path, data)
    if local(root) != "graphml":
        cause = f"it is not GraphML (its root element is {local(root)})"
        raise UnusableInput(path, cause, "Export it again")
    graphs = [*children(root, "graph")]
    if not graphs:
        raise UnusableInput(path, "it is not GraphML (it has no graph)", "Export it again")
    said: Counter[str] = Counter()
    keys = _keys(root, said)
    graph = graphs[0]
    if len(graphs) > 1:
        said["further graphs, left out"] += len(graphs) - 1
    nodes = [*_nodes(graph, keys, None, said, path)]
    edges = [*_edges(graph, keys, said)]
    own = _data(graph, keys, "graph", said)
    mark = own.pop(MARK, None)
    if mark is not None:
        return GraphTables.of(nodes, edges, form=form_from(mark, path), extras=(DIRECTED,))
    directed = graph.get("edgedefault") == "directed"
    count_mixture(edges, said)
    about = {"title": str(own.get("name", "")), "description": str(own.get(DESCRIPTION, ""))}
    return GraphTables.of(nodes, edges, directed=directed, about=about, counts=said)


def _keys(root: Any, said: Counter[str]) -> Keys:
    out: Keys = {}
    for key in root.iter():
        if local(key) != "key":
            continue
        name = key.get("attr.name") or key.get("id", "")
        kind = key.get("attr.type", "string")
        if key.get("yfiles.type"):
            kind = "yfiles"
        elif key.get("attr.type") is None:
            said[f"keys without a type (such as {name}), read as text"] += 1
        default = child(key, "default")
        text = None if default is None else default.text
        value = None if text is None or kind == "yfiles" else read_as(text, kind)
        entry = (f"original_{name}" if name in ("id", "source", "target") else name, kind, value)
        of = key.get("for", "all")
        for element in ("node", "edge", "graph") if of == "all" else (of,):
            earlier = out.get((element, key.get("id", "")))
            out[element, key.get("id", "")] = earlier or entry
    return out


def _data(element: Any, keys: Keys, of: str, said: Counter[str]) -> Row:
    """Return the attributes of an element by name, defaults filled in."""
    row: Row = {
        name: default
        for (home, _), (name, _, default) in keys.items()
        if home == of and default is not None
    }
    seen: set[str] = set()
    for entry in children(element, "data"):
        name, kind, _ = keys.get((of, entry.get("key", "")), (entry.get("key", ""), "string", None))
        if len(entry):
            row |= {k: v for k, v in _yed(entry).items() if v is not None}
            continue
        text = entry.text or ""
        if name in seen:  # two keys of one name, for instance of two types
            said[f"values of a second key named {name}, left out"] += 1
            continue
        if text.strip() or (text and kind == "string"):
            seen.add(name)
            row[name] = read_as(text, kind)
    description = child(element, "desc")
    if description is not None and description.text:
        row.setdefault(DESCRIPTION, description.text)
    return row


def _yed(entry: Any) -> Row:
    """Return what yEd draws: label, position, colour."""
    out: Row = {}
    for part in entry.iter():
        name = local(part)
        if name in ("NodeLabel", "EdgeLabel") and part.text and part.text.strip():
            out.setdefault("label", part.text.strip())
        elif name == "Geometry":
            out |= {axis: read_as(part.get(axis), "double") for axis in "xy" if part.get(axis)}
        elif name == "Fill" and part.get("color"):
            out["color"] = part.get("color")
        elif name == "Shape" and part.get("type"):
            out["shape"] = part.get("type")
    return out


def _nodes(
    graph: Any, keys: Keys, parent: str | None, said: Counter[str], path: Path
) -> Iterator[Row]:
    """Yield nodes, those of graphs inside nodes too."""
    for element in children(graph, "node", "hyperedge"):
        if local(element) == "hyperedge":
            place = f"{path}, hyperedge {element.get('id', '')}".rstrip()
            cause = "a hyperedge has any number of ends, and a tie has two"
            raise UnusableInput(place, cause, "Replace it by a node that its ends are tied to")
        row = {**_data(element, keys, "node", said), "id": element.get("id", "")}
        ports = sum(1 for _ in children(element, "port"))
        if ports:
            said["ports of nodes, left out"] += ports
        if parent is not None:
            row["parent"] = parent
            said["nodes inside others, which the column parent names"] += 1
        yield row
        for inner in children(element, "graph"):
            yield from _nodes(inner, keys, row["id"], said, path)


def _edges(graph: Any, keys: Keys, said: Counter[str]) -> Iterator[Row]:
    """Yield edges, those of graphs inside nodes too."""
    default = graph.get("edgedefault") == "directed"
    for element in children(graph, "edge"):
        row = _data(element, keys, "edge", said)
        identity = row.pop(TIE, element.get("id"))
        if identity is not None:
            row["id"] = identity
        way = element.get("directed")
        row |= {end: element.get(end, "") for end in ("source", "target")}
        yield {**row, DIRECTED: default if way is None else way in ("true", "1")}
    for node in children(graph, "node"):
        for inner in children(node, "graph"):
            yield from _edges(inner, keys, said)


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as GraphML."""
    import networkx as nx

    check_text(eco, path)
    graph = _with_tokens(to_networkx(eco))
    graph.graph = {MARK: form_of(eco)}
    out = BytesIO()
    # The writer of the standard library, so that an installed lxml makes no difference.
    nx.readwrite.graphml.write_graphml_xml(graph, out, prettyprint=True)
    # A bare carriage return would be read as a line feed.
    write_atomically(path, out.getvalue().replace(b"\r", b"&#13;"))
    return []


def _with_tokens(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Give edges whose id is not valid in XML another id, and keep theirs as data."""
    import networkx as nx

    out = nx.MultiDiGraph()
    out.add_nodes_from(graph.nodes(data=True))
    for number, (a, b, key, data) in enumerate(graph.edges(keys=True, data=True)):
        fits = _TOKEN.fullmatch(key) is not None
        own = {} if fits else {TIE: key}
        token = out.add_edge(a, b, key=key if fits else f"edge:{number}")
        # Not as arguments: a column may be called as one of them is.
        out.edges[a, b, token].update(data | own)
    return out
