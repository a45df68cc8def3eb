"""Who meets whom: direct ties, hubs in common, and what does not count."""

from __future__ import annotations

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.meetings import meetings


def three() -> Ecosystem:
    b = EcosystemBuilder()
    for who in "abc":
        b.node(who, kind="organisation")
    b.node("n", kind="network")
    b.node("p", kind="project")
    b.tie("partner_of", "b", "a")
    b.tie("succeeds", "c", "a")
    for who in "ab":
        b.tie("member_of", who, "n")
        b.tie("participates_in", who, "p")
    return b.build()


def test_ties_and_hubs_of_a_pair_come_in_a_fixed_order() -> None:
    met = meetings(three())
    assert met.together("b", "a") == ["n", "p"]
    assert met.between("b", "a") == met.between("a", "b")
    assert met.between("a", "b") == [
        "a.partner_of.b",
        "a.member_of.n",
        "b.member_of.n",
        "a.participates_in.p",
        "b.participates_in.p",
    ]
    assert met.between("a", "c") == met.together("a", "c") == []  # history is no meeting
    assert met.between("a", "n") == ["a.member_of.n"]


def test_only_those_asked_for_meet_and_only_in_hubs_asked_for() -> None:
    met = meetings(three(), {"a", "c"}, hubs=["project"])
    assert (dict(met.direct), set(met.members), met.hubs["a"]) == ({}, {"p"}, {"p"})
    assert met.between("a", "b") == []
