"""Where each node of a network is drawn: positions for the explorer, the same on every run.

One picture is made in four steps, each a section below: a start that keeps distances (pivot
MDS), rounds of movement (stress and forces), room for every node, and components packed side
by side. Rings around one node and two columns are laid out directly, without forces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    depth_first_order,
    shortest_path,
)
from scipy.spatial import cKDTree

from partnergraph.views.explorer.layout_quality import ratio_sums, stress_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mode = Literal["force", "linlog", "ego"]

SMALL = 600  # up to here dense numpy, above it compiled kernels
RADIUS = 0.5  # of a node whose radius is not given
SPACING = 2.0  # from a typical node to its nearest, so that names have room
AREA = 4.0  # of a component's frame per node, at most, in squares of that spacing
GAP = 0.15  # between discs: rounding to 0.1 moves two nodes by at most 0.1·√2 together
FARTHEST = 1e6  # coordinates and radii that are taken
HELD = 0.5  # share of pinned nodes from which a large component is not laid out anew
START_PIVOTS = 50
ROUNDS = 60  # of forces; half as many of stress alone before
FORCE_SHARE = 0.85  # of forces against stress where the plane cannot hold the distances


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
    """Answer where to draw each node so that tied nodes are near and all can be read.

    The unit is the diameter of a node whose radius is not given; a typical node has its nearest
    two units away, so that names have room. Results are multiples of 0.1, centred on (0, 0),
    y upwards. Same input and seed give the same bits on a machine, whatever the number of
    threads.

    A tie of strength s pulls with a = clip(√(s/median s), ¼, 4), so only how strong it is
    against the typical tie matters. In ``force`` mode a component first minimises stress,
    Σ wᵢⱼ(‖xᵢ − xⱼ‖ − dᵢⱼ)² with d the length 1/√a of a tie and otherwise the number of ties on a
    shortest path, and w = d⁻² (Gansner, Koren & North 2004; above 600 nodes sampled as in
    Ortmann, Klimenta & Brandes 2017), from a pivot MDS (Brandes & Pich 2007). Then forces are
    blended in the more, the less the plane can hold those distances: attraction aᵢⱼ‖xᵢ − xⱼ‖
    and repulsion C mᵢmⱼ/‖xᵢ − xⱼ‖ with m = √(degree + 1), so that hubs keep room (as in
    ForceAtlas2, Jacomy et al. 2014; Barnes & Hut 1986 above 600 nodes). C balances the two at
    the size that the stress picture has. ``linlog`` replaces the attraction by the constant
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
        of them pinned, simply in the middle of these); components
        without a pinned node go below. Pinned nodes that overlap stay so.
    ego
        The node in the middle, for mode ``ego`` only.
    aspect
        Width over height of the frame that the components are packed for.
    radii
        Shape (n,), in units of the result: no two discs overlap. Without it 0.5 for all.
    sides
        Shape (n,), 0 or 1: draw side 0 as a column on the left and side 1 on the right, both
        ordered to reduce crossings by barycentres (Sugiyama et al. 1981). Only ties between
        the sides count; *mode* must be ``force`` or ``linlog`` and does not matter.

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
        across = _columns(graph, np.asarray(sides).astype(np.int64), need, aspect)
        blocks = [_Block(np.arange(count), across)]
    else:
        held = np.isin(np.arange(count), list(pins))
        blocks = _component_blocks(graph, need, mode, ego, aspect, seed, held)
    return _placed(graph, blocks, need, pins, aspect)


# --- What comes in -------------------------------------------------------------------------------


def _checked_graph(adjacency: Any) -> csr_array[Any, Any]:
    """Pulls a = clip(√(s/median s), ¼, 4) in sorted compressed rows, or an error."""
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
    size = np.log(ties.data[kept])  # where no ratio of strengths can overflow
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
    """Radii and pins ready for use, or an error that names the option."""
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


# --- One component -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """Nodes that are placed together, and their positions in a frame of their own."""

    nodes: Ints
    positions: Floats


def _component_blocks(
    graph: csr_array[Any, Any],
    need: Floats,
    mode: Mode,
    ego: int | None,
    aspect: float,
    seed: int,
    pinned: NDArray[np.bool_],
) -> list[_Block]:
    """Lay out every component; components that are the same are only worked out once."""
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
            blocks.append(_Block(nodes, np.zeros((1, 2))))
            continue
        columns = together.indices[ties].astype(np.int64) - start
        inside = (together.data[ties], columns, rows[start : end + 1] - rows[start])
        key = (*(array.tobytes() for array in inside), need[nodes].tobytes())
        if ego is not None and label[ego] == label[nodes[0]]:
            part = csr_array(inside, shape=(len(nodes), len(nodes)))
            x = _rings(part, int(np.searchsorted(nodes, ego)), need[nodes])
        elif len(nodes) > SMALL and pinned[nodes].mean() >= HELD:
            x = np.zeros((len(nodes), 2))  # the rest goes to the middle of its neighbours
        elif key in known:
            x = known[key]
        else:
            part = csr_array(inside, shape=(len(nodes), len(nodes)))
            x = known[key] = _component(part, need[nodes], mode, aspect, seed)
        blocks.append(_Block(nodes, x))
    return blocks


def _component(
    part: csr_array[Any, Any], need: Floats, mode: Mode, aspect: float, seed: int
) -> Floats:
    """Positions of one connected component that no option treats differently."""
    hub = _hub(part) if mode == "force" else None
    if hub is not None:
        stretch = np.clip([aspect, 1 / aspect], 1, 1.3)  # room for names
        return np.asarray(_rings(part, hub, need) * stretch)
    x = _turned(_relaxed(part, mode == "linlog", seed), aspect)
    return _apart(_spread(x, need), need, np.zeros(len(need), dtype=np.bool_))


class _Engine(Protocol):
    """What the rounds of movement need, dense or compiled."""

    rows: NDArray[Any]

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[Any]]: ...

    def blended(self, share: float, repulsion: float) -> Callable[[Floats], Floats]: ...

    def linlog(self, repulsion: float) -> Callable[[Floats], Floats]: ...


class _SmallEngine:
    """All pairs in dense numpy; nothing to import or compile, no threads.

    A move is a sum over j of (xᵢ − xⱼ) times a polynomial in 1/‖xᵢ − xⱼ‖, in single precision:
    far finer than the 0.1 that results are rounded to.
    """

    def __init__(self, part: csr_array[Any, Any], mass: Floats):
        self.hops = np.asarray(shortest_path(part, method="D", unweighted=True))
        self.pull = part.toarray()
        self.masses = mass[:, None] * mass[None, :]
        tied = self.pull > 0
        self.lengths = self.hops.copy()
        self.lengths[tied] = self.pull[tied] ** -0.5
        self.weights = (self.lengths + np.eye(len(mass))) ** -2.0
        np.fill_diagonal(self.weights, 0)
        self.weights /= self.weights.sum(axis=1)[:, None]
        self.rows = self.hops[_far_nodes(self.hops, int(np.argmax(tied.sum(axis=1))))]
        self.across, self.up, self.inverse, self.gain = np.empty(
            (4, *self.hops.shape), dtype=np.float32
        )

    def probe(self, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[Any]]:  # noqa: ARG002
        """Hop distances from every node: here nothing needs to be sampled."""
        return np.arange(len(self.hops)), self.hops

    def blended(self, share: float, repulsion: float) -> Callable[[Floats], Floats]:
        """Moves for all nodes: (1 − *share*) of the stress step and *share* of the force step."""
        stress, force = (1 - share) * self.weights, share / self.pull.sum(axis=1)[:, None]
        constant = (stress + force * self.pull).astype(np.float32)
        first = (stress * self.lengths).astype(np.float32)
        second = (force * repulsion * self.masses).astype(np.float32)
        inverse, gain = self.inverse, self.gain

        def move(x: Floats) -> Floats:
            self._measure(x)
            np.add(np.multiply(second, inverse, out=gain), first, out=gain)
            np.subtract(np.multiply(gain, inverse, out=gain), constant, out=gain)
            return self._summed()

        return move

    def linlog(self, repulsion: float) -> Callable[[Floats], Floats]:
        """Moves for all nodes under LinLog forces."""
        pull = self.pull.astype(np.float32)
        pushed = (repulsion * self.masses).astype(np.float32)
        inverse, gain = self.inverse, self.gain

        def move(x: Floats) -> Floats:
            self._measure(x)
            drawn = pull / (1 / inverse + np.float32(0.05 * repulsion))
            np.multiply(np.multiply(pushed, inverse, out=gain), inverse, out=gain)
            np.subtract(gain, drawn, out=gain)
            return np.asarray(self._summed() / drawn.sum(axis=1)[:, None], dtype=np.float64)

        return move

    def _measure(self, x: Floats) -> None:
        """Fill the buffers with the differences and inverse distances of all pairs."""
        single = x.astype(np.float32)
        across, up, inverse, spare = self.across, self.up, self.inverse, self.gain
        np.subtract(single[:, 0, None], single[None, :, 0], out=across)
        np.subtract(single[:, 1, None], single[None, :, 1], out=up)
        np.add(np.multiply(across, across, out=inverse), np.float32(1e-9), out=inverse)
        np.add(inverse, np.multiply(up, up, out=spare), out=inverse)
        np.divide(np.float32(1), np.sqrt(inverse, out=inverse), out=inverse)

    def _summed(self) -> Floats:
        """Σⱼ gainᵢⱼ (xᵢ − xⱼ), in numpy's own loops."""
        sums = [np.einsum("ij,ij->i", self.gain, side) for side in (self.across, self.up)]
        return np.stack(sums, axis=1).astype(np.float64)


def _far_nodes(hops: Floats, first: int) -> Ints:
    """Pivots, each the node farthest from those before it (lowest index of equals)."""
    chosen = [first]
    nearest = hops[first]
    while len(chosen) < min(START_PIVOTS, len(hops)):
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, hops[chosen[-1]])
    return np.array(chosen)


def _relaxed(part: csr_array[Any, Any], linlog: bool, seed: int) -> Floats:
    """Positions of one connected component, a tie of one hop long where the plane allows it."""
    count = part.shape[0]
    if count == 2:
        return np.array([[0.0, 0.0], [1.0, 0.0]])
    rng = np.random.default_rng(seed)
    degree = np.diff(part.indptr)
    mass = degree + 1.0 if linlog else np.sqrt(degree + 1.0)
    engine = _engine(part, mass)
    x = _pivot_mds(engine.rows[:START_PIVOTS], rng)
    extent = float(np.ptp(x, axis=0).max()) + 1
    x = _settled(engine.blended(0, 0), x, ROUNDS // 2, extent, extent)
    ties = part.tocoo()
    length = np.sqrt(((x[ties.row] - x[ties.col]) ** 2).sum(axis=1))
    drawn = float((ties.data * (length if linlog else length**2)).sum())
    repulsion = drawn / float(mass.sum() ** 2 - (mass**2).sum())
    reach = 0.3 * float(np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean()))
    if linlog:
        return _settled(engine.linlog(repulsion), x, ROUNDS, reach, 0.02 * repulsion)
    sources, hops = engine.probe(20, rng)
    misfit = stress_of(ratio_sums(hops, sources, x))
    share = FORCE_SHARE * float(np.clip((misfit - 0.015) / 0.07, 0, 1))
    return _settled(engine.blended(share, repulsion), x, ROUNDS, reach, 0.02 * repulsion**0.5)


def _engine(part: csr_array[Any, Any], mass: Floats) -> _Engine:
    """Dense numpy for small components, compiled kernels for large ones."""
    if len(mass) <= SMALL:
        return _SmallEngine(part, mass)
    from partnergraph.views.explorer import forces

    return forces.LargeEngine(
        part.indptr.astype(np.int64),
        part.indices.astype(np.int64),
        part.data,
        mass,
        2 * START_PIVOTS if len(mass) <= 5000 else START_PIVOTS,
    )


def _pivot_mds(rows: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Plane in which the pivots' squared distances vary most, with a little noise.

    Sums run in numpy's own loops, not in BLAS, whose result depends on its thread count.
    """
    centred = rows.astype(np.float64) ** 2
    centred += centred.mean() - centred.mean(axis=0) - centred.mean(axis=1)[:, None]
    gram = np.einsum("in,jn->ij", centred, centred)
    axes = rng.normal(size=(2, len(gram)))
    for _ in range(50):
        axes = np.einsum("ai,ij->aj", axes, gram)
        axes[0] /= np.sqrt((axes[0] ** 2).sum()) + 1e-300
        axes[1] -= axes[0] * (axes[0] * axes[1]).sum()
        axes[1] /= np.sqrt((axes[1] ** 2).sum()) + 1e-300
    x = np.einsum("ai,in->na", axes, centred)
    _, ratios, squares = ratio_sums(rows[:1], np.array([np.argmin(rows[0])]), x)
    return np.asarray(x * (ratios / (squares + 1e-300)) + rng.normal(scale=0.03, size=x.shape))


def _settled(
    move: Callable[[Floats], Floats], x: Floats, rounds: int, reach: float, last_reach: float
) -> Floats:
    """Move all nodes *rounds* times, by no more than a reach that shrinks from first to last."""
    for step in range(rounds):
        change = move(x)
        limit = reach * (last_reach / reach) ** (step / rounds)
        length = np.sqrt((change * change).sum(axis=1))
        x = x + change * np.minimum(1, limit / (length + 1e-12))[:, None]
    return x


def _turned(x: Floats, aspect: float) -> Floats:
    """The same picture with its longest direction along the longer side of the frame."""
    x = x - x.mean(axis=0)
    xx, xy, yy = (x[:, 0] ** 2).sum(), (x[:, 0] * x[:, 1]).sum(), (x[:, 1] ** 2).sum()
    angle = -0.5 * np.arctan2(2 * xy, xx - yy) + (0.0 if aspect >= 1 else np.pi / 2)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x[:, 0] - sin * x[:, 1], sin * x[:, 0] + cos * x[:, 1]], axis=1)


# --- Room for every node -------------------------------------------------------------------------


def _spread(x: Floats, need: Floats) -> Floats:
    """Scale so that the typical node has the room it needs to its nearest, and no more than that.

    Where clusters are tight and far apart (linlog), the frame's area decides instead: clusters
    then grow when overlaps are removed, and the picture stays one in which nodes can be seen.
    """
    if len(x) < 2:
        return x
    distance, near = (np.asarray(found)[:, 1] for found in cKDTree(x).query(x, k=2))
    wanted = np.maximum(SPACING, 1.5 * (need + need[near]) + GAP)
    apart = distance > 0
    if not apart.any():
        return x
    x = x / np.median(distance[apart] / wanted[apart])
    crowding = np.sqrt(AREA * (wanted**2).sum() / (np.ptp(x, axis=0).prod() + 1e-300))
    return np.asarray(x * min(1.0, float(crowding)))


def _apart(x: Floats, need: Floats, fixed: NDArray[np.bool_]) -> Floats:
    """Push overlapping discs apart; grow the picture, or move discs away, if that is not enough."""
    x = x.copy()
    if len(x) <= SMALL:
        push = _push_apart
    else:
        from partnergraph.views.explorer import forces

        push = forces.push_apart
    for _ in range(40):
        for _ in range(50):
            if push(x, need, fixed, GAP) == 0:
                return x
        if fixed.any():
            break
        x *= 1.15
    return _to_free_spots(x, need, fixed)


def _push_apart(x: Floats, need: Floats, fixed: NDArray[np.bool_], gap: float) -> int:
    """Move overlapping pairs apart, in place; returns how many there were."""
    across, up = x[:, 0, None] - x[None, :, 0], x[:, 1, None] - x[None, :, 1]
    wanted = need[:, None] + need[None, :] + gap
    clash = np.triu(across**2 + up**2 < wanted**2, 1) & ~(fixed[:, None] & fixed[None, :])
    i, j = np.nonzero(clash)
    step = np.stack([across[i, j], up[i, j]], axis=1)
    now = np.sqrt((step**2).sum(axis=1))
    same = now < 1e-9  # on the same spot: any direction, but always the same one
    step[same] = np.stack([np.cos(i + j), np.sin(i + j)], axis=1)[same]
    lack = wanted[i, j] * (1 + 1e-6) - now
    step *= (lack / np.where(same, 1, now))[:, None]
    share = np.where(fixed[i] == fixed[j], 0.5, np.where(fixed[i], 0.0, 1.0))[:, None]
    np.add.at(x, i, share * step)
    np.subtract.at(x, j, (1 - share) * step)
    return len(i)


def _to_free_spots(x: Floats, need: Floats, fixed: NDArray[np.bool_]) -> Floats:
    """Move each free disc that still overlaps to the nearest free spot on a spiral around it."""
    turns = np.arange(1, 513)
    spiral = np.stack([np.cos(2.39996323 * turns), np.sin(2.39996323 * turns)], axis=1)
    spiral *= np.sqrt(turns)[:, None]
    cell = 2 * float(need.max()) + GAP
    pairs = cKDTree(x).query_pairs(cell, output_type="ndarray")
    crowd = _Crowd(x, need, cell)
    for node in np.setdiff1d(pairs, np.flatnonzero(fixed)).tolist():
        crowd.remove(node)
        spots, stride = x[None, node], 0.25
        while (spot := crowd.first_free(spots.tolist(), float(need[node]))) is None:
            spots, stride = x[node] + stride * spiral, 2 * stride
        x[node] = spot
        crowd.add(node, *spot)
    return x


class _Crowd:
    """Discs by cell of a grid, to ask quickly whether another has room; no disc is wider."""

    def __init__(self, x: Floats, need: Floats, cell: float):
        self.cell, self.need = max(cell, 1e-9), need.tolist()
        self.cells: dict[tuple[int, int], dict[int, tuple[float, float]]] = {}
        self.home: dict[int, tuple[int, int]] = {}
        for node, (across, up) in enumerate(x.tolist()):
            self.add(node, across, up)

    def add(self, node: int, across: float, up: float) -> None:
        key = (int(across // self.cell), int(up // self.cell))
        self.home[node] = key
        self.cells.setdefault(key, {})[node] = (across, up)

    def remove(self, node: int) -> None:
        del self.cells[self.home.pop(node)][node]

    def first_free(self, spots: list[list[float]], need: float) -> list[float] | None:
        """The first spot where a disc of that radius touches no other, if there is one."""
        return next((spot for spot in spots if self._is_free(spot, need)), None)

    def _is_free(self, spot: list[float], need: float) -> bool:
        across, up = spot
        column, row = int(across // self.cell), int(up // self.cell)
        return not any(
            (a - across) ** 2 + (u - up) ** 2 < (need + self.need[other] + GAP) ** 2
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other, (a, u) in self.cells.get((c, r), {}).items()
        )


# --- Rings and columns ---------------------------------------------------------------------------


def _hub(part: csr_array[Any, Any]) -> int | None:
    """Return the node that nearly all others are tied to, if these have few ties of their own."""
    degree = np.diff(part.indptr)
    *_, second, most = np.sort(degree).tolist()
    others, own_ties = len(degree) - 1, part.nnz // 2 - most
    lonely = others >= 5 and most >= 0.8 * others
    few = own_ties <= others and second <= max(3, others / 4)
    return int(np.argmax(degree)) if lonely and few else None


def _rings(part: csr_array[Any, Any], centre: int, need: Floats) -> Floats:
    """Nodes at k ties from *centre* on ring k, tied ones at similar angles.

    Every node gets an angle wide enough for it and for what hangs on it further out (a radial
    tree). A ring with too many nodes becomes several circles one slot apart, on which successive
    nodes take turns.
    """
    hops = np.asarray(shortest_path(part, unweighted=True, indices=centre, method="D"))
    ring = hops.astype(np.int64)
    outer = np.flatnonzero(ring > 0)
    x = np.zeros((len(ring), 2))
    if len(outer) == 0:
        return x
    slot = max(SPACING, 2 * float(need[outer].max()) + GAP)
    circles = _circles(np.bincount(ring)[1:], slot, float(need[centre]))
    tree = _RadialTree(ring, _parents(part, ring), slot / np.array([sum(c) for c in circles]))
    angle = _ring_angles(part, centre, tree)
    for nodes, radii in zip(tree.rings, circles, strict=True):
        successive = nodes[np.argsort(angle[nodes], kind="stable")]
        radius = tree.stretch * radii[_turns(len(nodes), radii)]
        x[successive, 0] = radius * np.cos(angle[successive])
        x[successive, 1] = radius * np.sin(angle[successive])
    return _apart(x, need, ring == 0)  # where taking turns ends, first and last can be too near


def _parents(part: csr_array[Any, Any], ring: Ints) -> Ints:
    """For each node its strongest neighbour one ring further in (itself in the middle)."""
    ties = part.tocoo()
    inward = np.flatnonzero(ring[ties.row] == ring[ties.col] + 1)
    best = inward[np.lexsort((ties.col[inward], -ties.data[inward], ties.row[inward]))]
    node, place = np.unique(ties.row[best], return_index=True)
    parent = np.arange(len(ring))
    parent[node] = ties.col[best][place]
    return parent


def _circles(counts: Ints, slot: float, inner: float) -> list[Floats]:
    """Radii of the circles that make up each ring: one, or several when it would be too wide."""
    rings, edge = [], max(inner - slot / 2, 0.0)
    for count in counts:
        around = count * slot / (2 * np.pi)
        radii = [max(edge + 1.5 * slot, around)]
        if around > edge + 6 * slot:
            radii = [edge + 3 * slot]
            while sum(radii) < around:
                radii.append(radii[-1] + slot)
        rings.append(np.array(radii))
        edge = radii[-1]
    return rings


def _turns(count: int, radii: Floats) -> Ints:
    """Which circle each of *count* successive nodes is on: long circles get more, all evenly."""
    upto = np.round(count * np.cumsum(radii) / radii.sum()).astype(np.int64)
    shares = np.diff(upto, prepend=0)
    when = np.concatenate([(np.arange(share) + 0.5) / share for share in shares if share])
    return np.repeat(np.arange(len(radii)), shares)[np.argsort(when, kind="stable")]


class _RadialTree:
    """Angles for a tree around a node: each subtree has a wedge, ordered by a key per node."""

    def __init__(self, ring: Ints, parent: Ints, angle_of_ring: Floats):
        self.ring, self.parent = ring, parent
        self.rings = [np.flatnonzero(ring == k) for k in range(1, int(ring.max()) + 1)]
        self.wedge = np.zeros(len(ring))
        self.below = np.zeros(len(ring))  # sum of the children's wedges
        for k in range(len(self.rings), 0, -1):
            nodes = self.rings[k - 1]
            self.wedge[nodes] = np.maximum(angle_of_ring[k - 1], self.below[nodes])
            np.add.at(self.below, parent[nodes], self.wedge[nodes])
        total = float(self.wedge[self.rings[0]].sum())
        self.stretch = max(1.0, total / (2 * np.pi))  # rings grow until all wedges fit

    def angles(self, key: Floats) -> Floats:
        """Angle of every node when siblings are ordered by *key*; the first ring is filled."""
        angle, rank = np.zeros(len(self.ring)), np.zeros(len(self.ring))
        width = self.wedge / self.stretch
        for k, nodes in enumerate(self.rings):
            above = self.parent[nodes]
            order = np.lexsort((key[nodes], rank[above]))
            nodes, above = nodes[order], above[order]
            rank[nodes] = np.arange(len(nodes))
            if k == 0:
                width[nodes] *= 2 * np.pi / width[nodes].sum()
            else:
                room = width[above] / (self.below[above] / self.stretch)
                width[nodes] *= np.minimum(room, 2)
            family = np.zeros(len(self.ring))
            np.add.at(family, above, width[nodes])
            ends = np.cumsum(width[nodes])
            starts = np.r_[True, above[1:] != above[:-1]]
            base = (ends - width[nodes])[starts][np.cumsum(starts) - 1]
            angle[nodes] = angle[above] - family[above] / 2 + ends - base - width[nodes] / 2
        return angle

    def summed(self, value: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Sum of *value* over each node's subtree."""
        total = value.copy()
        for nodes in reversed(self.rings[1:]):
            np.add.at(total, self.parent[nodes], total[nodes])
        return total


def _ring_angles(part: csr_array[Any, Any], centre: int, tree: _RadialTree) -> Floats:
    """Angles after the barycentre sweep that leaves the shortest ties between outer nodes."""
    ties = part.tocoo()
    outer = (ties.row != centre) & (ties.col != centre)
    row, col, pull = ties.row[outer], ties.col[outer], ties.data[outer]
    rest = csr_array((pull, (row, col)), shape=part.shape)
    best = angle = tree.angles(_walk_ranks(rest, depth_first_order))
    least = np.inf
    for _ in range(20):
        bend = np.abs((angle[row] - angle[col] + np.pi) % (2 * np.pi) - np.pi)
        cost = float((pull * bend).sum())
        if cost >= least * (1 - 1e-9):
            break
        best, least = angle, cost
        here = np.exp(1j * angle)
        drawn = tree.summed(rest @ here + 1e-3 * here)
        # seen from the parent, so that siblings around angle π are not torn apart
        aside = np.where(tree.ring == 1, 0.0, angle[tree.parent])
        angle = tree.angles(np.angle(drawn * np.exp(-1j * aside)))
    return best


def _walk_ranks(graph: csr_array[Any, Any], order_from: Callable[..., Any]) -> Floats:
    """Rank of each node in a walk through the largest component first, each from a far end."""
    _, label = connected_components(graph, directed=False)
    size = np.bincount(label)
    degree = np.diff(graph.indptr)
    order = np.lexsort((degree, label, -size[label]))
    walks = []
    for start in order[np.r_[True, label[order][1:] != label[order][:-1]]]:
        walk = np.array([start])
        for _ in range(2 if degree[start] else 0):
            walk = order_from(graph, walk[-1], directed=False, return_predecessors=False)
        walks.append(walk)
    rank = np.empty(len(label))
    rank[np.concatenate(walks)] = np.arange(len(label))
    return rank


def _columns(graph: csr_array[Any, Any], sides: Ints, need: Floats, aspect: float) -> Floats:
    """Side 0 left and side 1 right, in the order with the fewest crossings that was met."""
    ties = graph.tocoo()
    across = sides[ties.row] != sides[ties.col]
    row, col, pull = ties.row[across], ties.col[across], ties.data[across]
    between = csr_array((pull, (row, col)), shape=graph.shape)
    _, label = connected_components(between, directed=False)
    rank = _walk_ranks(between, breadth_first_order)
    first = np.full(label.max() + 1, np.inf)
    np.minimum.at(first, label, rank)
    weight = between.sum(axis=1)
    left = sides[row] == 0
    best, least = rank, np.inf
    for sweep in range(24):
        crossings = _crossings(rank[row[left]], rank[col[left]])
        if crossings < least:
            best, least = rank, crossings
        mean = np.where(weight > 0, between @ rank / np.maximum(weight, 1e-300), rank)
        key = np.where(sides == sweep % 2, mean, rank)
        # rows of one component stay together, in the order in which the walk met components
        rank = np.empty(len(rank))
        rank[np.lexsort((key, first[label]))] = np.arange(len(rank))
    slots = [np.flatnonzero(sides == side) for side in (0, 1)]
    heights = [np.maximum(SPACING, 2 * need[nodes] + GAP).sum() for nodes in slots]
    x = np.empty((len(rank), 2))
    for side, nodes in enumerate(slots):
        nodes = nodes[np.argsort(best[nodes])]
        room = np.maximum(SPACING, 2 * need[nodes] + GAP)
        room *= max(heights) / heights[side] if len(nodes) else 1
        x[nodes, 0] = side * max(4 * SPACING, aspect * max(heights))
        x[nodes, 1] = -(np.cumsum(room) - room / 2)
    return x


def _crossings(left: Floats, right: Floats) -> int:
    """How many pairs of ties cross: the inversions of *right* when ties are ordered by *left*."""
    ends = np.unique(right, return_inverse=True)[1][np.lexsort((right, left))]
    total, bit = 0, 1
    while bit <= ends.max(initial=0):
        # among ends that agree above this bit, an earlier 1 and a later 0 are an inversion
        order = np.argsort(ends // (2 * bit), kind="stable")
        group, one = ends[order] // (2 * bit), (ends[order] // bit) % 2
        before = np.cumsum(one) - one
        starts = np.r_[True, group[1:] != group[:-1]]
        before = before - before[starts][np.cumsum(starts) - 1]
        total += int(before[one == 0].sum())
        bit *= 2
    return total


# --- All components in one picture ---------------------------------------------------------------


def _placed(
    graph: csr_array[Any, Any],
    blocks: list[_Block],
    need: Floats,
    pins: dict[int, tuple[float, float]],
    aspect: float,
) -> Floats:
    """Positions of all nodes: blocks with pinned nodes in place, the others packed."""
    x = np.zeros((len(need), 2))
    fixed = np.zeros(len(need), dtype=np.bool_)
    fixed[list(pins)] = True
    held = np.array(list(pins.values())).reshape(-1, 2)
    x[fixed] = held
    anchored, free = np.zeros_like(fixed), []
    for block in blocks:
        nodes = block.nodes
        if fixed[nodes].all():
            anchored[nodes] = True
        elif fixed[nodes].any():
            inside = graph[nodes][:, nodes]
            x[nodes] = _fitted(inside, block.positions, fixed[nodes], x[nodes])
            anchored[nodes] = True
        else:
            free.append(block)
    if anchored.any():
        x[anchored] = _apart(x[anchored], need[anchored], fixed[anchored])
    if free:
        x[~anchored] = _packed(free, need, aspect)[~anchored]
    if free and anchored.any():
        across, bottom = x[anchored, 0], (x[anchored, 1] - need[anchored]).min()
        top = (x[~anchored, 1] + need[~anchored]).max()
        x[~anchored] += [(across.min() + across.max()) / 2, bottom - SPACING - top]
    result = np.round(x, 1) + 0.0  # no −0.0
    result[fixed] = held
    return result


def _packed(blocks: list[_Block], need: Floats, aspect: float) -> Floats:
    """Positions of the blocks' nodes, packed around (0, 0); other nodes' rows mean nothing."""
    nodes = np.concatenate([block.nodes for block in blocks])
    lengths = np.array([len(block.nodes) for block in blocks])
    x, radii = np.concatenate([block.positions for block in blocks]), need[nodes, None]
    starts = np.cumsum(lengths) - lengths
    low, high = np.minimum.reduceat(x - radii, starts), np.maximum.reduceat(x + radii, starts)
    margin = np.where(lengths > 1, 1.25, 0.5)[:, None] * SPACING
    sizes = np.ceil(10 * (high - low + margin)) / 10
    order = np.lexsort((np.arange(len(sizes)), -sizes[:, 0], -sizes[:, 1]))
    ideal = np.sqrt(sizes.prod(axis=1).sum() * aspect)
    widest = sizes[:, 0].max()
    trials = [
        _shelves(sizes[order].tolist(), max(widest, ideal * factor) + 1e-9)
        for factor in np.linspace(0.9, 2.2, 14)
    ]
    corners, size = min(trials, key=lambda trial: max(trial[1][0] / aspect, trial[1][1]))
    middle = np.empty_like(sizes)
    middle[order] = corners
    middle = (middle + sizes / 2) * [1, -1] - np.array(size) * [0.5, -0.5]
    result = np.zeros((len(need), 2))
    result[nodes] = x + np.repeat(middle - (low + high) / 2, lengths, axis=0)
    return result


def _shelves(
    sizes: list[list[float]], width: float
) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Corners of rectangles, tallest first, in shelves of at most *width*; and the size used.

    The first rectangle of a shelf gives its height; the others stand in columns beside it, one
    on the other as long as they fit.
    """
    corners: list[tuple[float, float]] = []
    left = top = right = shelf = filled = used = 0.0  # of the column: left, right, height filled
    for wide, high in sizes:
        if filled + high > shelf + 1e-9 or left + wide > width:
            left, filled = right, 0.0
            if left + wide > width or not corners:
                left, top, shelf = 0.0, top + shelf, high
                right = 0.0
        corners.append((left, top + filled))
        filled += high
        right = max(right, left + wide)
        used = max(used, right)
    return corners, (used, top + shelf)


# --- Pinned nodes --------------------------------------------------------------------------------


def _fitted(
    graph: csr_array[Any, Any], x: Floats, fixed: NDArray[np.bool_], held: Floats
) -> Floats:
    """A fresh layout laid over the pinned nodes, and bent until those are exactly in place.

    The whole is moved, turned, mirrored and scaled for the least squared distance to the pinned
    places. What remains at each pinned node is passed on along ties, each free node taking the
    mean of its neighbours' displacements: beside an old node, a new one follows it.
    """
    z, goal = x[:, 0] + 1j * x[:, 1], held[:, 0] + 1j * held[:, 1]
    candidates = [_similar(version, goal, fixed) for version in (z, z.conj())]
    z = min(candidates, key=lambda version: float((abs(version - goal)[fixed] ** 2).sum()))
    shift = np.where(fixed, goal - z, 0)
    weight = np.maximum(graph.sum(axis=1), 1e-300)
    for _ in range(100):
        shift = np.where(fixed, shift, graph @ shift / weight)
    z = np.where(fixed, goal, z + shift)
    return np.stack([z.real, z.imag], axis=1)


def _similar(
    z: NDArray[np.complex128], goal: NDArray[np.complex128], fixed: NDArray[np.bool_]
) -> NDArray[np.complex128]:
    """Move, turn and scale (by ½ to 2) so that the fixed points come closest to their goals."""
    here, there = z[fixed].mean(), goal[fixed].mean()
    spread = (abs(z[fixed] - here) ** 2).sum()
    factor = (np.conj(z[fixed] - here) * (goal[fixed] - there)).sum() / max(spread, 1e-300)
    if abs(factor) < 1e-9:
        factor = 1.0 + 0j
    factor *= np.clip(abs(factor), 0.5, 2) / abs(factor)
    return np.asarray(there + factor * (z - here))
