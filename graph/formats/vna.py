"""VNA, of NetDraw: node data, node properties and tie data as tables of words."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.delimited import cells
from partnergraph.graph.formats.graph_tables import GraphTables, Row, in_types
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import csv_rows, read_text, shorter, wrong_line

holds = Holds(frozenset({"nodes", "ties"}), about=False, types=False)

_SECTIONS = ("node data", "node properties", "tie data")


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a VNA file: what node data and node properties say of a node is joined."""
    text, said = read_text(path, data)
    nodes: dict[str, Row] = {}
    edges: list[Row] = []
    count: Counter[str] = Counter()
    found = _sections(text, path)
    for section, rows in found.items():
        if section not in _SECTIONS:
            count[f"rows of the section *{section}, left out"] += len(rows)
        if section not in _SECTIONS or not rows:
            continue
        header = [name.strip() for name in rows[0][1]]
        header = [name or f"column {i}" for i, name in enumerate(header, 1)]
        for number, row in rows[1:]:
            if len(row) > len(header):
                cause = f"the row has {len(row)} cells and the header {len(header)}"
                raise wrong_line(path, number, cause, "Quote cells that have spaces")
            cells: Row = {k: v or None for k, v in zip(header, row, strict=False)}
            if section == "tie data" and len(header) < 2:
                cause = f"the header {shorter(header[0])} does not name the two ends of a tie"
                raise wrong_line(path, rows[0][0], cause, "Write from and to, with a space between")
            if section == "tie data":
                edges.append(_edge(cells, header))
            else:
                identity = row[0]
                known = nodes.setdefault(identity, {"id": identity})
                taken = {k: v for k, v in cells.items() if k != header[0] and v is not None}
                nodes[identity] = {**taken, **known}
    if not {*found} & {*_SECTIONS}:
        raise UnusableInput(path, "it is not VNA (no *Node data, no *Tie data)", "Export it again")
    for node in nodes.values():
        node.setdefault("label", node.pop("shortlabel", None))
    out = GraphTables.of(nodes.values(), edges, said=said, counts=count)
    in_types(out.nodes, "nodes")
    in_types(out.edges, "ties")
    return out


def _sections(text: str, path: Path) -> dict[str, list[tuple[int, list[str]]]]:
    out: dict[str, list[tuple[int, list[str]]]] = {}
    rows: list[tuple[int, list[str]]] = []
    header = _header_of(text)
    between = " "
    if " " not in header:
        between = "," if "," in header else "\t" if "\t" in text.partition("\n*")[0] else " "
    for number, row in csv_rows(text, path, delimiter=between, skipinitialspace=True):
        if row[0].startswith("*"):
            rows = out.setdefault(" ".join([row[0][1:], *row[1:]]).strip().lower(), [])
        else:
            rows.append((number, row))
    return out


def _header_of(text: str) -> str:
    return "".join(text.splitlines()[1:2]).strip()


def _edge(row: Row, header: list[str]) -> Row:
    ends = {
        end: row.pop(name, None) for end, name in zip(("source", "target"), header, strict=False)
    }
    row["id"] = row.pop("id", None)
    return {**row, **{end: value or "" for end, value in ends.items()}}


def write(eco: Ecosystem, path: Path) -> list[str]:
    """Write nodes and ties as VNA."""
    nodes, ties = eco.nodes, eco.ties
    first = ["source", "target", "strength"]
    ties = ties[[*first, *(c for c in ties.columns if c not in first)]]
    out = io.StringIO(newline="")
    out.write("*Node data\n")
    _rows(out, nodes, {"id": "ID"})
    out.write("*Tie data\n")
    _rows(out, ties, {"source": "from", "target": "to"})
    write_atomically(path, out.getvalue().encode())
    return []


def _rows(out: io.StringIO, frame: pd.DataFrame, names: dict[str, str]) -> None:
    writer = csv.writer(out, delimiter=" ", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([names.get(c, c) for c in frame.columns])
    writer.writerows(zip(*(cells(frame[c]) for c in frame.columns), strict=True))
