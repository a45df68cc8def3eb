"""GEXF, the format of Gephi and Gephi Lite: versions 1.1 to 1.3 read, 1.3 written.

Read are static and dynamic graphs: spells and periods of nodes and edges (an edge with several
spells, or with a weight for each moment, becomes a tie each), values by time (kept as text),
defaults, hierarchies (``parent``), colours, sizes and positions. Written are nodes and
ties with all their attributes, their periods as Gephi's timeline takes them, and the other tables
in a comment that only our own reader looks at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import cells
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    count_mixture,
    form_from,
    form_of,
    outward,
    read_as,
    reserved,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.moments import first_day, last_day, period
from partnergraph.graph.formats.xml import check_text, child, children, local, parse, written
from partnergraph.graph.networkx_form import DIRECTED, own_columns
from partnergraph.graph.periods import OPEN
from partnergraph.graph.schema import SCHEMA

holds = Holds(shows="nodes, ties, all their attributes, periods; not names, sources and receipts")

NAMESPACE = "http://gexf.net/1.3"
_TYPES = {"text": "string", "number": "double", "integer": "long", "boolean": "boolean"}
_COMMENT = re.compile(rb"<!--partnergraph (\{.*?\})-->", re.S)
Declared = dict[str, tuple[str, str, Any]]  # title, type, default by id


# -- reading ---------------------------------------------------------------------------------


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a GEXF file without interpreting it; parallel edges are kept."""
    data, root = parse(path, data)
    if local(root) != "gexf":
        cause = f"it is not GEXF (its root element is {local(root)})"
        raise UnusableInput(path, cause, "Export it again")
    meta, graph = child(root, "meta"), child(root, "graph")
    comment = _COMMENT.search(data)
    form = form_from(comment[1].decode(), path) if comment else None
    if graph is None:
        if meta is None:
            raise UnusableInput(path, "it is not GEXF (it has no graph)", "Export it again")
        out = GraphTables.of([], [], about=_about(meta))
        out.said.append("it has a title and no graph")
        return out
    said: Counter[str] = Counter()
    declared = _declared(graph)
    nodes = [*_nodes(graph, declared["node"], None, said, ours=form is not None)]
    edges = [*_edges(graph, declared["edge"], said, ours=form is not None)]
    if form is not None:
        extras = ("label", "weight", DIRECTED)
        return GraphTables.of(nodes, edges, form=form, extras=extras)
    whole = {name: graph.get(name) for name in ("start", "end", "timestamp") if graph.get(name)}
    directed = graph.get("defaultedgetype", "undirected") != "undirected"
    count_mixture(edges, said)
    out = GraphTables.of(nodes, edges, directed=directed, about=_about(meta), counts=said)
    if whole:
        words = ", ".join(f"{name} {value}" for name, value in whole.items())
        out.said.append(f"the graph as a whole is of {words}")
    return out


def _about(meta: Any) -> dict[str, str]:
    if meta is None:
        return {}
    found = {name: child(meta, name) for name in ("title", "description")}
    return {k: v.text.strip() for k, v in found.items() if v is not None and v.text}


def _declared(graph: Any) -> dict[str, Declared]:
    out: dict[str, Declared] = {"node": {}, "edge": {}}
    for block in children(graph, "attributes"):
        of = out.setdefault(block.get("class", "node"), {})
        for entry in children(block, "attribute"):
            kind, default = entry.get("type", "string"), child(entry, "default")
            value = None if default is None or default.text is None else default.text
            title = entry.get("title") or entry.get("id", "")
            title = f"original_{title}" if title in ("id", "source", "target") else title
            of[entry.get("id", "")] = (title, kind, None if value is None else read_as(value, kind))
    return out


def _values(element: Any, declared: Declared, said: Counter[str]) -> tuple[Row, list[Row]]:
    """Return attributes by title, and the weights by time where there are any."""
    row: Row = {title: default for title, _, default in declared.values() if default is not None}
    by_time: dict[str, list[tuple[str, str]]] = {}
    weights: list[Row] = []
    home = child(element, "attvalues")
    for value in children(element if home is None else home, "attvalue"):
        name = value.get("for", value.get("id", ""))
        title, kind, _ = declared.get(name, (name, "string", None))
        text = value.get("value", "")
        times = [value.get(t) for t in ("timestamp", "start", "end") if value.get(t)]
        if not times:
            row[title] = read_as(text, kind)
        elif title.lower() == "weight":
            moment: Row = {"weight": read_as(text, "double")}
            at = value.get("timestamp")
            period(moment, at or value.get("start"), at or value.get("end"))
            weights.append(moment)
        else:
            by_time.setdefault(title, []).append(("/".join(times), text))
    for title, entries in by_time.items():
        row[title] = "; ".join(f"{time}: {text}" for time, text in entries)
        said["values by time, kept as text"] += 1
    if weights:
        row.pop("Weight", row.pop("weight", None))
    return row, weights


def _spells(element: Any) -> list[tuple[str | None, str | None]]:
    """Return the periods of a node or edge: its spells, else its own."""

    def ends(e: Any) -> tuple[str | None, str | None]:
        at = e.get("timestamp")
        return e.get("start") or e.get("startopen") or at, e.get("end") or e.get("endopen") or at

    home = child(element, "spells")
    found = [ends(spell) for spell in children(home, "spell")] if home is not None else []
    for text in (element.get("timestamps") or "").strip("<[]> ").split(","):
        found += [(text.strip(), text.strip())] if text.strip() else []
    return found or [own for own in [ends(element)] if any(own)]


def _nodes(
    home: Any, declared: Declared, parent: str | None, said: Counter[str], *, ours: bool
) -> Iterator[Row]:
    """Yield nodes, those inside others too."""
    for block in children(home, "nodes"):
        for element in children(block, "node"):
            row, _ = _values(element, declared, said)
            row["id"] = element.get("id", "")
            row["label"] = element.get("label")
            if ours:
                yield row
                continue
            up = element.get("pid") or parent
            if up is not None:
                row["parent"] = up
                said["nodes inside others, which the column parent names"] += 1
            spells = _spells(element)
            if spells:
                period(row, spells[0][0], spells[-1][1])
            if len(spells) > 1:
                row["spells"] = "; ".join(f"{a or ''}/{b or ''}" for a, b in spells)
                said[
                    "nodes with several spells, dated from first to last and listed in spells"
                ] += 1
            yield {**row, **_look(element)}
            yield from _nodes(element, declared, element.get("id", ""), said, ours=ours)
            inside = child(element, "edges")
            if inside is not None:
                said["nodes with edges inside, read with the others"] += 1


def _look(element: Any) -> Row:
    """Return colour, size, position and shape as Gephi keeps them."""
    out: Row = {}
    for part in element:
        name = local(part)
        if name == "color" and part.get("hex"):
            out["color"] = part.get("hex")
        elif name == "color":
            out["color"] = _color([part.get(c, "0") for c in "rgb"])
        elif name == "position":
            out |= {axis: read_as(part.get(axis), "double") for axis in "xyz" if part.get(axis)}
        elif name in ("size", "thickness"):
            out[name] = read_as(part.get("value", ""), "double")
        elif name == "shape":
            out["shape"] = part.get("value")
    return out


def _color(parts: list[str]) -> str:
    """Return a colour as hexadecimal digits, or as it is written where it is not three numbers."""
    numbers = [read_as(part, "double") for part in parts]
    if not all(isinstance(n, float) and n - n == 0 for n in numbers):
        return f"rgb({', '.join(parts)})"
    return "#{:02x}{:02x}{:02x}".format(*(int(max(0, min(255, n))) for n in numbers))


def _edges(graph: Any, declared: Declared, said: Counter[str], *, ours: bool) -> Iterator[Row]:
    """Yield edges; one with several spells, or weights by time, once for each."""
    default = graph.get("defaultedgetype", "undirected")
    for block in graph.iter():
        if local(block) != "edges":
            continue
        for element in children(block, "edge"):
            row, weights = _values(element, declared, said)
            ends = {end: element.get(end, "") for end in ("source", "target")}
            own = {
                "id": element.get("id"),
                "weight": _weight(element),
                "label": element.get("label"),
            }
            row |= ends | {k: v for k, v in own.items() if v is not None}
            if ours:
                yield row
                continue
            if element.get("kind"):
                row.setdefault("kind", element.get("kind"))
            way = element.get("type", default)
            row[DIRECTED] = way != "undirected"
            row |= _look(element)
            yield from _by_time(row, weights, _spells(element), said)
            if way == "mutual":
                said["mutual edges, read as one edge each way"] += 1
                back = {**row, "source": row["target"], "target": row["source"]}
                back.pop("id", None)
                yield back


def _weight(element: Any) -> Any:
    text = element.get("weight")
    return None if text is None else read_as(text, "double")


def _by_time(
    row: Row, weights: list[Row], spells: list[tuple[str | None, str | None]], said: Counter[str]
) -> Iterator[Row]:
    if not weights and len(spells) < 2:
        if spells:
            period(row, *spells[0])
        yield row
        return
    said["edges that change over time, read as one tie for each weight or spell"] += 1
    moments: list[Row] = weights
    if not weights:
        moments = []
        for spell in spells:
            moments.append({})
            period(moments[-1], *spell)
    for number, moment in enumerate(moments):
        part = {**row, **moment}
        if number:
            part.pop("id", None)
        yield part


# -- writing ---------------------------------------------------------------------------------


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as GEXF.

    A node's label is its name, a tie's weight its strength. Ties are written as directed, because
    readers refuse a mixture; the attribute ``directed`` says which are.
    """
    check_text(eco, path)
    root = ElementTree.Element("gexf", {"xmlns": NAMESPACE, "version": "1.3"})
    meta = ElementTree.SubElement(root, "meta")
    ElementTree.SubElement(meta, "creator").text = MARK
    ElementTree.SubElement(meta, "description").text = eco.about.title or eco.about.name
    nodes, ties = eco.nodes, eco.ties
    dated = any(frame[end].notna().any() for frame in (nodes, ties) for end in ("start", "end"))
    how = {"mode": "dynamic", "timeformat": "date"} if dated else {"mode": "static"}
    graph = ElementTree.SubElement(root, "graph", {"defaultedgetype": "directed", **how})
    ties[_DIRECTED] = ~ties["kind"].isin(SCHEMA.undirected)
    ids = {name: _declare(graph, frame, name) for name, frame in (("node", nodes), ("edge", ties))}
    inside = ElementTree.SubElement(graph, "nodes")
    for row, name in zip(_rows(nodes), cells(nodes["name"]), strict=True):
        node = ElementTree.SubElement(
            inside, "node", {"id": row["id"], "label": name, **_dates(row)}
        )
        _attvalues(node, row, ids["node"])
    inside = ElementTree.SubElement(graph, "edges")
    for row in _rows(ties):
        ends = {name: row[name] for name in ("id", "source", "target")}
        weight = {"weight": row["strength"]} if row["strength"] else {}
        edge = ElementTree.SubElement(inside, "edge", {**ends, **weight, **_dates(row)})
        _attvalues(edge, row, ids["edge"])
    form = form_of(eco).replace("-", "\\u002d")  # two hyphens would end the comment
    write_atomically(path, written(root) + f"<!--{MARK} {form}-->\n".encode())
    return []


# No column can be called so: names do not start with an underscore.
_DIRECTED = "_directed"


def _dates(row: dict[str, str]) -> dict[str, str]:
    """Return a period as Gephi's timeline takes it: whole days, open ends left out."""
    made = {"start": first_day, "end": last_day}
    return {n: day(row[n]) for n, day in made.items() if row[n] not in ("", OPEN)}


def _declare(graph: Any, frame: pd.DataFrame, element: str) -> dict[str, str]:
    """Declare the attributes of nodes or edges, and return their ids by column."""
    table = "nodes" if element == "node" else "ties"
    types = {c: k for c, k in own_columns(frame, table).items() if c != _DIRECTED}
    numbers = {c.id: c.type for c in SCHEMA.tables[table].columns.values() if c.is_number}
    declared = ElementTree.SubElement(graph, "attributes", {"class": element})
    ids: dict[str, str] = {}
    for column in frame.columns:
        if column in ("id", "source", "target"):
            continue
        ids[column] = f"{element[0]}{len(ids)}"
        kind = _TYPES[types.get(column, numbers.get(column, "text"))]
        title = outward(column, table, reserved("gexf"))
        if column == _DIRECTED:
            kind, title = "boolean", DIRECTED
        entry = {"id": ids[column], "title": title, "type": kind}
        ElementTree.SubElement(declared, "attribute", entry)
    return ids


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    columns = [cells(frame[column]) for column in frame.columns]
    for row in zip(*columns, strict=True):
        yield dict(zip(frame.columns, row, strict=True))


def _attvalues(element: Any, row: dict[str, str], ids: dict[str, str]) -> None:
    values = ElementTree.SubElement(element, "attvalues")
    for column, key in ids.items():
        if row[column]:
            ElementTree.SubElement(values, "attvalue", {"for": key, "value": row[column]})
