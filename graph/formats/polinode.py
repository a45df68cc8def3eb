"""A workbook as Polinode takes it: sheets Nodes (by name) and Edges (source, target)."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import spreadsheet, workbook
from partnergraph.graph.formats.graph_tables import (
    MARK,
    GraphTables,
    Row,
    form_of,
    rows_of,
    unique_names,
)
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.networkx_form import DIRECTED

holds = Holds(shows="nodes, ties and all their attributes; not sources and receipts")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a workbook with sheets Nodes and Edges, of Polinode or of Gephi."""
    if MARK not in workbook.sheets(path, data):
        book = workbook.sheets(path, data)
        try:
            return spreadsheet.of_sheets(book.get("nodes", []), book.get("edges", []))
        except UnusableInput as error:
            raise UnusableInput(f"{path.name}, {error.place}", error.cause, error.remedy) from None
    found, ties, form = workbook.two_tables(path, data, ("Nodes", "Edges"))
    nodes, id_of = [], {}
    for number, row in enumerate(found, start=2):
        own = _taken(row, "Name")
        if own is None:
            raise UnusableInput(f"{path.name}, sheet nodes, row {number}", "no name", "Give one")
        label, identity = own, row.pop("node_id", own)
        id_of[str(label)] = str(identity)
        nodes.append({**row, "id": identity})
    edges = []
    for number, row in enumerate(ties, start=2):
        ends = {e: _taken(row, e.capitalize()) for e in ("source", "target")}
        if None in ends.values():
            place = f"{path.name}, sheet edges, row {number}"
            raise UnusableInput(place, "it has no source or no target", "Give it both")
        row |= {end: id_of.get(str(v), str(v)) for end, v in ends.items()}
        row["id"] = row.pop("tie_id", None)
        edges.append(row)
    return GraphTables.of(nodes, edges, form=form, extras=(DIRECTED,))


def _taken(row: Row, *names: str) -> object:
    return next((row.pop(name) for name in names if name in row), None)


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write an ecosystem as Polinode takes it."""
    nodes, ties = rows_of(eco, "polinode")
    names = unique_names(nodes)
    for row in ties:
        row["tie_id"] = row.pop("id")
        ends = {e.capitalize(): names[row.pop(e)] for e in ("source", "target")}
        rest = dict(row)
        row.clear()
        row |= {**ends, **rest}
    found = []
    for row in nodes:
        identity = row.pop("id")
        found.append({"Name": names[identity], "node_id": identity, **row})
    content = {
        "Nodes": found or [{"Name": None}],
        "Edges": ties or [{"Source": None, "Target": None}],
    }
    workbook.write(content, form_of(eco), path)
    return []
