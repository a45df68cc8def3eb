"""GraphML: nodes and ties as nodes and edges, the other tables as JSON in the graph's own data."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from partnergraph.graph.ecosystem import DTYPES, Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.draft import EVERYTHING
from partnergraph.graph.formats.xml import (
    check_text,
    parse,
    serialised,
    unique_edge_ids,
    with_defaults,
)
from partnergraph.graph.networkx_form import GRAPH_TABLES, to_networkx

if TYPE_CHECKING:
    import networkx as nx

holds = EVERYTHING
MARK = "partnergraph"
SPACE = "{http://graphml.graphdrawing.org/xmlns}"
DESCRIPTION = "description"


def read(path: Path) -> nx.Graph:
    """Read a GraphML file as a networkx graph, as it stands.

    In a file that we wrote, ``graph.graph`` has what `to_networkx` gave it, and ``ours`` is true.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it is no GraphML.
    """
    import networkx as nx

    _, root = parse(path)
    said = _readable(root)
    try:
        graph = nx.read_graphml(BytesIO(serialised(root)))
        mark = graph.graph.pop(MARK, None)
        form = None if mark is None else json.loads(mark)
    except RecursionError:
        raise UnusableInput(path, "it is nested too deeply", "Flatten it") from None
    except (nx.NetworkXException, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnusableInput(path, f"it is no GraphML ({error})", "Export it again") from None
    if form is None:
        graph.graph |= {"ours": False, "said": said}
        return with_defaults(graph)
    if not _is_form(form):
        cause = f"its entry {MARK} is not what we write there"
        raise UnusableInput(path, cause, f"Remove the entry {MARK}, or export it again")
    graph.graph = {**form, "ours": True, "said": said}
    return graph


def _readable(root: Any) -> list[str]:
    """Turn what networkx refuses, warns of or loses into what it reads, and say so."""
    said = []
    for graph in root.findall(f"{SPACE}graph"):
        for key in graph.findall(f"{SPACE}key"):
            graph.remove(key)
            root.insert(0, key)
    keys = root.findall(f"{SPACE}key")
    for key in keys:
        key.set("attr.name", key.get("attr.name", key.get("id", "")))
        if key.get("attr.type") is None and key.get("yfiles.type") is None:
            key.set("attr.type", "string")
            said.append(f"the type of {key.get('attr.name')} is not given; it is read as text")
    said += _described(root, {key.get("attr.name") for key in keys})
    edges = [*root.iter(f"{SPACE}edge")]
    for graph in root.findall(f"{SPACE}graph"):
        default = "true" if graph.get("edgedefault") == "directed" else "false"
        ways = [edge.get("directed", default) for edge in graph.iter(f"{SPACE}edge")]
        if len(set(ways)) > 1:
            graph.set("edgedefault", "directed")
            mixed = ways.count("false")
            said.append(f"{mixed} undirected edges among directed ones are read as directed")
        if len(set(ways)) > 1 or {*ways} == {"true"}:
            graph.set("edgedefault", "directed")
    for edge in edges:
        edge.attrib.pop("directed", None)
    if len(root.findall(f"{SPACE}graph")) > 1:
        said.append("it has several graphs, the first is read")
    return said + unique_edge_ids(edges)


def _described(root: Any, names: set[str]) -> list[str]:
    """Make descriptions an attribute, and leave out ports, which networkx does not read."""
    described, ports = 0, 0
    for element in [*root.iter(f"{SPACE}node"), *root.iter(f"{SPACE}edge")]:
        for port in element.findall(f"{SPACE}port"):
            element.remove(port)
            ports += 1
        found = element.find(f"{SPACE}desc")
        if found is not None and found.text and DESCRIPTION not in names:
            ElementTree.SubElement(element, f"{SPACE}data", {"key": "desc"}).text = found.text
            described += 1
    if described:
        entry = {"id": "desc", "for": "all", "attr.name": DESCRIPTION, "attr.type": "string"}
        root.insert(0, ElementTree.Element(f"{SPACE}key", entry))
    return [f"{ports} ports of nodes are left out"] if ports else []


def _is_form(form: Any) -> bool:
    """Say whether something has the shape of what `to_networkx` keeps for a graph."""
    if not isinstance(form, dict):
        return False
    own, about = form.get("own_columns", {}), form.get("about", {})
    tables = [form.get(name, []) for name in GRAPH_TABLES]
    return (
        isinstance(about, dict)
        and isinstance(own, dict)
        and all(isinstance(types, dict) for types in own.values())
        and all(isinstance(k, str) and k in DTYPES for t in own.values() for k in t.values())
        and all(isinstance(table, list) for table in tables)
        and all(isinstance(row, dict) for table in tables for row in table)
        and not any(isinstance(v, dict | list) for t in tables for r in t for v in r.values())
    )


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as GraphML; returns what was changed on the way: nothing.

    Raises
    ------
    UnusableInput
        Where a cell has characters that XML cannot hold, or the file cannot be written.
    """
    import networkx as nx

    check_text(eco, path)
    graph = to_networkx(eco)
    graph.graph = {MARK: json.dumps(graph.graph, ensure_ascii=True, sort_keys=True)}
    for *_, key, data in graph.edges(keys=True, data=True):
        data["id"] = key
    out = BytesIO()
    # The writer of the standard library, so that an installed lxml makes no difference.
    nx.readwrite.graphml.write_graphml_xml(graph, out, prettyprint=True)
    # A bare carriage return would be read as a line feed.
    write_atomically(path, out.getvalue().replace(b"\r", b"&#13;"))
    return []
