"""What we write, other people's readers read: networkx, and the schemas that makers publish."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import PartnergraphError
from partnergraph.loaders.load import opened
from partnergraph.views.export import export

Reader = Callable[[Path], nx.Graph]


def cytoscape(path: Path) -> nx.Graph:
    return nx.cytoscape_graph(json.loads(path.read_text(encoding="utf-8")))


READERS: dict[str, Reader] = {
    "out.gexf": nx.read_gexf,
    "out.graphml": nx.read_graphml,
    "out.gml": lambda path: nx.read_gml(path, label="id"),
    "out.net": nx.read_pajek,
    "out.cyjs": cytoscape,
}


@pytest.mark.parametrize("name", READERS)
def test_networkx_reads_the_same_nodes_and_ties(
    name: str, smart: Ecosystem, tmp_path: Path
) -> None:
    export(smart, tmp_path / name)
    graph = READERS[name](tmp_path / name)
    assert len(graph) == len(smart)
    assert graph.number_of_edges() == len(smart.ties)

    def degrees(pairs: Any) -> list[int]:
        count = Counter(end for pair in pairs for end in pair)
        return sorted(count.values())

    ties = smart.ties
    assert degrees((a, b) for a, b, *_ in graph.edges) == degrees(
        zip(ties["source"], ties["target"], strict=True)
    )


TORTURE = {
    "truncated.gexf": b'<gexf xmlns="http://gexf.net/1.3"><graph><nodes><node id="a"',
    "bomb.graphml": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><graphml>&b;</graphml>',
    "outside.gexf": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><gexf>&a;</gexf>',
    "deep.graphml": b"<graphml><graph>" + b'<node id="a"><graph>' * 50_000,
    "hyper.graphml": b'<graphml><graph><node id="a"/><hyperedge/></graph></graphml>',
    "deep.gml": b"graph [" + b"a [" * 100_000,
    "open.gml": b'graph [ node [ id 1 label "a',
    "nothing.gml": b"graph [ edge [ source 1 ] ]",
    "many.net": b"*Vertices 999999999999\n",
    "dangling.net": b"*Vertices 1\n1 a\n*Arcs\n1 7\n",
    "negative.net": b"*Vertices -3\n",
    "words.net": b"*Vertices x\n*Arcs\n1 2\n",
    "matrix.dl": b"dl n=99999999 format=fullmatrix\ndata:\n0 1",
    "short.dl": b"dl n=3 format=fullmatrix\ndata:\n0 1",
    "header.gdf": b"nodedef>\n",
    "row.gdf": b"nodedef>name VARCHAR\na,b,c,d\n",
    "open.dot": b'graph { a -- "b',
    "cluster.dot": b"digraph {" + b"subgraph {" * 20_000,
    "null.cyjs": b'{"elements": null}',
    "list.cyjs": b'{"elements": [1, 2]}',
    "no.graphology.json": b'{"nodes": 3, "edges": {}, "attributes": []}',
    "kumu.kumu.json": b'{"elements": [{}], "connections": [{"from": 1}]}',
    "line.ftm.json": b'{"id": "a", "schema": "Company", "properties": 7}\n',
    "cut.ftm.json": b'{"id": "a", "schema": "Company", "properties": {}}\n{"id"',
    "id.jsonld": b'{"@context": "https://schema.org", "@graph": [{"@type": 3}]}',
    "vna.vna": b"*tie data\nfrom to\n",
    "bare.tgf": b"#\n1 2\n",
    "open.tlp": b'(tlp "2.0" (nodes 0..99999999999)',
    "utf16.gexf": '<?xml version="1.0" encoding="utf-16"?><gexf/>'.encode("utf-16"),
    "empty.net": b"",
    "zeros.gml": b"\x00" * 5_000,
    "some.gz": b"\x1f\x8b\x08\x00broken",
    "some.zip": b"PK\x03\x04broken",
}


@pytest.mark.parametrize("name", TORTURE)
def test_broken_files_end_in_a_result_or_one_message_with_their_name(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(TORTURE[name])
    try:
        eco, _ = opened(path)
    except PartnergraphError as error:
        assert name in str(error)
        assert len(str(error)) < 1_000
    else:
        assert len(eco) <= 2  # a header, or what was whole before the break


def test_ids_of_graphml_are_what_its_schema_allows(smart: Ecosystem, tmp_path: Path) -> None:
    """An id is an NMTOKEN there: Smart's ``…@2016`` are none, and travel beside.

    Validated by hand with xmllint against the published schemas of GraphML 1.0 and GEXF 1.3.
    """
    export(smart, tmp_path / "out.graphml")
    ids = re.findall(r'<edge [^>]*id="([^"]*)"', (tmp_path / "out.graphml").read_text("utf-8"))
    assert len(ids) == len(set(ids)) == len(smart.ties)
    assert all(re.fullmatch(r"[\w.:-]+", identity) for identity in ids)
    assert opened(tmp_path / "out.graphml")[0] == smart
