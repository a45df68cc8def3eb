"""Nodes that are the same: by judgement always, by name only where no source has both."""

import json
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, InvalidEcosystem, UnknownName
from partnergraph.graph.formats import datapackage
from partnergraph.loaders.build import build, build_into, combine
from partnergraph.loaders.identity.judgements import judge, settle
from partnergraph.loaders.identity.scopes import Reading


def ecosystem(*nodes: tuple[str, str, str | None], source: str = "page") -> Ecosystem:
    """Organisations, each tied to Acme with a receipt."""
    b = EcosystemBuilder(name="demo")
    b.node("acme", kind="organisation", name="Acme")
    b.source(source, title=source)
    for id, name, country in nodes:
        b.node(id, kind="organisation", name=name, country=country)
        b.evidence(id, source=source)
        b.evidence(b.tie("partner_of", id, "acme"), source=source)
    return b.build()


ONE = ecosystem(("smart", "Smart", "BE"), ("pls", "PLS", None))
OTHER = ecosystem(
    ("smart-asbl", "SMart ASBL", "BE"),
    ("smart-it", "Smart", "IT"),
    ("pour", "Pour La Solidarité", None),
    source="list",
)


def test_equal_names_of_two_sources_are_merged_and_nothing_is_lost() -> None:
    eco, said = combine([Reading("one", ONE), Reading("other", OTHER)])
    assert {"smart", "smart-it", "pls", "pour"} <= set(eco.nodes["id"])
    assert "smart-asbl" not in set(eco.nodes["id"])
    assert eco.resolve("SMart ASBL") == "smart"
    receipts = eco.evidence.groupby("fact")["source"].agg(set)
    assert receipts["smart"] == receipts["acme.partner_of.smart"] == {"page", "list"}
    assert any("'SMart ASBL' (smart-asbl) is merged into 'Smart' (smart)" in s for s in said)


def test_the_id_of_the_earlier_source_stays_whatever_the_alphabet_says() -> None:
    eco, _ = combine([Reading("other", OTHER), Reading("one", ONE)])
    assert "smart-asbl" in set(eco.nodes["id"])
    assert "smart" not in set(eco.nodes["id"])


def test_asking_merges_nothing_by_name() -> None:
    eco, _ = combine([Reading("one", ONE), Reading("other", OTHER)], same_names="ask")
    assert {"smart", "smart-asbl"} <= set(eco.nodes["id"])


def test_a_source_that_has_both_says_that_they_are_two() -> None:
    """Three branches with one name: the second source lists two of them under two ids."""
    branches = ecosystem(("north", "Help vzw", "BE"), ("south", "Help", "BE"), source="list")
    eco, said = combine(
        [Reading("one", ecosystem(("help", "Help", "BE"))), Reading("other", branches)]
    )
    assert {"help", "north", "south"} <= set(eco.nodes["id"])
    assert any("3 pairs of equal names left to a person" in s for s in said)
    alone, said = combine([Reading("other", branches)])
    assert len(alone.nodes) == 3
    assert said == []


def test_judgements_count_in_every_later_build(tmp_path: Path) -> None:
    for name, eco in (("one", ONE), ("other", OTHER)):
        datapackage.save(eco, tmp_path / name)
    sources = [tmp_path / "one", tmp_path / "other"]
    target = tmp_path / "eco"
    build_into(sources, target, same_names="ask")
    eco = judge(
        datapackage.load(target),
        [("pls", "pour", "same"), ("smart", "smart-asbl", "different")],
        by="ann",
        on="2026-01-01",
        reason="letterhead",
    )
    datapackage.save(eco, target)
    said = build_into(sources, target, existing="merge")
    eco = datapackage.load(target)
    assert {"pls", "smart", "smart-asbl"} <= set(eco.nodes["id"])
    assert eco.resolve("Pour La Solidarité") == "pls"
    assert any("judged the same by ann on 2026-01-01" in s for s in said)
    assert not any("smart-asbl" in s and "merged into" in s for s in said)
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    build_into(sources, target, existing="merge")
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before


def test_a_later_judgement_stands_over_an_earlier_one() -> None:
    eco = judge(OTHER, [("smart-asbl", "pour", "same")], by="ann", on="2026-01-01")
    eco = judge(eco, [("smart-asbl", "pour", "different")], by="bob", on="2026-02-01")
    assert settle(eco).ecosystem == eco
    again = judge(eco, [("smart-asbl", "pour", "same")], by="bob", on="2026-02-01")
    assert len(again.judgements) == 2
    assert len(settle(again).ecosystem.nodes) == len(eco.nodes) - 1


def test_a_judgement_that_keeps_apart_stands_between_groups() -> None:
    """a = b and b = c are judged, but a and c are two: the second merge is refused, and said."""
    eco = ecosystem(("a", "A", None), ("b", "B", None), ("c", "C", None))
    decided = [("a", "b", "same"), ("b", "c", "same"), ("a", "c", "different")]
    settled = settle(judge(eco, decided, by="ann", on="2026-01-01"))
    assert set(settled.ecosystem.nodes["id"]) == {"a", "acme", "c"}
    assert any("a and c are judged otherwise" in s for s in settled.said)


def test_what_merged_rows_disagree_on_is_said_and_refused_where_strict() -> None:
    b = EcosystemBuilder(name="demo")
    b.node("a", kind="organisation", name="Zorg vzw", url="https://a.example", sector="third")
    c = EcosystemBuilder(name="demo")
    c.node("b", kind="organisation", name="Zorg", url="https://b.example", level="local")
    eco, said = combine([Reading("one", b.build()), Reading("other", c.build())])
    row = eco.nodes.set_index("id").loc["a"]
    assert (row["url"], row["sector"], row["level"]) == ("https://a.example", "third", "local")
    assert any("https://a.example' is kept, 'https://b.example' is not" in s for s in said)
    with pytest.raises(InvalidEcosystem):
        combine([Reading("one", b.build()), Reading("other", c.build())], strict=True)


def test_parallel_ties_survive_and_ties_within_one_node_leave_by_name() -> None:
    b = EcosystemBuilder(name="demo")
    for id in ("a", "b", "x"):
        b.node(id, kind="organisation", name=id)
    b.source("page", title="A page")
    for _ in range(2):
        b.tie("partner_of", "b", "x")
    b.tie("funds", "a", "x", start="2016")
    b.tie("funds", "b", "x", start="2017")
    inner = b.tie("partner_of", "a", "b")
    b.evidence(inner, source="page")
    b.judgement("a", "b", "same", by="ann", on="2026-01-01")
    settled = settle(b.build())
    assert sorted(settled.ecosystem.ties["id"]) == [
        "a.funds.x@2016",
        "a.funds.x@2017",
        "a.partner_of.x",
        "a.partner_of.x#2",
    ]
    assert any("removed 1 tie between merged nodes, with 1 receipt: " in s for s in settled.said)
    assert settled.into == {"b": "a"}


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=4),
)
def test_groups_are_the_components_and_settling_twice_is_settling_once(
    same: list[tuple[int, int]], tied: list[tuple[int, int]]
) -> None:
    """Judged sameness is an equivalence: what is left are its components (networkx)."""
    import networkx as nx

    b = EcosystemBuilder(name="demo")
    for i in range(8):
        b.node(f"n{i}", kind="organisation", name=f"Body number {i}")
    for x, y in tied:
        if x != y:
            b.tie("partner_of", f"n{x}", f"n{y}")
    for number, (x, y) in enumerate(same):
        if x != y:
            b.judgement(f"n{x}", f"n{y}", "same", by=f"p{number}", on="2026-01-01")
    eco = b.build()
    graph = nx.Graph([(x, y) for x, y in same if x != y])
    graph.add_nodes_from(range(8))
    settled = settle(eco, by_name=False).ecosystem
    components = list(nx.connected_components(graph))
    assert set(settled.nodes["id"]) == {f"n{min(c)}" for c in components}
    of = {node: min(c) for c in components for node in c}
    wanted = {(of[x], of[y]) for x, y in tied if of[x] != of[y]}
    left = settled.ties[["source", "target"]].to_numpy().tolist()
    assert {tuple(sorted(pair)) for pair in left} == {
        tuple(sorted((f"n{x}", f"n{y}"))) for x, y in wanted
    }
    assert settle(settled, by_name=False).ecosystem == settled
    assert all(a <= b for a, b in pairwise(sorted(settled.nodes["id"])))


def test_judging_on_the_command_line(tmp_path: Path) -> None:
    eco, _ = combine([Reading("one", ONE), Reading("other", OTHER)], same_names="ask")
    folder = tmp_path / "eco"
    datapackage.save(eco, folder)
    run = CliRunner().invoke
    asked = run(cli, ["identities", str(folder), "--format", "csv", "-o", str(tmp_path / "t.csv")])
    assert asked.exit_code == 1
    table = pd.read_csv(tmp_path / "t.csv", dtype=object)
    pair = table["a"].eq("pls") & table["b"].eq("pour")
    table.loc[pair, "judgement"] = "same"
    table.to_csv(tmp_path / "t.csv", index=False)
    who = ["--by", "ann", "--on", "2026-01-01"]
    applied = run(cli, ["identities", str(folder), "--apply", str(tmp_path / "t.csv"), *who])
    assert "1 judgement recorded" in applied.stderr
    judged = ["--different", "smart", "smart-asbl", "--unsure", "smart", "smart-it"]
    last = run(cli, ["identities", str(folder), *judged, *who, "--format", "json"])
    rows = json.loads(last.stdout)["rows"]
    assert [(r["a"], r["b"]) for r in rows if r["verdict"] == "review"] == []
    left = datapackage.load(folder)
    assert sorted(left.judgements["judgement"]) == ["different", "same", "unsure"]
    assert "pour" not in set(left.nodes["id"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--same", "pls", "smart"], "--by NAME and --on DATE"),
        (["--same", "pls", "pls", "--by", "ann", "--on", "2026"], "are the same node"),
        (["--same", "pls", "smrt", "--by", "ann", "--on", "2026"], "smart"),
    ],
)
def test_judgements_that_cannot_be_recorded(options: list[str], words: str, tmp_path: Path) -> None:
    datapackage.save(ONE, tmp_path / "eco")
    before = {p.name: p.read_bytes() for p in (tmp_path / "eco").iterdir()}
    result = CliRunner().invoke(cli, ["identities", str(tmp_path / "eco"), *options])
    assert result.exit_code in (2, 3)
    assert words in result.stderr
    assert {p.name: p.read_bytes() for p in (tmp_path / "eco").iterdir()} == before


def test_judging_refuses_what_is_no_judgement() -> None:
    with pytest.raises(BadParameter, match="not a valid judgement"):
        judge(ONE, [("pls", "smart", "maybe")], by="ann", on="2026-01-01")
    with pytest.raises(UnknownName):
        judge(ONE, [("pls", "nobody", "same")], by="ann", on="2026-01-01")


def test_building_one_source_asks_nobody(smart: Ecosystem, tmp_path: Path) -> None:
    datapackage.save(smart, tmp_path / "smart")
    assert build(tmp_path / "smart").ecosystem == smart


def test_all_pairs_of_one_reason_are_accepted_at_once(tmp_path: Path) -> None:
    """Thirty spellings of one bank, and two of another body, that are one pair each."""
    builder = EcosystemBuilder(name="banks")
    names = [f"Banque Alfa{'.' * n}" for n in range(30)] + ["Huis Zon", "HUIS ZON"]
    rows = [{"id": f"n{i}", "kind": "organisation", "name": n} for i, n in enumerate(names)]
    builder.add_table("nodes", pd.DataFrame(rows))
    datapackage.save(builder.build(), tmp_path / "eco")
    given = ["identities", str(tmp_path / "eco"), "--by", "A", "--on", "2026-01-01"]
    wrong = CliRunner().invoke(cli, [*given, "--all-same", "alike"])
    assert wrong.exit_code == 2
    assert "'same once normalised' (436)" in wrong.stderr
    CliRunner().invoke(cli, [*given, "--all-same", "same once normalised"])
    eco = datapackage.load(tmp_path / "eco")
    assert len(eco.nodes) == 2
    assert len(eco.judgements) == 436
