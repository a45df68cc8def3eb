"""The verb recommend: how far to trust it, each candidate, and what would change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer
from partnergraph.views.words import decimal, told

Counterfactual = dict[str, dict[str, Any]]


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb recommend: how far to trust it, then each candidate and what would change."""
    found = recommend(eco, **asked.options, **asked.scope)
    table, predictor, others = found.table, found.predictor, {}
    more = {"predictor": predictor, "together": found.together, "words": found.words}
    if tested := predictor.get("all"):
        column = f"precision@{predictor['k']}"
        scores = pd.DataFrame({column: tested}).sort_values(column, ascending=False)
        others[told("recommend.predictors")] = scores.rename_axis("predictor")
    if len(table):
        changes = dict(zip(table["name"], table["counterfactual"], strict=True))
        if found.together:
            changes[told("recommend.together")] = found.together
        told_all = [{"name": name, **effects(change)} for name, change in changes.items()]
        others[told("recommend.changes")] = pd.DataFrame(told_all)
    rows = table
    if asked.format == "table":
        rows = table[["name", "score", "path", "shared", "fields_gained"]].copy()
        rows["path"] = [" – ".join(way) if isinstance(way, list) else way for way in rows["path"]]
    parameters, network = {"eco": asked.source, **table.attrs["parameters"]}, table.attrs["network"]
    return Answer("recommend", parameters, rows, network, more, others, found.words)


def effects(counterfactual: Counterfactual) -> dict[str, str]:
    """Return a counterfactual for the eye: ``3 → 2`` where something changes."""
    return {
        what: before if before == after else f"{before} → {after}"
        for what, before, after in _shown(counterfactual)
    }


def changes(counterfactual: Counterfactual) -> dict[str, str]:
    """Return what changes in a counterfactual, for the eye."""
    return {
        what.replace(" ", "_"): f"{before} → {after}"
        for what, before, after in _shown(counterfactual)
        if before != after
    }


def _shown(counterfactual: Counterfactual) -> list[tuple[str, str, str]]:
    def show(value: Any) -> str:
        return decimal(value, ".3g") if isinstance(value, float) else str(value)

    return [
        (what.replace("_", " "), show(values["before"]), show(values["after"]))
        for what, values in counterfactual.items()
    ]
