"""Graph files that claim, multiply or break: refused in one message, or read and said.

The inputs are our own; each stands for a kind that once ended in a traceback, took minutes or
filled the memory.
"""

import json
from pathlib import Path

import pytest

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.graph_tables import frame_of
from partnergraph.loaders.build import build
from partnergraph.loaders.tables.mapping_file import parse_mapping

MANY = " ".join(f"a{i}" for i in range(1_500))
REFUSED = {
    "pajek size": ("x.net", "*Vertices 900000\n", "declares 900,000 vertices in 17 characters"),
    "pajek power": ("x.net", "*Vertices ³\n*Edges\n", "*Vertices has no number"),
    "pajek digits": ("x.net", f"*Vertices {'9' * 5_000}\n", "*Vertices has no number"),
    "pajek modes": ("x.net", "*Vertices 2 5\n", "its first mode has 5 of 2 vertices"),
    "pajek end": ("x.net", "*Vertices 2\n*Arcs\n1 ²\n", "is not the number of a vertex"),
    "dl list": ("x.dl", "dl n=900000 format=nodelist1\ndata:\n1 2\n", "declares"),
    "dl half": ("x.dl", "dl n=9999 format=lowerhalf\ndata:\n1 2\n", "not 49,995,000"),
    "tlp ranges": ("x.tlp", "(tlp (nodes 0..60000 70000..130000))", "declares 120,002 nodes"),
    "dot product": ("x.dot", f"graph {{ {{{MANY}}} -- {{{MANY}}} }}", "declares 2,250,000 edges"),
    "dot chain": ("x.dot", f"graph {{ {' -- '.join([f'{{{MANY}}}'] * 3)} }}", "declares"),
    "dot cut": ("x.dot", "digraph { a; {b -> c", "ends in the middle"),
    "dot list cut": ("x.dot", "digraph { a [b=c", "ends in the middle"),
    "tlp stranger": ("x.tlp", '(tlp (property 0 int "x" (line 1 2)))', "not complete"),
    "pair": ("x.csv", "        <n", "it has no column source and no column target"),
    "vna": ("x.vna", "*Tie data\nfrom;to\n1;2\n", "does not name the two ends"),
    "header": ("nodes.csv", '" "," "\nx,y\n', "the header has no column names"),
    "wide": (
        "nodes.csv",
        "id," + ",".join(f"c{i}" for i in range(20_000)) + "\n",
        "20,001 columns",
    ),
    "own name": (
        "x.json",
        '{"partnergraph": 1, "nodes": [{"id": "a", "kind": "network", "name": "A", "\\ud800": 1}]}',
        "has control characters",
    ),
    "own row": (
        "x.json",
        '{"partnergraph": 1, "nodes": [{"id": "a", "kind": "network", "name": "A", "_row": "z"}]}',
        "starts with an underscore",
    ),
    "title": ("x.json", '{"partnergraph": 1, "about": {"title": "\\u001b[31m"}}', "control char"),
    "json digits": ("x.geojson", f'[{{"a": {"9" * 5_000}}}]', "not valid JSON"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_claims_or_multiplies_is_refused(case: str, tmp_path: Path) -> None:
    name, text, words = REFUSED[case]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    if name == "nodes.csv":
        (tmp_path / "ties.csv").write_text("id,kind,source,target\n", encoding="utf-8")
        path = tmp_path
    with pytest.raises(UnusableInput) as caught:
        pg.load(path)
    assert words in str(caught.value)


def built(path: Path, text: str) -> tuple[Ecosystem, str]:
    path.write_text(text, encoding="utf-8")
    found = build(path)
    return found.ecosystem, "\n".join(found.said)


@pytest.mark.parametrize(
    "red", ["abc", "nan", "1e999", "", "²"], ids=["word", "nan", "inf", "blank", "power"]
)
def test_a_colour_that_is_not_numbers_is_kept_as_it_is_written(red: str, tmp_path: Path) -> None:
    node = f"<node id='a'><color r='{red}' g='1' b='2'/></node>"
    eco, _ = built(tmp_path / "x.gexf", f"<gexf><graph><nodes>{node}</nodes></graph></gexf>")
    assert eco.nodes["color"].tolist() == [f"rgb({red}, 1, 2)"]


def test_half_characters_of_a_foreign_file_are_marked_and_said(tmp_path: Path) -> None:
    content = {
        "elements": [{"label": "a\ud800", "note\udc00": "\x07"}, {"label": "b"}],
        "connections": [{"from": "a\ud800", "to": "b"}],
    }
    eco, said = built(tmp_path / "x.kumu.json", json.dumps(content))
    assert eco.nodes["name"].tolist() == ["a\ufffd", "b"]
    assert eco.nodes["note\ufffd"].tolist()[0] == "\ufffd"
    assert len(eco.ties) == 1
    assert "had control characters" in said


def test_entities_that_stand_for_no_character_stay_as_they_are(tmp_path: Path) -> None:
    label = "&#1114112;&#xd800;&#99999999999;&#65;"
    eco, _ = built(tmp_path / "x.gml", f'graph [ node [ id 1 label "{label}" ] ]  # the end')
    assert eco.nodes["name"].tolist() == ["&#1114112;&#xd800;&#99999999999;A"]


@pytest.mark.parametrize("weight", ["1e308", "1e-320", "inf", "nan", "-1", "0"])
def test_a_strength_that_cannot_be_summed_or_turned_into_a_distance_is_said(
    weight: str, tmp_path: Path
) -> None:
    edge = f"<edge source='a' target='b' weight='{weight}'/>"
    eco, said = built(tmp_path / "x.gexf", f"<gexf><graph><edges>{edge}</edges></graph></gexf>")
    assert eco.ties["strength"].isna().all()
    assert weight == "nan" or "not from 1e-12 to 1e+12" in said


def test_modes_of_nodes_that_are_listed_twice_or_not_at_all(tmp_path: Path) -> None:
    text = 'dl nr=3 nc=1\nrow labels:\n"a","a","b"\ncol labels:\n"e"\ndata:\n1\n1\n1\n'
    eco, _ = built(tmp_path / "x.dl", text)
    assert sorted(eco.nodes["kind"]) == ["network", "organisation", "organisation"]


def test_many_nodes_with_an_attribute_each_are_refused_before_they_fill_memory() -> None:
    rows = [{"id": str(i), f"a{i}": i} for i in range(3_000)]
    with pytest.raises(UnusableInput, match="3,001 attributes of 3,000 nodes or edges"):
        frame_of(rows, "id")


def test_ragged_rows_and_commas_are_read(tmp_path: Path) -> None:
    eco, _ = built(tmp_path / "n.csv", "Id;Label;x\n1;;a\n2;;b4;;\n")
    assert eco.nodes["x"].tolist() == ["a", "b4"]
    eco, _ = built(tmp_path / "t.csv", "Source,Target,Weight\na,b,1\na,c,2,\n")
    assert eco.ties["strength"].tolist() == [1, 2]
    eco, _ = built(tmp_path / "t.vna", "*Tie data\nfrom,to\nk,l\n")
    assert eco.ties[["source", "target"]].to_numpy().tolist() == [["k", "l"]]


DEEP = "tables: " + "{" * 50_000
MAPPINGS = {
    "depth": (DEEP, "nest"),
    "header": (
        f"tables:\n- header: {'9' * 20}\n  nodes: {{organisation: a}}\n",
        "not a row number",
    ),
    "power": ("tables:\n- header: ²\n  nodes: {organisation: a}\n", "not a row number"),
    "aliases": ("a: &a [x]\nb: [*a, *a]\n", "it has aliases"),
    "no end": (
        "tables:\n- nodes: {organisation: a}\n  ties: [{kind: partner_of, source: , target: a}]\n",
        "source: '' is not known here",
    ),
}


@pytest.mark.parametrize("case", MAPPINGS)
def test_mappings_that_multiply_or_break_are_refused(case: str) -> None:
    text, words = MAPPINGS[case]
    with pytest.raises(UnusableInput, match=words):
        parse_mapping(text, "m.yaml")
