"""One finding: figures with the question that gave them and the facts they rest on.

A sentence is made from its record alone, so that whoever checks the record has checked the
sentence, in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from partnergraph.graph.schema import SCHEMA
from partnergraph.views.words import (
    Name,
    Words,
    any_of_kinds,
    catalogue,
    date_in_words,
    decimal,
    kinds_in_words,
    listed,
    tell,
)

NAMED = 5


@dataclass(frozen=True)
class Finding:
    """A finding.

    Attributes
    ----------
    claim, case
        What is claimed, and which sentence of the catalogue says it.
    figures
        The numbers in the sentence, by their names in the catalogue.
    who
        The ids of the nodes it names, by their names in the catalogue.
    facts
        The ids of the nodes and ties that it rests on.
    question, options
        The verb that gives the figures, and its options.
    section
        The section of the report with its rows.
    """

    claim: str
    case: str
    figures: Mapping[str, int | float] = field(default_factory=dict)
    who: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    question: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    section: str = ""

    def said(self, names: Mapping[str, str], part: str = "found") -> Words:
        """Return a sentence about it: what is ``found``, how ``sure`` that is, ``so`` what.

        The catalogue has a sentence for the case, or one for the claim; blank where it has neither.
        """
        for key in (f"{part}.{self.claim}_{self.case}", f"{part}.{self.claim}"):
            if key in catalogue():
                return tell(key, **self._parts(names))
        return ()

    def _parts(self, names: Mapping[str, str]) -> dict[str, object]:
        figures = {name: _written(name, value) for name, value in self.figures.items()}
        who = {
            name: listed([Name(names[i], i) for i in ids], NAMED) for name, ids in self.who.items()
        }
        kinds = {
            "kinds": kinds_in_words(SCHEMA.default_network),
            "actors": kinds_in_words(SCHEMA.actors),
            "kind": any_of_kinds(SCHEMA.default_network, plural=False),
            "any": any_of_kinds(SCHEMA.default_network),
        }
        at, since = (self.options.get(name) for name in ("at", "from"))
        days = {"since": date_in_words(str(since)) if since else tell("since.edition")}
        days |= {"day": date_in_words(str(at))} if at else {}
        return {**kinds, **days, **figures, **who}

    def command(self) -> str:
        """Return the command that answers the question."""
        options = [f"--{name} {value}" for name, value in self.options.items()]
        return " ".join(["partnergraph", *self.question.split(), "ECO", *options])

    def as_dict(self) -> dict[str, Any]:
        """Return the record as JSON has it."""
        return {
            "claim": self.claim,
            "case": self.case,
            "figures": dict(self.figures),
            "who": {name: list(ids) for name, ids in self.who.items()},
            "question": self.question,
            "options": dict(self.options),
            "facts": list(self.facts),
            "section": self.section,
        }


def _written(name: str, value: float) -> object:
    """Return a figure for a sentence; a year has no mark between thousands."""
    if name == "year":
        return str(value)
    return value if isinstance(value, int) else decimal(value, ".3g")
