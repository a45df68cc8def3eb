"""What all readers of cells share: meanings or causes by value, blanks, and lists of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from partnergraph.graph.files import packaged_yaml

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


@dataclass
class Read:
    """What values of a column mean.

    Attributes
    ----------
    values
        Meaning of each; None where it has none.
    causes, remedies
        Why a value has no meaning, or may have another, and what to do; by position.
    said
        What was decided for the column as a whole.
    """

    values: list[Any]
    causes: dict[int, str] = field(default_factory=dict)
    remedies: dict[int, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def doubt(self, position: int, cause: str, remedy: str) -> None:
        """Note that the value at a position means nothing, or is doubtful."""
        self.causes[position], self.remedies[position] = cause, remedy


class Unreadable(ValueError):
    """A value that means nothing: why, and what to do."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


def each(values: Sequence[str], meaning: Callable[[str], Any]) -> Read:
    """Read values one by one; where `meaning` raises `Unreadable`, the cause is kept."""
    read = Read([None] * len(values))
    for position, value in enumerate(values):
        try:
            read.values[position] = meaning(value)
        except Unreadable as error:
            read.doubt(position, error.cause, error.remedy)
    return read


def shown(text: str) -> str:
    """Return a value as messages quote it."""
    return repr(text.strip()[:60])


def clean(text: str) -> str:
    """Return text without control characters and outer spaces, line ends kept.

    >>> clean("  A\\x07 b\\u00a0 ")
    'A b'
    """
    if not text.isascii() or not text.isprintable():
        text = CONTROL.sub("", text).replace("\u00a0", " ").replace("\r\n", "\n")
    return text.strip()


WORDS = packaged_yaml("partnergraph.loaders.tables", "words.yaml")
MISSING = frozenset(WORDS["missing"])
TRUE_WORDS, FALSE_WORDS = frozenset(WORDS["yes"]), frozenset(WORDS["no"])
