"""Facts of an ecosystem as the report tells them: nodes and ties by id, each with its receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from partnergraph.analysis.centrality import centrality, ranks
from partnergraph.analysis.clusters import Clusters, clusters
from partnergraph.analysis.measures import default_centrality
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, UnknownName
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.findings.finding import Finding
from partnergraph.views.words import (
    Name,
    Words,
    catalogue,
    decimal,
    label_of,
    period_in_words,
    recurrence_in_words,
    told,
)

# With more ties than this, betweenness is estimated, clusters are not compared with random
# networks, and departures and predictors are not tested: each would take minutes.
TESTED_UP_TO = 20_000
# With more than this, clusters alone are not compared with random networks.
COMPARED_UP_TO = 2_000
SHARED = SCHEMA.period_lenders
CAPABILITY_TIES = tuple(
    name
    for name, kind in SCHEMA.tie_kinds.items()
    if kind.source_kinds <= set(SCHEMA.default_network)
    and not kind.target_kinds & set(SCHEMA.default_network)
)
CAPABILITIES = tuple(
    kind
    for kind in SCHEMA.node_kinds
    if any(kind in SCHEMA.tie_kinds[tie].target_kinds for tie in CAPABILITY_TIES)
)
# Sections that list facts, in the report's order; a tie is told in that of its first end.
ACTOR, PROJECT, CAPABILITY, OTHER = range(4)

Found = TypeVar("Found")


def label(kind: str) -> str:
    """Return the label of a tie kind."""
    return label_of(SCHEMA.tie_kinds[kind])


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
        """Its narrower kind where it has one, else its kind."""
        own = self.cells.get("subtype")
        if own is None:
            return label_of(SCHEMA.node_kinds[self.kind])
        key = f"subtypes.{own}"
        return told(key) if key in catalogue() else str(own).replace("_", " ")


@dataclass(frozen=True)
class Tie:
    """A tie: its ends, its filled cells, and its receipts."""

    id: str
    kind: str
    source: Name
    target: Name
    cells: Mapping[str, Any]
    receipts: tuple[Receipt, ...] = ()

    @property
    def ends(self) -> tuple[Name, Name]:
        """Both its ends."""
        return self.source, self.target

    def other(self, node: str) -> Name:
        """Return the end that is not the given node."""
        return self.target if self.source.id == node else self.source

    @property
    def benefit(self) -> str:
        """What the members get from it."""
        return str(self.cells.get("member_benefit", ""))

    @property
    def status(self) -> str:
        """How it stands."""
        return str(self.cells.get("status", SCHEMA.declared))

    @property
    def details(self) -> tuple[str, ...]:
        """Role, period, intensity, amount, and its status unless it is declared, in words."""
        cells, labels = self.cells, SCHEMA.values
        out = [label_of(labels["role"][cells["role"]])] if "role" in cells else []
        out.append(period_in_words(cells.get("start"), cells.get("end")))
        if "intensity" in cells:
            out.append(label_of(labels["intensity"][cells["intensity"]]))
        if "amount" in cells:
            out.append(f"{decimal(cells['amount'], ',.10g')} {cells.get('currency', '')}".strip())
        if self.status != SCHEMA.declared:
            out.append(label_of(labels["status"][self.status]))
            if "confidence" in cells:
                sure = decimal(cells["confidence"], ".10g")
                out[-1] = told("report.confidence", status=out[-1], sure=sure)
        return tuple(part for part in out if part)


class Facts:
    """Nodes, ties and receipts of an ecosystem by id, and its ranking.

    Parameters
    ----------
    whole
        The ecosystem.
    at
        The day of the report: only what may have existed then counts, see `Ecosystem.at`.
    seed
        Random seed.
    measures
        Measures of centrality, the first of which ranks.
    duplicates
        Pairs of nodes that may be the same, as `partnergraph.identities` returns them.
    since
        An earlier day, or an earlier edition, that the report compares with; None for none.
    """

    def __init__(
        self,
        whole: Ecosystem,
        *,
        at: str | None = None,
        seed: int = 0,
        measures: Sequence[str] | None = None,
        duplicates: pd.DataFrame | None = None,
        since: str | Ecosystem | None = None,
    ) -> None:
        self.whole = whole
        self.at = at
        self.since = since
        self.eco = eco = whole if at is None else whole.at(at)
        self.duplicates = duplicates
        self.findings: tuple[Finding, ...] = ()
        self.pictured = False  # whether the network is drawn already
        self.seed = seed
        self.measures = measures or default_centrality()
        self.tested_up_to = TESTED_UP_TO
        self.found: dict[object, Any] = {}
        receipts = _receipts(eco)
        self.nodes = {
            row["id"]: Node(Name(row["name"], row["id"]), row["kind"], row, receipts[row["id"]])
            for row in records(eco.nodes)
        }
        self.ties = tuple(
            Tie(
                row["id"],
                row["kind"],
                self.name(row["source"]),
                self.name(row["target"]),
                row,
                receipts[row["id"]],
            )
            for row in records(eco.ties)
        )
        self.of: dict[str, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            for end in {tie.source.id, tie.target.id}:
                self.of[end].append(tie)
        self.actors = [i for i, node in self.nodes.items() if node.kind in SCHEMA.actors]

    @property
    def large(self) -> bool:
        """Whether there are too many ties to test what would take minutes."""
        return len(self.ties) > self.tested_up_to

    @property
    def compared(self) -> bool:
        """Whether clusters are compared with random networks."""
        return len(self.ties) <= min(COMPARED_UP_TO, self.tested_up_to)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The centrality table."""
        options: dict[str, Any] = {"approximate": self.large, "seed": self.seed}
        return centrality(self.eco, measures=self.measures, **options)

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The centrality of those that act, who are ranked among themselves; of all if none act."""
        return acting(self.table)

    @cached_property
    def rank(self) -> pd.Series:
        """The rank by the first measure of those that act."""
        return ranks(self.ranked[self.table.attrs["measure"][0]])

    @cached_property
    def two_modes(self) -> bool:
        """Whether ties only lead from those that act to projects, so that none can close."""
        ends = self.eco.weighted_graph()
        act = np.isin(ends.kinds, SCHEMA.actors)
        pairs = ends.adjacency.tocoo()
        return bool(pairs.nnz) and bool((act[pairs.row] != act[pairs.col]).all())

    @cached_property
    def divided(self) -> Clusters:
        """The clusters, compared with random networks unless there are too many ties."""
        return clusters(self.eco, seed=self.seed, nulls=None if self.compared else 0)

    @cached_property
    def everything(self) -> Facts:
        """The facts of the whole ecosystem, whatever its dates."""
        return self if self.eco is self.whole else Facts(self.whole, seed=self.seed)

    def of_fact(self, fact: str) -> tuple[Tie, ...]:
        """Return the tie with an id; none where it is the id of a node."""
        return tuple(self._tie[fact] for _ in range(fact in self._tie))

    @cached_property
    def _tie(self) -> Mapping[str, Tie]:
        return {tie.id: tie for tie in self.ties}

    @property
    def asked(self) -> dict[str, Any]:
        """The options that every question of the report has."""
        return {} if self.at is None else {"at": self.at}

    def said(self, claim: str, about: str = "", part: str = "found") -> Words:
        """Return what is found under a claim, of a node where one is given; blank for nothing."""
        for finding in self.findings:
            if finding.claim == claim and about in ("", *finding.who.get("name", ())):
                return finding.said(self.whole.name_of, part)
        return ()

    @cached_property
    def focus(self) -> Name | None:
        """The node that the ecosystem is about."""
        focus = self.eco.about.focus
        return self.name(focus) if focus in self.nodes else None

    @cached_property
    def authors(self) -> dict[str, Name]:
        """By source id, the node that published it, where it is one."""
        found = {}
        sources = self.eco.sources[["id", "publisher"]].dropna()
        for source, publisher in sources.itertuples(index=False):
            try:
                found[source] = self.name(self.eco.resolve(publisher))
            except (UnknownName, AmbiguousName):
                continue
        return found

    def name(self, node: str) -> Name:
        """Return the name of a node."""
        return self.nodes[node].name

    def names(self, nodes: Iterable[str]) -> list[Name]:
        """Return the names of nodes."""
        return [self.name(node) for node in nodes]

    def groups(self, tie: Tie) -> tuple[int, int]:
        """Return which sections the two ends belong to, in the report's order."""
        one, other = sorted(_group(self.nodes[end.id].kind) for end in (tie.source, tie.target))
        return one, other

    def also(self, node: str) -> tuple[Tie, ...]:
        """Return the ties of a node that are told with it and nowhere else."""
        group = _group(self.nodes[node].kind)
        return tuple(
            tie
            for tie in self.of[node]
            if tie.kind not in CAPABILITY_TIES
            and self.groups(tie) not in ((ACTOR, ACTOR), (ACTOR, PROJECT))
            and self.groups(tie)[0] == group
            and (self.groups(tie)[1] != group or tie.source.id == node)
        )


def once(find: Callable[[Facts], Found]) -> Callable[[Facts], Found]:
    """Return a function that finds something of the same facts only once."""

    @wraps(find)
    def finder(facts: Facts) -> Found:
        if find not in facts.found:
            facts.found[find] = find(facts)
        found: Found = facts.found[find]
        return found

    return finder


def acting(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of nodes that act; all where none does."""
    act = table["kind"].isin(SCHEMA.actors)
    found = table[act] if act.any() else table
    found.attrs = table.attrs
    return found


def by_name(name: Name) -> tuple[str, str]:
    """Return the key that sorts names."""
    return name.text.casefold(), name.id


def _group(kind: str) -> int:
    for group, members in enumerate((SCHEMA.actors, SHARED, CAPABILITIES)):
        if kind in members:
            return group
    return OTHER


def _receipts(eco: Ecosystem) -> Mapping[str, tuple[Receipt, ...]]:
    number = {source: i for i, source in enumerate(eco.sources["id"], start=1)}
    out: dict[str, tuple[Receipt, ...]] = defaultdict(tuple)
    for row in records(eco.evidence):
        source = row["source"]
        place = row.get("attribute", ""), row.get("locator", "")
        out[row["fact"]] += (Receipt(source, number.get(source, 0), *place),)
    return out
