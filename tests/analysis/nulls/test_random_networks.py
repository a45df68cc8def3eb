"""Random networks: what must stay the same stays the same, whichever way they are drawn."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.nulls import random_networks as nulls
from partnergraph.analysis.nulls.random_networks import Null, curveball, rewired, traded
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.affiliation import Affiliation


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nulls, "COMPILE_FROM", -1)
        assert np.array_equal(drawn, rewired(ends, kinds, np.random.default_rng(seed)))
    again = nx.Graph(drawn.tolist())
    assert again.number_of_edges() == graph.number_of_edges()
    for node in graph:
        for kind in "xy":
            before = sum(kinds[other] == kind for other in graph[node])
            after = sum(kinds[other] == kind for other in again[node]) if node in again else 0
            assert before == after


@given(
    st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 6), min_size=1)),
    st.integers(0, 9),
    st.booleans(),
)
def test_curveball_keeps_both_margins(hubs, seed, compiled):
    member = np.array([m for m in sorted(hubs) for _ in hubs[m]], dtype=np.int64)
    hub = np.array([h for m in sorted(hubs) for h in sorted(hubs[m])], dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        if compiled:
            patch.setattr(nulls, "COMPILE_FROM", -1)
        traded = curveball(member, hub, np.random.default_rng(seed))
    assert np.array_equal(traded, curveball(member, hub, np.random.default_rng(seed)))
    assert len(set(zip(member.tolist(), traded.tolist(), strict=True))) == len(member)
    assert sorted(traded.tolist()) == sorted(hub.tolist())


def test_curveball_reaches_every_matrix_alike():
    """Three members with 1, 2, 1 of three hubs held 1, 2, 1 times: 5 matrices have these margins.

    Drawn 4,000 times, each comes up 800 times, give or take 4 standard deviations.
    """
    member, hub = np.array([0, 1, 1, 2]), np.array([1, 0, 1, 2])
    random = np.random.default_rng(0)
    seen = Counter(tuple(curveball(member, hub, random).tolist()) for _ in range(4000))
    margins = [1, 2, 1]
    assert all(np.bincount(found, minlength=3).tolist() == margins for found in seen)
    assert len(seen) == 5
    assert all(abs(count - 800) < 4 * np.sqrt(4000 * 0.2 * 0.8) for count in seen.values())


@pytest.mark.parametrize("among", [None, "organisation"])
def test_a_random_network_is_the_same_as_a_full_matrix(among: str | None, smart: Ecosystem) -> None:
    options = {} if among is None else {"among": among}
    model = Null.of(smart.weighted_graph(**options))
    for seed in range(5):
        sparse = model.draw(np.random.default_rng(seed)).toarray()
        assert np.array_equal(sparse != 0, model.draw_dense(np.random.default_rng(seed)) != 0)


@pytest.mark.parametrize("weight", ["newman", "count", "intensity"])
def test_a_folded_network_is_what_its_parts_make(weight, smart):
    """Nothing left out: the ties never folded and the affiliation, folded, are the network."""
    for among in (None, "organisation"):
        options = {"weight": weight} | ({} if among is None else {"among": among})
        graph = smart.weighted_graph(**options)
        whole = Null.of(graph).thinned(np.random.default_rng(0), rate=0.0)
        assert abs(whole - graph.adjacency).max() < 1e-12


def test_intensities_stay_with_their_hub():
    member, hub = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 1, 0, 2, 1, 2])
    level = np.array([4, 1, 2, 3, 1, 3])
    joined = Affiliation(member, hub, level, np.arange(6), (4, 3), "intensity")
    drawn = traded(joined, np.random.default_rng(3))
    for h in range(3):
        assert sorted(drawn.level[drawn.hub == h]) == sorted(level[hub == h])
