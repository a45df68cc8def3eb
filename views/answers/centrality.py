"""The verb centrality: ranks, how sure they are, and the ranking without whoever wrote the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.doubt import doubt, rank_in_words
from partnergraph.analysis.egocentred import counterviews
from partnergraph.analysis.engines.seam import supports
from partnergraph.analysis.structure import structure
from partnergraph.analysis.two_mode_centrality import two_mode_centrality
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.views.answers.question import Question
from partnergraph.views.terminal import Answer


def answer(eco: Ecosystem, asked: Question) -> Answer:
    """Answer the verb centrality: ranks, their doubt, and for a program the whole's structure."""
    chosen, scope, top = dict(asked.options), asked.scope, asked.top
    if chosen.pop("two_mode") is not None:
        return _two_modes(eco, asked)
    kind, rate, approximate, draws = (
        chosen.pop(name) for name in ("doubt", "rate", "approximate", "draws")
    )
    if kind is None:
        table = centrality(eco, **chosen, approximate=approximate, **scope)
    else:
        table = doubt(eco, kind, rate=rate, draws=draws, **chosen, **scope)
    parameters = {"eco": asked.source, **chosen, "doubt": kind, **scope}
    found = _ranking(eco, table, parameters=parameters, top=top)
    more, notes = dict(found.more), [*found.notes, *_doubt_in_words(table)]
    more |= {k: table.attrs[k] for k in ("doubt", "approximate", "inexact") if k in table.attrs}
    if asked.format == "json" and supports(eco, structure):
        try:
            more["structure"] = structure(eco, seed=chosen["seed"], **scope).to_dict("index")
        except BadParameter as error:  # too large to count; the ranks stand all the same
            more["structure"], notes = None, [*notes, str(error)]
        return replace(found, more=more, notes=notes)
    rows = _with_ranks(found.table()) if kind and asked.format == "table" else found.rows
    return replace(found, more=more, notes=notes, rows=rows)


def _ranking(
    eco: Ecosystem, table: pd.DataFrame, *, parameters: dict[str, Any], top: int | None
) -> Answer:
    """Return a centrality table as an answer, with its counterview where the data are a star."""
    answer = Answer("centrality", parameters, table, table.attrs["network"]).first(top)
    others, notes, more = {}, [], []
    for view in counterviews(eco, table) if supports(eco, counterviews) else []:
        notes.append(f"{view.centre.reason}.")
        title = f"Without {view.centre.name}"
        if view.cannot_rank:
            title += " (half or more of the others share a rank: the data cannot rank them)"
        others[title] = view.table.head(top or len(view.table))
        more.append(
            {"id": view.centre.id, "reason": view.centre.reason, "cannot_rank": view.cannot_rank}
            | {"without": view.table.head(top or len(view.table))}
        )
    extra = {"measure": table.attrs["measure"], "engine": table.attrs["engine"]}
    extra |= {"reference": table.attrs["reference"], "egocentred": more}
    return replace(answer, more=extra, others=others, notes=notes)


def _two_modes(eco: Ecosystem, asked: Question) -> Answer:
    """Answer for two modes, given as ``ROWS:COLUMNS``."""
    chosen, top = asked.options, asked.top
    modes = chosen["two_mode"]
    network = NetworkOptions.of(asked.scope).chosen()
    lacking = [name for name in ("doubt", "approximate", "weighted") if chosen[name]]
    lacking += [name for name in ("among", "weight", "fold", "directed") if name in network]
    if lacking:
        wrong = ", ".join(f"--{name}" for name in lacking)
        raise BadParameter(f"{wrong} has no meaning for two modes. Leave it out, or --two-mode")
    rows, colon, columns = modes.partition(":")
    if not (colon and rows.strip() and columns.strip()):
        raise BadParameter(f"--two-mode {modes}: give node kinds as ROWS:COLUMNS, one or more each")
    kinds = {
        name: [kind.strip() for kind in given.split(",") if kind.strip()]
        for name, given in (("rows", rows), ("columns", columns))
    }
    table = two_mode_centrality(
        eco, **kinds, measures=chosen["measures"], engine=chosen["engine"], **network
    )
    more = {name: table.attrs[name] for name in ("measure", "engine", "reference")}
    parameters = {"eco": asked.source, "two_mode": modes, "engine": chosen["engine"], **network}
    shown = table.head(top or len(table))
    note = (
        f"{table.attrs['network']['rows']} rows and {table.attrs['network']['columns']} columns, "
        "each against the most that a node of its mode can reach (Borgatti and Everett)."
    )
    return Answer("centrality", parameters, shown, table.attrs["network"], more, notes=[note])


def _with_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with doubt for the eye: each rank as ``3 (2–6)`` in one column."""
    kept = ["name", "kind", *table.attrs["measure"]]
    if "expected_rank" in table:
        kept.append("expected_rank")
    shown = table[kept].copy()
    shown.insert(0, "rank", [rank_in_words(row) for _, row in table.iterrows()])
    return shown


def _doubt_in_words(table: pd.DataFrame) -> list[str]:
    """Say what the doubt of a centrality table means."""
    notes = []
    about = table.attrs.get("doubt")
    first = table.attrs["measure"][0]
    if about and about["kind"] == "dominance":
        pairs = "no" if pd.isna(about["comparable"]) else f"{about['comparable']:.0%} of the"
        notes.append(
            f"Ranks by {first}, in brackets what any centrality can make of them: {pairs} pairs "
            f"can be compared whichever is meant. The expected rank is {about['method']}; 1 is the "
            "most central."
        )
    elif about:
        what = "ties are unrecorded" if about["kind"] == "missing" else "nodes did not answer"
        stays = about["stays_first"].get(first)
        notes.append(
            f"Ranks by {first}, in brackets the middle {about['within']:.0%} of {about['draws']} "
            f"draws if {about['rate']:.0%} of the {what}."
            + ("" if stays is None else f" {_leader(table)} stays first, alone, in {stays:.0%}.")
        )
    for name, words in table.attrs.get("inexact", {}).items():
        notes.append(f"{name} is an estimate ({words}).")
    if about:
        notes.append(_told_apart(table))
    if "approximate" in table.attrs:
        a = table.attrs["approximate"]
        notes.append(
            f"Betweenness is estimated from {a['samples']:,} random paths: within "
            f"{a['epsilon']:g} for all nodes together at {a['confidence']:.0%} confidence; "
            f"{a['certified_of_top_10']} of the first ten are certain to be among the first ten."
        )
    return notes


def _leader(table: pd.DataFrame) -> str:
    return str(table["name"].iloc[0]) if len(table) else "Nobody"


def _told_apart(table: pd.DataFrame) -> str:
    """Say whose place is sure: their interval overlaps with nobody's."""
    ranked = table[table["rank"].notna()].sort_values(["rank_low", "rank_high"])
    low, high = ranked["rank_low"].to_numpy(), ranked["rank_high"].to_numpy()
    before = np.maximum.accumulate(np.concatenate([[0.0], high]))[:-1]
    after = np.append(low[1:], np.inf)
    sure = ranked[(before < low) & (high < after)]
    if len(sure) == len(ranked):
        return "Everybody's rank is sure." if len(ranked) else "There is nobody to rank."
    shared = int(ranked["rank"].duplicated(keep=False).sum())
    names = ", ".join(f"{row['name']} ({row['rank']:.0f})" for _, row in sure.head(5).iterrows())
    more = f" and {len(sure) - 5} more" if len(sure) > 5 else ""
    return (
        (f"Sure of their rank: {names}{more}. " if len(sure) else "Nobody's rank is sure. ")
        + f"The other {len(ranked) - len(sure)} could change places with each other"
        + (f"; {shared} share a rank, the data cannot tell them apart." if shared else ".")
    )
