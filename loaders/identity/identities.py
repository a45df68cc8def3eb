"""The nodes of an ecosystem that are or may be the same, and what people judged about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.pairs import pairs
from partnergraph.loaders.identity.rules import (
    REVIEW,
    Match,
    apart_by,
    compare,
    explained,
    in_context,
)

# The host of an address, without www.
_HOST = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([^/:?#]*).*$", re.S)

_PAIR = ("a", "b", "a_name", "b_name", "kind", "score", "reason")
COLUMNS = (*_PAIR, "verdict", "judgement", "by", "on", "cluster", "terms")


def identities(eco: Ecosystem, *, kinds: Iterable[str] | None = None) -> pd.DataFrame:
    """List the pairs of an ecosystem's nodes that are or may be the same.

    Parameters
    ----------
    kinds
        Node kinds to look among; by default actors and projects.

    Returns
    -------
    DataFrame
        One row per pair, best score first: ``a b a_name b_name kind score reason verdict``
        (``merge``, ``review`` or ``judged``), the latest ``judgement`` with ``by`` and ``on``,
        the ``cluster`` of nodes that the pairs connect, and the comparison term by term. Pairs
        judged different are left out.
    """
    wanted = set(kinds or SCHEMA.default_network)
    nodes = {n["id"]: n for n in eco.nodes.to_dict("records") if n["kind"] in wanted}
    decided = judged(eco)
    rows = []
    for (a, b), match in _best_by_pair(eco, nodes).items():
        verdict = decided.pop((a, b), None)
        if verdict is not None and verdict["judgement"] == "different":
            continue
        rows.append(_row(nodes, a, b, match, verdict))
    for (a, b), verdict in decided.items():
        if verdict["judgement"] == "same" and a in nodes and b in nodes:
            rows.append(_row(nodes, a, b, compare(nodes[a]["name"], nodes[b]["name"]), verdict))
    rows.sort(key=lambda r: (-r["score"], r["a"], r["b"]))
    cluster = _clusters((r["a"], r["b"]) for r in rows)
    return pd.DataFrame([{**r, "cluster": cluster[r["a"]]} for r in rows], columns=list(COLUMNS))


def judged(eco: Ecosystem) -> dict[tuple[str, str], dict[Any, Any]]:
    """Return the latest judgement of each pair; on the same day, different outweighs same."""
    order = {"unsure": 0, "same": 1, "different": 2}
    rows = eco.judgements.to_dict("records")
    rows.sort(key=lambda r: (str(r["on"]) if r["on"] == r["on"] else "", order[r["judgement"]]))
    return {(min(r["a"], r["b"]), max(r["a"], r["b"])): r for r in rows}


def _best_by_pair(
    eco: Ecosystem, nodes: Mapping[str, Mapping[Any, Any]]
) -> dict[tuple[str, str], Match]:
    """Compare every name and alias of every node; keep the best match of each pair of nodes."""
    named = [(n["name"], id) for id, n in nodes.items()]
    aliases = eco.aliases
    named += [(x, n) for n, x in zip(aliases["node"], aliases["alias"], strict=True) if n in nodes]
    best: dict[tuple[str, str], Match] = {}
    located = eco.ties[eco.ties["kind"] == SCHEMA.locating]
    places: dict[str, frozenset[str]] = {}
    for node, place in zip(located["source"], located["target"], strict=True):
        places[node] = places.get(node, frozenset()) | {place}
    for i, j, match in pairs(name for name, _ in named):
        a, b = sorted((named[i][1], named[j][1]))
        if a == b or not _comparable(nodes[a]["kind"], nodes[b]["kind"]):
            continue
        x, y = nodes[a], nodes[b]
        countries = (_text(x["country"]), _text(y["country"]))
        match = in_context(match, kinds=(x["kind"], y["kind"]), countries=countries)
        match = apart_by(match, _differences(x, y, places))
        if match.score >= REVIEW and match.score > best.get((a, b), Match(0, "")).score:
            best[a, b] = match
    return best


def _differences(
    x: Mapping[Any, Any], y: Mapping[Any, Any], places: Mapping[str, frozenset[str]]
) -> list[str]:
    """Return what tells homonyms apart: place, site, year of foundation, or time of existence."""
    here, there = places.get(x["id"], frozenset()), places.get(y["id"], frozenset())
    found = ["place"] if here and there and here.isdisjoint(there) else []
    sites = [_HOST.sub(r"\1", (_text(n["url"]) or "").lower()) for n in (x, y)]
    found += ["site"] if all(sites) and sites[0] != sites[1] else []
    starts, ends = ([(_text(n[c]) or "")[:4] for n in (x, y)] for c in ("start", "end"))
    years = all(s.isdigit() for s in starts)
    if years and abs(int(starts[0]) - int(starts[1])) > 1:
        found.append("year of foundation")
    elif any(
        e.isdigit() and s.isdigit() and e < s for e, s in zip(ends, starts[::-1], strict=True)
    ):
        found.append("time of existence")
    # Many bodies have several sites: another one tells only beside another difference.
    return [] if found == ["site"] else found


def _comparable(kind: str, other: str) -> bool:
    """Return whether nodes of two kinds can be the same: of one kind, or both actors."""
    return kind == other or (kind in SCHEMA.actors and other in SCHEMA.actors)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _row(
    nodes: Mapping[str, Mapping[Any, Any]],
    a: str,
    b: str,
    match: Match,
    judged: Mapping[Any, Any] | None,
) -> dict[str, Any]:
    said = judged or {}
    verdict = "judged" if judged else match.verdict
    names = (nodes[a]["name"], nodes[b]["name"], nodes[a]["kind"])
    decision = (said.get("judgement"), said.get("by"), said.get("on"))
    values = (a, b, *names, round(match.score, 3), match.reason, verdict, *decision)
    terms = explained(nodes[a]["name"], nodes[b]["name"])
    return {**dict(zip(COLUMNS, values, strict=False)), "terms": terms}


def _clusters(linked: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Number the connected groups of ids, from 1, in order of appearance."""
    parent: dict[str, str] = {}

    def root(id: str) -> str:
        while parent.setdefault(id, id) != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    for a, b in linked:
        parent[root(b)] = root(a)
    numbers: dict[str, int] = {}
    return {id: numbers.setdefault(root(id), len(numbers) + 1) for id in parent}
