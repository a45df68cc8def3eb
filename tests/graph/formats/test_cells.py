"""Foreign workbooks are read in a process of their own; what ends it is one message.

The workbooks are written here; expected cells are those that were written into them.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import cells
from partnergraph.graph.formats.cells import book_of
from partnergraph.graph.formats.cells_process import Refused, look

MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def bare(sheet: bytes, *, at: str = "worksheets/sheet1.xml", more: int = 0) -> bytes:
    """Return the least workbook that has a sheet, and some parts more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        for name, kind, target in (
            ("_rels/.rels", "officeDocument", "xl/workbook.xml"),
            ("xl/_rels/workbook.xml.rels", "worksheet", at),
        ):
            link = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
            archive.writestr(name, f'<Relationships xmlns="{PACKAGE}">{link}</Relationships>')
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(f"xl/{at}", MAIN + b"<sheetData>" + sheet + b"</sheetData></worksheet>")
        for number in range(more):
            archive.writestr(f"xl/media/{number}", b"")
    return out.getvalue()


def text(reference: str, words: str) -> bytes:
    return f'<c r="{reference}" t="inlineStr"><is><t>{words}</t></is></c>'.encode()


FIRST = b'<row r="1">' + text("A1", "name") + text("B1", "partner") + b"</row>"


def far(reference: str, row: str) -> bytes:
    return FIRST + f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'.encode()


def test_cells_come_as_they_were_written() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"], sheet["C2"], sheet["D2"] = "=1+1", True, "x\ny é 🙂"
    sheet["B3"], sheet["C3"], sheet["D3"] = 0.25, date(2016, 1, 5), datetime(2016, 1, 5, 3, 4)
    sheet["B4"], sheet["C4"], sheet["D4"] = time(3, 4), timedelta(hours=30), -7
    sheet["B5"] = "#N/A"
    sheet["B5"].data_type = "e"
    sheet.merge_cells("C5:D6")
    hidden = book.create_sheet("aside")
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    found = book_of(out.getvalue(), "x.xlsx")
    first, second = found.sheets
    assert first.rows[0] == ["", "", "", ""]
    assert first.rows[1] == ["", "", True, "x\ny é 🙂"]
    assert first.rows[2] == ["", 0.25, "2016-01-05", "2016-01-05T03:04:00"]
    assert first.rows[3] == ["", "03:04:00", "1 day, 6:00:00", -7]
    assert first.merged == [[[4, 2], [5, 3]]]
    assert (second.name, second.hidden, second.rows) == ("aside", True, [])
    assert (found.formulas, found.errors) == (1, 1)
    assert found.error_cells == [["Sheet", "B5", "#N/A"]]


def test_a_sheet_may_lie_anywhere() -> None:
    data = bare(FIRST, at="odd/place.bin")
    assert book_of(data, "x.xlsx").sheets[0].rows == [["name", "partner"]]


FAR: dict[str, tuple[Callable[[], bytes], str]] = {
    "last cell": (lambda: bare(far("XFD1048576", "1048576")), "cell XFD1048576: the sheet reach"),
    "beyond it": (lambda: bare(far("AAAAA9", "9")), "cell AAAAA9: a sheet ends at"),
    "small letters": (lambda: bare(far("xfd900000", "900000")), "cell xfd900000"),
    "another part": (lambda: bare(far("XFD900000", "900000"), at="a/b.xml"), "cell XFD900000"),
    "row of twelve digits": (lambda: bare(far("A1", "999999999999")), "a sheet ends at"),
    "no references": (
        lambda: bare(
            FIRST + b"<row/>" * 1_000_000 + b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"
        ),
        "reaches over",
    ),
    "wide, no references": (lambda: bare(b"<row>" + b"<c/>" * 20_000 + b"</row>"), "ends at"),
    "many parts": (lambda: bare(FIRST, more=20_000), "20,00[0-9] parts"),
    "comments in comments": (lambda: bare(FIRST + b"<!--" * 3_000_000), "x.xlsx"),
}


@pytest.mark.parametrize("case", FAR)
def test_what_would_fill_the_memory_is_refused_before_it_is_read(case: str) -> None:
    made, words = FAR[case]
    with pytest.raises(UnusableInput, match=words) as refused:
        book_of(made(), "x.xlsx")
    assert refused.value.remedy


@pytest.mark.parametrize("script", ["import os; os.abort()", "print('{')", "", "1/0"])
def test_the_death_of_the_child_is_a_message(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "script.py").write_text(script)
    monkeypatch.setattr(cells, "_SCRIPT", tmp_path / "script.py")
    with pytest.raises(UnusableInput, match="Save the sheet you need as CSV"):
        book_of(b"x" * 3_000_000, "x.xls")


def test_a_child_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "script.py").write_text("import time\nwhile True: time.sleep(1)")
    monkeypatch.setattr(cells, "_SCRIPT", tmp_path / "script.py")
    monkeypatch.setattr(cells, "_SECONDS", 1)
    with pytest.raises(UnusableInput, match="too much memory or time"):
        book_of(b"slow", "x.xls")


def test_a_workbook_is_read_once_for_recognising_and_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = bare(FIRST)
    kept = book_of(data, "workbook", keep=True)
    monkeypatch.setattr(cells, "_SCRIPT", Path("nowhere"))
    assert book_of(data, "x.xlsx") is kept
    with pytest.raises(UnusableInput):
        book_of(data, "x.xlsx")


def test_a_row_over_two_pieces_is_counted_whole() -> None:
    """Pieces have a megabyte: 16,300 cells of 80 bytes reach over two."""
    row = b"<row>" + b"".join(b"<c><v>%062d</v></c>" % i for i in range(16_300)) + b"</row>"
    with pytest.raises(Refused, match="reaches over 32,600 cells"):
        look(bare(row * 2), memory=3_259_900)
    assert look(bare(row * 2), memory=10_000_000) == {"formulas": 0, "errors": 0, "unsaved": 0}
