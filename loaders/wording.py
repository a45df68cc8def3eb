"""Words that sentences about sources share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches


def counted(number: int, one: str, more: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(0, "row"), counted(2, "entry", "entries")
    ('1 row', '0 rows', '2 entries')
    """
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def sizes(rows: Mapping[str, int]) -> str:
    """Return how many rows each table has, without those that have none.

    >>> sizes({"nodes": 1, "ties": 2, "aliases": 0, "evidence": 3})
    '1 node, 2 ties, 3 pieces of evidence'
    """
    named = {
        "aliases": ("alias", "aliases"),
        "evidence": ("piece of evidence", "pieces of evidence"),
    }
    pairs = ((n, named.get(name, (name.removesuffix("s"), name))) for name, n in rows.items() if n)
    return ", ".join(counted(number, *words) for number, words in pairs)


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


class Counts:
    """Things that are counted before they are said, each in the singular and plural."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, number: int, one: str, more: str, *, place: str = "") -> None:
        """Add to the count of a sentence; `one` and `more` follow the number."""
        self._counts[place, one, more] += number

    def sentences(self) -> list[str]:
        """Return the notes, and a sentence for each count above 0.

        >>> counts = Counts()
        >>> counts.add(1, "row is blank", "rows are blank", place="x.csv")
        >>> counts.sentences()
        ['x.csv: 1 row is blank']
        """
        return self.notes + [
            f"{place}: {counted(number, one, more)}" if place else counted(number, one, more)
            for (place, one, more), number in self._counts.items()
            if number
        ]
