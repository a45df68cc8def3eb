"""What every question shares: from whatever it was asked of, the network to compute on.

A fold makes a pair of any two who share a hub. With ``fold="significant"`` only those pairs stay
that share more hubs than the degrees of both lead to (BiCM, Benjamini–Hochberg at .05 over all
pairs); ties that were never folded stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from partnergraph.analysis.nulls.random_networks import ALPHA, Null
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph

FOLDS = ("all", "significant")


def network(source: Ecosystem | WeightedGraph, options: dict[str, Any]) -> WeightedGraph:
    """Return the network of an ecosystem under the options, or the network that was given.

    Parameters
    ----------
    options
        As for `partnergraph.graph.weighted_graph.weighted_graph`, and ``fold``: ``all``, or
        ``significant``.

    Raises
    ------
    BadParameter
        Where a finished network is given together with options for making one, or there is no such
        fold.
    """
    if isinstance(source, WeightedGraph):
        if options:
            given = ", ".join(options)
            raise BadParameter(f"{given}: a WeightedGraph is made already. Give the ecosystem")
        return source
    recipe = dict(options)
    fold = recipe.pop("fold", "all")
    if fold not in FOLDS:
        raise BadParameter(f"fold={fold!r}: take one of {', '.join(FOLDS)}")
    graph = source.weighted_graph(**recipe)
    return graph if fold == "all" else _significant(source, graph, options)


def _significant(eco: Ecosystem, graph: WeightedGraph, options: dict[str, Any]) -> WeightedGraph:
    """Leave out the folded pairs that degrees explain, and say how many."""
    model = Null.of(eco, graph, options)
    if model is None or model.affiliation is None:
        return graph
    if graph.directed:
        raise BadParameter("fold='significant' has no direction. Leave one of the two out")
    matrix = model.whole()
    before = int(replace(model.affiliation, alpha=None).folded().nnz // 2)
    after = int(model.affiliation.folded().nnz // 2)
    said = (
        f"{after} of {before} folded pairs kept: those that share more hubs than their degrees "
        f"lead to (BiCM, Benjamini–Hochberg at {ALPHA})"
    )
    dropped = graph.recipe.dropped | {"folded pairs that degrees explain": before - after}
    recipe = replace(graph.recipe, steps=(*graph.recipe.steps, said), dropped=dropped)
    return replace(graph, adjacency=matrix, recipe=recipe)
