"""The verb clusters: whether there are any, what they are, and who is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.analysis.clusters import Clusters, clusters, stability_in_words
from partnergraph.analysis.partitions.provenance import HIGH, Provenance, provenance
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.files import read_bytes
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer
from partnergraph.views.words import Words, listed, number, plain, tell, told

MOST_BETWEEN = 10
MOST_TRAITS = 3


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb clusters: the verdict first, then what the groups are and who is in them."""
    chosen = dict(asked.options)
    like, chosen["like"] = chosen["like"], chosen.pop("earlier")
    found = clusters(eco, **chosen, **asked.scope)
    if not isinstance(found, Clusters):
        return _kept(eco, asked, found)
    table, attrs = found.table, found.table.attrs
    names = ("verdict", "verdict_in_words", "quality", "clusters", "tests")
    more: dict[str, Any] = {name: getattr(found, name) for name in names}
    origin = origin_of(eco, found, asked.scope)
    more["provenance"] = asdict(origin)
    more |= {} if found.matched is None else {"matched": found.matched}
    groups = [
        {"cluster": c["id"], "size": c["size"], "name": c["name"], "stability": c["stability"]}
        | {"": stability_in_words(c["stability"]), told("clusters.traits"): _traits(c["profile"])}
        for c in found.clusters
    ]
    title = told(
        "clusters.title" if found.verdict in ("weak", "clear") else "clusters.one_division"
    )
    others = {title: pd.DataFrame(groups)}
    if found.matched is not None:
        others[told("clusters.compared")] = found.matched
    notes = [f"{found.verdict_in_words} {plain(origin_in_words(origin, found))}".strip()]
    between = table["name"][table["second_cluster"].notna()].tolist()
    if between:
        notes.append(told("clusters.between_clusters", names=listed(between, MOST_BETWEEN)))
    if left_out := found.tests["left_out"]:
        notes.append(told("clusters.not_profiled", names=", ".join(left_out), n=len(left_out)))
    parameters = {"eco": asked.source, "like": like, **attrs["parameters"]}
    answer = Answer("clusters", parameters, table, attrs["network"], more, others, notes)
    return answer.first(asked.top)


def origin_of(eco: Ecosystem, found: Clusters, scope: Mapping[str, Any]) -> Provenance:
    """Return how far clusters follow the sources of the ties that were divided."""
    ties, parameters = eco.ties, found.table.attrs["parameters"]
    if parameters["method"] != "bipartite":
        ties = ties.iloc[eco.weighted_graph(**scope).tie_numbers()]
    return provenance(found.table["cluster"], ties, eco.evidence, seed=parameters["seed"])


def origin_in_words(origin: Provenance, found: Clusters) -> Words:
    """Return whether clusters follow the source; blank where nobody would think they did."""
    if origin.verdict == "untold" or (origin.verdict, found.verdict) == ("apart", "none"):
        return ()
    shown = {name: number(getattr(origin, name), 2) for name in ("agreement", "null_mean", "p")}
    key = "apart" if origin.verdict == "apart" else f"follow_{origin.level}"
    return tell(f"clusters.{key}", places=origin.places, high=number(HIGH, 1), **shown)


def _kept(eco: Any, asked: Question, found: Any) -> Answer:
    """Answer with clusters that stay with their engine, untested."""
    table, attrs = found.table, found.table.attrs
    value, count = found.quality["value"], found.count
    key = "clusters.count" if pd.isna(value) else "clusters.count_with_modularity"
    notes = [told(key, n=count, value=f"{value:.3f}"), told("clusters.untested")]
    notes += left_out(eco, clusters)
    title = told("clusters.title")
    others = {title: pd.DataFrame(found.clusters[:MOST_SHOWN])} if count else {}
    more = {name: getattr(found, name) for name in ("verdict", "quality", "clusters", "count")}
    parameters = {"eco": asked.source, "engine": eco.engine, **attrs["parameters"]}
    answer = Answer("clusters", parameters, table, attrs["network"], more, others, notes)
    return answer.first(asked.top)


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
        If the file holds no such answer.
    """
    if not path.is_file():
        raise BadParameter(told("clusters.no_file", path=path))
    try:
        rows = json.loads(read_bytes(path))["rows"]
        return {str(row["id"]): int(row["cluster"]) for row in rows}
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadParameter(told("clusters.no_partition", path=path)) from error
