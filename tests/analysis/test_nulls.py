"""Random networks: what must stay the same stays the same, whichever way they are drawn."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.nulls import Null, curveball, rewired
from partnergraph.graph.ecosystem import Ecosystem


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 9))
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(n), 2)) or [(0, 0)])))
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    return graph


@given(graphs(), st.integers(0, 99))
def test_rewiring_keeps_degrees(graph, seed):
    ends = np.array(list(graph.edges), dtype=np.int64).reshape(-1, 2)
    kinds = np.array(["x" if node % 3 else "y" for node in graph])
    drawn = rewired(ends, kinds, np.random.default_rng(seed))
    again = nx.Graph(drawn.tolist())
    assert again.number_of_edges() == graph.number_of_edges()
    for node in graph:
        for kind in "xy":
            before = sum(kinds[other] == kind for other in graph[node])
            after = sum(kinds[other] == kind for other in again[node]) if node in again else 0
            assert before == after


@given(
    st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 6), min_size=1)), st.integers(0, 9)
)
def test_curveball_keeps_both_margins(hubs, seed):
    traded = curveball(hubs, np.random.default_rng(seed))
    assert {member: len(own) for member, own in traded.items()} == {
        member: len(own) for member, own in hubs.items()
    }
    assert sorted(h for own in traded.values() for h in own) == sorted(
        h for own in hubs.values() for h in own
    )


@pytest.mark.parametrize("among", [None, "organisation"])
def test_a_random_network_is_the_same_as_a_full_matrix(among: str | None, smart: Ecosystem) -> None:
    options = {} if among is None else {"among": among}
    model = Null.of(smart, smart.weighted_graph(**options), options)
    for seed in range(5):
        sparse = model.draw(np.random.default_rng(seed)).adjacency.toarray()
        assert np.array_equal(sparse != 0, model.draw_dense(np.random.default_rng(seed)) != 0)
