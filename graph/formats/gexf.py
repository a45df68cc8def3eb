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
from partnergraph.graph.formats.xml import check_text, parse
from partnergraph.graph.networkx_form import own_columns
from partnergraph.graph.schema import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

holds = frozenset({"nodes", "ties"})

CREATOR = "partnergraph"
NAMESPACE = "http://gexf.net/1.3"
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

    data, root = parse(path)
    try:
        graph = nx.read_gexf(BytesIO(data))
    except (nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnusableInput(path, f"it is no GEXF ({error})", "Export it again") from None
    creator = root.find(f"{{{NAMESPACE}}}meta/{{{NAMESPACE}}}creator")
    graph.graph["ours"] = creator is not None and creator.text == CREATOR
    return graph


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
    ties["directed"] = ~ties["kind"].isin(SCHEMA.undirected)
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
    types = own_columns(frame, table)
    numbers = {c.id: c.type for c in SCHEMA.tables[table].columns.values() if c.is_number}
    declared = ElementTree.SubElement(graph, "attributes", {"class": element})
    ids: dict[str, str] = {}
    for column in frame.columns:
        if column not in known:
            ids[column] = f"{element[0]}{len(ids)}"
            kind = _TYPES[types.get(column, numbers.get(column, "text"))]
            entry = {"id": ids[column], "title": column, "type": kind}
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
