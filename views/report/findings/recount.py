"""A second count of every figure in a finding, by pandas and networkx over the tables alone.

Nothing of `partnergraph.analysis` is asked here, and no network of ours: the tables are read as a
reader of the exported files would read them. A report whose figures the two paths do not agree on
is refused.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import networkx as nx
import pandas as pd

from partnergraph.graph.errors import NotConfirmed
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.findings.finding import Finding

Figures = dict[str, Any]
FIRST, LAST = "0000-00-00", "9999-99-99"
ACTORS, HUBS = set(SCHEMA.actors), set(SCHEMA.default_network) - set(SCHEMA.actors)


class Recount:
    """The tables of an ecosystem on a day, and what can be counted in them.

    Parameters
    ----------
    tables
        The six tables.
    at
        The day; None counts everything.
    focus
        Id of the node that the ecosystem is about; blank for none.
    duplicates
        Pairs of nodes that may be the same.
    earlier
        The tables on the earlier day, or of the earlier edition; None for none.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        at: str | None = None,
        focus: str = "",
        duplicates: pd.DataFrame | None = None,
        earlier: Recount | None = None,
    ) -> None:
        self.earlier = earlier
        self.whole, self.at, self.focus, self.duplicates = tables, at, focus, duplicates
        nodes, ties = tables["nodes"], tables["ties"]
        if at is not None:
            there = [_meets(row.start, _open_end(row), at) for row in _rows(nodes)]
            nodes = nodes[pd.Series(there, index=nodes.index, dtype=bool)]
            ends = ties["source"].isin(nodes["id"]) & ties["target"].isin(nodes["id"])
            own = [_meets(tie.start, tie.end, at) for tie in _rows(ties)]
            ties = ties[ends & pd.Series(own, index=ties.index, dtype=bool)]
        self.nodes, self.ties = nodes, ties
        self.evidence = tables["evidence"]
        self.kind = dict(zip(nodes["id"], nodes["kind"], strict=True))

    @cached_property
    def network(self) -> nx.MultiGraph:
        """The network: every tie between nodes of its kinds that is not history or disputed."""
        graph = nx.MultiGraph()
        graph.add_nodes_from(n for n, kind in self.kind.items() if kind in ACTORS | HUBS)
        for tie in _rows(self.ties):
            counts = tie.kind not in SCHEMA.history and tie.status != SCHEMA.disputed
            if counts and tie.source in graph and tie.target in graph and tie.source != tie.target:
                graph.add_edge(tie.source, tie.target, key=tie.id)
        return graph

    @cached_property
    def degree(self) -> Mapping[str, int]:
        """The number of neighbours of each node that acts; of all if none does."""
        plain = nx.Graph(self.network)
        act = [n for n in plain if self.kind[n] in ACTORS] or list(plain)
        return {n: plain.degree(n) for n in act}

    @cached_property
    def holders(self) -> Mapping[str, set[str]]:
        """By capability, the actors that have it."""
        held: dict[str, set[str]] = {}
        for tie in _rows(self.ties):
            if self.kind.get(tie.target) in CAPABILITIES and tie.kind in HELD:
                held.setdefault(tie.target, set()).add(tie.source)
        return held

    @cached_property
    def members(self) -> Mapping[str, set[str]]:
        """By project or network, who takes part in it."""
        joins = self.ties[self.ties["kind"].isin(SCHEMA.folding)]
        found: dict[str, set[str]] = {}
        for tie in _rows(joins[joins["status"] != SCHEMA.disputed]):
            found.setdefault(tie.target, set()).add(tie.source)
        return found

    @cached_property
    def fewest(self) -> Mapping[str, int]:
        """How many must take part, two unless the data say otherwise."""
        own = self.nodes.set_index("id").get("minimum", pd.Series(dtype=float)).dropna()
        return {**dict.fromkeys(self.kind, 2), **{str(i): int(n) for i, n in own.items()}}

    def pieces(self, without: Iterable[str] = ()) -> list[int]:
        """Return the sizes of the pieces, the largest first."""
        rest = self.network.subgraph(set(self.network) - set(without))
        return sorted(map(len, nx.connected_components(rest)), reverse=True)

    def between_actors(self, among: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the ties between two actors that are not history, disputed, or loops."""
        ties = self.ties if among is None else self.ties[self.ties["id"].isin(set(among))]
        act = ties["source"].map(self.kind).isin(ACTORS) & ties["target"].map(self.kind).isin(
            ACTORS
        )
        act &= ~ties["kind"].isin(SCHEMA.history) & (ties["source"] != ties["target"])
        return ties[act & (ties["status"] != SCHEMA.disputed)]


CAPABILITIES = {
    kind
    for tie in SCHEMA.tie_kinds.values()
    for kind in tie.target_kinds
    if tie.source_kinds and tie.source_kinds <= ACTORS and not tie.target_kinds & (ACTORS | HUBS)
}
HELD = {
    name
    for name, tie in SCHEMA.tie_kinds.items()
    if tie.target_kinds <= CAPABILITIES and tie.source_kinds <= ACTORS and not tie.sought
}
PART = {name for name, tie in SCHEMA.tie_kinds.items() if tie.same_kind}


def check(findings: Iterable[Finding], recount: Recount) -> None:
    """Count every figure again, and refuse the findings where one differs.

    Raises
    ------
    NotConfirmed
        If a figure, a name, or the sentence that goes with it is not what the tables give.
    """
    known = set(recount.whole["nodes"]["id"])
    for finding in findings:
        named = {i for ids in finding.who.values() for i in ids}
        unknown = (named - known) | (set(finding.facts) - known - set(recount.whole["ties"]["id"]))
        if unknown:
            raise NotConfirmed(f"finding {finding.claim}: there is no {min(unknown)}")
        counted = RECOUNTS[finding.claim](recount, finding) | _sure(recount, finding)
        said: Figures = {"case": finding.case, **finding.figures}
        said |= {name: set(ids) for name, ids in finding.who.items()}
        for name in sorted({*said, *counted}):
            if said.get(name) != counted.get(name):
                raise NotConfirmed(
                    f"finding {finding.claim}, {name}: the report says "
                    f"{_shown(said.get(name))}, the tables give {_shown(counted.get(name))}"
                )


def _sure(r: Recount, finding: Finding) -> Figures:
    ties = r.whole["ties"]
    guessed = ties["id"][ties["status"] == SCHEMA.inferred]
    facts = set(finding.facts)
    return {"facts": len(facts), "guessed": int(guessed.isin(facts).sum())}


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def _shown(value: object) -> str:
    return ", ".join(sorted(map(str, value))) or "nobody" if isinstance(value, set) else f"{value}"


# -- dates -------------------------------------------------------------------------------------


def _bounds(text: Any) -> tuple[str, str]:
    """Return the first and last day of a date as text that sorts; of an unknown one, all days."""
    if not isinstance(text, str) or text == ".." or not text:
        return FIRST, LAST
    bare = text.rstrip("?~%")
    if "/" in bare:
        first, last = bare.split("/", 1)
        return _bounds(first)[0], _bounds(last)[1]
    if not re.fullmatch(r"[\dX]{4}(-[\dX]{2}){0,2}", bare):
        return _elsewhere(text)
    low, high = (bare.replace("X", digit) for digit in "09")
    parts = high.split("-")
    if len(parts) > 1 and not 1 <= int(parts[1]) <= 12:
        return _elsewhere(text) if "X" not in bare else (f"{low[:4]}-01-01", f"{high[:4]}-12-31")
    ends = {4: ("-01-01", "-12-31"), 7: ("-01", "-31"), 10: ("", "")}[len(bare)]
    return low + ends[0], high + ends[1]


def _elsewhere(text: str) -> tuple[str, str]:
    """Return the bounds of a season and the like, which only the reader of dates knows."""
    from partnergraph.graph.periods import span

    def day(number: int) -> str:
        return datetime.date.fromordinal(max(1, number)).isoformat()

    first, last = span(text)
    return day(first), day(last)


def _meets(start: Any, end: Any, at: str) -> bool:
    first, last = _bounds(at)
    return _bounds(start)[0] <= last and _bounds(end)[1] >= first


def _open_end(node: Any) -> Any:
    """Return the end of a node; what recurs goes on."""
    return ".." if isinstance(node.recurrence, str) and not isinstance(node.end, str) else node.end


def _period(tie: Any, lent: Mapping[str, tuple[Any, Any]]) -> tuple[Any, Any]:
    """Return start and end of a tie; of one without, those of the project it touches."""
    if isinstance(tie.start, str) or isinstance(tie.end, str):
        return tie.start, tie.end
    return lent.get(tie.target) or lent.get(tie.source) or (None, None)


def _lent(nodes: pd.DataFrame) -> dict[str, tuple[Any, Any]]:
    return {
        n.id: (n.start, ".." if isinstance(n.recurrence, str) else n.end)
        for n in _rows(nodes)
        if n.kind in SCHEMA.period_lenders and (isinstance(n.start, str) or isinstance(n.end, str))
    }


# -- the claims --------------------------------------------------------------------------------


def _nothing(r: Recount, _: Finding) -> Figures:
    return {"case": "none" if not len(r.network) else "some"}


def _duplicates(r: Recount, _: Finding) -> Figures:
    pairs = pd.DataFrame() if r.duplicates is None else r.duplicates.query("score >= 0.9")
    pairs = pairs[pairs["judgement"].isna() & pairs["a"].isin(r.kind) & pairs["b"].isin(r.kind)]
    n, first = len(pairs), pairs.iloc[0]
    case = "one" if n == 1 else "many"
    return {"case": case, "n": n, "more": n - 1, "a": {first["a"]}, "b": {first["b"]}}


def _over(r: Recount, _: Finding) -> Figures:
    whole = Recount(r.whole)
    ties = whole.ties[whole.ties["id"].isin({key for *_, key in whole.network.edges(keys=True)})]
    lent, (first, last), counts = _lent(whole.nodes), _bounds(r.at), Counter[str]()
    lasts = {n.id: (_bounds(n.start)[0], _bounds(_open_end(n))[1]) for n in _rows(whole.nodes)}
    for tie in _rows(ties):
        start, end = _period(tie, lent)
        dated = isinstance(start, str) or isinstance(end, str)
        lives = [lasts[tie.source], lasts[tie.target], (_bounds(start)[0], _bounds(end)[1])]
        if min(life[1] for life in lives) < first:
            counts["ended"] += 1
        elif max(life[0] for life in lives) > last:
            counts["planned"] += 1
        else:
            counts["running" if dated else "undated"] += 1
    case = "planned" if counts["planned"] else "none_planned"
    return {"case": case, "total": len(ties)} | {
        name: counts[name] for name in ("ended", "running", "planned", "undated")
    }


def _rank(r: Recount, _: Finding) -> Figures:
    order = sorted(r.degree.values(), reverse=True)
    most, top = order[0], {n for n, k in r.degree.items() if k == order[0]}
    near = sum(k < most and (most - k) ** 2 <= 1.96**2 * (most + k) / 10 for k in order)
    modes = r.network.number_of_edges() > 0 and all(
        (r.kind[a] in ACTORS) != (r.kind[b] in ACTORS) for a, b in r.network.edges()
    )
    out: Figures = {"n": len(order), "others": len(r.network) - 1, "degree": most, "near": near}
    out |= {"second": order[1] if len(order) > 1 else 0, "alike": len(top), "names": top}
    case = "shared" if len(top) > 1 else "near" if near else "first"
    special = {1: "only"}.get(len(r.network)) or ("loose" if not most else "")
    if not special and len(r.network) == 2:
        return out | {"case": "pair", "names": set(r.network)}
    return out | {"case": special or case + ("_modes" if modes else "")}


def _construction(r: Recount, finding: Finding) -> Figures:
    (node,) = finding.who["name"]
    publishers = r.whole["sources"].set_index("id")["publisher"]
    names = {node, *r.whole["nodes"].loc[r.whole["nodes"]["id"] == node, "name"]}
    names |= set(r.whole["aliases"].loc[r.whole["aliases"]["node"] == node, "alias"])
    folded = {str(name).casefold() for name in names}
    best: tuple[int, int] = (0, 0)
    for source in publishers.index[publishers.fillna("").str.casefold().isin(folded)]:
        stated = set(r.evidence["fact"][r.evidence["source"] == source])
        ties = r.between_actors(stated)
        own = int(((ties["source"] == node) | (ties["target"] == node)).sum())
        if len(ties) and own >= 0.8 * len(ties) and own > best[0]:
            best = own, len(ties)
    if best[0]:
        return {"case": "author", "own": best[0], "stated": best[1], "name": {node}}
    ties = r.between_actors()
    ends = {*ties["target"][ties["source"] == node], *ties["source"][ties["target"] == node]}
    others = sum(kind in ACTORS for kind in r.kind.values()) - 1
    return {"case": "star", "tied": len(ends), "others": others, "name": {node}}


def _apart(r: Recount, finding: Finding) -> Figures:
    (node,) = finding.who["name"]
    before, after = r.pieces(), r.pieces([node])
    out: Figures = {"n": sum(after), "pieces": len(after), "before": len(before), "name": {node}}
    out |= {"largest": max(after, default=0), "alone": after.count(1)}
    if not after:
        case = "nothing"
    elif len(after) == 1:
        case = "last" if after == [1] else "whole"
    elif set(after) == {1}:
        case = "alone"
    else:
        case = "as_before" if len(after) == len(before) else "falls"
        case += "_some_alone" if 1 in after else ""
    return out | {"case": case}


def _alike(r: Recount, finding: Finding) -> Figures:
    (node,) = finding.who["name"]
    gone = {node} if "without" in finding.options else set()
    plain = nx.Graph(r.network.subgraph(set(r.network) - gone))
    act = [n for n in plain if r.kind[n] in ACTORS] or list(plain)
    degree = {n: plain.degree(n) for n in act if n != node}
    if not any(degree.values()):
        return {"case": "nothing"}
    times = Counter(degree.values())
    alike = sum(k for k in times.values() if k > 1)
    if len(degree) > 1 and 2 * alike >= len(degree):
        case = "unranked" if gone else "with"
        case += "_all" if alike == len(degree) else ""
        return {"case": case, "n": len(degree), "alike": alike, "name": {node}}
    top = {n for n, k in degree.items() if k == max(degree.values())}
    return {"case": "next", "n": len(degree), "first": len(top), "names": top, "name": {node}}


def _leaves(r: Recount, finding: Finding) -> Figures:
    (node,) = finding.who["name"]
    (mine,) = (p for p in nx.connected_components(r.network) if node in p)
    rest = sorted(map(len, nx.connected_components(r.network.subgraph(mine - {node}))))
    fallen = _fallen(r, node)
    lost = [c for c, who in r.holders.items() if who <= {node, *fallen}]
    falls = "fallen" if {r.fewest[hub] for hub in fallen} == {2} else "short"
    case = "_".join(part for part, n in (("apart", sum(rest[:-1])), (falls, len(fallen))) if n)
    out: Figures = {"case": case, "name": {node}, "hubs": fallen, "fallen": len(fallen)}
    return out | {"apart": sum(rest[:-1]), "pieces": len(r.pieces([node])), "lost": len(lost)}


def _fallen(r: Recount, node: str) -> set[str]:
    """Return the hubs that end where a node leaves, and what ends with them in turn."""
    gone, ended = {node}, set[str]()
    while True:
        falls = {
            hub
            for hub, who in r.members.items()
            if hub not in gone and len(who - gone) < r.fewest[hub] <= len(who)
        }
        if not falls:
            return ended
        ended |= falls
        gone |= falls


def _alone(r: Recount, _: Finding) -> Figures:
    single = {c: next(iter(who)) for c, who in r.holders.items() if len(who) == 1}
    parts = r.ties[r.ties["kind"].isin(PART)]
    taxonomy = nx.DiGraph(list(zip(parts["source"], parts["target"], strict=True)))
    broader = sum(
        any(r.holders.get(above, set()) - {who} for above in nx.descendants(taxonomy, c))
        for c, who in single.items()
        if c in taxonomy
    )
    counts = Counter(single.values())
    most = [who for who, n in counts.items() if n == max(counts.values())]
    out: Figures = {"n": len(single), "total": len(r.holders), "broader": broader}
    case = "all" if len(single) == len(r.holders) else "some"
    if len(most) == 1 and len(counts) > 1 and case == "some":
        case, out["name"], out["most"] = "most", set(most), counts[most[0]]
    return out | {"case": case + ("_broader" if broader else "")}


def _wanted(r: Recount, finding: Finding) -> Figures:
    there = r.ties[r.ties["target"].map(r.kind).isin(CAPABILITIES)]
    there = there[~there["kind"].isin({*PART, *SCHEMA.aims}) & ~there["target"].isin(r.holders)]
    sought = set(there["target"][there["kind"].isin(SCHEMA.sought)])
    by_actors = finding.case.startswith("sought")
    names = sought if by_actors else set(there["target"]) - sought
    parts = r.ties[r.ties["kind"].isin(PART)]
    taxonomy = nx.DiGraph(list(zip(parts["source"], parts["target"], strict=True)))
    near = sum(
        any(c in r.holders for c in nx.descendants(taxonomy, n) | nx.ancestors(taxonomy, n))
        for n in names & set(taxonomy)
    )
    case = ("sought" if by_actors else "required") + ("_near" if near else "")
    return {"case": case, "n": len(names), "near": near, "names": names}


def _ends(r: Recount, _: Finding) -> Figures:
    ties = r.ties[r.ties["id"].isin({key for *_, key in r.network.edges(keys=True)})]
    node_ends = {n.id: _open_end(n) for n in _rows(r.nodes)}
    last = [
        min(_bounds(end)[1] for end in (t.end, node_ends[t.source], node_ends[t.target]))
        for t in _rows(ties)
    ]
    known = [int(day[:4]) for day in last if day != LAST]
    case = "all" if len(known) == len(ties) else "some"
    return {"case": case, "n": len(known), "total": len(ties), "year": max(known, default=0)}


def _benefits(r: Recount, _: Finding) -> Figures:
    ties = r.ties[~r.ties["kind"].isin(SCHEMA.history)]
    act = ties["source"].map(r.kind).isin(ACTORS)
    joins = ties[act & ties["kind"].isin(SCHEMA.folding)]
    hubs = joins.groupby("source")["target"].agg(set).to_dict()
    said = ties[ties["member_benefit"].notna()]
    through = set(zip(said["source"], said["target"], strict=True))
    direct = ties[
        act & ties["target"].map(r.kind).isin(ACTORS) & (ties["source"] != ties["target"])
    ]
    pairs = {frozenset(ends) for ends in zip(direct["source"], direct["target"], strict=True)}
    of = r.focus in r.kind
    pairs = {pair for pair in pairs if not of or r.focus in pair}
    n, total = 0, len(pairs)
    for a, b in map(sorted, pairs):
        both = hubs.get(a, set()) & hubs.get(b, set())
        n += bool({(a, b), (b, a)} & through) or any(
            (end, hub) in through for end in (a, b) for hub in both
        )
    case = ("only" if n else "only_none") if total == 1 else "all" if n == total else "some"
    case = "none" if not n and total > 1 else case
    out: Figures = {"case": case + ("_of" if of else ""), "n": n, "total": total}
    return out | {"silent": total - n} | ({"name": {r.focus}} if of else {})


def _together(r: Recount, _: Finding) -> Figures:
    ties = r.ties[r.ties["target"].map(r.kind).isin(HUBS) | r.ties["source"].map(r.kind).isin(HUBS)]
    who: dict[str, set[str]] = {n: set() for n, kind in r.kind.items() if kind in HUBS}
    for tie in _rows(ties):
        kinds = SCHEMA.tie_kinds[tie.kind].source_kinds
        for hub, other in ((tie.source, tie.target), (tie.target, tie.source)):
            counts = r.kind[hub] in HUBS and r.kind[other] in ACTORS and kinds <= ACTORS
            if counts and tie.kind not in SCHEMA.sought:
                who[hub].add(other)
    most = max(map(len, who.values()))
    top = {hub for hub, members in who.items() if len(members) == most}
    case = "one" if len(top) == 1 else "each" if len(top) <= 4 else "many"
    several = sum(len(members) > 1 for members in who.values())
    out: Figures = {"case": case, "n": several, "total": len(who), "most": most, "first": len(top)}
    return out | ({"names": top} if case != "many" else {})


def _dates(r: Recount, _: Finding) -> Figures:
    lent = _lent(r.nodes)
    undated = [t for t in _rows(r.ties) if not any(isinstance(x, str) for x in _period(t, lent))]
    return {"case": "some", "n": len(undated), "total": len(r.ties)}


def _inferred(r: Recount, _: Finding) -> Figures:
    n = int((r.ties["status"] == SCHEMA.inferred).sum())
    return {"case": "some", "n": n, "total": len(r.ties)}


def _sources(r: Recount, _: Finding) -> Figures:
    sources = r.whole["sources"]
    if not len(sources):
        return {"case": "none", "n": 0}
    publisher, nodes = str(sources["publisher"].iloc[0]).casefold(), r.nodes
    aliases = r.whole["aliases"]
    bears = nodes["id"][(nodes["id"] == publisher) | (nodes["name"].str.casefold() == publisher)]
    known = {*bears, *aliases["node"][aliases["alias"].str.casefold() == publisher]} & set(r.kind)
    author = {"name": known} if len(known) == 1 else {}
    return {"case": "author" if author else "one", "n": len(sources), **author}


def _lapses(r: Recount, _: Finding) -> Figures:
    """Count what ends from the day to the same day a year later, or its month's last."""
    first, last = (_in_month(day) for day in _bounds(r.at))
    horizon = _in_month(f"{int(last[:4]) + 1:04}{last[4:]}")
    nodes = {n.id: _in_month(_bounds(_open_end(n))[1]) for n in _rows(r.whole["nodes"])}
    listed = r.whole["ties"][r.whole["ties"]["status"] != SCHEMA.disputed]
    here, ends, longest = set(r.ties["id"]), {}, dict[Any, str]()
    held: dict[str, str] = {}
    kind = dict(zip(r.whole["nodes"]["id"], r.whole["nodes"]["kind"], strict=True))
    for tie in _rows(listed):
        own = _in_month(_bounds(tie.end)[1])
        ends[tie.id] = end = min(own, nodes[tie.source], nodes[tie.target])
        key = tie.kind, tie.source, tie.target, tie.role if isinstance(tie.role, str) else ""
        longest[key] = max(end, longest.get(key, ""))
        if tie.kind in HELD and kind[tie.source] in ACTORS and kind[tie.target] in CAPABILITIES:
            held[tie.target] = max(end, held.get(tie.target, ""))
    n = sum(
        t.id in here
        and first <= ends[t.id] <= horizon
        and longest[t.kind, t.source, t.target, t.role if isinstance(t.role, str) else ""]
        == ends[t.id]
        for t in _rows(listed)
    )
    gone = sum(
        first <= min(end, held.get(i, LAST)) <= horizon for i, end in nodes.items() if i in r.kind
    )
    alive = [end for tie, end in ends.items() if tie in here]
    out = {"n": n, "nodes": gone, "ties": len(alive), "dated": sum(e < "9999" for e in alive)}
    return {"case": "nodes" if gone else "ties", "months": 12, **out}


def _in_month(day: str) -> str:
    """Return a day that its month has: 31 February is the last of February."""
    year, month, number = (int(part) for part in day.split("-"))
    if not 0 < year < 9999 or not month:
        return day
    return f"{day[:8]}{min(number, monthrange(year, month)[1]):02}"


def _changed(r: Recount, _: Finding) -> Figures:
    """Count the tied pairs of both networks, and who is in one of the two only."""
    assert r.earlier is not None
    now, was = ({frozenset(e) for e in x.network.edges()} for x in (r, r.earlier))
    came, left = set(r.kind) - set(r.earlier.kind), set(r.earlier.kind) - set(r.kind)
    out = {"new": len(now - was), "lost": len(was - now), "kept": len(now & was)}
    out |= {"came": len(came), "left": len(left)}
    return {"case": "who" if came or left else "ties", **out}


RECOUNTS: dict[str, Callable[[Recount, Finding], Figures]] = {
    "nothing": _nothing,
    "duplicates": _duplicates,
    "over": _over,
    "rank": _rank,
    "construction": _construction,
    "apart": _apart,
    "leaves": _leaves,
    "closes": _leaves,
    "wanted": _wanted,
    "alone": _alone,
    "ends": _ends,
    "lapses": _lapses,
    "changed": _changed,
    "benefits": _benefits,
    "together": _together,
    "alike": _alike,
    "dates": _dates,
    "inferred": _inferred,
    "sources": _sources,
}
