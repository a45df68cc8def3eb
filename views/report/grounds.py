"""The sections on what the report rests on: counts, first findings, limits, methods, sources."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import (
    MOST_ROWS,
    NONE,
    Block,
    Commands,
    Line,
    Listing,
    Strip,
    cell_of,
    cut,
    say,
    table_of,
)
from partnergraph.views.report.findings import STATED, Findings, by_construction, ranks_without
from partnergraph.views.words import (
    Name,
    Words,
    date_in_words,
    kind_noun,
    kinds_in_words,
    listed,
    many,
    noun,
    plain,
    words,
)

MOST_RECEIPTS = 1_000


def counts(f: Findings) -> list[Block]:
    """Count what there is, by kind and by how it stands."""
    eco, gaps = f.eco, f.gaps
    nodes, ties = f.counts["nodes"], f.counts["ties"]
    totals = {"tie": sum(ties.values()), "source": len(eco.sources), "receipt": len(eco.evidence)}
    figures = [(f"{n:,}", kind_noun(n, kind)) for kind, n in nodes.items()]
    figures += [(f"{n:,}", noun(n, what)) for what, n in totals.items()]
    blocks: list[Block] = [Strip(tuple(figures)), say("{}", _who_wrote(f))]
    if ties:
        blocks.append(
            say(
                "{} of {} have a date of their own{}. {} more take the period of a project that "
                "they touch. {} have no date.",
                f"{gaps.dated:,}",
                many(sum(ties.values()), "tie"),
                _years(eco),
                f"{gaps.borrowed:,}",
                f"{gaps.undated:,}",
            )
        )
    statuses = [
        s for s in SCHEMA.values["status"] if (eco.ties["status"].fillna(STATED) == s).any()
    ]
    counted = eco.ties.assign(status=eco.ties["status"].fillna(STATED))
    by_status = counted.groupby(["kind", "status"]).size()
    rows = tuple(
        (
            cell_of(SCHEMA.tie_kinds[kind].label()),
            cell_of(f"{n:,}"),
            *(cell_of(f"{by_status.get((kind, s), 0):,}") for s in statuses),
            cell_of(Line(words("{}", SCHEMA.tie_kinds[kind].meaning), small=True)),
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
        blocks.append(table_of("Ties by kind, and how they stand", columns, rows, numeric=numeric))
    return blocks


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


def first(f: Findings) -> list[Block]:
    """State the first findings, each with its section."""
    lines = tuple(Line(finding.statement, see=finding.section) for finding in f.first)
    return [Listing(lines, "findings")]


def limits(f: Findings) -> list[Block]:
    """Tell what the data cannot say."""
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
                cell_of(row["attribute"]),
                cell_of(row["who"]),
                cell_of(f"{row['known']:,}"),
                cell_of(f"{row['of'] - row['known']:,}"),
            )
            for row in known
        ]
        columns = ("What", "Of", "Known for", "Not known for")
        caption = "What is not known, and of how many"
        blocks.append(table_of(caption, columns, rows, numeric=(2, 3), dense=True))
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


def methods(f: Findings) -> list[Block]:
    """Tell how the numbers were made, and how to get them again."""
    attrs = f.table.attrs
    network = attrs["network"]
    kinds_counted = kinds_in_words(SCHEMA.default_network)
    blocks: list[Block] = [
        say(
            "The ranking, the pieces and the clusters are computed on one network. Its nodes are "
            "all {}. Every tie between two of them counts, save {} and disputed ones. Parallel "
            "ties make one tied pair whose strength is their sum. Direction is ignored. Paths are "
            "unweighted. Lists and tables of ties show all of them.",
            kinds_counted,
            _history(),
        ),
        say(
            "That gives {} nodes and {} tied pairs, from {} ties. Recipe: {}.",
            f"{network['nodes']:,}",
            f"{network['pairs']:,}",
            f"{network['ties']:,}",
            network["recipe"],
        ),
    ]
    if "approximate" in attrs:
        found = attrs["approximate"]
        pattern = (
            "Betweenness is estimated from {} random paths: within {} for all nodes together at {} "
            "confidence. {} of its first ten are certain to be among the first ten."
        )
        figures = f"{found['samples']:,}", f"{found['epsilon']:g}", f"{found['confidence']:.0%}"
        blocks.append(say(pattern, *figures, found["certified_of_top_10"]))
    counted = {"Left out": network["dropped"], "Kept, on an assumption": network["notes"]}
    rows = tuple(
        (cell_of(what), cell_of(reason), cell_of(f"{n:,}"))
        for what, reasons in counted.items()
        for reason, n in reasons.items()
        if n
    )
    if rows:
        caption = "What was left out or assumed, and why"
        blocks.append(table_of(caption, ("", "Why", "Number"), rows, numeric=(2,), dense=True))
    names = [*attrs["measure"], *f.clusters.attrs["measure"]]
    engines = {**attrs["engine"], **f.clusters.attrs["engine"]}
    listing = tuple(
        (
            cell_of(m.title["en"]),
            cell_of(m.answers),
            cell_of(
                Line(words("{}", m.formula), small=True), Line(words("{}", m.reference), small=True)
            ),
            cell_of(engines[m.id]),
        )
        for m in (catalogue()[name] for name in names)
    )
    columns = ("Measure", "What it answers", "Formula and reference", "Engine")
    blocks.append(table_of("Measures", columns, listing, dense=True))
    return [*blocks, say("To get the same numbers, with ECO the ecosystem:"), _commands(f)]


def _history() -> str:
    labels = [f"“{SCHEMA.tie_kinds[k].label()}”" for k in SCHEMA.history]
    return f"history ({plain(listed(labels))})"


def _commands(f: Findings) -> Commands:
    seed = f.clusters.attrs["parameters"]["seed"]
    lines = [f"partnergraph report ECO -o report.html --seed {seed}", "partnergraph centrality ECO"]
    lines += [f"partnergraph centrality ECO --without {d.name.id}" for d in f.departures]
    lines += [f"partnergraph {verb} ECO" for verb in ("brokers", "complementarity", "coverage")]
    if f.outlook is not None:
        lines += [f"partnergraph fragility ECO --leave {b.name.id}" for b in f.outlook.breaks[:1]]
        if f.outlook.advised is not None:
            lines.append(f"partnergraph recommend ECO {f.outlook.advised.id} --seed {seed}")
    lines += [f"partnergraph clusters ECO --seed {seed}", "partnergraph check ECO"]
    return Commands(tuple(lines))


def sources(f: Findings) -> list[Block]:
    """List the sources and the receipts."""
    stated = f.eco.evidence.groupby("source")["fact"].nunique()
    sources = records(f.eco.sources)
    if not sources:
        return [say("No source is on record.")]
    rows = tuple(
        (
            cell_of(f"S{i}"),
            cell_of(Line((Name(row["title"]),), url=row.get("url", "")), *_licence(row)),
            cell_of(f.authors.get(row["id"], Name(row.get("publisher", NONE)))),
            cell_of(Name(row.get("language", NONE))),
            cell_of(date_in_words(row.get("published", NONE))),
            cell_of(date_in_words(row.get("retrieved", NONE))),
            cell_of(f"{stated.get(row['id'], 0):,}"),
        )
        for i, row in enumerate(sources[:MOST_ROWS], start=1)
    )
    columns = ("No.", "Source", "Publisher", "Language", "Appeared", "Read", "Facts it states")
    more = cut(len(sources), MOST_ROWS, "sources")
    table = table_of(
        "Sources",
        columns,
        rows,
        numeric=(6,),
        more=more,
        anchors=tuple(f"S{i}" for i in range(1, len(rows) + 1)),
    )
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
        return [say("No receipt is on record.")]
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
                cell_of(fact),
                cell_of(Name(what or "as a whole")),
                cell_of(f"S{number[row['source']]}"),
                cell_of(Name(row.get("locator", NONE))),
                cell_of(status),
            )
        )
    heads = ("Fact", "What is stated", "Source", "Place in it", "Status")
    more = cut(len(evidence), MOST_RECEIPTS, "receipts", "; the ecosystem's own tables have all")
    caption = "Receipts: which source states what, and where"
    return [table_of(caption, heads, rows, more=more, dense=True)]


def _fact(f: Findings, fact: str, tie: dict[str, Any] | None) -> tuple[Words, str]:
    """Return a node or tie in words, and how it stands."""
    if tie is None:
        return (Name(f.eco.name_of[fact]),), NONE
    ends = [Name(f.eco.name_of[tie[end]]) for end in ("source", "target")]
    said = words("{} {} {}", ends[0], SCHEMA.tie_kinds[tie["kind"]].label(), ends[1])
    return said, SCHEMA.values["status"][tie.get("status", STATED)].label()
