"""The brief: what a board should hear on two pages, and how each finding was counted."""

from __future__ import annotations

from dataclasses import replace

from partnergraph.analysis.measures import default_centrality
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    Block,
    Card,
    Cell,
    Heading,
    Line,
    cell_of,
    listing,
    paragraph,
    say,
    small,
    table,
)
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.findings import claims
from partnergraph.views.report.findings.finding import Finding
from partnergraph.views.report.sections.ranking import network_drawing
from partnergraph.views.report.sections.ties import in_full, with_details
from partnergraph.views.words import Words, any_of_kinds, date_in_words, plain, tell, told, words

MOST_DECISIONS = 4
MOST_RECEIPTS = 3


def first_findings(eco: Ecosystem, *, at: str | None = None) -> list[str]:
    """Return the sentences a board should hear first, at most seven; fewer on next to no data.

    >>> from partnergraph.loaders.load import example, load
    >>> first_findings(load(example("smart")))[0]
    'Smart ranks first of the 17 organisations and networks: it is tied to 30 of the 33 other \
organisations, networks and projects.'
    """
    facts = Facts(eco, at=at, measures=default_centrality()[:1])
    chosen = claims.brief(claims.found(facts))
    return [plain(finding.said(eco.name_of)) for finding in chosen]


def brief(f: Facts) -> list[Block]:
    """Compose the brief: the day, one picture, the findings, what is open, what to decide."""
    blocks: list[Block] = [paragraph(_day(f), "day")]
    if f.table.empty:
        return [*blocks, say("report.none", kinds=any_of_kinds(SCHEMA.default_network))]
    blocks += network_drawing(f)
    chosen = claims.brief(f.findings)
    blocks += [_card(f, finding) for finding in chosen]
    unsaid = [said for finding in f.findings if (said := _open(f, finding))]
    blocks += [Heading(tell("brief.open"), level=2), listing([*unsaid, tell("limits.absent")])]
    decisions = [said for finding in chosen if (said := finding.said(f.whole.name_of, "decide"))]
    if decisions:
        blocks += [Heading(tell("brief.decide"), level=2), listing(decisions[:MOST_DECISIONS])]
    return blocks


def _day(f: Facts) -> Words:
    if f.at is None:
        return tell("brief.no_day")
    return tell("brief.day", day=date_in_words(f.at))


def _open(f: Facts, finding: Finding) -> Words:
    return finding.said(f.whole.name_of) if finding.claim in claims.LEFT_OPEN else ()


def _card(f: Facts, finding: Finding) -> Card:
    names = f.whole.name_of
    said = {"sure": how_sure(f, finding)}
    said |= {part: finding.said(names, part) for part in ("so", "ask")}
    rows = tuple((told(f"brief.{part}"), line) for part, line in said.items() if line)
    return Card(Line(finding.said(names)), rows, counted=f.findings.index(finding) + 1)


def how_sure(f: Facts, finding: Finding) -> Words:
    """Return how sure a finding is: what its kind leaves open, and what its facts rest on."""
    names = f.whole.name_of
    about = next(iter(finding.who.get("names", finding.who.get("name", ()))), "")
    own = f.said("construction", about) if finding.claim == "rank" and about else ()
    own = own or finding.said(names, "sure")
    n, guessed = finding.figures["facts"], finding.figures["guessed"]
    rest = tell("sure.guessed" if guessed else "sure.facts", facts=n, guessed=guessed) if n else ()
    return words("{} {}", own, rest) if own and rest else own or rest or tell("sure.none")


def counted(f: Facts) -> list[Block]:
    """Compose how each finding was counted: its figures, its command, its facts with receipts."""
    if not f.findings:
        return []
    rows = [
        (
            cell_of(f"{i}"),
            cell_of(finding.said(f.whole.name_of)),
            cell_of(finding.command() if finding.question else "–"),
            _rests_on(f, finding),
        )
        for i, finding in enumerate(f.findings, start=1)
    ]
    anchors = tuple(f"f-{i}" for i in range(1, len(rows) + 1))
    return [
        say("brief.checked", tone="note"),
        table("brief.counted", rows, numeric=(0,), anchors=anchors, dense=True),
    ]


def _rests_on(f: Facts, finding: Finding) -> Cell:
    """Return the first facts that a finding rests on, each with its receipts."""
    whole = f.everything
    ties = {fact: t for fact in finding.facts[:MOST_RECEIPTS] for t in whole.of_fact(fact)}
    lines = []
    for fact in finding.facts[:MOST_RECEIPTS]:
        tie = ties.get(fact)
        if tie is not None:
            lines.append(replace(with_details(tie, in_full(tie)), small=True))
        else:
            lines.append(Line((whole.name(fact),), small=True, receipts=whole.nodes[fact].receipts))
    if left := len(finding.facts) - len(lines):
        lines.append(small(tell("brief.facts", n=left)))
    return tuple(lines) or cell_of("–")
