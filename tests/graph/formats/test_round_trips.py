"""Every format that holds everything gives everything back; the others say what they lose."""

import time
from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import csv_pair, xlsx
from partnergraph.graph.formats.holds import loss
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders import graph_files
from partnergraph.loaders.load import load
from partnergraph.views.export import export

WRITTEN = [name for name, format in FORMATS.items() if format.writes]


@pytest.mark.parametrize("format", WRITTEN)
def test_the_same_ecosystem_gives_the_same_bytes(
    format: str, smart: Ecosystem, tmp_path: Path
) -> None:
    ending = FORMATS[format].ending
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        export(smart, tmp_path / folder / f"smart{ending}", format=format)
        time.sleep(1.1 if folder == "one" and ending in (".xlsx", ".gexf") else 0)  # a stamp shows
    one, two = (
        {
            p.relative_to(tmp_path / f): p.read_bytes()
            for p in (tmp_path / f).rglob("*")
            if p.is_file()
        }
        for f in ("one", "two")
    )
    assert one == two
    assert one


def test_what_a_format_cannot_hold_is_said_by_table(smart: Ecosystem) -> None:
    assert loss(smart, FORMATS["json"].holds(), "json").sentences() == []
    (line,) = loss(smart, FORMATS["csv"].holds(), "csv").sentences()
    for words in ("23 rows of aliases", "1 row of sources", "266 rows of evidence", "licence"):
        assert words in line
    assert loss(Ecosystem({}, About()), FORMATS["csv"].holds(), "csv").sentences() == []


def test_a_pair_of_csv_files_is_for_people_and_defuses_formulas(tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", name="=1+1")
    b.node("b", kind="organisation", name="B")
    b.tie("partner_of", "a", "b", strength=2, description="-x")
    said = csv_pair.write(b.build(), tmp_path / "out.csv")
    ties = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert "source_name" in ties[0]
    assert "'=1+1" in ties[1]
    assert "'-x" in ties[1]
    assert "2.0" in ties[1]  # a number is no formula
    assert "'=1+1" in (tmp_path / "out.nodes.csv").read_text(encoding="utf-8")
    assert said[-1].endswith("in front: 3")


@pytest.mark.parametrize("character", ["\x1f", "\ufffe"])
@pytest.mark.parametrize("format", ["xlsx", "graphml", "gexf", "dynetml", "kumu-xlsx", "polinode"])
def test_text_that_a_format_cannot_hold_is_refused_by_cell(
    character: str, format: str, tmp_path: Path
) -> None:
    from partnergraph.graph.tables import empty_table

    row = {"id": "a", "kind": "organisation", "name": f"x{character}"}
    nodes = empty_table("nodes").reindex([0]).assign(**row)
    path = tmp_path / f"out{FORMATS[format].ending}"
    with pytest.raises(UnusableInput, match=r"row \d"):
        export(Ecosystem({"nodes": nodes}), path, format=format)
    assert list(tmp_path.iterdir()) == []


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<graphml><graph>&b;</graph></graphml>"""


@pytest.mark.parametrize(
    ("suffix", "data", "words"),
    [
        (".graphml", BOMB, "its XML is refused"),
        (".gexf", BOMB, "its XML is refused"),
        (".graphml", b"<graphml><graph>", "line 1: it is not valid XML"),
        (".graphml", b"<html/>", "it is not GraphML"),
        (".gexf", b"<html/>", "it is not GEXF"),
        (".gexf", b"", "it is not valid XML"),
        (".json", b"{", "line 1, column 2: it is not valid JSON"),
        (".json", b"[]", "it is JSON, but neither an ecosystem"),
        (".json", b'{"partnergraph": 1, "nodes": 3}', "nodes is not a list of rows"),
        (".json", b'{"partnergraph": 1, "nodes": [{"id": {}}]}', "nodes row 1, column id"),
        (".json", b'{"partnergraph": 1, "nodes": [{"id": NaN}]}', "NaN is not a valid number"),
        (".json", b"[" * 100_000, "it is not valid JSON"),
        (".xlsx", b"PK\x03\x04", "workbook"),
        (".xlsx", b"", "it is empty"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(
    suffix: str, data: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(data)
    with pytest.raises(UnusableInput, match=words):
        load(path)


def test_a_workbook_needs_its_sheets(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Blad1"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(UnusableInput, match=r"no sheet nodes \(there are: Blad1\)"):
        xlsx.read(tmp_path / "x.xlsx")


def test_a_workbook_that_people_filled_in(tmp_path: Path) -> None:
    """Sheet names in any case, years as numbers, real dates, an error cell, a note beside."""
    import datetime

    from openpyxl import Workbook

    book = Workbook()
    nodes = book.active
    nodes.title = "Nodes"
    for row in (
        ["id", "kind", "name", "start", "end", "staff"],
        ["a", "organisation", "A", 2016, datetime.date(2018, 10, 5), 3],
        [None] * 6,
        ["b", "organisation", 42, None, None, None],
    ):
        nodes.append(row)
    nodes["D4"] = "#N/A"
    ties = book.create_sheet("TIES")
    ties.append(["kind", "source", "target"])
    ties.append(["partner_of", "a", "b"])
    book.create_sheet("Notes").append(["anything"])
    book.save(tmp_path / "x.xlsx")
    draft = xlsx.read(tmp_path / "x.xlsx")
    eco = draft.builder.build()
    assert eco.nodes[["start", "end", "name"]].fillna("").values.tolist() == [
        ["2016", "2018-10-05", "A"],
        ["", "", "42"],
    ]
    assert str(eco.nodes["staff"].dtype) == "Int64"
    assert any("cell D4: #N/A is read as blank" in words for words in draft.said)
    assert any("the sheet Notes is not one of our tables" in words for words in draft.said)


def test_slugs_and_foreign_graphs_are_adopted_with_everything_said() -> None:
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.add_node("Société X", label="Société X", country="France", staff=3)
    graph.add_node("societe x", kind="network", tags=["a", "b"])
    graph.add_node("ok", kind="planet", start="2016")
    graph.add_edge("Société X", "ok", weight=2, key="e1")
    graph.add_edge("Société X", "ok", weight=0)
    graph.add_edge("ok", "societe x", kind="member_of", role="boss")
    draft = graph_files.adopt(graph, name="g.gexf")
    eco = draft.builder.build()
    nodes = eco.nodes.set_index("id")
    assert list(nodes.index) == ["ok", "societe-x", "societe-x-2"]
    assert nodes.loc["societe-x", "original_id"] == "Société X"
    assert nodes.loc["societe-x", "original_country"] == "France"
    assert nodes.loc["ok", "original_kind"] == "planet"
    assert nodes.loc["societe-x-2", "tags"] == '["a", "b"]'
    ties = eco.ties
    assert ties["strength"].tolist()[1:] == [2.0, None] or ties["strength"].notna().sum() == 1
    assert ties["original_weight"].notna().sum() == 1
    assert ties.loc[ties["kind"] == "member_of", "original_role"].tolist() == ["boss"]
    said = "\n".join(draft.said)
    for words in (
        "2 ids were changed",
        "1 of them shared a short form",
        "2 nodes without a kind",
        "1 weight is not from 1e-12 to 1e+12",
        "kept as JSON",
        "of country is not valid in the vocabulary",
    ):
        assert words in said
