"""DyNetML, of ORA: nodes in classes, links in networks between two classes, properties of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    form_from,
    form_of,
    read_as,
    rows_of,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.xml import check_text, children, local, parse, written
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read the first meta-network of a DyNetML file; links of value 0 are left out."""
    _, root = parse(path, data)
    metas = [e for e in root.iter() if local(e) == "MetaNetwork"]
    if not metas:
        raise UnusableInput(path, "it is not DyNetML (it has no MetaNetwork)", "Export it again")
    said: Counter[str] = Counter()
    meta = metas[0]
    if len(metas) > 1:
        said["further meta-networks, left out"] += len(metas) - 1
    mark = _properties(meta).pop(MARK, None)
    nodes = [*_nodes(meta)]
    edges = [*_links(meta, said)]
    if mark is not None:
        extras = ("class", "network", DIRECTED, "label", "value", "title", "weight")
        return GraphTables.of(nodes, edges, form=form_from(mark, path), extras=extras)
    for edge in edges:
        edge["kind"] = edge.pop("network", None)
    return GraphTables.of(nodes, edges, modes=_modes(nodes, edges), counts=said)


def _properties(element: Any) -> Row:
    """Return the properties of an element by name, in their types."""
    row: Row = {}
    for home in [element, *children(element, "properties")]:
        for entry in children(home, "property"):
            name = entry.get("id") or entry.get("name") or ""
            text = entry.get("value", entry.text or "")
            row[name] = read_as(text, entry.get("type", "string"))
    return row


def _nodes(meta: Any) -> Iterator[Row]:
    for home in children(meta, "nodes"):
        for group in children(home, "nodeclass", "nodeset"):
            for element in children(group, "node"):
                row = _properties(element)
                if element.get("title"):
                    row.setdefault("label", element.get("title"))
                yield {**row, "id": element.get("id", ""), "class": group.get("id", "")}


def _links(meta: Any, said: Counter[str]) -> Iterator[Row]:
    for home in children(meta, "networks"):
        for network in children(home, "network", "graph"):
            way = network.get("isDirected", "true") != "false"
            for element in children(network, "link", "edge"):
                value = read_as(element.get("value", "1"), "double")
                if value == 0:
                    said["links of value 0, left out"] += 1
                    continue
                row = {"network": network.get("id"), DIRECTED: way, **_properties(element)}
                row |= {end: element.get(end, "") for end in ("source", "target")}
                yield row if value == 1 else {**row, "weight": value}


def _modes(nodes: list[Row], edges: list[Row]) -> list[int] | None:
    """Return 0 and 1 where there are two classes and every link runs between them."""
    classes = [*dict.fromkeys(row["class"] for row in nodes)]
    of = {row["id"]: row["class"] for row in nodes}
    if len(classes) != 2 or len(of) != len(nodes) or not edges:
        return None
    if any(of.get(e["source"]) == of.get(e["target"]) for e in edges):
        return None
    return [classes.index(row["class"]) for row in nodes]


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as DyNetML: a class a node kind, a network a tie kind between classes."""
    check_text(eco, path)
    nodes, ties = rows_of(eco, "dynetml")
    root = ElementTree.Element("DynamicNetwork")
    meta = ElementTree.SubElement(root, "MetaNetwork", {"id": eco.about.name})
    own = ElementTree.SubElement(meta, "properties")
    entry = {"id": MARK, "type": "string", "value": form_of(eco)}
    ElementTree.SubElement(own, "property", entry)
    home = ElementTree.SubElement(meta, "nodes")
    for kind, some in groupby(sorted(nodes, key=lambda r: str(r["kind"])), lambda r: r["kind"]):
        group = ElementTree.SubElement(home, "nodeclass", {"type": kind, "id": kind})
        for row in some:
            names = {"id": row.pop("id"), "title": row["name"]}
            _write_properties(ElementTree.SubElement(group, "node", names), row)
    home = ElementTree.SubElement(meta, "networks")
    for (kind, a, b, way), group_of in groupby(sorted(ties, key=_network(eco)), _network(eco)):
        names = {"sourceType": a, "targetType": b, "id": kind, "isDirected": str(way).lower()}
        network = ElementTree.SubElement(home, "network", names)
        for row in group_of:
            ends = {end: row.pop(end) for end in ("source", "target")}
            value = {"type": "double", "value": repr(float(row.get("strength", 1)))}
            link = ElementTree.SubElement(network, "link", {**ends, **value})
            # A tie's own id is a property: links have none.
            _write_properties(link, {k: v for k, v in row.items() if k != DIRECTED})
    write_atomically(path, written(root))
    return []


def _network(eco: Ecosystem) -> Any:
    kind_of = eco.kind_of
    return lambda r: (r["kind"], kind_of[r["source"]], kind_of[r["target"]], r[DIRECTED])


def _write_properties(element: Any, row: Row) -> None:
    home = ElementTree.SubElement(element, "properties")
    for name, value in row.items():
        kind = {bool: "boolean", int: "long", float: "double"}.get(type(value), "string")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ElementTree.SubElement(home, "property", {"id": name, "type": kind, "value": text})
