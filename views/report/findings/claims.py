"""What the report finds, in the order in which a board should hear it.

The order of importance: what makes the figures wrong (one partner counted twice, ties that are
over), who holds the network together and what breaks without them, what one partner alone can do or
nobody can, what ends, what members get, what is shared, and what the data leave open. A claim of
which there is nothing to say (no tie without a date, no capability held by one alone) is not made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from partnergraph.analysis.fragility import FEWEST, forecast
from partnergraph.analysis.moments.expiry import LAPSES
from partnergraph.graph.periods import OPEN
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.facts import ACTOR, Facts, Tie, by_name
from partnergraph.views.report.findings.finding import Finding
from partnergraph.views.report.sections.benefits import partnerships
from partnergraph.views.report.sections.holdings import (
    Held,
    broader_holders,
    capabilities,
    missing,
    near_holders,
    shared,
    sole,
)
from partnergraph.views.report.sections.lately import MONTHS, lapsing
from partnergraph.views.report.sections.lately import changed as since
from partnergraph.views.report.sections.limits import gaps
from partnergraph.views.report.sections.outlook import Break, breaks
from partnergraph.views.report.sections.ranking import Departure, centred, departures

MOST_FINDINGS = 7
# A pair of names that scores as high is named in the brief.
ALIKE = 0.9
# Of two numbers of neighbours, the difference that ties left out of the data explain: 1.96 standard
# deviations where each tie is unrecorded with this probability, the numbers unrecorded binomial.
UNRECORDED = 0.1

Claim = Callable[[Facts], Iterator[Finding]]


def found(f: Facts) -> tuple[Finding, ...]:
    """Return all findings in the order of importance."""
    if f.table.empty:
        return (Finding("nothing", "none", {"facts": 0, "guessed": 0}, section="counts"),)
    status = {t.id: t.status for t in f.everything.ties}
    return tuple(_sure(x, status) for claim in CLAIMS.values() for x in claim(f))


def _sure(finding: Finding, status: Mapping[str, str]) -> Finding:
    """Return a finding with how many facts it rests on, and how many of these are inferred."""
    guessed = sum(status.get(fact) == SCHEMA.inferred for fact in finding.facts)
    sure = {"facts": len(finding.facts), "guessed": guessed}
    return replace(finding, figures={**finding.figures, **sure})


def brief(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of the brief: the first of each claim, the most important claims."""
    first: dict[str, Finding] = {}
    for finding in findings:
        changes_nothing = finding.claim == "apart" and finding.case.startswith("as_before")
        if finding.claim not in LEFT_OPEN and not changes_nothing:
            first.setdefault(finding.claim, finding)
    return list(first.values())[:MOST_FINDINGS]


def within_noise(most: float, other: float) -> bool:
    """Return whether ties left out of the data may explain that one has more neighbours."""
    return bool(most - other <= 1.96 * np.sqrt(UNRECORDED * (most + other)))


# -- what makes the figures wrong -------------------------------------------------------------


def duplicates(f: Facts) -> Iterator[Finding]:
    """Find pairs of nodes whose names are so alike that they may be one partner."""
    if f.duplicates is None:
        return
    rows = f.duplicates
    alike = rows[(rows["score"] >= ALIKE) & rows["judgement"].isna()]
    alike = alike[alike["a"].isin(list(f.nodes)) & alike["b"].isin(list(f.nodes))]
    if len(alike):
        a, b = str(alike["a"].iloc[0]), str(alike["b"].iloc[0])
        figures = {"n": len(alike), "more": len(alike) - 1}
        case = "one" if len(alike) == 1 else "many"
        who, facts = {"a": (a,), "b": (b,)}, tuple(dict.fromkeys((*alike["a"], *alike["b"])))
        yield Finding("duplicates", case, figures, who, facts, "identities", {}, "limits")


def over(f: Facts) -> Iterator[Finding]:
    """Find the ties of the network that have ended, begin later, or have no date on the day."""
    if f.at is None:
        return
    standing = standings(f)
    counts = Counter(standing.values())
    if not counts["ended"]:
        return
    figures = {name: counts[name] for name in ("ended", "running", "planned", "undated")}
    case = "planned" if counts["planned"] else "none_planned"
    ended = tuple(tie for tie, how in standing.items() if how == "ended")
    figures["total"] = len(standing)
    yield Finding("over", case, figures, {}, ended, "summary", f.asked, "limits")


def standings(f: Facts) -> Mapping[str, str]:
    """Return of each tie of the network how it stands on the day: ended, running, planned …"""
    whole = f.everything
    states = dict(zip(whole.eco.ties["id"], whole.eco.states(f.at)[1], strict=True))
    return {t.id: states[t.id] for t in whole.ties if in_network(whole, t)}


# -- who holds the network together -----------------------------------------------------------


def rank(f: Facts) -> Iterator[Finding]:
    """Find who has the most neighbours, and whether ties left out may explain it."""
    degree = f.ranked["degree"].astype(int)
    degree = degree.sort_values(ascending=False, kind="stable")
    most, second = int(degree.iloc[0]), int(degree.iloc[1]) if len(degree) > 1 else 0
    top = tuple(sorted(map(str, degree.index[degree == most]), key=lambda i: by_name(f.name(i))))
    near = sum(within_noise(most, other) for other in degree[degree < most])
    figures: dict[str, int | float] = {"n": len(degree), "others": len(f.table) - 1}
    figures |= {"degree": most, "second": second, "near": near, "alike": len(top)}
    if len(f.table) == 1:
        case = "only"
    elif most == 0:
        case = "loose"
    elif len(f.table) == 2:
        case = "pair"
    elif len(top) > 1:
        case = "shared_modes" if f.two_modes else "shared"
    else:
        case = ("near" if near else "first") + ("_modes" if f.two_modes else "")
    options = {"by": "degree"} | f.asked
    who = {"names": tuple(map(str, f.table.index)) if case == "pair" else top}
    facts = tuple(t.id for i in top[:1] for t in _network_ties(f, i)) if most else top[:1]
    yield Finding("rank", case, figures, who, facts, "centrality", options, "ranking")


def construction(f: Facts) -> Iterator[Finding]:
    """Find ranks that follow from who wrote the data."""
    for departure in centred(f):
        centre, node = departure.centre, departure.name.id
        assert centre is not None
        if centre.own_source:
            case, figures = "author", {"own": centre.own_ties, "stated": centre.stated_ties}
        else:
            case, figures = "star", {"tied": centre.tied_to, "others": centre.others}
        facts = tuple(t.id for t in f.of[node] if f.groups(t) == (ACTOR, ACTOR))
        who, section = {"name": (node,)}, "ranking"
        yield Finding("construction", case, figures, who, facts, "centrality", f.asked, section)


def apart(f: Facts) -> Iterator[Finding]:
    """Find into how many pieces the network falls without those in its centre."""
    for departure in departures(f):
        after, before = departure.after, departure.before
        alone = sum(size == 1 for size in after)
        figures = {"n": sum(after), "pieces": len(after), "before": len(before)}
        figures |= {"largest": max(after, default=0), "alone": alone}
        if len(after) < 2:
            case = "nothing" if not after else "last" if sum(after) == 1 else "whole"
        elif figures["largest"] == 1:
            case = "alone"
        else:
            case = "falls" if len(after) != len(before) else "as_before"
            case += "_some_alone" if alone else ""
        facts = tuple(t.id for t in _network_ties(f, departure.name.id))
        yield _of(f, departure, Finding("apart", case, figures, {}, facts, "fragility"), "leave")


def alike(f: Facts) -> Iterator[Finding]:
    """Find who is first without those in the centre, or that the data cannot rank the rest."""
    for departure in departures(f):
        rank = departure.rank.dropna()
        if not departure.tied:
            continue
        figures = {"n": len(rank), "alike": departure.alike}
        if departure.cannot_rank:
            case = "unranked" if departure.centre else "with"
            case += "_all" if departure.alike == len(rank) else ""
            who: tuple[str, ...] = ()
        elif departure.centre is None:
            continue
        else:
            top = tuple(sorted(map(str, rank.index[rank == 1])))
            case, who = "next", top
            figures = {"n": len(rank), "first": len(top)}
        found = Finding("alike", case, figures, {"names": who} if who else {})
        yield _of(f, departure, found, "without")


def _of(f: Facts, departure: Departure, found: Finding, option: str) -> Finding:
    """Return a finding as one of the network without a node."""
    node = departure.name.id
    question = found.question or "centrality"
    options = {option: node} if option == "leave" or departure.centre else {}
    who = {"name": (node,), **found.who}
    figures, facts = found.figures, found.facts or (node,)
    asked = options | f.asked
    return Finding(found.claim, found.case, figures, who, facts, question, asked, "ranking")


def in_network(f: Facts, tie: Tie) -> bool:
    """Return whether a tie counts in the network."""
    kinds = {f.nodes[end.id].kind for end in tie.ends}
    counts = tie.kind not in SCHEMA.history and tie.status != SCHEMA.disputed
    return counts and kinds <= set(SCHEMA.default_network) and tie.source.id != tie.target.id


def _network_ties(f: Facts, node: str) -> list[Tie]:
    return [tie for tie in f.of[node] if in_network(f, tie)]


# -- what breaks, what is missing --------------------------------------------------------------


def leaves(f: Facts) -> Iterator[Finding]:
    """Find what follows where another partner leaves than the one in the centre."""
    told = {d.name.id for d in departures(f)}
    yield from (x for x in _broken(f, "leaves") if x.who["name"][0] in set(f.actors) - told)


def closes(f: Facts) -> Iterator[Finding]:
    """Find what follows where a project ends."""
    yield from (x for x in _broken(f, "closes") if x.who["name"][0] not in f.actors)


def _broken(f: Facts, claim: str) -> Iterator[Finding]:
    for each in () if f.large else breaks(f).first:
        node = each.name.id
        if not (each.apart or each.fallen):
            continue
        figures = {"apart": each.apart, "pieces": each.pieces}
        figures |= {"lost": len(each.lost), "fallen": len(each.fallen)}
        falls = "fallen" if _fewest(f, each) == {FEWEST} else "short"
        case = "_".join(part for part, n in (("apart", each.apart), (falls, len(each.fallen))) if n)
        who = {"name": (node,), "hubs": tuple(n.id for n in each.fallen)}
        facts = tuple(t.id for t in _network_ties(f, node))
        options = {"leave": node} | f.asked
        yield Finding(claim, case, figures, who, facts, "fragility", options, "breaks")


def _fewest(f: Facts, each: Break) -> set[int]:
    """Return how many participants what falls needs."""
    return {int(f.nodes[hub.id].cells.get("minimum", FEWEST)) for hub in each.fallen}


def alone(f: Facts) -> Iterator[Finding]:
    """Find the capabilities that one actor alone has, and whether another has a broader one."""
    held, single = [h for h in capabilities(f) if h.holders], sole(f)
    if not single:
        return
    counts = Counter(h.holders[0].id for h in single)
    most = [who for who in counts if counts[who] == max(counts.values())]
    broader = sum(bool(broader_holders(f, h)) for h in single)
    figures = {"n": len(single), "total": len(held), "broader": broader}
    who: dict[str, tuple[str, ...]] = {}
    case = "all" if len(single) == len(held) else "some"
    if len(most) == 1 and len(counts) > 1 and case == "some":
        case, who = "most", {"name": (most[0],)}
        figures["most"] = counts[most[0]]
    case += "_broader" if broader else ""
    facts = _held_by(single)
    yield Finding("alone", case, figures, who, facts, "coverage", f.asked, "capabilities")


def _held_by(held: Iterable[Held]) -> tuple[str, ...]:
    return tuple(
        t.id
        for h in held
        for t in h.ties
        if t.kind not in SCHEMA.sought and SCHEMA.tie_kinds[t.kind].source_kinds <= set(ACTORS)
    )


def wanted(f: Facts) -> Iterator[Finding]:
    """Find what an actor looks for or a project requires, and nobody has."""
    lacking = missing(f)
    by_actors = [h for h in lacking if any(t.kind in SCHEMA.sought for t in h.ties)]
    others = [h for h in lacking if h not in by_actors]
    for case, rows in (("sought", by_actors), ("required", others)):
        if rows:
            who = {"names": tuple(h.node.name.id for h in rows)}
            facts = tuple(t.id for h in rows for t in h.ties if t.kind not in SCHEMA.aims)
            near = sum(bool(near_holders(f, h)) for h in rows)
            case, kind = case + ("_near" if near else ""), {"n": len(rows), "near": near}
            yield Finding("wanted", case, kind, who, facts, "coverage", f.asked, "capabilities")


def ends(f: Facts) -> Iterator[Finding]:
    """Find how many ties of the network end on a known date."""
    table = forecast(f.eco)
    if table.empty:
        return
    last = table.reset_index().iloc[-1]
    figures = {"n": int(last["dated"]), "year": int(last["year"]) - 1}
    figures["total"] = int(table.attrs["network"]["ties"])
    facts = tuple(t for node in f.table.index for t in _ending(f, str(node)))
    case = "all" if figures["n"] == figures["total"] else "some"
    yield Finding("ends", case, figures, {}, facts, "fragility", f.asked, "breaks")


def lapses(f: Facts) -> Iterator[Finding]:
    """Find how many ties, and what else, lapse within a year."""
    found = lapsing(f)
    if found is None:
        return
    rows = found.table[(found.table["state"] == LAPSES) & ~found.table["renewed"]]
    ties, nodes = (rows["id"][rows["what"] == what] for what in ("tie", "node"))
    if rows.empty:
        return
    figures = {"months": MONTHS, "n": len(ties), "nodes": len(nodes)}
    figures |= {"ties": found.ties, "dated": found.dated}
    case, asked = "nodes" if len(nodes) else "ties", {"months": MONTHS} | f.asked
    yield Finding("lapses", case, figures, {}, tuple(rows["id"]), "expiry", asked, "lapses")


def changed(f: Facts) -> Iterator[Finding]:
    """Find which pairs became tied since the earlier day or edition, and which no longer are."""
    found = since(f)
    if found is None:
        return
    who = found.nodes["change"][found.nodes["how"] == "node"]
    figures = {**found.counts["pairs"], "came": int((who == "came").sum())}
    figures["left"] = len(who) - figures["came"]
    if not (figures["new"] or figures["lost"] or len(who)):
        return
    there = set(f.whole.ties["id"])
    facts = tuple(tie for tie in found.ties["id"] if tie in there)
    case, days = "who" if len(who) else "ties", {"from": found.days[0], "to": found.days[1]}
    asked = {name: day for name, day in days.items() if day}
    question = "change" if isinstance(f.since, str) else "change ECO0"
    yield Finding("changed", case, figures, {}, facts, question, asked, "since")


def _ending(f: Facts, node: str) -> list[str]:
    """Return the ties of the network that run from a node and end with a known date."""
    known = [
        (t, [cells.get("end") for cells in (t.cells, *(f.nodes[i.id].cells for i in t.ends))])
        for t in _network_ties(f, node)
        if t.source.id == node
    ]
    return [t.id for t, ends in known if any(end and end != OPEN for end in ends)]


# -- what members get, what is shared ----------------------------------------------------------


def benefits(f: Facts) -> Iterator[Finding]:
    """Find for how many partnerships a benefit to members is recorded."""
    pairs = partnerships(f)
    if not pairs:
        return
    said, focus = sum(bool(p.benefits) for p in pairs), f.focus
    figures = {"n": said, "total": len(pairs), "silent": len(pairs) - said}
    if len(pairs) == 1:
        case = "only" if said else "only_none"
    else:
        case = "all" if said == len(pairs) else "some" if said else "none"
    who = {"name": (focus.id,)} if focus else {}
    case += "_of" if focus else ""
    facts = tuple(dict.fromkeys(t.id for p in pairs for t in p.benefits))
    yield Finding("benefits", case, figures, who, facts, "coverage", f.asked, "benefits")


def together(f: Facts) -> Iterator[Finding]:
    """Find how many projects are shared by two or more, and which brings the most together."""
    projects = shared(f)
    most = len(projects[0].holders) if projects else 0
    if most < 2:
        return
    top = tuple(h.node.name.id for h in projects if len(h.holders) == most)
    several = sum(len(h.holders) > 1 for h in projects)
    figures = {"n": several, "total": len(projects), "most": most, "first": len(top)}
    case = "one" if len(top) == 1 else "each" if len(top) <= 4 else "many"
    facts = tuple(t.id for h in projects if len(h.holders) == most for t in h.ties)
    who = {"names": top} if case != "many" else {}
    yield Finding("together", case, figures, who, facts, "summary", f.asked, "projects")


# -- what the data leave open ------------------------------------------------------------------


def dates(f: Facts) -> Iterator[Finding]:
    """Find how many ties have no date."""
    if n := gaps(f).undated:
        undated = f.eco.ties["id"][f.eco.undated_ties()]
        figures = {"n": n, "total": len(f.ties)}
        facts = tuple(map(str, undated))
        yield Finding("dates", "some", figures, {}, facts, "check", {}, "limits")


def inferred(f: Facts) -> Iterator[Finding]:
    """Find how many ties are inferred from the sources, which do not state them."""
    facts = tuple(t.id for t in f.ties if t.status == SCHEMA.inferred)
    if facts:
        figures = {"n": len(facts), "total": len(f.ties)}
        yield Finding("inferred", "some", figures, {}, facts, "check", {}, "limits")


def sources(f: Facts) -> Iterator[Finding]:
    """Find whether all rests on one source, and who wrote it."""
    listed = f.eco.sources["id"].tolist()
    if len(listed) <= 1:
        author = f.authors.get(listed[0]) if listed else None
        case = ("author" if author else "one") if listed else "none"
        who = {"name": (author.id,)} if author else {}
        yield Finding("sources", case, {"n": len(listed)}, who, (), "summary", {}, "sources")


ACTORS = SCHEMA.actors
CLAIMS: dict[str, Claim] = {
    "duplicates": duplicates,
    "over": over,
    "changed": changed,
    "rank": rank,
    "construction": construction,
    "apart": apart,
    "leaves": leaves,
    "closes": closes,
    "wanted": wanted,
    "alone": alone,
    "lapses": lapses,
    "ends": ends,
    "benefits": benefits,
    "together": together,
    "alike": alike,
    "dates": dates,
    "inferred": inferred,
    "sources": sources,
}
# What the data cannot say: told in a place of its own.
LEFT_OPEN = ("construction", "alike", "dates", "inferred", "sources")
