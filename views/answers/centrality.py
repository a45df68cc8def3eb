"""The verb centrality: ranks, how sure they are, and the ranking without whoever wrote the data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.doubt import Doubt, doubt, rank_in_words
from partnergraph.analysis.egocentred import counterviews
from partnergraph.analysis.engines.seam import supports
from partnergraph.analysis.structure import structure
from partnergraph.analysis.two_mode_centrality import two_mode_centrality
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.views.answers.question import Question, left_out
from partnergraph.views.terminal import Answer
from partnergraph.views.words import decimal, listed, told

MOST_SURE = 5


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb centrality: ranks, their doubt, and for a program the whole's structure."""
    chosen, scope = dict(asked.options), asked.scope
    if chosen.pop("two_mode") is not None:
        return _two_modes(eco, asked)
    kind, rate, approximate, draws = (
        chosen.pop(name) for name in ("doubt", "rate", "approximate", "draws")
    )
    if kind is None:
        found = None
        table = centrality(eco, **chosen, approximate=approximate, **scope)
    else:
        found = doubt(eco, kind, rate=rate, draws=draws, **chosen, **scope)
        table = found.table
    attrs = table.attrs
    others, notes, centred = _without_centres(eco, table, asked.top)
    notes += [*_doubt_in_words(table, found), *left_out(eco, centrality)]
    more = {name: attrs[name] for name in ("measure", "engine", "reference")}
    more |= {"egocentred": centred} if supports(eco, counterviews) else {}
    more |= {} if found is None else {"doubt": found.about()}
    more |= {name: attrs[name] for name in ("approximate", "inexact") if name in attrs}
    if asked.format == "json" and supports(eco, structure):
        try:
            more["structure"] = _figures(structure(eco, seed=chosen["seed"], **scope))
        except BadParameter as error:  # too large to count; the ranks stand all the same
            more["structure"], notes = None, [*notes, str(error)]
    parameters = {"eco": asked.source, **chosen, "doubt": kind, **scope}
    network = attrs["network"]
    if not isinstance(table, pd.DataFrame):
        pass  # it stays with an engine, which is asked for its first rows alone
    elif not network["pairs"]:
        others, notes = {}, [told("centrality.untied", n=len(table))]
        table = table.head(0) if asked.format == "table" else table  # no ranking of zeros
    elif modes := _modes_of(eco, table):
        notes.append(told("centrality.two_modes_possible", modes=modes, source=asked.source))
    said = Answer("centrality", parameters, table, network, more, others, notes).first(asked.top)
    if kind and asked.format == "table":
        return replace(said, rows=_with_ranks(said.table()))
    return said


def _modes_of(eco: Ecosystem, table: pd.DataFrame) -> str:
    """Return the two kinds of a network in which ties only join one with the other, else blank."""
    kinds = sorted(table["kind"].dropna().unique(), reverse=True) if "kind" in table else []
    if len(kinds) != 2:
        return ""
    ends = [eco.ties[end].map(eco.kind_of) for end in ("source", "target")]
    inside = ends[0].isin(kinds) & ends[1].isin(kinds)
    return "" if (ends[0] == ends[1])[inside].any() else ":".join(kinds)


def _without_centres(
    eco: Ecosystem, table: pd.DataFrame, top: int | None
) -> tuple[dict[str, pd.DataFrame], list[str], list[dict[str, Any]]]:
    """Return the ranking without each actor that the data are centred on, as tables and words."""
    others, notes, centred = {}, [], []
    for view in counterviews(eco, table) if supports(eco, counterviews) else []:
        notes.append(f"{view.centre.reason}.")
        rest = view.table.head(top or len(view.table))
        key = "centrality.without_unranked" if view.cannot_rank else "centrality.without"
        others[told(key, name=view.centre.name)] = rest
        about = {"id": view.centre.id, "reason": view.centre.reason}
        centred.append({**about, "cannot_rank": view.cannot_rank, "without": rest})
    return others, notes, centred


def _two_modes(eco: Ecosystem, asked: Question) -> Answer:
    """Answer for two modes, given as ``ROWS:COLUMNS``."""
    chosen, top = asked.options, asked.top
    modes = chosen["two_mode"]
    network = NetworkOptions.of(asked.scope).chosen()
    wrong = [name for name in ("doubt", "approximate", "weighted") if chosen[name]]
    wrong += [name for name in ("among", "weight", "fold", "directed") if name in network]
    if wrong:
        options = ", ".join(f"--{name}" for name in wrong)
        raise BadParameter(told("centrality.not_for_two_modes", options=options, n=len(wrong)))
    rows, colon, columns = modes.partition(":")
    if not (colon and rows.strip() and columns.strip()):
        raise BadParameter(told("centrality.two_modes_wrong", modes=modes))
    kinds = {
        name: [kind.strip() for kind in given.split(",") if kind.strip()]
        for name, given in (("rows", rows), ("columns", columns))
    }
    table = two_mode_centrality(
        eco, **kinds, measures=chosen["measures"], engine=chosen["engine"], **network
    )
    more = {name: table.attrs[name] for name in ("measure", "engine", "reference")}
    parameters = {"eco": asked.source, "two_mode": modes, "engine": chosen["engine"], **network}
    size = {name: table.attrs["network"][name] for name in ("rows", "columns")}
    notes = [told("centrality.two_modes", **size)]
    shown = table.head(top or len(table))
    return Answer("centrality", parameters, shown, table.attrs["network"], more, notes=notes)


def _figures(whole: pd.DataFrame) -> dict[Hashable, Any]:
    """Return the structure of the whole as JSON holds it: figures, without words."""
    return whole.drop(columns="verdict").to_dict("index")


def _with_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with doubt for the eye: each rank as ``3 (2–6)`` in one column."""
    kept = ["name", "kind", *table.attrs["measure"]]
    if "expected_rank" in table:
        kept.append("expected_rank")
    shown = table[kept].copy()
    shown.insert(0, "rank", [rank_in_words(row) for _, row in table.iterrows()])
    return shown


def _doubt_in_words(table: pd.DataFrame, found: Doubt | None) -> list[str]:
    notes, attrs = [], table.attrs
    first = attrs["measure"][0]
    if found is not None and found.comparable is not None:
        key = "no_pairs" if pd.isna(found.comparable) else "pairs"
        pairs = told(f"centrality.{key}", share=f"{found.comparable:.0%}")
        notes.append(told("centrality.dominance", first=first, pairs=pairs, method=found.method))
    elif found is not None:
        parts = {"first": first, "within": f"{found.within:.0%}", "draws": found.draws}
        notes.append(told(f"centrality.{found.kind}", **parts, rate=f"{found.rate:.0%}"))
        stays = (found.stays_first or {}).get(first)
        if stays is not None and len(table):
            leader = table["name"].iloc[0]
            notes[-1] += told("centrality.stays_first", name=leader, share=f"{stays:.0%}")
    for name, words in attrs.get("inexact", {}).items():
        notes.append(told("centrality.inexact", name=name, how=words))
    if found is not None:
        notes.append(_told_apart(table))
    if "approximate" in attrs:
        notes.append(estimated(attrs["approximate"]))
    return notes


def estimated(found: dict[str, Any]) -> str:
    """Return in words how betweenness was estimated, and how certain it is."""
    return told(
        "methods.estimated",
        samples=found["samples"],
        epsilon=decimal(found["epsilon"], "g"),
        confidence=decimal(100 * found["confidence"], ".0f"),
        certain=found["certified_of_top_10"],
    )


def _told_apart(table: pd.DataFrame) -> str:
    """Return whose rank is certain: no other interval overlaps with theirs."""
    ranked = table[table["rank"].notna()].sort_values(["rank_low", "rank_high"])
    low, high = ranked["rank_low"].to_numpy(), ranked["rank_high"].to_numpy()
    before = np.maximum.accumulate(np.concatenate([[0.0], high]))[:-1]
    after = np.append(low[1:], np.inf)
    sure = ranked[(before < low) & (high < after)]
    if len(sure) == len(ranked):
        return told("centrality.all_certain" if len(ranked) else "centrality.nothing_to_rank")
    names = [f"{row['name']} ({row['rank']:.0f})" for _, row in sure.iterrows()]
    shared = int(ranked["rank"].duplicated(keep=False).sum())
    first = told(
        "centrality.certain" if names else "centrality.none_certain", names=listed(names, MOST_SURE)
    )
    left = told(
        "centrality.uncertain" if names else "centrality.all_uncertain", n=len(ranked) - len(sure)
    )
    return f"{first} {left}" + (told("centrality.share_a_rank", n=shared) if shared else ".")
