"""Random ecosystems for property tests: every table, every type, names from all over the world."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import fits
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA

# Any text a cell may hold: no control characters but tab and line feed, no lone surrogates.
_characters = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
texts = st.text(_characters, min_size=1, max_size=12)
_awkward = st.sampled_from(
    [
        "=1+1",
        "-x",
        "@a",
        '"',
        "a,b",
        " a",
        "NA",
        "null",
        "1.0",
        "007",
        "true",
        "<b>",
        "e\u0301",
        "شركة",
    ]
)
names = st.one_of(texts, _awkward)
dates = st.sampled_from(["2016", "2018-10", "2018-10-05", "2017?", "201X", ".."])
numbers = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)
_own = {
    "own_text": names,
    "own_number": st.floats(allow_nan=False, allow_infinity=False),
    "own_integer": st.integers(-(2**63), 2**63 - 1),
    "own_boolean": st.booleans(),
}


def _row(draw: st.DrawFn, **columns: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Draw some of the columns; the others stay blank."""
    return {name: draw(values) for name, values in columns.items() if draw(st.booleans())}


def _period(draw: st.DrawFn) -> dict[str, str]:
    start = draw(st.sampled_from(["", "2016", "2017-03", ".."]))
    end = draw(st.sampled_from(["", "2018", "2019-10-05", ".."]))
    return {name: date for name, date in (("start", start), ("end", end)) if date}


@st.composite
def ecosystems(draw: st.DrawFn, *, most_nodes: int = 6, most_ties: int = 10) -> Ecosystem:
    """Draw an ecosystem with parallel ties, periods, aliases, receipts and own columns."""
    b = EcosystemBuilder(name="drawn", title=draw(names), description=draw(names))
    kinds = draw(st.lists(st.sampled_from(list(SCHEMA.node_kinds)), max_size=most_nodes))
    own = draw(st.lists(st.sampled_from(list(_own)), unique=True, max_size=2))
    for i, kind in enumerate(kinds):
        extra = _row(draw, **{name: _own[name] for name in own})
        some = _row(
            draw,
            subtype=names,
            sector=st.sampled_from(list(SCHEMA.values["sector"])),
            country=st.sampled_from(["BE", "FR"]),
            description=names,
            original_id=names,
            url=st.just("https://example.org/a?b=1&c=%20"),
        )
        b.node(f"n{i}", kind=kind, name=draw(names), **some, **_period(draw), **extra)
    ids = [f"n{i}" for i in range(len(kinds))]
    ties = _ties(draw, b, kinds, own, most_ties)
    if draw(st.booleans()):
        b.source("s", title=draw(names), **_row(draw, publisher=names, retrieved=dates))
        for fact in draw(st.lists(st.sampled_from([*ids, *ties]), unique=True)) if ids else []:
            b.evidence(fact, source="s", **_row(draw, locator=names, quote=names, attribute=names))
    for node in ids:
        if draw(st.booleans()):
            kind = draw(st.sampled_from([None, *SCHEMA.values["alias_kind"]]))
            b.alias(
                node, draw(names), kind=kind, language=draw(st.sampled_from([None, "nl", "fr-BE"]))
            )
    if len(ids) > 1 and draw(st.booleans()):
        b.judgement("n0", "n1", "unsure", **_row(draw, by=names, reason=names))
    return b.build()


def _ties(
    draw: st.DrawFn, b: EcosystemBuilder, kinds: list[str], own: list[str], most: int
) -> list[str]:
    """Add ties that fit the kinds of their ends, parallel ones among them."""
    fitting = [
        (tie, i, j)
        for tie in SCHEMA.tie_kinds
        for i, source in enumerate(kinds)
        for j, target in enumerate(kinds)
        if i != j and fits(tie, source, target)
    ]
    if not fitting:
        return []
    ids = []
    for tie, i, j in draw(st.lists(st.sampled_from(fitting), max_size=most)):
        some = _row(
            draw,
            role=st.sampled_from(list(SCHEMA.values["role"])),
            strength=numbers,
            trust=st.integers(1, 4),
            amount=numbers,
            confidence=st.floats(0, 1),
            status=st.sampled_from(list(SCHEMA.values["status"])),
            member_benefit=names,
            intensity=st.sampled_from(list(SCHEMA.values["intensity"])),
            reported_by=st.sampled_from([f"n{i}", f"n{j}"]),
        )
        extra = _row(draw, **{name: _own[name] for name in own})
        ids.append(b.tie(tie, f"n{i}", f"n{j}", **some, **_period(draw), **extra))
    return ids
