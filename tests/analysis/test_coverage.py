"""Covers, needs, holes and benefits: Davis against CBC, brute force, and answers made by hand."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from partnergraph.analysis import coverage as module
from partnergraph.analysis.capabilities import covers
from partnergraph.analysis.capabilities.benefits import benefits
from partnergraph.analysis.capabilities.covers import (
    greedy,
    irreplaceability,
    maximum_coverage,
    minimum_cover,
)
from partnergraph.analysis.capabilities.needs import match_needs
from partnergraph.analysis.capabilities.portfolios import portfolios
from partnergraph.analysis.coverage import coverage
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from tests.davis import PAIRS, REFERENCE, WOMEN, davis

HOLDS = portfolios(davis()).holds
CASES = st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=7)


def matrix(sets: list[set[int]]) -> sparse.csr_array:
    held = sorted(set().union(*sets))
    cells = np.array([[float(c in own) for c in held] for own in sets])
    return sparse.csr_array(cells.reshape(len(sets), len(held)))


def test_davis_is_covered_by_two_and_by_no_other_two() -> None:
    found = coverage(davis(), most=4, nulls=9)
    assert found.cover.covers == tuple(map(tuple, REFERENCE["minimum_cover"])) == ((0, 13),)
    assert (found.cover.size, found.cover.optimal, found.cover.complete) == (2, True, True)
    share = found.partners["irreplaceability"]
    assert share.index[share == 1].tolist() == [WOMEN[13], WOMEN[0]]
    assert (share.drop([WOMEN[0], WOMEN[13]]) == 0).all()
    taken = zip(*(found.greedy[c] for c in ("id", "gained", "covered")), strict=True)
    way = [[WOMEN.index(w), gained, covered] for w, gained, covered in taken]
    assert way == REFERENCE["greedy"]
    for best in found.maximum:
        expected = REFERENCE["max_coverage"][str(best.k)]
        assert (best.covered, best.count) == (expected["optimum"], expected["n_optimal"])
    np.testing.assert_allclose(
        found.partners["shapley"].loc[list(WOMEN)], REFERENCE["shapley"], atol=1e-9
    )
    assert found.partners.index[0] == WOMEN[13]
    assert round(found.partners["shapley"].iloc[0], 6) == 1.591667
    assert found.capabilities["n"].sort_index().tolist() == REFERENCE["holders"]
    assert found.capabilities["n"].min() == REFERENCE["fewest_holders"]
    assert found.single_points == ()
    known = dict(zip(PAIRS, REFERENCE["interaction"], strict=True))
    for pair, value in found.substitutes["interaction"].items():
        assert value == pytest.approx(known.pop(pair), abs=1e-9)
    assert set(known.values()) == {0}


def test_the_events_are_covered_by_three_in_fourteen_ways() -> None:
    turned = HOLDS.T.tocsr()
    found = minimum_cover(turned)
    assert sorted(map(list, found.covers)) == sorted(REFERENCE["minimum_cover_by_events"])
    assert [[s.row, s.gained, s.covered] for s in greedy(turned)] == REFERENCE["greedy_events"]


@given(CASES)
def test_covers_are_those_of_trying_all_sets(sets: list[set[int]]) -> None:
    holds, n = matrix(sets), len(sets)
    everything = set().union(*sets)
    expected: list[tuple[int, ...]] = []
    for size in range(n + 1):
        expected = [
            some
            for some in combinations(range(n), size)
            if set().union(*(sets[i] for i in some)) == everything
        ]
        if expected:
            break
    found = minimum_cover(holds)
    assert found.covers == tuple(expected)
    share = irreplaceability(holds, found)
    in_each = [sum(i in c for c in expected) / len(expected) for i in range(n)]
    np.testing.assert_allclose(share, in_each)
    steps = greedy(holds)
    assert (steps[-1].covered if steps else 0) == len(everything)
    assert len(steps) >= found.size


@given(CASES)
def test_the_programme_and_trying_all_sets_cover_the_same(sets: list[set[int]]) -> None:
    holds = matrix(sets)
    with pytest.MonkeyPatch.context() as patch:
        tried = maximum_coverage(holds, 3)
        patch.setattr(covers, "MOST_SETS", 0)
        solved = maximum_coverage(holds, 3)
    assert [best.covered for best in tried] == [best.covered for best in solved]
    assert all(best.optimal for best in solved)


def test_too_many_covers_are_at_least_so_many_and_irreplaceability_goes_by_programmes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three capabilities with two holders each, and one with one: 8 covers, all with row 6."""
    sets = [{0}, {0}, {1}, {1}, {2}, {2}, {3}, set()]
    assert len(minimum_cover(matrix(sets)).covers) == 8
    monkeypatch.setattr(covers, "MOST_COVERS", 5)
    found = minimum_cover(matrix(sets))
    assert (len(found.covers), found.complete, found.size) == (5, False, 4)
    share = irreplaceability(matrix(sets), found)
    assert share[6] == 1
    assert share[7] == 0
    assert np.isnan(share[1:4]).all()


def test_a_search_without_time_says_what_is_open() -> None:
    random = np.random.default_rng(0)
    cells = (random.random((120, 200)) < 0.06).astype(float)
    cells[0, cells.sum(axis=0) == 0] = 1
    found = minimum_cover(sparse.csr_array(cells), seconds=1e-3)
    assert not found.optimal
    assert 0 < found.gap < 1
    (rows,) = found.covers
    assert (cells[list(rows)].sum(axis=0) > 0).all()
    assert np.isnan(irreplaceability(sparse.csr_array(cells), found)).all()
    with pytest.raises(BadParameter, match="seconds"):
        minimum_cover(sparse.csr_array(cells), seconds=0)


def test_thousands_who_hold_the_same_are_listed_and_not_kept() -> None:
    """1,500 hold x and 1,500 y: 2,250,000 covers of two, of which 10,000 are listed."""
    found = minimum_cover(matrix([{0}] * 1500 + [{1}] * 1500))
    assert (found.size, found.optimal, found.complete) == (2, True, False)
    assert len(set(found.covers)) == 10_000
    assert all(a < 1500 <= b for a, b in found.covers)
    whole = minimum_cover(matrix([{0, 1}] * 30 + [{0}]))
    assert (whole.size, whole.optimal, len(whole.covers)) == (1, True, 30)


@given(st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=1, max_size=9))
def test_who_can_stand_in_for_whom_is_found_by_blocks(sets: list[set[int]]) -> None:
    b = EcosystemBuilder()
    for i in range(len(sets)):
        b.node(f"p{i}", kind="organisation")
    for c in range(7):
        b.node(f"c{c}", kind="capability")
    for i, own in enumerate(sets):
        for c in own:
            b.tie("offers", f"p{i}", f"c{c}")
    eco = b.build()
    held = [sum(c in own for own in sets) for c in range(7)]
    expected = {
        (f"p{i}", f"p{j}"): -sum(1 / (held[c] - 1) for c in sets[i] & sets[j])
        for i, j in combinations(range(len(sets)), 2)
        if sets[i] & sets[j]
    }
    ranked = sorted(expected, key=lambda pair: (round(expected[pair], 12), pair))
    for cells, most in ((1, 200), (4, 3), (10**6, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "MOST_CELLS_AT_ONCE", cells)
            patch.setattr(module, "MOST_SUBSTITUTES", most)
            found = coverage(eco, nulls=0).substitutes["interaction"]
        assert list(found.index) == ranked[:most]
        assert (found <= 0).all()  # coverage never shows synergy
        assert found.to_dict() == pytest.approx({p: expected[p] for p in ranked[:most]})


def asking() -> Ecosystem:
    """Three look for x, which only d holds; e for y, which d holds too; f for what none has."""
    b = EcosystemBuilder()
    for partner in "abcdef":
        b.node(partner, kind="organisation")
    for what in "xyz":
        b.node(what, kind="capability")
    for partner in "abc":
        b.tie("needs", partner, "x", id=f"{partner}-x")
    b.tie("needs", "e", "y", id="e-y")
    b.tie("needs", "f", "z", id="f-z")
    for partner, what in (("d", "x"), ("d", "y"), ("a", "y"), ("e", "y")):
        b.tie("offers", partner, what)
    return b.build()


def test_what_stays_open_is_explained_by_halls_theorem() -> None:
    eco = asking()
    found = match_needs(eco, portfolios(eco))
    assert {n.tie: n.partner for n in found.matched}["e-y"] == "a"  # not e itself; d serves an x
    assert len(found.matched) == 2
    assert len(found.unmet) == 3
    assert found.violator == {"needs": ["a-x", "b-x", "c-x", "f-z"], "partners": ["d"], "short": 3}
    more = match_needs(eco, portfolios(eco), capacity=3)
    assert [n.tie for n in more.unmet] == ["f-z"]
    assert more.violator == {"needs": ["f-z"], "partners": [], "short": 1}
    with pytest.raises(BadParameter, match="capacity"):
        match_needs(eco, portfolios(eco), capacity=0)


def test_where_not_all_needs_can_be_met_the_important_ones_are() -> None:
    """x has one holder, d; of the three who look for it c says 4 of 4, a 2, b nothing."""
    b = EcosystemBuilder()
    for partner in "abcd":
        b.node(partner, kind="organisation")
    b.node("x", kind="capability")
    b.tie("offers", "d", "x")
    for partner, value in (("a", 2), ("b", None), ("c", 4)):
        b.tie("needs", partner, "x", id=f"{partner}-x", value=value)
    eco = b.build()
    found = match_needs(eco, portfolios(eco))
    assert [(n.tie, n.partner, n.importance) for n in found.matched] == [("c-x", "d", 4)]
    more = match_needs(eco, portfolios(eco), capacity=2)
    assert {n.tie for n in more.matched} == {"a-x", "c-x"}
    assert [(n.tie, n.importance) for n in more.unmet] == [("b-x", 1)]


@given(st.lists(st.tuples(st.sets(st.integers(0, 3)), st.integers(1, 4)), min_size=1, max_size=5))
def test_no_other_way_meets_more_or_more_important_needs(asked: list[tuple[set[int], int]]) -> None:
    b = EcosystemBuilder()
    for p in range(4):
        b.node(f"p{p}", kind="organisation")
    for n, (who, value) in enumerate(asked):
        b.node(f"asks{n}", kind="organisation")
        b.node(f"c{n}", kind="capability")
        b.tie("needs", f"asks{n}", f"c{n}", id=f"n{n}", value=value)
        for p in who:
            b.tie("offers", f"p{p}", f"c{n}")
    eco = b.build()
    best = (0, 0)
    for way in product(*[[None, *who] for who, _ in asked]):
        taken = [p for p in way if p is not None]
        if len(set(taken)) == len(taken):
            total = sum(v for p, (_, v) in zip(way, asked, strict=True) if p is not None)
            best = max(best, (len(taken), total))
    found = match_needs(eco, portfolios(eco)).matched
    assert (len(found), sum(n.importance for n in found)) == best


@given(st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=6), st.integers(1, 2))
def test_the_violator_proves_that_no_more_can_be_met(able: list[set[int]], capacity: int) -> None:
    b = EcosystemBuilder()
    for p in range(5):
        b.node(f"p{p}", kind="organisation")
    for n, who in enumerate(able):
        b.node(f"asks{n}", kind="organisation")
        b.node(f"c{n}", kind="capability")
        b.tie("needs", f"asks{n}", f"c{n}", id=f"n{n}")
        for p in who:
            b.tie("offers", f"p{p}", f"c{n}")
    eco = b.build()
    found = match_needs(eco, portfolios(eco), capacity=capacity)
    assert len(found.matched) + len(found.unmet) == len(able)
    served = [need.partner for need in found.matched]
    assert all(served.count(p) <= capacity for p in served)
    if found.unmet:
        v = found.violator
        around = {f"p{p}" for n in v["needs"] for p in able[int(n[1:])]}
        assert around == set(v["partners"])
        assert len(v["needs"]) - capacity * len(around) == v["short"] == len(found.unmet)


def test_smart_is_told_as_counted_by_hand(smart: Ecosystem) -> None:
    """From ties.csv: 33 offers and active_in of 12 actors; 9 capabilities have one holder."""
    found = coverage(smart, nulls=19)
    assert len(found.folios) == 12
    assert len(found.capabilities) == 17
    assert found.folios.ties == 33
    assert len(found.single_points) == 9
    assert found.cover.size == 6
    assert [(n.actor, n.capability, n.partner) for n in found.needs.matched] == [
        ("smart", "microfinance", "microstart")
    ]
    assert set(found.folios.silent) == {
        "bigre",
        "coopaname",
        "coopkracht",
        "international-cooperative-alliance",
        "oxalis",
    }
    assert found.benefits["says"].sum() == 2
    assert len(found.benefits) == 15
    assert {(c["sphere"], c["level"]) for c in found.matrix} == {
        ("academic", None),
        ("economic", None),
        ("cultural", None),
        (None, "international"),
    }
    assert "cesep" in found.unplaced


def test_the_matrix_and_its_holes() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", sphere="cultural", level="local")
    b.node("b", kind="organisation", sphere="cultural", level="local")
    b.node("c", kind="organisation")
    for what in "xy":
        b.node(what, kind="capability")
    for partner, what in (("a", "x"), ("b", "x"), ("c", "y")):
        b.tie("offers", partner, what)
    found = coverage(b.build(), nulls=0)
    (cell,) = found.matrix
    assert cell == {
        "sphere": "cultural",
        "level": "local",
        "partners": ["a", "b"],
        "capabilities": {"x": 2, "y": 0},
    }
    assert found.holes[0] == {"sphere": "cultural", "level": "local", "capability": "y"}
    assert len(found.holes) == 1 + 4 * 4 - 1
    assert found.unplaced == ("c",)


def test_a_required_capability_that_nobody_holds_is_named() -> None:
    b = EcosystemBuilder()
    b.node("p", kind="project")
    b.node("a", kind="organisation")
    for what in "xy":
        b.node(what, kind="capability")
        b.tie("requires", "p", what)
    b.tie("offers", "a", "x")
    assert coverage(b.build(), nulls=0).open_requirements == {"p": ("y",)}


def test_nothing_on_record_is_a_defined_answer() -> None:
    found = coverage(EcosystemBuilder().build(), nulls=9)
    assert found.cover.size == 0
    assert found.partners.empty
    assert found.maximum == ()
    assert found.nestedness is not None
    assert found.nestedness["value"].isna().all()
    with pytest.raises(BadParameter, match="most"):
        coverage(davis(), most=0)


def test_benefits_are_read_from_ties_and_from_what_two_share() -> None:
    b = EcosystemBuilder()
    for partner in "abc":
        b.node(partner, kind="organisation")
    b.node("p", kind="project")
    b.tie("partner_of", "a", "b")
    b.tie("partner_of", "b", "c", id="bc", member_benefit="Rooms")
    b.tie("participates_in", "a", "p", id="ap", member_benefit="Courses")
    b.tie("participates_in", "b", "p")
    b.tie("participates_in", "c", "p")
    eco = b.build()
    found = benefits(eco)
    assert found["ties"].to_dict() == {("a", "b"): ["ap"], ("b", "c"): ["bc"]}
    assert found["benefits"].to_list() == [["Courses"], ["Rooms"]]
    assert list(benefits(eco, of="c").index) == [("c", "b")]
    with pytest.raises(UnknownName):
        benefits(eco, of="p")
