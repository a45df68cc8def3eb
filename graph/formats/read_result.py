"""The result of reading a source: rows that are not yet checked, and what the reader noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import CONTROL, short
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.ids import ID_RULE
from partnergraph.graph.periods import is_date

if TYPE_CHECKING:
    import pandas as pd


# Ids that mean the same node everywhere, that an id column states, or that the file made up.
Ids = Literal["global", "stated", "local"]


@dataclass
class ReadResult:
    """Rows collected from a source and not yet checked.

    Attributes
    ----------
    builder
        The rows collected so far.
    said
        What the reader recognised, assumed, converted or left out, one sentence each.
    ours
        Whether the source is one of our own forms: a row with an error in it is then a mistake to
        report, and not somebody else's data to set aside.
    rejected
        Cells and rows of the source that could not be read: ``file row column value cause remedy
        done``; None where the reader keeps no such list.
    stated
        Whether ids that are not made of names were stated to identify, as by the mapping of a
        person or of a register.
    """

    builder: EcosystemBuilder
    said: list[str] = field(default_factory=list)
    ours: bool = True
    rejected: pd.DataFrame | None = None
    stated: bool = False

    @property
    def ids(self) -> Ids:
        """What its ids are worth in other sources."""
        return "global" if self.ours else "stated" if self.stated else "local"


def about_of(values: Mapping[str, Any], place: object) -> About:
    """Read the name and description of an ecosystem from a file.

    Raises
    ------
    UnusableInput
        If its name or its day is not valid, or an entry has control characters.
    """
    odd = next((k for k, v in values.items() if CONTROL.search(f"{k}{v}")), None)
    if odd is not None:
        cause = f"the entry {short(odd)} has control characters"
        raise UnusableInput(place, cause, "Remove them")
    try:
        return About.from_mapping(values)
    except BadParameter:
        cause, remedy = f"{short(values.get('name'))} cannot name an ecosystem", ID_RULE
        day = str(values.get("as_of") or "")
        if day and not is_date(day):
            cause = f"as_of is {short(day)}, which is not a date"
            remedy = "Write a year, month or day: 2018-10-05"
        raise UnusableInput(place, cause, remedy) from None
