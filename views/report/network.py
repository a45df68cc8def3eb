"""The sections on the network as a whole: who holds it together, and which clusters it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    MOST_NAMES,
    MOST_RANKED,
    MOST_ROWS,
    NONE,
    Beside,
    Block,
    Figure,
    Line,
    Paragraph,
    Table,
    cell_of,
    cut,
    say,
    table_of,
)
from partnergraph.views.report.findings import (
    Departure,
    Findings,
    by_construction,
    falls_apart,
    ranks_without,
)
from partnergraph.views.words import Name, Words, clean, kinds_in_words, listed, many, words

TELLING = 0.05


def ranking(f: Findings) -> list[Block]:
    """Rank the nodes, and again without those around whom the data were drawn."""
    table = f.table
    blocks: list[Block] = []
    what = kinds_in_words(SCHEMA.default_network)
    if table.empty:
        return [say("There are no {}.", what)]
    for departure in f.departures:
        blocks += _departure(f, departure)
    if all(d.centre is None for d in f.departures):
        blocks += _network_drawing(f)
    views = [d for d in f.departures if d.centre is not None]
    measures = table.attrs["measure"]
    shown = table.head(MOST_RANKED)
    columns: list[str | Words] = ["Rank", "Name", "Kind"]
    columns += [catalogue()[m].title["en"] for m in measures]
    columns += [words("rank without {}", d.name) for d in views]
    formats = [_formatter(table[m]) for m in measures]
    rows = tuple(
        (
            cell_of(_rank(f.rank, node)),
            cell_of(Name(row["name"], node)),
            cell_of(SCHEMA.node_kinds[row["kind"]].label()),
            *(cell_of(show(row.get(m, np.nan))) for m, show in zip(measures, formats, strict=True)),
            *(cell_of(_rank(d.rank, node)) for d in views),
        )
        for node, row in _rows(shown)
    )
    numeric = (0, *range(3, len(columns)))
    caption = (
        f"The first {len(rows)} of {len(table):,} {what}, by {catalogue()[measures[0]].title['en']}"
    )
    more = cut(len(table), MOST_RANKED, "come after them", _same_rank(f.rank, shown.index))
    blocks.append(table_of(caption, columns, rows, numeric=numeric, more=more, dense=True))
    blocks.append(
        say(
            "Degree counts neighbours: each other one once, however many ties there are. “=” marks "
            "a rank that is shared. What the other columns measure is in the methods.",
            tone="note",
        )
    )
    return [*blocks, *_cohesion(f)]


def _cohesion(f: Findings) -> list[Block]:
    """Tell how tightly the whole hangs together, with what each figure means."""
    if f.cohesion is None:
        return []
    known = f.cohesion.dropna(subset="value")
    rows = [
        (
            cell_of(catalogue()[measure].title["en"]),
            cell_of(_figure(measure, row["value"])),
            cell_of(Line(words("{}", catalogue()[measure].answers), small=True)),
        )
        for measure, row in _rows(known)
    ]
    if not rows:
        return []
    columns = ("What", "Figure", "What it answers")
    return [
        table_of("How tightly the whole hangs together", columns, rows, numeric=(1,), dense=True)
    ]


def _figure(measure: str, value: float) -> str:
    """Write a share with three decimals, a whole number whole, any other with three digits."""
    if catalogue()[measure].range == "0 … 1":
        return f"{value:.3f}"
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.3g}"


def _rows(table: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return id and filled cells of each row of a table of nodes."""
    return list(zip(map(str, table.index), records(table), strict=True))


def _rank(rank: pd.Series, node: str) -> str:
    place = rank.get(node, np.nan)
    if pd.isna(place):
        return NONE
    return f"{int(place)}{'=' if (rank == place).sum() > 1 else ''}"


def _same_rank(rank: pd.Series, shown: pd.Index) -> str:
    """Say how many of those left out share the last rank that is shown."""
    last = rank[shown[-1]]
    same = int((rank.drop(shown) == last).sum())
    return f"; {same:,} of these share rank {int(last)}, the last one shown" if same else ""


def _formatter(values: pd.Series) -> Callable[[float], str]:
    """Return how to write the numbers of a column: three digits of the largest, all alike."""
    if pd.api.types.is_integer_dtype(values.dtype):
        return lambda v: f"{int(v):,}"
    largest = float(values.abs().max())
    digits = 3 if not largest > 0 else int(np.clip(2 - np.floor(np.log10(largest)), 0, 8))
    return lambda v: NONE if pd.isna(v) else f"{v:,.{digits}f}"


def _departure(f: Findings, departure: Departure) -> list[Block]:
    """Tell what is left without one node; rank with and without it where the data centre on it."""
    blocks: list[Block]
    if departure.centre is None:
        blocks = [say("{}", falls_apart(departure))]
        if departure.cannot_rank:
            said = words(
                "{} of the {} others share their rank with another",
                departure.alike,
                len(departure.table),
            )
            blocks.append(say("The data cannot rank most of them: {}.", said, tone="callout"))
        return blocks
    statement = words(
        "{} {}", by_construction(departure.centre, departure.name), _advice(departure)
    )
    blocks = [Paragraph(Line(statement), "callout"), say("{}", falls_apart(departure))]
    left = _short_ranking(f, f.table, f.rank, words("With {}", departure.name))
    right = _short_ranking(f, departure.table, departure.rank, words("Without {}", departure.name))
    return [*blocks, *_network_drawing(f), Beside((left, right)), *_bars(f, departure)]


def _advice(departure: Departure) -> Words:
    pattern = "It says who wrote the data, not who matters most. {}"
    return words(pattern, ranks_without(departure))


def _short_ranking(f: Findings, table: pd.DataFrame, rank: pd.Series, caption: Words) -> Table:
    shown = table.head(MOST_RANKED)
    first = f.table.attrs["measure"][0]
    show = _formatter(table[first])
    rows = [
        (cell_of(_rank(rank, node)), cell_of(Name(row["name"], node)), cell_of(show(row[first])))
        for node, row in _rows(shown)
    ]
    more: Words = ()
    if rows:
        more = cut(len(table), MOST_RANKED, "come after them", _same_rank(rank, shown.index))
    columns = ("Rank", "Name", catalogue()[first].title["en"])
    return table_of(caption, columns, rows, numeric=(0, 2), more=more)


def _bars(f: Findings, departure: Departure) -> list[Block]:
    from partnergraph.views.report import figures

    column = f.table.attrs["measure"][0]
    rows = [(node, row["name"], int(row[column])) for node, row in _rows(f.table)]
    others = {node: int(row[column]) for node, row in _rows(departure.table)}
    drawing = figures.neighbours(rows, others, departure.name.text)
    return [
        Figure(drawing, words("How many neighbours each has, with and without {}.", departure.name))
    ]


def _network_drawing(f: Findings) -> list[Block]:
    from partnergraph.views.report import figures

    graph = f.eco.weighted_graph()
    centre = next((d.name for d in f.departures if d.centre is not None), None)
    drawing = figures.network(graph, centre.id if centre else "", centre.text if centre else "")
    if drawing is None:
        return []
    caption = words("The network: {} nodes, {} tied pairs.", len(graph), graph.n_pairs)
    if centre is not None:
        caption = words("{} Pale lines are the ties of {}, dark ones all others.", caption, centre)
    return [Figure(drawing, caption)]


def clusters(f: Findings) -> list[Block]:
    """Tell whether there are clusters, which, and what marks them off."""
    table = f.clusters
    members_of: dict[int, list[str]] = {}
    for node, number in zip(table.index.tolist(), table["cluster"].tolist(), strict=True):
        if number > 0:  # who is in none is 0 or unknown
            members_of.setdefault(int(number), []).append(node)
    groups = sorted(members_of.items())
    if not groups:
        return [say("Nothing is tied, so there are no clusters.")]
    blocks: list[Block] = [say("{}", table.attrs["verdict_in_words"], tone="callout")]
    quality = table.attrs["quality"]
    blocks.append(
        say(
            "The network divides into {}, on which {} from different starts agree most. Stability "
            "is how well a cluster is found again when a tenth of the ties is left out: from .75 "
            "on it is stable, below .5 it dissolves.",
            many(len(groups), "group"),
            many(quality["runs"], "run"),
        )
    )
    if any(d.centre is not None for d in f.departures):
        said = words("The star in the data shapes this too.")
        blocks.append(Paragraph(Line(said, see="ranking")))
    described = {c["id"]: c for c in table.attrs["clusters"]}
    rows = tuple(
        (
            cell_of(f"{n}"),
            cell_of(Name(clean(described[n]["name"]))),
            cell_of(f"{len(members):,}"),
            cell_of(f"{described[n]['stability']:.2f}"),
            cell_of(listed([Name(f.eco.name_of[i], i) for i in members], MOST_NAMES)),
        )
        for n, members in groups[:MOST_ROWS]
    )
    more = cut(len(groups), MOST_ROWS, "groups")
    none = table.attrs["verdict"] in ("none", "untested")
    title = "One way to divide, the largest first" if none else "Clusters, the largest first"
    columns = ("Group" if none else "Cluster", "Around", "Size", "Stability", "Members")
    blocks.append(table_of(title, columns, rows, numeric=(2, 3), more=more))
    blocks += _profiles(table, described)
    return blocks


def _profiles(table: pd.DataFrame, described: dict[int, Any]) -> list[Block]:
    """Say what clusters have more often than others, and who stands between two."""
    blocks: list[Block] = []
    told = [
        words(
            f"{{}} in the group around {{}} ({row['k']} of {row['K']} in all)"
            + (", which the ties were made from" if row["circular"] else ""),
            Name(clean(row["name"])),
            Name(clean(described[n]["name"])),
        )
        for n in sorted(described)
        for row in described[n]["profile"]
        if row["q_over"] <= TELLING
    ]
    tests = table.attrs["tests"]["tests"]
    if told:
        blocks.append(say("More often than among the others: {}.", listed(told, MOST_NAMES)))
    elif tests:
        blocks.append(
            say(
                "No attribute or capability marks a group off from the others, beyond what {} "
                "comparisons bring by chance (q ≤ .05).",
                f"{tests:,}",
            )
        )
    between = table["name"][table["second_cluster"].notna()]
    if len(between):
        names = [Name(clean(name), node) for node, name in zip(between.index, between, strict=True)]
        blocks.append(say("Between two groups: {}.", listed(names, MOST_NAMES)))
    return blocks
