"""What a verb is asked, and of which day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from partnergraph.analysis.engines.seam import lacking
from partnergraph.graph.periods import STATES
from partnergraph.views.words import date_in_words, told

# What `--at` takes where everything counts, whenever it was.
ANY = "any"
DATED, UNDATED = "dated", STATES[-1]


@dataclass(frozen=True)
class Question:
    """What a verb is asked of an ecosystem.

    Attributes
    ----------
    source
        What the ecosystem was read from.
    options
        Options of the verb.
    scope
        Options of the network or of the portfolios that the verb is asked of.
    top
        How many rows to show; all where None.
    format
        Format of the answer: ``table`` is for the eye.
    """

    source: str
    options: dict[str, Any]
    scope: dict[str, Any]
    top: int | None = None
    format: str = "table"


@dataclass(frozen=True)
class Day:
    """The day that an answer speaks of.

    Attributes
    ----------
    date
        An EDTF date or interval; None where everything counts, whenever it was.
    basis
        Why this one: ``asked``, ``stated``, ``retrieved`` or ``recorded``, see
        `Ecosystem.as_of_basis`; ``any`` where everything was asked for; blank where nothing tells.
    ties
        How many ties of the ecosystem are running, planned, ended and undated on it, or on the day
        of the data where everything counts; dated and undated where no day is known. None where the
        ecosystem does not lie in memory.
    """

    date: str | None
    basis: str
    ties: dict[str, int] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"date": self.date, "basis": self.basis, "ties": self.ties}

    def in_words(self) -> str:
        """Return it as the head of an answer; blank where no tie is dated."""
        total = sum((self.ties or {}).values())
        if self.ties is not None and self.ties[UNDATED] == total:
            return ""
        words = told(f"day.{self.basis or 'unknown'}", date=date_in_words(self.date or ""))
        if self.ties is None or self.date is None:
            return words
        return f"{words} {told('day.ties', n=total, **self.ties)}"


def on_a_day(eco: Any, scope: dict[str, Any]) -> tuple[dict[str, Any], Day]:
    """Return a scope with its date, the day of the data where none is given, and that day.

    ``any`` leaves the date out.

    Raises
    ------
    BadParameter
        If the date is not EDTF.
    """
    given = scope.get("at")
    rest = {name: value for name, value in scope.items() if name != "at"}
    if given == ANY:
        date, basis = None, ANY
    else:
        date, basis = (given, "asked") if given else (eco.as_of, eco.as_of_basis)
    ties = None
    if not hasattr(eco, "engine"):
        counts = eco.states(date)[1].fillna(DATED).value_counts()
        known = STATES if date or eco.as_of else (DATED, UNDATED)
        ties = {state: int(counts.get(state, 0)) for state in known}
    return (rest if date is None else {**rest, "at": date}), Day(date, basis, ties)


def left_out(eco: Any, asked: Callable[..., Any]) -> list[str]:
    """Return a note of what the answer leaves out where the ecosystem lies, if anything."""
    engine = getattr(eco, "engine", None)
    parts = lacking(engine)[asked.__name__].parts if engine else ()
    return [f"Left out on {str(engine).capitalize()}: {', '.join(parts)}."] if parts else []
