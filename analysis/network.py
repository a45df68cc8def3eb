"""What every question shares: from whatever it was asked of, the network to compute on."""

from __future__ import annotations

from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph


def network(source: Ecosystem | WeightedGraph, options: dict[str, Any]) -> WeightedGraph:
    """Return the network of an ecosystem under the options, or the network that was given.

    Raises
    ------
    BadParameter
        Where a finished network is given together with options for making one.
    """
    if isinstance(source, WeightedGraph):
        if options:
            given = ", ".join(options)
            raise BadParameter(f"{given}: a WeightedGraph is made already. Give the ecosystem")
        return source
    return source.weighted_graph(**options)
