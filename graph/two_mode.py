"""Who is tied to what, as a matrix of two kinds: affiliations, and who offers which capability."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA, node_kinds, tie_kinds
from partnergraph.graph.weighted_graph import Recipe, filtered


@dataclass(frozen=True, eq=False)
class TwoMode:
    """A matrix of rows × columns, such as organisations × capabilities.

    Attributes
    ----------
    incidence
        CSR, float64; entry (r, c) is the number of ties between row r and column c, whichever way
        they run, or the sum of their strengths. Rows and columns without ties stay.
    rows, columns
        Ids in the matrix' order.
    row_names, column_names, row_kinds, column_kinds
        Their names and kinds, in the same order.
    recipe
        How it was made, and what was dropped.
    """

    incidence: sparse.csr_array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    recipe: Recipe = field(default_factory=Recipe)
    row_kinds: tuple[str, ...] = ()
    column_kinds: tuple[str, ...] = ()

    @property
    def binary(self) -> sparse.csr_array:
        """The same matrix with 1 wherever there is a tie."""
        return (self.incidence > 0).astype(np.float64).tocsr()

    def to_frame(self) -> pd.DataFrame:
        """Return it as a table, rows and columns by id."""
        cells = self.incidence.toarray()
        return pd.DataFrame(cells, index=list(self.rows), columns=list(self.columns))


def two_mode(
    eco: Ecosystem,
    *,
    rows: str | Iterable[str] = "organisation",
    columns: str | Iterable[str] = "capability",
    via: str | Iterable[str] | None = None,
    weight: Literal["count", "strength"] = "count",
    **filters: Any,
) -> TwoMode:
    """Lay out which rows are tied to which columns.

    Parameters
    ----------
    rows, columns
        Node kinds; no kind may be in both.
    via
        Tie kinds that count; all by default, except history.
    weight
        What a tie adds to its entry: 1, or its strength (a missing one is 1).
    filters
        ``at``, ``undated``, ``without``, ``only``, ``status``, as for
        `partnergraph.graph.weighted_graph.weighted_graph`.

    Raises
    ------
    BadParameter
        Where a kind is both a row and a column, or `weight` is neither of the two.
    UnknownName, AmbiguousName
        Where an option names what is not there.
    """
    row_kinds, column_kinds = node_kinds(rows), node_kinds(columns)
    if set(row_kinds) & set(column_kinds):
        raise BadParameter("a node kind is in rows and in columns; give two different sets")
    if weight not in ("count", "strength"):
        raise BadParameter(f"weight={weight!r}: take 'count' or 'strength'")
    living = [k for k in SCHEMA.tie_kinds if k not in SCHEMA.history]
    counted = tuple(living) if via is None else tie_kinds(via)
    left = filtered(eco, **filters)
    nodes, ties = left.eco.nodes, left.eco.ties
    one, other = (nodes[nodes["kind"].isin(kinds)] for kinds in (row_kinds, column_kinds))
    row_at = pd.Series(np.arange(len(one)), index=one["id"])
    column_at = pd.Series(np.arange(len(other)), index=other["id"])
    ties = ties[ties["kind"].isin(counted)]
    forward = pd.DataFrame(
        {"r": ties["source"].map(row_at), "c": ties["target"].map(column_at)}
    ).dropna()
    backward = pd.DataFrame(
        {"r": ties["target"].map(row_at), "c": ties["source"].map(column_at)}
    ).dropna()
    cells = pd.concat([forward, backward]).astype("int64")
    shape = (len(one), len(other))
    strengths = ties["strength"].fillna(1.0).loc[cells.index].to_numpy(dtype=np.float64)
    values = np.ones(len(cells)) if weight == "count" else strengths
    incidence = sparse.coo_array((values, (cells["r"], cells["c"])), shape=shape).tocsr()
    incidence.sort_indices()
    left.steps.append(f"{', '.join(row_kinds)} × {', '.join(column_kinds)} by {', '.join(counted)}")
    left.dropped["ties outside the matrix"] = len(left.eco.ties) - len(cells)
    return TwoMode(
        incidence=incidence,
        rows=tuple(one["id"]),
        columns=tuple(other["id"]),
        row_names=tuple(one["name"]),
        column_names=tuple(other["name"]),
        recipe=Recipe(tuple(left.steps), dict(left.dropped), dict(left.notes)),
        row_kinds=tuple(one["kind"]),
        column_kinds=tuple(other["kind"]),
    )
