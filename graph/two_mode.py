"""Who is tied to what, as a matrix of two kinds: affiliations, and who offers which capability."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.graph.network_options import Recipe, TwoModeOptions
from partnergraph.graph.weighted_graph import Tables, WeightedGraph


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

    def as_network(self) -> dict[str, Any]:
        """Return what results say of the matrix: recipe, sizes, what was dropped."""
        return {
            "recipe": str(self.recipe),
            "nodes": sum(self.incidence.shape),
            "rows": self.incidence.shape[0],
            "columns": self.incidence.shape[1],
            "ties": int(self.incidence.sum()),
            "pairs": int(self.incidence.nnz),
            "directed": False,
            "dropped": self.recipe.dropped,
            "notes": self.recipe.notes,
        }

    def as_one_mode(self) -> WeightedGraph:
        """Return the network of rows and columns together, rows first, each tie counting 1."""
        ties = self.binary
        both = sparse.block_array([[None, ties], [ties.T, None]], format="csr")
        both.sort_indices()
        ids = (*self.rows, *self.columns)
        return WeightedGraph(
            adjacency=sparse.csr_array(both),
            ids=ids,
            names=(*self.row_names, *self.column_names),
            kinds=(*self.row_kinds, *self.column_kinds) or ("",) * len(ids),
            ties=int(self.incidence.sum()),
            recipe=self.recipe,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return it as a table, rows and columns by id."""
        cells = self.incidence.toarray()
        return pd.DataFrame(cells, index=list(self.rows), columns=list(self.columns))


def two_mode_of(eco: Tables, options: TwoModeOptions, recipe: Recipe) -> TwoMode:
    """Lay out which rows are tied to which columns; `recipe` says what the filters did."""
    nodes, every = eco.nodes, eco.ties
    one, other = (nodes[nodes["kind"].isin(kinds)] for kinds in (options.rows, options.columns))
    ties = every[every["kind"].isin(options.via)]
    row_at, column_at = (pd.Series(np.arange(len(x)), index=x["id"]) for x in (one, other))
    cells = pd.concat(
        [
            pd.DataFrame({"r": ties[row].map(row_at), "c": ties[column].map(column_at)}).dropna()
            for row, column in (("source", "target"), ("target", "source"))
        ]
    ).astype("int64")
    strengths = ties["strength"].fillna(1.0).loc[cells.index].to_numpy(dtype=np.float64)
    values = np.ones(len(cells)) if options.weight == "count" else strengths
    shape = (len(one), len(other))
    incidence = sparse.coo_array((values, (cells["r"], cells["c"])), shape=shape).tocsr()
    incidence.sort_indices()
    sides = f"{', '.join(options.rows)} × {', '.join(options.columns)}"
    recipe = recipe.then(f"{sides} by {', '.join(options.via)}")
    outside = {"ties outside the matrix": len(every) - len(cells)}
    return TwoMode(
        incidence=incidence,
        rows=tuple(one["id"]),
        columns=tuple(other["id"]),
        row_names=tuple(one["name"]),
        column_names=tuple(other["name"]),
        recipe=replace(recipe, dropped=recipe.dropped | outside),
        row_kinds=tuple(one["kind"]),
        column_kinds=tuple(other["kind"]),
    )
