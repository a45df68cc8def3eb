"""Workbooks: what a sheet does to numbers and text, and workbooks made to do harm.

Expected values are those that were put in: every case writes and reads again, or damages a small
workbook in one stated way.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import InvalidEcosystem, UnusableInput
from partnergraph.graph.formats import xlsx
from partnergraph.graph.schema import SCHEMA

HEADER, ROW = ("id", "kind", "name"), ("a", "organisation", "A")


def book(path: Path, nodes: Sequence[Sequence[object]], **more: Sequence[Sequence[object]]) -> Path:
    made = Workbook()
    made.remove(made.worksheets[0])
    sheets = {"nodes": nodes, "ties": [("kind", "source", "target")], **more}
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def there_and_back(eco: Ecosystem, path: Path) -> Ecosystem:
    xlsx.write(eco, path)
    return xlsx.read(path).builder.build()


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+x",
        "@x",
        "'=x",
        "007",
        "TRUE",
        "#N/A",
        "2016-01-05",
        "a\rb",
        "a\r\nb",
        " ",
        " x ",
        "_x0041_",
        "_x005F_",
        "👩‍👩‍👧",
        "\u00a0x\u2028\u0085y",
    ],
)
def test_text_stays_the_text_it_is(name: str, tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", name=name)
    eco = b.build()
    assert there_and_back(eco, tmp_path / "x.xlsx") == eco


@pytest.mark.parametrize(
    "number", [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, float("inf"), 2**53 + 1, -(2**62)]
)
def test_every_bit_of_a_number_comes_back(number: float, tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", mine=number)
    b.node("b", kind="organisation")
    eco = b.build()
    assert there_and_back(eco, tmp_path / "x.xlsx") == eco


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD100000"])
def test_a_lone_cell_far_away_does_not_fill_the_memory(cell: str, tmp_path: Path) -> None:
    """A reader that takes the whole rectangle would ask for up to 512 GB and be killed."""
    path = book(tmp_path / "x.xlsx", [HEADER, ROW])
    far = load_workbook(path)
    far["nodes"][cell] = "x"
    far.save(path)
    with pytest.raises(UnusableInput, match=f"cell {cell}: the sheet reaches over"):
        xlsx.read(path)


def test_a_workbook_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTNERGRAPH_MEMORY", "100M")
    path = book(tmp_path / "x.xlsx", [HEADER, ROW])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b" " * 101_000_000)
    with pytest.raises(UnusableInput, match="unpacked it has more than 100,000,000 bytes"):
        xlsx.read(path)


def test_a_damaged_workbook_is_a_message(tmp_path: Path) -> None:
    import random

    data = book(tmp_path / "x.xlsx", [HEADER, ROW]).read_bytes()
    chance = random.Random(1)
    for _ in range(100):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "y.xlsx").write_bytes(bytes(damaged))
        try:
            xlsx.read(tmp_path / "y.xlsx").builder.build()
        except (UnusableInput, InvalidEcosystem) as error:
            assert "y.xlsx" in str(error)


def test_a_name_that_cannot_be_one_is_a_fault_of_the_file(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", [HEADER, ROW], about=[("name", "My Eco")])
    with pytest.raises(UnusableInput, match="sheet about: 'My Eco' cannot name"):
        xlsx.read(path)


def test_the_template_offers_every_list_of_the_vocabulary(tmp_path: Path) -> None:
    xlsx.template(tmp_path / "x.xlsx")
    made = load_workbook(tmp_path / "x.xlsx")
    for name in ("nodes", "ties", "aliases", "sources", "evidence"):
        header = [cell.value for cell in made[name][1]]
        assert header == list(SCHEMA.tables[name].columns)
        assert all(cell.comment for cell in made[name][1])
        offered = {v.formula1.strip('"') for v in made[name].data_validations.dataValidation}
        listed = [SCHEMA.listed(c) for c in SCHEMA.tables[name].columns.values()]
        assert offered == {",".join(values) for values in listed if values is not None}
    draft = xlsx.read(tmp_path / "x.xlsx")
    assert draft.builder.findings().empty
    assert [len(f) for f in draft.builder.build().tables.values()][:3] == [2, 0, 2]
