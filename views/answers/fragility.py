"""The verb fragility: what breaks when somebody leaves or something ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.seam import supports
from partnergraph.analysis.fragility import forecast, fragility, key_players
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import Answer

STATES = {
    "nodes": "in the network",
    "pairs": "tied pairs",
    "components": "pieces",
    "largest": "in the largest piece",
    "fragmentation": "share of pairs that can't reach each other",
    "distance_fragmentation": "the same, far apart counting in part",
    "orphans": "without any tie",
    "lost_capabilities": "capabilities that nobody holds any more",
}


FATES = {
    "leaves": ("leaves", "leave"),
    "ends": ("ends", "end"),
    "orphaned": ("is left without any tie", "are left without any tie"),
    "cut off": ("is cut off from the largest piece", "are cut off from the largest piece"),
    "loses ties": ("loses ties", "lose ties"),
    "as before": ("is as before", "are as before"),
}


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb fragility: key players where asked for, else who leaves or what ends."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    parameters = {"eco": asked.source, **chosen, "leave": list(chosen["leave"]), **scope}
    players, by = chosen.pop("key_players"), chosen.pop("by")
    ends = forecast(eco, by=by, **scope) if by or supports(eco, forecast) else None
    if players is not None:
        table = key_players(eco, players, **scope)
        keys = ("set", "fragmentation", "method", "before", "after")
    else:
        table = fragility(eco, **chosen, **scope)
        keys = ("before", "after", "cascade", "cascade_steps", "capabilities")
    more = {key: table.attrs[key] for key in keys}
    more |= {} if ends is None else {"forecast": ends}
    states = {key: table.attrs[key] for key in ("before", "after", "cascade") if key in table.attrs}
    columns = {"cascade": "after what follows"}
    shown = pd.DataFrame(states).rename(index=STATES, columns=columns).rename_axis("what")
    others = {"Before and after": shown}
    if ends is not None and len(ends):
        others["What lapses unless renewed"] = ends
    notes = _in_words(table.attrs, ends, chosen["until"]) + left_out(eco, fragility)
    return Answer(
        "fragility", parameters, table, table.attrs["network"], more, others, notes
    ).first(top)


def _in_words(attrs: Mapping[Any, Any], ends: pd.DataFrame | None, until: str | None) -> list[str]:
    """Say what breaks, in sentences a board can use."""
    before, after = attrs["before"], attrs["after"]
    if not before["nodes"]:
        return ["The network is empty: nothing can break."]
    notes = [
        f"{before['nodes']} in {_pieces(before)} become {after['nodes']} in {_pieces(after)}; "
        f"the largest holds {after['largest']}. {_share(after['fragmentation'])} of the pairs "
        f"can't reach each other (before: {_share(before['fragmentation'])})."
    ]
    if "method" in attrs:
        return [*notes, f"The set is {attrs['method']}."]
    fates = attrs["fates"]
    told = ", ".join(
        f"{fates[fate]} {words[int(fates[fate] > 1)]}"
        for fate, words in FATES.items()
        if fate in fates
    )
    notes.append(f"What becomes of the {before['nodes']}: {told}.")
    if attrs["capabilities"]:
        lost = ", ".join(c["name"] for c in attrs["capabilities"])
        notes.append(f"Nobody holds any more: {lost}.")
    steps = attrs["cascade_steps"]
    if steps:
        notes.append(
            f"{len(steps)} then fall under their minimum: "
            + ", ".join(step["name"] for step in steps)
            + "."
        )
    if until is not None and ends is not None:
        notes.append(_lapse_in_words(ends, until))
    return notes


def _pieces(state: dict[str, Any]) -> str:
    return "one piece" if state["components"] == 1 else f"{state['components']} pieces"


def _share(value: float) -> str:
    return "An undefined share" if pd.isna(value) else f"{value:.0%}"


def _lapse_in_words(ends: pd.DataFrame, until: str) -> str:
    """Say which share of the ties lapses by a date, as far as whole years tell."""
    if ends.empty:
        return "No tie has an end date: nothing lapses."
    whole, year = ends.reset_index(), int(until[:4])
    every = whole[whole["group"] == "all"]
    by_then = every[every["year"] <= year]
    share = by_then["share"].iloc[-1] if len(by_then) else 0.0
    total, dated = every[["ties", "dated"]].iloc[-1]
    return (
        f"By {year}, {share:.0%} of the {total} ties lapse unless renewed. Only {dated} have an "
        f"end date, the last before {every['year'].iloc[-1]}; of the others nothing is known."
    )
