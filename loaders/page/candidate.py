"""A candidate: one thing that a page may say, with its place and quote.

>>> c = Candidate("node", start=0, end=4, quote="Acme", name="Acme", rule="entry")
>>> c.id == Candidate("node", start=9, end=13, quote="ACME", name="ACME", rule="other").id
True
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from partnergraph.graph.checks import CONTROL
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.periods import Period
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import Document

TYPES = ("node", "alias", "tie", "period", "benefit")


@dataclass(frozen=True)
class Candidate:
    """What a page may say.

    Attributes
    ----------
    type
        ``node``, ``alias`` (`name` is another name of `subject`), ``tie``, ``period`` (of
        `subject`, or of the tie where `predicate` and `object` are given), or ``benefit`` (`name`
        is what the members get from `subject`).
    kind
        Node kind, alias kind, or tie kind.
    start, end, quote
        The place and words in the text; ``text[start:end] == quote``.
    default
        Whether the only evidence is that the name is on the page.
    """

    type: str
    start: int
    end: int
    quote: str
    kind: str = ""
    subtype: str = ""
    name: str = ""
    subject: str = ""
    predicate: str = ""
    object: str = ""
    role: str = ""
    period: str = ""
    confidence: float = 0.5
    rule: str = ""
    default: bool = False
    extractor: str = "rules"

    @property
    def id(self) -> str:
        """Identifier made of what it says, not of its place: an edited page keeps it."""
        ends = [fold(self.subject), fold(self.object)]
        if self.predicate in SCHEMA.undirected:
            ends.sort()
        said = [self.type, fold(self.name), *ends, self.predicate, self.role]
        if self.type in ("tie", "period"):
            said.append(self.period)
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, Any]:
        """Return it as ``read --format json`` prints it."""
        return {"id": self.id, **asdict(self)}


def verbatim(document: Document, candidate: Candidate) -> str:
    """Return what is wrong with a candidate, blank where nothing is.

    Its quote must be at its place in the text, and its kinds in the vocabulary.
    """
    if candidate.type not in TYPES:
        return f"the type {candidate.type!r} does not exist"
    if not 0 <= candidate.start < candidate.end <= len(document.text):
        return "its place is outside the text"
    if document.text[candidate.start : candidate.end] != candidate.quote:
        return "its quote differs from the text at its place"
    if CONTROL.search(candidate.quote + candidate.name):
        return "it contains control characters"
    if candidate.type == "tie" and candidate.predicate not in SCHEMA.tie_kinds:
        return f"the tie kind {candidate.predicate!r} does not exist"
    if candidate.type == "node" and candidate.kind not in SCHEMA.node_kinds:
        return f"the node kind {candidate.kind!r} does not exist"
    if candidate.type in ("node", "alias", "benefit") and not candidate.name.strip():
        return "it has no name"
    if candidate.type == "tie" and not (candidate.subject.strip() and candidate.object.strip()):
        return "its subject or object is missing"
    if not 0 <= candidate.confidence <= 1:
        return "its confidence is not between 0 and 1"
    return _wrong_period(candidate)


def _wrong_period(candidate: Candidate) -> str:
    if not candidate.period:
        return "it has no period" if candidate.type == "period" else ""
    if candidate.period.startswith("FREQ="):
        return ""
    try:
        Period.parse(candidate.period)
    except BadParameter as error:
        return str(error)
    return ""
