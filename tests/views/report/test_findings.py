"""What the report states of Smart, against counts by hand from the page that Smart wrote.

The numbers in the comments were counted in `examples/smart`, which holds what that page says.
"""

from __future__ import annotations

import re

import pytest

from partnergraph.analysis.egocentred import egocentred
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.brief import first_findings
from partnergraph.views.report.facts import CAPABILITIES, SHARED, Facts
from partnergraph.views.report.sections.benefits import partnerships
from partnergraph.views.report.sections.holdings import capabilities, shared, sole
from partnergraph.views.report.sections.limits import gaps
from partnergraph.views.report.sections.ranking import departures
from partnergraph.views.report.sections.ties import elsewhere, sheets
from partnergraph.views.words import (
    date_in_words,
    listed,
    period_in_words,
    plain,
    recurrence_in_words,
    words,
)


@pytest.fixture(scope="module")
def found(smart: Ecosystem) -> Facts:
    return Facts(smart)


def test_first_findings_of_smart(smart: Ecosystem) -> None:
    assert first_findings(smart) == [
        # All but the Alliance (through ICETT), Coopkracht's events and its congress: 33 - 3.
        "Smart ranks first of the 17 organisations and networks: it is tied to 30 of the 33 other "
        "organisations, networks and projects.",
        # Around the agreement 5, Bigre! 4, the think tank 5, Coopcity 4, Coopkracht 3, the
        # documentation centre 2, Febecoop and SAW-B 5, Pour La Solidarité 3, Microstart 2.
        "Without Smart, the other 33 fall into 9 pieces instead of 1. The largest has 5 nodes; "
        "none stands alone.",
        # Its events and its congress hang on Coopkracht.
        "If Coopkracht left, 2 others would be cut off from the largest piece.",
        # Coopcity: coaching, social economy, social innovation. Coaching and the social economy,
        # and SAW-B's solidarity economy, are part of the social and solidarity economy, on which
        # Smart works; reflection is part of culture and democracy, which is the same actor's.
        "9 of 17 capabilities are held by one actor alone; Coopcity has the most, 3 of 9. For 3 of "
        "the 9, another actor has a broader one.",
        # The agreement's 6, the 6 to its study and what follows it, these two as parts of it, and
        # the congress's 2.
        "16 of the 71 ties end on a known date, their own or that of a project, the last in 2020. "
        "When the others end is not on record.",
        # Of 16 other actors all but the Alliance; Coopcity and Microstart bring members something.
        "A member benefit is recorded for 2 of the 15 partnerships of Smart, and none for the "
        "other 13.",
        # All but Coopkracht's events and its congress.
        "15 of the 17 projects on record have two or more participants; Bigre! Rencontre and "
        "Creation of a think tank of co-operatives bring the most together, 4 each.",
    ]


def test_pieces_without_smart(found: Facts) -> None:
    (departure,) = departures(found)
    assert departure.after == (5, 5, 5, 4, 4, 3, 3, 2, 2)
    assert departure.before == (34,)
    assert departure.cannot_rank


def test_parallel_ties_are_all_listed(found: Facts) -> None:
    sheet = next(s for s in sheets(found) if s.node.name.id == "smart")
    coopcity = next(n for n in sheet.neighbours if n.node.name.id == "coopcity")
    kinds = [(t.kind, t.details) for t in coopcity.ties]
    assert kinds == [("partner_of", ()), ("hosts", ()), ("hosts", ("since 2016",))]
    assert all(t.receipts for t in coopcity.ties)
    # The events, the training and the workspaces.
    assert len(coopcity.together) == 3


def test_every_tie_is_told_somewhere(smart: Ecosystem, found: Facts) -> None:
    told = [t for s in sheets(found) for n in s.neighbours for t in n.ties]
    told += [t for s in sheets(found) for t in s.also]
    told += [t for h in (*shared(found), *capabilities(found)) for t in (*h.ties, *h.also)]
    assert {t.id for t in (*told, *elsewhere(found))} == set(smart.ties["id"])


def test_shared_projects_have_roles_periods_and_recurrence(found: Facts) -> None:
    held = {h.node.name.id: h for h in shared(found)}
    assert len(held) == 17
    assert held["bigre-rencontre"].node.when == "every August"
    assert held["let-it-coop"].node.when == "October 2018"
    training = held["coopcity-training"]
    assert [(t.source.id, t.details) for t in training.ties] == [
        ("coopcity", ("lead",)),
        ("smart", ("beneficiary",)),
        ("smart", ("host",)),
    ]
    assert [str(n) for n in training.holders] == ["Coopcity", "Smart"]


def test_benefits_are_those_of_coopcity_and_microstart(found: Facts) -> None:
    # Events and training by Coopcity, microfinance tools by Microstart.
    assert sorted(t.source.id for t in found.ties if t.benefit) == [
        "coopcity",
        "coopcity",
        "microstart",
    ]
    assert [p.b.id for p in partnerships(found) if p.benefits] == ["coopcity", "microstart"]
    assert all(p.a.id == "smart" for p in partnerships(found))


def test_single_holders(found: Facts) -> None:
    alone = {h.node.name.id: h.holders[0].id for h in sole(found)}
    assert len(alone) == 9
    assert alone["workspace"] == "smart"
    # Needed by Smart, and both Smart and Microstart work on it.
    assert "microfinance" not in alone


def test_gaps(found: Facts) -> None:
    left_open = gaps(found)
    # Coopcity's housing since 2016; the agreement twice for each of its three parties.
    assert (left_open.dated, left_open.borrowed, left_open.undated) == (7, 10, 98)
    assert (left_open.inferred, left_open.disputed, left_open.without_strength) == (25, 0, 115)
    assert left_open.confidences[0] == 0.5
    assert left_open.confidences[-1] == 0.9
    assert left_open.nodes_without_source == ()
    known = {(r["who"], r["attribute"]): r["known"] for r in records(left_open.missing)}
    assert known["actors", "sector"] == 0
    assert known["actors", "level"] == 6


# -- any other ecosystem ---------------------------------------------------------------------


def renamed(eco: Ecosystem) -> Ecosystem:
    """Return a twin: other ids in another order, other names, nothing else in words."""
    ids = sorted(eco.nodes["id"], reverse=True)
    twin = {old: f"node-{i:03d}" for i, old in enumerate(ids)}
    b = EcosystemBuilder(name="twin", focus=twin[eco.about.focus])
    for row in records(eco.nodes):
        row.pop("description", None)
        node = twin[row.pop("id")]
        b.node(node, **{**row, "name": f"Body {node[-3:]}"})
    for i, row in enumerate(records(eco.sources)):
        b.source(f"source-{i}", title="A page", publisher=twin[row["publisher"]])
    facts = dict(twin)
    for row in records(eco.ties):
        row.pop("description", None)
        row["source"], row["target"] = twin[row["source"]], twin[row["target"]]
        facts[row.pop("id")] = b.tie(**row)
    for row in records(eco.evidence):
        b.evidence(
            facts[row["fact"]],
            source="source-0",
            attribute=row.get("attribute"),
            locator=row.get("locator"),
        )
    return b.build()


def test_a_twin_under_other_names_gets_the_same_findings(smart: Ecosystem, found: Facts) -> None:
    twin = renamed(smart)
    other = Facts(twin)
    names = sorted({*smart.name_of.values(), *twin.name_of.values()}, key=len, reverse=True)
    either = re.compile("|".join(map(re.escape, names)))

    def without_names(facts: Facts) -> list[str]:
        return [either.sub("@", said) for said in first_findings(facts.eco)]

    assert without_names(other) == without_names(found)
    assert len(egocentred(twin)) == 1
    assert sorted(len(h.holders) for h in shared(other)) == sorted(
        len(h.holders) for h in shared(found)
    )
    assert [d.after for d in departures(other)] == [d.after for d in departures(found)]
    assert (len(partnerships(other)), sum(bool(t.benefit) for t in other.ties)) == (15, 3)


def test_nothing_and_next_to_nothing() -> None:
    b = EcosystemBuilder()
    assert first_findings(b.build()) == [
        "There are no organisations, networks or projects on record."
    ]
    b.node("a", kind="organisation", name="A")
    assert first_findings(b.build()) == [
        "A is the only organisation, network or project on record."
    ]
    b.node("b", kind="organisation", name="B")
    assert first_findings(b.build()) == [
        "None of the 2 organisations and networks is tied to another."
    ]
    b.tie("partner_of", "a", "b")
    assert first_findings(b.build()) == [
        "A and B are tied to each other; nobody else is on record.",
        "Without A, only one node is left.",
        "No member benefit is recorded for the only partnership.",
    ]


def test_without_a_centre_the_first_in_rank_is_taken_away() -> None:
    b = EcosystemBuilder()
    for node in "abcdefgh":
        b.node(node, kind="organisation", name=node.upper())
    for a, c in ("ab", "bc", "cd", "de", "ef", "fg", "gh", "cf"):
        b.tie("partner_of", a, c, member_benefit="x")
    eco = b.build()
    assert egocentred(eco) == []
    assert first_findings(eco)[:4] == [
        "C and F share the first rank of the 8 organisations and networks: each is tied to 3 of "
        "the 7 other organisations, networks and projects.",
        # A-B, and D-E-F-G-H.
        "Without C, the other 7 fall into 2 pieces instead of 1. The largest has 5 nodes; none "
        "stands alone.",
        # G and H beside A to E.
        "If F left, 2 others would be cut off from the largest piece.",
        "A member benefit is recorded for all 8 partnerships.",
    ]


def test_what_is_needed_is_not_held() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation")
    b.node("p", kind="project")
    b.node("c", kind="capability")
    b.tie(SCHEMA.sought[0], "a", "c")
    b.tie("requires", "p", "c")
    (capability,) = capabilities(Facts(b.build()))
    assert len(capability.ties) == 2
    assert capability.holders == ()


def test_parts_come_from_the_vocabulary() -> None:
    assert set(SHARED) == set(SCHEMA.period_lenders)
    assert not set(CAPABILITIES) & set(SCHEMA.default_network)


# -- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, None, ""),
        ("2016", "..", "since 2016"),
        ("2016", None, "from 2016, end not known"),
        (None, "2019", "until 2019, start not known"),
        ("..", "2019", "until 2019"),
        ("..", "..", "open"),
        ("2017", "2018", "2017 to 2018"),
        ("2018-10-05", "2018-10-05", "5 October 2018"),
        ("2016?", "201X", "2016 (uncertain) to 201X"),
        ("2018-21", "2018-XX", "2018-21 to 2018-XX"),
    ],
)
def test_periods_in_words(start: str | None, end: str | None, said: str) -> None:
    assert period_in_words(start, end) == said


def test_dates_in_words() -> None:
    assert date_in_words("2016%") == "about 2016 (uncertain)"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=YEARLY;BYMONTH=8", "every August"),
        ("RRULE:FREQ=YEARLY;BYMONTH=3,9", "every March and September"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=8", "every 2 years, in August"),
        ("FREQ=WEEKLY", "every week"),
        ("FREQ=YEARLY;BYMONTH=13", "recurs (FREQ=YEARLY;BYMONTH=13)"),
        ("FREQ=MONTHLY;BYDAY=1MO", "recurs (FREQ=MONTHLY;BYDAY=1MO)"),
        (None, ""),
    ],
)
def test_recurrence_in_words(rule: str | None, said: str) -> None:
    assert recurrence_in_words(rule) == said


def test_lists_in_words() -> None:
    assert plain(listed([])) == ""
    assert plain(listed(["a"])) == "a"
    assert plain(listed(["a", words("{} and {}", "b", "c")])) == "a and b and c"
    assert plain(listed(list("abcdef"), 2)) == "a, b and 4 more"
