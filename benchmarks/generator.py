"""Ecosystems of any size, drawn with a seed, that look like those of a federation or a city.

Communities of very different sizes; a few actors that everybody knows; projects with two to a
dozen participants who mostly come from one community; members of networks; capabilities that are
offered and needed; periods, levels, countries and spheres in shares as real registers have them;
about three ties for every node. Names are put together from syllables: none is anybody's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem

SIZES = (250, 2_000, 10_000, 50_000)
TIES_PER_NODE = 3
SHARES = {"organisation": 0.62, "network": 0.03, "project": 0.25, "capability": 0.07, "place": 0.03}
TIE_SHARES = {
    "participates_in": 0.40,
    "partner_of": 0.22,
    "member_of": 0.14,
    "offers": 0.08,
    "located_in": 0.08,
    "funds": 0.04,
    "needs": 0.03,
    "hosts": 0.01,
}
STARTS = ["bel", "vor", "lan", "mi", "sol", "tra", "co", "dor", "fe", "ga", "no", "pra", "ru", "te"]
MIDDLES = ["a", "da", "le", "mo", "ri", "so", "ta", "ven", "li", "be"]
ENDS = ["ris", "na", "to", "lia", "mont", "dam", "ville", "stra", "gem", "lux", "ne"]
FORMS = {
    "organisation": ["Co-operative", "Foundation", "Association", "University", "Agency", "Works"],
    "network": ["Federation", "Alliance", "Platform", "Network"],
    "project": ["programme", "study", "week", "pilot", "incubator", "charter"],
    "capability": ["advice", "training", "credit", "housing", "repair", "research"],
    "place": ["", "Bridge", "Harbour", "Hill"],
}
RNG = np.random.Generator
Column = NDArray[Any]


def ecosystem(nodes: int, *, seed: int = 0) -> Ecosystem:
    """Return an ecosystem of so many nodes and about three times as many ties."""
    rng = np.random.default_rng(seed)
    kinds = _kinds(nodes)
    community = _communities(rng, nodes)
    weight = np.minimum(rng.pareto(1.7, nodes) + 0.4, nodes**0.5)
    b = EcosystemBuilder(name=f"generated-{nodes}", title=f"{nodes:,} generated nodes")
    b.source("register", title="Generated register", published="2024")
    b.add_table("nodes", _nodes(rng, kinds))
    b.add_table("ties", _ties(rng, kinds, community, weight))
    return b.build()


def _kinds(nodes: int) -> Column:
    """Kinds in fixed shares, one of each at least; organisations take what is left."""
    counts = {kind: max(1, round(share * nodes)) for kind, share in SHARES.items()}
    counts["organisation"] += nodes - sum(counts.values())
    return np.repeat(list(counts), list(counts.values()))


def _communities(rng: RNG, nodes: int) -> Column:
    """The community of each node, independent of its kind."""
    sizes: list[int] = []
    while sum(sizes) < nodes:
        sizes.append(int(min(10 + 25 * rng.pareto(1.2), max(nodes / 7, 30))))
    return rng.permutation(np.repeat(np.arange(len(sizes)), sizes)[:nodes])


def _nodes(rng: RNG, kinds: Column) -> pd.DataFrame:
    n = len(kinds)
    ids = np.array([f"n{i}" for i in range(n)])
    acts = np.isin(kinds, ["organisation", "network"])
    project = kinds == "project"
    year = rng.integers(1995, 2024, n)
    length = rng.integers(0, 6, n)

    def drawn(values: list[str], shares: list[float], where: Column) -> Column:
        return np.where(where, rng.choice(values, n, p=shares), None)

    return pd.DataFrame(
        {
            "id": ids,
            "kind": kinds,
            "name": _names(rng, kinds),
            "subtype": drawn(["project", "event", "study"], [0.6, 0.25, 0.15], project),
            "sector": drawn(["public", "private", "third"], [0.25, 0.2, 0.55], acts),
            "sphere": drawn(
                ["academic", "economic", "cultural", "political"], [0.2, 0.45, 0.25, 0.1], acts
            ),
            "level": drawn(
                ["local", "regional", "national", "international"], [0.4, 0.3, 0.2, 0.1], acts
            ),
            "country": drawn(
                ["BE", "FR", "NL", "DE", "IT", "ES"], [0.45, 0.25, 0.1, 0.1, 0.05, 0.05], acts
            ),
            "start": np.where(project, year.astype(str), None),
            "end": np.where(project & (year + length < 2024), (year + length).astype(str), None),
        }
    )


def _names(rng: RNG, kinds: Column) -> list[str]:
    parts = [rng.choice(part, len(kinds)) for part in (STARTS, MIDDLES, ENDS)]
    forms = {kind: rng.choice(words, len(kinds)) for kind, words in FORMS.items()}
    stems = ["".join(p).capitalize() for p in zip(*parts, strict=True)]
    return [f"{s} {forms[k][i]}".strip() for i, (s, k) in enumerate(zip(stems, kinds, strict=True))]


def _ties(rng: RNG, kinds: Column, community: Column, weight: Column) -> pd.DataFrame:
    """Ties of every kind in their shares; four in five within a community."""
    whole = TIES_PER_NODE * len(kinds)
    frames = [
        _of_kind(rng, kind, round(share * whole), kinds, community, weight)
        for kind, share in TIE_SHARES.items()
    ]
    return pd.concat(frames, ignore_index=True)


TARGETS = {
    "participates_in": ["project"],
    "partner_of": ["organisation", "network"],
    "member_of": ["network"],
    "offers": ["capability"],
    "needs": ["capability"],
    "located_in": ["place"],
    "funds": ["project"],
    "hosts": ["project"],
}


def _of_kind(
    rng: RNG, kind: str, count: int, kinds: Column, community: Column, weight: Column
) -> pd.DataFrame:
    source = _ends(rng, count, np.isin(kinds, ["organisation", "network"]), community, weight, None)
    # Whom a tie goes to: within the community of its source in four of five.
    near = np.where(rng.random(count) < 0.8, community[source], -1)
    target = _ends(rng, count, np.isin(kinds, TARGETS[kind]), community, weight, near)
    apart = source != target
    ties = pd.DataFrame({"source": source[apart], "target": target[apart]}).drop_duplicates()
    n = len(ties)
    year = rng.integers(2000, 2024, n)
    dated = rng.random(n) < 0.5
    roles = rng.choice(["partner", "lead", "host"], n, p=[0.75, 0.2, 0.05])
    role = np.where(kind == "participates_in", roles, None)
    status = rng.choice(
        ["declared", "confirmed", "inferred", "disputed"], n, p=[0.7, 0.2, 0.08, 0.02]
    )
    return ties.assign(
        kind=kind,
        source=np.char.add("n", ties["source"].to_numpy().astype(str)),
        target=np.char.add("n", ties["target"].to_numpy().astype(str)),
        role=role,
        start=np.where(dated, year.astype(str), None),
        status=status,
    )


def _ends(
    rng: RNG, count: int, among: Column, community: Column, weight: Column, near: Column | None
) -> Column:
    """Draw nodes by weight, within a given community where that has any."""
    rows = np.flatnonzero(among)
    rows = rows[np.argsort(community[rows], kind="stable")]
    upto = np.r_[0, np.cumsum(weight[rows])]
    groups = int(community.max()) + 1
    first = np.searchsorted(community[rows], np.arange(groups + 1))
    low, high = np.zeros(count), np.full(count, upto[-1])
    if near is not None:
        inside = near >= 0
        inside[inside] = first[near[inside]] < first[near[inside] + 1]
        low[inside], high[inside] = upto[first[near[inside]]], upto[first[near[inside] + 1]]
    drawn = np.searchsorted(upto, low + rng.random(count) * (high - low), side="right") - 1
    return np.asarray(rows[np.clip(drawn, 0, len(rows) - 1)])
