"""What lapses within some months of a day, what breaks then, and what has lapsed already.

A tie lasts as long as its own period, and no longer than the nodes at its ends. It *lapses* when
the last day it may mean lies between the day and the horizon, both included; before the day it
has *lapsed*, and the record still lists it. What has no end does neither. It is *renewed* where a
tie of the same kind, ends and role lasts longer. A capability lapses with the last tie by which an
actor holds it; a node with a period lapses at its end.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.fragility import Fragility, fragility, group_members, holdings
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.periods import LAST_DAY, days, lives, span
from partnergraph.graph.schema import SCHEMA

LAPSES, LAPSED = "lapses", "lapsed"
COLUMNS = ["id", "what", "kind", "name", "state", "last", "renewed", "source", "target"]


@dataclass(frozen=True, eq=False)
class Expiry:
    """What lapses by a horizon, and what has lapsed.

    Attributes
    ----------
    table
        A row a tie or node, the earliest end first: ``id``, ``what`` (tie, node), ``kind``,
        ``name``, ``state`` (lapsed: before the day; lapses: by the horizon), ``last`` (the last day
        it may mean, ISO), ``renewed`` (whether another tie goes on in its place), ``source`` and
        ``target`` of a tie.
    groups
        Ties by partner, cluster and place, each that something lapses for: ``by``, ``group``,
        ``name``, ``ties`` that may exist on the day, ``lapses``, ``lapsed``, and ``share``, of the
        ties of the day that lapse.
    breaks
        What breaks once everything has ended that lapses by the horizon and is not renewed.
    day, horizon
        First day that counts, and last, ISO.
    ties, dated
        Number of ties that may exist on the day, and of those among them that have an end.
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    breaks: Fragility
    day: str
    horizon: str
    ties: int
    dated: int


@question
def expiry(eco: Ecosystem, *, months: int = 12, at: str | None = None, **options: Any) -> Expiry:
    """Find what lapses within some months of a day, and what has lapsed and is still listed.

    Parameters
    ----------
    months
        How many, from 0; a month later is the same day of the month, or its last.
    at
        The day, one EDTF date, of which the last day counts; by default `Ecosystem.as_of`.
    options
        How to make the network that breaks, see
        `partnergraph.graph.network_options.NetworkOptions`; its filters hold for all.

    Raises
    ------
    BadParameter
        If no day is known or given, it is not a date, or `months` is negative.
    """
    asked = at or eco.as_of
    if asked is None:
        raise BadParameter("the data do not say which day they describe. Give at=DATE")
    if months < 0:
        raise BadParameter(f"months={months}: give 0 or more")
    first, last = span(asked)
    if last == LAST_DAY:
        raise BadParameter(f"at={asked!r}: give one date, such as 2027 or 2027-06")
    horizon = _later(date.fromordinal(last), months)
    wanted = NetworkOptions.of({**options, "at": None})
    listed = eco.filtered(wanted.filters).eco
    ends = _ends(listed, (first, last), horizon.toordinal())
    after = date.fromordinal(min(horizon.toordinal() + 1, LAST_DAY - 1)).isoformat()
    breaks = fragility(listed, until=after, at=asked, **_shape(options))
    now = listed.at(asked)
    groups = _by_group(listed, now, ends, {**_shape(options)})
    dated = lives(now.nodes, now.ties)[1] < LAST_DAY
    sizes = {"ties": len(now.ties), "dated": int(dated.sum())}
    ends.attrs = {
        "parameters": {"months": months, "at": asked, **options},
        "network": breaks.table.attrs["network"],
    }
    return Expiry(
        ends, groups, breaks, date.fromordinal(first).isoformat(), horizon.isoformat(), **sizes
    )


def _shape(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of the network without filters, which have been applied."""
    return {k: v for k, v in options.items() if k in ("among", "via", "weight", "fold")}


def _later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ends(eco: Ecosystem, day: tuple[int, int], horizon: int) -> pd.DataFrame:
    """Return the ties and nodes that began by the day and end by the horizon."""
    nodes, ties = eco.nodes, eco.ties
    begun, lasts = lives(nodes, ties)
    names = ties["source"].map(eco.name_of) + " – " + ties["target"].map(eco.name_of)
    found = ties[["id", "kind", "source", "target"]].assign(
        what="tie", name=names, day=lasts, begun=begun
    )
    key = [ties[c].fillna("") for c in ("kind", "source", "target", "role")]
    longest = pd.Series(lasts, index=ties.index).groupby(key).transform("max").to_numpy()
    found["renewed"] = longest > lasts
    born, gone = days(nodes)
    own = pd.Series(gone, index=nodes["id"])
    held = holdings(eco)
    if len(held):
        lost = pd.Series(lasts, index=ties.index)[held.index].groupby(held).max()
        own[lost.index] = np.minimum(own[lost.index], lost)
    about = nodes[["id", "kind", "name"]].assign(what="node", day=own.to_numpy(), renewed=False)
    about["begun"] = born
    table = pd.concat([found, about], ignore_index=True)
    table = table[(table["day"] <= horizon) & (table["begun"] <= day[1])]
    table["state"] = np.where(table["day"] < day[0], LAPSED, LAPSES)
    table["last"] = [date.fromordinal(day).isoformat() for day in table["day"]]
    table = table.sort_values(["day", "what", "id"], kind="stable").reset_index(drop=True)
    return table[COLUMNS]


def _by_group(
    eco: Ecosystem, now: Ecosystem, ends: pd.DataFrame, shape: dict[str, Any]
) -> pd.DataFrame:
    """Count the ties that lapse, and have lapsed, by partner, cluster and place."""
    graph = now.weighted_graph(**shape)
    members = {
        "partner": {id: {id} for id, kind in eco.kind_of.items() if kind in SCHEMA.actors},
        "cluster": group_members(now, graph, "cluster"),
        "place": group_members(eco, graph, "place"),
    }
    gone = ends[(ends["what"] == "tie") & ~ends["renewed"]]
    here = now.ties
    rows = []
    for by, groups in members.items():
        touched = {
            state: _touching(gone[gone["state"] == state], groups) for state in (LAPSES, LAPSED)
        }
        whole = _touching(here, groups)
        for group in groups:
            lapses, lapsed = (touched[state].get(group, 0) for state in (LAPSES, LAPSED))
            if lapses or lapsed:
                ties = whole.get(group, 0)
                share = lapses / ties if ties else np.nan
                name = eco.name_of.get(group, group)
                rows.append((by, group, name, ties, lapses, lapsed, share))
    columns = ["by", "group", "name", "ties", "lapses", "lapsed", "share"]
    table = pd.DataFrame(rows, columns=columns)
    order = {by: place for place, by in enumerate(members)}
    keys = [table["by"].map(order), -table["lapses"], -table["lapsed"], table["group"]]
    place = pd.concat(keys, axis=1, keys=list("abcd")).sort_values(list("abcd")).index
    return table.loc[place].reset_index(drop=True)


def _touching(ties: pd.DataFrame, groups: dict[str, set[str]]) -> dict[str, int]:
    """Count the ties that touch a member of each group, each tie once a group."""
    of: dict[str, list[str]] = {}
    for group, members in groups.items():
        for node in members:
            of.setdefault(node, []).append(group)
    counts: dict[str, int] = {}
    for a, b in zip(ties["source"], ties["target"], strict=True):
        for group in {*of.get(a, ()), *of.get(b, ())}:
            counts[group] = counts.get(group, 0) + 1
    return counts
