"""Clusters beside the structure of the source: ecosystems that are written up by group, or not."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import partnergraph as pg
from partnergraph.analysis.partitions.provenance import Provenance, places, provenance
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.answers.clusters import origin_of
from partnergraph.views.report.page import report
from tests.views.answers.asked import as_json, run

GROUPS, SIZE = 4, 8


def crafts(written: str) -> Ecosystem:
    """Return four groups of eight with few ties between them, in a source of four paragraphs.

    `written` is how: a paragraph, or a file, for each group; or each tie in a paragraph by lot.
    """
    random, b = np.random.default_rng(3), EcosystemBuilder(name="crafts")
    for n in range(GROUPS if written == "files" else 1):
        b.source(f"book-{n}", title=f"Book {n}")
    people = [f"p{n:02}" for n in range(GROUPS * SIZE)]
    for node in people:
        b.node(node, kind="organisation")
    for one, other in itertools.combinations(range(len(people)), 2):
        same = one // SIZE == other // SIZE
        if random.random() < (0.6 if same else 0.03):
            tie = b.tie("partner_of", people[one], people[other])
            group = one // SIZE if written != "by lot" else int(random.integers(GROUPS))
            source = f"book-{group if written == 'files' else 0}"
            place = f"paragraph {group + 1}, characters {one * 9}-{other * 9}"
            b.evidence(tie, source=source, locator=f"row {one}" if written == "files" else place)
    return b.build()


def held(eco: Ecosystem) -> Provenance:
    return origin_of(eco, pg.clusters(eco, nulls=19), {})


def test_clusters_that_are_the_paragraphs_follow_the_source() -> None:
    found = held(crafts("paragraphs"))
    assert (found.verdict, found.level, found.places, found.members) == ("follow", "place", 4, 32)
    assert found.agreement > 0.9
    assert found.p == 0.01
    assert abs(found.null_mean) < 0.15


def test_files_are_told_from_places_within_them() -> None:
    found = held(crafts("files"))
    assert (found.verdict, found.level, found.places) == ("follow", "source", 4)


def test_the_same_groups_written_up_by_lot_do_not() -> None:
    found = held(crafts("by lot"))
    assert found.verdict == "apart"
    assert found.agreement < 0.2
    assert found.p > 0.05


def test_one_place_or_no_receipt_tells_nothing() -> None:
    clusters = pd.Series({"a": 1, "b": 1, "c": 2, "d": 2})
    ties = pd.DataFrame({"id": ["t", "u"], "source": ["a", "c"], "target": ["b", "d"]})
    none = pd.DataFrame({"fact": [], "source": [], "locator": []}, dtype=object)
    one = pd.DataFrame({"fact": ["t", "u"], "source": "s", "locator": ["row 1", "row 2"]})
    for receipts in (none, one):
        assert provenance(clusters, ties, receipts).verdict == "untold"
    assert provenance(clusters * 0 + 1, ties, one).verdict == "untold"
    two = one.assign(source=["s", "t"])
    assert provenance(clusters, ties, two, nulls=0).verdict == "apart"  # nothing to hold it against


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        ("paragraph 6, characters 1-9", "s, paragraph 6"),
        ("sheet Ties, row 14", "s, sheet Ties"),
        ("sheet Ties, row 14, column start", "s, sheet Ties"),
        ("page 3", "s, page 3"),
        ("Chapter 2, page 3, line 4", "s, Chapter 2, page 3"),
        ("row 14", "s"),
        ("characters 3-9", "s"),
        ("17", "s"),
        ("", "s"),
        (None, "s"),
    ],
)
def test_a_place_is_what_holds_several_facts(locator: str | None, place: str) -> None:
    assert places(pd.DataFrame({"source": ["s"], "locator": [locator]})).tolist() == [place]


def test_the_verb_and_the_report_say_so(tmp_path: Path) -> None:
    for written, words in (("paragraphs", "They follow the source"), ("by lot", "not merely")):
        eco = crafts(written)
        folder = tmp_path / written
        pg.save(eco, folder)
        assert words in run("clusters", str(folder)).stderr
        assert words in report(eco, parts="full").markdown
    assert as_json("clusters", str(folder))["provenance"]["verdict"] == "apart"


def test_the_sheets_of_a_workbook_are_places(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    eco = crafts("paragraphs")
    with pd.ExcelWriter(path) as book:
        eco.nodes[["id", "name", "kind"]].to_excel(book, sheet_name="nodes", index=False)
        eco.ties[["source", "target", "kind"]].to_excel(book, sheet_name="ties", index=False)
    read = pg.load(path)
    assert held(read).verdict == "untold"  # every tie is in the one sheet of ties
