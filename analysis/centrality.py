"""How central each node is: one row a node, one column a measure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.engines.select import engine_for, node_measure
from partnergraph.analysis.measures import catalogue, node_measures
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.weighted_graph import WeightedGraph

COUNTS = ("degree", "core_number")


@question
def centrality(
    source: Ecosystem | WeightedGraph,
    *,
    measures: str | Sequence[str] | None = None,
    weighted: bool = False,
    engine: str = "auto",
    approximate: bool = False,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Rank nodes by how they are placed in the network.

    `partnergraph.measures()` defines each measure; normalisation is that of networkx. Shortest
    paths, eigenvector and PageRank ignore strengths unless `weighted`, where the distance of a tie
    is 1/strength; `strength` always adds them.

    Parameters
    ----------
    source
        An ecosystem, or a network made from one.
    measures
        Which measures; the default table where none are named.
    weighted
        Whether strengths count beyond `strength`.
    engine
        ``auto``, or the engine to use for all of them.
    approximate, seed
        Whether to estimate betweenness from random paths, and the random seed;
        ``attrs["approximate"]`` then has the error and how many of the ten highest are certain.
    options
        How to make the network, see `partnergraph.graph.network_options.NetworkOptions`.

    Returns
    -------
    DataFrame
        Indexed by node id: ``name``, ``kind``, a column a measure; highest first by the first
        measure, then by id. What is undefined is NaN. ``attrs`` has measure, parameters, engine,
        network (recipe, sizes, dropped) and reference; and ``inexact``, what an engine says of the
        measures that it only estimates.
    """
    names = node_measures([measures] if isinstance(measures, str) else measures)
    for name in names:
        engine_for(name, engine, weighted=weighted)  # before any work is done
    graph = source.weighted_graph(**options)
    engines = {name: engine_for(name, engine, weighted=weighted) for name in names}
    table = graph.nodes()
    more: dict[Hashable, Any] = {}
    for name in names:
        if approximate and name == "betweenness" and not weighted:
            from partnergraph.analysis.engines.native import approximate_betweenness

            found = approximate_betweenness(graph, seed=seed)
            engines[name], values = "native", found.values
            more["approximate"] = found.as_dict()
        else:
            values = node_measure(name, engines[name])(graph, weighted=weighted)
        table[name] = values.astype(np.int64) if name in COUNTS else values
    errors = {name: catalogue()[name].error.get(engines[name]) for name in names}
    if any(errors.values()):
        more["inexact"] = {name: words for name, words in errors.items() if words}
    drawn = {"approximate": True, "seed": seed} if approximate else {}
    order = table.reset_index().sort_values([names[0], "id"], ascending=[False, True])
    table = table.loc[order["id"]]
    table.attrs = more | {
        "measure": list(names),
        "parameters": {"weighted": weighted, **drawn, **graph.parameters(options)},
        "engine": engines,
        "network": graph.as_network(),
        "reference": {name: catalogue()[name].reference for name in names},
    }
    return table


def ranks(values: pd.Series) -> pd.Series:
    """Return competition ranks, 1 for the highest; equal values share the best, NaN has none."""
    # Sums of floats in another order differ in the last digits and are no difference in rank.
    return values.round(12).rank(ascending=False, method="min")
