"""The builder: derived ids, sorted ends, types, and rows that are set aside."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.errors import BadParameter, InvalidEcosystem, UnknownName, UnusableInput


def two_actors() -> EcosystemBuilder:
    b = EcosystemBuilder(name="test")
    b.node("a", kind="organisation", name="A")
    b.node("b", kind="network", name="B")
    return b


def test_a_tie_without_an_id_gets_one_from_kind_ends_role_start_and_an_ordinal() -> None:
    b = two_actors()
    b.node("p", kind="project")
    assert b.tie("member_of", "a", "b") == "a.member_of.b"
    assert b.tie("member_of", "a", "b") == "a.member_of.b#2"
    assert b.tie("member_of", "a", "b", start="2016") == "a.member_of.b@2016"
    lead = b.tie("participates_in", "a", "p", role="lead", start="2017", end="2018")
    assert lead == "a.participates_in.p.lead@2017"
    assert sorted(b.build().ties["id"]) == [
        "a.member_of.b",
        "a.member_of.b#2",
        "a.member_of.b@2016",
        "a.participates_in.p.lead@2017",
    ]


def test_rows_added_as_a_table_get_the_same_ids_as_rows_added_one_by_one() -> None:
    rows = [("a", "b"), ("b", "a"), ("a", "b")]
    one, table = two_actors(), two_actors()
    for source, target in rows:
        one.tie("partner_of", source, target)
    table.add_table(
        "ties", pd.DataFrame(rows, columns=["source", "target"]).assign(kind="partner_of")
    )
    assert one.build() == table.build()


def test_ordinals_count_on_over_tables_added_later() -> None:
    b = two_actors()
    frame = pd.DataFrame({"kind": ["member_of"], "source": ["a"], "target": ["b"]})
    b.add_table("ties", frame)
    b.add_table("ties", frame)
    assert list(b.build().ties["id"]) == ["a.member_of.b", "a.member_of.b#2"]


def test_ends_of_undirected_ties_are_stored_in_sorted_order() -> None:
    b = two_actors()
    b.tie("partner_of", "b", "a")
    tie = b.build().ties.iloc[0]
    assert (tie["source"], tie["target"]) == ("a", "b")


def test_own_columns_are_kept_in_their_types() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", staff=3, score=0.5, open=True, note="x")
    b.node("b", kind="organisation")
    nodes = b.build().nodes
    assert {c: str(nodes[c].dtype) for c in ("staff", "score", "open", "note")} == {
        "staff": "Int64",
        "score": "float64",
        "open": "boolean",
        "note": "str",
    }
    assert nodes["staff"].tolist() == [3, pd.NA]


def test_blank_text_is_missing() -> None:
    b = EcosystemBuilder()
    b.node("a", kind="organisation", sector="", url="")
    assert b.build().nodes[["sector", "url"]].isna().all(axis=None)


def test_a_missing_column_is_named_with_the_columns_there_are() -> None:
    with pytest.raises(UnusableInput, match=r"nodes.csv, row 1, column kind.*there are: id, name"):
        EcosystemBuilder().add_table(
            "nodes", pd.DataFrame({"id": ["a"], "name": ["A"]}), file="nodes.csv"
        )


def test_errors_raise_with_all_findings_and_warnings_only_when_strict() -> None:
    b = two_actors()
    b.tie("member_of", "a", "nowhere")
    b.tie("member_of", "b", "nothing")
    with pytest.raises(InvalidEcosystem) as caught:
        b.build()
    assert list(caught.value.findings["check"]) == ["dangling_tie", "dangling_tie"]
    with pytest.raises(InvalidEcosystem, match="fact_without_source"):
        two_actors().build(strict=True)


def test_rows_with_errors_are_set_aside_with_what_hangs_on_them() -> None:
    b = two_actors()
    b.node("bad", kind="planet")
    b.tie("partner_of", "a", "bad")
    b.tie("partner_of", "a", "b")
    b.source("s", title="S")
    b.evidence("a.partner_of.bad", source="s")
    eco = b.build(errors="set_aside")
    assert list(eco.nodes["id"]) == ["a", "b"]
    assert list(eco.ties["id"]) == ["a.partner_of.b"]
    assert eco.evidence.empty
    # The node first; then the tie that lost its end; then the receipt of that tie.
    assert sorted(b.aside["check"]) == ["dangling_reference", "dangling_tie", "unknown_kind"]


def test_a_cell_that_is_no_number_is_found_and_blank_when_the_rest_is_built() -> None:
    b = two_actors()
    b.add_table(
        "ties",
        pd.DataFrame(
            {"kind": "partner_of", "source": "a", "target": "b", "trust": ["3", "high", "2.5"]}
        ),
        file="ties.csv",
    )
    found = b.findings().query("severity == 'error'")
    assert list(found["column"]) == ["trust", "trust"]
    assert list(found["row"]) == [2, 3]
    assert list(found["value"]) == ["high", "2.5"]


def test_unknown_tables_and_names_that_cannot_name_an_ecosystem_are_refused() -> None:
    with pytest.raises(UnknownName, match="table"):
        EcosystemBuilder().add_table("knots", pd.DataFrame())
    with pytest.raises(BadParameter, match="small letters"):
        EcosystemBuilder(name="Smart & partners")


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12))
def test_the_same_rows_always_give_the_same_ids(ends: list[str]) -> None:
    def built() -> list[str]:
        b = EcosystemBuilder()
        for node in "abc":
            b.node(node, kind="network")
        for source, target in zip(ends, ends[1:], strict=False):
            b.tie("member_of", source, target)
        return list(b.build().ties["id"])

    ids = built()
    assert ids == built()
    assert len(set(ids)) == len(ends) - 1


def test_a_wide_table_in_many_pieces_is_taken_without_a_warning() -> None:
    """As a group-by leaves it; warnings are errors here."""
    wide = pd.DataFrame({"id": ["a"], "kind": ["organisation"], "name": ["A"]})
    for number in range(100):
        wide[f"own {number}"] = number
    b = EcosystemBuilder(name="t")
    b.add_table("nodes", wide)
    assert b.build().nodes["own 99"].tolist() == [99]
