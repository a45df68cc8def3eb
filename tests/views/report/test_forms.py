"""The report as a Word document, and its appendix as a workbook."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName, UnusableInput
from partnergraph.views.report.page import Report, compose, found, report

NAMES = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "<w:p/> & ]]>", "_x0041_ \u202e")


@pytest.fixture(scope="module")
def made(smart: Ecosystem) -> Report:
    return compose(found(smart), lang="nl")


def hostile() -> Ecosystem:
    b = EcosystemBuilder(name="hostile", title=NAMES[0], description=NAMES[4], licence=NAMES[5])
    for i, name in enumerate(NAMES):
        b.node(f"n{i}", kind="organisation", name=name, description=name)
        b.node(f"p{i}", kind="project", name=name)
        b.tie("participates_in", f"n{i}", f"p{i}", description=name, member_benefit=name)
    return b.build()


def test_the_document_has_headings_tables_and_pictures_with_words(made: Report) -> None:
    docx = pytest.importorskip("docx", reason="needs the extra documents")
    data = made.docx()
    document = docx.Document(io.BytesIO(data))
    titles = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert titles[0] == "Inhoud"
    assert titles[1:] == [f"{s.number}  {s.title}" for s in made.content["sections"]]
    tables = [b for s in made.content["sections"] for b in s.blocks if b.block == "table"]
    assert len(document.tables) >= len(tables) > 10
    for table in document.tables:
        assert table.rows[0]._tr.xpath(".//w:tblHeader")
        assert table._tbl.xpath(".//w:tblCaption")
    pictures = document.element.xpath("//wp:docPr")
    assert pictures
    assert all(picture.get("descr") for picture in pictures)
    links = set(document.element.xpath("//w:hyperlink/@w:anchor"))
    assert links <= set(document.element.xpath("//w:bookmarkStart/@w:name"))
    assert len(links) == len(made.content["sections"])
    wide = {section.orientation for section in document.sections}
    assert len(wide) == 2  # the ranking stands on its side
    assert data == made.docx()


def test_the_appendix_has_every_row_and_says_what_each_sheet_holds(made: Report) -> None:
    book = load_workbook(io.BytesIO(made.appendix()))
    contents = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in contents] == book.sheetnames[1:]
    for title, about, rows in contents:
        assert about
        assert book[title].max_row - 1 == int(rows)
    eco = made.facts.eco
    assert book["ties"].max_row - 1 == len(eco.ties)
    assert book["evidence"].max_row - 1 == len(eco.evidence)
    assert made.appendix() == made.appendix()


def test_no_text_becomes_a_formula_or_breaks_a_file(tmp_path: Path) -> None:
    pytest.importorskip("docx", reason="needs the extra documents")
    made = report(hostile(), tmp_path / "report.docx")
    made.save_appendix(tmp_path / "appendix.xlsx")
    cells = [
        cell
        for sheet in load_workbook(tmp_path / "appendix.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert "=1+1" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "b"}


def test_a_place_that_cannot_be_written_to_is_found_before_anything_is_computed(
    smart: Ecosystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("partnergraph.views.report.page.found", late)
    (tmp_path / "file").write_text("")
    for name in ("", "file/report.html"):
        with pytest.raises((UnusableInput, UnknownName)):
            report(smart, tmp_path / name)
    with pytest.raises(UnknownName, match="odt"):
        report(smart, tmp_path / "report.odt")
