"""From a document to candidates: our rules, other people's extractors, and the default tie.

Whatever an extractor returns, only candidates that quote the text word for word and use the
vocabulary are kept; the others are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.files import within_memory
from partnergraph.graph.network_options import number_of
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.candidate import TYPES, Candidate, verbatim
from partnergraph.loaders.page.document import Document
from partnergraph.loaders.page.names.find import find_names
from partnergraph.loaders.page.names.named import Actor, Mention
from partnergraph.loaders.page.publisher import guess_publisher
from partnergraph.loaders.page.read_document import read_document
from partnergraph.loaders.page.relations.find import find_relations
from partnergraph.loaders.page.relations.sections import read_defaults

GROUP = "partnergraph.extractors"
MOST_SHOWN, MOST_REFUSED = 12, 20
LEFT_OUT = "left out"


@dataclass(frozen=True)
class Read:
    """A document and the candidates read from it.

    Attributes
    ----------
    said
        What was recognised, assumed or refused, one sentence each.
    left_out
        Names for which there was too little evidence; a reviewer may take them after all.
    """

    document: Document
    publisher: str
    candidates: tuple[Candidate, ...]
    said: tuple[str, ...] = ()
    left_out: tuple[Candidate, ...] = ()


@within_memory
def read_page(
    path: str | Path,
    *,
    publisher: str | None,
    language: str = "auto",
    known: KnownNames | None = None,
) -> Read:
    """Read a page into candidates.

    Parameters
    ----------
    publisher
        Whose page it is: "we" on the page, and the default partner of everybody named. Blank for a
        page of nobody named on it, such as a directory: nobody is tied by default. None to guess
        it from the page.
    language
        nl, fr or en; by default each block's own.
    known
        Names that are known already.

    Raises
    ------
    MissingInput, UnusableInput, MissingDependency, BadParameter
        If the page cannot be read, or the publisher cannot be guessed.
    """
    document = read_document(Path(path), language=language)
    return read_candidates(document, publisher=publisher, known=known)


def read_candidates(
    document: Document,
    *,
    publisher: str | None,
    known: KnownNames | None = None,
    extractors: Iterable[Callable[..., Iterable[Candidate]]] | None = None,
) -> Read:
    """Read a document into candidates; see `read_page`.

    Parameters
    ----------
    extractors
        Callables ``extract(document, known)`` that return candidates; by default those installed
        under ``partnergraph.extractors``.
    """
    said = list(document.said)
    publisher = _publisher(document, publisher, said)
    found: list[Candidate] = []
    left: list[Candidate] = []
    if document.foreign:
        said.append(
            f"{document.name}: the page is in {document.foreign}, and the rules read Dutch, French "
            "and English only, so nothing was read. Pass --lang to read it all the same"
        )
    else:
        found, left = _by_rules(document, publisher, known, said)
    for extractor in _installed() if extractors is None else extractors:
        found += _from(extractor, document, known, said)
    problems = [(c, verbatim(document, c)) for c in found]
    kept = [c for c, problem in problems if not problem]
    refused = [f"refused a candidate of {c.extractor}: {why}" for c, why in problems if why]
    if (number := len(refused)) > MOST_REFUSED:
        refused = [f"refused {number} candidates that do not match the text or the vocabulary"]
    left = [c for c in _once(left) if not verbatim(document, c)]
    return Read(document, publisher, tuple(_once(kept)), (*said, *refused), tuple(left))


def _publisher(document: Document, given: str | None, said: list[str]) -> str:
    """Return the publisher that was given, or guess it and report on what grounds."""
    if given is not None:
        given = " ".join(given.split())
        if given and not any(c.isalnum() for c in given):
            raise BadParameter("the publisher has no name. Give the name of the page's publisher")
        return given
    guess = guess_publisher(document)
    if guess is None:
        raise BadParameter(
            f"{document.name} does not say whose page it is. Pass --publisher NAME, or "
            "--no-publisher where it belongs to nobody named on it"
        )
    said.append(
        f"{document.name}: the publisher is taken to be {guess.name}, from "
        f"{', '.join(guess.evidence)}. "
        "Pass --publisher to correct it"
    )
    return guess.name


def _installed() -> list[Callable[..., Iterable[Candidate]]]:
    from importlib.metadata import entry_points

    return [point.load() for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)]


def _from(
    extractor: Callable[..., Iterable[Candidate]],
    document: Document,
    known: KnownNames | None,
    said: list[str],
) -> list[Candidate]:
    """Run another extractor; if it fails, only its candidates are lost."""
    name = str(getattr(extractor, "__name__", extractor))
    try:
        found = [c for c in extractor(document, known) if isinstance(c, Candidate)]
    except Exception as error:
        # A plug-in can fail in any way; the page is read without it, and this is reported.
        said.append(f"the extractor {name} failed: {type(error).__name__}: {error}")
        return []
    return [c if c.extractor != "rules" else replace(c, extractor=name) for c in found]


def _by_rules(
    document: Document, publisher: str, known: KnownNames | None, said: list[str]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return what our own rules find and what they leave out.

    They find names, what is said about them, and the default.
    """
    named = find_names(document, publisher, known)
    if named.left_out:
        shown = ", ".join(a.name for a in named.left_out[:MOST_SHOWN])
        more = ", …" if len(named.left_out) > MOST_SHOWN else ""
        names = number_of(len(named.left_out), "capitalised name")
        said.append(f"left out {names} in running text, too little evidence: {shown}{more}")
    notes = find_relations(document, named, publisher)
    nodes = [c for actor in named.actors for c in _node(document, actor)]
    if publisher:
        read_defaults(notes)
    left = [c for a in named.left_out for c in islice(_node(document, a), 1)]
    left = [replace(c, rule=LEFT_OUT, confidence=0.1) for c in left]
    return [*nodes, *notes.found], left


def _node(document: Document, actor: Actor) -> Iterable[Candidate]:
    """Yield the candidates of an actor: its node and its other names."""

    def at(type: str, place: Mention, rule: str, **what: Any) -> Candidate:
        quote = document.text[place.start : place.end]
        return Candidate(type, place.start, place.end, quote, rule=rule, **what)

    first, name = actor.first, actor.name
    node = at("node", first, first.how, kind=actor.kind, subtype=actor.subtype, name=name)
    yield replace(node, confidence=first.confidence)
    for alias, (kind, place) in actor.aliases.items():
        if fold(alias) != fold(name):
            other = at("alias", place, "alias", kind=kind, name=alias, subject=name)
            yield replace(other, confidence=0.8)


def _once(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the most certain of candidates that say the same, in the order of the text."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        there = best.get(candidate.id)
        if there is None or candidate.confidence > there.confidence:
            best[candidate.id] = candidate
    return sorted(best.values(), key=lambda c: (c.start, TYPES.index(c.type), c.end, c.id))
