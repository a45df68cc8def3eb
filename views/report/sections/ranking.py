"""Who holds the network together: the ranking, and what is left without the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.analysis.centrality import ranks
from partnergraph.analysis.cohesion import cohesion
from partnergraph.analysis.egocentred import Egocentred, cannot_rank, counterviews
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.weighted_graph import WeightedGraph
from partnergraph.views.report import figures
from partnergraph.views.report.blocks import (
    MOST_RANKED,
    NONE,
    Beside,
    Block,
    Figure,
    Table,
    cells_of,
    cut,
    paragraph,
    say,
    small,
    table,
)
from partnergraph.views.report.facts import Facts, acting, once
from partnergraph.views.report.network_figure import MOST_DRAWN, discs, network
from partnergraph.views.words import (
    Name,
    Words,
    any_of_kinds,
    decimal,
    kinds_in_words,
    label_of,
    spoken,
    tell,
    told,
    whole,
    words,
)

MOST_CENTRES = 3


@dataclass(frozen=True)
class Departure:
    """What is left of the network without one node.

    Attributes
    ----------
    centre
        Where the data are centred on the node: how, else None.
    table, rank
        The ranking of the others: without it where the data are centred on it, else with it.
    cannot_rank
        Whether half or more of them share their rank with another.
    before, after
        Sizes of the pieces of the network with it and without it, largest first.
    """

    name: Name
    centre: Egocentred | None
    table: pd.DataFrame
    rank: pd.Series
    cannot_rank: bool
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def tied(self) -> bool:
        """Whether any of the others is tied to another."""
        return bool(self.table["degree"].any())

    @property
    def alike(self) -> int:
        """How many of the others share their rank with another."""
        return int(self.rank.dropna().duplicated(keep=False).sum())


@once
def departures(f: Facts) -> tuple[Departure, ...]:
    """Return what is left without each node the data are centred on, else without the first."""
    first, before = f.table.attrs["measure"][0], _pieces(f.eco)

    def without(node: str, rest: pd.DataFrame, centre: Egocentred | None = None) -> Departure:
        after = _pieces(f.eco, [node])
        rank, unsure = ranks(rest[first]), cannot_rank(rest[first])
        return Departure(f.name(node), centre, rest, rank, unsure, before, after)

    views = counterviews(f.eco, f.table)[:MOST_CENTRES]
    if not views and len(f.ranked) and f.ranked[first].iloc[0] > 0:
        node = str(f.ranked.index[0])
        return (without(node, f.ranked.drop(index=node)),)
    return tuple(without(v.centre.id, acting(v.table), v.centre) for v in views)


def centred(f: Facts) -> list[Departure]:
    """Return the departures of those that the data are centred on."""
    return [d for d in departures(f) if d.centre is not None]


def _pieces(eco: Ecosystem, without: Sequence[str] = ()) -> tuple[int, ...]:
    adjacency = eco.weighted_graph(without=without).adjacency
    if adjacency.shape[0] == 0:
        return ()
    _, piece = sparse.csgraph.connected_components(adjacency, directed=False)
    return tuple(sorted(map(int, np.bincount(piece)), reverse=True))


# -- the section -----------------------------------------------------------------------------


def ranking(f: Facts) -> list[Block]:
    """Rank the nodes, and again without those around whom the data were drawn."""
    if f.table.empty:
        return [say("report.none", kinds=any_of_kinds(SCHEMA.default_network))]
    if not f.table["degree"].any():
        return [paragraph(f.said("rank"))]
    blocks = [block for departure in departures(f) for block in _departure(f, departure)]
    if not centred(f):
        blocks += network_drawing(f)
    return [*blocks, _ranked(f), say("ranking.note", tone="note"), *_cohesion(f)]


def _ranked(f: Facts) -> Table:
    measures, shown = f.table.attrs["measure"], f.ranked.head(MOST_RANKED)
    titles = [title_of(measure) for measure in measures]
    without = [tell("ranking.rank_without", name=d.name) for d in centred(f)]
    heads = told("ranking.heads").split(" | ")
    columns: list[str | Words] = [*heads, *titles, *without]
    formats = [_formatter(f.table[measure]) for measure in measures]
    rows = [
        cells_of(
            _rank(f.ranked, f.rank, node),
            f.name(node),
            label_of(SCHEMA.node_kinds[row["kind"]]),
            *(show(row.get(m, np.nan)) for m, show in zip(measures, formats, strict=True)),
            *(_rank(d.table, d.rank, node) for d in centred(f)),
        )
        for node, row in _rows(shown)
    ]
    key = "ranking.caption" if len(rows) < len(f.ranked) else "ranking.caption_all"
    parts = {"n": len(rows), "total": len(f.ranked), "measure": titles[0]}
    options: dict[str, Any] = {"columns": columns, "numeric": (0, *range(3, len(columns)))}
    options |= parts | {"kinds": kinds_in_words(dict.fromkeys(f.ranked["kind"]))}
    return table(key, rows, more=_left_out(f.ranked, f.rank), dense=True, **options)


def _cohesion(f: Facts) -> list[Block]:
    known = cohesion(f.eco).dropna(subset="value")
    if f.two_modes:  # no triangle can close
        known = known.drop(index="global_clustering", errors="ignore")
    rows = [
        cells_of(title_of(name), _figure(name, row["value"]), small(answer_of(name)))
        for name, row in _rows(known)
    ]
    return [table("ranking.cohesion", rows, numeric=(1,), dense=True)] if rows else []


def title_of(measure: str) -> str:
    """Return the name of a measure in the language spoken."""
    return catalogue()[measure].title[spoken()]


def answer_of(measure: str) -> str:
    """Return the question that a measure answers, in the language spoken."""
    return told(f"answers.{measure}")


def _figure(measure: str, value: float) -> str:
    """Write a share with three decimals, a whole number whole, any other with three digits."""
    if catalogue()[measure].range == "0 … 1":
        return decimal(value, ".3f")
    return decimal(value, ",.0f" if value.is_integer() else ",.3g")


def _rows(frame: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return id and filled cells of each row of a table of nodes."""
    return list(zip(map(str, frame.index), records(frame), strict=True))


def _rank(ranked: pd.DataFrame, rank: pd.Series, node: str) -> str:
    """Return a rank, with “=” where it is shared; who is not tied to anybody has none."""
    place = rank.get(node, np.nan)
    if pd.isna(place) or not ranked["degree"].get(node):
        return NONE
    return f"{int(place)}{'=' if (rank == place).sum() > 1 else ''}"


def _left_out(ranked: pd.DataFrame, rank: pd.Series) -> Words:
    shown = ranked.index[:MOST_RANKED]
    if len(ranked) <= MOST_RANKED:
        return ()
    last = rank[shown[-1]]
    same = int((rank.drop(shown) == last).sum())
    where = told("ranking.same_rank", n=same, rank=int(last)) if same else ""
    return cut(len(ranked), MOST_RANKED, where=where)


def _formatter(values: pd.Series) -> Callable[[float], str]:
    """Return how to write the numbers of a column: three digits of the largest, all alike."""
    if pd.api.types.is_integer_dtype(values.dtype):
        return lambda v: whole(int(v))
    largest = float(values.abs().max())
    digits = 3 if not largest > 0 else int(np.clip(2 - np.floor(np.log10(largest)), 0, 8))
    return lambda v: NONE if pd.isna(v) else decimal(v, f",.{digits}f")


def _departure(f: Facts, departure: Departure) -> list[Block]:
    node = departure.name.id
    apart, alike = paragraph(f.said("apart", node)), f.said("alike", node)
    if departure.centre is None:
        return [apart, paragraph(alike, "callout")] if alike else [apart]
    warning = tell("ranking.warning", why=f.said("construction", node), then=alike)
    left = _short_ranking(f, "ranking.with", f.ranked, f.rank, departure)
    right = _short_ranking(f, "ranking.without", departure.table, departure.rank, departure)
    both = Beside((left, right))
    drawing = network_drawing(f)
    return [paragraph(warning, "callout"), apart, *drawing, both, _bars(f, departure)]


def _short_ranking(
    f: Facts, key: str, ranked: pd.DataFrame, rank: pd.Series, departure: Departure
) -> Table:
    first = f.table.attrs["measure"][0]
    show = _formatter(ranked[first])
    rows = [
        cells_of(_rank(ranked, rank, node), f.name(node), show(row[first]))
        for node, row in _rows(ranked.head(MOST_RANKED))
    ]
    rank_head, name_head, _ = told("ranking.heads").split(" | ")
    columns, more = (rank_head, name_head, title_of(first)), _left_out(ranked, rank)
    options: dict[str, Any] = {"columns": columns, "numeric": (0, 2), "more": more}
    return table(key, rows, name=departure.name, **options)


def _bars(f: Facts, departure: Departure) -> Figure:
    column = f.table.attrs["measure"][0]
    rows = [(node, row["name"], int(row[column])) for node, row in _rows(f.ranked)]
    others = {node: int(row[column]) for node, row in _rows(departure.table)}
    drawing = figures.neighbours(rows, others, departure.name.text)
    return Figure(drawing, tell("ranking.bars", name=departure.name) + drawing.left_out)


def network_drawing(f: Facts) -> list[Block]:
    """Draw the network, where there is something to draw."""
    if f.pictured:
        return []
    graph = f.eco.weighted_graph()
    centre = next((d.name for d in centred(f)), None)
    drawing = network(graph, centre.id if centre else "", centre.text if centre else "")
    if drawing is None:
        return _as_discs(f, graph)
    caption = tell("ranking.drawing", n=len(graph), pairs=graph.n_pairs)
    if centre is not None:
        caption = words("{} {}", caption, tell("ranking.pale", name=centre))
    return [Figure(drawing, caption + drawing.left_out)]


def _as_discs(f: Facts, graph: WeightedGraph) -> list[Block]:
    if len(graph) <= MOST_DRAWN or not graph.n_pairs:
        return []
    drawing = discs(graph, f.divided.table["cluster"])
    caption = tell("ranking.discs", n=len(graph), pairs=graph.n_pairs)
    return [Figure(drawing, caption + drawing.left_out)] if drawing else []
