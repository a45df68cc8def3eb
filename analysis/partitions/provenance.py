r"""Whether clusters follow the structure of the source: its files, or the places within them.

Who writes up partners a paragraph, a sheet or a page at a time may give the network clusters that
tell how it was written up, and not who works with whom. Each node gets the place that states most
of its ties; how much these places and the clusters tell about each other is their adjusted mutual
information, at most 1 (`partnergraph.analysis.partitions.agreement`). It is held against the same
with the places dealt to the ties at random. Of the files and the places within them, what agrees
more with the clusters counts, in the data and in each deal.

Where it is high, clusters and source cannot be told apart: the source may be arranged by groups
that exist, or the groups are those of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.analysis.partitions.agreement import adjusted_mutual_information
from partnergraph.graph.folding.significance import ALPHA

# From here on, clusters are said to follow the source.
HIGH = 0.5
# A part of a locator that counts facts, and not places that hold several.
COUNTING = re.compile(
    r"(rows?|records?|lines?|characters?|cells?|columns?)\b.*|[\d\s:.,–-]+", re.IGNORECASE
)

Verdict = Literal["follow", "apart", "untold"]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Provenance:
    """How far clusters follow the source.

    Attributes
    ----------
    verdict
        ``follow``: the agreement is high, .5 or more, and more than chance gives (p ≤ .05);
        ``apart``: it is not; ``untold``: the ties rest on one place, or no receipt names any.
    level
        What agrees most with the clusters: ``source`` or ``place``; blank where untold.
    places
        How many of these there are.
    members
        How many nodes have a cluster and a tie with a place.
    agreement
        Adjusted mutual information of clusters and places; NaN where untold, as are the next.
    null_mean, p
        Its mean over random deals, and the share of these, with the data, that reach it.
    nulls
        Number of random deals.
    """

    verdict: Verdict
    level: Literal["source", "place", ""] = ""
    places: int = 0
    members: int = 0
    agreement: float = float("nan")
    null_mean: float = float("nan")
    p: float = float("nan")
    nulls: int = 0


def provenance(
    clusters: pd.Series,
    ties: pd.DataFrame,
    evidence: pd.DataFrame,
    *,
    nulls: int = 99,
    seed: int = 0,
) -> Provenance:
    """Hold clusters against the places in the sources that state their ties.

    Parameters
    ----------
    clusters
        The cluster of each node, indexed by node; 0 and missing are none.
    ties
        The ties of the network that was divided: ``id``, ``source``, ``target``.
    evidence
        The receipts: ``fact``, ``source``, ``locator``.
    nulls
        Number of random deals.
    seed
        Random seed.
    """
    of = clusters[clusters.notna() & (clusters > 0)].astype("int64")
    receipts = evidence[evidence["fact"].isin(ties["id"])]
    levels = {"source": receipts["source"], "place": places(receipts)}
    levels = {name: where for name, where in levels.items() if where.nunique() > 1}
    told = {name: _Votes.of(of, ties, receipts["fact"], where) for name, where in levels.items()}
    told = {name: votes for name, votes in told.items() if votes.places > 1}
    if not told or of.nunique() < 2:
        return Provenance("untold")
    random = np.random.default_rng(seed)
    found = {name: votes.agreement(votes.place) for name, votes in told.items()}
    best = max(found, key=lambda name: found[name])
    drawn = np.array(
        [
            max(votes.agreement(random.permutation(votes.place)) for votes in told.values())
            for _ in range(nulls)
        ]
    )
    p = float((1 + (drawn >= found[best]).sum()) / (1 + nulls))
    return Provenance(
        verdict="follow" if found[best] >= HIGH and p <= ALPHA else "apart",
        level="source" if best == "source" else "place",
        places=told[best].places,
        members=told[best].members,
        agreement=found[best],
        null_mean=float(drawn.mean()) if nulls else float("nan"),
        p=p if nulls else float("nan"),
        nulls=nulls,
    )


def places(receipts: pd.DataFrame) -> pd.Series:
    """Return the place of each receipt: its source and the paragraph, page or sheet within it.

    >>> places(pd.DataFrame({"source": "book", "locator": ["page 6, row 2", "row 3"]})).tolist()
    ['book, page 6', 'book']
    """
    known = {text: _place(text) for text in receipts["locator"].dropna().unique()}
    within = receipts["locator"].astype(object).map(lambda text: known.get(text, ""))
    return receipts["source"].astype(object) + within.where(within == "", ", " + within)


def _place(locator: str) -> str:
    parts = [part.strip() for part in locator.split(",")]
    while parts and COUNTING.fullmatch(parts[-1]):
        parts.pop()
    return ", ".join(parts)


@dataclass(frozen=True, eq=False)
class _Votes:
    """Each place that states a tie, once, and the ends of that tie: it has a vote for each."""

    place: Ints
    ends: tuple[Ints, Ints]
    cluster: Ints
    places: int

    @classmethod
    def of(
        cls, cluster: pd.Series, ties: pd.DataFrame, fact: pd.Series, where: pd.Series
    ) -> _Votes:
        """Return the votes for the members of clusters; −1 is an end that has none."""
        rows = pd.DataFrame({"id": fact, "place": where}).drop_duplicates()
        rows = rows.merge(ties[["id", "source", "target"]], on="id")
        one, other = (
            cluster.index.get_indexer(pd.Index(rows[end])) for end in ("source", "target")
        )
        rows, counts = rows[(one >= 0) | (other >= 0)], (one >= 0) | (other >= 0)
        code, names = pd.factorize(rows["place"])
        ends = one[counts].astype(np.int64), other[counts].astype(np.int64)
        return cls(code.astype(np.int64), ends, cluster.to_numpy(), len(names))

    @property
    def members(self) -> int:
        """How many nodes have a vote."""
        return len(np.setdiff1d(np.concatenate(self.ends), [-1]))

    def agreement(self, place: Ints) -> float:
        """Return the adjusted mutual information of clusters and the places with most votes."""
        node, vote = np.concatenate(self.ends), np.concatenate([place, place])
        cell, count = np.unique((node * self.places + vote)[node >= 0], return_counts=True)
        nodes, votes = np.divmod(cell, self.places)
        order = np.lexsort((votes, -count, nodes))
        first = order[np.flatnonzero(np.diff(nodes[order], prepend=-1))]
        return adjusted_mutual_information(self.cluster[nodes[first]], votes[first])
