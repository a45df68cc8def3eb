"""Merges nodes that are the same body: by people's judgements, and by equal names.

A judgement always counts. Without one, two nodes are merged only where their names are equal once
normalised, kind and country agree, and no source has both: a source that lists two bodies under
two ids treats them as different, and a person has to decide. Nothing is lost: names become
aliases, ties and receipts move to the node that stays, and conflicting values are reported.

Judgements are kept in the ecosystem, so that later runs give the same result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.graph import checks
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.checks import offenders, short
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput, in_words
from partnergraph.graph.formats import datapackage
from partnergraph.graph.formats.delimited import read_table
from partnergraph.graph.ids import derived_id
from partnergraph.graph.network_options import number_of
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.identities import identities, judged

# To which reading a node belongs: the numbers of the sources that have its id, in order.
Origins = Mapping[str, frozenset[int]]
HERE = frozenset({0})


@dataclass(frozen=True)
class Settled:
    """An ecosystem after merging, and a report of what was merged.

    Attributes
    ----------
    said
        What was merged, removed, or left to a person, one sentence each.
    conflicts
        Cells for which merged rows had different values, as findings; the first value is kept.
    into
        The id that each merged id became.
    """

    ecosystem: Ecosystem
    said: list[str] = field(default_factory=list)
    conflicts: pd.DataFrame = field(default_factory=lambda: checks.findings_table([]))
    into: Mapping[str, str] = field(default_factory=dict)


def settle(eco: Ecosystem, *, origins: Origins | None = None, by_name: bool = True) -> Settled:
    """Merge the nodes that are the same by judgement or by equal names.

    The id that stays is that of the earliest source, or the first in the alphabet within a source.

    Parameters
    ----------
    origins
        The sources that have each node; nodes of one source are not merged by name. By default,
        every node counts as a source of its own.
    by_name
        Whether equal names are enough; else only judgements count.
    """
    groups = _Groups(eco, origins)
    for (a, b), row in sorted(judged(eco).items()):
        if row["judgement"] == "same" and a in eco.kind_of and b in eco.kind_of:
            groups.join(a, b, f"judged the same{_by(row)}")
    if by_name and (origins is None or len(set().union(*origins.values())) > 1):
        _join_equal_names(groups, identities(eco))
    if not groups.into:
        return Settled(eco, groups.said)
    into = {id: groups.root(id) for id in groups.into}
    merged, said, conflicts = _merged(eco, into)
    return Settled(merged, [*groups.said, *said], conflicts, into)


def judge(
    eco: Ecosystem,
    decisions: Iterable[tuple[str, str, str]],
    *,
    by: str,
    on: str,
    reason: str | None = None,
) -> Ecosystem:
    """Record decisions about pairs of nodes, each ``(a, b, judgement)``.

    Parameters
    ----------
    by, on
        Who decided and when; dates never come from the clock.

    Raises
    ------
    BadParameter
        If a judgement is not same, different or unsure, or a node is paired with itself.
    UnknownName, AmbiguousName
        If a node does not exist, or a name is that of several nodes.
    """
    rows = []
    for one, other, judgement in decisions:
        a, b = sorted((eco.resolve(one), eco.resolve(other)))
        if judgement not in SCHEMA.values["judgement"] or a == b:
            allowed = ", ".join(SCHEMA.values["judgement"])
            invalid = f"{judgement!r} is not a valid judgement"
            cause = invalid if a != b else f"{one!r} and {other!r} are the same node"
            raise BadParameter(f"{one}, {other}: {cause}. Give two nodes and one of {allowed}")
        rows.append({"a": a, "b": b, "judgement": judgement, "by": by, "on": on, "reason": reason})
    key = list(SCHEMA.tables["judgements"].key)
    added = pd.DataFrame(rows, columns=[*key[:2], "judgement", "by", "on", "reason"], dtype=object)
    # Of two decisions by one person on one day, the later counts.
    both = pd.concat([eco.judgements.astype(object), added]).drop_duplicates(key, keep="last")
    return _built(eco, {**eco.tables, "judgements": both})


# -- which nodes are the same --------------------------------------------------------------------


class _Groups:
    """Groups of the same node, joined pair by pair, never across a judgement that separates."""

    def __init__(self, eco: Ecosystem, origins: Origins | None) -> None:
        self.names = eco.name_of
        self.origins = origins
        self.into: dict[str, str] = {}
        self.members: dict[str, set[str]] = {}
        self.apart = {pair for pair, row in judged(eco).items() if row["judgement"] != "same"}
        self.said: list[str] = []

    def root(self, id: str) -> str:
        while id in self.into:
            id = self.into[id]
        return id

    def of(self, id: str) -> frozenset[int]:
        return HERE if self.origins is None else self.origins.get(id, HERE)

    def group(self, id: str) -> set[str]:
        return self.members.get(self.root(id), {id})

    def kept_apart(self, a: str, b: str) -> tuple[str, str] | None:
        """Return a judged pair that separates the groups of two nodes."""
        pairs = {(min(x, y), max(x, y)) for x in self.group(a) for y in self.group(b)}
        return min(pairs & self.apart, default=None)

    def join(self, a: str, b: str, why: str) -> None:
        one, other = self.root(a), self.root(b)
        if one == other:
            return
        between = self.kept_apart(a, b)
        if between:
            self.said.append(
                f"{self._named(a)} and {self._named(b)}: {why}, but {between[0]} and {between[1]} "
                "are judged otherwise; not merged"
            )
            return
        stays, goes = sorted((one, other), key=lambda id: (min(self.of(id)), id))
        self.members[stays] = self.group(stays) | self.members.pop(goes, {goes})
        self.into[goes] = stays
        self.said.append(f"{self._named(goes)} is merged into {self._named(stays)}: {why}")

    def _named(self, id: str) -> str:
        return f"{self.names[id]!r} ({id})"


def _join_equal_names(groups: _Groups, found: pd.DataFrame) -> None:
    """Join nodes of equal names, unless a source has both, or the name belongs to several."""
    rows = found[found["verdict"] == "merge"].to_dict("records")
    rivals: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        rivals[row["a"]].add(row["b"])
        rivals[row["b"]].add(row["a"])
    unclear = 0
    for row in rows:
        a, b = row["a"], row["b"]
        everyone = groups.group(a) | groups.group(b) | rivals[a] | rivals[b]
        if groups.origins is not None and _overlap(groups, everyone):
            unclear += groups.root(a) != groups.root(b)
        elif not groups.kept_apart(a, b):
            groups.join(a, b, row["reason"])
    if unclear:
        groups.said.append(
            f"{number_of(unclear, 'pair')} of equal names left to a person, because a source has "
            "both nodes: `partnergraph identities` lists them"
        )


def _overlap(groups: _Groups, ids: set[str]) -> bool:
    """Return whether a source has two of the nodes, other than those merged by judgement."""
    seen: dict[int, str] = {}
    return any(
        seen.setdefault(source, groups.root(id)) != groups.root(id)
        for id in sorted(ids)
        for source in groups.of(id)
    )


def _by(row: Mapping[Any, Any]) -> str:
    parts = [f" {word} {row[c]}" for word, c in (("by", "by"), ("on", "on")) if row[c] == row[c]]
    return "".join(parts)


# -- merging rows --------------------------------------------------------------------------------


def _merged(eco: Ecosystem, into: Mapping[str, str]) -> tuple[Ecosystem, list[str], pd.DataFrame]:
    """Move everything to the nodes that stay; merge rows that become equal, and report it."""
    tables = dict(eco.tables)
    nodes = tables["nodes"]
    gone = nodes["id"].isin(list(into))
    stays = _through(nodes["id"], into)
    moved = nodes.assign(id=stays, name=stays.map(eco.name_of))
    tables["nodes"] = moved.loc[gone.sort_values(kind="stable").index]
    named = pd.DataFrame({"node": stays[gone], "alias": nodes["name"][gone], "kind": "name"})
    aliases = tables["aliases"].assign(node=_through(tables["aliases"]["node"], into))
    aliases = pd.concat([aliases, named[~_held(named, aliases)]], ignore_index=True)
    tables["aliases"] = aliases[aliases["alias"] != aliases["node"].map(eco.name_of)]
    tables["ties"], changed, inner = _moved_ties(tables["ties"], into)
    facts = _through(tables["evidence"]["fact"], {**into, **changed})
    evidence = tables["evidence"].assign(fact=facts)
    orphaned = evidence["fact"].isin(inner)
    tables["evidence"] = evidence[~orphaned]
    said = []
    if inner:
        ids = ", ".join(inner[:5]) + (" …" if len(inner) > 5 else "")
        receipts = number_of(int(orphaned.sum()), "receipt")
        said.append(
            f"removed {number_of(len(inner), 'tie')} between merged nodes, with {receipts}: {ids}"
        )
    conflicts = []
    for name in ("nodes", "aliases", "ties", "evidence"):
        folded, found = _folded(name, tables[name])
        equal = len(tables[name]) - len(folded)
        tables[name] = folded
        conflicts += [found] if len(found) else []
        said += (
            [f"{name} merged because they became equal: {equal}"]
            if name != "nodes" and equal
            else []
        )
    return _built(eco, tables), said, checks.findings_table(conflicts)


def renamed(eco: Ecosystem, into: Mapping[str, str]) -> Ecosystem:
    """Return an ecosystem in which some nodes have other ids that no node has; see `settle`.

    The ids of ties that were derived from their ends change with them.
    """
    tables = dict(eco.tables)
    nodes = tables["nodes"]
    originals = nodes["original_id"] if "original_id" in nodes else pd.Series(index=nodes.index)
    was = nodes["id"].where(nodes["id"].isin(list(into)))
    tables["nodes"] = nodes.assign(
        id=_through(nodes["id"], into), original_id=originals.astype(object).fillna(was)
    )
    tables["aliases"] = tables["aliases"].assign(node=_through(tables["aliases"]["node"], into))
    tables["ties"], changed, _ = _moved_ties(tables["ties"], into)
    facts = _through(tables["evidence"]["fact"], {**into, **changed})
    tables["evidence"] = tables["evidence"].assign(fact=facts)
    judged_ends = {end: _through(tables["judgements"][end], into) for end in ("a", "b")}
    tables["judgements"] = tables["judgements"].assign(**judged_ends)
    return _built(eco, tables)


def _through(ids: pd.Series, into: Mapping[str, str]) -> pd.Series:
    return ids.map(lambda id: into.get(id, id))


def _held(named: pd.DataFrame, aliases: pd.DataFrame) -> pd.Series:
    """Return which names are already aliases of their node, of any language or kind."""
    index = pd.MultiIndex.from_frame(aliases[["node", "alias"]])
    held = pd.MultiIndex.from_frame(named[["node", "alias"]]).isin(index)
    return pd.Series(held, index=named.index, dtype=bool)


def _moved_ties(
    ties: pd.DataFrame, into: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Return ties with their new ends, changed ids, and the ids of ties within a merged node.

    An id changes where it was derived from the ends.
    """
    ties = ties.assign(reported_by=_through(ties["reported_by"], into))
    touched = ties["source"].isin(list(into)) | ties["target"].isin(list(into))
    rows, moved, inner = [], {}, []
    for record in ties[touched].to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        old, base = row["id"], derived_id(row)
        ends = [into.get(row[end], row[end]) for end in ("source", "target")]
        if ends[0] == ends[1]:
            inner.append(old)
            continue
        row["source"], row["target"] = sorted(ends) if row["kind"] in SCHEMA.undirected else ends
        if old == base or old.startswith(f"{base}#"):
            # Parallel ties keep their ordinals, so that their number stays the same.
            row["id"] = moved[old] = derived_id(row) + old[len(base) :]
        rows.append(row)
    changed = pd.DataFrame(rows, columns=ties.columns, dtype=object)
    return pd.concat([ties[~touched].astype(object), changed]), moved, inner


def _folded(table: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge the rows that share a key: the first value stays, blanks are filled.

    Returns the table, and a finding for every cell whose value differs from the first.
    """
    key = list(SCHEMA.tables[table].key)
    frame = frame.astype(object).reset_index(drop=True)
    groups = [frame[k].fillna("") for k in key]
    twice = pd.concat(groups, axis=1).duplicated(keep=False)
    if not twice.any():
        return frame, checks.findings_table([])
    many = frame[twice]
    by = [g[twice] for g in groups]
    first = many.groupby(by, sort=False)
    others = [c for c in frame.columns if c not in key]
    kept = first[others].transform("first") if others else many[others]
    found = []
    for column in others:
        unlike = many[column].notna() & (many[column] != kept[column])
        values = iter(kept[column][unlike].tolist())
        cause = partial(_unlike, values)
        remedy = "Correct one of them, or keep the first"
        if unlike.any():
            rows = (table, many, unlike, column, cause, remedy)
            found.append(offenders("conflicting_value", *rows))
    one = many.assign(**{c: kept[c] for c in others})
    one = one[~pd.concat(by, axis=1).duplicated()]
    return pd.concat([frame[~twice], one]), checks.findings_table(found)


def _unlike(kept: Any, other: Any) -> str:
    return f"{short(next(kept))} is kept, {short(other)} is not"


def _built(eco: Ecosystem, tables: Mapping[str, pd.DataFrame]) -> Ecosystem:
    builder = EcosystemBuilder(eco.about)
    for name, frame in tables.items():
        builder.add_table(name, frame)
    return builder.build()


# -- deciding ------------------------------------------------------------------------------------


def judge_into(
    folder: Path,
    decisions: Iterable[tuple[str, str, str]] = (),
    *,
    table: Path | None = None,
    by: str | None,
    on: str | None,
    reason: str | None = None,
    alike: str | None = None,
) -> list[str]:
    """Record judgements in an ecosystem's folder, merge the same nodes, and report what was done.

    Parameters
    ----------
    decisions
        Pairs with their judgement, see `judge`.
    table
        A table with the columns ``a``, ``b`` and ``judgement``, such as `identities` lists; rows
        without a judgement, or with one already recorded, are ignored.
    alike
        Why pairs are listed, as `identities` words it: all that are listed for this reason, and
        nobody has judged, are judged the same.

    Raises
    ------
    BadParameter
        As `judge`; also where `by` or `on` is missing, or the folder has no ecosystem.
    UnusableInput
        If the table has no such column.
    """
    if not by or not on:
        raise BadParameter("a judgement needs an author and a date: give --by NAME and --on DATE")
    if not datapackage.is_package(folder):
        raise BadParameter(f"{folder} is not an ecosystem's folder, where judgements are kept")
    with datapackage.writing(folder):
        eco = datapackage.load(folder)
        wanted = [*decisions, *(_decided(table, eco) if table else [])]
        wanted += _alike(eco, alike) if alike else []
        settled = settle(judge(eco, wanted, by=by, on=on, reason=reason), by_name=False)
        datapackage.save(settled.ecosystem, folder)
    said = [f"{number_of(len(wanted), 'judgement')} recorded", *settled.said]
    rows = settled.conflicts.to_dict("records")
    return [*said, *(f"kept the earlier value: {in_words(row)}" for row in rows)]


def _alike(eco: Ecosystem, reason: str) -> list[tuple[str, str, str]]:
    """Return all pairs that are listed for a reason as the same."""
    found = identities(eco)
    found = found[found["verdict"] != "judged"]
    chosen = found[found["reason"].str.casefold() == reason.strip().casefold()]
    if chosen.empty:
        counts = found["reason"].value_counts()
        known = ", ".join(f"{r!r} ({n})" for r, n in counts.items()) or "none: nothing is listed"
        raise BadParameter(f"no pair is listed for the reason {reason!r}. There are: {known}")
    return [(a, b, "same") for a, b in zip(chosen["a"], chosen["b"], strict=True)]


def _decided(table: Path, eco: Ecosystem) -> list[tuple[str, str, str]]:
    frame, _ = read_table(table)
    for column in ("a", "b", "judgement"):
        if column not in frame.columns:
            raise UnusableInput(
                f"{table}, row 1, column {column}",
                f"the column {column} is missing",
                "Use the table that `partnergraph identities ECO --format csv` writes",
            )
    stand = {pair: row["judgement"] for pair, row in judged(eco).items()}
    rows = frame[frame["judgement"].notna()][["a", "b", "judgement"]]
    decided = [(str(a), str(b), str(j).strip().casefold()) for a, b, j in rows.to_numpy().tolist()]
    return [d for d in decided if stand.get((min(d[:2]), max(d[:2]))) != d[2]]
