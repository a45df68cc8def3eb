"""Pictures of the network: every node and tie where they fit on paper, else clusters as discs.

All places are points of the page (1/72 inch), so that what is near what is known before drawing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph
from partnergraph.views.report.figures import INK, LINE, WIDTH, Drawing, broken, colour_of, shape_of
from partnergraph.views.words import Words, kinds_in_words, spoken, tell, told, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

MOST_DRAWN = 250
MOST_LABELS = 45
MOST_DISCS = 24
MOST_LINES = 40
# With more lines than this, none is bent around the marks in its way.
MOST_BENT = 1_500
SIZE = 6.6
LEGEND = 26.0
_BENDS = (0.0, 0.1, -0.1, 0.2, -0.2, 0.35, -0.35, 0.5, -0.5)
_SPOTS = (
    (6, 0, 0.0),
    (-6, 0, 1.0),
    (0, 8.5, 0.5),
    (0, -8.5, 0.5),
    (5, 6.5, 0.0),
    (5, -6.5, 0.0),
    (-5, 6.5, 1.0),
    (-5, -6.5, 1.0),
)


def network(graph: WeightedGraph, centre: str = "", centre_name: str = "") -> Drawing | None:
    """Draw the network; ties of the actor that the data are centred on are pale.

    A line that would run through the mark of a node it does not end at is bent around it.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw, or more than can be read on paper.
    """
    if not 2 <= len(graph) <= MOST_DRAWN or not graph.n_pairs:
        return None
    high = 5.0 if len(graph) <= 60 else 6.4
    points = _fitted(_places(graph), high * 72)
    degree = np.diff(graph.adjacency.indptr)
    pairs = [(graph.index[a], graph.index[b]) for a, b in graph.pairs().index]
    lines, crossed = _routes(points, pairs, np.sqrt(_area(degree)) / 2 + 1.5)
    labels = _labels(graph, points, lines, high * 72)
    own = graph.index.get(centre, -1)

    def draw(figure: Figure) -> None:
        axes = _paper(figure, high)
        for pale, style in ((True, (LINE, 0.8)), (False, ("#5d6775", 1.3))):
            chosen = [
                line for line, ends in zip(lines, pairs, strict=True) if (own in ends) == pale
            ]
            _add_lines(axes, chosen, *style, order=1 + (not pale))
        _marks(figure, axes, graph, points, _area(degree))
        for text, (x, y) in labels:
            axes.text(x, y, text, fontsize=SIZE, va="center", ha="left", zorder=4, linespacing=1.05)

    kinds = kinds_in_words(dict.fromkeys(graph.kinds))
    says = told("figures.network", n=len(graph), kinds=kinds, pairs=graph.n_pairs)
    says += told("figures.pale", name=centre_name) if centre_name else ""
    left: Words = tell("figures.named", n=len(labels)) if len(labels) < len(graph) else ()
    left += tell("figures.crossed", n=crossed) if crossed else ()
    return Drawing("network", high, draw, says, left)


def discs(graph: WeightedGraph, cluster: pd.Series) -> Drawing | None:
    """Draw the largest clusters as discs, as large as they have nodes, with the ties between them.

    Parameters
    ----------
    cluster
        The number of the cluster of each node, by id; 0 for none.
    """
    number = cluster.reindex(graph.ids).fillna(0).to_numpy(dtype=np.int64)
    sizes = pd.Series(number[number > 0]).value_counts()
    shown = sorted(sizes.index, key=lambda c: (-sizes[c], c))[:MOST_DISCS]
    if len(shown) < 2:
        return None
    place = {c: i for i, c in enumerate(shown)}
    act = np.isin(graph.kinds, SCHEMA.actors)  # a cluster is called after one that acts
    best = np.lexsort((np.arange(len(graph)), -np.diff(graph.adjacency.indptr), ~act))
    around = {int(number[i]): graph.names[i] for i in best[::-1]}
    ends = graph.adjacency.tocoo()
    one, other = number[ends.row], number[ends.col]
    apart = one < other
    between = Counter(zip(one[apart].tolist(), other[apart].tolist(), strict=True))
    ties = {(place[a], place[b]): n for (a, b), n in between.items() if {a, b} <= {*shown}}
    count = sizes[shown].to_numpy(dtype=np.float64)
    high = 5.6
    radius = np.clip(np.sqrt(count / count.sum()) * 92, 3.5, 64.0)
    points = _apart(_fitted(_ordered(len(shown), ties), high * 72), radius, high * 72)
    most = max(ties.values(), default=1)
    strongest = sorted(ties, key=lambda pair: (-ties[pair], pair))[:MOST_LINES]
    lines, crossed = _routes(points, strongest, radius + 3)

    def draw(figure: Figure) -> None:
        from matplotlib.patches import Circle

        axes = _paper(figure, high)
        for pair, line in zip(strongest, lines, strict=True):
            _add_lines(axes, [line], LINE, 0.6 + 5 * ties[pair] / most, order=1)
        for i, c in enumerate(shown):
            axes.add_patch(Circle(points[i], radius[i], facecolor="#cfe1f0", edgecolor=INK, lw=0.7))
            text = f"{broken(around[c], 20, 4)}\n{whole(int(sizes[c]))}"
            x = float(np.clip(points[i, 0], 45, WIDTH * 72 - 45))
            axes.text(x, points[i, 1], text, fontsize=SIZE, ha="center", va="center", zorder=4)

    drawn, total = int(count.sum()), len(graph)
    says = told("figures.discs", n=len(shown), drawn=drawn, total=total)
    left = len(sizes) - len(shown)
    more = tell("figures.discs_left", n=left, nodes=total - drawn) if total > drawn else ()
    more += tell("figures.lines_left", n=n) if (n := len(ties) - len(strongest)) else ()
    more += tell("figures.crossed", n=crossed) if crossed else ()
    return Drawing("network", high, draw, says, more)


# -- where nodes lie ---------------------------------------------------------------------------


def _places(graph: WeightedGraph) -> Floats:
    """Return a place for each node: stress on graph distances, pieces side by side."""
    import networkx as nx

    plain = nx.Graph()
    plain.add_nodes_from(range(len(graph)))
    pairs = graph.adjacency.tocoo()
    plain.add_edges_from(zip(pairs.row.tolist(), pairs.col.tolist(), strict=True))
    places = np.zeros((len(graph), 2))
    left = 0.0
    for piece in sorted(nx.connected_components(plain), key=lambda p: (-len(p), min(p))):
        members = sorted(piece)
        side = np.sqrt(len(members))
        if len(members) > 2:
            start = nx.circular_layout(plain.subgraph(members))
            found = nx.kamada_kawai_layout(plain.subgraph(members), pos=start)
            places[members] = [found[i] for i in members]
        elif len(members) == 2:
            places[members] = [(-0.5, 0.0), (0.5, 0.0)]
        places[members] = places[members] * side / 2 + (left + side / 2, 0.0)
        left += side + 0.6
    return places.round(6)


def _ordered(n: int, ties: Mapping[tuple[int, int], int]) -> Floats:
    """Return a place for each of a few discs: the more ties between two, the nearer."""
    import networkx as nx

    plain = nx.complete_graph(n)
    for a, b in plain.edges:
        plain.edges[a, b]["weight"] = 1 / (1 + np.log1p(ties.get((min(a, b), max(a, b)), 0)))
    found = nx.kamada_kawai_layout(plain, pos=nx.circular_layout(plain), weight="weight")
    return np.array([found[i] for i in range(n)]).round(6)


def _fitted(places: Floats, high: float) -> Floats:
    """Return places in points, within margins that leave room for names and the legend."""
    low = places.min(axis=0)
    wide = np.maximum(places.max(axis=0) - low, 1e-9)
    page = np.array([WIDTH * 72, high - LEGEND])
    margin = page * (0.12, 0.07)
    unit = np.where(wide > 1e-6, (places - low) / wide, 0.5)
    fitted: Floats = margin + unit * (page - 2 * margin) + (0.0, LEGEND)
    return fitted


def _apart(points: Floats, radius: Floats, high: float) -> Floats:
    """Move discs until none covers another, and keep them on the page."""
    low = np.column_stack([radius + 2, radius + 2])
    page = np.array([WIDTH * 72, high])
    points = np.clip(points, low, page - low)
    for _ in range(400):
        gap = points[:, None] - points[None]
        distance = np.hypot(gap[..., 0], gap[..., 1]) + np.eye(len(points)) * 1e9
        short = np.clip(radius[:, None] + radius[None] + 4 - distance, 0, None)
        if short.max() < 0.01:
            break
        points += ((short / np.maximum(distance, 1e-6))[..., None] * gap * 0.5).sum(axis=1)
        points = np.clip(points, low, page - low)
    return points.round(3)


# -- lines and names ---------------------------------------------------------------------------


def _routes(
    points: Floats, pairs: Sequence[tuple[int, int]], radius: Floats
) -> tuple[list[Floats], int]:
    """Return a line for each pair, bent around marks in its way, and how many still pass one."""
    lines, crossed = [], 0
    bends = _BENDS if len(pairs) <= MOST_BENT else _BENDS[:1]
    for a, b in pairs:
        others = np.delete(np.arange(len(points)), [a, b])
        best: tuple[int, Floats] | None = None
        for bend in bends:
            line = _bent(points[a], points[b], bend)
            hits = int((_distance(points[others], line) < radius[others]).sum())
            if best is None or hits < best[0]:
                best = hits, line
            if not hits:
                break
        assert best is not None
        crossed += best[0] > 0
        lines.append(best[1])
    return lines, crossed


def _bent(one: Floats, other: Floats, bend: float) -> Floats:
    """Return a line from one point to another, bent by a share of its length to the side."""
    if not bend:
        return np.array([one, other])
    along = other - one
    control = (one + other) / 2 + bend * np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 19)[:, None]
    curve: Floats = (1 - t) ** 2 * one + 2 * t * (1 - t) * control + t**2 * other
    return curve


def _distance(points: Floats, line: Floats) -> Floats:
    """Return how near each point is to a line of straight pieces."""
    start, along = line[:-1], np.diff(line, axis=0)
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    to = points[:, None] - start[None]
    share = np.clip((to * along).sum(axis=2) / length, 0, 1)
    nearest: Floats = np.linalg.norm(to - share[..., None] * along[None], axis=2).min(axis=1)
    return nearest


def _area(degree: Any) -> Any:
    """Return the area of the mark of a node, in square points."""
    return 28 + 5 * np.minimum(degree, 40)


def _wide(text: str) -> float:
    """Return about how wide text is, in points; letters of the east are as wide as high."""
    lines = text.split("\n")
    full = [sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in x) for x in lines]
    return SIZE * max(full)


def _labels(
    graph: WeightedGraph, points: Floats, lines: Sequence[Floats], high: float
) -> list[tuple[str, tuple[float, float]]]:
    """Return names where they cover the least of marks, lines and other names, best tied first.

    Every name lies on the page as a whole.
    """
    degree = np.diff(graph.adjacency.indptr)
    steps = np.linspace(0.06, 0.94, 14)[:, None]
    ends = [(line[0], line[-1]) for line in lines]
    dots = np.vstack([np.empty((0, 2)), *(a + steps * (b - a) for a, b in ends)])
    half = np.r_[np.full(len(points), 4.5), np.full(len(dots), 1.2)][:, None]
    centres = np.vstack([points, dots])
    taken = np.hstack([centres - half, centres + half])
    page, out = np.array([WIDTH * 72 - 3, high - 3]), []
    for i in np.lexsort((np.arange(len(graph)), -degree))[:MOST_LABELS]:
        text = broken(graph.names[i])
        box = np.array([_wide(text), SIZE * 1.15 * (text.count("\n") + 1)])
        grown = max(1.0, float(np.sqrt(_area(degree[i]))) / 7)
        low = np.array([points[i] + (dx * grown, dy * grown) for dx, dy, _ in _SPOTS])
        low -= np.array([(side * box[0], box[1] / 2) for *_, side in _SPOTS])
        low = np.clip(low, (3.0, LEGEND), np.maximum(page - box, (3.0, LEGEND)))
        spots = np.hstack([low, low + box])
        best = int(np.argmin(_overlaps(spots, taken).round(6)))
        taken = np.vstack([taken, spots[best]])
        out.append((text, (float(low[best, 0]), float(low[best, 1] + box[1] / 2))))
    return out


def _overlaps(spots: Floats, taken: Floats) -> Floats:
    """Return how much of what is taken each spot would cover."""
    high = np.minimum(spots[:, None, 2:], taken[None, :, 2:])
    low = np.maximum(spots[:, None, :2], taken[None, :, :2])
    covered: Floats = np.clip(high - low, 0, None).prod(axis=2).sum(axis=1)
    return covered


# -- drawing -----------------------------------------------------------------------------------


def _paper(figure: Figure, high: float) -> Axes:
    """Return axes over the whole figure that are measured in points."""
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH * 72)
    axes.set_ylim(0, high * 72)
    return axes


def _add_lines(
    axes: Axes, lines: Sequence[Floats], colour: str, wide: float, *, order: int
) -> None:
    from matplotlib.collections import LineCollection

    axes.add_collection(
        LineCollection(list(lines), colors=colour, linewidths=wide, zorder=order), autolim=False
    )


def _marks(figure: Figure, axes: Axes, graph: WeightedGraph, points: Floats, area: Any) -> None:
    kinds = np.array(graph.kinds)
    for kind in dict.fromkeys(k for k in SCHEMA.node_kinds if k in graph.kinds):
        which = np.flatnonzero(kinds == kind)
        axes.scatter(
            points[which, 0],
            points[which, 1],
            s=area[which],
            marker=shape_of(kind),
            color=colour_of(kind),
            edgecolors="white",
            linewidths=0.8,
            zorder=3,
            label=SCHEMA.node_kinds[kind].plurals[spoken()],
        )
    figure.legend(
        loc="lower center",
        ncols=len(SCHEMA.node_kinds),
        frameon=False,
        handletextpad=0.2,
        columnspacing=1.6,
    )
