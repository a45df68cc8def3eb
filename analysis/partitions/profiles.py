r"""What the members of a group have more often than others, and a name for each group.

For a group of n among N nodes, k of which have what K have in all, the *lift* is
:math:`\frac{k/n}{K/N}`, and p is the hypergeometric chance of at least k (``p_over``), or of at
most k (``p_under``). Many groups times many attributes give
many small p, so each direction comes with its q (Benjamini–Hochberg) over **all** groups and
attributes.

Attributes that the ties were made from always "explain" the groups. They are flagged as
``circular``: they show how the groups came about, and are not evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.folding.significance import ALPHA, benjamini_hochberg, overlap_p
from partnergraph.graph.network_options import NetworkOptions
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph

MOST_VALUES = 50
MOST_TESTS = 2_000_000
SHOWN = 5
NAMED_AFTER = 2
# What can be looked for can be had; these ties lead there.
LEADING_TO_CAPABILITIES = [
    t
    for t, kind in SCHEMA.tie_kinds.items()
    if any(kind.target_kinds == SCHEMA.tie_kinds[s].target_kinds for s in SCHEMA.sought)
]
COLUMNS = (
    "cluster",
    "attribute",
    "value",
    "name",
    "k",
    "n",
    "K",
    "N",
    "lift",
    "p_over",
    "p_under",
    "q_over",
    "q_under",
    "circular",
)


def profiles(
    groups: pd.Series, eco: Ecosystem | None, options: NetworkOptions, *, everything: bool = False
) -> pd.DataFrame:
    r"""Test what is more or less frequent in each group than among all that are in groups.

    Attributes are the columns of nodes that hold words from a list, or up to 50 different words,
    and whatever outside the network its nodes are tied to: capabilities, places, the networks and
    projects they join. A missing value counts as not having it; a value that one node alone has
    tells nothing and is not tested.

    Parameters
    ----------
    groups
        The group of each node, indexed by node.
    eco
        The ecosystem; without it there is nothing to tell, and the table is empty.
    options
        How the network was made in which the groups were found.
    everything
        Return all tests; otherwise of each group those with q ≤ .05 in either direction, and else
        the first five by ``p_over`` that at least two members have more often than others.

    Returns
    -------
    DataFrame
        ``cluster``, ``attribute``, ``value``, its ``name``, ``k n K N lift``, ``p_over p_under
        q_over q_under``, ``circular``; the most telling first. ``attrs`` has how many ``tests``
        were made, and the attributes ``left_out`` because there would have been too many.
    """
    held = list(_held(groups, eco, options)) if eco is not None and len(groups) else []
    kept, left_out, budget = [], [], MOST_TESTS // max(1, groups.nunique())
    for attribute in held:
        if attribute[2].shape[1] > budget:
            left_out.append(attribute[0])
            continue
        budget -= attribute[2].shape[1]
        kept.append(attribute)
    table = _tested(groups, kept)
    table.attrs = {"tests": 2 * len(table), "left_out": left_out}
    if everything or table.empty:
        return table
    telling = (table["q_over"] <= ALPHA) | (table["q_under"] <= ALPHA)
    more = table[(table["k"] >= 2) & (table["lift"] > 1)]
    has = table["cluster"].isin(table["cluster"][telling].unique())
    first = table.index.isin(more.groupby("cluster").head(SHOWN).index)
    return _kept(table, table[telling | (first & ~has)])


def _kept(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.reset_index(drop=True)
    rows.attrs = table.attrs
    return rows


Attribute = tuple[str, list[tuple[str, str]], sparse.csr_array, bool]


def _held(groups: pd.Series, eco: Ecosystem, options: NetworkOptions) -> Iterator[Attribute]:
    """Yield attributes: what it is, its values with their names, who has which, circular or not."""
    left = eco.filtered(options.filters).eco
    place = pd.Series(np.arange(len(groups)), index=groups.index)
    nodes = left.nodes
    nodes = nodes[nodes["id"].isin(place.index)]
    at = nodes["id"].map(place).to_numpy()
    for column in _sorting(nodes):
        values = nodes[column]
        has = values.notna().to_numpy()
        yield _attribute(column, at[has], values[has].astype(str), {}, len(groups), False)
    ties = left.ties
    a, b = ties["source"].map(place), ties["target"].map(place)
    outward = (a.notna() ^ b.notna()) & ~ties["kind"].isin(SCHEMA.history)
    for kind in SCHEMA.tie_kinds:
        which = outward & (ties["kind"] == kind)
        if which.any():
            member = a.where(a.notna(), b)[which].astype("int64").to_numpy()
            other = ties["target"].where(a.notna(), ties["source"])[which]
            name_of = dict(eco.name_of)
            yield _attribute(kind, member, other, name_of, len(groups), kind in options.via)


def _sorting(nodes: pd.DataFrame) -> list[str]:
    """Return the columns that sort nodes: words from a list, or few different ones."""
    known = SCHEMA.tables["nodes"].columns
    found = []
    for column in nodes.columns:
        listed = column in known and (
            SCHEMA.listed(known[column]) is not None or known[column].type == "country"
        )
        own = column not in known and not pd.api.types.is_numeric_dtype(nodes[column].dtype)
        free = column in ("legal_form", "subtype") or own
        different = nodes[column].nunique()
        if column in ("id", "kind") or different == 0:
            continue
        if listed or (free and different <= MOST_VALUES):
            found.append(column)
    return found


def _attribute(
    name: str,
    member: NDArray[Any],
    values: pd.Series,
    names: dict[str, str],
    n: int,
    circular: bool,
) -> Attribute:
    codes, labels = pd.factorize(values, sort=True)
    ones = np.ones(len(member))
    has = sparse.coo_array((ones, (member, codes)), shape=(n, len(labels))).tocsr()
    has.data[:] = 1.0
    shared = np.flatnonzero(np.asarray(has.sum(axis=0)).ravel() >= 2)
    words = [str(label) for label in labels]
    kept = [(words[i], names.get(words[i], words[i])) for i in shared]
    return name, kept, sparse.csr_array(has[:, shared]), circular


def _tested(groups: pd.Series, attributes: list[Attribute]) -> pd.DataFrame:
    """Test every group against every value of every attribute."""
    attributes = [a for a in attributes if a[1]]
    if not attributes:
        return pd.DataFrame({c: pd.Series([], dtype=object) for c in COLUMNS})
    codes, labels = pd.factorize(groups, sort=True)
    sizes = np.bincount(codes)
    ones = np.ones(len(codes))
    member = sparse.coo_array(
        (ones, (codes, np.arange(len(codes)))), shape=(len(sizes), len(codes))
    )
    has = sparse.hstack([a[2] for a in attributes]).tocsr()
    counts = (member.tocsr() @ has).toarray()
    whole = np.asarray(has.sum(axis=0)).ravel()
    values = [(a[0], *value, a[3]) for a in attributes for value in a[1]]
    cells = np.meshgrid(np.arange(len(values)), np.arange(len(sizes)))
    across, down = cells[0].ravel(), cells[1].ravel()
    k, n, whole, total = counts.ravel(), sizes[down], whole[across], len(codes)
    table = pd.DataFrame(
        {
            "cluster": np.asarray(labels)[down],
            **{
                name: np.array([v[i] for v in values], dtype=object)[across]
                for i, name in enumerate(("attribute", "value", "name"))
            },
            "k": k.astype(np.int64),
            "n": n,
            "K": whole.astype(np.int64),
            "N": total,
            "lift": (k / n) / (whole / total),
            "p_over": overlap_p(k, whole, n, total, tail="more"),
            "p_under": overlap_p(k, whole, n, total, tail="less"),
        }
    )
    table["q_over"] = benjamini_hochberg(table["p_over"])
    table["q_under"] = benjamini_hochberg(table["p_under"])
    table["circular"] = np.array([v[3] for v in values])[across]
    order = ["cluster", "p_over", "attribute", "value"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def named(groups: pd.Series, graph: WeightedGraph, found: pd.DataFrame) -> dict[int, str]:
    """Name each group after its best tied actors, and what tells it from the others at q ≤ .05."""
    inside = _inside(groups, graph)
    actor = np.array([kind in SCHEMA.actors for kind in graph.kinds], dtype=bool)
    frame = pd.DataFrame({"inside": inside, "other": ~actor, "name": graph.names}, index=graph.ids)
    frame = frame.loc[groups.index].assign(cluster=groups, id=groups.index)
    frame = frame.sort_values(
        ["cluster", "other", "inside", "id"], ascending=[True, True, False, True]
    )
    names = frame.groupby("cluster")["name"].apply(lambda x: ", ".join(x.head(NAMED_AFTER)))
    told = _telling(found)
    return {
        c: f"{name} · {told[c]}" if c in told else name
        for c, name in zip(names.index.tolist(), names.tolist(), strict=True)
    }


def _inside(groups: pd.Series, graph: WeightedGraph) -> NDArray[np.float64]:
    """Return the strength of each node within its group."""
    group = pd.Series(graph.ids).map(groups).fillna(0).to_numpy(dtype=np.int64)
    coo = graph.adjacency.tocoo()
    same = group[coo.row] == group[coo.col]
    return np.bincount(coo.row[same], weights=coo.data[same], minlength=len(graph)).astype(float)


def _telling(found: pd.DataFrame) -> dict[int, str]:
    """Return what tells each group from the others, at q ≤ .05; a capability before others."""
    if found.empty:
        return {}
    more = found[(found["lift"] > 1) & (found["k"] >= 2) & ~found["circular"].astype(bool)]
    capability = more["attribute"].isin(LEADING_TO_CAPABILITIES)
    sure = more.assign(later=~capability)[more["q_over"] <= ALPHA]
    sure = sure.sort_values(["later", "p_over"], kind="stable")
    first = sure.groupby("cluster")["name"].first()
    return dict(zip(first.index.tolist(), first.tolist(), strict=True))
