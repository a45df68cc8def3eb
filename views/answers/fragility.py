"""The verb fragility: what breaks when somebody leaves or something ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.seam import supports
from partnergraph.analysis.fragility import FATES, forecast, fragility, key_players
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import Answer
from partnergraph.views.words import told

STATES = {
    "nodes": "nodes in the network",
    "pairs": "tied pairs",
    "components": "pieces",
    "largest": "nodes in the largest piece",
    "fragmentation": "share of pairs that cannot reach each other",
    "distance_fragmentation": "the same, distant pairs counting in part",
    "orphans": "nodes without any tie",
    "lost_capabilities": "capabilities that nobody has any more",
}


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb fragility: key players where asked for, else who leaves or what ends."""
    chosen, scope = dict(asked.options), asked.scope
    parameters = {"eco": asked.source, **chosen, "leave": list(chosen["leave"]), **scope}
    players, by = chosen.pop("key_players"), chosen.pop("by")
    ends = forecast(eco, by=by, **scope) if by or supports(eco, forecast) else None
    if players is not None:
        table = key_players(eco, players, **scope)
        keys = ("set", "fragmentation", "method", "before", "after")
    else:
        table = fragility(eco, **chosen, **scope)
        keys = ("before", "after", "cascade", "cascade_steps", "capabilities")
    attrs = {str(name): value for name, value in table.attrs.items()}
    more = {key: attrs[key] for key in keys}
    more |= {} if ends is None else {"forecast": ends}
    others = {told("fragility.states"): _states(attrs)}
    if ends is not None and len(ends):
        others[told("fragility.lapses")] = ends
    notes = _in_words(attrs)
    until = chosen["until"] if players is None and attrs["before"]["nodes"] else None
    if until is not None and ends is not None:
        notes.append(_lapse_in_words(ends, until))
    notes += left_out(eco, fragility)
    found = Answer("fragility", parameters, table, attrs["network"], more, others, notes)
    return found.first(asked.top)


def _states(attrs: Mapping[str, Any]) -> pd.DataFrame:
    """Return the states before, after, and after what follows, a line for each figure."""
    states = {key: attrs[key] for key in ("before", "after", "cascade") if key in attrs}
    columns = {"cascade": told("fragility.cascade")}
    return pd.DataFrame(states).rename(index=STATES, columns=columns).rename_axis("what")


def _in_words(attrs: Mapping[str, Any]) -> list[str]:
    before, after = attrs["before"], attrs["after"]
    if not before["nodes"]:
        return [told("fragility.empty")]
    pieces = {"pieces": before["components"], "pieces_after": after["components"]}
    sizes = {"n": before["nodes"], "n_after": after["nodes"], "largest": after["largest"]}
    notes = [told("fragility.pieces", **sizes, **pieces)]
    shares = [state["fragmentation"] for state in (after, before)]
    if not any(map(pd.isna, shares)):
        now, earlier = (f"{share:.0%}" for share in shares)
        notes[0] += told("fragility.reach", now=now, earlier=earlier)
    if "method" in attrs:
        return [*notes, told("fragility.set", method=attrs["method"])]
    fates = attrs["fates"]
    known = [
        told(f"fragility.{fate.replace(' ', '_')}", n=int(fates[fate]))
        for fate in FATES
        if fate in fates
    ]
    notes.append(told("fragility.fates", n=before["nodes"], fates=", ".join(known)))
    if attrs["capabilities"]:
        lost = ", ".join(c["name"] for c in attrs["capabilities"])
        notes.append(told("fragility.lost", names=lost))
    if steps := attrs["cascade_steps"]:
        names = ", ".join(step["name"] for step in steps)
        notes.append(told("fragility.fall", n=len(steps), names=names))
    return notes


def _lapse_in_words(ends: pd.DataFrame, until: str) -> str:
    """Return which share of the ties lapses by a date, as far as whole years tell."""
    if ends.empty:
        return told("fragility.no_ends")
    whole, year = ends.reset_index(), int(until[:4])
    every = whole[whole["group"] == "all"]
    by_then = every[every["year"] <= year]
    share = by_then["share"].iloc[-1] if len(by_then) else 0.0
    total, dated = map(int, every[["ties", "dated"]].iloc[-1])
    years = {"year": str(year), "last": str(every["year"].iloc[-1])}
    return told("fragility.lapse", **years, share=f"{share:.0%}", total=total, dated=dated)
