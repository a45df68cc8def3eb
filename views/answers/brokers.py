"""The verb brokers: who stands between groups, and whose leaving cuts the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.brokers import ROLES, brokers
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer
from partnergraph.views.words import told

MOST_CUTS = 5
GROUPS = ("e_i_index", "e_i_expected", "e_i_p", "groups", "ungrouped", "filled")


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb brokers; for the eye with stars for p ≤ .05 instead of z and p."""
    parameters = {"eco": asked.source, **asked.options, **asked.scope}
    table = brokers(eco, **asked.options, **asked.scope)
    attrs, others = table.attrs, {}
    cuts = sorted(attrs["cuts"], key=lambda cut: -sum(map(len, cut["cut"])))[:MOST_CUTS]
    notes = [_cut_in_words(cut, len(table)) for cut in cuts] or [told("brokers.nobody_cuts")]
    if "e_i_index" in attrs:
        notes += _groups_in_words(table, str(parameters["by"]))
    rows = table.head(asked.top or len(table))
    if asked.format == "table":
        rows, starred = _starred(rows)
        notes += [told("brokers.star")] if starred else []
        if attrs["bridges"]:
            others[told("brokers.bridges")] = pd.DataFrame(attrs["bridges"])
    more = {name: attrs[name] for name in (*GROUPS, "bridges", "cuts") if name in attrs}
    return Answer("brokers", parameters, rows, attrs["network"], more, others, notes)


def _cut_in_words(cut: dict[str, Any], nodes: int) -> str:
    """Say what falls off when one leaves."""
    lost = sum(len(piece) for piece in cut["cut"])
    key = "brokers.cuts_off" if lost < nodes - 1 - lost else "brokers.scatters"
    parts: dict[str, Any] = {"name": cut["name"], "pieces": cut["pieces"]}
    return told(key, **parts, n=lost, others=nodes - 1)


def _groups_in_words(table: pd.DataFrame, by: str) -> list[str]:
    """Say whether ties run within groups or between them, and whether the data can tell."""
    attrs = table.attrs
    parts = {"by": by, "sizes": ", ".join(f"{g} {size}" for g, size in attrs["groups"].items())}
    value, expected, p = (attrs[name] for name in GROUPS[:3])
    if pd.isna(value):
        notes = [told("brokers.no_group_ties", **parts)]
    else:
        side = "between" if value > expected else "within"
        sure = "untested" if pd.isna(p) else "sure" if p <= ALPHA else "chance"
        figures = {"value": f"{value:.3f}", "expected": f"{expected:.3f}", "p": f"{p:.3f}"}
        tested = told(f"brokers.{sure}", **figures)
        notes = [told(f"brokers.{side}", **parts, **figures, tested=tested)]
    if attrs["ungrouped"]:
        known = len(table) - attrs["ungrouped"]
        notes.append(told("brokers.ungrouped", n=known, total=len(table), by=by))
        if attrs["filled"]:
            better = ", ".join(f"{name} ({count})" for name, count in attrs["filled"].items())
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
