"""The verb change: what changed between two editions or moments, and what may be noise."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from partnergraph.analysis.moments.change import MOVED, NOISE, UNTOLD, Change, change
from partnergraph.analysis.moments.lineage import FATES
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import date_in_words, told

MOST_NAMED = 5


def answer(before: Ecosystem, after: Ecosystem | None, asked: Question) -> Answer:
    """Answer the verb change: figures first, then ranks, who came and left, ties and clusters."""
    chosen = dict(asked.options)
    other, rate = chosen.pop("other"), chosen.pop("rate")
    stated = (rate[0] if len(rate) == 1 else rate) if rate else None
    found = change(before, after, rate=stated, **chosen, **asked.scope)
    parameters = {"eco": asked.source, "other": other, **found.table.attrs["parameters"]}
    lists = {"ranks": found.ranks, "nodes": found.nodes, "ties": found.ties}
    more = {
        "days": found.days,
        "rates": [asdict(rate) for rate in found.rates],
        "missing": found.missing,
        "counts": found.counts,
        **lists,
        "clusters": found.clusters,
        "network_before": found.table.attrs["network_before"],
    }
    others = {
        told(f"change.table_{name}"): rows.head(asked.top or MOST_SHOWN)
        for name, rows in {**lists, "clusters": found.clusters}.items()
        if len(rows)
    }
    network = found.table.attrs["network"]
    return Answer("change", parameters, found.table, network, more, others, _in_words(found))


def _in_words(found: Change) -> list[str]:
    counts, days = found.counts, [date_in_words(day) for day in found.days if day]
    words = told("change.days_unknown")
    if len(days) == 2:
        words = told("change.days", first=days[0], last=days[1])
    came_left = {name: counts[name] for name in ("came", "left")}
    notes = [f"{words} {told('change.who', **came_left, **counts['by_change'])}"]
    notes.append(told("change.pairs", **counts["pairs"]))
    rates = {"what": told(f"change.{found.missing}")}
    for name, rate in zip(("one", "other"), found.rates, strict=True):
        rates |= {name: f"{rate.value:.0%}", f"basis_{name}": told(f"change.{rate.basis}")}
    notes.append(told("change.rates", **rates))
    notes += _verdicts(found.table)
    moved = found.ranks[found.ranks["verdict"] == MOVED]
    names = f" ({', '.join(moved['name'].head(MOST_NAMED))})" if len(moved) else ""
    notes.append(told("change.ranks", n=len(moved), total=len(found.ranks), names=names))
    changed = len(found.ties)
    if changed:
        notes.append(told("change.causes", n=changed, **counts["by_cause"]))
    fates = found.clusters["fate"].value_counts()
    if len(fates):
        parts = ", ".join(f"{fates[fate]} {fate}" for fate in FATES if fate in fates)
        notes.append(told("change.clusters", fates=parts))
    return notes


def _verdicts(table: pd.DataFrame) -> list[str]:
    """Return which figures moved, which may be noise, and of which nothing can be told."""
    notes = []
    for verdict, key in ((MOVED, "moved"), (NOISE, "noise"), (UNTOLD, "untold")):
        rows = table[table["verdict"] == verdict]
        cells = zip(rows["figure"], rows["before"], rows["after"], strict=True)
        shown = [f"{name.replace('_', ' ')} {_short(a)} → {_short(b)}" for name, a, b in cells]
        if shown:
            notes.append(told(f"change.{key}", names=", ".join(shown)))
        elif key == "moved":
            notes.append(told("change.none_moved"))
    return notes


def _short(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.0f}" if value == int(value) else f"{value:.3g}"
