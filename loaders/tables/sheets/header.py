"""Where the header of a table stands among its first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import WORDS

LOOKED_AT = 60
MARK = 3  # characters: x, yes, oui
NO_HEADER = "it has no header; the columns are called column 1, column 2 …"
_HEADERS = {word for words in WORDS["headers"].values() for word in words.split()}
_TITLES = _HEADERS | {
    word
    for name in ("entities", "relations", "roles")
    for words in WORDS[name].values()
    for word in (words.split() if isinstance(words, str) else words)
}
_TITLES |= {
    w for n in ("generic", "telling", "joining", "jobs", "ids", "sorts") for w in WORDS[n].split()
}
_TITLES |= {w for pair in WORDS["ends"] for w in pair.split()} | {"a", "b", "1", "2"}
_ENDINGS = tuple(w for words in WORDS["entities"].values() for w in words.split() if len(w) > 5)
_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d+)*\s*%?\s*")


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the position of the header among the first rows, None where there is none.

    It is the first row that fills at least half of what rows below it typically fill, so that
    titles above a table are passed over; a row of numbers only is not a header.

    A first row whose words stand below it again, in the same column or, in a list of pairs, on the
    other side, is data.

    >>> find_header([["Members in 2020", "", ""], ["", "", ""], ["name", "town", "since"],
    ...              ["A", "Gent", "2016"]])
    2
    """
    filled = [sum(bool(c.strip()) for c in row) for row in rows]
    seen = sorted(n for n in filled[1:] if n) or [n for n in filled if n]
    if not seen:
        return 0
    typical = seen[len(seen) // 2]
    for position, row in enumerate(rows):
        there = [c.strip() for c in row if c.strip()]
        if len(there) < max(min(2, typical), typical / 2):
            continue
        if len(there) > 2 and len(set(there)) == 1 and position + 1 < len(rows):
            continue
        if row[0].strip() and _stamp(row, rows[position + 1 : position + 6]):
            continue
        if _bands(row, rows[position + 1 :]):
            continue
        if position == 0 and _is_data(row, rows[1:]):
            return None
        numbers = all(_NUMBER.fullmatch(c) for c in there)
        return None if numbers and (len(there) == len(row) or not row[-1].strip()) else position
    return 0


HEADED, UNHEADED, ADJACENCY = "headed", "unheaded", "adjacency"
# How a table can be read where it leaves that open, by the word that says so.
READINGS = {
    HEADED: "a table whose header is its first full row",
    UNHEADED: "a table without a header, whose first row is data",
    ADJACENCY: "rows that each name a node, and then those that it is tied to",
}


def place_header(rows: Sequence[Sequence[str]], asked: int | str | None, place: str) -> int | None:
    """Return the position of the header, None for none, as it was asked for or else as it looks.

    Parameters
    ----------
    asked
        Number of its row, 0 for none, or a reading; blank takes it as it looks, whatever the doubt.

    Raises
    ------
    UnusableInput
        If it was not asked for, and neither reading has evidence.
    """
    if isinstance(asked, int):
        return asked - 1 if asked else None
    if asked == UNHEADED:
        return None
    found = find_header(rows)
    if asked is not None:
        return found or 0 if asked == HEADED else found
    first = rows[found or 0] if rows else []
    shown = ", ".join(repr(c.strip()) for c in first if c.strip())
    where = f"{place}, row {(found or 0) + 1}"
    if _may_be_adjacency(rows):
        cause = (
            "rows have different lengths, and only some names of the second column stand in the "
            f"first one too: {shown} may be a row of a table, or a node and its neighbours"
        )
        raise UnusableInput(where, cause, _which(UNHEADED, ADJACENCY))
    if found is not None and _undecided(first, rows[found + 1 :]):
        cause = (
            f"{shown} may be the header or the first row of data: no word of it is one that "
            "headers have, what stands below looks the same, and none of it stands below again"
        )
        raise UnusableInput(where, cause, _which(HEADED, UNHEADED))
    return found


def _which(one: str, other: str) -> str:
    """Return how to choose between two readings."""
    ways = " or ".join(f"`--as {word}` ({READINGS[word]})" for word in (one, other))
    return f"Say which with {ways} of `partnergraph build`, or name the columns"


def _may_be_adjacency(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows of names have too little of an adjacency list, and too much for none."""
    full = [[c.strip() for c in row] for row in rows if any(c.strip() for c in row)]
    lengths = {max(i for i, c in enumerate(row, start=1) if c) for row in full}
    if len(full) < 3 or len(full) >= LOOKED_AT or len(lengths) < 2 or max(lengths) < 3:
        return False
    if any(_known(c) for c in full[0] if c) or any(
        re.search(r"[\d@/]", c) for r in full for c in r
    ):
        return False
    heads = {row[0] for row in full}
    beside = [row[1] for row in full if len(row) > 1 and row[1]]
    again = sum(c in heads for c in beside)
    return len(heads) == len(full) and 4 * again >= len(beside) > 2 * again


def _undecided(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether nothing tells that a row of at most three names is a header, nor that not.

    A header has words of headers, a blank corner above names, or words above marks, numbers, dates
    or longer texts, or stands above columns whose values come again while its own words do not.
    """
    below = [r for r in below if any(c.strip() for c in r)]
    titles = {i: c.strip() for i, c in enumerate(row) if c.strip()}
    if not 2 <= len(titles) <= 3 or len(below) < 2 or any(_known(c) for c in titles.values()):
        return False
    if not row[0].strip() and any(r[0].strip() for r in below):
        return False
    for i, title in titles.items():
        cells = [r[i].strip() for r in below if i < len(r) and r[i].strip()]
        spaced = sum(" " in c for c in cells)
        if max(map(len, cells), default=0) <= MARK < len(title):
            return False
        if not cells or any(re.search(r"[\d@/]", c) for c in cells) or _NUMBER.fullmatch(title):
            return False
        if " " not in title and 2 * spaced >= len(cells):
            return False
        if title.islower() and not all(c.islower() for c in cells):
            return False
        if len(cells) > 3 and 2 * len(set(cells)) <= len(cells):
            return False
    return True


def _known(title: str) -> bool:
    """Return whether a cell has a word of those that headers have."""
    text = fold(re.sub(r"(?<=[a-z])(?=[A-Z])|[_:./()#-]+", " ", title))
    words = {text.replace(" ", "-"), *text.split()}
    return bool(words & _TITLES) or any(len(w) > 7 and w.endswith(_ENDINGS) for w in words)


def _is_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether words of a first row stand below it again, so that it is not a header."""
    texts = {i: c.strip() for i, c in enumerate(row) if c.strip() and not _NUMBER.fullmatch(c)}
    if not texts or any(fold(c).replace(" ", "-") in _HEADERS for c in texts.values()):
        return False
    if any([c.strip() for c in other] == [c.strip() for c in row] for other in below):
        return False  # a header that each page repeats
    columns = {i: {r[i].strip() for r in below if i < len(r)} for i in range(len(row))}
    again = sum(c in columns[i] for i, c in texts.items())
    if list(texts) == [0, 1]:  # a pair of names, and perhaps numbers
        again += texts[0] in columns[1] or texts[1] in columns[0]
    return 2 * again >= len(texts)


def _stamp(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row such as "as of, , 2019" stands above the header that follows."""
    there = [c for c in row if c.strip()]
    if len(there) == len(row) or not any(_NUMBER.fullmatch(c) for c in there):
        return False
    fuller = [[c for c in other if c.strip()] for other in below]
    return any(len(f) > len(there) and not any(map(_NUMBER.fullmatch, f)) for f in fuller)


def _bands(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row groups the columns that the row below it, the header, names one by one.

    The row below fills more cells, each different and none a number, and shows that it is a header:
    by words that headers have, or by numbers that stand below its words.
    """
    if len(below) < 2:
        return False
    names = {i: c.strip() for i, c in enumerate(below[0]) if c.strip()}
    groups = {i: c.strip() for i, c in enumerate(row) if c.strip()}
    fresh = [i for i in names if i not in groups]
    if len(names) < 3 or 3 * len(fresh) < len(names) or not groups or set(groups) - set(names):
        return False
    if any(map(_NUMBER.fullmatch, names.values())):
        return False
    words, others = (
        sum(bool(_words(c) & _HEADERS) for c in cells.values()) for cells in (names, groups)
    )
    columns = {i: [r[i].strip() for r in below[1:] if i < len(r) and r[i].strip()] for i in names}
    numbers = any(c and all(map(_NUMBER.fullmatch, c)) for c in columns.values())
    return words > others or (numbers and words == others)


def _words(cell: str) -> set[str]:
    text = fold(cell)
    return {text.replace(" ", "-"), *text.split()}


def headed(rows: Sequence[Sequence[str]], start: int) -> list[str]:
    """Return the titles of columns; those that occur twice get the title of their group in front.

    >>> headed([["", "2019", "2020"], ["Name", "Staff", "Staff"], ["A", "2", "3"]], 1)
    ['Name', '2019 Staff', '2020 Staff']
    """
    titles = list(rows[start])
    if not start or not _bands(rows[start - 1], rows[start:]):
        return titles
    group, out = "", []
    for title, over in zip(titles, [*rows[start - 1], *[""] * len(titles)], strict=False):
        group = over.strip() or group
        again = title.strip() and sum(title.strip() == t.strip() for t in titles) > 1
        out.append(f"{group} {title.strip()}" if again and group else title)
    return out


def above(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what there is to say about the rows above a header."""
    if not rows:
        return []
    words = [" ".join(c.strip() for c in row if c.strip()) for row in rows]
    shown = "; ".join(repr(w[:60]) for w in words if w) or "nothing"
    return [f"the header is row {len(rows) + 1}; above it stands {shown}"]
