"""Graph files of other programs, and anybody's networkx graph, as rows of an ecosystem."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import CONTROL, FILE, ROW
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import UnknownName, UnusableInput
from partnergraph.graph.formats import neo4j_admin, spreadsheet
from partnergraph.graph.formats.graph_tables import GraphTables, frame_of, inward, typed
from partnergraph.graph.formats.read_result import ReadResult, about_of
from partnergraph.graph.formats.recognition import opened
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.graph.networkx_form import GRAPH_TABLES
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.graph_rows import modes_of, node_rows, tie_rows, without_persons
from partnergraph.loaders.tables.sheets.sheet import REJECTED
from partnergraph.loaders.wording import Counts

if TYPE_CHECKING:
    import networkx as nx


def read(path: Path) -> ReadResult:
    """Read a graph file of any format in `partnergraph.graph.formats.registry.FORMATS`.

    Its format is recognised by the content, then by the ending; a gzip, or a zip with one graph
    file in it, is unpacked.

    Raises
    ------
    MissingInput, UnusableInput
        If there is no such file, or it cannot be read.
    """
    if path.is_dir():
        return _folder(path)
    file = opened(path)
    if file.format is None:
        known = sorted({suffix for f in FORMATS.values() for suffix in f.suffixes if f.reads})
        cause = f"its format is not known (it ends in {path.suffix or 'nothing'})"
        raise UnusableInput(path, cause, f"Give one of {', '.join(known)}")
    module = import_module(f"partnergraph.graph.formats.{FORMATS[file.format].module}")
    found: GraphTables | ReadResult = module.read(path, file.data)
    if isinstance(found, ReadResult):
        found.said[:0] = file.said
        return found
    found.said[:0] = file.said
    return adopt(found, name=path.name)


def graphs_in(folder: Path) -> tuple[str, list[Path]] | None:
    """Return format and files of a folder that is one graph, None for other folders.

    That is a folder of files for a bulk import into Neo4j, or one with a table of edges beside
    its table of nodes.
    """
    if found := neo4j_admin.files_of(folder):
        return "neo4j-admin", found
    for path in sorted(folder.iterdir()):
        beside = spreadsheet.beside(path) if path.is_file() else None
        if beside is not None:
            return "spreadsheet", [path, beside]
    return None


def together(paths: Sequence[Path]) -> list[list[Path]]:
    """Group files that are one graph: those of a bulk import, and edges with their nodes."""
    bulk = [path for path in paths if neo4j_admin.is_one(path)]
    pairs = {path: spreadsheet.beside(path) for path in paths if path.is_file()}
    with_edges = {other.resolve() for other in pairs.values() if other is not None}
    groups: list[list[Path]] = []
    for path in paths:
        if path in bulk:
            groups += [bulk] if path == bulk[0] else []
        elif path.resolve() not in with_edges:
            groups.append([path])
    return groups


def read_together(paths: Sequence[Path]) -> ReadResult:
    """Read the files of a bulk import that belong together."""
    return adopt(neo4j_admin.read_together(paths), name=", ".join(path.name for path in paths))


def _folder(folder: Path) -> ReadResult:
    """Read a folder that is one graph."""
    found = graphs_in(folder)
    if found is None:
        cause = "the folder has no table of edges with its table of nodes"
        raise UnusableInput(folder, cause, "Call them nodes.csv and edges.csv")
    format, files = found
    if format == "spreadsheet":
        return read(files[0])
    tables = neo4j_admin.read(folder)
    return tables if isinstance(tables, ReadResult) else adopt(tables, name=folder.name)


def adopt(
    graph: GraphTables | nx.Graph,
    *,
    name: str = "graph",
    node_kind: str | None = None,
    tie_kind: str | None = None,
) -> ReadResult:
    """Turn a graph into rows of an ecosystem, and say what was assumed.

    Ids become ``[a-z0-9-]`` with the original kept in ``original_id``; a kind outside the
    vocabulary becomes the default, which is said; attributes that clash with the vocabulary are
    kept under ``original_…``; all others keep their type. In a two-mode graph the nodes of the
    second mode become what the first folding tie kind leads to, so that they can be folded.

    Parameters
    ----------
    graph
        The tables of a graph file, or any networkx graph.
    name
        How messages call it.
    node_kind, tie_kind
        Kinds of nodes and ties without one; by default the first actor and the first undirected
        tie kind of the vocabulary.

    Raises
    ------
    UnknownName
        If one of these kinds is not in the vocabulary.
    """
    _check_kinds(node_kind, tie_kind)
    tables = graph if isinstance(graph, GraphTables) else of_networkx(graph)
    if tables.form is not None:
        return _ours(tables, tables.form, name)
    said = Counts()
    about = {k: CONTROL.sub("\ufffd", v) for k, v in tables.about.items() if v}
    draft = ReadResult(EcosystemBuilder(About.from_mapping(about)), ours=False)
    tables = without_persons(tables, said)
    modes = modes_of(tables) if node_kind is None and tie_kind is None else None
    nodes = node_rows(tables, node_kind or SCHEMA.actors[0], modes, said)
    ties, unread = tie_rows(tables, nodes, tie_kind or SCHEMA.undirected[0], modes, said)
    draft.builder.add_table("nodes", nodes, file=name)
    draft.builder.add_table("ties", ties, file=name)
    if tables.aliases is not None and len(tables.aliases):
        ids = dict(zip(tables.nodes["id"], nodes["id"], strict=True))
        aliases = tables.aliases.assign(node=tables.aliases["node"].map(ids)).drop_duplicates()
        draft.builder.add_table("aliases", aliases, file=name)
    unread = [*tables.unread, *unread]
    if unread:
        draft.rejected = pd.DataFrame(unread, columns=list(REJECTED)).assign(file=name)
    draft.said += [f"{name}: {words}" for words in (*tables.said, *said.sentences())]
    return draft


def of_networkx(graph: nx.Graph) -> GraphTables:
    """Return the tables of any networkx graph."""
    nodes = [{**data, "id": node} for node, data in graph.nodes(data=True)]
    keyed = graph.is_multigraph()
    edges = []
    for edge in graph.edges(keys=True, data=True) if keyed else graph.edges(data=True):
        row = {**edge[-1], "source": edge[0], "target": edge[1]}
        if keyed and isinstance(edge[2], str):
            row.setdefault("id", edge[2])
        edges.append(row)
    return GraphTables.of(nodes, edges, directed=graph.is_directed())


def _check_kinds(node_kind: str | None, tie_kind: str | None) -> None:
    for what, kind, known in (
        ("node kind", node_kind, SCHEMA.node_kinds),
        ("tie kind", tie_kind, SCHEMA.tie_kinds),
    ):
        if kind is not None and kind not in known:
            raise UnknownName(what, kind, list(known))


def _ours(tables: GraphTables, form: dict[str, Any], name: str) -> ReadResult:
    """Return the rows of a file that we wrote, as they are."""
    draft = ReadResult(EcosystemBuilder(about_of(form.get("about", {}), name)))
    draft.said += [f"{name}: {words}" for words in tables.said]
    own = form.get("own_columns", {})
    for table in SCHEMA.tables:
        if table in GRAPH_TABLES:
            frame = frame_of(form.get(table, []))
        else:
            frame = tables.nodes if table == "nodes" else tables.edges
            frame = frame.drop(columns=[c for c in tables.extras if c in frame.columns])
            frame = frame.rename(columns=inward)
        frame = frame.drop(columns=[c for c in (FILE, ROW) if c in frame.columns])
        for column in (*SCHEMA.tables[table].columns, *own.get(table, {})):
            if column not in frame.columns:
                frame[column] = pd.Series(None, index=frame.index, dtype=object)
        for column, kind in own.get(table, {}).items():
            try:
                frame[column] = typed(frame[column], kind)
            except (KeyError, TypeError, ValueError, OverflowError):
                place = f"{name}, {table}, column {column}"
                cause = f"there are cells that are not of type {kind}"
                raise UnusableInput(place, cause, "Correct them, or export it again") from None
        draft.builder.add_table(table, frame, file=name)
    return draft
