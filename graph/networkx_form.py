"""An ecosystem as a networkx graph, and back, with nothing lost.

Nodes and edges carry the columns of their tables as attributes, blanks left out; a tie's id is its
edge key, so parallel ties stay apart. The graph's own attributes carry `about`, the other four
tables as lists of rows, and the types of the user's own columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.tables import DTYPES, column_type

if TYPE_CHECKING:
    import networkx as nx

# Said of each edge, unless the user has a column of that name.
DIRECTED = "directed"
GRAPH_TABLES = tuple(name for name in SCHEMA.tables if name not in ("nodes", "ties"))


def own_columns(frame: pd.DataFrame, table: str) -> dict[str, str]:
    """Return the user's own columns of a table, with their types."""
    known = SCHEMA.tables[table].columns
    return {c: column_type(frame[c]) for c in frame.columns if c not in known}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries of plain Python values, blanks left out."""
    columns = {}
    for name in frame.columns:
        cells = frame[name].astype(object)
        columns[name] = cells.where(frame[name].notna(), None).tolist()
    return [
        {name: cell for name, cell in zip(columns, row, strict=True) if cell is not None}
        for row in zip(*columns.values(), strict=True)
    ]


def graph_attributes(eco: Ecosystem) -> dict[str, Any]:
    """Return what a graph carries beside nodes and edges: `about`, other tables, own types."""
    attributes: dict[str, Any] = {"about": eco.about.as_dict()}
    attributes |= {name: records(eco.table(name)) for name in GRAPH_TABLES}
    own = {name: own_columns(eco.table(name), name) for name in SCHEMA.tables}
    return {**attributes, "own_columns": own}


def to_networkx(eco: Ecosystem) -> nx.MultiDiGraph:
    """Return an ecosystem as a networkx multigraph, losing nothing.

    Undirected ties run from their first end to their second in sorted order; `directed` on each
    edge says whether the order means anything.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.graph |= graph_attributes(eco)
    for row in records(eco.nodes):
        graph.add_nodes_from([(row.pop("id"), row)])  # no name of a column can be an argument
    for row in records(eco.ties):
        directed = {DIRECTED: row["kind"] not in SCHEMA.undirected}
        key, source, target = row.pop("id"), row.pop("source"), row.pop("target")
        graph.add_edges_from([(source, target, key, {**directed, **row})])
    return graph


def from_networkx(graph: nx.Graph, *, strict: bool = False) -> Ecosystem:
    """Read an ecosystem from a networkx graph in the form `to_networkx` gives it.

    Nodes and edges need a `kind` of the vocabulary; the rest may be missing. For other people's
    graphs use `partnergraph.loaders.graph_files`.

    Raises
    ------
    UnusableInput
        If nodes or edges have no kind.
    InvalidEcosystem
        If the graph is not a valid ecosystem; with all findings.
    """
    builder = EcosystemBuilder(About.from_mapping(graph.graph.get("about", {})))
    nodes = [{**data, "id": str(node)} for node, data in graph.nodes(data=True)]
    own = graph.graph.get("own_columns", {})
    keyed = graph.is_multigraph()
    ties = []
    for edge in graph.edges(keys=True, data=True) if keyed else graph.edges(data=True):
        row = {**edge[-1], "source": str(edge[0]), "target": str(edge[1])}
        if DIRECTED not in own.get("ties", {}):
            row.pop(DIRECTED, None)
        if keyed and isinstance(edge[2], str):
            row["id"] = edge[2]
        ties.append(row)
    for name, rows in (("nodes", nodes), ("ties", ties)):
        incomplete = next((row for row in rows if "kind" not in row), None)
        if incomplete is not None:
            raise UnusableInput(
                f"{name[:-1]} {incomplete.get('id', incomplete.get('source'))!r}",
                "it has no attribute kind",
                "Give every node and edge a kind of the vocabulary, or load the graph from a file",
            )
        _add(builder, name, rows, own.get(name, {}))
    for name in GRAPH_TABLES:
        _add(builder, name, graph.graph.get(name, []), own.get(name, {}))
    return builder.build(strict=strict)


def _add(
    builder: EcosystemBuilder, name: str, rows: list[dict[str, Any]], own: dict[str, str]
) -> None:
    frame = pd.DataFrame(rows, dtype=object)
    for column in (*SCHEMA.tables[name].columns, *own):
        if column not in frame.columns:
            frame[column] = None
    for column, kind in own.items():
        if kind != "text":
            frame[column] = frame[column].astype(DTYPES[kind])
    builder.add_table(name, frame)
