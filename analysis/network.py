"""What every question shares: from whatever it was asked of, the network to compute on."""

from __future__ import annotations

from typing import Any

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph


def network(source: Ecosystem | WeightedGraph, options: dict[str, Any]) -> WeightedGraph:
    """Return the network of an ecosystem under the options, or the network that was given.

    Parameters
    ----------
    options
        As for `partnergraph.graph.network_options.NetworkOptions`.

    Raises
    ------
    BadParameter
        Where a finished network is given together with options for making one.
    """
    if not isinstance(source, WeightedGraph):
        return source.weighted_graph(**options)
    if options:
        given = ", ".join(options)
        raise BadParameter(f"{given}: this network is already made. Give the ecosystem instead")
    return source


def asked(graph: WeightedGraph, options: dict[str, Any]) -> dict[str, Any]:
    """Return how a network was made, as the parameters of a result: as asked, else as it says."""
    return graph.options.chosen() | options
