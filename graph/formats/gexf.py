"""GEXF 1.3, the format of Gephi: nodes and ties with all their attributes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import cells
from partnergraph.graph.formats.xml import (
    check_text,
    parse,
    serialised,
    unique_edge_ids,
    with_defaults,
)
from partnergraph.graph.networkx_form import own_columns
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

holds = frozenset({"nodes", "ties"})

CREATOR = "partnergraph"
NAMESPACE = "http://gexf.net/1.3"
NAMESPACES = (NAMESPACE, "http://www.gexf.net/1.2draft", "http://www.gexf.net/1.1draft")
# Names of attributes that networkx would take for arguments of its own.
_ARGUMENTS = ("key", "networkx_key", "node_for_adding", "u_for_edge", "v_for_edge")
# Attributes that the format has itself; a column of the same name is written under a prefix.
_TAKEN = frozenset({"label", "weight", "viz", "parents", "pid", "spells", "slices"})
OWN, DIRECTED = "own:", "directed"
_TYPES = {"text": "string", "number": "double", "integer": "long", "boolean": "boolean"}


def read(path: Path) -> nx.Graph:
    """Read a GEXF file as a networkx graph, as it stands.

    Parallel edges stay; ``graph.graph["ours"]`` says whether we wrote the file.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it is no GEXF.
    """
    import networkx as nx

    _, root = parse(path)
    creator = root.find(f"{{{NAMESPACE}}}meta/{{{NAMESPACE}}}creator")
    ours = creator is not None and creator.text == CREATOR
    said = [] if ours else _readable(root)
    try:
        graph = nx.read_gexf(BytesIO(serialised(root)))
    except RecursionError:
        raise UnusableInput(path, "it is nested too deeply", "Flatten it") from None
    except (nx.NetworkXException, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnusableInput(path, f"it is no GEXF ({error})", "Export it again") from None
    except RuntimeError:  # networkx raises nothing by name for a class of attributes it lacks
        cause = "it declares attributes of something else than nodes and edges"
        raise UnusableInput(path, cause, "Export it again") from None
    graph.graph |= {"ours": ours, "said": said}
    return _without_disguise(graph) if ours else with_defaults(graph)


def _without_disguise(graph: nx.Graph) -> nx.Graph:
    """Drop what a file of ours repeats for other programs, and give own columns their names."""
    rows = [data for _, data in graph.nodes(data=True)]
    rows += [data for *_, data in graph.edges(data=True)]
    for row in rows:
        for name in ("label", "weight"):
            row.pop(name, None)
        for name in [name for name in row if name.startswith(OWN)]:
            row[name.removeprefix(OWN)] = row.pop(name)
    return graph


def _readable(root: Any) -> list[str]:
    """Turn what networkx refuses or loses into what it reads, and say so.

    Moments stay text as they stand; in a mixture every edge is read as directed.
    """
    said = []
    name, _, kind = root.tag.rpartition("}")
    name = name.lstrip("{")
    if kind == "gexf" and name not in NAMESPACES:
        for element in root.iter():
            space, _, local = element.tag.rpartition("}")
            end = "/viz" if space.endswith("viz") else ""
            element.tag = f"{{{NAMESPACE}{end}}}{local}"
        said.append(f"the namespace {name!r} is read as GEXF 1.3")
        name = NAMESPACE
    graph = root.find(f"{{{name}}}graph")
    if graph is None:
        return said
    graph.set("timeformat", "string")
    for attribute in graph.iter(f"{{{name}}}attribute"):
        if attribute.get("title") in _ARGUMENTS:
            title = attribute.get("title")
            attribute.set("title", f"original_{title}")
            said.append(f"the attribute {title} is kept as original_{title}")
    edges = [*graph.iter(f"{{{name}}}edge")]
    default = graph.get("defaultedgetype", "undirected")
    types = {edge.get("type", default) for edge in edges}
    if len(types) > 1 and "undirected" in types:
        mixed = sum(edge.get("type", default) == "undirected" for edge in edges)
        graph.set("defaultedgetype", "directed")
        for edge in edges:
            if edge.get("type", default) != "mutual":
                edge.attrib.pop("type", None)
        said.append(f"{mixed} undirected edges among directed ones are read as directed")
    return said + unique_edge_ids(edges)


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write nodes and ties as GEXF; returns what was changed on the way: nothing.

    A node's label is its name, a tie's weight its strength. Ties are written as directed, because
    readers refuse a mixture; the attribute ``directed`` says which are.

    Raises
    ------
    UnusableInput
        Where a cell has characters that XML cannot hold, or the file cannot be written.
    """
    check_text(eco, path)
    root = ElementTree.Element("gexf", {"xmlns": NAMESPACE, "version": "1.3"})
    ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "creator").text = CREATOR
    graph = ElementTree.SubElement(root, "graph", {"defaultedgetype": "directed"})
    nodes, ties = eco.nodes, eco.ties
    ties[DIRECTED] = ~ties["kind"].isin(SCHEMA.undirected)
    ids = {name: _declare(graph, frame, name) for name, frame in (("node", nodes), ("edge", ties))}
    inside = ElementTree.SubElement(graph, "nodes")
    for row, name in zip(_rows(nodes), cells(nodes["name"]), strict=True):
        node = ElementTree.SubElement(inside, "node", {"id": row["id"], "label": name})
        _values(node, row, ids["node"])
    inside = ElementTree.SubElement(graph, "edges")
    for row in _rows(ties):
        ends = {name: row[name] for name in ("id", "source", "target")}
        weight = {"weight": row["strength"]} if row["strength"] else {}
        _values(ElementTree.SubElement(inside, "edge", {**ends, **weight}), row, ids["edge"])
    ElementTree.indent(root, space=" ")
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    write_atomically(path, data + b"\n")
    return []


def _declare(graph: Any, frame: pd.DataFrame, element: str) -> dict[str, str]:
    """Declare the attributes of nodes or edges, and return their ids by column."""
    table = "nodes" if element == "node" else "ties"
    known = {"id", "source", "target"}
    types = {c: k for c, k in own_columns(frame, table).items() if c != DIRECTED}
    numbers = {c.id: c.type for c in SCHEMA.tables[table].columns.values() if c.is_number}
    declared = ElementTree.SubElement(graph, "attributes", {"class": element})
    ids: dict[str, str] = {}
    for column in frame.columns:
        if column not in known:
            ids[column] = f"{element[0]}{len(ids)}"
            kind = _TYPES[types.get(column, numbers.get(column, "text"))]
            kind = "boolean" if column == DIRECTED else kind
            clashes = column in types and column in _TAKEN | {*_ARGUMENTS}
            title = f"{OWN}{column}" if clashes or column.startswith(OWN) else column
            entry = {"id": ids[column], "title": title, "type": kind}
            ElementTree.SubElement(declared, "attribute", entry)
    return ids


def _rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    columns = [cells(frame[column]) for column in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(element: Any, row: dict[str, str], ids: dict[str, str]) -> None:
    values = ElementTree.SubElement(element, "attvalues")
    for column, key in ids.items():
        if row[column]:
            ElementTree.SubElement(values, "attvalue", {"for": key, "value": row[column]})
