"""Whether the network has clusters, which, and what marks them off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.clusters import Clusters
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.views.answers.clusters import origin_in_words, origin_of
from partnergraph.views.report.blocks import (
    MOST_HELD,
    MOST_NAMES,
    Block,
    Line,
    Paragraph,
    Table,
    cells_of,
    cut,
    line_of,
    say,
    table,
)
from partnergraph.views.report.facts import COMPARED_UP_TO, Facts
from partnergraph.views.report.sections.ranking import centred
from partnergraph.views.words import Name, Words, clean, listed, number, tell, whole, words

MOST_MEMBERS = 20


def clusters(f: Facts) -> list[Block]:
    """Compose whether there are clusters, which, and what marks them off."""
    found = f.divided
    table = found.table
    members = table.index.to_series().groupby(table["cluster"]).agg(list)
    members = members[members.index > 0]  # who is in none is 0 or unknown
    if members.empty:
        return [say("clusters.none")]
    runs = found.quality["runs"]
    verdict = _verdict(found, len(members))
    origin = origin_in_words(origin_of(f.eco, found, {}), found) if len(members) > 1 else ()
    blocks: list[Block] = [
        Paragraph(line_of(words("{} {}", verdict, origin) if origin else verdict), "callout"),
        say("clusters.stability", n=len(members), runs=runs),
    ]
    if not f.compared:
        command = f"clusters ECO --seed {f.seed}"
        blocks.append(say("report.not_tested", n=COMPARED_UP_TO, command=command))
    if centred(f):
        blocks.append(Paragraph(Line(tell("clusters.star"), see="ranking")))
    return [*blocks, _listed(f, found, members), *_profiles(found)]


def _verdict(found: Clusters, count: int) -> Words:
    """Return whether there are more than chance gives, with the figures of the comparison."""
    q, digits = found.quality, {"value": 3, "null_mean": 3, "null_sd": 3, "p": 3}
    figures = {name: number(q[name], n) for name, n in digits.items()}
    if count < 2:
        return tell("clusters.undivided")
    if found.verdict == "untested":
        case = "not_compared" if np.isnan(q["p"]) else "too_few"
        return tell(f"clusters.{case}", **figures, n=q["nulls"])
    return tell(f"clusters.verdict_{found.verdict}", **figures, n=q["nulls"])


def _listed(f: Facts, found: Clusters, members: pd.Series) -> Table:
    described = {c["id"]: c for c in found.clusters}
    rows = [
        cells_of(
            f"{n}",
            Name(clean(described[n]["name"])),
            whole(len(who)),
            number(described[n]["stability"]),
            listed(f.names(who), MOST_MEMBERS),
        )
        for n, who in list(members.items())[:MOST_HELD]
    ]
    doubtful = found.verdict in ("none", "borderless", "untested")
    more = cut(len(members), MOST_HELD, "group" if doubtful else "cluster")
    key = "clusters.one_way" if doubtful else "clusters.caption"
    return table(key, rows, numeric=(2, 3), more=more)


def _profiles(found: Clusters) -> list[Block]:
    table = found.table
    blocks: list[Block] = []
    told = [
        _trait(cluster, row)
        for cluster in sorted(found.clusters, key=lambda c: int(c["id"]))
        for row in cluster["profile"]
        if row["q_over"] <= ALPHA
    ]
    tests = found.tests["tests"]
    if told:
        blocks.append(say("clusters.more_often", traits=listed(told, MOST_NAMES)))
    elif tests:
        blocks.append(say("clusters.no_trait", n=tests))
    between = table["name"][table["second_cluster"].notna()]
    if len(between):
        names = [Name(clean(name), node) for node, name in zip(between.index, between, strict=True)]
        blocks.append(say("clusters.between", names=listed(names, MOST_NAMES)))
    return blocks


def _trait(cluster: dict[str, Any], row: dict[str, Any]) -> Words:
    key = "clusters.circular_trait" if row["circular"] else "clusters.trait"
    trait, around = Name(clean(row["name"])), Name(clean(cluster["name"]))
    return tell(key, trait=trait, around=around, k=row["k"], of=row["K"])
