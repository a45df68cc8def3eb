"""Whether the data are a star because of who drew it, on ecosystems with other names."""

import pandas as pd
import pytest

from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.egocentred import cannot_rank, counterviews, egocentred
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem


def star(*, others: int, tied: int, publisher: str | None, among_others: int = 0) -> Ecosystem:
    """An actor `hub` tied to some of the others, who have ties among them, all from one source."""
    b = EcosystemBuilder()
    b.node("hub", kind="network", name="The Hub")
    names = [f"o{i}" for i in range(others)]
    for name in names:
        b.node(name, kind="organisation")
    b.source("page", title="A page", publisher=publisher)
    ties = [b.tie("member_of", name, "hub") for name in names[:tied]]
    pairs = zip(names[:among_others], names[1:], strict=False)
    ties += [b.tie("partner_of", a, c) for a, c in pairs]
    for tie in ties:
        b.evidence(tie, source="page")
    return b.build()


def test_smart_is_the_centre_by_its_ties_and_by_its_own_page(smart: Ecosystem) -> None:
    """Counted by hand: tied to 15 of 16 other actors, an end of 17 of 21 ties between actors."""
    (centre,) = egocentred(smart)
    assert (centre.id, centre.tied_to, centre.others) == ("smart", 15, 16)
    assert (centre.own_source, centre.own_ties, centre.stated_ties) == (
        "smart-partners-page",
        17,
        21,
    )
    assert "by construction" in centre.reason


@pytest.mark.parametrize(("tied", "found"), [(8, True), (7, False)])
def test_a_tie_to_eighty_percent_of_the_others_makes_a_centre(tied: int, found: bool) -> None:
    eco = star(others=10, tied=tied, publisher=None, among_others=9)
    assert bool(egocentred(eco)) is found


def test_only_authorship_makes_a_rank_one_by_construction() -> None:
    """In a complete graph nobody stands out; a star without a publisher may be true."""
    b = EcosystemBuilder()
    names = [b.node(name, kind="organisation") for name in "abcdef"]
    for x, a in enumerate(names):
        for c in names[x + 1 :]:
            b.tie("partner_of", a, c)
    assert egocentred(b.build()) == []
    (centre,) = egocentred(star(others=10, tied=8, publisher=None))
    assert centre.reason == "The Hub is tied to 8 of the 10 other actors"


@pytest.mark.parametrize(("among_others", "found"), [(1, True), (2, False)])
def test_a_publisher_that_is_an_end_of_eighty_percent_of_its_ties_is_a_centre(
    among_others: int, found: bool
) -> None:
    """Tied to 4 of 10, so only the source can tell: 4 of 5 ties are its own, then 4 of 6."""
    eco = star(others=10, tied=4, publisher="The Hub", among_others=among_others)
    assert [c.id for c in egocentred(eco)] == (["hub"] if found else [])


def test_a_publisher_that_is_no_node_makes_no_centre() -> None:
    assert egocentred(star(others=10, tied=4, publisher="A newspaper")) == []


def test_very_small_ecosystems_have_no_centre() -> None:
    assert egocentred(star(others=2, tied=2, publisher="hub")) == []
    assert egocentred(EcosystemBuilder().build()) == []


def test_the_ranking_is_repeated_without_the_centre(smart: Ecosystem) -> None:
    table = centrality(smart, measures="degree", at="2018")
    (view,) = counterviews(smart, table)
    assert "smart" not in view.table.index
    assert view.table.attrs["parameters"]["without"] == ["smart"]
    assert view.table.attrs["parameters"]["at"] == "2018"
    assert counterviews(smart, view.table) == []


def test_a_pure_star_cannot_be_ranked_without_its_centre() -> None:
    eco = star(others=10, tied=10, publisher=None)
    (view,) = counterviews(eco, centrality(eco, measures="degree"))
    assert view.cannot_rank


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 2, 3], True), ([1, 1, 2, 3, 4], False), ([1, 2, 3], False), ([], False), ([5], False)],
)
def test_half_or_more_shared_ranks_mean_that_the_data_cannot_rank(
    values: list[float], expected: bool
) -> None:
    assert cannot_rank(pd.Series(values, dtype=float)) is expected
