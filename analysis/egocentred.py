"""Whether an ecosystem is a star because one actor recorded its own ties.

A page in which one organisation names its partners ties that organisation to everybody, and so it
tops every ranking by construction. An ecosystem is *ego-centred* on an actor when

- the actor is tied to at least 80 % of the other actors, as fewer than half of the actors are, or
- all receipts of actor ties come from sources that the actor published, or
- it published a source and is an end of at least 80 % of the actor ties which that source states

(actor ties link two actors). Only authorship makes a high rank one by construction. Ranks are then
to be read with and without that actor; and where half or more of the others are tied in rank, the
data cannot rank them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from partnergraph.analysis.centrality import centrality, ranks
from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AmbiguousName, UnknownName
from partnergraph.graph.schema import SCHEMA

THRESHOLD = 0.8
FEWEST_ACTORS = 4


@dataclass(frozen=True)
class Egocentred:
    """An actor that the ecosystem is centred on, and why.

    Attributes
    ----------
    id, name
        The actor.
    tied_to, others
        How many of how many other actors it is tied to.
    own_source
        Id of the source that the actor published and that is about its own ties; blank for none.
    own_ties, stated_ties
        How many of the actor ties which that source states have the actor as an end.
    """

    id: str
    name: str
    tied_to: int
    others: int
    own_source: str = ""
    own_ties: int = 0
    stated_ties: int = 0

    @property
    def reason(self) -> str:
        """The reason in one sentence."""
        parts = []
        if self.others and self.tied_to >= THRESHOLD * self.others:
            parts.append(f"{self.name} is tied to {self.tied_to} of the {self.others} other actors")
        if self.own_source:
            parts.append(
                f"{self.name} published the source {self.own_source} and is an end of "
                f"{self.own_ties} of the {self.stated_ties} ties between actors that it states"
            )
        why = ": its high rank is by construction" if self.own_source else ""
        return f"{', and '.join(parts)}{why}"


@question
def egocentred(eco: Ecosystem) -> list[Egocentred]:
    """List the actors that an ecosystem is centred on, by id; empty where there are none."""
    kind_of = eco.kind_of
    ties = eco.ties
    ties = ties[ties["status"] != SCHEMA.disputed]
    between = ties["source"].map(kind_of).isin(SCHEMA.actors)
    between &= ties["target"].map(kind_of).isin(SCHEMA.actors)
    between &= (ties["source"] != ties["target"]) & ~ties["kind"].isin(SCHEMA.history)
    ties = ties[between]
    actors = [node for node, kind in kind_of.items() if kind in SCHEMA.actors]
    if len(actors) < FEWEST_ACTORS or ties.empty:
        return []
    ends = pd.concat(
        [
            pd.DataFrame({"a": ties["source"], "b": ties["target"], "tie": ties["id"]}),
            pd.DataFrame({"a": ties["target"], "b": ties["source"], "tie": ties["id"]}),
        ]
    )
    neighbours = ends.groupby("a")["b"].nunique()
    others = len(actors) - 1
    published = _own_sources(eco, ends)
    centres = set(neighbours.index[neighbours >= THRESHOLD * others])
    # Where most are tied to most, nobody stands out.
    found = set(published) | (centres if 2 * len(centres) < len(actors) else set())
    return [
        Egocentred(
            id=node,
            name=eco.name_of[node],
            tied_to=int(neighbours.get(node, 0)),
            others=others,
            **published.get(node, {}),
        )
        for node in sorted(found)
    ]


def _own_sources(eco: Ecosystem, ends: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return, by actor, the source it published that is mostly about its own ties."""
    found: dict[str, dict[str, Any]] = {}
    evidence = eco.evidence[["fact", "source"]].drop_duplicates()
    for source, publisher in eco.sources[["id", "publisher"]].dropna().itertuples(index=False):
        try:
            node = eco.resolve(publisher)
        except (UnknownName, AmbiguousName):
            continue
        stated = ends[ends["tie"].isin(evidence["fact"][evidence["source"] == source])]
        total = stated["tie"].nunique()
        own = int((stated["a"] == node).sum())
        if total and own >= THRESHOLD * total and own > found.get(node, {}).get("own_ties", 0):
            found[node] = {"own_source": source, "own_ties": own, "stated_ties": total}
    return found


@dataclass(frozen=True)
class Counterview:
    """A centrality table without the actor that the data are centred on.

    Attributes
    ----------
    centre
        The actor left out, and why.
    table
        The centrality of all others without it.
    cannot_rank
        Whether half or more of the others are tied in the first measure.
    """

    centre: Egocentred
    table: pd.DataFrame
    cannot_rank: bool


@question
def counterviews(eco: Ecosystem, table: pd.DataFrame) -> list[Counterview]:
    """Repeat a centrality table without each actor that the ecosystem is centred on.

    Parameters
    ----------
    table
        What `partnergraph.centrality` returned for the ecosystem; its measures and options are
        used again. Actors that are not in it are passed over.
    """
    views = []
    for centre in egocentred(eco):
        if centre.id not in table.index:
            continue
        options = dict(table.attrs["parameters"])
        options["without"] = [*_listed(options.get("without", ())), centre.id]
        rest = centrality(eco, measures=table.attrs["measure"], **options)
        views.append(Counterview(centre, rest, cannot_rank(rest[table.attrs["measure"][0]])))
    return views


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def cannot_rank(values: pd.Series) -> bool:
    """Return whether half or more of the values share their rank with another."""
    known = ranks(values.dropna())
    return len(known) > 1 and 2 * int(known.duplicated(keep=False).sum()) >= len(known)
