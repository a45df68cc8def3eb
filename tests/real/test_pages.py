"""The seed page, its renamed twins, and the development pages."""

import time
from pathlib import Path

import pandas as pd
import pytest

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.extract import read_candidates, read_page
from partnergraph.loaders.page.read_document import from_text
from partnergraph.loaders.review.apply_review import apply
from partnergraph.loaders.review.deciding import decide
from partnergraph.loaders.review.draft import OFFERED, make_draft
from partnergraph.loaders.review.evaluate import GoldNames, evaluate
from partnergraph.loaders.review.table import review_table
from tests.loaders.page.twin import twin
from tests.real.page_gold import PAGES
from tests.real.seed_gold import seed_gold

pytestmark = pytest.mark.real


def scores(page: Path, gold: dict) -> pd.DataFrame:
    read = read_page(page, publisher=gold["publisher"])
    assert all(read.document.text[c.start : c.end] == c.quote for c in read.candidates)
    return evaluate([c.as_dict() for c in read.candidates], gold).set_index("level")


def effort(page: Path, gold: dict) -> tuple[int, int, int, int]:
    """Return rows to decide, keystrokes, rows to reject, and facts that a person has to add.

    A row takes a key; a rejected name takes its ties and aliases along, which need none.
    """
    draft = make_draft([read_page(page, publisher=gold["publisher"])])
    rows = draft.table[draft.table["state"] != OFFERED]
    names = GoldNames(gold, rows.to_dict("records"))
    known = {names.id(e["name"]) for e in [*gold["actors"], *gold["projects"]]} | names.own
    wrong = set(
        rows.loc[(rows["type"] == "node") & ~rows["name"].map(names.id).isin(known), "name"]
    )
    free = rows["subject"].isin(wrong) | rows["object"].isin(wrong)
    table = evaluate(rows.to_dict("records"), gold).set_index("level")
    missed = table.loc[["actors", "projects", "pairs"]]
    added = int((missed["gold"] - missed["right"]).sum())
    return len(rows), len(rows) - int(free.sum()), len(wrong), added


@pytest.fixture
def seed(shared: Path) -> Path:
    return shared.parent / "seed" / "partners.nl.txt"


def test_the_seed(seed: Path, smart: Ecosystem) -> None:
    found = scores(seed, seed_gold(smart))
    assert found.loc["actors", "f"] >= 0.95
    assert found.loc["pairs", "f"] >= 0.94
    assert found.loc["ties", "f"] >= 0.90
    assert tuple(found.loc["periods", ["found", "right"]]) == (5, 5)
    assert tuple(found.loc["benefits", ["found", "right"]]) == (3, 3)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_its_renamed_twin(seed: Path, smart: Ecosystem, number: int) -> None:
    """At most one actor and one pair differ."""
    gold = seed_gold(smart)
    before = scores(seed, gold)
    text, other = twin(seed.read_text(encoding="utf-8"), gold, number)
    read = read_candidates(from_text(text, name="twin.txt"), publisher=other["publisher"])
    after = evaluate([c.as_dict() for c in read.candidates], other).set_index("level")
    for level in before.index:
        for column in ("found", "right"):
            assert abs(before.loc[level, column] - after.loc[level, column]) <= 1, level


def test_the_development_pages(shared: Path) -> None:
    tables = [scores(shared / "partner_pages" / page, gold) for page, gold in PAGES.items()]
    total = sum(t[["found", "gold", "right"]] for t in tables)
    f = 2 * total["right"] / (total["found"] + total["gold"])
    assert f["actors"] >= 0.87
    assert f["pairs"] >= 0.70
    assert total.loc["periods", "found"] - total.loc["periods", "right"] <= 1


def test_a_page_is_decided_in_few_keystrokes(shared: Path) -> None:
    """Four minutes a page are 120 keys at two seconds each."""
    efforts = [effort(shared / "partner_pages" / page, gold) for page, gold in PAGES.items()]
    assert max(keys for _, keys, _, _ in efforts) <= 120
    assert sum(wrong for _, _, wrong, _ in efforts) <= 5


def test_a_long_page_reads_in_a_second(seed: Path) -> None:
    """Twenty kilobytes, in time of the processor; the limit is about ten times what it takes."""
    text = seed.read_text(encoding="utf-8") * 6
    started = time.process_time()
    read_candidates(from_text(text, name="long.txt"), publisher="Smart")
    assert time.process_time() - started < 1


def test_the_reviewed_seed_is_the_example_where_rules_reach(seed: Path, smart: Ecosystem) -> None:
    """Nodes, kinds and ties of actors and named projects; the rest is listed in docs/reading.md."""
    draft = make_draft([read_page(seed, publisher="Smart")])
    table = review_table(draft)
    table = table[table["state"] != OFFERED]
    assert len(table) <= 80  # rows to decide, one key each
    eco, _ = apply(decide(draft, table.assign(decision="accept")))
    gold = seed_gold(smart)
    ids = {
        form: entry["name"]
        for entry in [*gold["actors"], *gold["projects"]]
        for name in (entry["name"], *entry["aliases"])
        for form in [fold(name)]
    }
    named = {i: ids.get(fold(name)) for i, name in eco.name_of.items()}
    for alias, node in zip(eco.aliases["alias"], eco.aliases["node"], strict=True):
        named[node] = named[node] or ids.get(fold(alias))
    kinds = {name: eco.kind_of[i] for i, name in named.items() if name}
    wanted = {n: smart.kind_of[smart.resolve(n)] for n in set(ids.values())}
    assert kinds == wanted
    assert {i for i, name in named.items() if not name} <= set(
        eco.nodes["id"][eco.nodes["kind"] == "capability"]
    )

    def ties(of: Ecosystem, names: dict[str, str | None]) -> set[tuple[str, frozenset[str]]]:
        rows = of.ties[of.ties["source"].isin(names) & of.ties["target"].isin(names)]
        return {
            (t["kind"], frozenset((str(names[t["source"]]), str(names[t["target"]]))))
            for t in rows.to_dict("records")
        }

    example = {i: n for i, n in smart.name_of.items() if n in set(ids.values())}
    assert ties(eco, {i: n for i, n in named.items() if n}) == ties(smart, dict(example))
    dated = eco.nodes.set_index("id").loc[eco.resolve("Let it Coop")]
    assert (dated["start"], dated["end"]) == ("2018-10", "2018-10")
    assert set(eco.nodes["recurrence"].dropna()) == {"FREQ=YEARLY;BYMONTH=8"}
