"""The three to six things that a board should hear first."""

from __future__ import annotations

from collections.abc import Iterator

from partnergraph.analysis.measures import default_centrality
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.benefits import partnerships, recorded_for
from partnergraph.views.report.blocks import Block, Line, Listing
from partnergraph.views.report.facts import Facts
from partnergraph.views.report.holdings import most_shared, sole_holders
from partnergraph.views.report.limits import on_dates
from partnergraph.views.report.ranking import (
    by_construction,
    departures,
    falls_apart,
    first_rank,
    ranks_without,
)
from partnergraph.views.words import Words, any_of_kinds, plain, tell

MOST_FINDINGS = 6


def first_findings(eco: Ecosystem) -> list[str]:
    """Return the three to six sentences a board should hear first; fewer on next to no data.

    >>> from partnergraph.loaders.load import example, load
    >>> first_findings(load(example("smart")))[0]
    'Smart ranks first: it is tied to 30 of the 33 other organisations, networks and projects.'
    """
    facts = Facts(eco, measures=default_centrality()[:1])
    return [plain(statement) for statement, _ in findings(facts)]


def findings(f: Facts) -> list[tuple[Words, str]]:
    """Return statements in the order in which a board should hear them, each with its section."""
    return [found for found in _all(f) if found[0]][:MOST_FINDINGS]


def _all(f: Facts) -> Iterator[tuple[Words, str]]:
    if f.table.empty:
        yield tell("report.none", kinds=any_of_kinds(SCHEMA.default_network)), "counts"
        return
    yield first_rank(f), "ranking"
    for departure in departures(f)[:1]:
        if departure.centre is not None:
            yield by_construction(departure), "ranking"
        yield falls_apart(departure), "ranking"
        if departure.centre is not None:
            yield ranks_without(departure), "ranking"
    if partnerships(f):
        yield recorded_for(f), "benefits"
    yield sole_holders(f), "capabilities"
    yield most_shared(f), "projects"
    yield on_dates(f), "limits"


def first(f: Facts) -> list[Block]:
    """State the first findings, each with its section."""
    lines = tuple(Line(statement, see=section) for statement, section in findings(f))
    return [Listing(lines, "findings")]
