"""Files of tables as they come, and the torture of those that are broken or hostile."""

import gzip
import io
import json
import resource
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from partnergraph.cli import cli
from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.build import build
from partnergraph.loaders.tables.sheets.header import find_header
from partnergraph.loaders.tables.sheets.read import read_sheets
from partnergraph.loaders.tables.sheets.sheet import Found

ROWS = "name,town,since\nA,Gent,2016\nB,Liège,2018\n"


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def only(path: Path) -> pd.DataFrame:
    found = read_sheets([path])
    assert len(found.sheets) == 1
    return found.sheets[0].frame


EXPECTED = [["A", "Gent", "2016"], ["B", "Liège", "2018"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", ROWS.replace(",", delimiter).encode(encoding))
    assert only(path).to_numpy().tolist() == EXPECTED


@pytest.mark.parametrize(
    "name",
    [
        "x.csv.gz",
        "x.zip",
        "x.tar.gz",
        "x.tgz",
        "x.parquet",
        "x.json",
        "x.jsonl",
        "x.xlsx",
        "x.geojson",
    ],
)
def test_every_form_gives_the_same_table(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    frame = pd.DataFrame(EXPECTED, columns=["name", "town", "since"])
    records = frame.to_dict("records")
    if name == "x.csv.gz":
        path.write_bytes(gzip.compress(ROWS.encode()))
    elif name == "x.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside.csv", ROWS)
    elif "t" in name.split(".")[1] and "gz" in name:
        with tarfile.open(path, "w:gz") as tar:
            info = tarfile.TarInfo("inside.csv")
            info.size = len(ROWS.encode())
            tar.addfile(info, io.BytesIO(ROWS.encode()))
    elif name == "x.parquet":
        frame.to_parquet(path)
    elif name == "x.json":
        path.write_text(json.dumps({"items": records}))
    elif name == "x.jsonl":
        path.write_text("\n".join(json.dumps(r) for r in records))
    elif name == "x.geojson":
        features = [{"type": "Feature", "properties": r, "geometry": None} for r in records]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    else:
        frame.to_excel(path, index=False)
    assert only(path).to_numpy().tolist() == EXPECTED


def test_an_opendocument_sheet(tmp_path: Path) -> None:
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    rows = [["name", "town", "since"], *EXPECTED]
    inner = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}"
        "<table:table-cell table:number-columns-repeated='1000'/></table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f"xmlns:{p}='urn:oasis:names:tc:opendocument:xmlns:{p}:1.0'"
        for p in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f"<table:table table:name='a'>{inner}<table:table-row table:number-rows-repeated='1048000'>"
        "<table:table-cell table:number-columns-repeated='1000'/></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert only(tmp_path / "x.ods").to_numpy().tolist() == EXPECTED


def test_titles_above_a_header_are_passed_over_and_said(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "Members of the federation;;\n;;\n" + ROWS.replace(",", ";"))
    found = read_sheets([path])
    assert found.sheets[0].frame.to_numpy().tolist() == EXPECTED
    assert found.sheets[0].rows.tolist() == [4, 5]
    assert any("the header is row 3" in words and "Members" in words for words in found.said)


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["name", "x"], ["a", "1"]], 0),
        ([["T", "", ""], ["", "", ""], ["a", "b", "c"], ["1", "2", "3"]], 2),
        ([["", "2001", "2002"], ["A", "1", "0"]], 0),  # years as columns of a matrix
        ([["1", "2"], ["3", "4"]], None),
        ([["only"], ["a"]], 0),
        ([["T", "", ""], ["as of", "", "2019"], ["", "", ""], ["a", "b", "c"], ["x", "y", "1"]], 3),
    ],
)
def test_headers(rows: list[list[str]], header: int | None) -> None:
    assert find_header(rows) == header


def test_a_workbook_says_what_is_merged_hidden_and_computed(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Members"
    for row in (["Our members", None], ["network", "name"], ["N", "A"], [None, "B"], ["M", "=1+1"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    secret = book.create_sheet("Secret")
    secret.append(["name"])
    secret.append(["X"])
    secret.sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    found = read_sheets([tmp_path / "x.xlsx"])
    members, hidden = found.sheets
    assert members.frame["network"].tolist() == ["N", "N", "M"]
    assert members.rows.tolist() == [3, 4, 5]
    assert hidden.hidden
    words = "\n".join(found.said)
    for part in (
        "1 cell within merged cells",
        "Secret is hidden",
        "1 formula has no saved result",
        "the header is row 2",
    ):
        assert part in words


def test_nested_json_becomes_columns_with_paths_and_lists(tmp_path: Path) -> None:
    record = {
        "a": {"b": 1},
        "list": ["x", "y"],
        "orgs": [{"name": "A"}, {"name": "B", "role": "r"}],
    }
    frame = only(write(tmp_path, "x.json", json.dumps([record])))
    assert frame.iloc[0].to_dict() == {
        "a.b": "1",
        "list": ["x", "y"],
        "orgs.name": ["A", "B"],
        "orgs.role": ["", "r"],
    }


def test_ragged_rows_are_listed_or_filled_and_said(tmp_path: Path) -> None:
    found = read_sheets([write(tmp_path, "x.csv", "a,b\n1,2\n3\n4, 5,6\n7,8\n")])
    assert found.sheets[0].frame.to_numpy().tolist() == [["1", "2"], ["3", ""], ["7", "8"]]
    assert [r["row"] for r in found.rejected] == [4]
    assert any("1 row has fewer cells" in words for words in found.said)


def test_repeated_and_missing_headers_get_names(tmp_path: Path) -> None:
    found = read_sheets([write(tmp_path, "x.csv", "a,a,,\n1,2,3,\n")])
    assert list(found.sheets[0].frame.columns) == ["a", "a (2)", "column 3"]
    assert sum("is called" in words for words in found.said) == 2


# -- torture -------------------------------------------------------------------------------------


def bomb_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x.csv", b"0" * 501_000_000)
    return out.getvalue()


def bomb_ods() -> bytes:
    row = (
        b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        b'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
        b"</table:table-row>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"<table:table table:name='a'>" + row + b"</table:table>")
    return out.getvalue()


def encrypted_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.csv", "a,b\n1,2\n")
    data = bytearray(out.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    return bytes(data)


def many_tables() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(600):
            archive.writestr(f"{number}.csv", ROWS)
    return out.getvalue()


def many_sheets() -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    for number in range(501):
        book.create_sheet(f"S{number}").append(["name"])
    book.save(out)
    return out.getvalue()


def sparse_xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


REFUSED: dict[str, tuple[str, Callable[[], bytes | str], str]] = {
    "empty": ("x.csv", lambda: "", "it is empty"),
    "blank": ("x.csv", lambda: "\n \n\t\n", "it is empty"),
    "BOM alone": ("x.csv", lambda: b"\xef\xbb\xbf", "it is empty"),
    "million columns": ("x.csv", lambda: ",".join(map(str, range(10**6))) + "\n1", "columns"),
    "unclosed quote": ("x.csv", lambda: 'a,b\n1,"2\n3,4\n', "unclosed quotation mark"),
    "huge cell": ("x.csv", lambda: "a,b\nx," + "y" * 3_000_000 + "\n", "more than 1,000,000"),
    "binary": ("x.csv", lambda: bytes(range(128, 256)) * 50, "not text"),
    "NUL bytes": ("x.csv", lambda: b"a,b\n1,\x002\n", "NUL"),
    "truncated gzip": ("x.csv.gz", lambda: gzip.compress(ROWS.encode() * 99)[:50], "unpacked"),
    "gzip bomb": ("x.csv.gz", lambda: gzip.compress(b"0" * 501_000_000, 1), "unpacked it has more"),
    "gzip in gzip": (
        "x.csv.gz",
        lambda: gzip.compress(gzip.compress(ROWS.encode())),
        "packed more",
    ),
    "many tables": ("x.zip", many_tables, "it has more than 500 tables"),
    "many sheets": ("x.xlsx", many_sheets, "it has more than 500 tables"),
    "zip bomb": ("x.zip", bomb_zip, "unpacked it has more"),
    "ods bomb": ("x.ods", bomb_ods, "reaches over"),
    "encrypted zip": ("x.zip", encrypted_zip, "cannot be unpacked"),
    "zip of nothing": ("x.zip", lambda: b"PK\x05\x06" + b"\0" * 18, "there is no table"),
    "no zip": ("x.zip", lambda: "hello", "cannot be unpacked"),
    "truncated xlsx": ("x.xlsx", lambda: sparse_xlsx()[:1500], "cannot be read as a workbook"),
    "far cell": ("x.xlsx", sparse_xlsx, "reaches over"),
    "page as xls": ("x.xls", lambda: "<html><table><tr><td>a</td></tr></table>", "web page"),
    "text as xlsx": ("x.xlsx", lambda: ROWS, "not a workbook"),
    "broken JSON": ("x.json", lambda: '[{"a": 1}, {', "not valid JSON"),
    "deep JSON": ("x.json", lambda: "[" * 100_000, "nested too deeply"),
    "JSON of numbers": ("x.json", lambda: "[1, 2]", "not a list of records"),
    "wide JSON": ("x.json", lambda: json.dumps([{str(i): i for i in range(20_000)}]), "columns"),
    "broken Parquet": ("x.parquet", lambda: b"PAR1" + b"\0" * 40, "not Parquet"),
    "no tar": ("x.tar.gz", lambda: gzip.compress(b"hello" * 300), "cannot be unpacked"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_one_message_in_bounded_time_and_memory(
    case: str, tmp_path: Path
) -> None:
    name, content, words = REFUSED[case]
    path = write(tmp_path, name, content())
    started, before = time.process_time(), memory()
    with pytest.raises(UnusableInput, match=words) as refused:
        read_sheets([path])
    assert refused.value.cause
    assert refused.value.remedy
    assert time.process_time() - started < 20
    assert memory() - before < 2_000


def memory() -> float:
    """Return the most memory this process has had, in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3)


READ: dict[str, tuple[str, Callable[[], bytes | str], Callable[[Found], bool]]] = {
    "cut within a character": (
        "x.csv",
        lambda: ROWS.encode()[:-6] + "è".encode()[:1],
        lambda f: "cut off" in f.said[0],
    ),
    "one wrong byte": (
        "x.csv",
        lambda: b"name\n" + "é\n".encode() * 50 + b"\xff\n",
        lambda f: "1 byte is not valid" in f.said[0],
    ),
    "quote closed far below": (
        "x.csv",
        lambda: 'a,b\n"x,1\n' + "y,2\n" * 40 + 'z",3\n',
        lambda f: any("unclosed quotation mark" in w for w in f.said),
    ),
    "workbook called csv": ("x.csv", lambda: small_book(), lambda f: len(f.sheets) == 1),
    "a bad line of JSON": (
        "x.jsonl",
        lambda: '{"a": 1}\n{"a": \n{"a": 3}\n',
        lambda f: len(f.rejected) == 1,
    ),
    "lists within lists": (
        "x.json",
        lambda: json.dumps([{"a": json.loads("[" * 60 + "]" * 60)}]),
        lambda f: len(f.sheets) == 1,
    ),
    "half a character": (
        "x.json",
        lambda: '[{"a": "x\\ud800"}]',
        lambda f: f.sheets[0].frame.iloc[0, 0] == "x?",
    ),
    "formulas": ("x.csv", lambda: 'a,b\n=1+1,"=HYPERLINK(""x"")"\n', lambda f: len(f.sheets) == 1),
}


def small_book() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a"])
    sheet.append(["1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("case", READ)
def test_what_is_odd_is_read_and_said(case: str, tmp_path: Path) -> None:
    name, content, holds = READ[case]
    assert holds(read_sheets([write(tmp_path, name, content())]))


PLAIN = "Alfa,Beta\nGamma,Delta\nZon,Maan\n"
RAGGED = "Alfa,Beta,Gamma\nOmega,Alfa\nZon,Maan,Delta\nSter,Komeet\n"


@pytest.mark.parametrize(
    ("text", "ways", "ties"),
    [(PLAIN, ("headed", "unheaded"), (0, 3)), (RAGGED, ("unheaded", "adjacency"), (None, 6))],
    ids=["header", "adjacency"],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_two_readings_that_are_close_are_asked_about(
    text: str, ways: tuple[str, str], ties: tuple[int | None, int], form: str, tmp_path: Path
) -> None:
    """Every verb names both readings and why, fails with 3, and takes the one that is said."""
    path = tmp_path / f"in.{form}"
    if form == "csv":
        path.write_text(text)
    else:
        book = Workbook()
        for line in text.splitlines():
            book.worksheets[0].append(line.split(","))
        book.save(path)
    out = str(tmp_path / "out.gexf")
    calls = (["build", "-o", str(tmp_path / "eco")], ["build", "--suggest"], ["build", "--preview"])
    for verb, *options in (*calls, ["summary"]):
        result = CliRunner().invoke(cli, [verb, str(path), *options])
        assert result.exit_code == 3
        assert all(f"`--as {way}`" in result.stderr for way in ways), result.stderr
        assert "may be" in result.stderr
    for way, expected in zip(ways, ties, strict=True):
        result = CliRunner().invoke(cli, ["convert", str(path), out, "--from", way])
        assert result.exit_code == 0, result.output
        assert expected is None or len(build(path, reader=way).ecosystem.ties) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Naam,Plaats\nAlfa,Gent\nBeta,Mons\n",
        "lid,netwerk\nAlfa,Noord\nBeta,Zuid\n",
        "Wie,Sinds\nAlfa,2016\nBeta,2017\n",
        "X,Y\nHuis Zon,Coop Zuid\nHuis Maan,Fonds Wit\n",
        "Kuka,Missä\nAlfa,Turku\nBeta,Turku\nGamma,Turku\nDelta,Turku\n",
    ],
    ids=["words", "kinds", "numbers", "texts", "repeated"],
)
def test_evidence_of_a_header_settles_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(text, encoding="utf-8")
    titles = text.partition("\n")[0].split(",")
    assert list(read_sheets([path]).sheets[0].frame.columns) == titles


def test_a_mapping_remembers_that_there_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(PLAIN)
    made = CliRunner().invoke(
        cli,
        ["build", str(path), "--as", "unheaded", "--suggest", "-o", str(tmp_path / "mapping.yaml")],
    )
    assert made.exit_code == 0, made.output
    assert "header: 0" in (tmp_path / "mapping.yaml").read_text()
    assert len(build(path, mapping=tmp_path / "mapping.yaml").ecosystem.ties) == 3
