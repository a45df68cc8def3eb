"""NodeXL's workbook: sheets Edges and Vertices, whose headers stand below a row of groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import workbook
from partnergraph.graph.formats.graph_tables import GraphTables, Row, left_out
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.xlsx import cell_text

holds = Holds()

_ENDS = ("Vertex 1", "Vertex 2")
_NAMES = {"Edge Weight": "weight", "Relationship": "kind", "Label": "label"}
_EMPTY = ("Add Your Own Columns Here", "ID", "Dynamic Filter")
_HEADER_WITHIN = 5


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a workbook of NodeXL: vertices, edges, and the groups that it found."""
    book = workbook.sheets(path, data)
    unread: list[Row] = []
    edges = []
    for number, row in _rows(book.get("edges", []), _ENDS, f"{path.name}, sheet Edges"):
        ends = [row.pop(end, None) for end in _ENDS]
        if None in ends:
            cause, remedy = "the row of Edges has no two vertices", "Fill in both"
            unread.append(left_out(number, str(ends), cause, remedy))
        else:
            edges.append({**row, "source": ends[0], "target": ends[1]})
    nodes = [
        {**row, "id": row["Vertex"], "name": row["Vertex"]}
        for _, row in _rows(book.get("vertices", []), ("Vertex",), f"{path.name}, sheet Vertices")
        if "Vertex" in row
    ]
    groups = {}
    if "group vertices" in book:
        place = f"{path.name}, sheet Group Vertices"
        for _, row in _rows(book["group vertices"], ("Group", "Vertex"), place):
            groups[str(row.get("Vertex"))] = row.get("Group")
    for node in nodes:
        node["group"] = groups.get(str(node.pop("Vertex")))
    metrics = [
        [cell_text(c).strip().lower() for c in row] for row in book.get("overall metrics", [])
    ]
    directed = ["graph type", "undirected"] not in [row[:2] for row in metrics]
    return GraphTables.of(nodes, edges, directed=directed, unread=unread)


def _rows(
    cells: Sequence[Sequence[Any]], needed: Sequence[str], place: str
) -> list[tuple[int, Row]]:
    """Return the rows below the header, blank cells left out, with their numbers."""
    texts = [[cell_text(cell).strip() for cell in row] for row in cells[:_HEADER_WITHIN]]
    at = next((i for i, row in enumerate(texts) if {*needed} <= {*row}), None)
    if at is None:
        cause = f"no header with {' and '.join(needed)} in the first {_HEADER_WITHIN} rows"
        raise UnusableInput(place, cause, "Save the workbook in NodeXL again")
    header = [_NAMES.get(name, name) for name in texts[at]]
    out = []
    for number, line in enumerate(cells[at + 1 :], start=at + 2):
        row = {
            name: workbook.value_of(cell)
            for name, cell in zip(header, line, strict=False)
            if name and name not in _EMPTY and cell not in ("", None)
        }
        if row:
            out.append((number, row))
    return out
