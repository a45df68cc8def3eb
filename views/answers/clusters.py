"""The verb clusters: whether there are any, what they are, and who is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.analysis.clusters import clusters, stability_in_words
from partnergraph.analysis.engines.seam import KeptTable
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import listed, told

MOST_BETWEEN = 10
MOST_TRAITS = 3


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb clusters: the verdict first, then what the groups are and who is in them."""
    chosen = dict(asked.options)
    like, chosen["like"] = chosen["like"], chosen.pop("earlier")
    table = clusters(eco, **chosen, **asked.scope)
    if not isinstance(table, pd.DataFrame):
        return _kept(eco, asked, table)
    attrs = table.attrs
    more = {name: attrs[name] for name in ("verdict", "verdict_in_words", "quality", "clusters")}
    more |= {name: attrs[name] for name in ("tests", "matched") if name in attrs}
    groups = [
        {"cluster": c["id"], "size": c["size"], "name": c["name"], "stability": c["stability"]}
        | {"": stability_in_words(c["stability"]), told("clusters.traits"): _traits(c["profile"])}
        for c in attrs["clusters"]
    ]
    title = told("clusters.title" if attrs["verdict"] != "none" else "clusters.one_division")
    others = {title: pd.DataFrame(groups)}
    if "matched" in attrs:
        others[told("clusters.compared")] = attrs["matched"]
    notes = [attrs["verdict_in_words"]]
    between = table["name"][table["second_cluster"].notna()].tolist()
    if between:
        notes.append(told("clusters.between_clusters", names=listed(between, MOST_BETWEEN)))
    if left_out := attrs["tests"]["left_out"]:
        notes.append(told("clusters.not_profiled", names=", ".join(left_out), n=len(left_out)))
    parameters = {"eco": asked.source, "like": like, **attrs["parameters"]}
    found = Answer("clusters", parameters, table, attrs["network"], more, others, notes)
    return found.first(asked.top)


def _kept(eco: Any, asked: Question, table: KeptTable) -> Answer:
    """Answer with clusters that stay with their engine, untested."""
    attrs = table.attrs
    value, count = attrs["quality"]["value"], attrs["count"]
    key = "clusters.count" if pd.isna(value) else "clusters.count_with_modularity"
    notes = [told(key, n=count, value=f"{value:.3f}"), told("clusters.untested")]
    notes += left_out(eco, clusters)
    title = told("clusters.title")
    others = {title: pd.DataFrame(attrs["clusters"][:MOST_SHOWN])} if count else {}
    more = {name: attrs[name] for name in ("verdict", "quality", "clusters", "count")}
    parameters = {"eco": asked.source, "engine": eco.engine, **attrs["parameters"]}
    found = Answer("clusters", parameters, table, attrs["network"], more, others, notes)
    return found.first(asked.top)


def _traits(profile: list[dict[str, Any]]) -> str:
    """Return what a cluster has more often than others, beyond what so many tests lead to."""
    more = [row for row in profile if row["q_over"] <= ALPHA][:MOST_TRAITS]
    return "; ".join(
        f"{row['name']} {row['k']}/{row['K']} (q = {row['q_over']:.2g}"
        + (", circular)" if row["circular"] else ")")
        for row in more
    )


def read_partition(path: Path) -> dict[str, int]:
    """Read the cluster of each node from an answer of the verb clusters, written as JSON.

    Raises
    ------
    BadParameter
        Where the file holds no such answer.
    """
    if not path.is_file():
        raise BadParameter(told("clusters.no_file", path=path))
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {str(row["id"]): int(row["cluster"]) for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise BadParameter(told("clusters.no_partition", path=path)) from error
