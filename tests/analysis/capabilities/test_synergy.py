"""Synergy and interaction: the toy to the last digit, brute force, and signs that must hold."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.analysis.capabilities.portfolios import portfolios
from partnergraph.analysis.capabilities.synergy import MOST_REQUIRED, Game
from partnergraph.graph.errors import BadParameter
from tests.davis import PAIRS, REFERENCE, WOMEN, davis

TOY = REFERENCE["toy"]
PARTNERS = list(TOY["capabilities"])
GAME = Game(
    [set(own) for own in TOY["capabilities"].values()], {t: set(r) for t, r in TOY["tasks"].items()}
)
fields = st.sets(st.sampled_from("abcdef"))
games = st.builds(
    Game,
    st.lists(fields, min_size=2, max_size=5),
    st.dictionaries(st.sampled_from("TUVW"), st.sets(st.sampled_from("abcdef"), min_size=1)),
)


def worth(game: Game, members: frozenset[int]) -> int:
    return len(game.feasible(sorted(members))) if members else 0


def by_enumeration(game: Game, i: int, j: int) -> float:
    """Grabisch and Roubens' interaction by its definition over all coalitions of the others."""
    n = len(game.holdings)
    others = [k for k in range(n) if k not in (i, j)]
    total = 0.0
    for size in range(len(others) + 1):
        weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
        for some in map(frozenset, combinations(others, size)):
            total += weight * (
                worth(game, some | {i, j})
                - worth(game, some | {i})
                - worth(game, some | {j})
                + worth(game, some)
            )
    return total


def test_the_toy_is_exact() -> None:
    pairs = [tuple(PARTNERS.index(p) for p in key.split("|")) for key in TOY["synergy"]]
    assert [GAME.synergy(i, j) for i, j in pairs] == list(TOY["synergy"].values())
    alone = [GAME.feasible([i]) for i in range(4)]
    assert alone == [TOY["feasible_alone"][p] for p in PARTNERS]
    assert len(GAME.feasible(range(4))) == TOY["grand"]
    value, error = GAME.interaction(pairs)
    np.testing.assert_allclose(value, list(TOY["interaction"].values()), atol=1e-9)
    np.testing.assert_allclose(GAME.shapley(), list(TOY["shapley"].values()), atol=1e-9)
    assert not error.any()


@given(games)
def test_the_closed_form_is_the_definition(game: Game) -> None:
    pairs = list(combinations(range(len(game.holdings)), 2))
    value, _ = game.interaction(pairs)
    np.testing.assert_allclose(value, [by_enumeration(game, *p) for p in pairs], atol=1e-9)
    orders = list(permutations(range(len(game.holdings))))
    share = np.zeros(len(game.holdings))
    for order in orders:
        for at, i in enumerate(order):
            before = frozenset(order[:at])
            share[i] += worth(game, before | {i}) - worth(game, before)
    np.testing.assert_allclose(game.shapley(), share / len(orders), atol=1e-9)


def covering(holdings: Sequence[Set[str]]) -> Game:
    """Return the game in which each capability held is a task of its own."""
    return Game(holdings, {e: {e} for e in sorted(set().union(*holdings))})


@given(st.lists(fields, min_size=2, max_size=8))
def test_coverage_never_shows_synergy(holdings: list[set[str]]) -> None:
    """Submodular: no interaction is above 0; it is that of methods' formula, −Σ 1/(h − 1)."""
    game = covering(holdings)
    pairs = list(combinations(range(len(holdings)), 2))
    value, _ = game.interaction(pairs)
    held = {e: sum(e in own for own in holdings) for own in holdings for e in own}
    expected = [-sum(1 / (held[e] - 1) for e in holdings[i] & holdings[j]) for i, j in pairs]
    np.testing.assert_allclose(value, expected, atol=1e-12)
    assert (value <= 0).all()
    assert game.shapley().sum() == pytest.approx(len(held))


def test_the_coverage_of_davis_as_a_game() -> None:
    game = covering(portfolios(davis()).sets)
    at = {w: i for i, w in enumerate(WOMEN)}
    value, _ = game.interaction([(at[a], at[b]) for a, b in PAIRS])
    np.testing.assert_allclose(value, REFERENCE["interaction"], atol=1e-9)
    np.testing.assert_allclose(game.shapley(), REFERENCE["shapley"], atol=1e-9)


def test_a_project_that_takes_two_makes_complements_and_equals_are_substitutes() -> None:
    game = Game([{"a"}, {"b"}, {"a"}], {"t": {"a", "b"}})
    value, _ = game.interaction([(0, 1), (0, 2)])
    assert value[0] > 0 > value[1]


def test_many_requirements_are_sampled_with_an_error_that_holds() -> None:
    """Two halves of a large task: the interaction of the only two who hold them is 1, exactly."""
    needs = {f"r{i:02d}" for i in range(MOST_REQUIRED + 3)}
    half = set(sorted(needs)[:8])
    alone = Game([half, needs - half, {"r00"}], {"t": needs})
    value, error = alone.interaction([(0, 1)])
    assert (value[0], error[0]) == (1.0, 0.0)
    assert np.isnan(alone.shapley()).all()
    several = Game([half, needs - half, half, needs - half, needs], {"t": needs})
    value, error = several.interaction([(0, 1), (0, 2)], samples=4_000, seed=1)
    exact = [by_enumeration(several, 0, 1), by_enumeration(several, 0, 2)]
    assert (np.abs(value - exact) < 4 * error).all()
    assert (error > 0).all()
    again, _ = several.interaction([(0, 1), (0, 2)], samples=4_000, seed=1)
    np.testing.assert_array_equal(value, again)
    with pytest.raises(BadParameter, match="samples"):
        several.interaction([(0, 1)], samples=1)


def test_what_nobody_holds_makes_no_synergy() -> None:
    game = Game([{"a"}, {"b"}], {"t": {"a", "b", "nobody"}, "u": set()})
    assert game.synergy(0, 1) == []
    assert game.interaction([(0, 1)])[0].tolist() == [0.0]
    assert game.shapley().tolist() == [0.0, 0.0]
