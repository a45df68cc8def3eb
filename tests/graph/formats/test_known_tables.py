"""Tables as known programs keep them; expected values follow from each small input."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.build import Built, build
from partnergraph.loaders.load import load
from partnergraph.views.export import export


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def ties(found: Built) -> list[tuple[str, str, str, float]]:
    eco = found.ecosystem
    out = []
    for tie in eco.ties.to_dict("records"):
        ends = [eco.name_of[tie[end]] for end in ("source", "target")]
        if tie["kind"] == "partner_of":
            ends.sort()
        strength = 1.0 if pd.isna(tie["strength"]) else float(tie["strength"])
        out.append((ends[0], tie["kind"], ends[1], strength))
    return sorted(out)


def folder(path: Path, files: dict[str, str]) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


# -- Neo4j -----------------------------------------------------------------------------------------

BULK = {
    "bodies.csv": "bodyID:ID(Body),name,staff:int,open:boolean,tags:string[],skip:IGNORE,:LABEL\n"
    "1,Huis A,3,true,a;b,x,Organisation;Coop\n2,Huis B,4,,,,Organisation\n,Huis C,,,,,\n",
    "projects.csv": ":ID(Project);title;:LABEL\n1;Tafel;Project\n",
    "funds.csv": ":START_ID(Body),weight:int,:END_ID(Project),:TYPE\n1,3,1,FUNDS\n2,,,FUNDS\n",
    "KNOWS.csv": ":START_ID(Body),:END_ID(Body)\n1,2\n",
    "readme.csv": "What,Where\nthis,here\n",
}


@pytest.mark.parametrize("way", ["folder", "files", "one file with its neighbours"])
def test_files_of_a_bulk_import(way: str, tmp_path: Path) -> None:
    """Body 1 and project 1 are of two id spaces; KNOWS stands in the name of the file only."""
    whole = folder(tmp_path / "bulk", BULK)
    files = [whole / name for name in BULK if name != "readme.csv"]
    found = build({"folder": whole, "files": files}.get(way, whole / "funds.csv"))
    eco = found.ecosystem
    kinds = dict(eco.nodes[["name", "kind"]].to_numpy())
    assert kinds == {"Huis A": "organisation", "Huis B": "organisation", "Tafel": "project"}
    wanted = [("Huis A", "funds", "Tafel", 3.0)]
    wanted += [("Huis A", "partner_of", "Huis B", 1.0)] if way in ("folder", "files") else []
    assert ties(found) == wanted
    node = eco.nodes.set_index("name").loc["Huis A"]
    assert (node["staff"], node["open"], node["tags"]) == (3, True, "a;b")
    assert node["labels"] == "Organisation;Coop"
    causes = sorted(found.unread["cause"])
    assert causes == ["the row of bodies.csv has no :ID", "the row of funds.csv has no two ends"]
    assert "marked :IGNORE, left out: 1" in "\n".join(found.said)


def test_a_header_in_a_file_of_its_own(tmp_path: Path) -> None:
    files = {
        "body-header.csv": "id:ID,name\n",
        "body.csv": "1,Huis A\n",
        "body-2.csv": "2,Huis B\n",
        "lends-header.csv": ":START_ID,:END_ID,:TYPE\n",
        "lends.csv": "1,2,LENDS\n",
    }
    found = build(folder(tmp_path / "bulk", files))
    assert ties(found) == [("Huis A", "partner_of", "Huis B", 1.0)]
    assert found.ecosystem.ties["original_kind"].tolist() == ["LENDS"]


def test_what_we_wrote_for_a_bulk_import_comes_back_whole(smart: Ecosystem, tmp_path: Path) -> None:
    nodes = smart.nodes
    nodes["omzet (k€)"] = pd.array([1.5] * (len(nodes) - 1) + [float("inf")], dtype="Float64")
    eco = Ecosystem({**smart.tables, "nodes": nodes}, smart.about)
    export(eco, tmp_path / "bulk", format="neo4j-admin")
    assert load(tmp_path / "bulk") == eco
    assert pg.load(tmp_path / "bulk").about == eco.about


# -- Gephi -----------------------------------------------------------------------------------------


def test_a_workbook_of_gephi_has_a_direction_for_each_edge(tmp_path: Path) -> None:
    nodes = [["Id", "Label", "Land"], [1, "Huis A", "BE"], [2, "Huis B", "NL"], [3, "Solo", "FR"]]
    edges = [
        ["Source", "Target", "Type", "Weight"],
        [1, 2, "Undirected", 4.5],
        [2, 1, "Directed", 1],
    ]
    found = build(book(tmp_path / "in.xlsx", Nodes=nodes, Edges=edges))
    assert found.ecosystem.ties["strength"].tolist() == [4.5, 1.0]
    reported = found.ecosystem.ties["reported_by"]
    assert (reported.isna().tolist(), reported.dropna().tolist()) == ([True, False], ["2"])


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ("nodes.csv", "edges.csv"),
        ("Kring Nodes.csv", "Kring Edges.csv"),
        ("kring [Nodes].csv", "kring [Edges].csv"),
        ("kring_nodes.csv", "kring_edges.csv"),
    ],
)
@pytest.mark.parametrize("way", ["folder", "both", "edges"])
def test_nodes_beside_edges_may_be_known_by_labels(
    nodes: str, edges: str, way: str, tmp_path: Path
) -> None:
    """Four nodes whose labels are numbers; one has no edge; a byte order mark changes nothing."""
    files = {
        nodes: "\ufeffLabel,target\n11,0\n12,1\n13,0\n14,1\n",
        edges: "Source,Target\n11,12\n12,13\n",
    }
    whole = folder(tmp_path / "kring", files)
    both = [whole / nodes, whole / edges]
    found = build({"folder": whole, "both": both}.get(way, whole / edges))
    assert sorted(found.ecosystem.nodes["name"]) == ["11", "12", "13", "14"]
    assert found.ecosystem.nodes["target"].notna().all()
    assert len(found.ecosystem.ties) == 2


def test_ends_may_be_labels_where_nodes_have_ids(tmp_path: Path) -> None:
    files = {
        "nodes.csv": "Id,Label\nn1,Huis A\nn2,Huis B\n",
        "edges.csv": "Source,Target,Type\nHuis A,Huis B,Undirected\n,Huis B,Directed\n",
    }
    found = build(folder(tmp_path / "kring", files))
    assert ties(found) == [("Huis A", "partner_of", "Huis B", 1.0)]
    assert found.ecosystem.ties["reported_by"].isna().all()
    assert found.unread["cause"].tolist() == ["the row of ties has no source or target"]


# -- Kumu ------------------------------------------------------------------------------------------


def test_a_workbook_of_kumu(tmp_path: Path) -> None:
    """Labels are compared without capitals; persons are left out with their connections."""
    elements = [
        ["Label", "Type", "Tags"],
        ["Huis A ", "Organisation", "zorg|werk"],
        ["Huis B", "Project", None],
        ["An Peeters", "Person", None],
    ]
    connections = [
        ["From", "To", "Direction", "Type", "Strength"],
        ["huis a", "Huis B", "directed", "funds", 3],
        ["Huis B", "Huis C", "mutual", None, "2,5"],
        ["Huis A", None, None, None, 1],
        ["An Peeters", "Huis A", "directed", "works for", 1],
    ]
    found = build(book(tmp_path / "in.xlsx", Elements=elements, Connections=connections))
    assert sorted(found.ecosystem.nodes["name"]) == ["Huis A", "Huis B", "Huis C"]
    assert ties(found) == [
        ("Huis A", "funds", "Huis B", 3.0),
        ("Huis C", "participates_in", "Huis B", 2.5),
    ]
    assert dict(found.unread[["value", "cause"]].to_numpy()) == {
        "Huis A": "connection 3 has no from or no to"
    }
    assert "1 person is left out, with 1 of the ties" in "\n".join(found.said)


# -- NodeXL ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["Undirected", "Directed"])
def test_a_workbook_of_nodexl(type: str, tmp_path: Path) -> None:
    edges = [
        [None, None, "Visual Properties", None, "Other Columns"],
        ["Vertex 1", "Vertex 2", "Color", "Relationship", "Edge Weight"],
        ["Huis A", "Huis B", None, "leent", 3],
        ["Huis C", "Huis B", None, None, 2],
        ["Huis C", None, None, None, 1],
    ]
    vertices = [[None, "Labels"], ["Vertex", "Label"], ["Huis A", "Huis A vzw"], ["Solo", "Solo"]]
    found = build(
        book(
            tmp_path / "in.xlsx",
            Edges=edges,
            Vertices=vertices,
            Group_Vertices=[["Group", "Vertex", "Vertex ID"], ["G1", "Huis A", 3]],
            Overall_Metrics=[["Graph Metric", "Value"], ["Graph Type", type], ["Vertices", 4]],
        )
    )
    nodes = found.ecosystem.nodes.set_index("name")
    assert sorted(nodes.index) == ["Huis A", "Huis B", "Huis C", "Solo"]
    assert nodes["group"].dropna().to_dict() == {"Huis A": "G1"}
    assert ties(found) == [
        ("Huis A", "partner_of", "Huis B", 3.0),
        ("Huis B", "partner_of", "Huis C", 2.0),
    ]
    assert found.ecosystem.ties["reported_by"].notna().all() == (type == "Directed")
    assert found.unread["cause"].tolist() == ["the row of Edges has no two vertices"]
