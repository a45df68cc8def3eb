"""Positions of each connected component, in a frame of its own."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from partnergraph.views.explorer.layout.movement import relaxed, turned
from partnergraph.views.explorer.layout.overlaps import apart, spread
from partnergraph.views.explorer.layout.rings import hub, rings_around
from partnergraph.views.explorer.layout.units import SMALL, Floats, Ints

Mode = Literal["force", "linlog", "ego"]
HELD = 0.5  # share of pinned nodes from which a large component is not laid out anew


@dataclass(frozen=True)
class Block:
    """Nodes that are placed together, and their positions relative to each other."""

    nodes: Ints
    positions: Floats


def component_blocks(
    graph: csr_array[Any, Any],
    need: Floats,
    mode: Mode,
    ego: int | None,
    aspect: float,
    seed: int,
    pinned: NDArray[np.bool_],
) -> list[Block]:
    """Return each component laid out; equal components are only worked out once."""
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(np.bincount(label))
    together = graph[order][:, order]  # each component's rows hold nothing but its own columns
    rows = together.indptr.astype(np.int64)
    known: dict[tuple[bytes, ...], Floats] = {}
    blocks = []
    for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        nodes, ties = order[start:end], slice(rows[start], rows[end])
        if end - start == 1:
            blocks.append(Block(nodes, np.zeros((1, 2))))
            continue
        columns = together.indices[ties].astype(np.int64) - start
        inside = (together.data[ties], columns, rows[start : end + 1] - rows[start])
        key = (*(array.tobytes() for array in inside), need[nodes].tobytes())
        if ego is not None and label[ego] == label[nodes[0]]:
            part = csr_array(inside, shape=(len(nodes), len(nodes)))
            x = rings_around(part, int(np.searchsorted(nodes, ego)), need[nodes])
        elif len(nodes) > SMALL and pinned[nodes].mean() >= HELD:
            x = np.zeros((len(nodes), 2))  # the rest goes to the middle of its neighbours
        elif key in known:
            x = known[key]
        else:
            part = csr_array(inside, shape=(len(nodes), len(nodes)))
            x = known[key] = _component(part, need[nodes], mode, aspect, seed)
        blocks.append(Block(nodes, x))
    return blocks


def _component(
    part: csr_array[Any, Any], need: Floats, mode: Mode, aspect: float, seed: int
) -> Floats:
    """Place one connected component that no option treats differently."""
    middle = hub(part) if mode == "force" else None
    if middle is not None:
        stretch = np.clip([aspect, 1 / aspect], 1, 1.3)  # room for names
        return np.asarray(rings_around(part, middle, need) * stretch)
    x = turned(relaxed(part, mode == "linlog", seed), aspect)
    return apart(spread(x, need), need, np.zeros(len(need), dtype=np.bool_))
