"""The verb recommend: how far to trust it, each candidate, and what would change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb recommend: how far to trust it, then each candidate and what would change."""
    chosen, scope = asked.options, asked.scope
    brief = asked.format == "table"
    table = recommend(eco, **chosen, **scope)
    attrs, others = table.attrs, {}
    more = {name: attrs[name] for name in ("predictor", "together", "words")}
    if "all" in attrs["predictor"] and attrs["predictor"]["all"]:
        k = attrs["predictor"]["k"]
        others["What each predictor finds of hidden ties"] = (
            pd.DataFrame({f"precision@{k}": attrs["predictor"]["all"]})
            .sort_values(f"precision@{k}", ascending=False)
            .rename_axis("predictor")
        )
    if len(table):
        changes = dict(zip(table["name"], table["counterfactual"], strict=True))
        if attrs["together"]:
            changes["all together"] = attrs["together"]
        told = [{"name": name, **effects(change)} for name, change in changes.items()]
        others["What would change"] = pd.DataFrame(told)
    parameters = {"eco": asked.source, **attrs["parameters"]}
    rows = table[["name", "score", "path", "shared", "fields_gained"]].copy() if brief else table
    if brief:
        rows["path"] = [" – ".join(way) if isinstance(way, list) else way for way in rows["path"]]
    return Answer("recommend", parameters, rows, attrs["network"], more, others, attrs["words"])


def effects(counterfactual: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return a counterfactual for the eye: ``3 → 2`` where something changes."""
    shown = {}
    for what, values in counterfactual.items():
        before, after = (
            f"{v:.3g}" if isinstance(v, float) else str(v)
            for v in (values["before"], values["after"])
        )
        shown[what.replace("_", " ")] = before if before == after else f"{before} → {after}"
    return shown
