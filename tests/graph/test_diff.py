"""What differs is named by table and key; what does not, is not."""

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem


def eco(*, name: str = "A", target: str = "n", extra: object = None, title: str = "") -> Ecosystem:
    b = EcosystemBuilder(title=title)
    b.node("a", kind="organisation", name=name)
    b.node("n", kind="network")
    b.node("m", kind="network")
    b.tie("member_of", "a", target, id="t1", trust=2, **({} if extra is None else {"extra": extra}))
    return b.build()


def test_equal_ecosystems_do_not_differ() -> None:
    found = diff(eco(), eco())
    assert not found
    assert found.as_frame().empty
    assert found.as_dict()["nodes"] == {"added": [], "removed": [], "changed": []}


def test_a_changed_cell_is_named_by_key_and_column() -> None:
    found = diff(eco(), eco(name="B"))
    assert found.tables["nodes"].changed == [{"id": "a", "changes": {"name": ("A", "B")}}]
    assert found.as_frame().values.tolist() == [["nodes", "changed", "a", "name", "A", "B"]]


def test_a_tie_with_other_ends_is_changed_not_removed_and_added() -> None:
    ties = diff(eco(), eco(target="m")).tables["ties"]
    assert (ties.added, ties.removed) == ([], [])
    assert ties.changed == [{"id": "t1", "changes": {"target": ("n", "m")}}]


def test_rows_that_come_and_go_are_given_whole() -> None:
    found = diff(eco(), eco().without("m"))
    assert [row["id"] for row in found.tables["nodes"].removed] == ["m"]
    back = diff(eco().without("m"), eco())
    assert [row["id"] for row in back.tables["nodes"].added] == ["m"]


def test_an_own_column_that_appears_is_a_change_and_a_blank_one_is_none() -> None:
    assert diff(eco(), eco(extra=7)).tables["ties"].changed[0]["changes"] == {"extra": (None, 7)}
    blank = Ecosystem({**eco().tables, "ties": eco().ties.assign(extra=None)}, eco().about)
    assert not diff(eco(), blank)


def test_numbers_are_compared_as_numbers_and_against_text_as_text() -> None:
    assert not diff(eco(extra=7), eco(extra=7.0))
    assert diff(eco(extra=7), eco(extra="seven"))


def test_about_is_compared() -> None:
    assert diff(eco(), eco(title="New")).about == {"title": ("", "New")}
