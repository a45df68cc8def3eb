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
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import MOST_SHOWN, Answer


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb clusters: the verdict first, then what the groups are and who is in them."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    like, chosen["like"] = chosen["like"], chosen.pop("earlier")
    table = clusters(eco, **chosen, **scope)
    if not isinstance(table, pd.DataFrame):
        return _kept(eco, asked, table)
    attrs = table.attrs
    more = {name: attrs[name] for name in ("verdict", "verdict_in_words", "quality", "clusters")}
    more |= {name: attrs[name] for name in ("tests", "matched") if name in attrs}
    notes = [attrs["verdict_in_words"]]
    listed = pd.DataFrame(
        [
            {"cluster": c["id"], "size": c["size"], "name": c["name"]}
            | {"stability": c["stability"], "": stability_in_words(c["stability"])}
            | {"more often than others (q ≤ .05)": _told(c["profile"])}
            for c in attrs["clusters"]
        ]
    )
    others = {"Clusters" if attrs["verdict"] != "none" else "One way to divide": listed}
    if "matched" in attrs:
        others["Compared with the earlier partition"] = attrs["matched"]
    between = table[table["second_cluster"].notna()]
    if len(between):
        rest = f" and {len(between) - 10} more." if len(between) > 10 else "."
        notes.append(f"Between two clusters: {', '.join(between['name'].head(10))}{rest}")
    if attrs["tests"]["left_out"]:
        notes.append(f"Not profiled, too many values: {', '.join(attrs['tests']['left_out'])}.")
    parameters = {"eco": asked.source, "like": like, **attrs["parameters"]}
    return Answer("clusters", parameters, table, attrs["network"], more, others, notes).first(top)


def _kept(eco: Any, asked: Question, table: KeptTable) -> Answer:
    """Answer with clusters that stay with their engine, untested."""
    attrs = table.attrs
    value, count = attrs["quality"]["value"], attrs["count"]
    found = f"{count} cluster" if count == 1 else f"{count} clusters"
    notes = [f"{found}." if pd.isna(value) else f"{found}, with a modularity of {value:.3f}."]
    notes.append("Any network can be divided: these clusters are not tested against chance.")
    others = {"Clusters": pd.DataFrame(attrs["clusters"][:MOST_SHOWN])} if count else {}
    more = {name: attrs[name] for name in ("verdict", "quality", "clusters", "count")}
    parameters = {"eco": asked.source, "engine": eco.engine, **attrs["parameters"]}
    notes += left_out(eco, clusters)
    answer = Answer("clusters", parameters, table, attrs["network"], more, others, notes)
    return answer.first(asked.top)


def _told(profile: list[dict[str, Any]]) -> str:
    """Say what a cluster has more often than others, beyond what so many questions lead to."""
    more = [row for row in profile if row["q_over"] <= 0.05][:3]
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
        raise BadParameter(f"{path}: there is no such file. Check the path")
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {str(row["id"]): int(row["cluster"]) for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        words = f"{path} is no answer of `partnergraph clusters … --format json`"
        raise BadParameter(words) from error
