"""The verb fragility: what breaks when somebody leaves or something ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.seam import supports
from partnergraph.analysis.fragility import (
    FATES,
    Fragility,
    KeyPlayers,
    forecast,
    fragility,
    key_players,
)
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
    found: Fragility | KeyPlayers = (
        fragility(eco, **chosen, **scope) if players is None else key_players(eco, players, **scope)
    )
    more = _figures(found) | ({} if ends is None else {"forecast": ends})
    others = {told("fragility.states"): states_of(found)}
    if ends is not None and len(ends):
        others[told("fragility.lapses")] = ends
    notes = _in_words(found)
    until = chosen["until"] if players is None and found.before.nodes else None
    if until is not None and ends is not None:
        notes.append(_lapse_in_words(ends, until))
    notes += left_out(eco, fragility)
    network = found.table.attrs["network"]
    said = Answer("fragility", parameters, found.table, network, more, others, notes)
    return said.first(asked.top)


def _figures(found: Fragility | KeyPlayers) -> dict[str, Any]:
    """Return what JSON holds besides the rows."""
    if isinstance(found, KeyPlayers):
        figures: dict[str, Any] = {
            "set": list(found.table.index),
            "fragmentation": found.after.fragmentation,
            "method": found.method,
        }
    else:
        figures = {"cascade_steps": found.cascade_steps, "capabilities": found.capabilities}
    return figures | _each_state(found)


def _each_state(found: Fragility | KeyPlayers) -> dict[str, dict[str, Any]]:
    """Return the states, by what they are of; a network alone has no capabilities to lose."""
    states = {"before": found.before, "after": found.after}
    if isinstance(found, Fragility):
        states["cascade"] = found.cascade
    return {
        when: {key: value for key, value in asdict(state).items() if value is not None}
        for when, state in states.items()
    }


def states_of(found: Fragility | KeyPlayers) -> pd.DataFrame:
    """Return the states before, after, and after what follows, a line for each figure."""
    columns = {"cascade": told("fragility.cascade")}
    table = pd.DataFrame(_each_state(found)).rename(index=STATES, columns=columns)
    return table.rename_axis("what")


def _in_words(found: Fragility | KeyPlayers) -> list[str]:
    before, after = found.before, found.after
    if not before.nodes:
        return [told("fragility.empty")]
    pieces = {"pieces": before.components, "pieces_after": after.components}
    sizes = {"n": before.nodes, "n_after": after.nodes, "largest": after.largest}
    notes = [told("fragility.pieces", **sizes, **pieces)]
    shares = [state.fragmentation for state in (after, before)]
    if not any(map(pd.isna, shares)):
        now, earlier = (f"{share:.0%}" for share in shares)
        notes[0] += told("fragility.reach", now=now, earlier=earlier)
    if isinstance(found, KeyPlayers):
        return [*notes, told(f"fragility.{found.method}")]
    return [*notes, *_losses(found)]


def _losses(found: Fragility) -> list[str]:
    """Return in words what becomes of the nodes, what nobody holds any more, and what then ends."""
    known = [
        told(f"fragility.{fate.replace(' ', '_')}", n=int(found.fates[fate]))
        for fate in FATES
        if fate in found.fates
    ]
    notes = [told("fragility.fates", n=found.before.nodes, fates=", ".join(known))]
    if found.capabilities:
        lost = ", ".join(c["name"] for c in found.capabilities)
        notes.append(told("fragility.lost", names=lost))
    if steps := found.cascade_steps:
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
