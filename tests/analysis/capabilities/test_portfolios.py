"""Who holds what: what counts, what is left out and said, the taxonomy, and suspicious names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from partnergraph.analysis.capabilities.portfolio_options import (
    FIELDS,
    HELD,
    REQUIRED,
    PortfolioOptions,
)
from partnergraph.analysis.capabilities.portfolios import (
    portfolios,
    requirements,
    suspected_duplicates,
    taxonomy,
)
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.schema import SCHEMA
from tests.davis import davis
from tests.strategies import ecosystems


def builder(*capabilities: str, partners: str = "ab") -> EcosystemBuilder:
    b = EcosystemBuilder()
    for partner in partners:
        b.node(partner, kind="organisation")
    for what in capabilities:
        b.node(what, kind="capability")
    return b


def test_the_vocabulary_says_who_holds_and_who_requires() -> None:
    assert FIELDS == ("capability",)
    assert HELD == ("offers", "active_in")
    assert REQUIRED == ("requires",)


def test_what_is_looked_for_is_not_held_and_who_holds_nothing_is_left_out() -> None:
    b = builder("x", "y", partners="abc")
    b.tie("offers", "a", "x")
    b.tie("active_in", "b", "x")
    b.tie("needs", "b", "y")
    found = portfolios(b.build())
    assert (found.partners, found.silent) == (("a", "b"), ("c",))
    assert (found.capabilities, found.unheld) == (("x",), ("y",))
    assert found.sets == (frozenset("x"), frozenset("x"))
    assert portfolios(b.build(), via="offers").partners == ("a",)
    assert found.as_network()["dropped"]["partners without any on record"] == 1


def test_any_affiliation_can_be_asked() -> None:
    found = portfolios(davis("project", "participates_in"), columns="project")
    assert found.holds.shape == (18, 14)
    assert found.ties == 89
    same = portfolios(davis("project", "participates_in"), columns="project", rows="organisation")
    assert np.array_equal(found.holds.toarray(), same.holds.toarray())
    with pytest.raises(BadParameter, match="two different sets"):
        portfolios(davis(), rows="capability")
    with pytest.raises(UnknownName):
        portfolios(davis(), columns="skills")


def test_with_amounts_only_specialities_count() -> None:
    """LQ of (a, x): (8/10)/(9/20) > 1, of (a, y): (2/10)/(11/20) < 1; of b the other way round."""
    b = builder("x", "y")
    for partner, what, amount in (("a", "x", 8), ("a", "y", 2), ("b", "x", 1), ("b", "y", 9)):
        b.tie("offers", partner, what, strength=amount)
    found = portfolios(b.build(), rca=True)
    assert found.sets == (frozenset("x"), frozenset("y"))
    assert found.recipe.dropped["entries with a location quotient below 1"] == 2


def test_a_taxonomy_may_have_cycles_and_these_do_not_count() -> None:
    b = builder("x", "y", "z", "leaf")
    for one, other in (("x", "y"), ("y", "z"), ("z", "x"), ("leaf", "x")):
        b.tie("part_of", one, other)
    parents, cycles = taxonomy(b.build())
    assert cycles == (("x", "y", "z"),)
    assert parents == {"leaf": frozenset("x")}


def test_what_a_project_requires_is_read_from_its_ties() -> None:
    b = builder("x", "y")
    b.node("p", kind="project")
    b.node("q", kind="project")
    b.tie("requires", "p", "x")
    b.tie("requires", "p", "y", status="disputed")
    assert requirements(b.build(), PortfolioOptions()) == {"p": frozenset("x")}
    everything = PortfolioOptions.of({"status": ("declared", "disputed")})
    assert requirements(b.build(), everything) == {"p": frozenset("xy")}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Micro-crédit", "micro credit", "the same name"),
        ("Social economy", "Social economy", "the same name"),
        ("Permanent education", "Permanent educations", "similar names"),
        ("Education permanent", "Permanent education", "similar names"),
        ("Event 1", "Event 11", None),
        ("AI", "AIs", None),
        ("Training", "Workspace", None),
    ],
)
def test_one_thing_under_two_names_is_suspected(one: str, other: str, reason: str | None) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="capability", name=one)
    b.node("b", kind="capability", name=other)
    found = suspected_duplicates(b.build(), ["a", "b"])
    assert [pair["reason"] for pair in found] == ([reason] if reason else [])


def test_an_alias_gives_a_duplicate_away() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="capability", name="Coaching")
    b.node("b", kind="capability", name="Begeleiding")
    b.alias("b", "coaching", language="en")
    (pair,) = suspected_duplicates(b.build(), ["b", "a"])
    assert (pair["a"], pair["b"], pair["reason"]) == ("a", "b", "an alias in common")


@given(ecosystems())
def test_no_row_or_column_is_empty_and_nobody_is_lost(eco: Ecosystem) -> None:
    found = portfolios(eco)
    actors = {n for n, kind in eco.kind_of.items() if kind in ("organisation", "network")}
    assert {*found.partners, *found.silent} == actors
    assert len(found.partners) + len(found.silent) == len(actors)
    assert (found.sizes > 0).all()
    assert (found.holders > 0).all()
    assert set(found.holds.data) <= {1.0}


def test_options_of_portfolios_are_read_once_and_only_those_chosen_are_told() -> None:
    asked = PortfolioOptions.of({"columns": "project", "at": "2018"})
    assert asked.columns == ("project",)
    assert asked.chosen() == {"columns": ["project"], "at": "2018"}
    assert "participates_in" in asked.holding
    assert not {*SCHEMA.sought, *SCHEMA.history} & set(asked.holding)
    assert PortfolioOptions(via=("needs",)).holding == ("needs",)
    assert portfolios(davis(), columns="project").options == PortfolioOptions(columns=("project",))
    for wrong in ({"row": "organisation"}, {"rows": "capability"}):
        with pytest.raises(BadParameter):
            PortfolioOptions.of(wrong)
