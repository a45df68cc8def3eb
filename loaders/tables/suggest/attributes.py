"""Columns drafted as attributes of nodes and ties, in lines of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from partnergraph.graph.checks import fits
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import FALSE_WORDS, TRUE_WORDS, WORDS
from partnergraph.loaders.tables.dates import read_dates
from partnergraph.loaders.tables.readers import country, read_numbers
from partnergraph.loaders.tables.suggest.look import JOINING, Look, quoted

# Headers of columns that say when something was so, not when it began.
OBSERVED = {*WORDS["observed"].split()}
_ROLE_OF = {spelt: role for role, words in WORDS["roles"].items() for spelt in words}


def node(label: str, look: Look, rest: Iterable[str] = (), **cells: Look | str | None) -> list[str]:
    """Draft a kind of node: each cell from a column or as YAML, and more lines."""
    written = ((k, quoted(v.title) if isinstance(v, Look) else v) for k, v in cells.items() if v)
    lines = [*(f"{key}: {value}" for key, value in written), *rest]
    return [f"      {label}:  # {look.shown()}", *(f"        {line}" for line in lines)]


def indented(address: Sequence[str]) -> list[str]:
    """Return the lines that say which table a part of the mapping is of, as an item of a list."""
    return [f"  - {line}" if n == 0 else f"    {line}" for n, line in enumerate(address)]


def tie(
    kind: str, source: str, target: str, rest: Iterable[str] = (), *, comment: str = ""
) -> list[str]:
    """Draft a kind of tie between two kinds of nodes."""
    lines = [f"source: {source}", f"target: {target}", *rest]
    head = f"    ties:  # {comment}" if comment else "    ties:"
    return [head, f"      - kind: {kind}", *(f"        {line}" for line in lines)]


def attributes(looks: Sequence[Look], table: str, *, dated: bool = False) -> Iterator[str]:
    """Draft a line for each column that is kept as an attribute.

    Where no header says when ties began, the best filled column of dates is drafted for it; a year
    or date without more is when a tie was observed, so that it neither began nor ended there.
    Nothing is drafted where the ties are `dated` by their project.
    """
    known = SCHEMA.tables[table].columns
    ends = any(look.role == "end" and suits(look, "end") for look in looks)
    best = _best_dated(looks) if table == "ties" and not dated else None
    used = {"kind", "id", "name", "aliases", "required", "source", "target", "once", "original_id"}
    for look in looks:
        if look.counts_rows:
            continue
        target = "start" if look is best else look.role
        target = target if target in known and target not in used else ""
        if target and not suits(look, target):
            target = ""
        if target == "start" and (table == "nodes" or dated) and joining(look):
            target = ""  # when somebody joined is not when it began
        cell = quoted(look.title)
        if target == "role":
            cell = f"{{column: {cell}, map: {_roles(look)}}}" if _roles(look) != "{}" else cell
        if not target:
            target = own_name(look.title, used | set(known))
            if kind := _own_type(look):
                cell = f"{{column: {cell}, as: {kind}}}"
        used.add(target)
        yield f"{quoted(target)}: {cell}  # {look.shown()}"
        if target == "start" and table == "ties" and not ends:
            if look.header in OBSERVED:
                yield f"end: {cell}  # observed then; without this line the tie lasts"
            elif look is best:
                yield "# a column of dates; leave `start` out if ties did not begin then"


def joining(look: Look) -> bool:
    """Return whether a header says that its dates are those on which somebody joined."""
    return bool(JOINING & {*look.header.split("-")})


def _best_dated(looks: Sequence[Look]) -> Look | None:
    """Return the column of dates that is filled best; None where a header says start or end."""
    if any(look.role in ("start", "end") and suits(look, look.role) for look in looks):
        return None
    dates = [look for look in looks if look.dated and not look.numeric]
    return max(dates, key=lambda look: look.share, default=None)


def _own_type(look: Look) -> str:
    """Return what the values of an attribute of one's own are read as, blank for text."""
    if look.all(lambda v: re.fullmatch(r"\d+\.0+", v), 1.0):
        return "code"
    if 1 < len(look.counts) <= 4 and look.all(
        lambda v: v.casefold() in TRUE_WORDS | FALSE_WORDS, 1.0
    ):
        return "boolean"
    money = re.compile(r"\d{1,3}([.,' ]\d{3})+[.,]\d{2}|[€$£] ?[\d.,]+|[\d.,]+ ?[€$£]")
    parted = re.compile(r"-?\d+[.,]\d*[1-9]\d*")
    decimal = any(parted.fullmatch(v) or money.fullmatch(v) for v in look.some)
    # Whole numbers are as often codes as counts, and codes keep their zeros.
    return "number" if decimal and look.numeric and not look.dated else ""


def _roles(look: Look) -> str:
    """Return what spellings of roles mean, as YAML."""
    spelt = {v: _ROLE_OF[fold(v)] for v in look.some if fold(v) in _ROLE_OF}
    return json.dumps({v: r for v, r in spelt.items() if v != r}, ensure_ascii=False)


def suits(look: Look, attribute: str) -> bool:
    """Return whether the values of a column can be what its header says."""
    if attribute in ("start", "end"):
        dates = [v for v in read_dates(look.some).values if v is not None]
        return 3 * len(dates) >= len(look.some)  # the others are listed
    if attribute == "country":  # the country of the lead partner is not the partner's
        own = look.named or (look.entity in ("", "thing", "place") and not look.truthful)
        return own and look.all(country, 0.5)
    if attribute == "url":
        return look.all(lambda v: "." in v and " " not in v.strip(), 0.7)
    if attribute in ("amount", "strength"):
        numbers = [v for v in read_numbers(look.some).values if v is not None]
        least = min(numbers, default=0.0)
        return look.numeric and (attribute == "amount" or least > 0)
    if attribute == "role":
        return look.all(lambda v: v.casefold() in SCHEMA.values["role"] or fold(v) in _ROLE_OF, 0.5)
    if attribute == "currency":
        return look.all(lambda v: re.fullmatch("[A-Za-z]{3}|€", v), 1.0)
    return attribute in ("description", "legal_form")


def own_name(title: str, used: set[str]) -> str:
    """Return a name for an attribute of one's own."""
    name = re.sub(r"\W+", "_", title).strip("_").lower()[:60] or "column"
    fresh, number = name, 1
    if name in used:
        fresh = f"original_{name}"
    while fresh in used:
        number += 1
        fresh = f"{name}_{number}"
    return fresh


def between(a: str, b: str) -> list[str]:
    """Return the tie kinds that link a node of one kind to a node of another."""
    return [k for k in SCHEMA.tie_kinds if fits(k, a, b)]


def split(look: Look) -> str:
    """Return how a mapping says what separates the values in a cell."""
    return f", split: {json.dumps(look.separator)}" if look.separator else ""
