"""The verb brokers: who stands between groups, and whose leaving cuts the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.brokers import ROLES, brokers
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Return a table of brokers as an answer; brief has stars for p ≤ .05 instead of z, p."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    parameters, brief = {"eco": asked.source, **chosen, **scope}, asked.format == "table"
    table = brokers(eco, **chosen, **scope)
    attrs, notes, others = table.attrs, [], {}
    for cut in sorted(attrs["cuts"], key=lambda cut: -sum(map(len, cut["cut"])))[:5]:
        notes.append(_cut_in_words(cut, len(table)))
    if not attrs["cuts"]:
        notes.append("Nobody alone cuts the network by leaving.")
    if "e_i_index" in attrs:
        notes += _groups_in_words(table, str(parameters["by"]))
    if attrs["bridges"]:
        others["Ties whose loss cuts the network"] = pd.DataFrame(attrs["bridges"])
    rows = table.head(top or len(table))
    if brief:
        rows = _starred(rows)
        if any(rows[role].astype(str).str.endswith("*").any() for role in ROLES if role in rows):
            notes.append("* more or fewer than when groups are exchanged at random, p ≤ .05.")
    names = (
        "e_i_index",
        "e_i_expected",
        "e_i_p",
        "groups",
        "ungrouped",
        "filled",
        "bridges",
        "cuts",
    )
    more = {name: attrs[name] for name in names if name in attrs}
    shown = others if brief else {}
    return Answer("brokers", parameters, rows, attrs["network"], more, shown, notes)


def _cut_in_words(cut: dict[str, Any], nodes: int) -> str:
    """Say what falls off when one leaves."""
    lost = sum(len(piece) for piece in cut["cut"])
    largest = nodes - 1 - lost
    return (
        f"Without {cut['name']} its part of the network falls into {cut['pieces']} pieces: "
        f"{lost} of the {nodes - 1} others {'is' if lost == 1 else 'are'} cut off from the rest."
        if lost < largest
        else f"Without {cut['name']} its part of the network falls into {cut['pieces']} pieces, "
        f"none of them large: {lost} of the {nodes - 1} others are outside the largest of these."
    )


def _groups_in_words(table: pd.DataFrame, by: str) -> list[str]:
    """Say whether ties run within groups or between them, and whether the data can tell."""
    attrs = table.attrs
    sizes = ", ".join(f"{group} {size}" for group, size in attrs["groups"].items())
    notes = []
    if pd.isna(attrs["e_i_index"]):
        notes.append(f"No tie joins two whose {by} is known ({sizes}): nothing to say of groups.")
    else:
        side = "between" if attrs["e_i_index"] > attrs["e_i_expected"] else "within"
        p = attrs["e_i_p"]
        told = "not tested" if pd.isna(p) else f"p = {p:.3f}"
        sure = "" if pd.isna(p) or p <= 0.05 else ", no more than chance gives"
        notes.append(
            f"By {by} ({sizes}) ties run {side} groups more than at random{sure}: E–I index "
            f"{attrs['e_i_index']:.3f}, expected {attrs['e_i_expected']:.3f}, {told}."
        )
    if attrs["ungrouped"]:
        known = len(table) - attrs["ungrouped"]
        better = ", ".join(f"{name} ({count})" for name, count in attrs["filled"].items())
        notes.append(
            f"Only {known} of {len(table)} have a {by}; the others have no part in the roles. "
            + (f"Known of more nodes: {better}." if better else "")
        )
    return notes


def _starred(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the eye: counts with a star where p is small; no empty role, z or p."""
    rows = rows.copy()
    for column in [c for c in rows.columns if c.endswith("_p")]:
        role = column.removesuffix("_p")
        rows[role] = [
            "–" if pd.isna(count) else f"{int(count)}{'*' if p <= 0.05 else ''}"
            for count, p in zip(rows[role], rows[column], strict=True)
        ]
    idle = [role for role in ROLES if role in rows and rows[role].isin(["–", "0"]).all()]
    rows["articulation"] = np.where(rows["articulation"], "yes", "")
    gone = [c for c in rows.columns if c.endswith(("_p", "_z"))]
    return rows.drop(columns=[*gone, *idle])
