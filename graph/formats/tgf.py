"""Trivial Graph Format: lines of nodes (number, label), ``#``, lines of edges (from, to, label)."""

from __future__ import annotations

from pathlib import Path

from partnergraph.graph.formats.graph_tables import GraphTables, Row, read_as
from partnergraph.graph.formats.holds import Holds
from partnergraph.graph.formats.text import read_text, shorter, wrong_line

holds = Holds()


def read(path: Path, data: bytes | None = None) -> GraphTables:
    """Read a TGF file; a label of an edge that is a number is its weight."""
    text, said = read_text(path, data)
    nodes: list[Row] = []
    edges: list[Row] = []
    after = False
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(maxsplit=2 if after else 1)
        if line.strip() == "#":
            after = True
        elif after and len(words) == 1:
            raise wrong_line(path, number, f"{shorter(line)} has no two ends")
        elif after and words:
            edge: Row = {"source": words[0], "target": words[1]}
            if len(words) > 2:
                value = read_as(words[2].strip(), "double")
                edge["weight" if isinstance(value, float) else "label"] = value
            edges.append(edge)
        elif words:
            nodes.append({"id": words[0], "label": words[1].strip() if len(words) > 1 else None})
    if not after:
        raise wrong_line(path, 1, "it is not TGF (no line with # before the edges)", "Add it")
    return GraphTables.of(nodes, edges, said=said)
