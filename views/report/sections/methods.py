"""How the report was made, and the sources and receipts it rests on."""

from __future__ import annotations

import re
from typing import Any

from partnergraph.analysis.measures import catalogue
from partnergraph.graph.networkx_form import records
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.answers.centrality import estimated
from partnergraph.views.report.blocks import (
    MOST_ROWS,
    NONE,
    Block,
    Cell,
    Commands,
    Line,
    cell_of,
    cells_of,
    cut,
    paragraph,
    say,
    small,
    table,
)
from partnergraph.views.report.facts import Facts, Tie, label
from partnergraph.views.report.sections.outlook import advised, breaks
from partnergraph.views.report.sections.ranking import answer_of, departures, title_of
from partnergraph.views.words import (
    Name,
    Words,
    date_in_words,
    kinds_in_words,
    label_of,
    listed,
    told,
    whole,
    words,
)

MOST_RECEIPTS = 300


def methods(f: Facts) -> list[Block]:
    """Compose how the numbers were made, and how to get them again."""
    attrs = f.table.attrs
    network = attrs["network"]
    kinds = kinds_in_words(SCHEMA.default_network)
    history = listed([f"“{label(kind)}”" for kind in SCHEMA.history])
    size = {name: network[name] for name in ("nodes", "pairs", "ties")}
    blocks: list[Block] = [
        say("methods.network", kinds=kinds, history=history),
        say("methods.size", **size),
    ]
    if "approximate" in attrs:
        blocks.append(paragraph((estimated(attrs["approximate"]),)))
    counted = {"dropped": network["dropped"], "kept": network["notes"]}
    rows = [
        cells_of(told(f"methods.{what}"), _reason(reason), whole(n))
        for what, reasons in counted.items()
        for reason, n in reasons.items()
        if n
    ]
    if rows:
        blocks.append(table("methods.left_out", rows, numeric=(2,), dense=True))
    blocks.append(table("methods.measures", _measures(f), dense=True))
    return [*blocks, say("methods.again"), _commands(f)]


def _reason(reason: str) -> str:
    """Return in the language spoken why a network left something out."""
    return told(f"reasons.{re.sub(r'[^a-z0-9]+', '_', reason)}")


def _measures(f: Facts) -> list[tuple[Cell, ...]]:
    attrs, groups = f.table.attrs, f.divided.table.attrs
    engines = {**attrs["engine"], **groups["engine"]}
    found = [catalogue()[name] for name in (*attrs["measure"], *groups["measure"])]
    return [
        (
            *cells_of(title_of(m.id), answer_of(m.id)),
            cell_of(small(m.formula), small(m.reference)),
            cell_of(engines[m.id]),
        )
        for m in found
    ]


def _commands(f: Facts) -> Commands:
    lines = [f"partnergraph report ECO -o report.html --seed {f.seed}"]
    lines += ["partnergraph centrality ECO"]
    lines += [f"partnergraph centrality ECO --without {d.name.id}" for d in departures(f)]
    lines += [f"partnergraph {verb} ECO" for verb in ("brokers", "complementarity", "coverage")]
    if not f.large:
        lines += [f"partnergraph fragility ECO --leave {b.name.id}" for b in breaks(f).first[:1]]
        if (who := advised(f)) is not None:
            lines.append(f"partnergraph recommend ECO {who.id} --seed {f.seed}")
    lines += [f"partnergraph clusters ECO --seed {f.seed}", "partnergraph check ECO"]
    return Commands(tuple(lines))


# -- sources and receipts --------------------------------------------------------------------


def sources(f: Facts) -> list[Block]:
    """List the sources and the receipts."""
    stated = f.eco.evidence.groupby("source")["fact"].nunique()
    found = records(f.eco.sources)
    if not found:
        return [say("sources.none")]
    rows = [
        (
            cell_of(f"S{i}"),
            cell_of(Line((Name(row["title"]),), url=row.get("url", "")), *_licence(row)),
            *cells_of(
                f.authors.get(row["id"], Name(row.get("publisher", NONE))),
                Name(row.get("language", NONE)),
                date_in_words(row.get("published", NONE)),
                date_in_words(row.get("retrieved", NONE)),
                whole(int(stated.get(row["id"], 0))),
            ),
        )
        for i, row in enumerate(found[:MOST_ROWS], start=1)
    ]
    anchors = tuple(f"S{i}" for i in range(1, len(rows) + 1))
    more = cut(len(found), MOST_ROWS, "source")
    listed_all = table("sources.caption", rows, numeric=(6,), more=more, anchors=anchors)
    return [listed_all, *_receipts(f)]


def _licence(row: dict[str, Any]) -> tuple[Line, ...]:
    """Return licence and fingerprint of a source, where it has them."""
    labels = SCHEMA.tables["sources"].columns
    given = [c for c in ("licence", "sha256") if c in row]
    return tuple(
        small((told("report.labelled", label=label_of(labels[c])), Name(row[c]))) for c in given
    )


def _receipts(f: Facts) -> list[Block]:
    evidence = f.eco.evidence
    if evidence.empty:
        return [say("sources.no_receipt")]
    ties = {tie.id: tie for tie in f.ties}
    number = {source: i for i, source in enumerate(f.eco.sources["id"], start=1)}
    rows = []
    for row in records(evidence.head(MOST_RECEIPTS)):
        tie = ties.get(row["fact"])
        columns = SCHEMA.tables["nodes" if tie is None else "ties"].columns
        attribute = row.get("attribute", "")
        what = label_of(columns[attribute]) if attribute in columns else attribute
        source, place = f"S{number[row['source']]}", Name(row.get("locator", NONE))
        fact, status = _fact(f, row["fact"], tie)
        rows.append(cells_of(fact, Name(what or told("sources.as_a_whole")), source, place, status))
    more = cut(len(evidence), MOST_RECEIPTS, "receipt", told("sources.all_receipts"))
    return [table("sources.receipts", rows, more=more, dense=True)]


def _fact(f: Facts, fact: str, tie: Tie | None) -> tuple[Name | Words, str]:
    """Return a node or tie in words, and how it stands."""
    if tie is None:
        return f.name(fact), NONE
    said = words("{} {} {}", tie.source, label(tie.kind), tie.target)
    return said, label_of(SCHEMA.values["status"][tie.status])
