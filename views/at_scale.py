"""Answers of the verbs on Spark: the first rows are shown, all of them are written as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from partnergraph.analysis.engines.spark import answers
from partnergraph.analysis.engines.spark.table import SparkTable
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter
from partnergraph.graph.spark.ecosystem import SparkEcosystem, is_spark_folder
from partnergraph.graph.spark.session import default_spark
from partnergraph.views.answers.fragility import STATES, broken_in_words
from partnergraph.views.terminal import Answer

MOST_SHOWN = 20
PARQUET = ".parquet"
# What each verb takes on Spark beside the options of its network or portfolios.
TAKEN = {
    "centrality": ("measures", "weighted", "seed"),
    "clusters": ("method", "resolution", "seed"),
    "complementarity": ("a", "b", "pairs", "top"),
    "coverage": ("top",),
    "fragility": ("leave", "until", "minimum"),
}


def stays_there(source: str, engine: str, output: str) -> bool:
    """Say whether centrality is for Spark as a whole: what is asked of, or the answer, lies there.

    Else Spark computes the measures alone, of a network that was made in memory.
    """
    return engine == "spark" and (is_spark_folder(source) or output.endswith(PARQUET))


def shown(format: str, output: str) -> tuple[str, str]:
    """Return how and where the first rows are shown, where all of them go into Parquet."""
    return ("table" if format == "parquet" else format), (
        "-" if output.endswith(PARQUET) else output
    )


def answered(
    verb: str,
    source: str,
    opened: Callable[[str], Ecosystem],
    asked: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    given: Sequence[str],
    top: int | None,
    output: str,
) -> Answer:
    """Answer a verb on Spark.

    Parameters
    ----------
    opened
        How an ecosystem is read that Spark did not write; it is then handed over.
    asked, options
        Options of the verb, and those of its network or portfolios.
    given
        Which options the user gave: those that Spark lacks are refused.
    output
        Where all rows go, if it ends in ``.parquet``.

    Raises
    ------
    BadParameter
        Where an option is absent on Spark.
    AlreadyThere
        Where the folder to write is there already.
    """
    lacking = [name for name in given if name in asked and name not in TAKEN[verb]]
    if lacking:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in lacking)
        raise BadParameter(f"the engine spark lacks {named}. Leave it out, or take native")
    if output.endswith(PARQUET) and Path(output).exists():
        raise AlreadyThere(f"{output} is there already. Choose another name")
    spark = default_spark()
    if is_spark_folder(source):
        eco = SparkEcosystem.read(spark, source)
    else:
        eco = SparkEcosystem.of(spark, opened(source))
    asked = {**asked, "top": top}
    asked = {name: asked[name] for name in TAKEN[verb] if asked[name] is not None}
    table, more, others, notes = _VERBS[verb](eco, **asked, **options)
    rows, every = table.top(top or MOST_SHOWN), table.frame.count()
    if output.endswith(PARQUET):
        notes.append(f"All {every:,} rows are in {table.write(output)}.")
    elif len(rows) < every:
        notes.append(
            f"Shown: {len(rows):,} of {every:,}; --top N shows more, -o FOLDER{PARQUET} writes all."
        )
    parameters = {"eco": source, "engine": "spark", **table.attrs["parameters"]}
    return Answer(verb, parameters, rows, table.attrs["network"], more, others, notes)


Found = tuple[SparkTable, dict[str, Any], dict[str, pd.DataFrame], list[str]]


def _centrality(eco: SparkEcosystem, **asked: Any) -> Found:
    table = answers.centrality(eco, **asked)
    more = {key: table.attrs[key] for key in ("measure", "engine", "reference", "inexact")}
    inexact = table.attrs["inexact"].items()
    return table, more, {}, [f"{name} is an estimate ({words})." for name, words in inexact]


def _clusters(eco: SparkEcosystem, **asked: Any) -> Found:
    table = answers.clusters(eco, **asked)
    sizes, count, value = (table.attrs["clusters"], table.attrs["count"], table.attrs["quality"])
    notes = [
        f"{count} clusters, of modularity {value['value']:.3f}."
        if value["value"] == value["value"]
        else f"{count} clusters.",
        "Any network can be divided: whether random ones are as well is not asked on Spark. "
        "Ask native of a part.",
    ]
    more = {"quality": value, "clusters": sizes, "count": count}
    others = {"Clusters": pd.DataFrame(sizes[:MOST_SHOWN])} if sizes else {}
    return table, more, others, notes


def _complementarity(eco: SparkEcosystem, **asked: Any) -> Found:
    table = answers.complementarity(eco, **asked)
    about = {str(name): value for name, value in table.attrs.items()}
    notes = []
    if about["beyond"] is not None:
        notes.append(
            f"Compared are the {about['compared']:,} largest of {about['partners']:,} portfolios; "
            f"pairs with one outside gain at most {about['beyond']} each."
        )
    if about["silent"]:
        notes.append(f"Partners without anything on record, left out: {about['silent']:,}.")
    notes.append("Related fields, p and q, synergy and structure are absent on Spark.")
    more = {name: about[name] for name in ("partners", "silent", "beyond", "compared")}
    return table, more, {}, notes


def _coverage(eco: SparkEcosystem, *, top: int = MOST_SHOWN, **asked: Any) -> Found:
    found = answers.coverage(eco, **asked)
    rarest = found.capabilities.top(top)
    steps = found.greedy
    notes = [
        f"{found.n:,} partners hold {found.held:,} capabilities; {found.single_points:,} are with "
        f"one partner alone and leave with it, {found.unheld:,} nobody holds.",
        f"Taken one by one, each time who adds most, {len(steps):,} partners hold everything; "
        "whether fewer could is not asked on Spark.",
    ]
    if found.silent:
        notes.append(f"Partners without anything on record, left out: {found.silent:,}.")
    more = {
        "capabilities": rarest,
        "single_points_of_failure": found.single_points,
        "unheld": found.unheld,
        "silent": found.silent,
        "greedy_cover": steps,
    }
    others = {"Capabilities with fewest holders": rarest}
    others["The greedy way"] = steps.head(top).set_index("id")
    return found.partners, more, others, notes


def _fragility(eco: SparkEcosystem, **asked: Any) -> Found:
    table = answers.fragility(eco, **asked)
    keys = ("before", "after", "cascade", "cascade_steps", "capabilities")
    more = {key: table.attrs[key] for key in keys}
    states = {key: table.attrs[key] for key in ("before", "after", "cascade")}
    shown = pd.DataFrame(states).drop(index="distance_fragmentation")
    shown = shown.rename(index=STATES, columns={"cascade": "after what follows"})
    attrs = {str(name): value for name, value in table.attrs.items()}
    notes = broken_in_words(attrs, attrs["fates"])
    return table, more, {"Before and after": shown.rename_axis("what")}, notes


_VERBS: dict[str, Callable[..., Found]] = {
    "centrality": _centrality,
    "clusters": _clusters,
    "complementarity": _complementarity,
    "coverage": _coverage,
    "fragility": _fragility,
}
