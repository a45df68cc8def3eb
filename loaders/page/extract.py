"""From a document to candidates: our rules, others' extractors, and the default tie.

Whatever an extractor hands over, the core keeps only what quotes the text word for word and stays
within the vocabulary; the rest is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import Candidate, verbatim
from partnergraph.loaders.page.document import Document, read_document
from partnergraph.loaders.page.names import Actor, find_names
from partnergraph.loaders.page.relations import Relations

GROUP = "partnergraph.extractors"
DEFAULT_CONFIDENCE = 0.3
MOST_SHOWN = 12


@dataclass(frozen=True)
class Read:
    """A document, what it may say, and what was refused.

    Attributes
    ----------
    said
        What was recognised, assumed or refused, a sentence each.
    """

    document: Document
    publisher: str
    candidates: tuple[Candidate, ...]
    said: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return what ``read --format json`` prints."""
        found = [c.as_dict() for c in self.candidates]
        return {"document": self.document.lines(), "candidates": found}


def read_page(
    path: str | Path, *, publisher: str, language: str = "auto", known: KnownNames | None = None
) -> Read:
    """Read a page into candidates.

    Parameters
    ----------
    publisher
        Whose page it is: "we" on it, and the partner of whoever else is named.
    language
        nl, fr or en; by default each block's own.
    known
        Names that are known already, see `partnergraph.loaders.identity.known_names.KnownNames`.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency, BadParameter
        Where the page cannot be read, or the publisher is blank.
    """
    document = read_document(Path(path), language=language)
    return read_candidates(document, publisher=publisher, known=known)


def read_candidates(
    document: Document,
    *,
    publisher: str,
    known: KnownNames | None = None,
    extractors: Iterable[Callable[..., Iterable[Candidate]]] | None = None,
) -> Read:
    """Read a document that is open already; see `read_page`.

    Parameters
    ----------
    extractors
        Instead of those that are installed under ``partnergraph.extractors``.
    """
    publisher = " ".join(publisher.split())
    if not any(c.isalnum() for c in publisher):
        raise BadParameter("the publisher has no name. Say whose page it is")
    said = list(document.said)
    found = list(_by_rules(document, publisher, known, said))
    for extractor in _installed() if extractors is None else extractors:
        found += _from(extractor, document, known, said)
    kept, refused = [], 0
    for candidate in found:
        problem = verbatim(document, candidate)
        if problem:
            refused += 1
            said.append(f"refused a candidate of {candidate.extractor}: {problem}")
        else:
            kept.append(candidate)
    if refused > 20:
        said = [s for s in said if not s.startswith("refused")]
        said.append(f"refused {refused} candidates that do not quote the text or the vocabulary")
    return Read(document, publisher, tuple(_once(kept)), tuple(said))


def _installed() -> list[Callable[..., Iterable[Candidate]]]:
    from importlib.metadata import entry_points

    return [point.load() for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)]


def _from(
    extractor: Callable[..., Iterable[Candidate]],
    document: Document,
    known: KnownNames | None,
    said: list[str],
) -> list[Candidate]:
    """Run somebody else's extractor; its failure costs its candidates and nothing else."""
    name = str(getattr(extractor, "__name__", extractor))
    try:
        found = [c for c in extractor(document, known) if isinstance(c, Candidate)]
    except Exception as error:
        # A plug-in may fail in any way; the page is read without it, and that is said.
        said.append(f"the extractor {name} failed: {type(error).__name__}: {error}")
        return []
    return [c if c.extractor != "rules" else replace(c, extractor=name) for c in found]


def _by_rules(
    document: Document, publisher: str, known: KnownNames | None, said: list[str]
) -> Iterable[Candidate]:
    """Yield what our own rules find: names, what is said of them, and the default."""
    named = find_names(document, publisher, known)
    if named.left_out:
        shown = ", ".join(named.left_out[:MOST_SHOWN])
        more = ", …" if len(named.left_out) > MOST_SHOWN else ""
        said.append(
            f"left out {len(named.left_out)} capitalised words of running text that nothing says "
            f"are somebody's: {shown}{more}"
        )
    reader = Relations(document, named, publisher)
    relations = reader.candidates()
    for actor in named.actors:
        yield from _node(document, actor)
    yield from relations
    yield from _defaults(reader, relations)


def _node(document: Document, actor: Actor) -> Iterable[Candidate]:
    first = actor.first
    yield Candidate(
        "node",
        first.start,
        first.end,
        document.text[first.start : first.end],
        kind=actor.kind,
        subtype=actor.subtype,
        name=actor.name,
        confidence=first.confidence,
        rule=first.how.partition(":")[0],
    )
    for alias, (kind, place) in actor.aliases.items():
        if fold(alias) != fold(actor.name):
            yield Candidate(
                "alias",
                place.start,
                place.end,
                document.text[place.start : place.end],
                kind=kind,
                name=alias,
                subject=actor.name,
                confidence=0.8,
                rule="alias",
            )


def _defaults(reader: Relations, relations: Iterable[Candidate]) -> Iterable[Candidate]:
    """Tie whoever has no relation to the publisher, at low confidence and marked as a default."""
    actors, us = reader.named.actors, fold(reader.publisher.name)
    own = {fold(a.name) for a in actors if a.kind in SCHEMA.actors} | {us}
    pairs = [(fold(c.subject), fold(c.object)) for c in relations if c.type == "tie"]
    tied = {end for pair in pairs if own.issuperset(pair) for end in pair}
    ours = {end for pair in pairs if us in pair for end in pair}
    for actor in actors:
        if actor.publisher or actor.kind not in SCHEMA.actors or fold(actor.name) == us:
            continue
        if fold(actor.name) not in (ours if reader.listed(actor) else tied):
            yield replace(
                reader.default(actor),
                confidence=DEFAULT_CONFIDENCE,
                rule="default: named on the page",
                default=True,
            )


def _once(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the surest of candidates that say the same, in the order of the text."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        there = best.get(candidate.id)
        if there is None or candidate.confidence > there.confidence:
            best[candidate.id] = candidate
    order = {"node": 0, "alias": 1, "tie": 2, "period": 3, "benefit": 4}
    return sorted(best.values(), key=lambda c: (c.start, order[c.type], c.end, c.id))
