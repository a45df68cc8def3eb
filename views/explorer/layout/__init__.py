"""Where each node of a network is drawn: positions for the explorer, the same on every run.

A start that keeps distances and rounds of forces (`movement`) place each component
(`components`); every node gets room (`overlaps`); the components are packed side by side
(`packing`). Rings around one node and two columns are laid out directly, without forces.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from partnergraph.views.explorer.layout.columns import two_columns
from partnergraph.views.explorer.layout.components import Block, Mode, component_blocks
from partnergraph.views.explorer.layout.packing import placed
from partnergraph.views.explorer.layout.units import Floats

RADIUS = 0.5  # of a node whose radius is not given
FARTHEST = 1e6  # coordinates and radii that are taken


def layout(
    adjacency: csr_array[Any, Any] | csr_matrix[Any],
    *,
    seed: int = 0,
    mode: Mode = "force",
    pinned: Mapping[int, tuple[float, float]] | None = None,
    ego: int | None = None,
    aspect: float = 1.5,
    radii: NDArray[Any] | None = None,
    sides: NDArray[Any] | None = None,
) -> Floats:
    """Return where to draw each node so that tied nodes are near and names have room.

    The unit is the diameter of a node whose radius is not given; a typical node has its nearest
    two units away. Results are multiples of 0.1, centred on (0, 0), y upwards. The same input and
    seed give the same bits on a machine, whatever the number of threads.

    A tie of strength s pulls with a = clip(√(s/median s), ¼, 4), so only its strength
    relative to the typical tie matters. In ``force`` mode a component first minimises stress,
    Σ wᵢⱼ(‖xᵢ − xⱼ‖ − dᵢⱼ)² with d the length 1/√a of a tie and otherwise the number of ties on a
    shortest path, and w = d⁻² (Gansner, Koren & North 2004; above 600 nodes sampled as in
    Ortmann, Klimenta & Brandes 2017), from a pivot MDS (Brandes & Pich 2007). Then forces are
    blended in, the more so the less the plane can hold those distances: attraction aᵢⱼ‖xᵢ − xⱼ‖
    and repulsion C mᵢmⱼ/‖xᵢ − xⱼ‖ with m = √(degree + 1), so that hubs keep room (as in
    ForceAtlas2, Jacomy et al. 2014; Barnes & Hut 1986 above 600 nodes). C balances the two at
    the size of the stress picture. ``linlog`` replaces the attraction by the constant
    aᵢⱼ (Noack 2007) and m by degree + 1: clusters draw together, distances no longer matter.
    ``ego`` puts the nodes at k ties from *ego* on ring k. One hub with few ties between its
    partners is drawn that way in ``force`` mode too, since there all distances are 1 or 2.

    Parameters
    ----------
    adjacency
        Shape (n, n), symmetric, strengths ≥ 0 without unit; larger draws closer. The diagonal
        is ignored.
    seed
        For the small displacements that break symmetry.
    mode
        ``force``, ``linlog`` or ``ego``.
    pinned
        Node to (x, y): these stay exactly where they are, and are not rounded. The rest of
        their component is fitted to them, new nodes beside their neighbours (above 600 nodes, half
        of them pinned, simply in the middle of these); components without a pinned node go below.
        Pinned nodes may overlap.
    ego
        The node in the middle, for mode ``ego`` only.
    aspect
        Width over height of the frame that the components are packed for.
    radii
        Shape (n,), in units of the result: no two discs overlap. 0.5 for all by default.
    sides
        Shape (n,), 0 or 1: draw side 0 as a column on the left and side 1 on the right, both
        ordered to reduce crossings by barycentres (Sugiyama et al. 1981). Only ties between the
        sides count; *mode* must be ``force`` or ``linlog``, and makes no difference.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Always finite. No nodes give shape (0, 2), one node gives (0, 0), nodes without ties a
        grid.

    Raises
    ------
    ValueError
        If the matrix is not square, not symmetric or has a negative or non-finite strength, or
        if an option does not fit it.
    """
    graph = _checked_graph(adjacency)
    count = graph.shape[0]
    need, pins = _checked_options(count, mode, pinned, ego, aspect, radii, sides)
    if count == 0:
        return np.zeros((0, 2))
    if sides is not None:
        across = two_columns(graph, np.asarray(sides).astype(np.int64), need, aspect)
        blocks = [Block(np.arange(count), across)]
    else:
        held = np.isin(np.arange(count), list(pins))
        blocks = component_blocks(graph, need, mode, ego, aspect, seed, held)
    return placed(graph, blocks, need, pins, aspect)


def _checked_graph(adjacency: Any) -> csr_array[Any, Any]:
    """Return pulls a = clip(√(s/median s), ¼, 4) in sorted compressed rows."""
    graph = csr_array(adjacency, dtype=np.float64, copy=True)
    if graph.ndim != 2 or graph.shape[0] != graph.shape[1]:
        raise ValueError(
            f"layout: adjacency has shape {graph.shape}, not square; "
            "give one row and one column per node"
        )
    graph.sum_duplicates()
    bad = ~np.isfinite(graph.data) | (graph.data < 0)
    if bad.any():
        raise ValueError(
            f"layout: {int(bad.sum())} of the strengths in adjacency are negative or not finite, "
            f"first {graph.data[bad][0]}; give finite strengths ≥ 0 and leave out absent ties"
        )
    if len(graph.data) and abs(graph - graph.T).max() > 1e-9 * graph.data.max():
        raise ValueError(
            "layout: adjacency is not symmetric; for directed ties give adjacency + adjacency.T"
        )
    ties = graph.maximum(graph.T).tocoo()
    kept = (ties.row != ties.col) & (ties.data > 0)
    size = np.log(ties.data[kept])  # so that no ratio of strengths can overflow
    middle = np.median(size) if len(size) else 0.0
    pull = np.exp(np.clip((size - middle) / 2, np.log(0.25), np.log(4)))
    result = csr_array((pull, (ties.row[kept], ties.col[kept])), shape=graph.shape)
    result.sort_indices()
    return result


def _checked_options(
    count: int,
    mode: str,
    pinned: Mapping[int, tuple[float, float]] | None,
    ego: int | None,
    aspect: float,
    radii: NDArray[Any] | None,
    sides: NDArray[Any] | None,
) -> tuple[Floats, dict[int, tuple[float, float]]]:
    """Return radii and pins ready for use; an error names the option."""
    if mode not in ("force", "linlog", "ego"):
        raise ValueError(f"layout: mode is {mode!r}; use 'force', 'linlog' or 'ego'")
    if not (np.isfinite(aspect) and aspect > 0):
        raise ValueError(f"layout: aspect is {aspect}; give width over height, above 0")
    if mode == "ego" and (ego is None or not 0 <= ego < count):
        raise ValueError(f"layout: ego is {ego} for {count} nodes; give a node for mode 'ego'")
    if mode != "ego" and ego is not None:
        raise ValueError(f"layout: ego is {ego} but mode is {mode!r}; give mode='ego' with it")
    if sides is not None and (
        mode == "ego" or np.shape(sides) != (count,) or not np.isin(sides, (0, 1)).all()
    ):
        raise ValueError(
            f"layout: sides must be 0 or 1 for each of {count} nodes, without mode 'ego'"
        )
    need = np.full(count, RADIUS) if radii is None else np.asarray(radii, dtype=np.float64)
    if need.shape != (count,) or not ((need >= 0) & (need <= FARTHEST)).all():
        raise ValueError(f"layout: radii must be from 0 to {FARTHEST:g} for each of {count} nodes")
    pins = {int(node): (float(x), float(y)) for node, (x, y) in sorted((pinned or {}).items())}
    for node, place in pins.items():
        if not 0 <= node < count or not all(abs(value) <= FARTHEST for value in place):
            raise ValueError(
                f"layout: pinned has {node} at {place}; give nodes from 0 to {count - 1} "
                f"and coordinates up to ±{FARTHEST:g}"
            )
    return need, pins
