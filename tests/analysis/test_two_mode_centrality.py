"""Two-mode centralities against Borgatti and Everett's figures of Davis, and networkx.bipartite."""

import json
from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms import bipartite
from scipy import sparse

from partnergraph.analysis.two_mode_centrality import two_mode_centrality
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.two_mode import TwoMode

# Made with networkx.bipartite, which has the normalisations of Borgatti and Everett (1997).
REFERENCE = json.loads((Path(__file__).parents[1] / "reference/two_mode.json").read_text())
MEASURES = ("degree", "closeness", "betweenness")


def matrix(cells: np.ndarray) -> TwoMode:
    n, m = cells.shape
    rows, columns = tuple(f"r{i}" for i in range(n)), tuple(f"c{i}" for i in range(m))
    return TwoMode(sparse.csr_array(cells), rows, columns, rows, columns)


def davis() -> Ecosystem:
    """Women as organisations, events as projects; ids by order, names as in the figures."""
    builder, ids = EcosystemBuilder(), {}
    for woman, events in REFERENCE["incidence"].items():
        ids[woman] = f"w{len(ids)}"
        builder.node(ids[woman], kind="organisation", name=woman)
        for event in events:
            if event not in ids:
                ids[event] = f"e{len(ids)}"
                builder.node(ids[event], kind="project", name=event)
            builder.tie("participates_in", ids[woman], ids[event])
    return builder.build()


@pytest.mark.parametrize("engine", ["networkx", "native"])
@pytest.mark.parametrize("measure", MEASURES)
def test_davis(measure: str, engine: str) -> None:
    table = two_mode_centrality(
        davis(), rows="organisation", columns="project", measures=measure, engine=engine
    )
    found = table.set_index("name")[f"two_mode_{measure}"].to_dict()
    expected = REFERENCE[measure]
    assert found.keys() == expected.keys()
    # The file has ten decimals.
    assert found == pytest.approx(expected, rel=0, abs=1e-9)


def test_davis_as_published() -> None:
    table = two_mode_centrality(davis(), rows="organisation", columns="project")
    by_name = table.set_index("name")
    columns = [f"two_mode_{measure}" for measure in MEASURES]
    evelyn, event = by_name.loc["Evelyn Jefferson", columns], by_name.loc["E8", columns]
    assert evelyn.tolist() == pytest.approx([8 / 14, 0.8, 0.0965847211], abs=5e-11)
    assert event.tolist() == pytest.approx([14 / 18, 0.8461538462, 0.2438194623], abs=5e-11)
    assert by_name.loc["E8", "mode"] == "column"
    assert table["name"].iloc[0] == "E8"


@st.composite
def cells(draw: st.DrawFn) -> np.ndarray:
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    drawn = draw(st.lists(st.integers(0, 2), min_size=n * m, max_size=n * m))
    return np.array(drawn, dtype=np.float64).reshape(n, m)


@given(cells(), st.sampled_from(["networkx", "native"]))
def test_they_are_those_of_networkx(drawn: np.ndarray, engine: str) -> None:
    ours = matrix(drawn)
    table = two_mode_centrality(ours, engine=engine)
    graph = nx.Graph()
    graph.add_nodes_from([*ours.rows, *ours.columns])
    graph.add_edges_from((f"r{r}", f"c{c}") for r, c in np.argwhere(drawn > 0))
    expected = {
        "degree": bipartite.degree_centrality(graph, ours.rows),
        "closeness": bipartite.closeness_centrality(graph, ours.rows),
    }
    if min(drawn.shape) > 1:  # networkx divides by 0 where one row stands beside one column
        expected["betweenness"] = bipartite.betweenness_centrality(graph, ours.rows)
    for measure, values in expected.items():
        assert table[f"two_mode_{measure}"].to_dict() == pytest.approx(values, abs=1e-9)
    whole = nx.is_connected(graph)
    for measure in MEASURES:
        known = table[f"two_mode_{measure}"].dropna()
        # In pieces, closeness as networkx has it can exceed 1.
        assert known.between(0, 1 + 1e-12).all() or (measure == "closeness" and not whole)


@given(cells())
def test_turning_the_matrix_turns_the_modes(drawn: np.ndarray) -> None:
    one, other = two_mode_centrality(matrix(drawn)), two_mode_centrality(matrix(drawn.T))
    turned = {"r": "c", "c": "r"}
    for node, row in one.filter(like="two_mode_").iterrows():
        mirror = other.loc[turned[str(node)[0]] + str(node)[1:]]
        assert row.tolist() == pytest.approx(mirror[row.index].tolist(), nan_ok=True)


def test_a_star_is_the_most_there_can_be() -> None:
    """One row tied to all columns, and one of the columns to all rows."""
    table = two_mode_centrality(matrix(np.array([[1.0, 1, 1], [1, 0, 0], [1, 0, 0]])))
    assert table.loc["c0", ["two_mode_degree", "two_mode_closeness"]].tolist() == [1, 1]
    assert table.loc["r0", ["two_mode_degree", "two_mode_closeness"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("shape", "undefined"),
    [((3, 0), MEASURES), ((0, 2), MEASURES), ((1, 1), ["betweenness"]), ((2, 2), [])],
)
def test_empty_modes_and_isolates(shape: tuple[int, int], undefined: Sequence[str]) -> None:
    table = two_mode_centrality(matrix(np.zeros(shape)))
    for measure in MEASURES:
        column = table[f"two_mode_{measure}"]
        assert column.isna().all() if measure in undefined else (column == 0).all(), measure


def test_pieces_that_do_not_reach_each_other_count_by_their_share() -> None:
    """r0 – c0 and r1 – c1: nearest would be 2 + 2·1 = 4; total 1, and 1 of the 3 others."""
    table = two_mode_centrality(matrix(np.eye(2)))
    assert table["two_mode_closeness"].tolist() == pytest.approx([4 / 3] * 4)


def test_wrong_questions(smart: Ecosystem) -> None:
    with pytest.raises(UnknownName, match="Did you mean betweenness"):
        two_mode_centrality(smart, measures="betwenness")
    with pytest.raises(BadParameter, match="two different sets"):
        two_mode_centrality(smart, rows="project", columns="project")
    with pytest.raises(BadParameter, match="already made"):
        two_mode_centrality(smart.two_mode(), rows="organisation")
    with pytest.raises(BadParameter, match="does not support two_mode_degree"):
        two_mode_centrality(smart, engine="spark")
    with pytest.raises(BadParameter, match="no measure"):
        two_mode_centrality(smart, measures=[])


def test_smart(smart: Ecosystem) -> None:
    """Smart's share of the capabilities, from its ties."""
    table = two_mode_centrality(smart)
    kinds = smart.kind_of
    ends = smart.ties[["source", "target"]]
    held = {b for a, b in ends.itertuples(index=False) if (a, kinds[b]) == ("smart", "capability")}
    every = list(kinds.values()).count("capability")
    assert (table.index[0], table["two_mode_degree"].iloc[0]) == ("smart", len(held) / every)
    assert set(table["kind"]) == {"organisation", "capability"}
    assert "organisation × capability" in table.attrs["network"]["recipe"]
