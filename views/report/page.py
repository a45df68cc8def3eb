"""The report for a board: what `findings` states, put into words, tables and figures on one page.

The page is first composed as sections of blocks (paragraphs, tables, figures …), in which text of
the data is kept apart from ours; two templates then draw the same blocks as HTML and as Markdown.
The HTML has no script, fetches nothing, and says so to the browser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName
from partnergraph.graph.files import write_atomically
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.findings import (
    CAPABILITIES,
    CAPABILITY_TIES,
    SHARED,
    STATED,
    Departure,
    Findings,
    Held,
    Name,
    Neighbour,
    Node,
    Partnership,
    Receipt,
    Sheet,
    Tie,
    Words,
    by_construction,
    clean,
    date_in_words,
    falls_apart,
    findings,
    kind_noun,
    kinds_in_words,
    listed,
    many,
    noun,
    plain,
    ranks_without,
    says_benefit,
    sole,
    words,
)

if TYPE_CHECKING:
    from partnergraph.views.report.figures import Drawing

MOST_RANKED = 15
TELLING = 0.05
MOST_ROWS = 100
MOST_NEIGHBOURS = 40
MOST_NAMES = 60
MOST_RECEIPTS = 1_000
MOST_PLACES = 3
NONE = "–"


# -- blocks ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of a cell or a paragraph.

    `small` is for what explains; `url` is what it links to, and `see` the section with its rows.
    """

    words: Words
    small: bool = False
    receipts: tuple[Receipt, ...] = ()
    url: str = ""
    see: str = ""

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Its receipts as source number and place, each once, the first few."""
        return tuple(dict.fromkeys((r.number, r.locator) for r in self.receipts))[:MOST_PLACES]

    @property
    def more_places(self) -> int:
        """How many more places there are."""
        return len({(r.number, r.locator) for r in self.receipts}) - len(self.places)


Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its `tone` is blank, ``callout`` or ``note``."""

    block: ClassVar[str] = "paragraph"
    line: Line
    tone: str = ""


@dataclass(frozen=True)
class Listing:
    """A list of lines."""

    block: ClassVar[str] = "listing"
    lines: tuple[Line, ...]
    tone: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading within a section; `anchor` is the id of the node that it names."""

    block: ClassVar[str] = "heading"
    words: Words
    anchor: str = ""


@dataclass(frozen=True)
class Strip:
    """Numbers with their nouns, as large figures."""

    block: ClassVar[str] = "strip"
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row is its heading; `anchors` are the ids that rows are about.

    `numeric` says which columns hold numbers, and `more` what was left out; a `quiet` caption is
    for those who do not see the heading above it.
    """

    block: ClassVar[str] = "table"
    caption: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()
    more: Words = ()
    dense: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Beside:
    """Two tables beside each other."""

    block: ClassVar[str] = "beside"
    tables: tuple[Table, Table]


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption."""

    block: ClassVar[str] = "figure"
    drawing: Drawing
    caption: Words


@dataclass(frozen=True)
class Commands:
    """Commands to type."""

    block: ClassVar[str] = "commands"
    lines: tuple[str, ...]


Block = Paragraph | Listing | Heading | Strip | Table | Beside | Figure | Commands


@dataclass(frozen=True)
class Section:
    """A section of the report; `id` is what findings and contents refer to."""

    id: str
    number: int
    title: str
    blocks: tuple[Block, ...]


def _line(content: Line | Words | Name | str | float) -> Line:
    if isinstance(content, Line):
        return content
    return Line(content if isinstance(content, tuple) else words("{}", content))


def _cell(*contents: Line | Words | Name | str | float) -> Cell:
    return tuple(_line(content) for content in contents)


def _say(pattern: str, *parts: object, tone: str = "") -> Paragraph:
    return Paragraph(Line(words(pattern, *parts)), tone)


def _cut(number: int, most: int, what: str, where: str = "") -> Words:
    """Say how many of a list were left out."""
    if number <= most:
        return ()
    return words("… and {} more {}{}.", f"{number - most:,}", what, where)


# -- sections --------------------------------------------------------------------------------


def _counts(f: Findings) -> list[Block]:
    eco, gaps = f.eco, f.gaps
    nodes, ties = f.counts["nodes"], f.counts["ties"]
    totals = {"tie": sum(ties.values()), "source": len(eco.sources), "receipt": len(eco.evidence)}
    figures = [(f"{n:,}", kind_noun(n, kind)) for kind, n in nodes.items()]
    figures += [(f"{n:,}", noun(n, what)) for what, n in totals.items()]
    blocks: list[Block] = [Strip(tuple(figures)), _say("{}", _who_wrote(f))]
    if ties:
        blocks.append(
            _say(
                "{} of {} have a date of their own{}. {} more take the period of a project that "
                "they touch. {} have no date.",
                f"{gaps.dated:,}", many(sum(ties.values()), "tie"), _years(eco),
                f"{gaps.borrowed:,}", f"{gaps.undated:,}",
            )
        )  # fmt: skip
    statuses = [
        s for s in SCHEMA.values["status"] if (eco.ties["status"].fillna(STATED) == s).any()
    ]
    counted = eco.ties.assign(status=eco.ties["status"].fillna(STATED))
    by_status = counted.groupby(["kind", "status"]).size()
    rows = tuple(
        (
            _cell(SCHEMA.tie_kinds[kind].label()),
            _cell(f"{n:,}"),
            *(_cell(f"{by_status.get((kind, s), 0):,}") for s in statuses),
            _cell(Line(words("{}", SCHEMA.tie_kinds[kind].meaning), small=True)),
        )
        for kind, n in ties.items()
    )
    columns = [
        "Tie",
        "Number",
        *(SCHEMA.values["status"][s].label() for s in statuses),
        "What it means",
    ]
    if rows:
        numeric = tuple(range(1, 2 + len(statuses)))
        blocks.append(_table("Ties by kind, and how they stand", columns, rows, numeric=numeric))
    return blocks


def _table(
    caption: str | Words,
    columns: Sequence[str | Words],
    rows: Iterable[tuple[Cell, ...]],
    **options: Any,
) -> Table:
    heads = tuple(c if isinstance(c, tuple) else words("{}", c) for c in columns)
    caption = caption if isinstance(caption, tuple) else words("{}", caption)
    return Table(caption, heads, tuple(rows), **options)


def _who_wrote(f: Findings) -> Words:
    n = len(f.eco.sources)
    if not n:
        return words("No source is given: nothing in this report has a receipt.")
    authors = sorted(set(f.authors.values()), key=lambda a: (a.text.casefold(), a.id))
    said = words("Everything here comes from {}.", many(n, "source"))
    if not authors:
        return words("{} None of those described here published any of it.", said)
    pattern = "{} {} of them {} published by {}, {} described here {}."
    if n == 1:
        return words("{} It was published by {}, who is also described in it.", said, authors[0])
    own = len(f.authors)
    verb, who = ("was", "who is") if own == 1 else ("were", "who are")
    return words(pattern, said, own, verb, listed(authors), who, "too")


def _years(eco: Ecosystem) -> str:
    ends = pd.concat([eco.ties["start"], eco.ties["end"]]).dropna()
    years = sorted({text[:4] for text in ends if text[:4].isdigit()})
    if not years:
        return ""
    return f", {years[0]} to {years[-1]}" if len(years) > 1 else f", {years[0]}"


def _first(f: Findings) -> list[Block]:
    lines = tuple(Line(finding.statement, see=finding.section) for finding in f.first)
    return [Listing(lines, "findings")]


def _ranking(f: Findings) -> list[Block]:
    table = f.table
    blocks: list[Block] = []
    what = kinds_in_words(SCHEMA.default_network)
    if table.empty:
        return [_say("There are no {}.", what)]
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
            _cell(_rank(f.rank, node)),
            _cell(Name(row["name"], node)),
            _cell(SCHEMA.node_kinds[row["kind"]].label()),
            *(_cell(show(row.get(m, np.nan))) for m, show in zip(measures, formats, strict=True)),
            *(_cell(_rank(d.rank, node)) for d in views),
        )
        for node, row in _rows(shown)
    )
    numeric = (0, *range(3, len(columns)))
    caption = (
        f"The first {len(rows)} of {len(table):,} {what}, by {catalogue()[measures[0]].title['en']}"
    )
    more = _cut(len(table), MOST_RANKED, "come after them", _same_rank(f.rank, shown.index))
    blocks.append(_table(caption, columns, rows, numeric=numeric, more=more, dense=True))
    blocks.append(
        _say(
            "Degree counts neighbours: each other one once, however many ties there are. “=” marks "
            "a rank that is shared. What the other columns measure is in the methods.",
            tone="note",
        )
    )
    return blocks


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
        blocks = [_say("{}", falls_apart(departure))]
        if departure.cannot_rank:
            said = words(
                "{} of the {} others share their rank with another",
                departure.alike,
                len(departure.table),
            )
            blocks.append(_say("The data cannot rank most of them: {}.", said, tone="callout"))
        return blocks
    statement = words(
        "{} {}", by_construction(departure.centre, departure.name), _advice(departure)
    )
    blocks = [Paragraph(Line(statement), "callout"), _say("{}", falls_apart(departure))]
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
        (_cell(_rank(rank, node)), _cell(Name(row["name"], node)), _cell(show(row[first])))
        for node, row in _rows(shown)
    ]
    more: Words = ()
    if rows:
        more = _cut(len(table), MOST_RANKED, "come after them", _same_rank(rank, shown.index))
    columns = ("Rank", "Name", catalogue()[first].title["en"])
    return _table(caption, columns, rows, numeric=(0, 2), more=more)


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


def _ties(f: Findings) -> list[Block]:
    blocks: list[Block] = []
    actors = kinds_in_words(SCHEMA.actors)
    if not f.sheets:
        return [_say("There are no {}.", actors)]
    blocks.append(
        _say(
            "Each of the {} has a table of its own: to whom it is tied directly, and what the two "
            "share. Parallel ties are different facts, so each is listed. S and a number name the "
            "source; the place in it follows.",
            actors,
            tone="note",
        )
    )
    if len(f.sheets) < f.sheets_of:
        pattern = "Shown are the {} that come first in the ranking, of {}."
        blocks.append(_say(pattern, len(f.sheets), f"{f.sheets_of:,}"))
    for sheet in f.sheets:
        blocks += _sheet(sheet)
    if f.elsewhere:
        blocks.append(Heading(words("Other ties")))
        lines = tuple(_whole_tie(t) for t in f.elsewhere[:MOST_ROWS])
        blocks.append(Listing(lines, "small"))
        if more := _cut(len(f.elsewhere), MOST_ROWS, "ties"):
            blocks.append(Paragraph(Line(more), "note"))
    return blocks


def _sheet(sheet: Sheet) -> list[Block]:
    node = sheet.node
    blocks: list[Block] = [
        Heading((node.name,), node.name.id),
        Paragraph(_portrait(node), "portrait"),
    ]
    if node.cells.get("description"):
        blocks.append(Paragraph(Line((Name(node.cells["description"]),), receipts=node.receipts)))
    if sheet.also:
        blocks.append(Listing(tuple(_tie_line(t, node.name.id) for t in sheet.also), "small"))
    if not sheet.neighbours:
        return [*blocks, _say("No tie to another of them is on record.", tone="note")]
    rows = tuple(_neighbour(n, node.name.id) for n in sheet.neighbours[:MOST_NEIGHBOURS])
    table = _table(
        words("Neighbours of {}", node.name),
        ("With", "Ties", "Together in"),
        rows,
        more=_cut(len(sheet.neighbours), MOST_NEIGHBOURS, "neighbours"),
        quiet=True,
    )
    return [*blocks, table]


def _portrait(node: Node) -> Line:
    """Say what a node is in one line: kind, level, sphere, country, period, address."""
    values = [
        SCHEMA.values[c][node.cells[c]].label()
        for c in ("level", "sphere", "sector")
        if c in node.cells
    ]
    kind = SCHEMA.node_kinds[node.kind].label()
    what = kind if node.what == kind else f"{kind}: {node.what}"
    parts = [what, *values]
    parts += [str(node.cells[c]) for c in ("legal_form", "country") if c in node.cells]
    url = str(node.cells.get("url", ""))
    parts += [p for p in (node.when, url) if p]
    return Line((Name(" · ".join(parts)),), small=True, url=url)


def _neighbour(neighbour: Neighbour, centre: str) -> tuple[Cell, ...]:
    ties = tuple(_tie_line(t, centre) for t in neighbour.ties)
    together = tuple(
        Line(
            words("{}{}", m.hub.name, f" ({said})" if (said := _meeting(m.hub, m.inferred)) else "")
        )
        for m in neighbour.together
    )
    return _cell(neighbour.node.name), ties or _cell(NONE), together or _cell(NONE)


def _meeting(hub: Node, inferred: bool) -> str:
    status = SCHEMA.values["status"]["inferred"].label() if inferred else ""
    return ", ".join(part for part in (hub.when, status) if part)


def _tie_line(tie: Tie, seen_from: str) -> Line:
    """Say a tie from one of its ends: what it is, its details, and its receipts."""
    label = SCHEMA.tie_kinds[tie.kind].label()
    details = "".join(f" · {detail}" for detail in tie.details)
    other = tie.other(seen_from)
    own_section = tie.source.id == seen_from or tie.kind in SCHEMA.undirected
    said = words("{}{}", label, details)
    if not own_section:
        said = words("{} {} {}{}", tie.source, label, tie.target, details)
    elif _beyond_actors(tie):
        said = words("{} {}{}", label, other, details)
    if tie.cells.get("description"):
        said = words("{} – {}", said, Name(tie.cells["description"]))
    return Line(said, receipts=tie.receipts)


def _beyond_actors(tie: Tie) -> bool:
    """Say whether a tie's kind may lead out of the actors, so that its far end must be named."""
    kind = SCHEMA.tie_kinds[tie.kind]
    return not kind.target_kinds <= set(SCHEMA.actors)


def _whole_tie(tie: Tie) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    label = SCHEMA.tie_kinds[tie.kind].label()
    return Line(words("{} {} {}{}", tie.source, label, tie.target, details), receipts=tie.receipts)


def _projects(f: Findings) -> list[Block]:
    from partnergraph.views.report import figures

    what = kinds_in_words(SHARED)
    if not f.shared:
        return [_say("There are no shared {}.", what)]
    shown = f.shared[:MOST_ROWS]
    rows = tuple(
        (
            _held_cell(held),
            _cell(held.node.when or NONE),
            tuple(_participant(t, held.node.name.id) for t in held.ties) or _cell(NONE),
        )
        for held in shown
    )
    blocks: list[Block] = [
        _say(
            "{} are shared. Those with most participants come first.",
            f"{len(f.shared):,} {kind_noun(len(f.shared), SHARED[0])}",
        )
    ]
    drawing = figures.periods(f.shared)
    if drawing is not None:
        blocks.append(Figure(drawing, words("When the projects with a date took or take place.")))
    blocks.append(
        _table(
            f"Shared {what}: what, when, and who takes part",
            ("What", "When", "Who takes part"),
            rows,
            anchors=tuple(h.node.name.id for h in shown),
            more=_cut(len(f.shared), MOST_ROWS, what),
        )
    )
    return blocks


def _held_cell(held: Held) -> Cell:
    node = held.node
    lines = [Line((node.name,)), Line((Name(node.what),), small=True)]
    if node.cells.get("description"):
        text = (Name(node.cells["description"]),)
        lines.append(Line(text, small=True, receipts=node.receipts))
    lines += [_tie_line(t, node.name.id) for t in held.also]
    return tuple(lines)


def _participant(tie: Tie, hub: str) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    kind = "" if tie.kind in SCHEMA.folding else f" {SCHEMA.tie_kinds[tie.kind].label()} it"
    return Line(words("{}{}{}", tie.other(hub), kind, details), receipts=tie.receipts)


def _capabilities(f: Findings) -> list[Block]:
    what = kinds_in_words(CAPABILITIES)
    if not f.capabilities:
        return [_say("No {} are on record.", what)]
    used = [k for k in CAPABILITY_TIES if any(t.kind == k for h in f.capabilities for t in h.ties)]
    shown = f.capabilities[:MOST_ROWS]
    rows = tuple(
        (
            _held_cell(held),
            *(
                tuple(_participant_of(t, held.node.name.id) for t in held.ties if t.kind == k)
                or _cell(NONE)
                for k in used
            ),
        )
        for held in shown
    )
    blocks = _with_one_alone(f, what)
    blocks.append(
        _table(
            f"Who is tied to which of the {what}",
            ("What", *(SCHEMA.tie_kinds[k].label() for k in used)),
            rows,
            anchors=tuple(h.node.name.id for h in shown),
            more=_cut(len(f.capabilities), MOST_ROWS, what),
        )
    )
    return blocks


def _with_one_alone(f: Findings, what: str) -> list[Block]:
    alone, total = sole(f), len(f.capabilities)
    blocks: list[Block] = []
    if alone:
        pattern = (
            "{} of the {} {} are with one actor alone. Were that one to leave, nobody else on "
            "record would have them:"
        )
        items = tuple(Line(words("{}: {}", h.node.name, h.holders[0])) for h in alone[:MOST_ROWS])
        blocks += [_say(pattern, len(alone), total, what), Listing(items, "columns")]
        if more := _cut(len(alone), MOST_ROWS, what):
            blocks.append(Paragraph(Line(more), "note"))
    wanted = [h.node.name for h in f.capabilities if not h.holders and h.ties]
    if wanted:
        pattern = "Asked for, with nobody on record who has it: {}."
        blocks.append(_say(pattern, listed(wanted, MOST_NAMES)))
    return blocks


def _participant_of(tie: Tie, capability: str) -> Line:
    details = "".join(f" · {detail}" for detail in tie.details)
    return Line(words("{}{}", tie.other(capability), details), receipts=tie.receipts)


def _complements(f: Findings) -> list[Block]:
    from partnergraph.views.fields import coverage_in_words, in_words
    from partnergraph.views.report import figures

    if f.pairs is None or f.coverage is None:
        return []
    said = in_words(f.eco, f.pairs)
    held = coverage_in_words(f.eco, f.coverage, benefits=False)
    also = [sentence for sentence in held if sentence not in said]
    blocks: list[Block] = [
        _say(
            "Whom one complements has four meanings, and no score adds them up: what the other "
            "holds and one lacks; how much of it is related to fields one could enter; what takes "
            "both; and how their tie is woven into the network.",
            tone="note",
        ),
        Listing(tuple(map(Line, said))),
    ]
    if len(f.pairs):
        blocks.append(_pairs_table(f, f.pairs))
        blocks.append(
            _say(
                "Related: of what is related to the fields that the first of a pair lacks, how "
                "many of 100 parts the second would bring; and the other way round.",
                tone="note",
            )
        )
    blocks.append(Heading(words("What is held, and what lacks")))
    drawing = figures.holdings(f.coverage.folios)
    if drawing is not None:
        caption = (
            "Who holds what: the largest portfolios and the most widely held first. Filled: held "
            "by one alone."
        )
        blocks.append(Figure(drawing, words("{}", caption)))
    return [*blocks, Listing(tuple(map(Line, also)))]


def _pairs_table(f: Findings, pairs: pd.DataFrame) -> Table:
    """Return the pairs that gain most from each other, with what each would bring."""
    shown = pairs.head(MOST_RANKED)
    rows = []
    for (a, b), row in zip(shown.index.to_list(), records(shown.reset_index()), strict=True):
        ends = Name(row["a_name"], a), Name(row["b_name"], b)
        sides = zip(ends, (row["evidence"][side] for side in ("only_a", "only_b")), strict=True)
        brought = [
            _line(words("{}: {}", end, listed([Name(f.eco.name_of[i], i) for i in what], 8)))
            for end, what in sides
            if what
        ]
        density = [_number(row.get(f"added_density_{way}"), 0) for way in ("a_from_b", "b_from_a")]
        rows.append(
            (
                _cell(words("{} and {}", *ends)),
                _cell(f"{row['mutual_gain']:,}"),
                tuple(brought) or _cell(NONE),
                _cell(" / ".join(density)),
                _cell(_number(row.get("synergy"), 0)),
                _cell("yes" if row["realised"] else "no"),
            )
        )
    columns = ("Pair", "Each gains", "What each brings", "Related", "Only together", "Tied")
    return _table(
        "Pairs that gain most from each other",
        columns, rows, numeric=(1,), dense=True, more=_cut(len(pairs), MOST_RANKED, "pairs"),
    )  # fmt: skip


def _number(value: float | None, digits: int) -> str:
    return NONE if value is None or pd.isna(value) else f"{value:,.{digits}f}"


def _benefits(f: Findings) -> list[Block]:
    silent = [p for p in f.partnerships if not p.benefits]
    blocks: list[Block] = []
    if f.benefits:
        rows = tuple(
            (
                _cell(Name(t.benefit)),
                _cell(t.source),
                (
                    Line(
                        words("{} {}", SCHEMA.tie_kinds[t.kind].label(), t.target),
                        receipts=t.receipts,
                    ),
                ),
            )
            for t in f.benefits[:MOST_ROWS]
        )
        more = _cut(len(f.benefits), MOST_ROWS, "benefits")
        caption = "What the members get, as the sources state it"
        blocks.append(_table(caption, ("Benefit", "By whom", "Through what"), rows, more=more))
    else:
        blocks.append(_say("No source states what the members get from any tie."))
    if f.partnerships:
        actors = kinds_in_words(SCHEMA.actors)
        blocks.append(
            _say("{} A partnership is two of the {} with a direct tie.", says_benefit(f), actors)
        )
    if silent:
        names = listed([_pair(p, f.told_from) for p in silent], MOST_NAMES)
        pattern = "Nothing is said of {}. That does not mean that it brings members nothing."
        blocks.append(_say(pattern, names))
    return blocks


def _pair(partnership: Partnership, told_from: Name | None) -> Name | Words:
    if told_from is not None:
        return partnership.b
    return words("{} and {}", partnership.a, partnership.b)


def _clusters(f: Findings) -> list[Block]:
    table = f.clusters
    groups = [
        (n, table.index[table["cluster"] == n].tolist())
        for n in range(1, int(table["cluster"].max() or 0) + 1 if len(table) else 1)
    ]
    if not groups:
        return [_say("Nothing is tied, so there are no clusters.")]
    blocks: list[Block] = [_say("{}", table.attrs["verdict_in_words"], tone="callout")]
    quality = table.attrs["quality"]
    blocks.append(
        _say(
            "The network divides into {}, on which {} from different starts agree most. Stability "
            "is how well a cluster is found again when a tenth of the ties is left out: from .75 "
            "on it is stable, below .5 it dissolves.",
            many(len(groups), "group"), many(quality["runs"], "run"),
        )
    )  # fmt: skip
    if any(d.centre is not None for d in f.departures):
        said = words("The star in the data shapes this too.")
        blocks.append(Paragraph(Line(said, see="ranking")))
    described = {c["id"]: c for c in table.attrs["clusters"]}
    rows = tuple(
        (
            _cell(f"{n}"),
            _cell(Name(clean(described[n]["name"]))),
            _cell(f"{len(members):,}"),
            _cell(f"{described[n]['stability']:.2f}"),
            _cell(listed([Name(f.eco.name_of[i], i) for i in members], MOST_NAMES)),
        )
        for n, members in groups[:MOST_ROWS]
    )
    more = _cut(len(groups), MOST_ROWS, "groups")
    none = table.attrs["verdict"] in ("none", "untested")
    title = "One way to divide, the largest first" if none else "Clusters, the largest first"
    columns = ("Group" if none else "Cluster", "Around", "Size", "Stability", "Members")
    blocks.append(_table(title, columns, rows, numeric=(2, 3), more=more))
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
        blocks.append(_say("More often than among the others: {}.", listed(told, MOST_NAMES)))
    elif tests:
        blocks.append(
            _say(
                "No attribute or capability marks a group off from the others, beyond what {} "
                "comparisons bring by chance (q ≤ .05).",
                f"{tests:,}",
            )
        )
    between = table.index[table["second_cluster"].notna()].tolist()
    if between:
        names = [Name(clean(table.at[i, "name"]), i) for i in between]
        blocks.append(_say("Between two groups: {}.", listed(names, MOST_NAMES)))
    return blocks


def _limits(f: Findings) -> list[Block]:
    gaps, total = f.gaps, sum(f.counts["ties"].values())
    lines: list[Words] = []
    for departure in f.departures:
        if departure.centre is not None:
            lines.append(by_construction(departure.centre, departure.name))
            lines.append(ranks_without(departure))
    if total:
        lines += _on_ties(f, total)
    if gaps.nodes_without_source:
        pattern = "{} without a source: {}."
        n = len(gaps.nodes_without_source)
        lines.append(
            words(pattern, many(n, "name is", "names are"), listed(gaps.nodes_without_source, 12))
        )
    if gaps.loose:
        pattern = "{} no tie to the others on record: {}."
        lines.append(words(pattern, many(len(gaps.loose), "has", "have"), listed(gaps.loose, 12)))
    if len(f.eco.sources) == 1:
        lines.append(words("There is one source only: nothing here is confirmed by another one."))
    lines.append(
        words(
            "What is not in the sources is not here. That something is absent here does not mean "
            "that it does not exist."
        )
    )
    blocks: list[Block] = [Listing(tuple(Line(line) for line in lines))]
    known = [row for row in records(gaps.missing) if row["known"] < row["of"]]
    if known:
        rows = [
            (
                _cell(row["attribute"]), _cell(row["who"]), _cell(f"{row['known']:,}"),
                _cell(f"{row['of'] - row['known']:,}"),
            )
            for row in known
        ]  # fmt: skip
        columns = ("What", "Of", "Known for", "Not known for")
        caption = "What is not known, and of how many"
        blocks.append(_table(caption, columns, rows, numeric=(2, 3), dense=True))
    return blocks


def _on_ties(f: Findings, total: int) -> list[Words]:
    gaps = f.gaps
    ties = many(total, "tie")
    lines = []
    if gaps.undated:
        pattern = (
            "{} of {} have no date. They count at every date, so change over time shows only "
            "in the rest."
        )
        lines.append(words(pattern, f"{gaps.undated:,}", ties))
    if gaps.inferred:
        sure = gaps.confidences
        span = f", with a confidence from {sure[0]:.10g} to {sure[-1]:.10g}" if sure else ""
        pattern = (
            "{} of {} follow from the sources without being said there{}. They count like the "
            "others."
        )
        lines.append(words(pattern, f"{gaps.inferred:,}", ties, span))
    if gaps.disputed:
        pattern = (
            "{} of {} {} disputed. They are listed, but do not count in any number on the network."
        )
        lines.append(words(pattern, f"{gaps.disputed:,}", ties, noun(gaps.disputed, "is", "are")))
    if gaps.without_strength == total:
        lines.append(
            words("No tie has a strength: each counts as 1, a close one like a distant one.")
        )
    elif gaps.without_strength:
        pattern = "{} of {} have no strength and count as 1."
        lines.append(words(pattern, f"{gaps.without_strength:,}", ties))
    if gaps.ties_without_source:
        pattern = "{} of {} have no source."
        lines.append(words(pattern, f"{gaps.ties_without_source:,}", ties))
    return lines


def _methods(f: Findings) -> list[Block]:
    attrs = f.table.attrs
    network = attrs["network"]
    kinds_counted = kinds_in_words(SCHEMA.default_network)
    blocks: list[Block] = [
        _say(
            "The ranking, the pieces and the clusters are computed on one network. Its nodes are "
            "all {}. Every tie between two of them counts, save {} and disputed ones. Parallel "
            "ties make one tied pair whose strength is their sum. Direction is ignored. Paths are "
            "unweighted. Lists and tables of ties show all of them.",
            kinds_counted, _history(),
        ),
        _say(
            "That gives {} nodes and {} tied pairs, from {} ties. Recipe: {}.",
            f"{network['nodes']:,}", f"{network['pairs']:,}", f"{network['ties']:,}",
            network["recipe"],
        ),
    ]  # fmt: skip
    counted = {"Left out": network["dropped"], "Kept, on an assumption": network["notes"]}
    rows = tuple(
        (_cell(what), _cell(reason), _cell(f"{n:,}"))
        for what, reasons in counted.items()
        for reason, n in reasons.items()
        if n
    )
    if rows:
        caption = "What was left out or assumed, and why"
        blocks.append(_table(caption, ("", "Why", "Number"), rows, numeric=(2,), dense=True))
    names = [*attrs["measure"], *f.clusters.attrs["measure"]]
    engines = {**attrs["engine"], **f.clusters.attrs["engine"]}
    listing = tuple(
        (
            _cell(m.title["en"]),
            _cell(m.answers),
            _cell(
                Line(words("{}", m.formula), small=True), Line(words("{}", m.reference), small=True)
            ),
            _cell(engines[m.id]),
        )
        for m in (catalogue()[name] for name in names)
    )
    columns = ("Measure", "What it answers", "Formula and reference", "Engine")
    blocks.append(_table("Measures", columns, listing, dense=True))
    return [*blocks, _say("To get the same numbers, with ECO the ecosystem:"), _commands(f)]


def _history() -> str:
    labels = [f"“{SCHEMA.tie_kinds[k].label()}”" for k in SCHEMA.history]
    return f"history ({plain(listed(labels))})"


def _commands(f: Findings) -> Commands:
    seed = f.clusters.attrs["parameters"]["seed"]
    lines = [f"partnergraph report ECO -o report.html --seed {seed}", "partnergraph centrality ECO"]
    lines += [f"partnergraph centrality ECO --without {d.name.id}" for d in f.departures]
    lines += [f"partnergraph {verb} ECO" for verb in ("complementarity", "coverage")]
    lines += [f"partnergraph clusters ECO --seed {seed}", "partnergraph check ECO"]
    return Commands(tuple(lines))


def _sources(f: Findings) -> list[Block]:
    stated = f.eco.evidence.groupby("source")["fact"].nunique()
    sources = records(f.eco.sources)
    if not sources:
        return [_say("No source is on record.")]
    rows = tuple(
        (
            _cell(f"S{i}"),
            _cell(Line((Name(row["title"]),), url=row.get("url", "")), *_licence(row)),
            _cell(f.authors.get(row["id"], Name(row.get("publisher", NONE)))),
            _cell(Name(row.get("language", NONE))),
            _cell(date_in_words(row.get("published", NONE))),
            _cell(date_in_words(row.get("retrieved", NONE))),
            _cell(f"{stated.get(row['id'], 0):,}"),
        )
        for i, row in enumerate(sources[:MOST_ROWS], start=1)
    )
    columns = ("No.", "Source", "Publisher", "Language", "Appeared", "Read", "Facts it states")
    more = _cut(len(sources), MOST_ROWS, "sources")
    table = _table(
        "Sources", columns, rows, numeric=(6,), more=more,
        anchors=tuple(f"S{i}" for i in range(1, len(rows) + 1)),
    )  # fmt: skip
    return [table, *_receipts(f)]


def _licence(row: dict[str, Any]) -> tuple[Line, ...]:
    """Return licence and fingerprint of a source, where it has them."""
    labels = SCHEMA.tables["sources"].columns
    return tuple(
        Line((f"{labels[c].label()}: ", Name(row[c])), small=True)
        for c in ("licence", "sha256")
        if c in row
    )


def _receipts(f: Findings) -> list[Block]:
    evidence = f.eco.evidence
    if evidence.empty:
        return [_say("No receipt is on record.")]
    ties = {row["id"]: row for row in records(f.eco.ties)}
    number = {source: i for i, source in enumerate(f.eco.sources["id"], start=1)}
    rows = []
    for row in records(evidence.head(MOST_RECEIPTS)):
        tie = ties.get(row["fact"])
        fact, status = _fact(f, row["fact"], tie)
        columns = SCHEMA.tables["nodes" if tie is None else "ties"].columns
        attribute = row.get("attribute", "")
        what = columns[attribute].label() if attribute in columns else attribute
        rows.append(
            (
                _cell(fact), _cell(Name(what or "as a whole")), _cell(f"S{number[row['source']]}"),
                _cell(Name(row.get("locator", NONE))), _cell(status),
            )
        )  # fmt: skip
    heads = ("Fact", "What is stated", "Source", "Place in it", "Status")
    more = _cut(len(evidence), MOST_RECEIPTS, "receipts", "; the ecosystem's own tables have all")
    caption = "Receipts: which source states what, and where"
    return [_table(caption, heads, rows, more=more, dense=True)]


def _fact(f: Findings, fact: str, tie: dict[str, Any] | None) -> tuple[Words, str]:
    """Return a node or tie in words, and how it stands."""
    if tie is None:
        return (Name(f.eco.name_of[fact]),), NONE
    ends = [Name(f.eco.name_of[tie[end]]) for end in ("source", "target")]
    said = words("{} {} {}", ends[0], SCHEMA.tie_kinds[tie["kind"]].label(), ends[1])
    return said, SCHEMA.values["status"][tie.get("status", STATED)].label()


SECTIONS: dict[str, tuple[str, Callable[[Findings], list[Block]]]] = {
    "counts": ("What this is", _counts),
    "first": ("First findings", _first),
    "ranking": ("Who holds it together", _ranking),
    "ties": ("Who is tied to whom, and through what", _ties),
    "projects": ("Shared projects and events", _projects),
    "capabilities": ("Who offers, works on or needs what", _capabilities),
    "complements": ("Who complements whom, and what lacks", _complements),
    "benefits": ("What the members get", _benefits),
    "clusters": ("Clusters", _clusters),
    "limits": ("What the data cannot say", _limits),
    "methods": ("How this was made", _methods),
    "sources": ("Appendix: sources and receipts", _sources),
}


# -- the report ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """A report: the same content as HTML with figures and as Markdown without."""

    html: str
    markdown: str

    def save(self, path: str | Path) -> Path:
        """Write it to a file, as HTML or Markdown by the file's ending; half a file never shows.

        Raises
        ------
        UnknownName
            Where the file ends in something else.
        UnusableInput
            Where it cannot be written.
        """
        path = Path(path)
        forms = {".html": self.html, ".md": self.markdown}
        if path.suffix.lower() not in forms:
            raise UnknownName("report format", path.suffix or path.name, list(forms))
        write_atomically(path, forms[path.suffix.lower()].encode("utf-8"))
        return path

    def _repr_html_(self) -> str:
        """Show it in a notebook, in a frame of its own that can run nothing."""
        return (
            f'<iframe title="Report" sandbox="" srcdoc="{escape(self.html)}" '
            'style="width:100%;height:42rem;border:1px solid #ccc"></iframe>'
        )


def report(
    eco: Ecosystem, output: str | Path | None = None, *, title: str | None = None, seed: int = 0
) -> Report:
    """Write the report on an ecosystem: what a board wants to know, each number with its rows.

    Parameters
    ----------
    output
        File to write it to at once, ``.html`` or ``.md``.
    title
        Instead of the ecosystem's own.
    seed
        Of the clusters.

    Returns
    -------
    Report
        Byte for byte the same for the same input and seed.

    Raises
    ------
    UnknownName
        Where the file ends in something else.
    """
    found = findings(eco, seed=seed)
    sections = tuple(
        Section(name, i, heading, tuple(compose(found)))
        for i, (name, (heading, compose)) in enumerate(SECTIONS.items(), start=1)
    )
    about = eco.about
    content = {
        "title": clean(title or about.title or about.name),
        "description": clean(about.description),
        "licence": clean(about.licence),
        "sections": sections,
        "number": {section.id: section.number for section in sections},
        "anchored": _anchored(sections),
    }
    made = Report(_render("report.html", content), _render("report.md", content))
    if output is not None:
        made.save(output)
    return made


def _anchored(sections: Iterable[Section]) -> frozenset[str]:
    """Return the ids that have a place on the page, so that their names can link to it."""
    out: set[str] = set()
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Heading) and block.anchor:
                out.add(block.anchor)
            elif isinstance(block, Table):
                out.update(block.anchors)
    return frozenset(out)


def _render(template: str, content: dict[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("partnergraph.views.report", package_path=""),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "clean": clean,
        "web": _web,
        "md": _markdown,
        "isolated": _isolated,
        "unlisted": _not_a_list,
    }
    environment.tests["name"] = lambda piece: isinstance(piece, Name)
    return environment.get_template(template).render(content)


# -- escaping --------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$@])")


def _web(url: str) -> str:
    """Return an address that may be linked to, blank for any that is not plain http or https."""
    return url if re.fullmatch(r"https?://[^\s<>\"'`\\]+", url) else ""


def _markdown(text: object) -> str:
    """Return text that Markdown shows as it is: no markup, HTML, link or table cell begins."""
    out = _MARKDOWN.sub(r"\\\1", clean(text))
    return re.sub(r"(?i)(?<=[a-z]):(?=//)|(?<=\bwww)\.", lambda m: f"\\{m[0]}", out)


def _not_a_list(text: str) -> str:
    """Return a line of Markdown that begins no list: not with a hyphen, a plus or a number."""
    return re.sub(r"^(\s*\d*)([-+.)=])", r"\1\\\2", text)


def _isolated(text: str) -> str:
    """Return a name that keeps its own direction to itself where it runs from right to left."""
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        return f"\u2068{text}\u2069"
    return text
