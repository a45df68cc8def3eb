"""Counts and the sheet of one node, against the page read by hand."""

import pytest

from partnergraph.analysis.overview import kinds, show, summary
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName


def test_smart_is_counted_by_kind(smart: Ecosystem) -> None:
    """Counted in examples/smart by hand: 9 + 8 actors, 17 projects, 17 capabilities, 5 places."""
    assert kinds(smart)["nodes"] == {
        "organisation": 9,
        "network": 8,
        "project": 17,
        "capability": 17,
        "place": 5,
    }
    table = summary(smart)
    counted = table[(table["table"] == "nodes") & (table["attribute"] == "kind")]
    assert dict(zip(counted["value"], counted["count"], strict=True)) == kinds(smart)["nodes"]


def test_every_count_of_an_attribute_adds_up_to_its_table(smart: Ecosystem) -> None:
    table = summary(smart)
    totals = table[table["attribute"] == ""].set_index("table")["count"]
    parts = table[(table["attribute"] != "") & table["table"].isin(["nodes", "ties"])]
    for (name, _), count in parts.groupby(["table", "attribute"])["count"].sum().items():
        assert count == totals[name]


def test_coopcity_has_three_parallel_ties_with_smart_and_a_receipt_for_each(
    smart: Ecosystem,
) -> None:
    """The page: partner, housed since 2016, and host of its events in the workspaces."""
    shown = show(smart, "Coopcity")
    ties = shown.ties[shown.ties["other"] == "smart"]
    assert sorted(ties["kind"]) == ["hosts", "hosts", "partner_of"]
    assert set(ties["direction"]) == {"in", "both"}
    assert (shown.ties["receipts"] > 0).all()
    assert set(shown.evidence["source_title"]) == {smart.sources["title"].iloc[0]}


def test_a_node_is_shown_by_an_alias(smart: Ecosystem) -> None:
    assert show(smart, "UCL").node["id"] == "uclouvain"
    with pytest.raises(UnknownName):
        show(smart, "nobody")


def test_an_empty_ecosystem_counts_nothing() -> None:
    assert summary(EcosystemBuilder().build())["count"].sum() == 0
