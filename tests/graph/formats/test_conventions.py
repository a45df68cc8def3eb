"""What programs write in the formats of others; expected values follow from each small input."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import gdf, ucinet
from partnergraph.loaders.build import Built, build

Builder = Callable[[str, str], Built]


@pytest.fixture
def built(tmp_path: Path) -> Builder:
    def of(text: str, name: str) -> Built:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return build(tmp_path / name)

    return of


def ties(found: Built) -> list[tuple[str, str, float]]:
    eco = found.ecosystem
    rows = eco.ties.to_dict("records")
    return sorted(
        (
            *sorted(eco.name_of[tie[end]] for end in ("source", "target")),
            1.0 if pd.isna(tie["strength"]) else float(tie["strength"]),
        )  # type: ignore[misc]
        for tie in rows
    )


TRIANGLE = [("A", "B", 1.0), ("B", "C", 2.0)]


@pytest.mark.parametrize(
    "text",
    [
        "DL N=3\nFORMAT=LOWERHALF DIAGONAL ABSENT\nLABELS:\nA\nB\nC\nDATA:\n1\n0 2\n",
        "dl n 3 format lowerhalf diagonal present labels: A,B,C data:\n0\n1 0\n0 2 0\n",
        "DL DIAGONAL=ABSENT, FORMAT = UPPERHALF, N = 3\nLABELS:\nA B C\nDATA:\n1 0\n2\n",
        "dl format=fullmatrix n=3\nlabels:\na,b,c\ndata:\n0 1 0 1\n0 2\n0 2 0\n".replace(
            "a,b,c", "A,B,C"
        ),
        "DL\nLABELS:\nA\nB\nC\nN=3\nFORMAT=FM\nDATA:\n0 1 0\n1 0 2\n0 2 0\n",
        "dl n=3 format=full\nlabels embedded\ndata:\n A B C\nA 0 1 0\nB 1 0 2\nC 0 2 0\n",
        "dl n=3 format=lowerhalf diagonal absent labels embedded\ndata:\nA B C\nA\nB 1\nC 0 2\n",
        'dl title = "n = 9 labels" n=3 format = edgelist1 labels: A B C data:\n1 2 1\n2 3 2\n',
        "dl n=3 format=el1 labels embedded data:\nA B 1\nB C 2\n",
        "dl n=3\nrow labels:\nA\nB\nC\ncolumn labels:\nA\nB\nC\ndata:\n0 1 0\n1 0 2\n0 2 0\n",
    ],
)
def test_settings_of_dl_in_any_order(text: str, built: Builder) -> None:
    """Each says that A and B are tied by 1, and B and C by 2."""
    found = built(text, "in.dl")
    assert sorted(found.ecosystem.nodes["name"]) == ["A", "B", "C"]
    assert ties(found) == TRIANGLE


def test_labels_of_dl_may_look_like_settings_and_have_spaces(built: Builder) -> None:
    found = built("dl n=3\nlabels:\nN\nType 1\nFormat B\ndata:\n0 1 0\n1 0 0\n0 0 0\n", "in.dl")
    assert sorted(found.ecosystem.nodes["name"]) == ["Format B", "N", "Type 1"]
    found = built('dl n=2\nlabels:\n"Huis A, Gent" Solo\ndata:\n0 1 1 0\n', "in.dl")
    assert sorted(found.ecosystem.nodes["name"]) == ["Huis A, Gent", "Solo"]


def test_lists_of_dl_keep_nodes_alone_and_name_lines_that_are_none(built: Builder) -> None:
    found = built("dl n=3 format=nodelist1 labels embedded data:\nA B\nC\n", "in.dl")
    assert sorted(found.ecosystem.nodes["name"]) == ["A", "B", "C"]
    found = built("dl n=3 format=nl1b labels embedded data:\nA 2 B C\n", "in.dl")
    assert ties(found) == [("A", "B", 1.0), ("A", "C", 1.0)]
    found = built("dl n=3 format=el1 labels embedded data:\nA B\nC\n", "in.dl")
    assert found.unread[["value", "cause"]].to_numpy().tolist() == [["C", "the line has one end"]]
    with pytest.raises(UnusableInput, match="format 'rankedlist1' is not known"):
        built("dl n=2 format=rankedlist1 data: 1 2", "in.dl")


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(["n=3", "format=lowerhalf", "diagonal=absent", "labels: A B C"]),
    st.sampled_from([" ", "\n", ", "]),
    st.booleans(),
)
def test_any_order_and_any_mark_between(parts: list[str], mark: str, sign: bool) -> None:
    words = parts if sign else [p.replace("=", " ") for p in parts]
    if not sign and words.index("labels: A B C") < words.index("n 3"):
        words = ["n 3", *(w for w in words if w != "n 3")]
    text = f"DL {mark.join(words)}\nDATA:\n1\n0 2\n"
    found = ucinet.read(Path("in.dl"), text.encode())
    assert found.nodes["id"].tolist() == ["A", "B", "C"]
    assert found.edges[["source", "target"]].to_numpy().tolist() == [["A", "B"], ["B", "C"]]


def test_both_quotes_of_gdf(built: Builder) -> None:
    text = (
        "nodedef> name VARCHAR,label VARCHAR,color VARCHAR,place VARCHAR\n"
        "0,\"Huis A, Gent\",'91,91,245','t Zand\n"
        "1,'Huis B','91,91,245',\"'s-Hertogenbosch\"\n"
        "edgedef> node1,node2,label VARCHAR,weight DOUBLE,directed BOOLEAN,color VARCHAR\n"
        "1,0,,1.5,true,'255,255,255'\n"
    )
    found = built(text, "in.gdf")
    nodes = found.ecosystem.nodes.set_index("name")
    assert set(nodes.index) == {"Huis A, Gent", "Huis B"}
    assert set(nodes["color"]) == {"91,91,245"}
    assert nodes.loc["Huis A, Gent", "place"] == "'t Zand"
    assert nodes.loc["Huis B", "place"] == "'s-Hertogenbosch"
    assert found.ecosystem.ties["reported_by"].tolist() == ["1"]
    with pytest.raises(UnusableInput, match="line 2: it cannot be read"):
        built('nodedef>name VARCHAR\n"a\n', "in.gdf")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text("'\" ,\nab", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=4)
)
def test_gdf_gives_names_with_quotes_back(names: list[str]) -> None:
    builder = EcosystemBuilder(About(name="x"))
    rows = [{"id": f"n{i}", "kind": "organisation", "name": n} for i, n in enumerate(names)]
    builder.add_table("nodes", pd.DataFrame(rows))
    eco = builder.build()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gdf"
        gdf.write(eco, path)
        back = gdf.read(path).nodes
    assert dict(zip(back["id"], back["name"], strict=True)) == eco.name_of


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ('1 "Huis "B"" 0.0 0.0 ellipse', 'Huis "B"'),
        ('1 "Say "hi" there" 0.0 0.0', 'Say "hi" there'),
        ('1 "Huis &#34;B&#34; &amp; co" ellipse', 'Huis "B" & co'),
        ('1 "Huis A" 0.5 0.5 ellipse ic "Light Blue" bc Black', "Huis A"),
        ('1 "Huis A" [1990-1995]', "Huis A"),
        ("1 Solo 0.1 0.2", "Solo"),
        ('1 "Caf&eacute; \\"Zuid\\""', 'Café "Zuid"'),
    ],
)
def test_labels_of_pajek(line: str, label: str, built: Builder) -> None:
    found = built(f'*vertices 2\n{line}\n2 "Ander"\n*edges\n1 2\n', "in.net")
    assert set(found.ecosystem.nodes["name"]) == {label, "Ander"}
    wrong = [c for c in found.ecosystem.nodes.columns if '"' in c]
    assert not wrong


def test_vertices_listed_again_are_said(built: Builder) -> None:
    text = '*Vertices 3\n1 "anker"\n2 "boei" ellipse\n2 "cargo" 0.5 0.5\n*Arcs\n1 2\n'
    found = built(text, "in.net")
    assert sorted(found.ecosystem.nodes["name"]) == ["3", "anker", "boei"]
    assert found.ecosystem.nodes["x"].tolist().count(0.5) == 1
    assert "1 (2: 'boei' stays and 'cargo' does not)" in "\n".join(found.said)


DOT = r"""digraph "kring" {
  A ["origin"="foo", label=<<b>Huis</b> A<br/>vzw &amp; co>]
  B [label="Huis \"B\"\nvzw"]; C [label="Caf&eacute;" + " Zuid"]; D [label="\N"]; E [label="l\lr\r"]
  A -> B [label=<<i>leent</i>>];
}"""


def test_labels_of_dot_are_read_as_graphviz_draws_them(built: Builder) -> None:
    found = built(DOT, "in.dot")
    assert found.ecosystem.nodes["name"].tolist() == [
        "Huis A vzw & co",
        'Huis "B" vzw',
        "Café Zuid",
        "D",
        "l r",
    ]
    assert found.ecosystem.ties["label"].tolist() == ["leent"]
