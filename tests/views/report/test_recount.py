"""Every figure of a finding is counted twice, and one that differs stops the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import NotConfirmed
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.findings import claims
from partnergraph.views.report.findings.finding import Finding
from partnergraph.views.report.findings.recount import RECOUNTS, Recount, check
from partnergraph.views.report.page import found, report
from tests.strategies import ecosystems

DAY = "2026"


def guild() -> Ecosystem:
    """Return a small ecosystem of our own in which every claim but one has something to say."""
    b = EcosystemBuilder(name="guild", focus="loom")
    b.source("page", title="The page of Loom", publisher="loom")
    for node, name in (("loom", "Loom"), ("weft", "Weft"), ("warp", "Warp"), ("wharp", "Wharp")):
        b.node(node, kind="organisation", name=name)
    b.node("ring", kind="network", name="Ring")
    b.node("fair", kind="project", name="Fair", start="2019", end="2021")
    b.node("school", kind="project", name="School", start="2024", end="2028")
    for node, above in (("dyeing", None), ("indigo", "dyeing"), ("law", None), ("tax", None)):
        b.node(node, kind="capability", name=node.title())
        if above:
            b.tie("part_of", node, above)
    ties = [b.tie("partner_of", "loom", other) for other in ("weft", "warp")]
    ties.append(b.tie("partner_of", "loom", "wharp", end="2027-02"))
    ties.append(b.tie("member_of", "loom", "ring", member_benefit="Cheaper yarn"))
    b.tie("member_of", "weft", "ring", status="inferred", confidence=0.5)
    for who in ("loom", "weft", "warp"):
        b.tie("participates_in", who, "fair")
    b.tie("participates_in", "loom", "school", start="2027")
    b.tie("participates_in", "weft", "school")
    b.tie("offers", "weft", "dyeing")
    b.tie("offers", "warp", "indigo")
    b.tie("needs", "loom", "law")
    b.tie("requires", "school", "tax")
    for tie in ties:
        b.evidence(tie, source="page", locator="line 1")
    return b.build()


def pairs() -> pd.DataFrame:
    """Return a pair of names alike, as `identities` would."""
    row = {"a": "warp", "b": "wharp", "score": 0.95, "judgement": None}
    return pd.DataFrame([row])


def recount(eco: Ecosystem, at: str | None) -> Recount:
    earlier = Recount(eco.tables, at="2020")
    focus = eco.about.focus
    return Recount(eco.tables, at=at, focus=focus, duplicates=pairs(), earlier=earlier)


def mutations(finding: Finding) -> Iterator[Finding]:
    """Yield the finding with one figure, name, fact or sentence changed at a time."""
    for name, value in finding.figures.items():
        yield replace(finding, figures={**finding.figures, name: value + 1})
    for name in finding.who:
        yield replace(finding, who={**finding.who, name: ("somebody-else",)})
    yield replace(finding, case=f"{finding.case}_too")
    yield replace(finding, facts=(*finding.facts, "no-such-fact"))


def test_the_guild_makes_the_claims_that_a_hand_count_gives() -> None:
    f = found(guild(), at=DAY, duplicates=pairs(), since="2020")
    said = {x.claim: dict(x.figures) for x in f.findings}
    # Ties of the network: 3 partners, 2 members, 3 at the fair (over), 2 at the school.
    assert said["over"] == {
        "ended": 3,
        "running": 2,
        "planned": 1,
        "undated": 4,
        "total": 10,
        "facts": 3,
        "guessed": 0,
    }
    # In 2026: Loom to Weft, Warp, Wharp, Ring; its part in the school begins in 2027.
    assert (said["rank"]["degree"], said["rank"]["others"], said["rank"]["n"]) == (4, 5, 5)
    assert said["alone"]["broader"] == 1  # indigo is part of dyeing, which Weft has
    assert said["wanted"]["n"] == 1
    # Of the 11 ties of 2026, the one with Wharp ends within the year, two of the school later.
    lapses = {"months": 12, "n": 1, "nodes": 0, "ties": 11, "dated": 3}
    assert said["lapses"] == lapses | {"facts": 1, "guessed": 0}
    # Since 2020 the fair ended, with three ties, and the school came, with one.
    changed = {"new": 1, "lost": 3, "kept": 5, "came": 1, "left": 1}
    assert {name: said["changed"][name] for name in changed} == changed
    assert {x.claim for x in f.findings} >= {"duplicates", "leaves", "benefits", "sources"}


@pytest.mark.parametrize("at", [None, DAY, "2018", "2030"])
def test_both_counts_agree_on_every_day(smart: Ecosystem, at: str | None) -> None:
    for eco in (smart, guild()):
        f = Facts(eco, at=at, duplicates=pairs() if eco is not smart else None)
        check(claims.found(f), recount(eco, at))


def test_one_figure_changed_by_hand_is_refused_in_every_kind_of_record(smart: Ecosystem) -> None:
    seen, refused = set(), 0
    for eco, at in ((guild(), DAY), (smart, None)):
        counter = recount(eco, at)
        since = "2020" if at else None
        for finding in claims.found(Facts(eco, at=at, duplicates=pairs(), since=since)):
            check([finding], counter)
            for changed in mutations(finding):
                with pytest.raises(NotConfirmed, match=finding.claim):
                    check([changed], counter)
                refused += 1
            seen.add(finding.claim)
    assert seen >= set(RECOUNTS) - {"nothing", "closes"}
    assert len(seen) >= 10
    assert refused > 100


def test_a_report_with_a_figure_that_differs_is_not_written(
    smart: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = claims.found

    def wrong(f: Facts) -> tuple[Finding, ...]:
        first, *rest = make(f)
        return (replace(first, figures={**first.figures, "degree": 31}), *rest)

    monkeypatch.setattr(claims, "found", wrong)
    with pytest.raises(NotConfirmed, match="rank, degree: the report says 31, the tables give 30"):
        report(smart)


@settings(max_examples=20, deadline=None)
@given(eco=ecosystems())
def test_both_counts_agree_on_any_ecosystem(eco: Ecosystem) -> None:
    for at in (None, "2018"):
        check(claims.found(Facts(eco, at=at)), Recount(eco.tables, at=at, focus=eco.about.focus))
