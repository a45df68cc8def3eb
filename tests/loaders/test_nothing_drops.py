"""Every reader meets a row that it cannot keep, and names it, or refuses the file at its place."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from partnergraph.graph.errors import PartnergraphError
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.loaders.build import build
from partnergraph.loaders.load import READERS, opened


def book(**sheets: list[list[Any]]) -> dict[str, list[list[Any]]]:
    return sheets


GEXF = """<gexf><graph><nodes><node id="1" label="Huis A"/><node id="2" label="Huis B"/></nodes>
<edges><edge source="1" target="2"/><edge source="1"/></edges></graph></gexf>"""
GRAPHML = """<graphml><graph edgedefault="undirected"><node id="1"/><node id="2"/>
<edge source="1" target="2"/><edge source="1"/></graph></graphml>"""
DYNETML = """<DynamicNetwork><MetaNetwork><nodes><nodeclass id="a" type="organization">
<node id="Huis A"/></nodeclass></nodes><networks>
<network sourceType="organization" targetType="organization" id="g">
<link source="Huis A"/></network>
</networks></MetaNetwork></DynamicNetwork>"""
DRAWIO = """<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>
<mxCell id="a" value="Huis A" vertex="1" parent="1"/>
<mxCell id="e" value="leent" edge="1" parent="1" source="a"/></root></mxGraphModel>"""
ENTITIES = (
    '{"id": "a", "schema": "Company", "properties": {"name": ["Huis A"]}}\n'
    '{"id": "m-1", "schema": "Membership", "properties": {"member": ["a"]}}\n'
)
OURS = {
    "partnergraph": 1,
    "nodes": [{"id": "a", "kind": "organisation", "name": "Huis A"}],
    "ties": [{"kind": "partner_of", "source": "a", "target": "b"}],
}
PAIR = "id,kind,source,target,source_name,source_kind,target_name,target_kind\n"
DANGLING = "is not in nodes"

# By format: the file, its content, and the words that name what it cannot keep.
ROWS: dict[str, tuple[str, Any, str]] = {
    "json": ("x.json", json.dumps(OURS), DANGLING),
    "xlsx": (
        "x.xlsx",
        book(
            nodes=[["id", "kind", "name"], ["a", "organisation", "Huis A"]],
            ties=[["kind", "source", "target"], ["partner_of", "a", "b"]],
        ),
        DANGLING,
    ),
    "csv": ("x.csv", f"{PAIR}t,partner_of,a,b,A,organisation,B,planet\n", "'planet' is not"),
    "gexf": ("x.gexf", GEXF, DANGLING),
    "graphml": ("x.graphml", GRAPHML, DANGLING),
    "gml": ("x.gml", 'graph [ node [ id 1 label "A" ] edge [ source 1 ] ]', "edge 1: it has no"),
    "pajek": ("x.net", '*Vertices 1\n1 "A"\n*Arcs\n1 9\n', "line 4: '9' is not the number"),
    "ucinet": ("x.dl", "dl n=2 format=el1 labels embedded data:\nA B\nC\n", "one end (C)"),
    "dynetml": ("x.dynetml", DYNETML, DANGLING),
    "vna": ("x.vna", "*Node data\nID\n1\n2\n*Tie data\nfrom to\n1 2\n1\n", DANGLING),
    "gdf": ("x.gdf", "nodedef>name\n1\nedgedef>node1,node2\n1,\n", "edge 1: it has no target"),
    "dot": ("x.dot", "graph { a -- b; a -- ; }", "line 1: ';' was found"),
    "cyjs": (
        "x.cyjs",
        json.dumps({"elements": {"nodes": [], "edges": [{"data": {"source": "1"}}]}}),
        "edges 1: it has no data with source and target",
    ),
    "graphology": (
        "x.graphology.json",
        json.dumps({"options": {}, "attributes": {}, "nodes": [], "edges": [{"source": "1"}]}),
        "edge 1: it has no target",
    ),
    "kumu": (
        "x.kumu.json",
        json.dumps({"elements": [{"label": "Huis A"}], "connections": [{"from": "Huis A"}]}),
        "connection 1 has no from or no to (Huis A)",
    ),
    "kumu-xlsx": (
        "x.xlsx",
        book(Elements=[["Label"], ["Huis A"]], Connections=[["From", "To"], ["Huis A", None]]),
        "connection 1 has no from or no to (Huis A)",
    ),
    "polinode": (
        "x.xlsx",
        book(Nodes=[["Name"], ["Huis A"]], Edges=[["Source", "Target"], ["Huis A", None]]),
        "has no source or target (Huis A)",
    ),
    "nodexl": (
        "x.xlsx",
        book(Vertices=[["Vertex"], ["Huis A"]], Edges=[["Vertex 1", "Vertex 2"], ["Huis A", None]]),
        "the row of Edges has no two vertices",
    ),
    "json-graph": (
        "x.canvas",
        json.dumps({"nodes": [{"id": "1"}], "edges": [{"fromNode": "1"}]}),
        "without a list of nodes and a list of edges",
    ),
    "cx": (
        "x.cx2",
        json.dumps([{"CXVersion": "2.0"}, {"nodes": [{"id": 1}]}, {"edges": [{"id": 2, "s": 1}]}]),
        "edge 1: it has no t",
    ),
    "drawio": ("x.drawio", DRAWIO, "the arrow has a loose end (leent)"),
    "followthemoney": ("x.ftm.json", ENTITIES, "the Membership has one of its ends only (m-1)"),
    "jsonld": ("x.jsonld", json.dumps({"@context": "x", "@graph": [3]}), "describes nothing"),
    "neo4j-admin": (
        "x.csv",
        ":START_ID,:END_ID,:TYPE\n1,2,LENDS\n1,,LENDS\n",
        "the row of x.csv has no two ends (1, LENDS)",
    ),
    "tgf": ("x.tgf", "1 A\n#\n1\n", "line 3: '1' has no two ends"),
    "tlp": ("x.tlp", '(tlp "2.0"\n(nodes 0 1)\n(edge 0 0)\n)', "is not complete"),
    "spreadsheet": ("x.tsv", "Source\tTarget\nA\tB\nA\t\n", "has no source or target (A)"),
    "tables": ("x.csv", "Organisation,Since\nHuis A,2019\n,2020\nHuis C,2021\n", "row 3"),
}


@pytest.mark.parametrize("format", ROWS)
def test_what_cannot_be_kept_is_named(format: str, tmp_path: Path) -> None:
    """By `build` and by the verbs that read; a refusal names the place in the file."""
    name, content, words = ROWS[format]
    path = tmp_path / name
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in content.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(path)
    accounts = []
    for read in (lambda: build(path).account(), lambda: opened(path)[1]):
        try:
            accounts.append("\n".join(read()))
        except PartnergraphError as error:
            assert name in str(error)
            accounts.append(str(error))
    assert all(words in account for account in accounts), accounts


def test_every_reader_is_walked() -> None:
    whole = {"datapackage", "parquet"}  # our own folders, which `check` takes apart
    assert {*ROWS} == {f for f, entry in FORMATS.items() if entry.reads} - whole | {"tables"}
    assert {*READERS} == {"datapackage", "tables", "graph_files", "json"}


def test_in_one_table_each_row_is_kept_or_named(tmp_path: Path) -> None:
    """Of 30 rows 10 lack an end: 20 ties are kept, and 10 rows listed with their numbers."""
    rows = [f"n{i},{'' if i % 3 == 0 else f'm{i}'}" for i in range(30)]
    path = tmp_path / "edges.csv"
    path.write_text("Source,Target\n" + "\n".join(rows) + "\n")
    found = build(path)
    assert len(found.ecosystem.ties) == 20
    assert found.unread["row"].tolist() == [2 + i for i in range(0, 30, 3)]
    assert pd.notna(found.unread["cause"]).all()
