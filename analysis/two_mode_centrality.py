r"""How central the nodes of an affiliation are: partners and projects, or capabilities.

In a network of two modes, n rows and m columns, ties run only between a row and a column. A value
that is normalised as if any two nodes could be tied then stays small for everybody, and rows and
columns cannot be compared. So each is divided by the most that a node of its mode can reach
(Borgatti and Everett): a row can be tied to m columns, is at best one step from the m columns and
two from the other n − 1 rows, and so on.

References
----------
Borgatti, S. P., Everett, M. G. (1997). Network analysis of 2-mode data. *Social Networks* 19,
243–269.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csgraph

from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.two_mode import TwoMode
from partnergraph.graph.weighted_graph import WeightedGraph

LEVEL = "two-mode"
PREFIX = "two_mode_"


@question
def two_mode_centrality(
    source: Ecosystem | TwoMode,
    *,
    rows: str | Iterable[str] | None = None,
    columns: str | Iterable[str] | None = None,
    measures: str | Sequence[str] | None = None,
    engine: str = "auto",
    **options: Any,
) -> pd.DataFrame:
    r"""Rank rows and columns of an affiliation, each against the most its mode can reach.

    Parallel ties count once, and so does a tie whichever way it runs.

    Parameters
    ----------
    source
        An ecosystem, or a matrix made from one.
    rows, columns
        Node kinds of an ecosystem, as `partnergraph.graph.network_options.TwoModeOptions` has them.
    measures
        Of ``two_mode_degree``, ``two_mode_closeness``, ``two_mode_betweenness`` (or without
        ``two_mode_``); all where none are named.
    engine
        ``auto``, or the engine to use for all of them.
    options
        ``via`` and filters, see `partnergraph.graph.network_options.TwoModeOptions`.

    Returns
    -------
    DataFrame
        Indexed by node id, both modes in one table: ``name``, ``kind``, ``mode`` (row or column), a
        column a measure, 0 … 1; highest first by the first measure, then by id. In pieces that do
        not reach each other closeness is multiplied by the share that a node reaches (networkx'
        convention; a small piece can then exceed 1); a node without ties has 0. NaN where the other
        mode is empty, and for betweenness where no node of the mode could lie between two others.
        ``attrs`` as `centrality`.

    Raises
    ------
    BadParameter
        If a kind is both a row and a column, or a matrix comes with options for making one.
    """
    names = _chosen(measures)
    for name in names:
        engine_for(name, engine)  # before any work is done
    asked = {"rows": rows, "columns": columns, **options}
    matrix = _matrix(source, {key: value for key, value in asked.items() if value is not None})
    graph = matrix.as_one_mode()
    n, m = matrix.incidence.shape
    engines = {name: engine_for(name, engine) for name in names}
    table = graph.nodes()
    table["mode"] = np.array(["row"] * n + ["column"] * m, dtype=object)
    for name in names:
        table[name] = _COMPUTE[name](graph, engines[name], n, m)
    order = table.reset_index().sort_values([names[0], "id"], ascending=[False, True])
    table = table.loc[order["id"]]
    table.attrs = {
        "measure": list(names),
        "parameters": asked,
        "engine": engines,
        "network": matrix.as_network(),
        "reference": {name: catalogue()[name].reference for name in names},
    }
    return table


def _chosen(measures: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return two-mode measures by name; ``degree`` stands for ``two_mode_degree``."""
    known = [m.id for m in catalogue().values() if m.level == LEVEL]
    if measures is None:
        return tuple(known)
    names = [measures] if isinstance(measures, str) else list(measures)
    if not names:
        raise BadParameter("no measure is named. Name at least one")
    names = [name if name in known else PREFIX + name for name in names]
    for name in names:
        if name not in known:
            short = [name.removeprefix(PREFIX) for name in known]
            raise UnknownName("measure of two modes", name.removeprefix(PREFIX), short)
    return tuple(dict.fromkeys(names))


def _matrix(source: Ecosystem | TwoMode, options: dict[str, Any]) -> TwoMode:
    if isinstance(source, Ecosystem):
        return source.two_mode(**options)
    if options:
        raise BadParameter(
            f"{', '.join(options)}: this matrix is already made. Give the ecosystem instead"
        )
    return source


def _by_mode(n: int, m: int, row: float, column: float) -> NDArray[np.float64]:
    """Return what each node is divided by; NaN where that is 0."""
    most = np.repeat([row, column], [n, m]).astype(np.float64)
    return np.where(most > 0, most, np.nan)


def _degree(graph: WeightedGraph, engine: str, n: int, m: int) -> NDArray[np.float64]:
    return node_measure("degree", engine)(graph, weighted=False) / _by_mode(n, m, m, n)


def _closeness(graph: WeightedGraph, engine: str, n: int, m: int) -> NDArray[np.float64]:
    if not n or not m:
        return np.full(n + m, np.nan)
    # One-mode closeness is (reached/total) · (reached/(N − 1)); here the least total of a mode
    # stands in the place of the first `reached`.
    near = node_measure("closeness", engine)(graph, weighted=False)
    _, labels = csgraph.connected_components(graph.adjacency, directed=False)
    reached = np.bincount(labels)[labels] - 1
    least = _by_mode(n, m, m + 2 * (n - 1), n + 2 * (m - 1))
    nearest: NDArray[np.float64] = np.where(reached > 0, near * least / np.maximum(reached, 1), 0.0)
    return nearest


def _betweenness(graph: WeightedGraph, engine: str, n: int, m: int) -> NDArray[np.float64]:
    if not n or not m or n + m < 3:
        return np.full(n + m, np.nan)
    pairs = (n + m - 1) * (n + m - 2) / 2
    between = node_measure("betweenness", engine)(graph, weighted=False) * pairs
    return between / _by_mode(n, m, _most_between(n, m), _most_between(m, n))


def _most_between(n: int, m: int) -> float:
    """Return the most pairs a node can lie between, of a mode of n beside a mode of m."""
    s, t = divmod(n - 1, m)
    return (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


_COMPUTE = {
    "two_mode_degree": _degree,
    "two_mode_closeness": _closeness,
    "two_mode_betweenness": _betweenness,
}
