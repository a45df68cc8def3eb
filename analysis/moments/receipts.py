"""What receipts tell of a difference between two editions.

*world*: a date says that it happened after the first edition, or before the second; or a source
that was read anew now gives another value. *recorded*: it was so already, by its date or that of a
source that states it, and the first edition did not have it. *corrected*: the sources are the same
texts, read otherwise. Blank: the receipts do not tell.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.periods import OPEN, span

WORLD, RECORDED, CORRECTED, UNTOLD = "world", "recorded", "corrected", ""
CAUSES = (WORLD, RECORDED, CORRECTED, UNTOLD)

Text = tuple[str, str, str]
Days = tuple[str | None, str | None]


class Receipts:
    """The sources of an edition by the facts they state."""

    def __init__(self, eco: Ecosystem) -> None:
        sources = eco.sources.set_index("id")[["retrieved", "published", "sha256"]]
        cells = sources.astype(object).where(sources.notna(), "")
        self.texts: dict[str, Text] = {
            str(id): (r, p, s) for id, r, p, s in cells.itertuples(name=None)
        }
        self.of: dict[str, set[str]] = {}
        for fact, source in zip(eco.evidence["fact"], eco.evidence["source"], strict=True):
            self.of.setdefault(fact, set()).add(source)

    def dates(self, fact: str) -> Iterable[int]:
        """Return the last day on which each of its sources may have appeared or been read."""
        for source in self.of.get(fact, ()):
            retrieved, published, _ = self.texts.get(source, ("", "", ""))
            if date := published or retrieved:
                yield span(date)[1]

    def same_texts(self, fact: str, other: Receipts) -> bool:
        """Return whether each of its sources is the same text in another edition."""
        mine = self.of.get(fact, set())
        return bool(mine) and all(self.texts.get(s) == other.texts.get(s) for s in mine)


def cause_of_start(row: pd.Series, days: Days, receipts: tuple[Receipts, Receipts]) -> str:
    """Return why something is in the second edition only."""
    first, (one, other) = days[0], receipts
    if first is not None:
        start, day = row["start"], span(first)[1]
        if isinstance(start, str) and start != OPEN:
            begins = span(start)
            if begins[0] > day:
                return WORLD
            if begins[1] <= day:
                return CORRECTED if other.same_texts(row["id"], one) else RECORDED
        if other.same_texts(row["id"], one):
            return CORRECTED
        return RECORDED if any(seen <= day for seen in other.dates(row["id"])) else UNTOLD
    return CORRECTED if other.same_texts(row["id"], one) else UNTOLD


def cause_of_end(row: pd.Series, days: Days, receipts: tuple[Receipts, Receipts]) -> str:
    """Return why something is in the first edition only."""
    last, (one, other) = days[1], receipts
    end = row["end"]
    if last is not None and isinstance(end, str) and end != OPEN and span(end)[1] < span(last)[0]:
        return WORLD
    return CORRECTED if one.same_texts(row["id"], other) else UNTOLD


def cause_of_value(fact: str, receipts: tuple[Receipts, Receipts]) -> str:
    """Return why something has another value in the second edition."""
    one, other = receipts
    if other.same_texts(fact, one):
        return CORRECTED
    read_anew = any(
        other.texts.get(s, ("",))[0] > one.texts[s][0]
        for s in other.of.get(fact, ())
        if s in one.texts
    )
    return WORLD if read_anew else UNTOLD
