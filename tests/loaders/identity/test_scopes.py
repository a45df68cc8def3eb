"""How far ids reach: which nodes of two sources are the same; names say what is expected."""

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.loaders.build import Built, build, build_into
from partnergraph.loaders.load import load


def gexf(path: Path, names: list[str], *edges: tuple[int, int], **more: list[str]) -> Path:
    graph = nx.Graph()
    for number, name in enumerate(names):
        graph.add_node(number, label=name, **{k: v[number] for k, v in more.items()})
    graph.add_edges_from(edges)
    nx.write_gexf(graph, path)
    return path


def named(found: Built) -> list[tuple[str, str]]:
    eco = found.ecosystem
    pairs = zip(eco.ties["source"], eco.ties["target"], strict=True)
    return sorted(tuple(sorted(eco.name_of[end] for end in pair)) for pair in pairs)  # type: ignore[misc]


@pytest.mark.parametrize("merged", [False, True])
def test_numbers_of_two_files_are_not_one_node(merged: bool, tmp_path: Path) -> None:
    a = gexf(tmp_path / "a.gexf", ["Huis A", "Huis B", "Huis C"], (0, 1))
    b = gexf(tmp_path / "b.gexf", ["Fonds X", "Huis A", "Fonds Y"], (0, 1))
    if merged:  # the same in two steps
        build_into([a], tmp_path / "eco")
        said = build_into([b], tmp_path / "eco", existing="merge")
        eco = load(tmp_path / "eco")
        found = Built(eco)
    else:
        found = build([a, b])
        eco, said = found.ecosystem, found.said
    assert sorted(eco.nodes["name"]) == ["Fonds X", "Fonds Y", "Huis A", "Huis B", "Huis C"]
    assert named(found) == [("Fonds X", "Huis A"), ("Huis A", "Huis B")]
    assert "3 ids are those of other nodes in an earlier source, and were changed" in "\n".join(
        said
    )


def test_a_person_decides_where_names_alone_would(tmp_path: Path) -> None:
    a = gexf(tmp_path / "a.gexf", ["Huis A", "Huis B"])
    b = gexf(tmp_path / "b.gexf", ["Huis A", "Huis B"])
    assert len(build([a, b]).ecosystem) == 2
    assert len(build([a, b], same_names="ask").ecosystem) == 4


def test_short_forms_of_names_are_not_names(tmp_path: Path) -> None:
    """C++ Club and C# Club have one short form, c-club; so do two lists that name them."""
    for file, name in (("a.csv", "C++ Club"), ("b.csv", "C# Club")):
        (tmp_path / file).write_text(f"Organisation,Town\n{name},Gent\nHuis Zon,Gent\n")
    found = build([tmp_path / "a.csv", tmp_path / "b.csv"])
    names = sorted(found.ecosystem.nodes["name"])
    assert names == ["C# Club", "C++ Club", "Gent", "Huis Zon"]


def test_two_countries_are_two_companies(tmp_path: Path) -> None:
    a = gexf(tmp_path / "a.gexf", ["Solidaris"], country=["BE"])
    b = gexf(tmp_path / "b.gexf", ["Solidaris"], country=["FR"])
    assert len(build([a, b]).ecosystem) == 2


@pytest.mark.parametrize(
    ("id", "same"),
    [
        ("https://example.org/1", True),
        ("BE 0896.755.397", True),
        ("Q2283", True),
        ("17", False),
        ("n17", False),
        ("Q1", False),
    ],
)
def test_only_ids_that_mean_the_same_everywhere_make_one_node(
    id: str, same: bool, tmp_path: Path
) -> None:
    for file, name in (("a.gexf", "Smart"), ("b.gexf", "Société mutuelle pour artistes")):
        graph = nx.Graph()
        graph.add_node(id, label=name)
        nx.write_gexf(graph, tmp_path / file)
    assert len(build([tmp_path / "a.gexf", tmp_path / "b.gexf"]).ecosystem) == 2 - same


def test_an_id_column_of_a_mapping_states_who_it_is(tmp_path: Path) -> None:
    """A member that changed its name between two lists is still member M-17."""
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "tables:\n  - nodes:\n      organisation: {id: nr, name: name}\n", encoding="utf-8"
    )
    for file, name in (("2023.csv", "Smart"), ("2024.csv", "Smart Coop")):
        (tmp_path / file).write_text(f"nr,name\nM-17,{name}\n")
    build_into([tmp_path / "2023.csv"], tmp_path / "eco", mapping=mapping)
    build_into([tmp_path / "2024.csv"], tmp_path / "eco", mapping=mapping, existing="merge")
    assert load(tmp_path / "eco").nodes["name"].tolist() == ["Smart"]


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("Organisation,Partner\nABC,Huis Zon\nHuis Zon,DEF\n")
    build_into([table], tmp_path / "eco")
    before = (tmp_path / "eco" / "nodes.csv").read_bytes()
    for same_names in ("merge", "ask"):
        build_into([table], tmp_path / "eco", existing="merge", same_names=same_names)
        assert (tmp_path / "eco" / "nodes.csv").read_bytes() == before


HOUSES = [f"Huis {word}" for word in ("Zon", "Maan", "Ster", "Zee", "Bos")]
NAMES = st.lists(st.sampled_from(HOUSES), unique=True)


@settings(max_examples=20, deadline=None)
@given(one=NAMES.filter(len), other=NAMES.filter(len))
def test_whatever_the_numbers_names_decide(
    one: list[str], other: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("two")
    found = build([gexf(folder / "a.gexf", one), gexf(folder / "b.gexf", other)])
    assert sorted(found.ecosystem.nodes["name"]) == sorted({*one, *other})
