"""The day that verbs speak of, against a count by hand in the CSV files of Smart's example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

import partnergraph as pg
from partnergraph.graph.errors import BadParameter
from partnergraph.views.answers.question import on_a_day
from tests.views.answers.asked import SMART, as_json, run

ACTORS = ("organisation", "network", "project")


def by_hand(day: date) -> nx.Graph:
    """Return who is tied to whom on a day, from the CSV files with pandas alone.

    A year lasts from its first day to its last; what has no end goes on; projects outlive nothing.
    """

    def day_of(text: object, end: bool) -> date:
        if not isinstance(text, str) or text == "..":
            return date.max if end else date.min
        year, month, *_ = [int(part) for part in [*text.split("-"), "0"]]
        if month:
            return (pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(int(end))).date()
        return date(year, 12, 31) if end else date(year, 1, 1)

    def there(rows: pd.DataFrame) -> pd.Series:
        begun = rows["start"].map(lambda text: day_of(text, False)) <= day
        return begun & (rows["end"].map(lambda text: day_of(text, True)) >= day)

    nodes = pd.read_csv(Path(SMART) / "nodes.csv", dtype=str)
    ties = pd.read_csv(Path(SMART) / "ties.csv", dtype=str)
    nodes = nodes[there(nodes) & nodes["kind"].isin(ACTORS)]
    ties = ties[there(ties) & (ties["kind"] != "succeeds")]
    ties = ties[ties["source"].isin(nodes["id"]) & ties["target"].isin(nodes["id"])]
    graph = nx.from_pandas_edgelist(ties, "source", "target")
    graph.add_nodes_from(nodes["id"])
    return graph


@pytest.mark.parametrize(
    ("asked", "day", "tied", "others"),
    [
        ((), date(2026, 11, 24), 27, 29),  # the day on which the page was read
        (("--at", "2026"), date(2026, 11, 24), 27, 29),
        (("--at", "2018-06"), date(2018, 6, 15), 29, 31),
    ],
)
def test_smart_is_tied_to_as_many_as_a_count_by_hand_says(
    asked: tuple[str, ...], day: date, tied: int, others: int
) -> None:
    graph = by_hand(day)
    assert (graph.degree("smart"), len(graph) - 1) == (tied, others)
    found = as_json("centrality", SMART, "--measure", "degree", *asked)
    degrees = {row["id"]: row["degree"] for row in found["rows"]}
    assert degrees == dict(graph.degree())
    pieces = as_json("brokers", SMART, "--permutations", "1", *asked)["rows"]
    alone = graph.copy()
    alone.remove_node("smart")
    smart = next(row for row in pieces if row["id"] == "smart")
    in_its_piece = nx.node_connected_component(graph, "smart") - {"smart"}
    assert smart["pieces"] == nx.number_connected_components(alone.subgraph(in_its_piece))


def test_on_the_day_the_page_was_read_two_are_alone_and_without_smart_ten_pieces_are_left() -> None:
    graph = by_hand(date(2026, 11, 24))
    assert sum(degree == 0 for _, degree in graph.degree()) == 0
    assert nx.number_connected_components(graph) == 1
    graph.remove_node("smart")
    assert nx.number_connected_components(graph) == 10
    assert sum(degree == 0 for _, degree in graph.degree()) == 2


def test_the_head_of_an_answer_says_the_day_what_it_rests_on_and_how_ties_stand() -> None:
    """By hand: of 115 ties one has an open period and 16 touch what ended by 2020."""
    said = run("brokers", SMART, "--permutations", "1").stderr.splitlines()[0]
    assert said == (
        "As of 24 November 2026, when a source was last retrieved. Of 115 ties, 1 is running, "
        "0 planned and 16 ended; 98 have no date."
    )
    found = as_json("coverage", SMART, "--nulls", "0", "--at", "2015")
    ties = {"running": 0, "planned": 17, "ended": 0, "undated": 98}
    assert found["as_of"] == {"date": "2015", "basis": "asked", "ties": ties}
    assert found["parameters"]["at"] == "2015"


def test_any_counts_everything_and_says_so() -> None:
    found = as_json("centrality", SMART, "--measure", "degree", "--at", "any")
    assert next(row["degree"] for row in found["rows"] if row["id"] == "smart") == 30
    assert (found["as_of"]["date"], found["as_of"]["basis"]) == (None, "any")
    assert "at" not in found["parameters"]
    said = run("centrality", SMART, "--measure", "degree", "--at", "any").stderr
    assert said.startswith("Ties of every date count.")


@pytest.mark.parametrize("verb", ["summary", "brokers", "clusters", "complementarity", "coverage"])
def test_a_date_that_is_none_ends_in_one_message(verb: str) -> None:
    said = run(verb, SMART, "--at", "yesterday", code=2).stderr
    assert said.count("\n") == 1
    assert "'yesterday' is not an EDTF date" in said


def built(**about: str) -> pg.EcosystemBuilder:
    b = pg.EcosystemBuilder(pg.About(name="x", **about))
    b.node("a", kind="organisation")
    b.node("b", kind="organisation")
    b.tie("partner_of", "a", "b", start="2019", end="2020")
    return b


def test_a_stated_day_goes_before_a_retrieval_and_that_before_a_receipt() -> None:
    b = built()
    assert (b.build().as_of, b.build().as_of_basis) == (None, "")
    b = built()
    b.source("s", title="S")
    b.evidence("a", source="s", recorded_on="2021-05-01")
    assert (b.build().as_of, b.build().as_of_basis) == ("2021-05-01", "recorded")
    for retrieved in ("2020-11", "2020", "2020-11-03"):
        b.source(f"s-{retrieved}", title="S", retrieved=retrieved)
    eco = b.build()
    assert (eco.as_of, eco.as_of_basis) == ("2020", "retrieved")  # which ends last
    stated = eco.with_about(as_of="2018")
    assert (stated.as_of, stated.as_of_basis) == ("2018", "stated")
    with pytest.raises(BadParameter, match="not an EDTF date"):
        eco.with_about(as_of="2018/2019")


def test_where_nothing_tells_the_day_all_counts_and_this_is_said() -> None:
    scope, day = on_a_day(built().build(), {"by": "kind"})
    assert scope == {"by": "kind"}
    assert day.in_words().startswith("The data do not say which day they describe")
    without_dates = pg.EcosystemBuilder(pg.About(name="x"))
    without_dates.node("a", kind="organisation")
    assert on_a_day(without_dates.build(), {})[1].in_words() == ""


def test_what_had_ended_and_what_is_to_come_does_not_count(tmp_path: Path) -> None:
    for day, pairs in (("2018", 0), ("2019", 1), ("2020-12-31", 1), ("2021", 0)):
        folder = tmp_path / day
        pg.save(built(as_of=day).build(), folder)
        assert pg.load(folder).as_of == day
        assert as_json("centrality", folder, "--measure", "degree")["network"]["pairs"] == pairs


def test_a_builder_states_the_day(tmp_path: Path) -> None:
    table = tmp_path / "ties.csv"
    table.write_text("from,to,start,end\na,b,2014,2016\nb,c,2019,2020\n", encoding="utf-8")
    run("build", table, "-o", tmp_path / "eco", "--as-of", "2015")
    rows = as_json("summary", tmp_path / "eco")
    assert rows["about"]["as_of"] == "2015"
    total = next(row for row in rows["rows"] if (row["table"], row["attribute"]) == ("ties", ""))
    states = ("running", "planned", "ended", "undated")
    assert [total[state] for state in states] == [1, 1, 0, 0]
    said = run("build", table, "-o", tmp_path / "other", "--as-of", "soon", code=2).stderr
    assert "'soon' is not" in said


def test_the_page_of_a_date_holds_what_may_have_existed_then(tmp_path: Path) -> None:
    """On the day the page was read four projects had ended, see above."""
    smart = pg.load(SMART)
    assert pg.explore(smart).data["nodes"]["count"] == 56
    assert pg.explore(smart, at="2026-11-24").data["nodes"]["count"] == 52
    said = run("explore", SMART, "-o", tmp_path / "x.html", "--at", "soon", code=2).stderr
    assert "'soon' is not an EDTF date" in said
    assert not (tmp_path / "x.html").exists()
    said = run("demo", "-o", tmp_path / "demo", "--at", "soon", code=2).stderr
    assert "'soon' is not an EDTF date" in said
