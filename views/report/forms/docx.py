"""The report as a Word document: headings with bookmarks, real tables, alternative texts.

No date of the machine enters the file: the same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from partnergraph.graph.errors import MissingDependency
from partnergraph.graph.formats.xlsx import without_stamps
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
    Section,
    Strip,
    Table,
)
from partnergraph.views.words import Words, clean, plain, tell, told

_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def docx(content: Mapping[str, Any]) -> bytes:
    """Return the report as a Word document.

    Raises
    ------
    MissingDependency
        If python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError as error:
        raise MissingDependency("DOCX", "documents") from error
    paper = _Paper(Document(), content["language"])
    paper.document.core_properties.title = _text(content["title"])
    paper.document.core_properties.author = ""
    paper.document.core_properties.comments = ""
    paper.document.core_properties.language = content["language"]
    paper.heading(content["title"], 0)
    if content["description"]:
        paper.document.add_paragraph(_text(content["description"]))
    for block in content["brief"]:
        paper.block(block)
    sections: tuple[Section, ...] = content["sections"]
    if sections:
        paper.contents(sections, new_page=bool(content["brief"]))
    for section in sections:
        paper.heading(f"{section.number}  {section.title}", 1, anchor=section.id)
        for block in section.blocks:
            paper.block(block)
    paper.document.add_paragraph(_text(told("report.made")))
    if content["licence"]:
        paper.document.add_paragraph(
            _text(plain(tell("report.licence", licence=content["licence"])))
        )
    return without_stamps(paper.document)


def _text(text: object) -> str:
    return _NOT_XML.sub(" ", clean(text))


class _Paper:
    """A document that is written from top to bottom."""

    def __init__(self, document: Any, language: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        self.document, self.number = document, count(1)
        self.element, self.qn, self.points = OxmlElement, qn, Pt
        normal = document.styles["Normal"]
        normal.font.size = Pt(9.5)
        said = OxmlElement("w:lang")
        said.set(qn("w:val"), language)
        normal.element.get_or_add_rPr().append(said)
        page = document.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(1.9)

    # -- pieces ------------------------------------------------------------------------------

    def heading(self, text: object, level: int, *, anchor: str = "") -> None:
        """Write a heading, with a bookmark where something links to it."""
        heading = self.document.add_heading(_text(text), level)
        if anchor:
            start, end = self.element("w:bookmarkStart"), self.element("w:bookmarkEnd")
            number = str(next(self.number))
            for mark in (start, end):
                mark.set(self.qn("w:id"), number)
            start.set(self.qn("w:name"), _bookmark(anchor))
            heading._p.insert(1, start)
            heading._p.append(end)

    def contents(self, sections: Iterable[Section], *, new_page: bool) -> None:
        """Write what the document contains, each linked to its heading."""
        if new_page:
            self.document.add_page_break()
        self.heading(told("report.contents"), 1)
        for section in sections:
            line = self.document.add_paragraph()
            link = self.element("w:hyperlink")
            link.set(self.qn("w:anchor"), _bookmark(section.id))
            run = line.add_run(_text(f"{section.number}  {section.title}"))
            link.append(run._r)
            line._p.append(link)

    def line(self, paragraph: Any, line: Line) -> None:
        """Add a line of words with its receipts to a paragraph."""
        run = paragraph.add_run(_text(plain(line.words)))
        if line.small:
            run.font.size = self.points(8.5)
        if line.places:
            places = "; ".join(f"S{number} {place}" for number, place in line.places)
            more = told("report.more_places", n=line.more_places) if line.more_places else ""
            paragraph.add_run(_text(f" ({places} {more}".rstrip() + ")")).font.size = self.points(7)

    # -- blocks ------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        """Write a block."""
        document = self.document
        if isinstance(block, Paragraph):
            self.line(document.add_paragraph(), block.line)
        elif isinstance(block, Listing):
            for line in block.lines:
                self.line(document.add_paragraph(style="List Bullet"), line)
        elif isinstance(block, Heading):
            self.heading(plain(block.words), min(block.level, 3))
        elif isinstance(block, Strip):
            document.add_paragraph(_text(" · ".join(f"{n} {noun}" for n, noun in block.figures)))
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Beside):
            for table in block.tables:
                self.table(table)
        elif isinstance(block, Figure):
            self.figure(block)
        elif isinstance(block, Card):
            self.card(block)
        elif isinstance(block, Commands):
            for command in block.lines:
                document.add_paragraph().add_run(_text(command)).font.name = "Consolas"

    def card(self, card: Card) -> None:
        """Write a finding of the brief."""
        what = self.document.add_paragraph(style="List Number")
        what.add_run(_text(plain(card.line.words))).bold = True
        for label, said in card.rows:
            line = self.document.add_paragraph(style="List Continue")
            line.add_run(_text(told("report.labelled", label=label))).italic = True
            line.add_run(_text(plain(said)))

    def figure(self, figure: Figure) -> None:
        """Write a picture with its alternative text and its caption."""
        from docx.shared import Cm

        picture = self.document.add_picture(io.BytesIO(figure.drawing.png), width=Cm(15.5))
        about = picture._inline.docPr
        about.set("descr", _text(figure.drawing.says))
        about.set("title", _text(plain(figure.caption))[:250])
        self.document.add_paragraph(_text(plain(figure.caption)), style="Caption")

    def table(self, table: Table) -> None:
        """Write a table, on a page on its side where it is wide, with a header that repeats."""
        wide = len(table.columns) > WIDE
        if wide:
            self._turn()
        self.document.add_paragraph(_text(plain(table.caption)), style="Caption")
        grid = self.document.add_table(rows=1, cols=len(table.columns), style="Light List")
        self._described(grid, table.caption)
        for cell, head in zip(grid.rows[0].cells, table.columns, strict=True):
            self._filled(cell, (Line(head),), number=False)
        for row in table.rows:
            cells = grid.add_row().cells
            for i, (cell, lines) in enumerate(zip(cells, row, strict=True)):
                self._filled(cell, lines, number=i in table.numeric)
        if table.more:
            self.document.add_paragraph(_text(plain(table.more)))
        if wide:
            self._turn()

    def _described(self, grid: Any, caption: Words) -> None:
        """Give a table its alternative text, and mark the header that is read with each cell."""
        header = self.element("w:tblHeader")
        header.set(self.qn("w:val"), "true")
        grid.rows[0]._tr.get_or_add_trPr().append(header)
        title = self.element("w:tblCaption")
        title.set(self.qn("w:val"), _text(plain(caption)))
        grid._tbl.tblPr.append(title)

    def _filled(self, cell: Any, lines: Iterable[Line], *, number: bool) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = cell.paragraphs[0]
        for i, line in enumerate(lines):
            paragraph = cell.add_paragraph() if i else paragraph
            self.line(paragraph, line)
            for run in paragraph.runs:
                run.font.size = self.points(8)
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _turn(self) -> None:
        """Begin a section on paper turned by a quarter."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        last = self.document.sections[-1]
        wide, tall = last.page_height, last.page_width
        page = self.document.add_section(WD_SECTION.NEW_PAGE)
        page.orientation = WD_ORIENT.LANDSCAPE if wide > tall else WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = wide, tall


def _bookmark(anchor: str) -> str:
    """Return an id as a bookmark may be called: letters, digits and underscores, 40 at most."""
    return re.sub(r"\W", "_", f"h_{anchor}")[:40]
