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
from partnergraph.views.report import figures
from partnergraph.views.report.blocks import (
    MOST_RANKED,
    NONE,
    Beside,
    Block,
    Cell,
    Figure,
    Table,
    cells_of,
    cut,
    paragraph,
    say,
    small,
    table,
)
from partnergraph.views.report.facts import Facts, once
from partnergraph.views.words import (
    Name,
    Words,
    any_of_kinds,
    kinds_in_words,
    listed,
    tell,
    told,
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
    def alike(self) -> int:
        """How many of the others share their rank with another."""
        return int(self.rank.dropna().duplicated(keep=False).sum())


@once
def departures(f: Facts) -> tuple[Departure, ...]:
    """Return what is left without each node the data are centred on, else without the first."""
    first, before = f.table.attrs["measure"][0], _pieces(f.eco)

    def without(
        node: str, rest: pd.DataFrame, unsure: bool, centre: Egocentred | None = None
    ) -> Departure:
        after = _pieces(f.eco, [node])
        return Departure(f.name(node), centre, rest, ranks(rest[first]), unsure, before, after)

    views = counterviews(f.eco, f.table)[:MOST_CENTRES]
    if not views and len(f.table) and f.table[first].iloc[0] > 0:
        node = str(f.table.index[0])
        return (without(node, f.table.drop(index=node), cannot_rank(f.table[first])),)
    return tuple(without(v.centre.id, v.table, v.cannot_rank, v.centre) for v in views)


def centred(f: Facts) -> list[Departure]:
    """Return the departures of those that the data are centred on."""
    return [d for d in departures(f) if d.centre is not None]


def _pieces(eco: Ecosystem, without: Sequence[str] = ()) -> tuple[int, ...]:
    adjacency = eco.weighted_graph(without=without).adjacency
    if adjacency.shape[0] == 0:
        return ()
    _, piece = sparse.csgraph.connected_components(adjacency, directed=False)
    return tuple(sorted(map(int, np.bincount(piece)), reverse=True))


# -- sentences -------------------------------------------------------------------------------


def first_rank(f: Facts) -> Words:
    """Return who ranks first, and by how many neighbours, in words."""
    top = f.names(f.rank[f.rank == 1].index)
    n, degree = len(f.table), int(f.table["degree"].iloc[0])
    parts: dict[str, Any] = {
        "names": listed(top, 4),
        "kinds": kinds_in_words(SCHEMA.default_network),
    }
    parts |= {"degree": degree, "n": n, "others": n - 1}
    if n == 1:
        return tell(
            "ranking.only", **parts, kind=any_of_kinds(SCHEMA.default_network, plural=False)
        )
    if degree == 0:
        return tell("ranking.loose", **parts)
    if n == 2:
        return tell("ranking.pair", **parts)
    return tell("ranking.first" if len(top) == 1 else "ranking.shared", **parts)


def by_construction(departure: Departure) -> Words:
    """Return in words why a rank follows from who wrote the data."""
    key = "ranking.author" if departure.centre and departure.centre.own_source else "ranking.star"
    return tell(key, **{**vars(departure.centre), "name": departure.name})


def falls_apart(departure: Departure) -> Words:
    """Return into how many pieces the network falls without a node, in words."""
    after, before = departure.after, departure.before
    alone = sum(size == 1 for size in after)
    parts: dict[str, Any] = {"name": departure.name, "n": sum(after), "alone": alone}
    parts |= {"pieces": len(after), "before": len(before), "largest": max(after, default=0)}
    if len(after) < 2:
        key = "nothing_left" if not after else "last" if sum(after) == 1 else "one_piece"
        return tell(f"ranking.{key}", **parts)
    if parts["largest"] == 1:
        return tell("ranking.all_alone", **parts)
    key = "ranking.falls" if len(after) != len(before) else "ranking.falls_as_before"
    standing = tell("ranking.alone" if alone else "ranking.none_alone", **parts)
    return words("{} {}", tell(key, **parts), standing)


def ranks_without(departure: Departure) -> Words:
    """Return who is first without the actor the data are centred on, if anybody can tell."""
    parts: dict[str, Any] = {"name": departure.name, "n": len(departure.table)}
    if departure.cannot_rank:
        return tell("ranking.unranked", **parts, alike=departure.alike)
    top = departure.rank[departure.rank == 1].index
    names = [Name(str(departure.table.at[node, "name"]), node) for node in top]
    return tell("ranking.next", **parts, names=listed(names, 4), first=len(names))


# -- the section -----------------------------------------------------------------------------


def ranking(f: Facts) -> list[Block]:
    """Rank the nodes, and again without those around whom the data were drawn."""
    if f.table.empty:
        return [say("report.none", kinds=any_of_kinds(SCHEMA.default_network))]
    blocks = [block for departure in departures(f) for block in _departure(f, departure)]
    if not centred(f):
        blocks += _network_drawing(f)
    return [*blocks, _ranked(f), say("ranking.note", tone="note"), *_cohesion(f)]


def _ranked(f: Facts) -> Table:
    measures, shown = f.table.attrs["measure"], f.table.head(MOST_RANKED)
    titles = [catalogue()[measure].title["en"] for measure in measures]
    without = [tell("ranking.rank_without", name=d.name) for d in centred(f)]
    columns: list[str | Words] = ["Rank", "Name", "Kind", *titles, *without]
    formats = [_formatter(f.table[measure]) for measure in measures]
    rows = [
        cells_of(
            _rank(f.rank, node),
            f.name(node),
            SCHEMA.node_kinds[row["kind"]].label(),
            *(show(row.get(m, np.nan)) for m, show in zip(measures, formats, strict=True)),
            *(_rank(d.rank, node) for d in centred(f)),
        )
        for node, row in _rows(shown)
    ]
    key = "ranking.caption" if len(rows) < len(f.table) else "ranking.caption_all"
    parts = {"n": len(rows), "total": len(f.table), "measure": titles[0]}
    options: dict[str, Any] = {"columns": columns, "numeric": (0, *range(3, len(columns)))}
    options |= parts | {"kinds": kinds_in_words(SCHEMA.default_network)}
    return table(key, rows, more=_left_out(f.table, f.rank), dense=True, **options)


def _cohesion(f: Facts) -> list[Block]:
    known = cohesion(f.eco).dropna(subset="value")
    rows: list[tuple[Cell, ...]] = []
    for name, row in _rows(known):
        measure = catalogue()[name]
        rows.append(
            cells_of(measure.title["en"], _figure(name, row["value"]), small(measure.answers))
        )
    return [table("ranking.cohesion", rows, numeric=(1,), dense=True)] if rows else []


def _figure(measure: str, value: float) -> str:
    """Write a share with three decimals, a whole number whole, any other with three digits."""
    if catalogue()[measure].range == "0 … 1":
        return f"{value:.3f}"
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.3g}"


def _rows(frame: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return id and filled cells of each row of a table of nodes."""
    return list(zip(map(str, frame.index), records(frame), strict=True))


def _rank(rank: pd.Series, node: str) -> str:
    place = rank.get(node, np.nan)
    if pd.isna(place):
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
        return lambda v: f"{int(v):,}"
    largest = float(values.abs().max())
    digits = 3 if not largest > 0 else int(np.clip(2 - np.floor(np.log10(largest)), 0, 8))
    return lambda v: NONE if pd.isna(v) else f"{v:,.{digits}f}"


def _departure(f: Facts, departure: Departure) -> list[Block]:
    apart = paragraph(falls_apart(departure))
    if departure.centre is None:
        parts = {"alike": departure.alike, "n": len(departure.table)}
        unsure = departure.cannot_rank
        return [apart, say("ranking.alike", tone="callout", **parts)] if unsure else [apart]
    warning = tell("ranking.warning", why=by_construction(departure), then=ranks_without(departure))
    left = _short_ranking(f, "ranking.with", f.table, f.rank, departure)
    right = _short_ranking(f, "ranking.without", departure.table, departure.rank, departure)
    both = Beside((left, right))
    drawing = _network_drawing(f)
    return [paragraph(warning, "callout"), apart, *drawing, both, _bars(f, departure)]


def _short_ranking(
    f: Facts, key: str, ranked: pd.DataFrame, rank: pd.Series, departure: Departure
) -> Table:
    first = f.table.attrs["measure"][0]
    show = _formatter(ranked[first])
    rows = [
        cells_of(_rank(rank, node), f.name(node), show(row[first]))
        for node, row in _rows(ranked.head(MOST_RANKED))
    ]
    columns, more = ("Rank", "Name", catalogue()[first].title["en"]), _left_out(ranked, rank)
    options: dict[str, Any] = {"columns": columns, "numeric": (0, 2), "more": more}
    return table(key, rows, name=departure.name, **options)


def _bars(f: Facts, departure: Departure) -> Figure:
    column = f.table.attrs["measure"][0]
    rows = [(node, row["name"], int(row[column])) for node, row in _rows(f.table)]
    others = {node: int(row[column]) for node, row in _rows(departure.table)}
    drawing = figures.neighbours(rows, others, departure.name.text)
    return Figure(drawing, tell("ranking.bars", name=departure.name))


def _network_drawing(f: Facts) -> list[Block]:
    graph = f.eco.weighted_graph()
    centre = next((d.name for d in centred(f)), None)
    drawing = figures.network(graph, centre.id if centre else "", centre.text if centre else "")
    if drawing is None:
        return []
    caption = tell("ranking.drawing", n=len(graph), pairs=graph.n_pairs)
    if centre is not None:
        caption = words("{} {}", caption, tell("ranking.pale", name=centre))
    return [Figure(drawing, caption)]
