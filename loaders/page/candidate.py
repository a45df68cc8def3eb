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
OLD_ID = 12


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
        """Identifier made of what it says, not of its place: an edited page keeps it.

        Earlier versions wrote its first `OLD_ID` digits.
        """
        ends = [fold(self.subject), fold(self.object)]
        if self.predicate in SCHEMA.undirected:
            ends.sort()
        said = [self.type, fold(self.name), *ends, self.predicate, self.role]
        if self.type in ("tie", "period"):
            said.append(self.period)
        return hashlib.sha256("\x1f".join(said).encode(errors="replace")).hexdigest()[:32]

    def as_dict(self) -> dict[str, Any]:
        """Return it as ``read --format json`` prints it."""
        return {"id": self.id, **asdict(self)}


def verbatim(document: Document, candidate: Candidate) -> str:
    """Return what is wrong with a candidate, blank where nothing is.

    Its quote must be at its place in the text, and its kinds in the vocabulary.
    """
    c, text = candidate, document.text
    wrong = {
        f"the type {c.type!r} does not exist": c.type not in TYPES,
        "its place is outside the text": not 0 <= c.start < c.end <= len(text),
        "its quote differs from the text at its place": text[c.start : c.end] != c.quote,
        "it contains control characters": CONTROL.search(c.quote + c.name),
        f"the tie kind {c.predicate!r} does not exist": c.type == "tie"
        and c.predicate not in SCHEMA.tie_kinds,
        f"the node kind {c.kind!r} does not exist": c.type == "node"
        and c.kind not in SCHEMA.node_kinds,
        "it has no name": c.type in ("node", "alias", "benefit") and not c.name.strip(),
        "its subject or object is missing": c.type == "tie"
        and not (c.subject.strip() and c.object.strip()),
        "its confidence is not between 0 and 1": not 0 <= c.confidence <= 1,
    }
    return next((words for words, is_so in wrong.items() if is_so), "") or _wrong_period(c)


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
