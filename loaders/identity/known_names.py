"""Names that are known already, to recognise them in what is read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import normalise
from partnergraph.loaders.identity.pairs import lookup_keys
from partnergraph.loaders.identity.rules import REVIEW, Match, compare


@dataclass(frozen=True)
class Known:
    """A body that is known: its id, name, kind and country."""

    id: str
    name: str
    kind: str | None = None
    country: str | None = None


@dataclass
class KnownNames:
    """The names and aliases of the bodies of an ecosystem.

    >>> from partnergraph.loaders.load import example, load
    >>> known = KnownNames.of(load(example("smart")))
    >>> body, match = known.best("UCL")
    >>> body.id, match.reason
    ('uclouvain', 'acronym = initials')
    """

    by_id: dict[str, Known] = field(default_factory=dict)
    _by_key: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _blocks: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, eco: Ecosystem) -> KnownNames:
        """Collect the names and aliases of an ecosystem's actors and projects."""
        found = cls()
        for node in eco.nodes.to_dict("records"):
            if node["kind"] in SCHEMA.default_network:
                country = node["country"] if isinstance(node["country"], str) else None
                found.add(Known(node["id"], node["name"], node["kind"], country))
        for alias in eco.aliases.to_dict("records"):
            if alias["node"] in found.by_id:
                found.add(found.by_id[alias["node"]], alias["alias"])
        return found

    def add(self, known: Known, name: str | None = None) -> None:
        """Add a body, or another name for it."""
        self.by_id[known.id] = known
        text = name or known.name
        bare = normalise(text)
        if known.id not in self._by_key[bare.key]:
            self._by_key[bare.key].append(known.id)
        for token in lookup_keys(bare):
            self._blocks[token].append((text, known.id))

    def exact(self, name: str) -> Known | None:
        """Return the only body whose name or alias equals this name once normalised, if any."""
        found = self._by_key.get(normalise(name).key, [])
        return self.by_id[found[0]] if len(found) == 1 else None

    def best(
        self, name: str, *, kind: str | None = None, country: str | None = None
    ) -> tuple[Known, Match] | None:
        """Return the body whose name or alias is most similar, with the match, from .70 on."""
        bare = normalise(name)
        found: dict[tuple[str, str], None] = {}
        for token in lookup_keys(bare):
            found |= dict.fromkeys(self._blocks.get(token, ())[:400])
        best: tuple[Match, Known] | None = None
        for text, id in found:
            body = self.by_id[id]
            match = compare(bare, text, kinds=(kind, body.kind), countries=(country, body.country))
            if best is None or (match.score, id) > (best[0].score, best[1].id):
                best = match, body
        return (best[1], best[0]) if best and best[0].score >= REVIEW else None
