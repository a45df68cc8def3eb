"""What the ecosystem holds, in numbers, and who wrote it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from partnergraph.analysis.overview import kinds
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.report.blocks import Block, Strip, cells_of, paragraph, say, small, table
from partnergraph.views.report.facts import Facts, by_name, label
from partnergraph.views.report.sections.limits import gaps
from partnergraph.views.words import (
    Name,
    Words,
    kind_noun,
    label_of,
    listed,
    noun_of,
    tell,
    told,
    whole,
    words,
)


def counts(f: Facts) -> list[Block]:
    """Count what there is, by kind and by how it stands."""
    eco, ties = f.eco, kinds(f.eco)["ties"]
    totals = {"tie": len(f.ties), "source": len(eco.sources), "receipt": len(eco.evidence)}
    figures = [(whole(n), kind_noun(n, kind)) for kind, n in kinds(eco)["nodes"].items()]
    figures += [(whole(n), noun_of(n, what)) for what, n in totals.items()]
    blocks: list[Block] = [Strip(tuple(figures)), paragraph(_who_wrote(f))]
    if not ties:
        return blocks
    found = gaps(f)
    dates: dict[str, Any] = {
        "dated": found.dated,
        "borrowed": found.borrowed,
        "undated": found.undated,
    }
    blocks.append(say("counts.dates", total=len(f.ties), years=_years(eco), **dates))
    counted = eco.ties.assign(status=eco.ties["status"].fillna(SCHEMA.declared))
    by_status = counted.groupby(["kind", "status"]).size()
    statuses = [s for s in SCHEMA.values["status"] if (counted["status"] == s).any()]
    rows = [
        cells_of(
            label(kind),
            whole(n),
            *(whole(int(by_status.get((kind, s), 0))) for s in statuses),
            small(told(f"meanings.{kind}")),
        )
        for kind, n in ties.items()
    ]
    labels = [label_of(SCHEMA.values["status"][s]) for s in statuses]
    tie, number, meaning = told("counts.heads").split(" | ")
    columns, numeric = (tie, number, *labels, meaning), range(1, 2 + len(statuses))
    return [*blocks, table("counts.caption", rows, columns=columns, numeric=tuple(numeric))]


def _who_wrote(f: Facts) -> Words:
    n, own = len(f.eco.sources), len(f.authors)
    if not n:
        return tell("counts.no_source")
    authors: list[Name] = sorted(set(f.authors.values()), key=by_name)
    names = listed(authors)
    key = "counts.no_author" if not own else "counts.author" if n == 1 else "counts.authors"
    return words("{} {}", tell("counts.sources", n=n), tell(key, own=own, names=names))


def _years(eco: Ecosystem) -> str:
    ends = pd.concat([eco.ties["start"], eco.ties["end"]]).dropna()
    years = sorted({text[:4] for text in ends if text[:4].isdigit()})
    if not years:
        return ""
    span = told("dates.span", first=years[0], last=years[-1])
    return f" ({span if len(years) > 1 else years[0]})"
