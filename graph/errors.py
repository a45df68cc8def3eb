"""Every error this package raises on purpose: one base, each leaf also the builtin it refines.

A message names the place, the cause and the remedy; the parts stay readable as attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class PartnergraphError(Exception):
    """Base of every error that partnergraph raises on purpose."""


class UnusableInput(PartnergraphError, ValueError):
    """An input that cannot be read or used in its present form.

    Attributes
    ----------
    place
        File, and row and column where known.
    cause, remedy
        What is wrong there, and what to do about it.
    """

    def __init__(self, place: object, cause: str, remedy: str) -> None:
        self.place, self.cause, self.remedy = str(place), cause, remedy
        super().__init__(f"{self.place}: {cause}. {remedy}.")


class MissingInput(UnusableInput, FileNotFoundError):
    """A path that does not exist."""


class InvalidEcosystem(PartnergraphError, ValueError):
    """Tables that do not make an ecosystem.

    Attributes
    ----------
    findings
        All findings as a table, see `partnergraph.graph.checks`.
    """

    def __init__(self, findings: pd.DataFrame) -> None:
        self.findings = findings
        shown = [in_words(row) for row in findings.head(10).to_dict("records")]
        if len(findings) > len(shown):
            shown.append(
                f"… and {len(findings) - len(shown)} more (`partnergraph check` lists all)"
            )
        super().__init__("\n".join(shown))


def in_words(finding: Mapping[Any, Any]) -> str:
    """Return a finding as one line: place, cause, remedy."""
    file = finding["file"] if isinstance(finding["file"], str) else finding["table"]
    place = [str(file)]
    if finding["row"] is not None and finding["row"] == finding["row"]:
        place.append(f"row {int(finding['row'])}")
    if isinstance(finding["column"], str) and finding["column"]:
        place.append(f"column {finding['column']}")
    return f"{', '.join(place)}: {finding['cause']}. {finding['remedy']}. [{finding['check']}]"


class UnknownName(PartnergraphError, LookupError):
    """A node, measure, kind or format that was asked for and does not exist.

    Attributes
    ----------
    what, name
        What sort of thing was asked for, and by which name.
    near
        Names that are there and look alike.
    """

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.what, self.name = what, name
        self.near = get_close_matches(name, [str(k) for k in known], n=3, cutoff=0.5)
        if self.near:
            remedy = f"Did you mean {' or '.join(self.near)}?"
        elif 0 < len(known) <= 20:
            remedy = f"There are: {', '.join(sorted(map(str, known)))}."
        else:
            remedy = f"None of the {len(known)} there are looks like it."
        super().__init__(f"there is no {what} {name!r}. {remedy}")


class AmbiguousName(PartnergraphError, LookupError):
    """A name that several nodes bear.

    Attributes
    ----------
    name, candidates
        The name, and the ids of the nodes that bear it.
    """

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name, self.candidates = name, list(candidates)
        super().__init__(f"{name!r} may be {' or '.join(self.candidates)}. Give one of these ids.")


class BadParameter(PartnergraphError, ValueError):
    """An option with a value that it does not take."""


class Unsupported(BadParameter):
    """A question, or an option of one, that an engine does not support.

    Attributes
    ----------
    engine, names, remedy
        The engine, the questions or options, and what to do instead.
    """

    def __init__(self, engine: str, names: Sequence[str], remedy: str = "") -> None:
        self.engine, self.names = engine, list(names)
        self.remedy = remedy or "Leave it out, or use the native engine"
        super().__init__(self.in_words({}))

    def in_words(self, spelt: Mapping[str, str]) -> str:
        """Return the message, with names as they are spelt elsewhere."""
        names = ", ".join(spelt.get(name, name) for name in self.names)
        words = f"the engine {self.engine} does not support {names}"
        return f"{words}. {self.remedy}"


class AlreadyThere(PartnergraphError, FileExistsError):
    """An output that exists and was not to be overwritten."""


class MissingDependency(PartnergraphError, ImportError):
    """A library that is needed for this and is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs an extra: pip install 'partnergraph[{extra}]'")


class ServerUnavailable(PartnergraphError, ConnectionError):
    """A database server that does not answer, or stopped answering."""


class ServerRefused(PartnergraphError, PermissionError):
    """A database server that answers and does not let this user do this."""


class ServerFailed(PartnergraphError, OSError):
    """A database server that could not do what it was asked; its disk may be full."""


class NotConfirmed(PartnergraphError, ArithmeticError):
    """A figure of a report that a second count by another path does not confirm."""
