"""What tables become by a mapping, before anything is written: rows as facts, in sentences."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables.mapping import TablesMapping
from partnergraph.loaders.tables.read import read
from partnergraph.loaders.wording import counted, sizes

ROWS = 10
_OWN = ("legal_form", "sector", "country", "start", "end")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}}
h2{{font-size:1em;margin:1.2em 0 0}}ul{{margin:0}}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


@dataclass(frozen=True)
class Preview:
    """What the first rows of some tables become.

    Attributes
    ----------
    rows
        Place of each row shown, and its facts as sentences.
    said
        What the reader recognised and assumed.
    total
        What the tables become as a whole, as a sentence.
    """

    title: str
    rows: Sequence[tuple[str, Sequence[str]]]
    said: Sequence[str]
    total: str

    def lines(self) -> list[str]:
        """Return the preview as lines of text."""
        lines = [f"{self.title}: the first {counted(len(self.rows), 'row')} as facts"]
        for place, facts in self.rows:
            lines += [place, *(f"  {fact}" for fact in facts)]
        return [*lines, self.total]

    def page(self) -> str:
        """Return the preview as one page without scripts, in which all text is escaped."""
        parts = [f"<p>{html.escape(self.total)}</p>"]
        for place, facts in self.rows:
            items = "".join(f"<li>{html.escape(fact)}</li>" for fact in facts)
            parts.append(f"<h2>{html.escape(place)}</h2><ul>{items}</ul>")
        notes = "".join(f"<li>{html.escape(words)}</li>" for words in self.said)
        parts.append(f"<h2>What was recognised and assumed</h2><ul>{notes}</ul>")
        return _PAGE.format(title=html.escape(self.title), body="".join(parts))


def preview(
    paths: Sequence[Path],
    *,
    mapping: Path | TablesMapping | None = None,
    reading: str | None = None,
) -> Preview:
    """Read tables as `build` would, and return what their first rows become; nothing is written.

    Mapping and reading are those of `loaders.tables.read.read`.

    Raises
    ------
    MissingInput, UnusableInput
        If a table is missing or cannot be read, or the mapping does not fit it.
    """
    result = read(paths, mapping=mapping, reading=reading)
    eco = result.builder.build(errors="set_aside")
    odd = 0 if result.rejected is None else len(result.rejected)
    total = sizes({name: len(frame) for name, frame in eco.tables.items() if name != "evidence"})
    listed = f"; {counted(odd, 'cell or row', 'cells and rows')} would be listed in rejected.csv"
    whole = f"In all: {total or 'nothing'}{listed if odd else ''}. Nothing has been written."
    title = ", ".join(p.name for p in paths)
    return Preview(title, facts(eco), result.said, whole)


def facts(eco: Ecosystem, *, rows: int = ROWS) -> list[tuple[str, list[str]]]:
    """Return the facts of the first rows of the sources, in sentences, by their place."""
    receipts = eco.evidence[["source", "locator", "fact"]].dropna().astype(str)
    titles = dict(zip(eco.sources["id"], eco.sources["title"], strict=True))
    number = receipts["locator"].str.extract(r"(\d+)$")[0].astype("float")
    receipts = receipts.assign(row=number).sort_values(["source", "row", "locator"], kind="stable")
    ties = eco.ties.set_index("id")
    nodes = eco.nodes.set_index("id")
    shown = []
    for (source, locator), part in receipts.groupby(["source", "locator"], sort=False):
        named = [f for f in part["fact"] if f in nodes.index]
        said = [node_in_words(nodes.loc[f]) for f in named]
        said += [tie_in_words(ties.loc[f], eco.name_of) for f in part["fact"] if f in ties.index]
        shown.append((f"{titles.get(source, source)}, {locator}", said))
        if len(shown) == rows:
            break
    return shown


def node_in_words(node: pd.Series) -> str:
    """Return what a node is, as a sentence.

    >>> node_in_words(pd.Series({"name": "Alfa", "kind": "organisation", "country": "BE"}))
    'Alfa is an organisation (country: BE).'
    """
    kind = SCHEMA.node_kinds[node["kind"]].labels["en"]
    article = "an" if kind[0] in "aeiou" else "a"
    own = [(c, node.get(c)) for c in _OWN]
    more = "; ".join(f"{c.replace('_', ' ')}: {v}" for c, v in own if isinstance(v, str))
    return f"{node['name']} is {article} {kind}{f' ({more})' if more else ''}."


def tie_in_words(tie: pd.Series, names: Mapping[str, str]) -> str:
    """Return what a tie states, as a sentence.

    >>> tie = {"kind": "participates_in", "source": "a", "target": "p", "role": "lead"}
    >>> tie_in_words(pd.Series({**tie, "start": "2015"}), {"a": "Alfa", "p": "ECO"})
    'Alfa takes part in ECO as lead, since 2015.'
    """
    label = SCHEMA.tie_kinds[tie["kind"]].labels["en"]
    first = label.split()[0]
    verb = label if first.endswith("s") else f"{'is a' if first in _NOUNS else 'is'} {label}"
    said = f"{names[tie['source']]} {verb} {names[tie['target']]}"
    role, start, end = (tie.get(c) for c in ("role", "start", "end"))
    said += f" as {role}" if isinstance(role, str) else ""
    if isinstance(start, str) and isinstance(end, str):
        said += f", from {start} to {'now' if end == '..' else end}"
    elif isinstance(start, str):
        said += f", since {start}"
    elif isinstance(end, str) and end != "..":
        said += f", until {end}"
    return f"{said}."


_NOUNS = ("partner", "member")
