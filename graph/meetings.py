"""Who meets whom: nodes with a tie between them, and nodes that take part in the same hub."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA


@dataclass(frozen=True, eq=False)
class Meetings:
    """Direct ties and hubs of some nodes.

    Attributes
    ----------
    direct
        Ids of the ties between two nodes, by their ids in ascending order.
    members
        By hub, the ids of the ties by which each node takes part in it.
    """

    direct: Mapping[tuple[str, str], list[str]]
    members: Mapping[str, Mapping[str, list[str]]]

    @cached_property
    def hubs(self) -> Mapping[str, frozenset[str]]:
        """The hubs each node takes part in."""
        found: dict[str, set[str]] = {}
        for hub, ties in self.members.items():
            for node in ties:
                found.setdefault(node, set()).add(hub)
        return {node: frozenset(hubs) for node, hubs in found.items()}

    def together(self, a: str, b: str) -> list[str]:
        """Return the hubs that both nodes take part in, in the order of ids."""
        return sorted(self.hubs.get(a, frozenset()) & self.hubs.get(b, frozenset()))

    def between(self, a: str, b: str) -> list[str]:
        """Return the ties between two nodes, then those of either to the hubs they share."""
        ends = (min(a, b), max(a, b))
        through = (self.members[hub][end] for hub in self.together(a, b) for end in ends)
        return [*self.direct.get(ends, ()), *(tie for ties in through for tie in ties)]


def meetings(
    eco: Ecosystem, who: Collection[str] | None = None, *, hubs: Iterable[str] | None = None
) -> Meetings:
    """Return who meets whom, ties that tell history left out.

    Parameters
    ----------
    who
        Ids of the nodes that meet; all actors by default.
    hubs
        Node kinds of the hubs; all kinds by default.
    """
    kind_of = eco.kind_of
    inside = {n for n, kind in kind_of.items() if kind in SCHEMA.actors} if who is None else who
    wanted = set(SCHEMA.node_kinds if hubs is None else hubs)
    direct: dict[tuple[str, str], list[str]] = {}
    members: dict[str, dict[str, list[str]]] = {}
    ties = eco.ties[["id", "kind", "source", "target"]]
    for tie, kind, a, b in zip(*(ties[column] for column in ties), strict=True):
        if a not in inside or kind in SCHEMA.history:
            continue
        if b in inside and a != b:
            direct.setdefault((min(a, b), max(a, b)), []).append(tie)
        if kind in SCHEMA.folding and kind_of[b] in wanted:
            members.setdefault(b, {}).setdefault(a, []).append(tie)
    return Meetings(direct, members)
