"""What the report states about an ecosystem: facts and numbers, each with the rows it comes from.

Nothing here knows how it will look. A statement is `Words`, which keep text of the data apart.

>>> from partnergraph.loaders.load import example, load
>>> first_findings(load(example("smart")))[0]
'Smart is tied to 30 of the 33 other organisations, networks and projects: the first rank.'
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.analysis.brokers import brokers
from partnergraph.analysis.capabilities.benefits import benefits
from partnergraph.analysis.centrality import centrality, ranks
from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.cohesion import cohesion
from partnergraph.analysis.complementarity import complementarity
from partnergraph.analysis.coverage import Coverage, coverage
from partnergraph.analysis.egocentred import Egocentred, cannot_rank, counterviews
from partnergraph.analysis.fragility import forecast, fragility
from partnergraph.analysis.measures import default_centrality
from partnergraph.analysis.overview import kinds
from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, UnknownName
from partnergraph.graph.meetings import meetings
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.words import (
    Name,
    Words,
    kind_noun,
    kinds_in_words,
    listed,
    many,
    noun,
    period_in_words,
    plain,
    recurrence_in_words,
    words,
)

MOST_SHEETS = 60
MOST_PAIRS = 1_000
SECONDS_A_COVER = 5.0
# Ties: beyond, betweenness is estimated, clusters are not compared with random networks, and it is
# not tried who may leave or who finds hidden ties best, all of which would take minutes.
TESTED_UP_TO = 20_000
MOST_CENTRES = 3
MOST_BREAKS = 8
MOST_ADVICE = 5
# Parts that kinds play in the report, by what the vocabulary says of them.
SHARED = tuple(k for k in SCHEMA.default_network if k not in SCHEMA.actors)
CAPABILITY_TIES = tuple(
    name
    for name, kind in SCHEMA.tie_kinds.items()
    if kind.source_kinds <= set(SCHEMA.default_network)
    and not kind.target_kinds & set(SCHEMA.default_network)
)
CAPABILITIES = tuple(
    k
    for k in SCHEMA.node_kinds
    if any(k in SCHEMA.tie_kinds[t].target_kinds for t in CAPABILITY_TIES)
)
# What is sought is not held: schema.org's word for it tells such ties from the others.
SOUGHT = SCHEMA.sought
STATED = next(iter(SCHEMA.values["status"]))


# -- facts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """Where a source states a fact, or one attribute of it; `number` counts the sources."""

    source: str
    number: int
    attribute: str
    locator: str


@dataclass(frozen=True)
class Node:
    """A node: its name, its kind, its filled cells, and its receipts."""

    name: Name
    kind: str
    cells: Mapping[str, Any]
    receipts: tuple[Receipt, ...] = ()

    @property
    def when(self) -> str:
        """Its period and its recurrence in words."""
        period = period_in_words(self.cells.get("start"), self.cells.get("end"))
        again = recurrence_in_words(self.cells.get("recurrence"))
        return ", ".join(part for part in (again, period) if part)

    @property
    def what(self) -> str:
        """Its kind or, where it has one, its narrower kind."""
        return str(self.cells.get("subtype", SCHEMA.node_kinds[self.kind].label())).replace(
            "_", " "
        )


@dataclass(frozen=True)
class Tie:
    """A tie: its ends, its filled cells, and its receipts."""

    id: str
    kind: str
    source: Name
    target: Name
    cells: Mapping[str, Any]
    receipts: tuple[Receipt, ...] = ()

    def other(self, node: str) -> Name:
        """Return the end that is not the given node."""
        return self.target if self.source.id == node else self.source

    @property
    def benefit(self) -> str:
        """What the members get from it."""
        return str(self.cells.get("member_benefit", ""))

    @property
    def details(self) -> tuple[str, ...]:
        """Role, period, intensity and money in words; the status where it is not as stated."""
        cells = self.cells
        out = [
            SCHEMA.values[name][cells[name]].label()
            for name in ("role", "intensity")
            if name in cells
        ]
        out.insert(
            1 if "role" in cells else 0, period_in_words(cells.get("start"), cells.get("end"))
        )
        if "amount" in cells:
            out.append(f"{cells['amount']:,.10g} {cells.get('currency', '')}".strip())
        status = cells.get("status", STATED)
        if status != STATED:
            sure = f", confidence {cells['confidence']:.10g}" if "confidence" in cells else ""
            out.append(SCHEMA.values["status"][status].label() + sure)
        return tuple(part for part in out if part)


@dataclass(frozen=True)
class Meeting:
    """Something that two actors share, and whether the part of either is only inferred."""

    hub: Node
    inferred: bool


@dataclass(frozen=True)
class Neighbour:
    """An actor as another one's neighbour: their ties, and what they share."""

    node: Node
    ties: tuple[Tie, ...]
    together: tuple[Meeting, ...]


@dataclass(frozen=True)
class Sheet:
    """An actor with its neighbours; `also` are its ties to kinds with no section of their own."""

    node: Node
    neighbours: tuple[Neighbour, ...]
    also: tuple[Tie, ...]


@dataclass(frozen=True)
class Held:
    """A shared project or a capability, with the ties of those who hold it."""

    node: Node
    ties: tuple[Tie, ...]
    also: tuple[Tie, ...]

    @property
    def holders(self) -> tuple[Name, ...]:
        """The actors that take part in it or have it, each once, by name."""
        ends = {
            t.other(self.node.name.id)
            for t in self.ties
            if t.kind not in SOUGHT and SCHEMA.tie_kinds[t.kind].source_kinds <= set(SCHEMA.actors)
        }
        return tuple(sorted(ends, key=_by_name))


@dataclass(frozen=True)
class Departure:
    """What is left of the network without one node.

    Attributes
    ----------
    centre
        Where the data are centred on the node: how, else None.
    table, rank
        The ranking of the others without it, where the data are centred on it.
    cannot_rank, alike
        Whether, and how many of the others share their rank with another.
    before, after
        Sizes of the pieces of the network with it and without it, largest first.
    """

    name: Name
    centre: Egocentred | None
    table: pd.DataFrame
    rank: pd.Series
    cannot_rank: bool
    alike: int
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Break:
    """What follows where one leaves.

    Attributes
    ----------
    apart
        How many others then stand outside the largest piece, and stood in it.
    pieces
        Into how many pieces the network is then parted.
    lost, fallen
        The capabilities that nobody holds any more; the projects and networks that fall under
        their fewest members.
    """

    name: Name
    apart: int
    pieces: int
    lost: tuple[Name, ...]
    fallen: tuple[Name, ...]


@dataclass(frozen=True)
class Outlook:
    """What may come: what breaks, when ties end, and who could be next.

    Attributes
    ----------
    breaks, breaks_of
        What follows where each of those leaves whose leaving parts the network or takes a
        capability away, the worst first; and of how many such these are the first.
    bridges
        Pairs whose tie alone holds the network together, and how many nodes stand on its smaller
        side, the most first.
    ends
        The table of `partnergraph.analysis.fragility.forecast`.
    advised, advice
        For whom partners are recommended, and the table of `partnergraph.recommend`; None where
        there is no actor.
    """

    breaks: tuple[Break, ...]
    breaks_of: int
    bridges: tuple[tuple[Name, Name, int], ...]
    ends: pd.DataFrame
    advised: Name | None
    advice: pd.DataFrame | None


@dataclass(frozen=True)
class Partnership:
    """Two actors with a direct tie, and the ties of theirs that say what members get."""

    a: Name
    b: Name
    benefits: tuple[Tie, ...]


@dataclass(frozen=True)
class Gaps:
    """What the data leave open, in numbers; `missing` has attribute, known and of."""

    dated: int
    borrowed: int
    undated: int
    inferred: int
    confidences: tuple[float, ...]
    disputed: int
    without_strength: int
    nodes_without_source: tuple[Name, ...]
    ties_without_source: int
    loose: tuple[Name, ...]
    missing: pd.DataFrame


@dataclass(frozen=True)
class Finding:
    """One of the first findings, and the section with the rows it was counted from."""

    statement: Words
    section: str


@dataclass(frozen=True)
class Findings:
    """Everything the report states.

    Attributes
    ----------
    counts
        Nodes and ties by kind.
    table, rank
        The default centrality table, and the rank by its first measure.
    departures
        For each actor that the data are centred on, or else for the first in rank.
    sheets, sheets_of
        The actors with their neighbours, by name; and of how many actors.
    shared, capabilities
        Shared projects and capabilities, those with most holders first.
    elsewhere
        Ties that belong to none of these.
    partnerships, told_from
        Pairs of actors with a direct tie; only those of `told_from` where there is a focus.
    benefits
        All ties that say what members get.
    clusters
        The table of clusters.
    pairs, coverage
        The pairs that complement each other most, and what is held and lacks; None where only the
        first findings were asked for.
    cohesion
        How tightly the whole hangs together; None there too.
    outlook
        What may come; None there too, and where there are more ties than `TESTED_UP_TO`.
    authors
        By source id, the actor that published it, where it is one.
    """

    eco: Ecosystem
    counts: dict[str, dict[str, int]]
    table: pd.DataFrame
    rank: pd.Series
    departures: tuple[Departure, ...]
    sheets: tuple[Sheet, ...]
    sheets_of: int
    shared: tuple[Held, ...]
    capabilities: tuple[Held, ...]
    elsewhere: tuple[Tie, ...]
    partnerships: tuple[Partnership, ...]
    told_from: Name | None
    benefits: tuple[Tie, ...]
    clusters: pd.DataFrame
    gaps: Gaps
    authors: Mapping[str, Name]
    pairs: pd.DataFrame | None = None
    coverage: Coverage | None = None
    cohesion: pd.DataFrame | None = None
    outlook: Outlook | None = None
    first: tuple[Finding, ...] = ()


def findings(eco: Ecosystem, *, seed: int = 0) -> Findings:
    """Compute what the report states; `seed` is that of all that is drawn at random."""
    facts = _Facts(eco)
    nulls = None if len(eco.ties) <= TESTED_UP_TO else 0
    groups = clusters(eco, seed=seed, nulls=nulls)
    found = _findings(facts, default_centrality(), groups, seed)
    pairs = complementarity(eco, top=MOST_PAIRS, seed=seed)
    held = coverage(eco, seconds=SECONDS_A_COVER, seed=seed)
    ahead = _outlook(facts, found, seed) if len(eco.ties) <= TESTED_UP_TO else None
    return replace(found, pairs=pairs, coverage=held, cohesion=cohesion(eco), outlook=ahead)


def first_findings(eco: Ecosystem) -> list[str]:
    """Return the three to six sentences a board should hear first; fewer on next to no data."""
    found = _findings(_Facts(eco), default_centrality()[:1], None, 0)
    return [plain(finding.statement) for finding in found.first]


def _findings(
    facts: _Facts, measures: Sequence[str], groups: pd.DataFrame | None, seed: int
) -> Findings:
    eco = facts.eco
    large = len(eco.ties) > TESTED_UP_TO
    table = centrality(eco, measures=measures, approximate=large, seed=seed)
    first = table.attrs["measure"][0]
    told_from = facts.name(eco.about.focus) if eco.about.focus in eco.kind_of else None
    found = Findings(
        eco=eco,
        counts=kinds(eco),
        table=table,
        rank=ranks(table[first]),
        departures=_departures(facts, table),
        sheets=_sheets(facts, table),
        sheets_of=len(facts.actors),
        shared=_held(facts, SHARED, lambda t: facts.groups(t) == (_ACTOR, _SHARED)),
        capabilities=_held(facts, CAPABILITIES, lambda t: t.kind in CAPABILITY_TIES),
        elsewhere=tuple(t for t in facts.ties if facts.groups(t) == (_OTHER, _OTHER)),
        partnerships=_partnerships(facts),
        told_from=told_from,
        benefits=tuple(t for t in facts.ties if t.benefit),
        clusters=table.iloc[:0] if groups is None else groups,
        gaps=_gaps(facts, table),
        authors=_authors(facts),
    )
    return replace(found, first=tuple(_first(found)))


# -- facts by id -----------------------------------------------------------------------------

_ACTOR, _SHARED, _CAPABILITY, _OTHER = range(4)


def _by_name(name: Name) -> tuple[str, str]:
    return name.text.casefold(), name.id


def _group(kind: str) -> int:
    for group, members in enumerate((SCHEMA.actors, SHARED, CAPABILITIES)):
        if kind in members:
            return group
    return _OTHER


class _Facts:
    """Nodes, ties and receipts of an ecosystem by id."""

    def __init__(self, eco: Ecosystem) -> None:
        self.eco = eco
        receipts = _receipts(eco)
        self.nodes = {
            row["id"]: Node(
                Name(row["name"], row["id"]), row["kind"], row, receipts.get(row["id"], ())
            )
            for row in records(eco.nodes)
        }
        self.ties = tuple(
            Tie(
                row["id"],
                row["kind"],
                self.name(row["source"]),
                self.name(row["target"]),
                row,
                receipts.get(row["id"], ()),
            )
            for row in records(eco.ties)
        )
        self.of: dict[str, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            for end in {tie.source.id, tie.target.id}:
                self.of[end].append(tie)
        self.actors = [i for i, node in self.nodes.items() if node.kind in SCHEMA.actors]

    def name(self, node: str) -> Name:
        return self.nodes[node].name

    def groups(self, tie: Tie) -> tuple[int, int]:
        """Return which sections the two ends belong to, in the report's order."""
        one, other = (_group(self.nodes[end.id].kind) for end in (tie.source, tie.target))
        return min(one, other), max(one, other)

    def also(self, node: str) -> tuple[Tie, ...]:
        """Return the ties of a node that are told with it and nowhere else."""
        group = _group(self.nodes[node].kind)
        return tuple(
            tie
            for tie in self.of[node]
            if tie.kind not in CAPABILITY_TIES
            and self.groups(tie) not in ((_ACTOR, _ACTOR), (_ACTOR, _SHARED))
            and self.groups(tie)[0] == group
            and (self.groups(tie)[1] != group or tie.source.id == node)
        )


def _receipts(eco: Ecosystem) -> dict[str, tuple[Receipt, ...]]:
    number = {source: i for i, source in enumerate(eco.sources["id"], start=1)}
    out: dict[str, list[Receipt]] = defaultdict(list)
    for row in records(eco.evidence):
        source = row["source"]
        receipt = Receipt(
            source, number.get(source, 0), row.get("attribute", ""), row.get("locator", "")
        )
        out[row["fact"]].append(receipt)
    return {fact: tuple(rows) for fact, rows in out.items()}


def _authors(facts: _Facts) -> dict[str, Name]:
    found = {}
    for source, publisher in (
        facts.eco.sources[["id", "publisher"]].dropna().itertuples(index=False)
    ):
        try:
            found[source] = facts.name(facts.eco.resolve(publisher))
        except (UnknownName, AmbiguousName):
            continue
    return found


# -- ranking ---------------------------------------------------------------------------------


def _pieces(eco: Ecosystem, without: Sequence[str] = ()) -> tuple[int, ...]:
    adjacency = eco.weighted_graph(without=without).adjacency
    if adjacency.shape[0] == 0:
        return ()
    _, label = sparse.csgraph.connected_components(adjacency, directed=False)
    return tuple(sorted(map(int, np.bincount(label)), reverse=True))


def _departures(facts: _Facts, table: pd.DataFrame) -> tuple[Departure, ...]:
    first = table.attrs["measure"][0]
    before = _pieces(facts.eco)
    out = []
    for view in counterviews(facts.eco, table)[:MOST_CENTRES]:
        rank = ranks(view.table[first])
        alike = int(rank.dropna().duplicated(keep=False).sum())
        after = _pieces(facts.eco, [view.centre.id])
        out.append(
            Departure(
                facts.name(view.centre.id),
                view.centre,
                view.table,
                rank,
                view.cannot_rank,
                alike,
                before,
                after,
            )
        )
    if not out and len(table) and table[first].iloc[0] > 0:
        node = str(table.index[0])
        rest = table.drop(index=node)
        rank = ranks(rest[first])
        alike = int(rank.dropna().duplicated(keep=False).sum())
        after = _pieces(facts.eco, [node])
        out.append(
            Departure(
                facts.name(node), None, rest, rank, cannot_rank(table[first]), alike, before, after
            )
        )
    return tuple(out)


# -- who is tied to whom ---------------------------------------------------------------------


def _sheets(facts: _Facts, table: pd.DataFrame) -> tuple[Sheet, ...]:
    met, by_id = meetings(facts.eco), {t.id: t for t in facts.ties}
    actors = table.index[table["kind"].isin(SCHEMA.actors)].tolist()[:MOST_SHEETS]
    sheets = []
    for actor in sorted(actors, key=lambda a: _by_name(facts.name(a))):
        ties: dict[str, list[Tie]] = defaultdict(list)
        for tie in facts.of[actor]:
            if facts.groups(tie) == (_ACTOR, _ACTOR):
                ties[tie.other(actor).id].append(tie)
        together: dict[str, list[Meeting]] = defaultdict(list)
        for hub in sorted(met.hubs.get(actor, ()), key=lambda h: _by_name(facts.name(h))):
            members = met.members[hub]
            for other, theirs in members.items():
                if other != actor:
                    inferred = any(
                        all(by_id[t].cells.get("status", STATED) == "inferred" for t in part)
                        for part in (theirs, members[actor])
                    )
                    together[other].append(Meeting(facts.nodes[hub], inferred))
        neighbours = [
            Neighbour(facts.nodes[n], tuple(ties[n]), tuple(together[n]))
            for n in sorted({*ties, *together})
        ]
        neighbours.sort(key=lambda n: (-len(n.ties) - len(n.together), *_by_name(n.node.name)))
        sheets.append(Sheet(facts.nodes[actor], tuple(neighbours), facts.also(actor)))
    return tuple(sheets)


def _held(facts: _Facts, among: Sequence[str], counts: Callable[[Tie], bool]) -> tuple[Held, ...]:
    out = []
    for node_id, node in facts.nodes.items():
        if node.kind in among:
            ties = [t for t in facts.of[node_id] if counts(t)]
            ties.sort(key=lambda t: (_by_name(t.other(node_id)), t.id))
            out.append(Held(node, tuple(ties), facts.also(node_id)))
    return tuple(sorted(out, key=lambda h: (-len(h.holders), *_by_name(h.node.name))))


def _partnerships(facts: _Facts) -> tuple[Partnership, ...]:
    """Pair up directly tied actors with what their ties, and those to what they share, bring."""
    tie = {t.id: t for t in facts.ties}
    table = benefits(facts.eco)
    out = [
        Partnership(facts.name(a), facts.name(b), tuple(tie[t] for t in said))
        for (a, b), said in zip(table.index.to_list(), table["ties"], strict=True)
    ]
    return tuple(sorted(out, key=lambda p: (_by_name(p.a), _by_name(p.b))))


# -- what may come ---------------------------------------------------------------------------


def _outlook(facts: _Facts, found: Findings, seed: int) -> Outlook:
    eco = facts.eco
    cut = brokers(eco)
    alone = Counter(held.holders[0].id for held in sole(found))
    worst = sorted(
        {*cut.index[cut["articulation"]], *alone},
        key=lambda i: (-int(cut["separated"].get(i, 0)), -alone[i], i),
    )
    advised = _advised(facts, found)
    advice = None
    if advised is not None:
        advice = recommend(eco, advised.id, top=MOST_ADVICE, seed=seed)
    return Outlook(
        breaks=tuple(_break(facts, node) for node in worst[:MOST_BREAKS]),
        breaks_of=len(worst),
        bridges=tuple(
            (facts.name(b["a"]), facts.name(b["b"]), b["separated"]) for b in cut.attrs["bridges"]
        ),
        ends=forecast(eco),
        advised=advised,
        advice=advice,
    )


def _break(facts: _Facts, node: str) -> Break:
    table = fragility(facts.eco, leave=node)
    attrs = table.attrs
    return Break(
        name=facts.name(node),
        apart=int(table["fate"].isin(("cut off", "orphaned")).sum()),
        pieces=attrs["after"]["components"],
        lost=tuple(facts.name(c["id"]) for c in attrs["capabilities"]),
        fallen=tuple(facts.name(step["id"]) for step in attrs["cascade_steps"]),
    )


def _advised(facts: _Facts, found: Findings) -> Name | None:
    """Return for whom partners are sought: the focus, the centre of the data, or the first."""
    if found.told_from is not None and found.told_from.id in facts.actors:
        return found.told_from
    centres = [d.name for d in found.departures if d.centre is not None]
    first = [facts.name(i) for i in found.table.index if i in facts.actors]
    return next(iter([*centres, *first]), None)


# -- what is open ----------------------------------------------------------------------------


def _gaps(facts: _Facts, table: pd.DataFrame) -> Gaps:
    eco = facts.eco
    ties, sourced = eco.ties, set(eco.evidence["fact"])
    dated = ties["start"].notna() | ties["end"].notna()
    undated = eco.undated_ties()
    status = ties["status"].fillna(STATED)
    loose = table.index[table["degree"] == 0]
    return Gaps(
        dated=int(dated.sum()),
        borrowed=int((~dated & ~undated).sum()),
        undated=int(undated.sum()),
        inferred=int((status == "inferred").sum()),
        confidences=tuple(ties["confidence"][status == "inferred"].dropna().sort_values()),
        disputed=int((status == "disputed").sum()),
        without_strength=int(ties["strength"].isna().sum()),
        nodes_without_source=tuple(n.name for i, n in facts.nodes.items() if i not in sourced),
        ties_without_source=sum(t.id not in sourced for t in facts.ties),
        loose=tuple(sorted((facts.name(i) for i in loose), key=_by_name)),
        missing=_missing(eco),
    )


def _missing(eco: Ecosystem) -> pd.DataFrame:
    """Count how often an attribute that could be known is known, most often missing first."""
    actors = eco.nodes[eco.nodes["kind"].isin(SCHEMA.actors)]
    projects = eco.nodes[eco.nodes["kind"].isin(SHARED)]
    looked_at = (
        (
            kinds_in_words(SCHEMA.actors),
            "nodes",
            actors,
            "sector sphere level country legal_form url",
        ),
        (kinds_in_words(SHARED), "nodes", projects, "start end"),
        ("ties", "ties", eco.ties, "intensity trust value strength"),
    )
    rows = [
        (
            who,
            SCHEMA.tables[name].columns[column].label(),
            int(frame[column].notna().sum()),
            len(frame),
        )
        for who, name, frame, columns in looked_at
        for column in columns.split()
        if len(frame)
    ]
    return pd.DataFrame(rows, columns=["who", "attribute", "known", "of"])


# -- first findings --------------------------------------------------------------------------


def _first(found: Findings) -> list[Finding]:
    """Put the findings in the order in which a board should hear them, six at most."""
    if found.table.empty:
        what = kinds_in_words(SCHEMA.default_network)
        return [Finding(words("There are no {} in it yet.", what), "counts")]
    out = [_first_rank(found)]
    for departure in found.departures[:1]:
        out += _on_departure(departure)
    out += [*_on_benefits(found), *_sole_holders(found), *_most_shared(found), *_on_dates(found)]
    return out[:6]


def _first_rank(found: Findings) -> Finding:
    table, n = found.table, len(found.table)
    top = found.rank[found.rank == 1].index
    what = kinds_in_words(SCHEMA.default_network)
    names = [Name(found.eco.name_of[node], node) for node in top]
    degree = int(table["degree"].iloc[0])
    if n == 1:
        statement = words("{} is the only one of the {} on record.", names[0], what)
    elif degree == 0:
        statement = words("None of the {} {} is tied to another.", f"{n:,}", what)
    elif n == 2:
        statement = words("{} are tied to each other; there is nobody else.", listed(names))
    elif len(names) == 1:
        pattern = "{} is tied to {} of the {} other {}: the first rank."
        statement = words(pattern, names[0], f"{degree:,}", f"{n - 1:,}", what)
    else:
        pattern = "{} share the first rank: each is tied to {} of the {} other {}."
        statement = words(pattern, listed(names, 4), f"{degree:,}", f"{n - 1:,}", what)
    return Finding(statement, "ranking")


def by_construction(centre: Egocentred, name: Name) -> Words:
    """Say that a rank follows from who wrote the data, and why."""
    if centre.own_source:
        pattern = (
            "The high rank of {} is by construction: it published the source, and is one end of {} "
            "of the {} ties between actors that the source states."
        )
        return words(pattern, name, centre.own_ties, centre.stated_ties)
    pattern = "The high rank of {} is by construction: it is tied to {} of the {} other actors."
    return words(pattern, name, centre.tied_to, centre.others)


def falls_apart(departure: Departure) -> Words:
    """Say into how many pieces the network falls without a node."""
    after, before = departure.after, departure.before
    if not after:
        return words("Without {} nothing is left.", departure.name)
    if len(after) == 1:
        return words("Without {} the others stay in one piece.", departure.name)
    alone = sum(size == 1 for size in after)
    said = f"{many(alone, 'stands', 'stand')} alone" if alone else "none stands alone"
    pattern = (
        "Without {} the network of {} others falls into {} pieces (with it: {}). "
        "The largest has {}; {}."
    )
    sizes = f"{sum(after):,}", f"{len(after):,}", f"{len(before):,}", f"{after[0]:,}"
    return words(pattern, departure.name, *sizes, said)


def _on_departure(departure: Departure) -> list[Finding]:
    out = []
    if departure.centre is not None:
        out.append(Finding(by_construction(departure.centre, departure.name), "ranking"))
    out.append(Finding(falls_apart(departure), "ranking"))
    if departure.centre is not None:
        out.append(Finding(ranks_without(departure), "ranking"))
    return out


def ranks_without(departure: Departure) -> Words:
    """Say who is first without the actor that the data are centred on, or that nobody can say."""
    n = len(departure.table)
    if departure.cannot_rank:
        pattern = (
            "Without {} the data cannot rank the others: {} of {} share their rank with another."
        )
        return words(pattern, departure.name, departure.alike, n)
    top = departure.rank[departure.rank == 1].index
    names = [Name(str(departure.table.at[node, "name"]), node) for node in top]
    verb = "is" if len(names) == 1 else "are"
    return words(
        "Without {}, {} {} first among the others.", departure.name, listed(names, 4), verb
    )


def _most_shared(found: Findings) -> list[Finding]:
    if not found.shared or len(found.shared[0].holders) < 2:
        return []
    most = len(found.shared[0].holders)
    top = [h.node for h in found.shared if len(h.holders) == most]
    actors = kinds_in_words(SCHEMA.actors)
    if len(top) == 1:
        statement = words("{} brings most {} together: {}.", top[0].name, actors, most)
    elif len(top) <= 4:
        names = listed([node.name for node in top])
        statement = words("{} bring most {} together: {} each.", names, actors, most)
    else:
        what = kind_noun(len(top), top[0].kind)
        pattern = "{} {} bring {} {} together each; none brings more."
        statement = words(pattern, f"{len(top):,}", what, most, actors)
    return [Finding(statement, "projects")]


def sole(found: Findings) -> list[Held]:
    """Return the capabilities that one actor alone is tied to."""
    return [h for h in found.capabilities if len(h.holders) == 1]


def _sole_holders(found: Findings) -> list[Finding]:
    if not any(h.holders for h in found.capabilities):
        return []
    total = len(found.capabilities)
    what = f"{total:,} {kind_noun(total, found.capabilities[0].node.kind)}"
    counts = Counter(h.holders[0] for h in sole(found))
    most = [name for name, n in counts.items() if n == max(counts.values())]
    if not counts:
        statement = words("None of {} depends on one actor alone.", what)
    else:
        n = counts.total()
        statement = words("{} of {} {} with one actor alone", n, what, noun(n, "is", "are"))
        if len(most) == 1 and len(counts) > 1:
            statement = words("{}; {} has most of these, {}", statement, most[0], counts[most[0]])
        statement = words("{}.", statement)
    return [Finding(statement, "capabilities")]


def says_benefit(found: Findings) -> Words:
    """Say how many partnerships state what members get."""
    total = len(found.partnerships)
    said = sum(bool(p.benefits) for p in found.partnerships)
    whose = words(" of {}", found.told_from) if found.told_from else ()
    partnerships = noun(total, "partnership")
    if total == 1:
        pattern = "The one partnership{} says {} members get from it."
        return words(pattern, whose, "what" if said else "nothing about what")
    if said in (0, total):
        pattern = "None of the {} {}{} says what members get from it."
        if said:
            pattern = "All {} {}{} say what members get from them."
        return words(pattern, f"{total:,}", partnerships, whose)
    pattern = "{} of the {} {}{} {} what members get from it; {} {} nothing about it."
    silent = total - said
    return words(
        pattern,
        f"{said:,}",
        f"{total:,}",
        partnerships,
        whose,
        noun(said, "says", "say"),
        f"{silent:,}",
        noun(silent, "says", "say"),
    )


def _on_benefits(found: Findings) -> list[Finding]:
    return [Finding(says_benefit(found), "benefits")] if found.partnerships else []


def _on_dates(found: Findings) -> list[Finding]:
    total, gaps = sum(found.counts["ties"].values()), found.gaps
    if not total:
        return []
    ties, have = many(total, "tie"), noun(gaps.undated, "has", "have")
    statement = words("{} of {} {} no date", f"{gaps.undated:,}", ties, have)
    if gaps.inferred:
        follow = noun(gaps.inferred, "follows", "follow")
        pattern = "{}; {} {} from the sources without being said there"
        statement = words(pattern, statement, f"{gaps.inferred:,}", follow)
    return [Finding(words("{}.", statement), "limits")]
