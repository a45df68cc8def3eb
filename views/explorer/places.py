"""Where the page draws each node, on its map and in its two columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.layout import layout

# Units of the page in one of the layout, the distance of near neighbours.
UNIT = 100.0
COLUMNS_UP_TO = 1000
EVEN = 0.45
SPREAD_UP_TO = 150


def map_places(
    eco: Ecosystem, ends: NDArray[np.int64], seed: int, kept: Mapping[str, tuple[float, float]]
) -> NDArray[np.int64]:
    """Return the place of each node on the map, as whole numbers.

    The default network, which the page shows first, is laid out by itself; the other nodes are
    placed around it. Nodes in *kept* stay where they are.
    """
    n = len(eco)
    if not n:
        return np.zeros((0, 2), dtype=np.int64)
    tied = adjacency(n, ends)
    ids = eco.nodes["id"].tolist()
    pinned = {
        i: (kept[id][0] / UNIT, -kept[id][1] / UNIT) for i, id in enumerate(ids) if id in kept
    }
    core = np.flatnonzero(eco.nodes["kind"].isin(SCHEMA.default_network).to_numpy(dtype=bool))
    if 0 < len(core) < n:
        within = {c: pinned[i] for c, i in enumerate(core.tolist()) if i in pinned}
        inner = layout(tied[core][:, core].tocsr(), seed=seed, pinned=within)
        found = {int(i): (float(x), float(y)) for i, (x, y) in zip(core, inner, strict=True)}
        places = layout(tied, seed=seed, pinned=found | pinned)
    else:
        places = layout(tied, seed=seed, pinned=pinned)
    # On the screen y grows downwards.
    places = _spread(places, core) if n <= SPREAD_UP_TO and not pinned else places
    return np.rint(places * (UNIT, -UNIT)).astype(np.int64)


def column_places(eco: Ecosystem, ends: NDArray[np.int64], seed: int) -> dict[str, Any]:
    """Return side and order of each node in the two-mode picture: actors left, the rest right.

    Empty where there is only one side, and for ecosystems whose columns would be too long to read.
    """
    sides = (~eco.nodes["kind"].isin(SCHEMA.actors)).to_numpy(dtype=np.int64)
    if len(eco) > COLUMNS_UP_TO or len(set(sides.tolist())) < 2:
        return {}
    places = layout(adjacency(len(eco), ends), seed=seed, sides=sides)
    # The page spaces the nodes it shows, so it only needs their order.
    order = np.argsort(np.argsort(-places[:, 1], kind="stable"), kind="stable")
    return {"columns": [sides, order]}


def adjacency(n: int, ends: NDArray[np.int64]) -> Any:
    """Return the symmetric 0/1 matrix of tied pairs, without a diagonal."""
    pairs = sparse.coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(n, n)).tocsr()
    tied = (pairs + pairs.T).tocsr()
    tied.setdiag(0)
    tied.eliminate_zeros()
    tied.data[:] = 1.0
    return tied


def _spread(places: NDArray[np.float64], core: NDArray[np.int64]) -> NDArray[np.float64]:
    """Even the places out, so that a few outliers do not squeeze the rest together.

    Each coordinate moves part of the way to even spacing; the order on both axes does not change.
    """
    shown = core if len(core) else np.arange(len(places))
    out = places.copy()
    for axis in range(2):
        values = np.sort(places[shown, axis])
        even = np.linspace(values[0], values[-1], len(values))
        out[:, axis] += EVEN * (np.interp(places[:, axis], values, even) - places[:, axis])
    return out
