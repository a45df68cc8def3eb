"""The verb brokers: who stands between groups, and whose leaving cuts the network."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.brokers import ROLES, Mixing, brokers
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer
from partnergraph.views.words import told

MOST_CUTS = 5


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb brokers; for the eye with stars for p ≤ .05 instead of z and p."""
    parameters = {"eco": asked.source, **asked.options, **asked.scope}
    found = brokers(eco, **asked.options, **asked.scope)
    table, others = found.table, {}
    cuts = sorted(found.cuts, key=lambda cut: -sum(map(len, cut["cut"])))[:MOST_CUTS]
    notes = [_cut_in_words(cut, len(table)) for cut in cuts] or [told("brokers.nobody_cuts")]
    if found.mixing is not None:
        notes += _groups_in_words(found.mixing, len(table), str(parameters["by"]))
    rows = table.head(asked.top or len(table))
    if asked.format == "table":
        rows, starred = _starred(rows)
        notes += [told("brokers.star")] if starred else []
        if found.bridges:
            others[told("brokers.bridges")] = pd.DataFrame(found.bridges)
    more = {} if found.mixing is None else asdict(found.mixing)
    more |= {"bridges": found.bridges, "cuts": found.cuts}
    return Answer("brokers", parameters, rows, table.attrs["network"], more, others, notes)


def _cut_in_words(cut: dict[str, Any], nodes: int) -> str:
    lost = sum(len(piece) for piece in cut["cut"])
    key = "brokers.cuts_off" if lost < nodes - 1 - lost else "brokers.scatters"
    parts: dict[str, Any] = {"name": cut["name"], "pieces": cut["pieces"]}
    return told(key, **parts, n=lost, others=nodes - 1)


def _groups_in_words(mixing: Mixing, nodes: int, by: str) -> list[str]:
    """Return whether ties run within groups or between them, and whether the data can tell."""
    parts = {"by": by, "sizes": ", ".join(f"{g} {size}" for g, size in mixing.groups.items())}
    value, expected, p = mixing.e_i_index, mixing.e_i_expected, mixing.e_i_p
    if pd.isna(value):
        notes = [told("brokers.no_group_ties", **parts)]
    else:
        side = "between" if value > expected else "within"
        sure = "untested" if pd.isna(p) else "sure" if p <= ALPHA else "chance"
        sure = "circular" if mixing.circular else sure
        figures = {"value": f"{value:.3f}", "expected": f"{expected:.3f}", "p": f"{p:.3f}"}
        tested = told(f"brokers.{sure}", **figures)
        notes = [told(f"brokers.{side}", **parts, **figures, tested=tested)]
    if mixing.ungrouped:
        known = nodes - mixing.ungrouped
        notes.append(told("brokers.ungrouped", n=known, total=nodes, by=by))
        if mixing.filled:
            better = ", ".join(f"{name} ({count})" for name, count in mixing.filled.items())
            notes[-1] += told("brokers.better_known", names=better)
    return notes


def _starred(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return a table for the eye, and whether it has stars, which mark a count whose p is small.

    Columns of z and p, and roles that nobody has, are left out.
    """
    rows, starred = rows.copy(), False
    for column in [c for c in rows.columns if c.endswith("_p")]:
        role, small = column.removesuffix("_p"), rows[column] <= ALPHA
        starred |= role in ROLES and bool((small & rows[role].notna()).any())
        rows[role] = [
            "–" if pd.isna(count) else f"{int(count)}{'*' if star else ''}"
            for count, star in zip(rows[role], small, strict=True)
        ]
    idle = [role for role in ROLES if role in rows and rows[role].isin(["–", "0"]).all()]
    rows["articulation"] = np.where(rows["articulation"], "yes", "")
    gone = [c for c in rows.columns if c.endswith(("_p", "_z"))]
    return rows.drop(columns=[*gone, *idle]), starred
