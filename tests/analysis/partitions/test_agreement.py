"""How far partitions agree: figures of scikit-learn, cases by hand, and what must always hold."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.engines.leiden import leiden
from partnergraph.analysis.partitions.agreement import (
    adjusted_mutual_information,
    consensus,
    matched,
    stability,
)
from partnergraph.graph.weighted_graph import WeightedGraph

KARATE = json.loads(
    (Path(__file__).parents[2] / "reference/clusters.json").read_text(encoding="utf-8")
)["karate"]
labels = st.lists(st.integers(0, 3), min_size=8, max_size=8).map(np.array)


def test_karate_and_its_split() -> None:
    """scikit-learn's adjusted_mutual_info_score, arithmetic mean."""
    club = [int(data["club"] == "Officer") for _, data in nx.karate_club_graph().nodes(data=True)]
    best = np.zeros(34, dtype=int)
    for c, group in enumerate(KARATE["optimal"]):
        best[[int(node) for node in group]] = c
    found = adjusted_mutual_information(np.array(club), best)
    assert found == pytest.approx(KARATE["ami_club_optimum"], abs=1e-9)


@given(labels, labels)
def test_agreement_is_symmetric_and_one_with_itself(one: np.ndarray, other: np.ndarray) -> None:
    assert adjusted_mutual_information(one, one) == pytest.approx(1.0)
    both = adjusted_mutual_information(one, other), adjusted_mutual_information(other, one)
    assert both[0] == pytest.approx(both[1], nan_ok=True)
    assert both[0] <= 1 + 1e-9


def test_who_sits_between_two_is_found() -> None:
    """Nodes 0 1 2 and 3 4 5; in half of the runs 2 goes with the others."""
    home = np.array([0, 0, 0, 1, 1, 1])
    runs = [home, np.array([0, 0, 1, 1, 1, 1])]
    sure = stability(home, runs)
    assert sure.node.tolist() == [0.75, 0.75, 0.5, 1, 1, 1]
    assert sure.second.tolist() == [-1, -1, 1, -1, -1, -1]
    assert sure.second_share[2] == 0.5
    assert sure.cluster == pytest.approx([(1 + 2 / 3) / 2, (1 + 3 / 4) / 2])


def test_clusters_that_merge_count_for_neither() -> None:
    home = np.array([0, 0, 1, 1])
    sure = stability(home, [np.zeros(4, dtype=int)])
    assert sure.second.tolist() == [-1] * 4
    assert sure.node.tolist() == [1.0] * 4
    assert sure.cluster.tolist() == [0.5, 0.5]


@given(labels.map(lambda x: np.unique(x, return_inverse=True)[1]), st.lists(labels, min_size=1))
def test_shares_are_shares(home: np.ndarray, runs: list[np.ndarray]) -> None:
    sure = stability(home, runs)
    by_hand = [
        np.mean(
            [[run[i] == run[j] for j in np.flatnonzero(home == home[i]) if j != i] for run in runs]
        )
        if (home == home[i]).sum() > 1
        else np.nan
        for i in range(8)
    ]
    assert sure.node == pytest.approx(by_hand, nan_ok=True)


def test_numbers_go_where_most_overlap() -> None:
    now = pd.Series({"a": 1, "b": 1, "c": 1, "d": 2, "e": 3, "f": 0, "new": 3})
    before = pd.Series({"a": 5, "b": 5, "c": 4, "d": 4, "gone": 4, "e": 0})
    table = matched(now, before)
    assert table["before"].fillna(-1).to_dict() == {1: 5, 2: 4, 3: -1}
    assert table.loc[1, ["stayed", "came", "left"]].tolist() == [2, 1, 0]
    assert table.loc[1, "jaccard"] == pytest.approx(2 / 3)
    assert matched(now.iloc[:0], before).empty


def test_consensus_of_runs_that_agree_is_what_they_agree_on() -> None:
    matrix = WeightedGraph.from_networkx(nx.barbell_graph(5, 0)).adjacency
    run = np.repeat([0, 1], 5)

    def optimise(shares, i):
        return leiden(shares, seed=i)

    assert consensus(matrix, [run, run], optimise).tolist() == run.tolist()
    # Two of three runs say so: the third is outvoted.
    assert consensus(matrix, [run, run, np.zeros(10, int)], optimise).tolist() == run.tolist()
