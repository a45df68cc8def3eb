"""A folder of plain tables and a workbook with the same rows are the same ecosystem."""

from pathlib import Path

from openpyxl import Workbook

from partnergraph.loaders.tables import read as tables

NODES = [["id", "kind", "name"], ["a", "organisation", "A"], ["b", "network", "B"]]
TIES = [["kind", "source", "target", "start"], ["member_of", "a", "b", "2016"]]


def test_the_two_forms_agree(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    (tmp_path / "folder").mkdir()
    for name, rows in (("nodes", NODES), ("ties", TIES)):
        text = "\n".join(",".join(row) for row in rows)
        (tmp_path / "folder" / f"{name}.csv").write_text(text)
        sheet = book.create_sheet(name.upper())
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    one = tables.read(tmp_path / "folder").builder.build()
    other = tables.read(tmp_path / "x.xlsx").builder.build()
    assert one.tables["ties"].equals(other.tables["ties"])
    assert one.tables["nodes"].equals(other.tables["nodes"])
    assert (one.about.name, other.about.name) == ("folder", "ecosystem")
