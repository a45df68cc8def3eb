"""JSON of nodes and edges as programs write it; expected values follow from each small input."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.build import Built, build

Builder = Callable[..., Built]


@pytest.fixture
def built(tmp_path: Path) -> Builder:
    def of(content: Any, name: str = "in.json") -> Built:
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return build(tmp_path / name)

    return of


def arcs(found: Built) -> list[tuple[str, str, float]]:
    """Return ties as names of their ends in the direction given, and strengths (1 where none)."""
    eco = found.ecosystem
    out = []
    for tie in eco.ties.to_dict("records"):
        ends = [tie["source"], tie["target"]]
        if tie["reported_by"] == ends[1]:
            ends.reverse()
        a, b = (eco.name_of[end] for end in ends)
        out.append((a, b, 1.0 if pd.isna(tie["strength"]) else float(tie["strength"])))
    return sorted(out)


@pytest.mark.parametrize("edges", ["links", "edges"])
def test_node_link_of_networkx_in_both_spellings(edges: str, built: Builder) -> None:
    graph = nx.MultiGraph(name="kring")
    graph.add_node("c", town="Gent")
    graph.add_edge("a", "b", weight=3)
    graph.add_edge("a", "b", weight=4)
    found = built(nx.node_link_data(graph, edges=edges))
    assert found.ecosystem.about.title == "kring"
    assert sorted(found.ecosystem.nodes["name"]) == ["a", "b", "c"]
    assert arcs(found) == [("a", "b", 3.0), ("a", "b", 4.0)]
    assert found.ecosystem.ties["reported_by"].isna().all()


def test_a_number_and_its_text_are_two_nodes(built: Builder) -> None:
    """networkx keeps 1 and '1' apart, and so does JSON."""
    graph = nx.DiGraph()
    graph.add_node(1, label="Een")
    graph.add_node("1", label="Tekst een")
    graph.add_node(2.0, label="Twee")
    graph.add_edge(1, "1", weight=2, type="FUNDS")
    graph.add_edge("1", 2.0, weight=0.5)
    found = built(nx.node_link_data(graph, edges="links"))
    assert arcs(found) == [("Een", "Tekst een", 2.0), ("Tekst een", "Twee", 0.5)]
    assert sorted(found.ecosystem.ties["kind"]) == ["funds", "partner_of"]


def test_adjacency_of_networkx_gives_each_undirected_edge_once(built: Builder) -> None:
    graph = nx.Graph([("a", "b", {"weight": 2}), ("b", "c"), ("c", "c")])
    found = built(nx.adjacency_data(graph))
    assert [a[:2] for a in arcs(found)] == [("a", "b"), ("b", "c"), ("c", "c")]
    assert arcs(built(nx.adjacency_data(nx.DiGraph([("b", "a"), ("a", "b")])))) == [
        ("a", "b", 1.0),
        ("b", "a", 1.0),
    ]


SHAPES: dict[str, Any] = {
    "D3, ends by position": {
        "nodes": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
        "links": [{"source": 0, "target": 1, "value": 2}, {"source": 1, "target": 2}],
    },
    "D3, ends that are the nodes": {
        "nodes": [{"id": "x", "name": "A"}, {"id": "y", "name": "B"}, {"id": "z", "name": "C"}],
        "links": [
            {"source": {"id": "x"}, "target": {"id": "y"}, "value": 2},
            {"source": {"id": "y"}, "target": {"id": "z"}},
        ],
    },
    "JSON Graph Format": {
        "graph": {
            "label": "kring",
            "directed": True,
            "nodes": {"x": {"label": "A"}, "y": {"label": "B"}, "z": {"label": "C"}},
            "edges": [
                {"source": "x", "target": "y", "metadata": {"weight": 2}},
                {"source": "y", "target": "z"},
            ],
        }
    },
    "vis-network": {
        "nodes": [{"id": 1, "label": "A"}, {"id": 2, "label": "B"}, {"id": 3, "label": "C"}],
        "edges": [{"from": 1, "to": 2, "value": 2}, {"from": 2, "to": 3}],
    },
    "nested data, in a document": {
        "result": {
            "Vertices": [
                {"data": {"id": "x", "properties": {"name": "A"}}},
                {"data": {"id": "y", "properties": {"name": "B"}}},
                {"data": {"id": "z", "properties": {"name": "C"}}},
            ],
            "Edges": [
                {"data": {"source_id": "x", "target_id": "y", "strength": 2}},
                {"data": {"source_id": "y", "target_id": "z"}},
            ],
        }
    },
    "names and pairs": {"nodes": ["A", "B", "C"], "edges": [["A", "B", 2], ["B", "C"]]},
    "ends by name": {
        "nodes": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}, {"id": 3, "name": "C"}],
        "edges": [{"from": "A", "to": "B", "weight": 2}, {"from": "B", "to": "C"}],
    },
    "edges alone": {
        "links": [{"source": "A", "target": "B", "weight": 2}, {"source": "B", "target": "C"}]
    },
    "APOC, all in one": {
        "nodes": [
            {"type": "node", "id": "0", "labels": ["Coop"], "properties": {"name": "A"}},
            {"type": "node", "id": "1", "labels": [], "properties": {"name": "B"}},
            {"type": "node", "id": "2", "properties": {"name": "C"}},
        ],
        "rels": [
            {
                "id": "0",
                "type": "relationship",
                "label": "KNOWS",
                "properties": {"weight": 2},
                "start": {"id": "0", "labels": ["Coop"]},
                "end": {"id": "1"},
            },
            {
                "id": "1",
                "type": "relationship",
                "label": "KNOWS",
                "start": {"id": "1"},
                "end": {"id": "2"},
            },
        ],
    },
    "a path of Neo4j's browser": [
        {
            "p": {
                "start": {"identity": 7, "labels": ["Coop"], "properties": {"name": "A"}},
                "segments": [
                    {
                        "start": {"identity": 7, "labels": [], "properties": {"name": "A"}},
                        "relationship": {
                            "identity": 1,
                            "start": 7,
                            "end": 8,
                            "type": "KNOWS",
                            "properties": {"weight": 2},
                        },
                        "end": {"identity": 8, "labels": [], "properties": {"name": "B"}},
                    },
                    {
                        "start": {"identity": 8, "labels": [], "properties": {"name": "B"}},
                        "relationship": {
                            "identity": 2,
                            "start": 8,
                            "end": 9,
                            "type": "KNOWS",
                            "properties": {},
                        },
                        "end": {"identity": 9, "labels": [], "properties": {"name": "C"}},
                    },
                ],
                "end": {"identity": 9, "labels": [], "properties": {"name": "C"}},
                "length": 2,
            }
        }
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_three_nodes_and_two_edges_however_they_are_written(shape: str, built: Builder) -> None:
    """Each input has A, B and C, a tie from A to B of weight 2, and one from B to C."""
    found = built(SHAPES[shape])
    assert sorted(found.ecosystem.nodes["name"]) == ["A", "B", "C"]
    assert arcs(found) == [("A", "B", 2.0), ("B", "C", 1.0)]


def test_apoc_writes_a_line_for_each(built: Builder) -> None:
    lines = [*SHAPES["APOC, all in one"]["nodes"], *SHAPES["APOC, all in one"]["rels"]]
    text = "\n".join(map(json.dumps, lines))
    for content, name in ((text, "in.json"), (text, "in.jsonl"), (lines, "array.json")):
        found = built(content, name)
        assert arcs(found) == [("A", "B", 2.0), ("B", "C", 1.0)]
        assert set(found.ecosystem.ties["original_kind"]) == {"KNOWS"}
        assert "Coop" in set(found.ecosystem.nodes["labels"].dropna())


def test_arrows_app(built: Builder) -> None:
    """A relationship may have the id of a node; its type is one of ours, in capitals."""
    node = {"position": {"x": 1, "y": 2}, "labels": ["Organisation"], "style": {}}
    content = {
        "style": {"font-family": "sans-serif"},
        "nodes": [
            {**node, "id": "n0", "caption": "Fonds", "properties": {"town": "Gent"}},
            {**node, "id": "n1", "caption": "Coop", "labels": ["Network"], "properties": {}},
        ],
        "relationships": [
            {
                "id": "n0",
                "fromId": "n1",
                "toId": "n0",
                "type": "FUNDS",
                "properties": {"since": 2019},
                "style": {},
            }
        ],
    }
    found = built(content)
    assert dict(found.ecosystem.nodes[["name", "kind"]].to_numpy()) == {
        "Fonds": "organisation",
        "Coop": "network",
    }
    tie = found.ecosystem.ties.iloc[0]
    assert (tie["kind"], tie["source"], tie["target"], tie["since"]) == ("funds", "n1", "n0", 2019)
    assert "left out of the document: style" in "\n".join(found.said)


def test_vosviewer_has_no_directions(built: Builder) -> None:
    items = [{"id": i, "label": f"term {i}", "weights": {"Links": i}} for i in (1, 2, 3)]
    links = [{"source_id": 1, "target_id": 2, "strength": 5}, {"source_id": 1, "target_id": 3}]
    found = built({"network": {"items": items, "links": links}, "info": {"title": "Thema's"}})
    assert arcs(found) == [("term 1", "term 2", 5.0), ("term 1", "term 3", 1.0)]
    assert found.ecosystem.ties["reported_by"].isna().all()
    assert found.ecosystem.nodes["weights.Links"].tolist() == [1, 2, 3]
    assert found.ecosystem.about.title == "Thema's"


def test_a_canvas_of_obsidian(built: Builder) -> None:
    """The middle of card a lies in the frame, that of b does not."""
    size = {"width": 200, "height": 50}
    content = {
        "nodes": [
            {"id": "a", "type": "text", "x": 100, "y": 100, **size, "text": "# Huis A\n\nvzw"},
            {"id": "b", "type": "file", "file": "Partners/Coop Sud.md", "x": 2000, "y": 0, **size},
            {
                "id": "g",
                "type": "group",
                "label": "Zuid",
                "x": 0,
                "y": 0,
                "width": 900,
                "height": 9e2,
            },
        ],
        "edges": [{"id": "e", "fromNode": "b", "toNode": "a", "label": "verhuurt aan"}],
    }
    found = built(content, "in.canvas")
    nodes = found.ecosystem.nodes.set_index("name")
    assert nodes["group"].dropna().to_dict() == {"Huis A": "Zuid"}
    assert nodes.loc["Huis A", "text"] == "# Huis A\n\nvzw"
    assert arcs(found) == [("Coop Sud", "Huis A", 1.0)]
    assert "frames, kept as the group of the cards in them: 1" in "\n".join(found.said)


def test_records_are_a_table_and_other_json_is_refused_by_name(built: Builder) -> None:
    found = built([{"name": "Huis A"}, {"name": "Huis B"}])
    assert sorted(found.ecosystem.nodes["name"]) == ["Huis A", "Huis B"]
    with pytest.raises(UnusableInput, match="neither an ecosystem"):
        built({"colour": "red"})
    with pytest.raises(UnusableInput, match=r"node 2: it has no id"):
        built({"nodes": [{"id": 1}, {"x": 2}], "edges": [{"source": 1, "target": 1}]})
    edges = [{"source": 1, "target": 1}] * 24 + [{"source": 1}]
    with pytest.raises(UnusableInput, match=r"edge 25: it has no two ends"):
        built({"nodes": [{"id": 1}], "edges": edges})


KEYS = st.sampled_from(["nodes", "Vertices", "items"]), st.sampled_from(["edges", "LINKS", "arcs"])
ENDS = st.sampled_from(
    [("source", "target"), ("from", "to"), ("fromId", "to_id"), ("start", "end")]
)


@settings(max_examples=30, deadline=None)
@given(
    graph=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    keys=st.tuples(*KEYS),
    ends=ENDS,
    nest=st.booleans(),
    number=st.booleans(),
)
def test_any_graph_in_any_words(
    graph: list[tuple[int, int]],
    keys: tuple[str, str],
    ends: tuple[str, str],
    nest: bool,
    number: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def name(i: int) -> Any:
        return 10 + i if number else f"n{i}"

    def entry(row: dict[str, Any]) -> dict[str, Any]:
        return {"data": row} if nest else row

    nodes = [entry({"id": name(i), "label": f"Huis {i}"}) for i in range(7)]
    edges = [entry({ends[0]: name(a), ends[1]: name(b)}) for a, b in graph]
    path = tmp_path_factory.mktemp("json") / "in.json"
    path.write_text(json.dumps({keys[0]: nodes, keys[1]: edges}))
    found = build(path)
    assert len(found.ecosystem) == 7
    wanted = sorted((f"Huis {a}", f"Huis {b}", 1.0) for a, b in graph)
    assert arcs(found) == wanted
