"""The report's figures as inline SVG: the same input gives the same bytes.

Text stays text, so that a reader's own fonts draw every script, it can be searched, and no glyph
is missing; ids are prefixed, so that several figures fit in one page.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.capabilities.portfolios import Portfolios
from partnergraph.graph.periods import Period
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph
from partnergraph.views.report.facts import Node
from partnergraph.views.words import clean, kinds_in_words, spoken, told, whole

Floats = NDArray[np.float64]

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008) and one shape a node kind, in the vocabulary's order, as in the explorer.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
SHAPES = ("o", "h", "s", "^", "D")
INK, MUTED, LINE = "#1c2430", "#58616e", "#d9d5cc"
MOST_DRAWN = 250
MOST_LABELS = 45
MOST_BARS = 15
MOST_PERIODS = 20
MOST_PARTNERS, MOST_FIELDS = 24, 40
_RC = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "path.simplify": False,
}


@dataclass(frozen=True)
class Drawing:
    """A figure: its SVG, and what it shows in words for those who cannot see it."""

    svg: str
    says: str


def _colour(kind: str) -> str:
    """Return the colour of a node kind."""
    return COLOURS[list(SCHEMA.node_kinds).index(kind) % len(COLOURS)]


def _shape(kind: str) -> str:
    return SHAPES[list(SCHEMA.node_kinds).index(kind) % len(SHAPES)]


def _short(text: str, most: int = 28) -> str:
    text = clean(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _svg(name: str, width: float, height: float, draw: Callable[[Figure], None]) -> str:
    """Draw a figure and return its SVG without header, metadata and clashing ids."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    out = StringIO()
    style: Any = {**_RC, "svg.hashsalt": name}
    with rc_context(style), warnings.catch_warnings():
        # The reader's fonts draw the text; that matplotlib's own lack a glyph is no matter.
        warnings.filterwarnings("ignore", message=".*(Glyph|findfont|font family).*")
        figure = Figure(figsize=(width, height))
        draw(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' (?:xmlns(?::xlink)?|version)="[^"]*"', "", svg, count=3).replace(
        "xlink:href", "href"
    )
    svg = re.sub(r'<svg [^>]*(viewBox="[^"]*")[^>]*>', r"<svg \1>", svg, count=1)
    svg = re.sub(r'(\bid="|\bhref="#|url\(#)', rf"\g<1>{name}-", svg)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).strip()


def _bare(axes: Axes, *keep: str) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)
    axes.tick_params(length=0)


def _beside(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text,
        (x, y),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=7.8,
        color=MUTED,
    )


# -- the network -----------------------------------------------------------------------------


def network(graph: WeightedGraph, centre: str = "", centre_name: str = "") -> Drawing | None:
    """Draw the network; ties of the actor that the data are centred on are pale.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw, or more than can be read on paper.
    """
    if not 2 <= len(graph) <= MOST_DRAWN or not graph.n_pairs:
        return None
    places = _places(graph)
    height = 5.0 if len(graph) <= 60 else 6.2
    svg = _svg("network", 7.2, height, lambda f: _draw_network(f, graph, places, centre))
    kinds = kinds_in_words(dict.fromkeys(graph.kinds))
    says = told("figures.network", n=len(graph), kinds=kinds, pairs=graph.n_pairs)
    return Drawing(svg, says + (told("figures.pale", name=centre_name) if centre_name else ""))


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


def _draw_network(figure: Figure, graph: WeightedGraph, places: Floats, centre: str) -> None:
    from matplotlib.collections import LineCollection

    axes = figure.add_axes((0.0, 0.07, 1.0, 0.93))
    axes.set_axis_off()
    pairs = [(graph.index[a], graph.index[b]) for a, b in graph.pairs().index]
    own = graph.index.get(centre, -1)
    for pale, style in ((True, (LINE, 0.8)), (False, ("#5d6775", 1.3))):
        chosen = [places[[a, b]] for a, b in pairs if (own in (a, b)) == pale]
        axes.add_collection(
            LineCollection(chosen, colors=style[0], linewidths=style[1], zorder=1 + (not pale))
        )
    degree = np.diff(graph.adjacency.indptr)
    kinds = np.array(graph.kinds)
    for kind in dict.fromkeys(k for k in SCHEMA.node_kinds if k in graph.kinds):
        which = np.flatnonzero(kinds == kind)
        axes.scatter(
            places[which, 0],
            places[which, 1],
            s=_size(degree[which]),
            marker=_shape(kind),
            color=_colour(kind),
            edgecolors="white",
            linewidths=0.8,
            zorder=3,
            label=SCHEMA.node_kinds[kind].plurals[spoken()],
        )
    axes.margins(0.14, 0.08)
    axes.autoscale_view()
    dark = [places[[a, b]] for a, b in pairs if own not in (a, b)]
    steps = np.linspace(0.06, 0.94, 14)[:, None]
    lines = np.vstack([np.empty((0, 2)), *(a + steps * (b - a) for a, b in dark)])
    _label(axes, graph, places, np.lexsort((np.arange(len(graph)), -degree))[:MOST_LABELS], lines)
    figure.legend(
        loc="lower center",
        ncols=len(SCHEMA.node_kinds),
        frameon=False,
        handletextpad=0.2,
        columnspacing=1.6,
    )


_SPOTS = (
    (6, 0, "left"),
    (-6, 0, "right"),
    (0, 8.5, "center"),
    (0, -8.5, "center"),
    (5, 6.5, "left"),
    (5, -6.5, "left"),
    (-5, 6.5, "right"),
    (-5, -6.5, "right"),
)


def _size(degree: Any) -> Any:
    """Return the area of the mark of a node, in square points."""
    return 28 + 5 * np.minimum(degree, 40)


def _label(axes: Axes, graph: WeightedGraph, places: Floats, which: Any, lines: Floats) -> None:
    """Write names where they cover the least of nodes, lines and other names, best tied first.

    `lines` are points on the lines to keep clear of.
    """
    degree = np.diff(graph.adjacency.indptr)
    scale, box = 72.0 / axes.figure.dpi, axes.get_window_extent()
    points = axes.transData.transform(places) * scale
    dots = axes.transData.transform(lines) * scale
    half = np.r_[np.full(len(points), 4.5), np.full(len(dots), 1.2)][:, None]
    centres = np.vstack([points, dots])
    taken = np.hstack([centres - half, centres + half])
    size = 6.6
    for i in which:
        text = _short(graph.names[i])
        width, tall = 0.5 * size * len(text), size * 1.1
        spots = np.empty((len(_SPOTS), 4))
        grown = max(1.0, np.sqrt(_size(degree[i])) / 7)
        around = [(dx * grown, dy * grown, side) for dx, dy, side in _SPOTS]
        for k, (dx, dy, side) in enumerate(around):
            left = points[i, 0] + dx - {"left": 0.0, "right": width, "center": width / 2}[side]
            low = points[i, 1] + dy - tall / 2
            spots[k] = left, low, left + width, low + tall
        outside = np.maximum(box.x0 * scale - spots[:, 0], 0) + np.maximum(
            spots[:, 2] - box.x1 * scale, 0
        )
        best = int(np.argmin((_overlaps(spots, taken) + 50 * outside).round(6)))
        taken = np.vstack([taken, spots[best]])
        dx, dy, side = around[best]
        axes.annotate(
            text,
            places[i],
            xytext=(dx, dy),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=size,
            zorder=4,
        )


def _overlaps(spots: Floats, taken: Floats) -> Floats:
    """Return how much of what is taken each spot would cover."""
    high = np.minimum(spots[:, None, 2:], taken[None, :, 2:])
    low = np.maximum(spots[:, None, :2], taken[None, :, :2])
    covered: Floats = np.clip(high - low, 0, None).prod(axis=2).sum(axis=1)
    return covered


# -- ranks and periods -----------------------------------------------------------------------


def neighbours(
    rows: Sequence[tuple[str, str, int]], others: Mapping[str, int], without: str
) -> Drawing:
    """Draw how many neighbours each has, with and without an actor.

    Parameters
    ----------
    rows
        Id, name and number of neighbours, in the order of rank.
    others
        The number without the actor, by id.
    without
        The name of that actor.
    """
    rows = rows[:MOST_BARS]
    height = 0.8 + 0.235 * len(rows)
    svg = _svg("neighbours", 7.2, height, lambda f: _draw_bars(f, rows, others, without))
    return Drawing(svg, told("figures.neighbours", n=len(rows), name=without))


def _draw_bars(
    figure: Figure, rows: Sequence[tuple[str, str, int]], others: Mapping[str, int], without: str
) -> None:
    from matplotlib.ticker import MaxNLocator

    tall = figure.get_figheight()
    axes = figure.add_axes((0.36, 0.36 / tall, 0.6, 1 - 0.72 / tall))
    y = np.arange(len(rows))
    axes.barh(y, [n for _, _, n in rows], height=0.62, color="#b9d3e6", label=told("figures.whole"))
    kept = [(i, others[node]) for i, (node, _, _) in enumerate(rows) if node in others]
    axes.barh(
        [i for i, _ in kept],
        [n for _, n in kept],
        height=0.62,
        color=COLOURS[0],
        label=told("figures.without", name=_short(without)),
    )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.2,
        handleheight=0.8,
    )
    for i, (_, _, n) in enumerate(rows):
        _beside(axes, n, i, whole(n))
    axes.set_yticks(y, [_short(name, 38) for _, name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(n for _, _, n in rows) * 1.06 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel(told("figures.axis"), labelpad=2)
    _bare(axes, "left")


def periods(projects: Sequence[Node]) -> Drawing | None:
    """Draw when the projects that have a date took or take place."""
    dated = [p for p in projects if p.cells.get("start") or p.cells.get("end")]
    spans = [(p, *_years(p)) for p in dated]
    spans = sorted(
        (s for s in spans if s[1] is not None or s[2] is not None),
        key=lambda s: (s[1] or 0.0, s[2] or 9999.0, s[0].name.text),
    )[:MOST_PERIODS]
    if len(spans) < 2:
        return None
    height = 0.5 + 0.3 * len(spans)
    svg = _svg("periods", 7.2, height, lambda f: _draw_periods(f, spans))
    return Drawing(svg, told("figures.periods", n=len(spans)))


def holdings(folios: Portfolios) -> Drawing | None:
    """Draw who holds what: a dot where a partner (across) holds a capability (down).

    The largest portfolios and the most widely held capabilities come first; what one partner alone
    holds is filled, so that a column that empties shows.
    """
    if len(folios) < 2 or len(folios.capabilities) < 2:
        return None
    held = folios.holders
    partners = sorted(range(len(folios)), key=lambda i: (-folios.sizes[i], folios.partners[i]))
    fields = sorted(range(len(held)), key=lambda c: (-held[c], folios.capabilities[c]))
    partners, fields = partners[:MOST_PARTNERS], fields[:MOST_FIELDS]
    height = 1.5 + 0.2 * len(fields)
    svg = _svg("holdings", 7.2, height, lambda f: _draw_holdings(f, folios, partners, fields))
    return Drawing(svg, told("figures.holdings", partners=len(partners), fields=len(fields)))


def _draw_holdings(
    figure: Figure, folios: Portfolios, partners: Sequence[int], fields: Sequence[int]
) -> None:
    tall = figure.get_figheight()
    axes = figure.add_axes((0.38, 0.05 / tall, 0.6, 1 - 1.4 / tall))
    cells = folios.holds[list(partners)].toarray()[:, list(fields)]
    x, y = np.nonzero(cells)
    alone = folios.holders[np.array(fields)][y] == 1
    face = np.where(alone, COLOURS[5], "none")
    axes.scatter(x, y, s=26, marker="o", facecolors=face, edgecolors=INK, linewidths=0.8, zorder=2)
    names = [folios.names[folios.partners[i]] for i in partners]
    axes.set_xticks(range(len(partners)), [_short(name, 22) for name in names])
    axes.tick_params(
        axis="x", rotation=55, top=True, labeltop=True, bottom=False, labelbottom=False
    )
    for label in axes.get_xticklabels():
        label.set(ha="left", rotation_mode="anchor")
    titles = [folios.names[folios.capabilities[c]] for c in fields]
    axes.set_yticks(range(len(fields)), [_short(title, 40) for title in titles])
    axes.set_xlim(-0.6, len(partners) - 0.4)
    axes.set_ylim(len(fields) - 0.4, -0.6)
    axes.grid(color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    _bare(axes)


def _years(project: Node) -> tuple[float | None, float | None]:
    """Return the first and last moment as years with fractions, None for an open or unknown end."""
    cells = project.cells
    known = [cells.get(end) if cells.get(end) != ".." else None for end in ("start", "end")]
    first, last = (Period(text, text) if text else None for text in known)
    days = 365.2425
    return (
        (first.earliest - 1) / days + 1 if first else None,
        last.latest / days + 1 if last else None,
    )


def _draw_periods(figure: Figure, spans: Sequence[tuple[Node, float | None, float | None]]) -> None:
    tall = figure.get_figheight()
    axes = figure.add_axes((0.36, 0.3 / tall, 0.6, 1 - 0.4 / tall))
    known = [year for _, *ends in spans for year in ends if year is not None]
    low, high = np.floor(min(known) + 0.01), np.ceil(max(known) - 0.01)
    low, high = (low, high) if high > low else (low, low + 1)
    for i, (project, first, last) in enumerate(spans):
        start, end = first if first is not None else low, last if last is not None else high
        wide = max(end - start, (high - low) * 0.006)
        fades = first is None or last is None
        axes.barh(
            i, wide, left=start, height=0.56, color=_colour(project.kind), alpha=0.5 if fades else 1
        )
        _beside(axes, start + wide, i, project.when)
    axes.set_yticks(range(len(spans)), [_short(p.name.text, 38) for p, _, _ in spans])
    axes.set_ylim(len(spans) - 0.4, -0.6)
    axes.set_xlim(low, high + (high - low) * 0.22)
    step = max(1, int(np.ceil((high - low) / 8)))
    years = np.arange(low, high + 0.5, step)
    axes.set_xticks(years, [f"{int(year)}" for year in years])
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    _bare(axes, "left")
