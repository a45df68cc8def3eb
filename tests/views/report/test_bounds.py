"""A report stays readable at any size: tables show the first rows and say how many are left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.report.blocks import Block, Heading, Table
from partnergraph.views.report.page import Report, report

ACTORS, PROJECTS = 900, 250


@pytest.fixture(scope="module")
def large() -> Ecosystem:
    """Return an affiliation of many actors in many projects, with fields, dates and receipts."""
    random, b = np.random.default_rng(1), EcosystemBuilder(name="large")
    b.source("s", title="A register")
    for i in range(ACTORS):
        b.node(f"a{i}", kind="organisation", name=f"Actor {i}")
    for c in range(120):
        b.node(f"c{c}", kind="capability", name=f"Field {c}")
    for p in range(PROJECTS):
        b.node(f"p{p}", kind="project", name=f"Project {p}", start="2019", end="2024")
        for i in random.choice(ACTORS, 12, replace=False):
            b.evidence(b.tie("participates_in", f"a{i}", f"p{p}"), source="s", locator=f"row {p}")
    for i in range(ACTORS):
        b.tie("active_in", f"a{i}", f"c{i % 120}")
    return b.build()


@pytest.fixture(scope="module")
def made(large: Ecosystem) -> Report:
    return report(large)


def tables(blocks: tuple[Block, ...]) -> Iterator[Table]:
    yield from (block for block in blocks if isinstance(block, Table))


@pytest.mark.slow
def test_no_table_grows_with_the_ecosystem_and_each_says_what_it_leaves_out(made: Report) -> None:
    sections = {section.id: section.blocks for section in made.content["sections"]}
    for name, total in (("projects", PROJECTS), ("capabilities", 120), ("ranking", ACTORS)):
        (table,) = [t for t in tables(sections[name]) if t.more]
        assert len(table.rows) <= 60
        left = "".join(map(str, table.more))
        assert f"and {total - len(table.rows):,} more" in left
    sheets = [block for block in sections["ties"] if isinstance(block, Heading)]
    assert 0 < len(sheets) <= 40
    assert len(made.html) < 5_000_000


@pytest.mark.slow
def test_actors_that_only_take_part_in_projects_are_ranked_among_themselves(made: Report) -> None:
    first = next(f for f in made.trace["findings"] if f["claim"] == "rank")
    assert first["case"].endswith("_modes")
    assert first["figures"]["n"] == ACTORS
    assert "How often are two nodes that share a neighbour tied" not in made.markdown
