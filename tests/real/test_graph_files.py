"""Graph files of other programs at their real size; counts are those their makers give."""

import re
from collections import Counter
from pathlib import Path

import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats.registry import FORMATS
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.load import opened
from partnergraph.views.export import export

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("file", "nodes", "ties"),
    [
        ("medialab_gexf/eurosis.gexf", 1_285, 7_524),
        ("medialab_gexf/rio.gexf", 366, 1_107),
        ("medialab_gexf/airlines.graphml", 235, 2_101),
        ("global_health_ios/Network.gexf", 1_027, 2_038),
        ("r_classics/us_local_health_departments.graphml", 1_283, 2_708),
        ("r_classics/florentine_business.graphml", 16, 15),
    ],
)
def test_nothing_is_lost_and_what_is_assumed_is_said(
    shared: Path, file: str, nodes: int, ties: int
) -> None:
    eco, said = opened(shared / file)
    assert (len(eco), len(eco.ties)) == (nodes, ties)
    assert f"{nodes} nodes without a kind of the vocabulary" in "\n".join(said)


GEPHI = {
    "cdata.graphml": (2, 1),
    "emojis.gml": (1, 0),
    "emptyattribute.vna": (3, 3),
    "basic.gexf": (2, 1),
    "data.gexf": (1, 1),
    "dynamicedgeweight.gexf": (2, 2),
    "infinity.gexf": (1, 0),
    "meta.gexf": (0, 0),
    "slice.gexf": (2, 1),
    "timezone.gexf": (2, 1),
    "zeroweight.gexf": (2, 1),
    "label.gml": (3, 2),
    "withdesc.graphml": (2, 1),
    "nodes_table_types_test.csv": (5, 0),
    "test_utf8_chars.csv": (2, 0),
    "test_utf8_chars_with_bom.csv": (2, 0),
}
# What Gephi made of a spreadsheet: the file it read, and the edges it then had.
IMPORTED = {
    "adj_list.csv": "testAdjacencyList_edges.csv",
    "complex_matrix.csv": "testComplexMatrix_edges.csv",
    "edges_table_dynamic_weights.csv": "testEdgesTableDynamicWeightsMerged_edges.csv",
    "edges_table_opposite_force_undirected_issue_1848.csv": "testEdgesTableOppositeForceUndirected_Issue1848_edges.csv",
    "edges_table_opposite_force_undirected_merged.csv": "testEdgesTableOppositeForceUndirected_Merged_edges.csv",
    "edges_table_repeated_with_ids.csv": "testEdgesTableRepeatedWithIds_edges.csv",
    "edges_table_repeated_without_ids.csv": "testEdgesTableRepeatedWithoutIds_Merge_Disabled_edges.csv",
    "edges_table_types_test.csv": "testEdgesTableTypesTest_edges.csv",
    "edges_table_with_timeset_intervals.csv": "testEdgesTableWithTimeset_Interval_edges.csv",
    "edges_table_with_timeset_timestamps.csv": "testEdgesTableWithTimeset_Timestamp_edges.csv",
    "matrix.csv": "testMatrix_CSV_edges.csv",
    "matrix.xlsx": "testMatrix_Excel_edges.csv",
}


def fixture(shared: Path, name: str) -> Path:
    (found,) = (shared / "format_fixtures/gephi").rglob(name)
    return found


@pytest.mark.parametrize("name", GEPHI)
def test_fixtures_of_gephi_have_as_many_nodes_and_edges_as_it_finds(
    shared: Path, name: str
) -> None:
    eco, said = opened(fixture(shared, name))
    assert (len(eco), len(eco.ties)) == GEPHI[name]
    assert said


@pytest.mark.parametrize("name", IMPORTED)
def test_spreadsheets_of_gephi_tie_the_pairs_that_it_ties(shared: Path, name: str) -> None:
    """Gephi merges repeated edges where told to; here each stays a fact, and the pairs agree."""

    def pairs(path: Path) -> set[frozenset[str]]:
        eco = opened(path)[0]
        named = dict(
            zip(eco.nodes["id"], eco.nodes["original_id"].fillna(eco.nodes["id"]), strict=True)
        )
        ends = zip(eco.ties["source"], eco.ties["target"], strict=True)
        return {frozenset((named[a], named[b])) for a, b in ends}

    expected = pairs(fixture(shared, IMPORTED[name]))
    assert pairs(fixture(shared, name)) == expected
    assert expected


def test_every_fixture_of_gephi_loads_or_is_refused_by_name(shared: Path) -> None:
    refused = []
    files = [p for p in sorted((shared / "format_fixtures/gephi").rglob("*")) if p.is_file()]
    for path in files:
        try:
            opened(path)
        except UnusableInput as error:
            assert path.name in str(error)
            refused.append(path.name)
    assert len(files) >= 44
    assert refused == []


DAVIS = [
    "r_classics/southern_women_davis.graphml",
    "r_classics/southern_women_davis_edges.csv",
    "pajek_affiliation/DeepSouth.paj",
    "format_fixtures/manynet_SouthernWomen.paj",
    "format_fixtures/manynet_SouthernWomen.xml",
]


def affiliations(eco: Ecosystem) -> set[tuple[str, str]]:
    """Who attended what: names in small letters, events by number (one file dates them too)."""
    kinds = eco.kind_of
    ends = zip(eco.ties["source"], eco.ties["target"], strict=True)
    pairs = [(a, b) if kinds[a] == SCHEMA.actors[0] else (b, a) for a, b in ends]
    event = re.compile(r"e0*([0-9]+)")
    names = [(eco.name_of[a].casefold(), eco.name_of[b].casefold()) for a, b in pairs]
    spelt = {"myrna": "myra"}  # so in Pajek's files
    return {
        (spelt.get(woman, woman), found[1] if (found := event.match(b)) else b)
        for woman, b in names
    }


def test_the_southern_women_are_one_graph_in_every_format(shared: Path, tmp_path: Path) -> None:
    """18 women, 14 events, 89 attendances (Davis, Gardner and Gardner 1941); and as we write it."""
    first = opened(shared / DAVIS[0])[0]
    expected = affiliations(first)
    assert len(expected) == 89
    assert first.nodes["kind"].value_counts().tolist() == [18, 14]
    for name in DAVIS[1:]:
        assert affiliations(opened(shared / name)[0]) == expected, name
    for format in ("gml", "pajek", "dynetml", "vna", "gdf", "cyjs", "graphology", "gexf"):
        path = tmp_path / f"davis{FORMATS[format].ending}"
        export(first, path, format=format)
        assert affiliations(opened(path)[0]) == expected, format


@pytest.mark.parametrize(
    ("file", "kinds", "ties"),
    [
        ("Scotland.paj", [136, 108], 358),
        ("TheyRule.paj", [6_911, 517], 6_000),
        ("WorldCities.net", [315, 100], 7_518),
        ("eva.net", [8_497], 6_726),
    ],
)
def test_networks_of_pajek_have_the_sizes_their_makers_give(
    shared: Path, file: str, kinds: list[int], ties: int
) -> None:
    """The documentation of eva says 8,343 vertices; its file has 8,497."""
    eco, _ = opened(shared / "pajek_affiliation" / file)
    assert eco.nodes["kind"].value_counts().tolist() == kinds
    assert len(eco.ties) == ties
    if file == "Scotland.paj":
        tied = {*eco.ties["source"], *eco.ties["target"]}
        assert len(eco) - len(tied) == 16  # isolates


def test_ucinet_is_read(shared: Path) -> None:
    eco, _ = opened(shared / "format_fixtures/manynet_ucinettest.__h")
    assert len(eco) == 34
    assert len(eco.ties) > 0


def test_the_csv_of_global_health_has_four_ties_that_its_gexf_lacks(shared: Path) -> None:
    def ties(file: str) -> Counter[tuple[str, ...]]:
        eco = opened(shared / "global_health_ios" / file)[0]
        nodes = eco.nodes
        named = dict(zip(nodes["id"], nodes["original_id"].fillna(nodes["id"]), strict=True))
        ends = zip(eco.ties["source"], eco.ties["target"], strict=True)
        return Counter(tuple(sorted((named[a], named[b]))) for a, b in ends)

    csv, gexf = ties("Data4.csv"), ties("Network.gexf")
    assert (csv.total(), gexf.total()) == (2_042, 2_038)
    assert gexf - csv == Counter()
    assert set(csv - gexf) == {
        ("UNICEF", "WHO-UNICEF-2005"),
        ("WHO", "WHO-UNICEF-2005"),
        ("WB", "WHO-WB-2005"),
        ("WHO", "WHO-WB-2005"),
    }


@pytest.mark.slow
def test_a_million_arcs_are_read(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a university's web and their links; its maker's figures."""
    monkeypatch.setenv("PARTNERGRAPH_MEMORY", "8G")
    eco, said = opened(shared / "large_graph/NDwww.zip")
    assert (len(eco), len(eco.ties)) == (325_729, 1_497_135)
    assert any("unpacked" in words for words in said)
