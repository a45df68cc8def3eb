"""The report's figures as inline SVG: the same input gives the same bytes.

Text stays text, so that a reader's own fonts draw every script, it can be searched, and no glyph
is missing; ids are prefixed, so that several figures fit in one page.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partnergraph.analysis.capabilities.portfolios import Portfolios
from partnergraph.graph.periods import Period
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.facts import Node
from partnergraph.views.words import Words, clean, tell, told, whole

Floats = NDArray[np.float64]

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito (2008) and one shape a node kind, in the vocabulary's order, as in the explorer.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
SHAPES = ("o", "h", "s", "^", "D")
INK, MUTED, LINE = "#1c2430", "#58616e", "#d9d5cc"
WIDTH = 7.2
# Inches above a matrix for the names of its columns, which lean to the right.
HEAD = 1.75
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
    """A figure: how to draw it, what it shows for who cannot see it, and what it leaves out."""

    name: str
    height: float
    draw: Callable[[Figure], None]
    says: str
    left_out: Words = ()

    @cached_property
    def svg(self) -> str:
        """The figure as SVG without header, metadata and clashing ids."""
        svg = self._saved(format="svg", metadata={"Date": None, "Creator": None}).decode()
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
        svg = re.sub(r' (?:xmlns(?::xlink)?|version)="[^"]*"', "", svg, count=3)
        svg = svg.replace("xlink:href", "href")
        svg = re.sub(r'<svg [^>]*(viewBox="[^"]*")[^>]*>', r"<svg \1>", svg, count=1)
        svg = re.sub(r'(\bid="|\bhref="#|url\(#)', rf"\g<1>{self.name}-", svg)
        return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).strip()

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG."""
        return self._saved(format="png", dpi=200, metadata={"Software": None})

    def _saved(self, **options: Any) -> bytes:
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        out = BytesIO()
        style: Any = {**_RC, "svg.hashsalt": self.name}
        with rc_context(style), warnings.catch_warnings():
            # The reader's fonts draw the text; that matplotlib's own lack a glyph does not matter.
            warnings.filterwarnings("ignore", message=".*(Glyph|findfont|font family).*")
            figure = Figure(figsize=(WIDTH, self.height))
            self.draw(figure)
            figure.savefig(out, **options)
        return out.getvalue()


def colour_of(kind: str) -> str:
    """Return the colour of a node kind."""
    return COLOURS[list(SCHEMA.node_kinds).index(kind) % len(COLOURS)]


def shape_of(kind: str) -> str:
    """Return the mark of a node kind."""
    return SHAPES[list(SCHEMA.node_kinds).index(kind) % len(SHAPES)]


def broken(text: str, wide: int = 24, most: int = 3) -> str:
    """Return a name broken over lines; only one that needs more than `most` is shortened."""
    lines = wrap(clean(text), wide) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: wide - 1].rstrip() + "…"]
    return "\n".join(lines)


def _lines_of(names: Iterable[str], wide: int) -> int:
    """Return how many lines the longest of the names takes."""
    return max((broken(name, wide).count("\n") + 1 for name in names), default=1)


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
    total, rows = len(rows), rows[:MOST_BARS]
    height = 0.8 + (0.1 + 0.135 * _lines_of((name for _, name, _ in rows), 40)) * len(rows)
    says = told("figures.neighbours", n=len(rows), name=without)
    return Drawing(
        "neighbours",
        height,
        lambda f: _draw_bars(f, rows, others, without),
        says,
        _left(total - len(rows)),
    )


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
        label=told("figures.without", name=broken(without, 60)),
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
    axes.set_yticks(y, [broken(name, 40) for _, name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(n for _, _, n in rows) * 1.09 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel(told("figures.axis"), labelpad=2)
    _bare(axes, "left")


def periods(projects: Sequence[Node]) -> Drawing | None:
    """Draw when projects took or take place: of those with a date the first in the order given."""
    spans = [(p, *_years(p)) for p in projects]
    spans = [s for s in spans if s[1] is not None or s[2] is not None]
    dated, spans = len(spans), spans[:MOST_PERIODS]
    if len(spans) < 2:
        return None
    spans.sort(key=lambda s: (s[1] or 0.0, s[2] or 9999.0, s[0].name.text))
    height = 0.5 + (0.14 + 0.15 * _lines_of((s[0].name.text for s in spans), 36)) * len(spans)
    says = told("figures.periods", n=len(spans))
    left = tell("figures.undated", n=n) if (n := len(projects) - dated) else ()
    left = (_left(n) if (n := dated - len(spans)) else ()) + left
    return Drawing("periods", height, lambda f: _draw_periods(f, spans), says, left)


def _left(n: int) -> Words:
    return tell("figures.left", n=n) if n else ()


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
    left = _left_of_matrix(len(partners) - MOST_PARTNERS, len(fields) - MOST_FIELDS)
    partners, fields = partners[:MOST_PARTNERS], fields[:MOST_FIELDS]
    titles = [folios.names[folios.capabilities[c]] for c in fields]
    height = HEAD + 0.1 + (0.08 + 0.13 * _lines_of(titles, 38)) * len(fields)
    says = told("figures.holdings", partners=len(partners), fields=len(fields))
    return Drawing(
        "holdings", height, lambda f: _draw_holdings(f, folios, partners, fields), says, left
    )


def _left_of_matrix(partners: int, fields: int) -> Words:
    if partners <= 0 and fields <= 0:
        return ()
    return tell("figures.matrix_left", partners=max(partners, 0), fields=max(fields, 0))


def _draw_holdings(
    figure: Figure, folios: Portfolios, partners: Sequence[int], fields: Sequence[int]
) -> None:
    tall = figure.get_figheight()
    axes = figure.add_axes((0.36, 0.05 / tall, 0.5, 1 - (HEAD + 0.05) / tall))
    cells = folios.holds[list(partners)].toarray()[:, list(fields)]
    x, y = np.nonzero(cells)
    alone = folios.holders[np.array(fields)][y] == 1
    face = np.where(alone, COLOURS[5], "none")
    axes.scatter(x, y, s=26, marker="o", facecolors=face, edgecolors=INK, linewidths=0.8, zorder=2)
    names = [folios.names[folios.partners[i]] for i in partners]
    axes.set_xticks(range(len(partners)), [broken(name, 26) for name in names])
    axes.tick_params(
        axis="x", rotation=55, top=True, labeltop=True, bottom=False, labelbottom=False
    )
    for label in axes.get_xticklabels():
        label.set(ha="left", rotation_mode="anchor")
    titles = [folios.names[folios.capabilities[c]] for c in fields]
    axes.set_yticks(range(len(fields)), [broken(title, 38) for title in titles])
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
    # Dates stand to the right of the bars, in a margin as wide as the longest.
    margin = (10 + 4.2 * max(len(project.when) for project, *_ in spans)) / (WIDTH * 72)
    axes = figure.add_axes((0.36, 0.3 / tall, max(0.2, 0.63 - margin), 1 - 0.4 / tall))
    known = [year for _, *ends in spans for year in ends if year is not None]
    low, high = np.floor(min(known) + 0.01), np.ceil(max(known) - 0.01)
    low, high = (low, high) if high > low else (low, low + 1)
    for i, (project, first, last) in enumerate(spans):
        start, end = first if first is not None else low, last if last is not None else high
        wide = max(end - start, (high - low) * 0.006)
        fades = first is None or last is None
        axes.barh(
            i,
            wide,
            left=start,
            height=0.56,
            color=colour_of(project.kind),
            alpha=0.5 if fades else 1,
        )
        _beside(axes, start + wide, i, broken(project.when, 60))
    axes.set_yticks(range(len(spans)), [broken(p.name.text, 36) for p, _, _ in spans])
    axes.set_ylim(len(spans) - 0.4, -0.6)
    axes.set_xlim(low, high)
    step = max(1, int(np.ceil((high - low) / 8)))
    years = np.arange(low, high + 0.5, step)
    axes.set_xticks(years, [f"{int(year)}" for year in years])
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    _bare(axes, "left")
