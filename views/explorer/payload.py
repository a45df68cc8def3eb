"""From an ecosystem to what the page reads: columns, facets, measures and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.analysis.capabilities.portfolio_options import HELD
from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.complementarity import complementarity
from partnergraph.analysis.doubt import doubt
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.ids import derived_id
from partnergraph.graph.periods import FIRST_DAY, LAST_DAY, STATES, span, tie_periods
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.encoding import PLAIN_UP_TO, columns, plain
from partnergraph.views.explorer.places import column_places, map_places
from partnergraph.views.explorer.words import NODE_FACETS

Years = tuple[NDArray[np.int64], NDArray[np.int64]]

# Networks of more nodes are divided into clusters without being compared with random ones.
TESTED_UP_TO = 500
# Above so many node-tie products the exact betweenness would take longer than the rest together.
PATHS_UP_TO = 3_000_000
# Ranks are computed a hundred times up to so many node-tie products.
DOUBT_UP_TO = 25_000
# Every pair is measured among up to so many partners with a recorded capability.
PAIRS_OF_UP_TO = 25
UNTESTED: Mapping[str, Any] = {"verdict": "untested", "stability": None, "each": {}, "second": {}}
TIE_FACETS = {"tie_kind": "kind", "status": "status"}


def payload(
    eco: Ecosystem,
    *,
    measures: Sequence[str] | None = None,
    seed: int = 0,
    kept: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, Any]:
    """Return all that the page shows of an ecosystem.

    Parameters
    ----------
    eco
        The ecosystem; all its nodes and ties are included, whatever their kind.
    measures
        Node measures to show; by default degree and, where that is quick, betweenness.
    seed
        Random seed of the clusters, the layout and the doubt.
    kept
        Places of nodes, by id, that must not change.

    Raises
    ------
    UnknownName
        If a measure does not exist.
    """
    nodes, ties = eco.nodes, eco.ties
    index = {str(id): i for i, id in enumerate(nodes["id"])}
    ends = _ends(ties, index)
    cluster, found = node_clusters(eco, seed)
    places = map_places(eco, ends, seed, kept or {})
    names = _measure_names(eco, measures)
    statuses = ties["status"].fillna(SCHEMA.declared)
    ties = ties.assign(status=statuses, id=_unlike_derived(ties))
    years = _years(nodes)
    node_columns = {
        **columns(nodes),
        **columns(pd.DataFrame({"cluster": cluster})),
        **dict(zip(("from_year", "to_year"), years, strict=True)),
        **dict(zip("xy", places.T, strict=True)),
    }
    tie_columns = {
        **columns(ties.drop(columns=["source", "target"])),
        **dict(zip(("source", "target"), ends, strict=True)),
        **dict(zip(("from_year", "to_year"), _years(tie_periods(nodes, ties)), strict=True)),
    }
    return {
        "about": {**eco.about.as_dict(), "title": title(eco), "as_of": eco.as_of or ""},
        "nodes": {"count": len(nodes), "columns": node_columns},
        "ties": {"count": len(ties), "columns": tie_columns},
        "aliases": _table(eco.aliases.assign(node=eco.aliases["node"].map(index))),
        "sources": _table(eco.sources),
        "evidence": _evidence(eco, index),
        "facets": _facets(nodes.assign(cluster=cluster), ties),
        "measures": _measures(eco, names),
        "doubt": _doubt(eco, names, seed),
        "pairs": _pairs(eco, index, seed),
        "places": column_places(eco, ends, seed),
        "undirected": list(SCHEMA.undirected),
        "hidden": _hidden(nodes, ties),
        "clusters": found,
        "ended": _ended(eco),
    }


def _ended(eco: Ecosystem) -> dict[str, Any]:
    """Return the rows of the nodes and ties that have ended by the day of the data."""
    ended = [
        (state == STATES[2]).to_numpy().nonzero()[0].tolist() for state in eco.states(eco.as_of)
    ]
    return {"day": eco.as_of or "", "nodes": ended[0], "ties": ended[1]}


def title(eco: Ecosystem) -> str:
    """Return the name of an ecosystem on the page."""
    return eco.about.title or eco.about.name


def _table(frame: pd.DataFrame) -> dict[str, Any]:
    return {"count": len(frame), "columns": columns(frame)}


def _unlike_derived(ties: pd.DataFrame) -> pd.Series:
    """Return the ids of ties that the page cannot derive from their other columns."""
    names = ("source", "kind", "target", "role", "start")
    rows = zip(*(ties[name].tolist() for name in names), strict=True)
    derived = [derived_id(dict(zip(names, row, strict=True))) for row in rows]
    return ties["id"].where(ties["id"] != pd.Series(derived, index=ties.index))


def _ends(ties: pd.DataFrame, index: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the rows of each tie's source and target."""
    ends = [ties[column].map(index).to_numpy(dtype=np.int64) for column in ("source", "target")]
    return np.stack(ends) if len(ties) else np.zeros((2, 0), dtype=np.int64)


def _evidence(eco: Ecosystem, index: Mapping[str, int]) -> dict[str, Any]:
    """Encode the receipts; a fact is the row of a node, or the number of nodes + that of a tie."""
    rows = {**{id: len(index) + t for t, id in enumerate(eco.ties["id"])}, **index}
    source = {id: s for s, id in enumerate(eco.sources["id"])}
    frame = eco.evidence
    frame = frame.assign(fact=frame["fact"].map(rows), source=frame["source"].map(source))
    frame = frame[frame["fact"].notna() & frame["source"].notna()]
    return _table(frame.astype({"fact": np.int64, "source": np.int64}))


def _facets(nodes: pd.DataFrame, ties: pd.DataFrame) -> list[dict[str, Any]]:
    """List what nodes and ties can be filtered by, with the values in display order."""
    found = []
    for of, frame, names in (
        ("node", nodes, {key: key for key in NODE_FACETS}),
        ("tie", ties, TIE_FACETS),
    ):
        for key, column in names.items():
            values = _values(frame, key, column)
            if any(values):
                found.append({"key": key, "of": of, "column": column, "values": values})
    return found


def _values(frame: pd.DataFrame, key: str, column: str) -> list[str]:
    """Return the values of a facet, all of a list: shapes and colours then never change."""
    listed: Sequence[str]
    if key == "kind":
        listed = list(SCHEMA.node_kinds)
    elif key == "tie_kind":
        listed = list(SCHEMA.tie_kinds)
    elif key == "cluster":
        listed = [str(c) for c in sorted(frame[column].dropna().astype(int).unique())]
    elif key in SCHEMA.values:
        listed = list(SCHEMA.values[key]) if frame[column].notna().any() else []
    else:
        counts = frame[column].value_counts()
        listed = sorted(counts.index, key=lambda value: (-counts[value], value))
    return [*listed, *([""] if frame[column].isna().any() else [])]


def _hidden(nodes: pd.DataFrame, ties: pd.DataFrame) -> dict[str, list[str]]:
    """Return what is hidden at first: kinds outside the default network, and disputed ties."""
    core = set(SCHEMA.default_network)
    kinds = set(nodes["kind"])
    hidden = {}
    if kinds & core and kinds - core:
        hidden["kind"] = [kind for kind in SCHEMA.node_kinds if kind in kinds - core]
    if SCHEMA.disputed in set(ties["status"]):
        hidden["status"] = [SCHEMA.disputed]
    return hidden


def node_clusters(eco: Ecosystem, seed: int) -> tuple[pd.Series, dict[str, Any]]:
    """Return the cluster of each node, missing where it has none, and how stable they are."""
    small = len(eco) <= PLAIN_UP_TO
    nulls = None if len(eco) <= TESTED_UP_TO else 0
    divided = clusters(eco, seed=seed, starts=20 if small else 3, nulls=nulls)
    table = divided.table
    found = table["cluster"][table["cluster"] > 0].astype("Int64")
    cluster = eco.nodes["id"].map(found).astype("Int64")
    said = dict(UNTESTED) | {"verdict": divided.verdict}
    shared = {str(c["id"]): _shared(c["profile"]) for c in divided.clusters}
    said["shared"] = {cluster: row for cluster, row in shared.items() if row}
    if small:
        table = table.reindex(eco.nodes["id"])
        sure, second = table["stability"].tolist(), table["second_cluster"].tolist()
        said["stability"] = [None if v != v else round(v, 2) for v in sure]
        said["second"] = {i: str(v) for i, v in enumerate(second) if v is not pd.NA}
        said["each"] = {str(c["id"]): round(c["stability"], 2) for c in divided.clusters}
    return cluster, said


def _shared(profile: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what at least half of a cluster's members share, more often than others: the most so.

    Attribute, value and the name of the value; empty where they share nothing.
    """
    common = [p for p in profile if p["k"] >= 2 and 2 * p["k"] >= p["n"] and p["lift"] > 1]
    if not common:
        return []
    most = max(common, key=lambda p: (p["k"] / p["n"], p["lift"]))
    return [str(most[part]) for part in ("attribute", "value", "name")]


def _measure_names(eco: Ecosystem, names: Sequence[str] | None) -> list[str]:
    """Return the measures to show: those requested, or degree and what is quick."""
    if not len(eco):
        return []
    if names is not None:
        return list(names)
    quick = len(eco) * max(1, len(eco.ties)) <= PATHS_UP_TO
    return ["degree", "betweenness"] if quick else ["degree"]


def _measures(eco: Ecosystem, names: Sequence[str]) -> dict[str, Any]:
    """Encode the values of measures by node."""
    if not names:
        return {}
    table = centrality(eco, measures=names).reindex(eco.nodes["id"])
    columns = {name: [plain(v) for v in table[name].tolist()] for name in names}
    if len(eco) <= PLAIN_UP_TO:
        return {n: [int(v) if v == round(v or 0.5) else v for v in c] for n, c in columns.items()}
    return {name: np.array(values, dtype=np.float64) for name, values in columns.items()}


def _doubt(eco: Ecosystem, names: Sequence[str], seed: int) -> dict[str, Any]:
    """Encode, by measure, the best and worst rank if a tenth of the ties were missing."""
    if not names or not len(eco.ties) or len(eco) * len(eco.ties) > DOUBT_UP_TO:
        return {}
    table = doubt(eco, "missing", measures=names, seed=seed).table.reindex(eco.nodes["id"])
    ends = ("rank_low", "rank_high")
    return {
        name: [[None if v != v else int(v) for v in table[f"{name}_{end}"]] for end in ends]
        for name in names
    }


def _pairs(eco: Ecosystem, index: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Encode the measures of pairs of partners by their rows, "i-j"; undefined is null.

    A measure has one value, or two: what the first gains from the second and vice versa; the p of
    the overlap comes with its q over all pairs.
    """
    holders = eco.ties.loc[eco.ties["kind"].isin(HELD), "source"].nunique()
    if not 2 <= holders <= PAIRS_OF_UP_TO:
        return {"measures": [], "of": {}}
    table = complementarity(eco, seed=seed).table
    ways = ("{}", "{}_a_from_b", "{}_b_from_a")
    found = {name: [c for w in ways if (c := w.format(name)) in table] for name in catalogue()}
    found["overlap_p"] = ["overlap_p", "overlap_q"]
    kept = {n: c for n, c in found.items() if c and table[c].notna().any(axis=None)}
    ends = [[index[str(i)] for i in table.index.get_level_values(side)] for side in ("a", "b")]
    values = [
        zip(*(map(_short, table[c]) for c in columns), strict=True) for columns in kept.values()
    ]
    rows = zip(*ends, zip(*values, strict=True), strict=True)
    of = {f"{a}-{b}": [list(pair) for pair in row] for a, b, row in rows}
    return {"measures": list(kept), "of": of}


def _short(value: float) -> float | None:
    """Return a number to four significant figures, None where it is undefined."""
    if value != value:
        return None
    return int(value) if value == int(value) else float(f"{value:.4g}")


def _years(frame: pd.DataFrame) -> Years:
    """Return the first and last year of each row; 0 where open or unknown."""

    @cache
    def year(text: object, end: int) -> int:
        if not isinstance(text, str):
            return 0
        day = span(text)[end]
        return 0 if day in (FIRST_DAY, LAST_DAY) else date.fromordinal(day).year

    first = np.array([year(text, 0) for text in frame["start"]], dtype=np.int64)
    last = np.array([year(text, 1) for text in frame["end"]], dtype=np.int64)
    return first, last
