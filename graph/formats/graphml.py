"""GraphML: nodes and ties as nodes and edges, the other tables as JSON in the graph's own data."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats.draft import EVERYTHING
from partnergraph.graph.formats.xml import check_text, parse
from partnergraph.graph.networkx_form import to_networkx

if TYPE_CHECKING:
    import networkx as nx

holds = EVERYTHING
MARK = "partnergraph"


def read(path: Path) -> nx.Graph:
    """Read a GraphML file as a networkx graph, as it stands.

    In a file that we wrote, ``graph.graph`` has what `to_networkx` gave it, and ``ours`` is true.

    Raises
    ------
    MissingInput, UnusableInput
        Where there is no such file, or it is no GraphML.
    """
    import networkx as nx

    data, _ = parse(path)
    try:
        graph = nx.read_graphml(BytesIO(data))
        mark = graph.graph.pop(MARK, None)
        if mark is not None:
            graph.graph = json.loads(mark)
    except (nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnusableInput(path, f"it is no GraphML ({error})", "Export it again") from None
    graph.graph["ours"] = mark is not None
    return graph


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
    write_atomically(path, out.getvalue())
    return []
