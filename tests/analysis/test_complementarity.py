"""Four kinds of complementarity: Davis' story, pairs made by hand, blocks against all pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from partnergraph.analysis import complementarity as module
from partnergraph.analysis.capabilities.portfolios import portfolios
from partnergraph.analysis.complementarity import COLUMNS, FURTHER, complementarity
from partnergraph.analysis.nulls.random_networks import curveball
from partnergraph.analysis.structure import tie_structure
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, BadParameter, UnknownName
from tests.davis import PAIRS, REFERENCE, WOMEN, davis
from tests.strategies import ecosystems


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return complementarity(davis(), relatedness="association").table


def test_every_pair_of_davis_is_as_computed_elsewhere(table: pd.DataFrame) -> None:
    found = table.loc[list(PAIRS)]
    assert len(table) == 153
    pairs, vegan = REFERENCE["pairs"], REFERENCE["ecology"]
    for column, key in {
        "overlap": "a",
        "gain_b_from_a": "b",
        "gain_a_from_b": "c",
        "jaccard_dissimilarity": "colwell_coddington",
        "turnover": "turnover_jtu",
        "nestedness": "nestedness_jne",
        "jaffe_cosine": "jaffe_cosine",
        "bar_leiponen": "bar_leiponen_min_complement",
    }.items():
        np.testing.assert_allclose(found[column].astype(float), pairs[key], atol=1e-9)
    for column, key in {
        "jaccard_dissimilarity": "jaccard_dissimilarity",
        "turnover": "turnover_jtu",
        "nestedness": "nestedness_jne",
    }.items():
        np.testing.assert_allclose(found[column].astype(float), vegan[key], atol=1e-9)
    q = false_discovery_control(found["overlap_p"].to_numpy())
    np.testing.assert_allclose(found["overlap_q"], q, atol=1e-9)


def two_camps() -> Ecosystem:
    """Twelve partners and twelve: each camp has forty fields of its own, and ten are common."""
    b, random = EcosystemBuilder(), np.random.default_rng(7)
    chance = {"x": random.uniform(0.1, 0.9, 40), "y": random.uniform(0.1, 0.9, 40)}
    chance["z"] = random.uniform(0.5, 0.9, 10)
    for camp, each in chance.items():
        for field in range(len(each)):
            b.node(f"{camp}{field:02}", kind="capability")
    for i in range(24):
        b.node(f"p{i:02}", kind="organisation")
        for camp in ("x" if i < 12 else "y", "z"):
            for field in np.flatnonzero(random.random(len(chance[camp])) < chance[camp]):
                b.tie("offers", f"p{i:02}", f"{camp}{field:02}")
    return b.build()


def test_popular_fields_do_not_hide_that_two_camps_share_too_little() -> None:
    """Against affiliations with the same margins, drawn by curveball: nearly the same p."""
    eco = two_camps()
    table = complementarity(eco).table
    across = np.array([(a < "p12") != (b < "p12") for a, b in table.index])
    below = table["overlap_q"].to_numpy() <= 0.05
    assert below[across].mean() > 0.5
    assert not below[~across].any()
    folios = portfolios(eco)
    member, hub = (side.astype(np.int64) for side in folios.holds.sorted_indices().tocoo().coords)
    at = {partner: i for i, partner in enumerate(folios.partners)}
    ends = np.array([(at[a], at[b]) for a, b in table.index])
    as_few, random, draws = np.zeros(len(table)), np.random.default_rng(0), 400
    for _ in range(draws):
        full = np.zeros(folios.holds.shape)
        full[member, curveball(member, hub, random)] = 1
        as_few += (full @ full.T)[ends[:, 0], ends[:, 1]] <= table["overlap"]
    expected = (1 + as_few) / (1 + draws)
    # Degrees hold exactly there and on average here, which makes the p here the larger one.
    assert np.corrcoef(expected, table["overlap_p"])[0, 1] > 0.98
    assert np.abs(expected - table["overlap_p"]).max() < 0.2


def test_the_whole_story_of_davis(table: pd.DataFrame) -> None:
    """Women 0 and 13: the unique maximum of mutual gain, 6; neither by ratio nor significant."""
    pair = (WOMEN[0], WOMEN[13])
    row = table.loc[pair]
    assert table.index[0] == pair
    assert (row["mutual_gain"], (table["mutual_gain"] == 6).sum()) == (6, 1)
    assert round(row["added_density_a_from_b"], 6) == 72.130096
    assert round(row["added_density_b_from_a"], 6) == 67.499347
    ranks = REFERENCE["rank_of_0_and_13"]
    names = {"jaccard_dissimilarity": "colwell_coddington", "turnover": "turnover_jtu"}
    for column, name in names.items():
        above = (table[column] > row[column] + 1e-12).sum()
        assert 1 + above == ranks[name] == {"turnover": 18}.get(column, 37)
    assert (table["jaccard_dissimilarity"] == 1).sum() == REFERENCE["pairs_wholly_different"] == 14
    assert round(row["overlap_p"], 4) == 0.0361
    assert round(row["overlap_q"], 4) == 0.9799 == round(table["overlap_q"].min(), 4)
    assert not row["realised"]
    assert row["evidence"]["only_b"] == ["e07", "e10", "e11", "e12", "e13", "e14"]
    assert row["missing_filled_a_from_b"] == 1.0
    best = complementarity(davis(), relatedness="association", by="added_density", top=1).table
    assert list(best.index) == [pair]


def test_columns_are_those_agreed_and_a_partner_asked_about_comes_first(
    table: pd.DataFrame,
) -> None:
    assert tuple(table.columns) == (*COLUMNS, *FURTHER)
    turned = complementarity(davis(), WOMEN[13], WOMEN[0], relatedness="association").table.iloc[0]
    row = table.loc[(WOMEN[0], WOMEN[13])]
    expected = pytest.approx(row["added_density_b_from_a"], abs=1e-9)
    assert turned["added_density_a_from_b"] == expected
    assert turned["evidence"]["only_a"] == row["evidence"]["only_b"]
    asked = complementarity(davis(), WOMEN[13])
    one = asked.table
    assert set(one.index.get_level_values("a")) == {WOMEN[13]}
    assert len(one) == 17
    assert asked.pairs == 153
    q = one.loc[(WOMEN[13], WOMEN[0]), "overlap_q"]
    assert q == row["overlap_q"]  # over all pairs, however few are shown


def test_projects_in_place_of_capabilities_tell_the_same(table: pd.DataFrame) -> None:
    eco = davis("project", "participates_in")
    found = complementarity(eco, columns="project", relatedness="association").table
    assert found.index.equals(table.index)
    numbers = [c for c in table.columns if c not in ("evidence", "a_name", "b_name")]
    pd.testing.assert_frame_equal(found[numbers], table[numbers])
    assert not found["realised"].any()  # an event is here what they hold, not where they met


def four_kinds() -> Ecosystem:
    """Two partners with a tie, one between them; a project that takes both; a taxonomy."""
    b = EcosystemBuilder()
    for partner in "abcd":
        b.node(partner, kind="organisation")
    for what in ("field", "leaf-x", "leaf-y", "other"):
        b.node(what, kind="capability")
    b.tie("part_of", "leaf-x", "field")
    b.tie("part_of", "leaf-y", "field")
    for partner, what in (("a", "leaf-x"), ("b", "leaf-y"), ("b", "other"), ("c", "other")):
        b.tie("offers", partner, what)
    b.node("p", kind="project")
    b.tie("requires", "p", "leaf-x")
    b.tie("requires", "p", "leaf-y")
    b.tie("partner_of", "a", "b", id="ab")
    b.tie("participates_in", "b", "p", id="bp")
    b.tie("participates_in", "c", "p", id="cp")
    return b.build()


def test_each_pair_has_its_evidence_and_what_is_realised_stands_apart() -> None:
    asked = complementarity(four_kinds())
    found = asked.table
    row = found.loc[("a", "b")]
    assert (row["overlap"], row["gain_a_from_b"], row["gain_b_from_a"]) == (0, 2, 1)
    assert (row["synergy"], row["interaction"], row["interaction_se"]) == (1, 1, 0)
    assert row["evidence"] == {
        "shared": [],
        "only_a": ["leaf-x"],
        "only_b": ["leaf-y", "other"],
        "shared_parents": [{"parent": "field", "only_a": ["leaf-x"], "only_b": ["leaf-y"]}],
        "projects": ["p"],
        "ties": ["ab"],
        "together": [],
    }
    assert row["shared_parents"] == 1
    assert found.loc[("b", "c"), "evidence"]["ties"] == ["bp", "cp"]
    assert found.loc[("b", "c"), "evidence"]["together"] == ["p"]
    assert found["realised"].to_dict() == {("a", "b"): True, ("a", "c"): False, ("b", "c"): True}
    potential = complementarity(four_kinds(), pairs="potential").table
    assert list(potential.index) == [("a", "c")]
    assert set(complementarity(four_kinds(), pairs="realised").table.index) == {
        ("a", "b"),
        ("b", "c"),
    }
    assert complementarity(four_kinds(), by="synergy", top=1).table.index[0] == ("a", "b")
    assert (asked.silent, asked.unheld) == (("d",), ("field",))


def test_the_structural_kind_is_that_of_direct_ties_between_actors(smart: Ecosystem) -> None:
    found = complementarity(smart).table
    ties = tie_structure(smart, among=["organisation", "network"], via=()).table
    for pair, row in found.iterrows():
        if pair in ties.index:
            for column in ("structural_similarity", "structural_complementarity"):
                assert row[column] == pytest.approx(ties.loc[pair, column], nan_ok=True)
        else:
            assert np.isnan(row["structural_complementarity"])


def test_a_tie_that_does_not_count_realises_nothing() -> None:
    found = complementarity(four_kinds(), status="confirmed")
    assert found.table.empty
    assert found.pairs == 0
    assert found.silent == tuple("abcd")


holdings = st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=2, max_size=9)


@given(
    holdings,
    st.sampled_from(["mutual_gain", "added_density", "synergy"]),
    st.integers(1, 9),
    st.sampled_from([1, 2, 512]),
)
@example([set(range(7)), {0}, {0}, set(range(7))], "added_density", 2, 1)  # equal from both sides
def test_blocks_find_what_looking_at_all_pairs_finds(
    sets: list[set[int]], by: str, top: int, block: int
) -> None:
    b = EcosystemBuilder()
    for i in range(len(sets)):
        b.node(f"p{i}", kind="organisation")
    for c in range(7):
        b.node(f"c{c}", kind="capability")
    for i, own in enumerate(sets):
        for c in own:
            b.tie("offers", f"p{i}", f"c{c}")
    b.node("t", kind="project")
    for c in (0, 1):
        b.tie("requires", "t", f"c{c}")
    eco = b.build()
    whole = complementarity(eco).table
    assert len(whole) == len(sets) * (len(sets) - 1) // 2
    both = whole[["added_density_a_from_b", "added_density_b_from_a"]]
    key = both.max(axis=1).fillna(-1).round(9) if by == "added_density" else whole[by]
    order = (
        pd.DataFrame({"key": -key, "total": -(whole["gain_a_from_b"] + whole["gain_b_from_a"])})
        .reset_index()
        .sort_values(["key", "total", "a", "b"])
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        patch.setattr(module, "DENSE_FROM", 0.0 if block == 1 else 2.0)
        patch.setattr(module, "MOST_COUNTERS", 0 if block == 2 else 10**7)
        found = complementarity(eco, by=by, top=top).table  # type: ignore[arg-type]
    expected = list(zip(order["a"], order["b"], strict=True))[:top]
    assert list(found.index) == expected
    pd.testing.assert_frame_equal(found, whole.loc[expected], check_exact=False)


@given(ecosystems())
def test_whatever_the_ecosystem_the_parts_add_up(eco: Ecosystem) -> None:
    found = complementarity(eco).table
    for (a, b), row in found.iterrows():
        assert a < b
        e = row["evidence"]
        assert len(e["shared"]) == row["overlap"]
        assert len(e["only_b"]) == row["gain_a_from_b"]
        assert row["mutual_gain"] == min(len(e["only_a"]), len(e["only_b"]))
        assert row["jaccard_dissimilarity"] == pytest.approx(row["turnover"] + row["nestedness"])
        assert bool(e["ties"]) == row["realised"]
        assert row["overlap_p"] <= row["overlap_q"] + 1e-12 or row["overlap_q"] == 1


def test_without_any_capability_there_is_an_empty_answer() -> None:
    b = EcosystemBuilder()
    for partner in "ab":
        b.node(partner, kind="organisation")
    found = complementarity(b.build())
    assert found.table.empty
    assert found.silent == ("a", "b")
    assert complementarity(EcosystemBuilder().build()).table.empty
    row = complementarity(b.build(), "a", "b").table.iloc[0]
    assert row["realised"] is False or not row["realised"]
    assert np.isnan(row["mutual_gain"])


def test_one_holder_of_everything_has_nobody_beside_it() -> None:
    b = EcosystemBuilder()
    for partner in "ab":
        b.node(partner, kind="organisation")
    for what in ("x", "y"):
        b.node(what, kind="capability")
        b.tie("offers", "a", what)
    assert complementarity(b.build()).table.empty
    assert complementarity(b.build(), "a").table.empty
    assert complementarity(b.build(), "b", "a").unknown == ("b",)


def test_an_ecosystem_of_two_has_one_pair() -> None:
    b = EcosystemBuilder()
    for partner, what in (("a", "x"), ("b", "y")):
        b.node(partner, kind="organisation")
        b.node(what, kind="capability")
        b.tie("offers", partner, what)
    (row,) = complementarity(b.build()).table.to_dict("records")
    assert (row["mutual_gain"], row["jaccard_dissimilarity"]) == (1, 1)
    assert row["overlap_p"] == row["overlap_q"] == pytest.approx((1 - 1 / 4) ** 2)
    assert np.isnan(row["added_density_a_from_b"])  # no field is related to another


def test_cycles_and_duplicates_are_reported() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    b.node("b", kind="organisation")
    for what, name in (("x", "Training"), ("y", "TRAINING"), ("z", "Else")):
        b.node(what, kind="capability", name=name)
    b.tie("part_of", "x", "z")
    b.tie("part_of", "z", "x")
    b.tie("offers", "a", "x")
    b.tie("offers", "b", "y")
    found = complementarity(b.build())
    assert found.cycles == (("x", "z"),)
    assert [(p["a"], p["b"]) for p in found.suspected] == [("x", "y")]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"a": "nobody"}, UnknownName),
        ({"a": "e01"}, BadParameter),
        ({"a": WOMEN[0], "b": WOMEN[0]}, BadParameter),
        ({"b": WOMEN[0]}, BadParameter),
        ({"top": 0}, BadParameter),
        ({"by": "score"}, BadParameter),
        ({"pairs": "some"}, BadParameter),
        ({"relatedness": "guess"}, BadParameter),
        ({"via": "knows"}, UnknownName),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: dict[str, object], error: type) -> None:
    with pytest.raises(error):
        complementarity(davis(), **arguments)


def test_a_name_two_partners_bear_is_refused() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", name="Same")
    b.node("b", kind="organisation", name="Same")
    with pytest.raises(AmbiguousName):
        complementarity(b.build(), "Same")


def test_all_pairs_come_in_order_of_ids(table: pd.DataFrame) -> None:
    assert sorted(table.index) == list(combinations(WOMEN, 2))
