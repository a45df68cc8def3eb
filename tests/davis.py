"""Davis' Southern women as an ecosystem, and the figures that other programs give for it.

The women are organisations `n00` … `n17`, the events `e01` … `e14`, in networkx' order; names are
those of networkx' graph. Women 0 and 13 are the pair that the figures are about.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference/complementarity.json").read_text(encoding="utf-8")
)
WOMEN = tuple(f"n{i:02d}" for i in range(18))
EVENTS = tuple(f"e{i:02d}" for i in range(1, 15))
PAIRS = tuple((a, b) for i, a in enumerate(WOMEN) for b in WOMEN[i + 1 :])


def davis(columns: str = "capability", via: str = "offers") -> Ecosystem:
    """Return it with the events as capabilities, or as projects that the women took part in."""
    graph = nx.davis_southern_women_graph()
    sides = [[n for n, d in graph.nodes(data=True) if d["bipartite"] == x] for x in (0, 1)]
    ids = dict(zip(sides[0], WOMEN, strict=True)) | dict(zip(sides[1], EVENTS, strict=True))
    b = EcosystemBuilder(name="davis")
    for kind, side in zip(("organisation", columns), sides, strict=True):
        for name in side:
            b.node(ids[name], kind=kind, name=name)
    for one, other in graph.edges:
        b.tie(via, *sorted((ids[one], ids[other]), reverse=True))
    return b.build()
