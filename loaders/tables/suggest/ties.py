"""Tables whose rows are ties, drafted as a mapping: matrices, edge lists, pairs of columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import FALSE_WORDS, TRUE_WORDS, WORDS
from partnergraph.loaders.tables.readers import read_numbers
from partnergraph.loaders.tables.suggest.attributes import attributes, between, node, tie
from partnergraph.loaders.tables.suggest.look import (
    GENERIC,
    TELLING,
    Look,
    kind_of_word,
    quoted,
    role_of,
)
from partnergraph.loaders.tables.suggest.meaning import RELATIONS, meaning_of, relates

_SORTS, _REVERSED = ({*WORDS[name].split()} for name in ("sorts", "reversed"))
_TOLD = {"id", "url", "alias", "theme", "description", "country", "start", "end"}
_SIDES = tuple({*WORDS["sides"][side].split()} for side in ("from", "to"))
_MARKS = TRUE_WORDS | FALSE_WORDS | {"x", "v"}


def matrix(looks: Sequence[Look]) -> list[str]:
    """Draft a matrix: names in the first column and in the header, marks or numbers between."""
    labels, rest = looks[0], looks[1:]
    if len(rest) < 3 or labels.numeric or labels.distinct < 0.95 or labels.share < 0.9:
        return []
    if any(look.role in ("source", "target") for look in looks) or any(k.asks for k in rest):
        return []
    if not all(look.all(_mark, 1.0) for look in rest):
        return []
    names = {fold(v) for v in labels.some}
    same = sum(fold(re.sub(r" \(\d+\)$", "", look.title)) in names for look in rest)
    square = same >= 0.6 * len(rest)
    binary = all(len(look.counts) <= 2 for look in rest)
    if not square and not binary and sum(look.share > 0.98 for look in rest) > 0.5 * len(rest):
        zero = sum(bool({"0", "0.0", "0.000000"} & set(look.some)) for look in rest)
        if zero < 0.5 * len(rest):
            return []
    actor, hub = SCHEMA.actors[0], SCHEMA.actors[-1]
    link = SCHEMA.folding[0]
    numbered = any(v.isdigit() for look in rest for v in look.some)
    if binary and not square and not numbered and not any(k.entity == hub for k in looks):
        hub, link = "capability", "active_in"  # what is ticked is a theme; 0 and 1 are members
    positive = all(
        min(read_numbers(v.some).values or [0], key=lambda x: x or 0) >= 0
        for v in rest
        if v.numeric
    )
    valued = [] if binary or not positive else ["strength: cell"]
    across = "members down, networks across" if link == SCHEMA.folding[0] else "themes across"
    comment = "the rows are named in the header too" if square else across
    return [
        f"    # a matrix: {comment}; blank, 0 and no tie nothing",
        f"    matrix: {{rows: {quoted(labels.title)}}}",
        "    nodes:",
        f"      row: {{kind: {actor}, name: row}}",
        f"      column: {{kind: {actor if square else hub}, name: column}}",
        *tie(SCHEMA.undirected[0] if square else link, "row", "column", valued),
    ]


def _mark(text: str) -> bool:
    number = re.fullmatch(r"[+-]?\d+([.,]\d+)?", text)
    return text.casefold() in _MARKS or number is not None


def edges(looks: Sequence[Look]) -> list[str]:
    """Draft a list of ties: a column for each end."""
    one, other = (
        next((k for k in looks if k.role == end and k.named), None) for end in ("source", "target")
    )
    alike = one is None or other is None
    if one is None or other is None:
        one, other = _ends(looks)
    if one is None or other is None:
        return []
    shared = set(one.some) & set(other.some)
    two_mode = not alike and not shared and len(one.counts) > 1 and len(other.counts) > 1
    actor, hub = SCHEMA.actors[0], SCHEMA.actors[-1]
    kinds, kind, order = (actor, actor), SCHEMA.undirected[0], ("from", "to")
    comment = f"ties without a direction; {', '.join(between(actor, actor))} are possible too"
    if two_mode:
        swap = len(one.counts) < len(other.counts)
        kinds = (hub, actor) if swap else (actor, hub)
        kind, order = SCHEMA.folding[0], ("to", "from") if swap else ("from", "to")
        comment = (
            "no name occurs on both sides: taken for members and their networks; for events or "
            f"projects use {SCHEMA.period_lenders[0]} and {SCHEMA.folding[-1]}"
        )
    if alike and relates(one, "funds"):
        kind, comment = "funds", f"{', '.join(between(actor, actor))} are possible too"
    beside = _beside(looks, one, other)
    left = [k for k in looks if k not in (one, other, *beside[0], *beside[1])]
    rest = attributes(left, "ties")
    if not two_mode and (sorts := _sorts([k for k in looks if k not in (one, other)], kind)):
        kind, comment = sorts, f"{', '.join(between(actor, actor))} are possible"
    return [
        "    nodes:",
        *node("from", one, _of_node(beside[0]), kind=kinds[0], name=one, required="true"),
        *node("to", other, _of_node(beside[1]), kind=kinds[1], name=other, required="true"),
        *tie(kind, *order, rest, comment=comment),
    ]


def _of_node(looks: Sequence[Look]) -> Iterator[str]:
    """Draft what columns tell of one end of a tie, their headers read without its word."""
    bare = ((k, next((stem for _, stem in _sided(k.header)), "")) for k in looks)
    return attributes([replace(k, told=k.told or role_of(stem)) for k, stem in bare], "nodes")


def _beside(looks: Sequence[Look], one: Look, other: Look) -> tuple[list[Look], list[Look]]:
    """Return the columns that tell something of either end: Country 1 and Country 2."""
    first: list[Look] = []
    second: list[Look] = []
    stems: dict[str, dict[int, Look]] = {}
    for look in looks:
        if look not in (one, other) and look.role not in ("source", "target"):
            for side, stem in _sided(look.header):
                stems.setdefault(stem, {}).setdefault(side, look)
    for sides in stems.values():
        if len(sides) == 2 and depends(sides[0], one) and depends(sides[1], other):
            first.append(sides[0])
            second.append(sides[1])
    return first, second


def _sided(header: str) -> list[tuple[int, str]]:
    """Return for which end of a tie a header can be, 0 or 1, and what it says without that word.

    >>> _sided("origincity-label"), _sided("country-2")
    ([(0, 'city')], [(1, 'country')])
    """
    stem, _, last = header.rpartition("-")
    found = [(side, stem) for pair in _LETTERED for side, end in enumerate(pair) if end == last]
    for side, words in enumerate(_SIDES):
        for word in sorted(words, key=len, reverse=True):
            glued = word + ("" if len(word) > 3 else "-")
            if header.startswith(glued):
                found.append((side, header[len(glued) :].lstrip("-")))
            elif header.endswith(f"-{word}"):
                found.append((side, header[: -len(word) - 1]))
    bare = ((side, [w for w in stem.split("-") if w not in GENERIC]) for side, stem in found)
    stems = ((s, "-".join(w) or stem) for (s, w), (_, stem) in zip(bare, found, strict=True))
    return list(dict.fromkeys((side, stem) for side, stem in stems if stem))


def _sorts(looks: Sequence[Look], otherwise: str) -> str:
    """Return the kind of each tie by a column that says what sort it is, blank without one."""
    possible = between(SCHEMA.actors[0], SCHEMA.actors[0])
    for look in looks:
        if look.header not in _SORTS or len(look.counts) > 50:
            continue
        meant = {}
        for value in look.some:
            words = {*fold(value).replace("-", " ").split()}
            fits = [t for t in possible if words & {t, *RELATIONS.get(t, ())}]
            if fits and not words & _REVERSED:
                meant[value] = fits[0]
        if meant:
            spelt = json.dumps(meant, ensure_ascii=False)
            return f"{{column: {quoted(look.title)}, map: {spelt}, default: {otherwise}}}"
    return ""


def _ends(looks: Sequence[Look]) -> tuple[Look, Look] | tuple[None, None]:
    """Return the columns of the two ends of a tie by other words, or that hold the same names."""
    named = [k for k in looks if k.nameable and k.share > 0.5 and k.separator is None]
    known = {tuple(words.split()) for words in WORDS["ends"]}
    for one in named:
        for other in named:
            if (one.header, other.header) in known or _opposite(one, other, looks):
                return one, other
    bodies = [k for k in named if k.entity == "organisation"]
    if len(bodies) == 2 and all(_of_a_tie(k) for k in looks if k not in bodies):
        told = {"lead", "part_of", "funds", "hosts", "succeeds", "member_of"}
        if not any(relates(k, tie) for k in bodies for tie in told):
            return bodies[0], bodies[1]
    if [k.title for k in looks[:2]] == ["column 1", "column 2"] and len(named) >= 2:
        one, other = named[:2]
        if set(one.counts.index) & set(other.counts.index):
            return one, other
    return None, None


def _opposite(one: Look, other: Look, looks: Sequence[Look]) -> bool:
    """Return whether two columns of names are the two ends of a tie: Partner A and Partner B.

    What numbers several values of a row is none: Theme 1 and Theme 2, or Partner 1 to Partner 3.
    """
    first = {stem for side, stem in _sided(one.header) if side == 0}
    both = first & {stem for side, stem in _sided(other.header) if side == 1}
    if not both or any(_third(look.header) in both for look in looks):
        return False
    words = {w for stem in both for w in stem.split("-")}
    kinds = {kind_of_word(w) for w in words} | ({"thing"} if words & GENERIC else set())
    lettered = one.header[-1] != other.header[-1] and one.header[:-1] == other.header[:-1]
    telling = words & TELLING or {role_of(stem) for stem in both} & _TOLD
    return not telling and not kinds & {"person", "capability"} and bool(lettered or kinds - {""})


def _third(header: str) -> str:
    """Return what a header says before a third number or letter, blank without one."""
    stem, _, last = header.rpartition("-")
    return stem if last in ("c", "3", "iii", "three", "z") else ""


def _of_a_tie(look: Look) -> bool:
    """Return whether a column can only tell something of a tie: a date, a number, a sort."""
    return meaning_of(look) in ("start", "end", "amount", "strength", "currency", "attribute")


_LETTERED = {("a", "b"), ("1", "2"), ("i", "ii"), ("one", "two"), ("x", "y")}


def pairs(looks: Sequence[Look]) -> list[str]:
    """Draft a list of ties between nodes of one kind, from two columns with the same ids."""
    able = [k for k in looks if k.share > 0.9 and len(k.counts) > 5 and not k.dated][:30]
    alike = [
        (a, b)
        for n, a in enumerate(able)
        for b in able[n + 1 :]
        if len(set(a.counts.index) & set(b.counts.index)) > 0.6 * max(len(a.counts), len(b.counts))
        and (a.values == b.values).mean() < 0.2  # else they are transliterations
    ]
    if not alike or any(k.numeric for pair in alike for k in pair):
        return []
    alike.sort(key=lambda pair: max(map(len, pair[0].some)))  # ids are shorter than names
    (one, other), *more = alike
    named = next(((a, b) for a, b in more if not {a, b} & {one, other}), None)
    if named and depends(named[1], one):
        named = (named[1], named[0])
    actor = SCHEMA.actors[0]
    lines = ["    nodes:"]
    for label, look, name in zip(("from", "to"), (one, other), named or (None, None), strict=True):
        id = look if named else None
        lines += node(label, look, kind=actor, id=id, name=name or look, required="true")
    rest = attributes([k for k in looks if k not in (one, other, *(named or ()))], "ties")
    comment = f"{', '.join(between(actor, actor))} are possible"
    return lines + tie(SCHEMA.undirected[0], "from", "to", rest, comment=comment)


def matched(one: Look, other: Look) -> bool:
    """Return whether values of two columns come one with one."""
    return depends(one, other) and depends(other, one)


def depends(name: Look, id: Look) -> bool:
    """Return whether each value of a column always comes with the same value of another."""
    both = pd.DataFrame({"id": id.filled, "name": name.filled}).dropna()
    return bool(len(both)) and bool((both.groupby("id")["name"].nunique() <= 1).mean() > 0.95)
