"""Drawings of draw.io, and Cytoscape's CX; expected values follow from each small input."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from partnergraph.graph.errors import UnusableInput
from partnergraph.loaders.build import build

BOX = 'style="rounded=0;html=1;" vertex="1"'
POINT = '<mxGeometry><mxPoint x="1" y="2"/></mxGeometry>'
MODEL = f"""<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>
<mxCell id="f" value="Zuid" style="swimlane" vertex="1" parent="1"/>
<mxCell id="a" value="&lt;b&gt;Huis&amp;nbsp;A&lt;/b&gt;&lt;div&gt;vzw&lt;/div&gt;"
 {BOX} parent="f"/>
<UserObject id="b" label="%naam% &amp; co" placeholders="1" naam="Huis B" town="Gent">
<mxCell {BOX} parent="1"/></UserObject>
<mxCell id="c" value="Huis C" vertex="1" parent="1"/>
<mxCell id="t" value="Kaart van 2024" style="text;html=1;" vertex="1" parent="1"/>
<mxCell id="line" style="shape=line" vertex="1" parent="1"/>
<mxCell id="e1" value="leent" style="endArrow=block;" edge="1" parent="1" source="a" target="b"/>
<mxCell id="l1" value="aan" style="edgeLabel;" vertex="1" parent="e1"/>
<mxCell id="e2" style="endArrow=none;" edge="1" parent="1" source="b" target="c"/>
<mxCell id="e3" style="endArrow=none;startArrow=oval;" edge="1" parent="1" source="a" target="c"/>
<mxCell id="e4" value="los" edge="1" parent="1" source="a">{POINT}</mxCell>
</root></mxGraphModel>"""


def packed(model: str) -> str:
    """Compress a page as draw.io does: percent-encoded, deflated without header, in base 64."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = engine.compress(quote(model, safe="~()*!.'").encode()) + engine.flush()
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("name", ["in.drawio", "in.xml"])
def test_shapes_are_nodes_and_arrows_ties(name: str, compressed: bool, tmp_path: Path) -> None:
    page = packed(MODEL) if compressed else MODEL
    (tmp_path / name).write_text(f'<mxfile><diagram id="d" name="P">{page}</diagram></mxfile>')
    found = build(tmp_path / name)
    nodes = found.ecosystem.nodes.set_index("id")
    assert nodes["name"].to_dict() == {"a": "Huis A vzw", "b": "Huis B & co", "c": "Huis C"}
    assert nodes["group"].dropna().to_dict() == {"a": "Zuid"}
    assert nodes.loc["b", "town"] == "Gent"
    ties = found.ecosystem.ties.set_index("original_id")
    assert ties["label"].dropna().to_dict() == {"e1": "leent; aan"}
    assert ties["reported_by"].dropna().to_dict() == {"e1": "a", "e3": "c"}
    said = "\n".join(found.said)
    assert dict(found.unread[["value", "cause"]].to_numpy()) == {
        "los": "the arrow has a loose end",
        "Kaart van 2024": "the text stands beside the shapes",
    }
    assert "shapes without text, left out: 1" in said
    assert "frames, kept as the group of the shapes in them: 1" in said


def test_the_same_ids_on_two_pages_are_two_shapes(tmp_path: Path) -> None:
    pages = "".join(f'<diagram name="{n}">{MODEL}</diagram>' for n in "PQ")
    (tmp_path / "in.drawio").write_text(f"<mxfile>{pages}</mxfile>")
    found = build(tmp_path / "in.drawio").ecosystem
    assert found.nodes["page"].tolist() == ["P", "Q"] * 3
    assert len(found.ties) == 6


@pytest.mark.parametrize("text", ["no base 64!", base64.b64encode(b"not deflated").decode()])
def test_a_damaged_page_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "in.drawio").write_text(f'<mxfile><diagram name="P">{text}</diagram></mxfile>')
    with pytest.raises(UnusableInput, match=r"in\.drawio, page P: the page cannot be unpacked"):
        build(tmp_path / "in.drawio")


CX2: list[Any] = [
    {"CXVersion": "2.0", "hasFragments": True},
    {"metaData": [{"name": "nodes", "elementCount": 2}]},
    {
        "attributeDeclarations": [
            {
                "nodes": {"name": {"d": "string", "a": "n"}, "town": {"d": "string", "v": "Gent"}},
                "edges": {"weight": {"d": "double", "a": "w"}},
            }
        ]
    },
    {"networkAttributes": [{"name": "Tafel"}]},
    {"nodes": [{"id": 1, "x": 1.0, "y": 2.0, "v": {"n": "Bij Ons"}}]},
    {"edges": [{"id": 10, "s": 1, "t": 2, "v": {"w": 1.5}}]},
    {"nodes": [{"id": 2, "v": {"n": "Chez Nous", "town": "Mons"}}]},
    {"visualProperties": [{"default": {}}]},
    {"status": [{"success": True}]},
]
CX: list[Any] = [
    {"numberVerification": [{"longNumber": 281474976710655}]},
    {"nodes": [{"@id": 1, "n": "Bij Ons"}, {"@id": 2, "n": "Chez Nous"}]},
    {"edges": [{"@id": 10, "s": 1, "t": 2, "i": "lends to"}]},
    {"networkAttributes": [{"n": "name", "v": "Tafel"}]},
    {"nodeAttributes": [{"po": 1, "n": "town", "v": "Gent"}, {"po": 2, "n": "town", "v": "Mons"}]},
    {"edgeAttributes": [{"po": 10, "n": "weight", "v": "1.5", "d": "double"}]},
    {"cartesianLayout": [{"node": 1, "x": 0, "y": 0}]},
    {"status": [{"success": True}]},
]


@pytest.mark.parametrize(("content", "name"), [(CX2, "in.cx2"), (CX, "in.cx"), (CX2, "in.json")])
def test_both_versions_of_cx(content: list[Any], name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    found = build(tmp_path / name)
    eco = found.ecosystem
    assert dict(eco.nodes[["name", "town"]].to_numpy()) == {"Bij Ons": "Gent", "Chez Nous": "Mons"}
    assert eco.ties[["source", "target", "strength"]].to_numpy().tolist() == [["1", "2", 1.5]]
    assert eco.about.title == "Tafel"
    assert "aspects left out: " in "\n".join(found.said)
