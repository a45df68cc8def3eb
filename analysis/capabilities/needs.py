"""Who can meet whose need: a matching and, where it falls short, the reason.

References
----------
Hopcroft, J. E., Karp, R. M. (1973). An n^5/2 algorithm for maximum matchings in bipartite graphs.
*SIAM Journal on Computing* 2, 225–231. Kuhn, H. W. (1955). The Hungarian method for the assignment
problem. *Naval Research Logistics Quarterly* 2, 83–97. Hall, P. (1935). On representatives of
subsets. *Journal of the London Mathematical Society* 10, 26–30.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.analysis.capabilities.portfolio_options import FIELDS
from partnergraph.analysis.capabilities.portfolios import Portfolios
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA


@dataclass(frozen=True)
class Need:
    """An actor looks for a capability: `tie` states it, `partner` can meet it.

    `importance` is the value that the tie reports, 1 to 4; 1 where it reports none.
    """

    tie: str
    actor: str
    capability: str
    partner: str | None = None
    importance: float = 1.0


@dataclass(frozen=True)
class Matching:
    """As many needs as can be met, each by a partner that holds what is looked for.

    Attributes
    ----------
    matched, unmet
        The needs, by tie id.
    capacity
        Most needs that one partner meets.
    violator
        Empty where all are met; else ``needs`` (tie ids), ``partners`` (all who could meet any of
        these) and ``short``, by how much the needs exceed what these partners can meet. By Hall's
        theorem only another partner, or more capacity, can meet the rest.
    """

    matched: tuple[Need, ...]
    unmet: tuple[Need, ...]
    capacity: int
    violator: dict[str, Any] = field(default_factory=dict)


def match_needs(eco: Ecosystem, folios: Portfolios, *, capacity: int = 1) -> Matching:
    """Match needs with partners that hold what they need: as many as possible, important first.

    Among the matchings that meet the most needs, one with the largest total importance is returned
    (the Hungarian method). Importance never costs a need: sets of needs that can be met together
    are a matroid.

    Parameters
    ----------
    folios
        Who holds what, and with which filters needs are read. A partner does not meet its own need.
    capacity
        Most needs that one partner can meet.

    Raises
    ------
    BadParameter
        If `capacity` is below 1.
    """
    if capacity < 1:
        raise BadParameter(f"capacity={capacity}: give 1 or more")
    left = eco.filtered(folios.options.filters).eco
    ties = left.ties[left.ties["kind"].isin(SCHEMA.sought)]
    needs = [
        Need(tie, actor, what, importance=value)
        for tie, actor, what, value in zip(
            ties["id"], ties["source"], ties["target"], _importance(ties), strict=True
        )
        if left.kind_of[what] in FIELDS
    ]
    column = {c: i for i, c in enumerate(folios.capabilities)}
    holders = folios.holds.tocsc()
    able: list[list[int]] = []
    for need in needs:
        at = column.get(need.capability)
        span = slice(0, 0) if at is None else slice(holders.indptr[at], holders.indptr[at + 1])
        who = sorted(holders.indices[span].tolist())
        able.append([r for r in who if folios.partners[r] != need.actor])
    return _matched(needs, able, folios.partners, capacity)


def _matched(
    needs: list[Need], able: list[list[int]], partners: tuple[str, ...], capacity: int
) -> Matching:
    """Match, each partner counted `capacity` times, and explain what stays open."""
    given = _assigned(able, [need.importance for need in needs], len(partners), capacity)
    met = {n: slot // capacity for n, slot in enumerate(given) if slot < len(partners) * capacity}
    matched = tuple(
        replace(need, partner=partners[met[n]]) for n, need in enumerate(needs) if n in met
    )
    unmet = tuple(need for n, need in enumerate(needs) if n not in met)
    return Matching(matched, unmet, capacity, _violator(needs, able, met, partners, capacity))


def _assigned(
    able: list[list[int]], importance: list[float], partners: int, capacity: int
) -> list[int]:
    """Return the slot of each need; a slot from `partners` × `capacity` on leaves it open."""
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    slots, n = partners * capacity, len(able)
    if not n:
        return []
    rows = [i for i, who in enumerate(able) for _ in who for _ in range(capacity)]
    columns = [p * capacity + c for who in able for p in who for c in range(capacity)]
    # Meeting a need costs 1; leaving it open costs its importance on top.
    costs = np.concatenate([np.ones(len(rows)), 1 + np.array(importance)])
    ends = (np.array([*rows, *range(n)]), np.array([*columns, *range(slots, slots + n)]))
    wanted = sparse.coo_array((costs, ends), shape=(n, slots + n)).tocsr()
    given: list[int] = min_weight_full_bipartite_matching(wanted)[1].tolist()
    return given


def _importance(ties: pd.DataFrame) -> list[float]:
    """Return the value each tie reports, 1 where it reports none."""
    values = pd.to_numeric(ties["value"], errors="coerce")
    return [1.0 if np.isnan(value) else value for value in values.astype("float64").tolist()]


def _violator(
    needs: list[Need],
    able: list[list[int]],
    met: dict[int, int],
    partners: tuple[str, ...],
    capacity: int,
) -> dict[str, Any]:
    """Return the needs reached from those unmet by changing who meets which, and who meets them.

    All who could meet one of these meet another one of these already: they are too few.
    """
    reached = {n for n in range(len(needs)) if n not in met}
    if not reached:
        return {}
    serving: dict[int, list[int]] = {}
    for n, p in met.items():
        serving.setdefault(p, []).append(n)
    front = sorted(reached)
    who: set[int] = set()
    while front:
        new = {p for n in front for p in able[n]} - who
        who |= new
        front = sorted({n for p in new for n in serving.get(p, [])} - reached)
        reached |= set(front)
    return {
        "needs": [needs[n].tie for n in sorted(reached)],
        "partners": [partners[p] for p in sorted(who)],
        "short": len(reached) - capacity * len(who),
    }
