"""GEXF as other programs write it. Counts and values are those that stand in each small file."""

from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import gexf
from partnergraph.loaders.load import opened

NODES = '<node id="a" label="A"/><node id="b" label="B"/>'


def file(
    folder: Path,
    edges: str = "",
    *,
    nodes: str = NODES,
    attributes: str = "",
    space: str = "http://gexf.net/1.3",
) -> Path:
    path = folder / "x.gexf"
    path.write_text(
        f'<gexf xmlns="{space}" version="1.3"><graph defaultedgetype="directed">{attributes}'
        f"<nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>"
    )
    return path


@pytest.mark.parametrize("identity", ['id="0"', ""])
def test_parallel_edges_stay_with_one_id_or_without(identity: str, tmp_path: Path) -> None:
    edge = f'<edge {identity} source="a" target="b" weight="{{}}"/>'
    eco, _ = opened(file(tmp_path, edge.format(2) + edge.format(3)))
    assert sorted(eco.ties["strength"]) == [2, 3]


def test_edges_of_both_sorts_are_read_and_only_one_has_a_direction(tmp_path: Path) -> None:
    edges = '<edge id="1" type="undirected" source="a" target="b"/>'
    eco, said = opened(file(tmp_path, edges + '<edge id="2" source="b" target="a"/>'))
    assert sorted(eco.ties["reported_by"].fillna("")) == ["", "b"]
    assert any("1 of them had a direction" in words for words in said)


def test_a_direction_that_is_lost_is_said(tmp_path: Path) -> None:
    _, said = opened(file(tmp_path, '<edge id="2" source="b" target="a"/>'))
    assert any("1 of them had a direction" in words for words in said)


def test_values_that_are_only_declared_are_filled_in(tmp_path: Path) -> None:
    attributes = (
        '<attributes class="node"><attribute id="0" title="valid" type="boolean">'
        "<default>true</default></attribute></attributes>"
    )
    eco, _ = opened(file(tmp_path, attributes=attributes))
    assert eco.nodes["valid"].tolist() == [True, True]


def test_an_attribute_with_the_name_of_an_argument_is_kept(tmp_path: Path) -> None:
    attributes = (
        '<attributes class="edge"><attribute id="0" title="key" type="string"/></attributes>'
    )
    value = '<attvalues><attvalue for="0" value="z"/></attvalues>'
    edge = f'<edge id="1" source="a" target="b">{value}</edge>'
    eco, _ = opened(file(tmp_path, edge, attributes=attributes))
    assert eco.ties["key"].tolist() == ["z"]


def test_periods_without_a_time_format_are_read(tmp_path: Path) -> None:
    eco, _ = opened(file(tmp_path, nodes='<node id="a" label="A" start="2010" end="2012"/>'))
    assert eco.nodes[["start", "end"]].to_numpy().tolist() == [["2010", "2012"]]


@pytest.mark.parametrize(
    "space", ["http://gexf.net/1.3", "http://www.gexf.net/1.3", "http://www.gexf.net/1.2draft"]
)
def test_every_namespace_of_gephi_is_read(space: str, tmp_path: Path) -> None:
    assert len(opened(file(tmp_path, space=space))[0]) == 2


def test_what_is_too_deep_or_in_no_encoding_is_refused(tmp_path: Path) -> None:
    deep = '<node id="a"><nodes>' * 20_000 + "</nodes></node>" * 20_000
    with pytest.raises(UnusableInput, match="nested too deeply"):
        gexf.read(file(tmp_path, nodes=deep))
    (tmp_path / "y.gexf").write_text('<?xml version="1.0" encoding="klingon"?><gexf/>')
    with pytest.raises(UnusableInput, match="klingon"):
        gexf.read(tmp_path / "y.gexf")


@pytest.mark.parametrize("column", ["label", "Label", "weight", "key", "viz", "own:x", "spells"])
def test_own_columns_named_like_those_of_the_format_come_back(column: str, tmp_path: Path) -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", **{column: "v"})
    b.node("b", kind="organisation")
    b.tie("partner_of", "a", "b", strength=2, **{column: "w"})
    eco = b.build()
    gexf.write(eco, tmp_path / "x.gexf")
    again, _ = opened(tmp_path / "x.gexf")
    assert again.nodes.equals(eco.nodes)
    assert again.ties.equals(eco.ties)
