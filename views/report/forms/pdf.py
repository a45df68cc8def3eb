"""The report as PDF by Typst: tagged, searchable, with bookmarks and alternative texts.

Text is written as Typst strings, never as markup, so that nothing in a name becomes a command. No
date enters the file, and only fonts that are there are used: the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from partnergraph.graph.errors import MissingDependency
from partnergraph.views.report.blocks import (
    WIDE,
    Beside,
    Block,
    Card,
    Commands,
    Figure,
    Heading,
    Line,
    Listing,
    Paragraph,
    Strip,
    Table,
)
from partnergraph.views.words import Words, clean, tell, told

_HEAD = """#set page(paper: "a4", margin: (x: 1.7cm, y: 1.6cm), numbering: "1")
#set par(leading: 0.55em, spacing: 0.8em)
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(200)), inset: (x: 3pt, y: 3pt))
#set heading(numbering: none)
#show heading: set block(above: 1.1em, below: 0.6em)
#show table: set text(size: 0.82em)
#show table: set par(leading: 0.45em)
"""


def pdf(content: Mapping[str, Any]) -> bytes:
    """Return the report as PDF.

    Raises
    ------
    MissingDependency
        If Typst is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise MissingDependency("PDF", "documents") from error
    made: bytes = typst.compile(_source(content).encode("utf-8"), format="pdf")
    return made


def _source(content: Mapping[str, Any]) -> str:
    brief = content["brief"]
    size = "8.6pt" if brief and not content["sections"] else "9pt"
    title = _string(content["title"])
    parts = [
        _HEAD,
        f"#set document(title: {title}, date: none)",
        f"#set text(lang: {_string(content['language'])}, size: {size})",
        f"#heading(level: 1, {title})",
        _text(content["description"]),
        *map(_block, brief),
    ]
    for section in content["sections"]:
        if brief and section.number == 1:
            parts.append("#pagebreak()")
        title = f"{section.number}  {section.title}"
        parts += [f"#heading(level: 2, {_string(title)})", *map(_block, section.blocks)]
    parts.append(_text(told("report.made")))
    if content["licence"]:
        parts.append(_said(tell("report.licence", licence=content["licence"])))
    return "\n\n".join(parts)


def _string(text: object) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: object) -> str:
    return f"#{_string(text)};" if str(text) else ""


def _said(words: Words) -> str:
    return _text("".join(map(str, words)))


def _line(line: Line) -> str:
    out = _said(line.words)
    if line.places:
        places = "; ".join(f"S{number} {place}" for number, place in line.places)
        more = told("report.more_places", n=line.more_places) if line.more_places else ""
        out += f" #text(size: 0.8em, fill: luma(90), {_string(f'{places} {more}'.strip())});"
    return f"#text(size: 0.92em, fill: luma(70))[{out}]" if line.small else out


def _lines(lines: Iterable[Line]) -> str:
    return " #linebreak() ".join(map(_line, lines))


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _line(block.line)
    if isinstance(block, Listing):
        return "#list(" + ", ".join(f"[{_line(line)}]" for line in block.lines) + ")"
    if isinstance(block, Heading):
        return f"#heading(level: {block.level}, {_string(''.join(map(str, block.words)))})"
    if isinstance(block, Strip):
        shown = [f"{number} {noun}" for number, noun in block.figures]
        return _text(" · ".join(shown))
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Beside):
        return (
            f"#grid(columns: 2, gutter: 1em, {', '.join(f'[{_table(t)}]' for t in block.tables)})"
        )
    if isinstance(block, Figure):
        svg = block.drawing.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        drawn = _string(svg.replace("\n", " "))
        alt, caption = _string(block.drawing.says), _said(block.caption)
        image = f'image(bytes({drawn}), format: "svg", width: 68%, alt: {alt})'
        return f"#align(center)[#{image} #text(size: 0.9em)[{caption}]]"
    if isinstance(block, Card):
        return _card(block)
    return _commands(block)


def _commands(block: Commands) -> str:
    return f"#raw(block: true, {_string(' ; '.join(block.lines))})"


def _card(card: Card) -> str:
    rows = " #linebreak() ".join(
        f"#text(fill: luma(80), {_string(told('report.labelled', label=label))}); {_said(said)}"
        for label, said in card.rows
    )
    return f"#block(breakable: false)[*{_line(card.line)}* #linebreak() {rows}]"


def _table(table: Table) -> str:
    columns = len(table.columns)
    heads = ", ".join(f"[*{_said(head)}*]" for head in table.columns)
    cells = [f"[{_lines(cell)}]" for row in table.rows for cell in row]
    sides = ", ".join("right" if i in table.numeric else "left" for i in range(columns))
    drawn = f"table(columns: {columns}, align: ({sides},), table.header({heads}), "
    drawn += f"{', '.join(cells)})"
    whole = f"#text(fill: luma(80))[{_said(table.caption)}]\n\n#{drawn}\n\n{_said(table.more)}"
    return f"#page(flipped: true)[{whole}]" if columns > WIDE else whole
