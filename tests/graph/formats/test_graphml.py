"""GraphML as other programs write it. Values are those that stand in each small file."""

import json
from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import graphml
from partnergraph.loaders.load import opened

TWO = '<node id="a"/><node id="b"/>'


def file(folder: Path, body: str, keys: str = "") -> Path:
    path = folder / "x.graphml"
    space = "http://graphml.graphdrawing.org/xmlns"
    graph = f'<graph edgedefault="directed">{body}</graph>'
    path.write_text(f'<graphml xmlns="{space}">{keys}{graph}</graphml>')
    return path


def test_parallel_edges_of_one_id_stay(tmp_path: Path) -> None:
    eco, said = opened(file(tmp_path, TWO + '<edge id="0" source="a" target="b"/>' * 2))
    assert len(eco.ties) == 2
    assert any("1 edge has the id of an earlier one" in words for words in said)


def test_edges_of_both_sorts_are_read_and_only_one_has_a_direction(tmp_path: Path) -> None:
    edges = '<edge source="a" target="b"/><edge directed="false" source="b" target="a"/>'
    eco, said = opened(file(tmp_path, TWO + edges))
    assert len(eco.ties) == 2
    assert eco.ties["reported_by"].notna().sum() == 1
    assert any("1 of them had a direction" in words for words in said)


@pytest.mark.parametrize(
    ("keys", "body", "column", "value"),
    [
        (
            '<key id="k" for="node" attr.name="x"/>',
            '<node id="a"><data key="k">5</data></node>',
            "x",
            "5",
        ),
        (
            '<key id="k" for="node" attr.name="x" attr.type="int"><default>7</default></key>',
            '<node id="a"/>',
            "x",
            7,
        ),
        ("", '<node id="a"><desc>ours</desc></node>', "description", "ours"),
        (
            "",
            '<key id="k" for="node" attr.name="x" attr.type="int"/>'
            '<node id="a"><data key="k">5</data></node>',
            "x",
            5,
        ),
        (
            '<key id="k" for="node" attr.name="x" attr.type="long"/>',
            f'<node id="a"><data key="k">{10**30}</data></node>',
            "x",
            str(10**30),
        ),
    ],
    ids=["no type", "default", "desc", "key in the graph", "30 digits"],
)
def test_what_networkx_loses_or_refuses_is_read(
    keys: str, body: str, column: str, value: object, tmp_path: Path
) -> None:
    eco, _ = opened(file(tmp_path, body, keys))
    assert eco.nodes[column].tolist() == [value]


def test_ports_are_left_out_and_said(tmp_path: Path) -> None:
    _, said = opened(file(tmp_path, '<node id="a"><port name="x"/></node>'))
    assert any("ports of nodes, left out: 1" in words for words in said)


@pytest.mark.parametrize(
    "mark",
    [
        [1],
        {"about": 5},
        {"aliases": 7},
        {"own_columns": [1]},
        {"evidence": [{"fact": {}}]},
        {"own_columns": {"nodes": {"z": "planet"}}},
    ],
)
def test_a_forged_mark_is_refused(mark: object, tmp_path: Path) -> None:
    keys = '<key id="k" for="graph" attr.name="partnergraph" attr.type="string"/>'
    body = f'<data key="k">{json.dumps(mark)}</data><node id="a"/>'
    with pytest.raises(UnusableInput, match="was not written by partnergraph"):
        graphml.read(file(tmp_path, body, keys))


@pytest.mark.parametrize("column", ["label", "Label", "weight", "key", "viz", "u_for_edge"])
def test_own_columns_named_like_those_of_the_format_come_back(column: str, tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", name="a\r\nb", **{column: "v"})
    b.node("b", kind="organisation")
    b.tie("partner_of", "a", "b", strength=2, **{column: "w"})
    eco = b.build()
    graphml.write(eco, tmp_path / "x.graphml")
    assert opened(tmp_path / "x.graphml")[0] == eco
