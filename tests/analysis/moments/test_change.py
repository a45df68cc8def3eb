"""What changed: expected rows are planted; error rates come from records of one truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks import change as simulated
from partnergraph.analysis.moments.change import MOVED, change
from partnergraph.analysis.moments.lineage import lineage
from partnergraph.analysis.moments.redraw import Rate, figures, missing_of, rate_of
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.weighted_graph import WeightedGraph
from tests.davis import davis

OLD, NEW = "2020-01-01", "2022-01-01"


def edition(day: str, *, second: bool) -> Ecosystem:
    """Return one of two editions: what differs between them is planted below."""
    b = EcosystemBuilder(About(name="club", as_of=day))
    for node in "abcde":
        b.node(node, kind="organisation")
    b.source("page", title="Page", retrieved=NEW if second else OLD)
    b.source("book", title="Book", published="2015", sha256="a" * 64)

    def tie(source: str, target: str, where: str, **cells: object) -> None:
        b.evidence(b.tie("partner_of", source, target, **cells), source=where)

    tie("a", "b", "page", start="2019", end="2023" if second else "2021")  # renewed: page re-read
    tie("a", "c", "book", strength=3.0 if second else 2.0)  # the same book, read otherwise
    tie("a", "d", "page", intensity="coordination" if second else "awareness")
    if second:
        b.node("new", kind="organisation", start="2021")
        b.node("late", kind="organisation", start="2001")
        tie("b", "c", "page", start="2021-06")  # since the first edition
        tie("b", "d", "page", start="2010")  # it was there already
        tie("b", "e", "book")  # the book stated it in 2015
        tie("c", "d", "page")  # nobody can tell
        tie("c", "e", "page", start="2021", end="2025")
    else:
        b.node("gone", kind="organisation")
        tie("c", "e", "page", start="2018", end="2020")
        tie("d", "e", "page", start="2018", end="2021-06")  # it ended before the second edition
        tie("d", "gone", "book")  # the book states it still
    return b.build()


@pytest.fixture(scope="module")
def editions() -> tuple[Ecosystem, Ecosystem]:
    return edition(OLD, second=False), edition(NEW, second=True)


def test_each_planted_difference_is_found_with_its_cause(
    editions: tuple[Ecosystem, Ecosystem],
) -> None:
    found = change(*editions, draws=20)
    ends = found.ties["source"] + found.ties["target"]
    rows = dict(zip(ends, zip(found.ties["change"], found.ties["cause"], strict=True), strict=True))
    assert rows == {
        "ab": ("renewed", "world"),
        "ac": ("strengthened", "corrected"),
        "ad": ("strengthened", "world"),
        "bc": ("begun", "world"),
        "bd": ("begun", "recorded"),
        "be": ("begun", "corrected"),
        "cd": ("begun", ""),
        "ce": ("renewed", "world"),
        "de": ("ended", "world"),
        "dgone": ("ended", "corrected"),
    }
    nodes = found.nodes.set_index("id")[["change", "how", "cause"]]
    assert nodes.loc["new"].tolist() == ["came", "node", "world"]
    assert nodes.loc["late"].tolist() == ["came", "node", "recorded"]
    assert nodes.loc["gone"].tolist() == ["left", "node", ""]
    assert found.counts["pairs"] == {"new": 4, "lost": 2, "kept": 4}
    assert found.days == (OLD, NEW)


def test_an_edition_beside_itself_shows_no_change(smart: Ecosystem) -> None:
    found = change(smart, smart, draws=20)
    assert len(found.ties) == len(found.nodes) == 0
    assert not found.table["verdict"].eq(MOVED).any()
    assert not found.ranks["verdict"].eq(MOVED).any()
    assert set(found.clusters["fate"]) == {"kept"}


def test_two_moments_of_smart_differ_by_what_ended_in_between(smart: Ecosystem) -> None:
    """By hand: 9 ties and 3 projects of 2018 had ended by 2026; none began in between."""
    found = change(smart, start="2018", end="2026", draws=20)
    assert found.counts["by_change"]["ended"] == len(found.ties) == 9
    assert found.nodes["change"].tolist() == ["left"] * 3
    pairs = found.table.set_index("figure").loc["pairs"]
    assert (pairs["before"], pairs["after"]) == (60, 51)


def test_the_same_seed_gives_the_same_answer(smart: Ecosystem) -> None:
    one, other = (change(smart, start="2018", end="2026", draws=20, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.ranks, other.ranks)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "give two editions"),
        ({"start": "2018"}, "give two editions"),
        ({"start": "2020", "end": "2018"}, "2020 is after 2018"),
        ({"start": "spring", "end": "2018"}, "'spring' is not an EDTF date"),
        ({"start": "2017/2018", "end": "2019"}, "not an EDTF date"),
        ({"start": "2018", "end": "2019", "rate": 1.0}, "rate=1.0"),
        ({"start": "2018", "end": "2019", "draws": 1}, "draws=1"),
        ({"start": "2018", "end": "2019", "missing": "x"}, "missing='x'"),
        ({"start": "2018", "end": "2019", "directed": True}, "directed"),
        ({"start": "2018", "end": "2019", "at": "2018"}, "two moments are compared"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    smart: Ecosystem, asked: dict[str, object], words: str
) -> None:
    with pytest.raises(BadParameter, match=words):
        change(smart, **asked)  # type: ignore[arg-type]


def test_editions_of_different_ecosystems_are_refused(
    smart: Ecosystem, editions: tuple[Ecosystem, Ecosystem]
) -> None:
    with pytest.raises(BadParameter, match="editions of different ecosystems: 0 of"):
        change(smart, davis("project", "participates_in"))
    with pytest.raises(BadParameter, match="is after"):
        change(*reversed(editions))
    renamed = editions[1].with_about(name="club-2022")
    assert change(editions[0], renamed, draws=20).counts["came"] == 2


def test_clusters_are_kept_merged_split_new_and_gone() -> None:
    """1 stays; 2 and 3 become 2; 4 falls into 3 and 4; 5 leaves with its members; 5 is new."""
    before = {**dict.fromkeys("abcd", 1), **dict.fromkeys("ef", 2), **dict.fromkeys("ghi", 3)}
    before |= {**dict.fromkeys("jklm", 4), **dict.fromkeys("xy", 5)}
    after = {**dict.fromkeys("abcd", 1), **dict.fromkeys("efghi", 2), **dict.fromkeys("jk", 3)}
    after |= {**dict.fromkeys("lm", 4), **dict.fromkeys("uv", 5)}
    found = lineage(pd.Series(before), pd.Series(after))
    both = found.dropna(subset=["before", "after"])
    pairs = zip(both["before"].astype(int), both["after"].astype(int), strict=True)
    assert dict(zip(pairs, both["fate"], strict=True)) == {
        (1, 1): "kept",
        (2, 2): "merged",
        (3, 2): "merged",
        (4, 3): "split",
        (4, 4): "split",
    }
    assert found[found["fate"] == "gone"]["before"].tolist() == [5]
    assert found[found["fate"] == "new"]["after"].tolist() == [5]
    assert found["jaccard"].iloc[0] == 1
    assert lineage(pd.Series(dtype=float), pd.Series(dtype=float)).empty


def test_figures_are_those_of_a_triangle_with_a_tail() -> None:
    """Four tied pairs: a triangle a, b, c and d at c; e alone. Of 5 two-paths 3 close, each way."""
    ties = np.zeros((5, 5))
    for i, j in ((0, 1), (1, 2), (0, 2), (2, 3)):
        ties[i, j] = ties[j, i] = 1
    from scipy import sparse

    graph = WeightedGraph(sparse.csr_array(ties), tuple("abcde"), tuple("abcde"), ("",) * 5)
    found = figures(graph)
    expected = [4, 1.6, 2, 0.8, 1, 3 / 5, (5 * 3 - 8) / (4 * 3)]
    assert found == pytest.approx(expected)


def test_the_rate_is_stated_or_read_off_the_data() -> None:
    """Of 12 mutual ties both ends report 4: a = 1/3, q = 1/2, so that a quarter is missed."""
    b = EcosystemBuilder()
    for n in range(13):
        b.node(f"n{n}", kind="organisation", responded="no" if n < 3 else "yes")
    for n in range(12):
        by = None if n < 4 else (f"n{n}" if n < 12 else None)
        b.tie("partner_of", f"n{n}", f"n{n + 1}", reported_by=by)
    for n in range(13):
        b.tie("partner_of", f"n{n}", f"n{(n + 3) % 13}", reported_by=f"n{n}")
    eco = b.build()
    assert rate_of(eco, 0.3) == Rate(0.3, "stated")
    assert rate_of(eco, None) == Rate(3 / 13, "responses")
    nodes = eco.nodes.drop(columns="responded")
    plain = Ecosystem({**eco.tables, "nodes": nodes})
    a = 4 / 25
    assert rate_of(plain, None).basis == "reports"
    assert math.isclose(rate_of(plain, None).value, (1 - 2 * a / (1 + a)) ** 2)
    assert missing_of(plain) == "respondents"
    assert rate_of(davis("project", "participates_in"), None) == Rate(0.1, "assumed")


@pytest.mark.slow
@pytest.mark.parametrize("missing", simulated.KINDS)
def test_without_a_change_few_figures_are_said_to_have_moved(missing: simulated.Missing) -> None:
    """Ten pairs with 20 % non-response; `benchmarks/change.py` has 200, of which 5 % may move."""
    found = [
        pd.concat(simulated.verdicts(simulated.TRUTHS[seed % 5], missing, 0.0, seed, 40))
        for seed in range(10)
    ]
    assert pd.concat(found)["verdict"].eq(MOVED).mean() <= 0.08


def test_half_of_the_ties_gone_is_seen() -> None:
    found = [simulated.verdicts(kind, "ties", -0.5, 1, 20)[0] for kind in ("star", "projects")]
    pairs = pd.concat([table[table["figure"] == "pairs"] for table in found])
    assert pairs["verdict"].eq(MOVED).all()
