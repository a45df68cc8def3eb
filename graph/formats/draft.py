"""What a reader hands over: rows that were collected and not yet checked, and what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import BadParameter, UnusableInput

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Draft:
    """An ecosystem in the making.

    Attributes
    ----------
    builder
        The rows collected so far.
    said
        What the reader recognised, assumed, converted or left out, a sentence each.
    ours
        Whether the source is one of our own forms, so that a row with an error is a mistake to
        report and not somebody else's data to set aside.
    rejected
        Cells and rows of the source that could not be read: ``file row column value cause remedy
        done``; None where the reader has no such list.
    """

    builder: EcosystemBuilder
    said: list[str] = field(default_factory=list)
    ours: bool = True
    rejected: pd.DataFrame | None = None


def about_of(values: Mapping[str, Any], place: object) -> About:
    """Read what an ecosystem is called from a file.

    Raises
    ------
    UnusableInput
        Where its name is none.
    """
    try:
        return About.from_mapping(values)
    except BadParameter as error:
        cause, _, remedy = str(error).partition(". ")
        raise UnusableInput(place, cause, remedy) from None
