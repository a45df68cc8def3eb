"""The ecosystem value: nothing changes it, and each restriction keeps what belongs together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, BadParameter, InvalidEcosystem, UnknownName
from tests.strategies import ecosystems


@pytest.fixture
def eco() -> Ecosystem:
    """Two actors, a dated and an undated project, a recurring one, and a receipt for some facts."""
    b = EcosystemBuilder(name="test")
    b.node("a", kind="organisation", name="Alpha", original_id="REG-1")
    b.node("b", kind="organisation", name="Beta", end="2017")
    b.node("n", kind="network", name="Net")
    b.node("p", kind="project", name="Dated", start="2018", end="2018")
    b.node("q", kind="project", name="Undated")
    b.node("r", kind="project", name="Every year", start="2016", recurrence="FREQ=YEARLY")
    b.alias("a", "AA", kind="acronym")
    b.alias("n", "AA")
    b.tie("partner_of", "a", "b", status="disputed")
    b.tie("member_of", "a", "n", start="2016", end="..", status="confirmed")
    b.tie("participates_in", "a", "p")
    b.tie("participates_in", "a", "q")
    b.tie("participates_in", "a", "r")
    b.source("s", title="S")
    b.evidence("a", source="s")
    b.evidence("a.member_of.n@2016", source="s")
    b.evidence("b", source="s")
    return b.build()


def ties(eco: Ecosystem) -> set[str]:
    return {f"{s}-{t}" for s, t in zip(eco.ties["source"], eco.ties["target"], strict=True)}


def test_changing_a_table_that_was_handed_out_changes_nothing(eco: Ecosystem) -> None:
    nodes = eco.nodes
    nodes.loc[0, "name"] = "changed"
    nodes["new"] = 1
    assert eco.nodes.loc[0, "name"] == "Alpha"
    assert "new" not in eco.nodes.columns


def test_without_takes_ties_aliases_and_receipts_along(eco: Ecosystem) -> None:
    rest = eco.without(["Alpha"])
    assert len(rest) == 5
    assert rest.ties.empty
    assert list(rest.aliases["node"]) == ["n"]
    assert list(rest.evidence["fact"]) == ["b"]
    assert len(eco.ties) == 5


def test_only_keeps_nodes_of_the_kinds_and_ties_between_them(eco: Ecosystem) -> None:
    assert ties(eco.only(["organisation", "network"])) == {"a-b", "a-n"}
    with pytest.raises(UnknownName, match="Did you mean network"):
        eco.only("netwrok")


@pytest.mark.parametrize(
    ("date", "undated", "expected"),
    [
        # b ended in 2017 and leaves with its tie; p is over; r recurs from 2016 on; q is undated.
        ("2019", "keep", {"a-n", "a-q", "a-r"}),
        ("2019", "drop", {"a-n", "a-r"}),
        ("2018", "keep", {"a-n", "a-p", "a-q", "a-r"}),
        ("2018", "drop", {"a-n", "a-p", "a-r"}),
        ("2015", "keep", {"a-b", "a-q"}),
        ("2017-12-31", "keep", {"a-b", "a-n", "a-q", "a-r"}),
        ("2017/2018", "keep", {"a-b", "a-n", "a-p", "a-q", "a-r"}),
    ],
)
def test_at_keeps_what_may_have_been_there(
    eco: Ecosystem, date: str, undated: str, expected: set[str]
) -> None:
    assert ties(eco.at(date, undated=undated)) == expected  # type: ignore[arg-type]


@given(ecosystems(), st.sampled_from(["2015", "2016-06", "2018-10-05", "2020", "2017/2019"]))
@settings(max_examples=60, deadline=None)
def test_running_and_undated_ties_are_those_that_at_keeps(eco: Ecosystem, day: str) -> None:
    nodes, links = eco.states(day)
    kept, there = eco.at(day), ["running", "undated"]
    assert set(eco.nodes["id"][nodes.isin(there)]) == set(kept.nodes["id"])
    assert set(eco.ties["id"][links.isin(there)]) == set(kept.ties["id"])
    dated = eco.at(day, undated="drop")
    assert set(eco.ties["id"][links == "running"]) == set(dated.ties["id"])


def test_each_node_and_tie_stands_in_one_way_to_a_day(eco: Ecosystem) -> None:
    """On 1 June 2017, from the rows above: Dated is planned, and so is the tie to it."""
    nodes, links = eco.states("2017-06-01")
    expected = ["undated", "running", "undated", "planned", "undated", "running"]
    assert list(zip(eco.nodes["id"], nodes, strict=True)) == list(
        zip("abnpqr", expected, strict=True)
    )
    found = dict(zip(eco.ties["target"], links, strict=True))
    assert found == {"b": "undated", "n": "running", "p": "planned", "q": "undated", "r": "running"}
    assert eco.states("2019")[1][list(eco.ties["target"]).index("b")] == "ended"  # with Beta
    assert eco.states()[0].isna().sum() == 3  # what has a period, where no day is known


def test_at_refuses_what_is_no_date_or_no_choice(eco: Ecosystem) -> None:
    with pytest.raises(BadParameter, match="EDTF"):
        eco.at("last year")
    with pytest.raises(BadParameter, match="keep"):
        eco.at("2018", undated="maybe")  # type: ignore[arg-type]


def test_status_filters_count_a_blank_status_as_declared(eco: Ecosystem) -> None:
    assert ties(eco.confirmed()) == {"a-n"}
    assert ties(eco.with_status("declared")) == {"a-p", "a-q", "a-r"}
    with pytest.raises(UnknownName, match="status"):
        eco.with_status("rumoured")


def test_a_node_is_found_by_id_original_id_name_or_unique_alias(eco: Ecosystem) -> None:
    assert [eco.resolve(n) for n in ("a", "REG-1", "alpha", "Net")] == ["a", "a", "a", "n"]
    with pytest.raises(AmbiguousName) as caught:
        eco.resolve("AA")
    assert caught.value.candidates == ["a", "n"]
    with pytest.raises(UnknownName, match="Did you mean Alpha"):
        eco.resolve("Alfa")


def other(**attributes: str) -> Ecosystem:
    b = EcosystemBuilder(name="other")
    b.node("a", kind="organisation", name="Alpha", **attributes)
    b.node("c", kind="organisation", name="Gamma")
    b.tie("partner_of", "a", "c")
    return b.build()


def test_merge_joins_rows_by_key_and_fills_blanks(eco: Ecosystem) -> None:
    merged = eco.merge(other(country="BE"))
    row = merged.nodes.set_index("id").loc["a"]
    assert (row["country"], row["original_id"]) == ("BE", "REG-1")
    assert len(merged) == 7
    assert ties(merged) == ties(eco) | {"a-c"}
    assert merged.about == eco.about


def test_merge_raises_on_two_values_unless_told_to_keep_the_first(eco: Ecosystem) -> None:
    with pytest.raises(InvalidEcosystem, match="'REG-1' here is 'REG-2' there"):
        eco.merge(other(original_id="REG-2"))
    kept = eco.merge(other(original_id="REG-2"), conflicts="keep")
    assert kept.nodes.set_index("id").loc["a", "original_id"] == "REG-1"


def test_merging_an_ecosystem_with_itself_changes_nothing(eco: Ecosystem) -> None:
    assert eco.merge(eco) == eco


def test_the_order_of_rows_and_columns_makes_no_difference(eco: Ecosystem) -> None:
    rng = np.random.default_rng(0)
    shuffled = {
        name: frame.sample(frac=1, random_state=rng)[list(reversed(frame.columns))]
        for name, frame in eco.tables.items()
    }
    assert Ecosystem(shuffled, eco.about) == eco


def test_an_ecosystem_says_what_it_holds(eco: Ecosystem) -> None:
    assert repr(eco).startswith("<Ecosystem 'test': 6 nodes, 2 aliases, 5 ties")
    with pytest.raises(UnknownName, match="table"):
        eco.table("edges")
