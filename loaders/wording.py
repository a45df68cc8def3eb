"""Words that sentences about sources share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def counted(number: int, one: str, more: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(0, "row"), counted(2, "entry", "entries")
    ('1 row', '0 rows', '2 entries')
    """
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def shortened(items: Sequence[object], most: int) -> str:
    """Return the first items of a list, and a sign where there are more.

    >>> shortened(["a", "b", "c"], 2)
    'a, b …'
    """
    return ", ".join(map(str, items[:most])) + (" …" if len(items) > most else "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str, *, cutoff: float = 0.6) -> str:
    """Return a remedy that names the known word that looks like another; else a given remedy.

    >>> did_you_mean("colour", ["color", "size"], "Take color or size")
    'Did you mean color'
    """
    near = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"Did you mean {near[0]}" if near else otherwise
