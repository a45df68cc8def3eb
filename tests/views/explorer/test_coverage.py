"""The coverage matrix in a real browser: who holds what where, against the analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from partnergraph.analysis.coverage import coverage
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import Reader

pytestmark = pytest.mark.browser

MATRIX = "view=table&table=coverage"
# Numbers by capability and column, as the accessible table has them.
CELLS = """() => {
  const heads = [...document.querySelectorAll(".twin thead button")].map((b) => b.dataset.column);
  return Object.fromEntries([...document.querySelectorAll(".twin tbody tr")].map((row) => [
    row.querySelector("th[scope=row]").textContent,
    Object.fromEntries([...row.querySelectorAll("td")].map((cell, c) =>
      [heads[c + 1], [Number(cell.textContent), cell.querySelector(".hole") !== null]])),
  ]));
}"""


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


def expected(eco: Ecosystem) -> Mapping[str, Mapping[str, tuple[int, bool]]]:
    """What the analysis says, by name of the capability and column of the page."""
    found = coverage(eco, nulls=0)
    names, lost = eco.name_of, set(found.unplaced)
    rows: dict[str, dict[str, tuple[int, bool]]] = {}
    for id, row in found.capabilities.iterrows():
        cells = {"holders": (int(row["n"]), row["n"] == 0)}
        if lost:
            cells["at /"] = (len(lost & set(row["holders"])), False)
        for cell in found.matrix:
            n = cell["capabilities"].get(id, 0)
            cells[f"at {cell['sphere'] or ''}/{cell['level'] or ''}"] = (n, n == 0)
        rows[names[str(id)]] = cells
    return rows


def cells(reader: Reader) -> Mapping[str, Mapping[str, tuple[int, bool]]]:
    shown = reader.page.evaluate(CELLS)
    return {name: {c: (n, hole) for c, (n, hole) in row.items()} for name, row in shown.items()}


def placed() -> Ecosystem:
    """Six partners at four combinations of sphere and level, and what they hold at times."""
    b = EcosystemBuilder(name="placed")
    where = [
        ("economic", "local"),
        ("economic", "local"),
        ("economic", "national"),
        ("cultural", "local"),
        ("cultural", None),
        (None, None),
    ]
    for i, (sphere, level) in enumerate(where):
        b.node(f"p{i}", kind="organisation", name=f"Partner {i}", sphere=sphere, level=level)
    for name in ("law", "money", "space"):
        b.node(name, kind="capability", name=name.title())
    held = {"law": (0, 1, 3), "money": (0, 2, 5), "space": (4,)}
    for what, who in held.items():
        for i in who:
            b.tie("offers", f"p{i}", what, start="2016" if i % 2 else "2018", end="2019")
    b.tie("needs", "p3", "space")
    b.tie("offers", "p1", "space", status="disputed")
    return b.build()


@pytest.mark.parametrize("without", ["", "smart", "coopcity"])
def test_the_matrix_is_that_of_the_analysis(
    smart: Ecosystem, page: Explorer, read: Callable[..., Reader], without: str
) -> None:
    """Also when a partner is thought away: the holes that leaves."""
    reader = read(page, f"{MATRIX}&without={without}")
    eco = smart.without([without]) if without else smart
    assert cells(reader) == expected(eco)


def test_it_follows_the_filters(read: Callable[..., Reader]) -> None:
    """A period, a sphere, disputed ties: as the analysis of what is left."""
    eco = placed()
    reader = read(explore(eco), MATRIX)
    assert cells(reader) == expected(eco)
    assert "3 of 16" in reader.text(".table-bar p")
    reader.open(f"{MATRIX}&period=2016..2017")
    assert cells(reader) == expected(eco.at("2016/2017"))
    reader.open(f"{MATRIX}&hide-sphere=economic")
    assert cells(reader) == expected(eco.without(["p0", "p1", "p2"]))
    assert reader.page.locator(".twin thead th").count() == 5


def test_a_cell_shows_its_holders_and_a_hole_who_is_there(
    smart: Ecosystem, page: Explorer, read: Callable[..., Reader]
) -> None:
    reader = read(page, MATRIX)
    reader.page.click("#table-coverage")
    assert reader.page.get_attribute('th:has([data-column="holders"])', "aria-sort") == "ascending"
    named = reader.page.get_by_role("button", name="2: Training, Economic", exact=True)
    named.click()
    assert reader.page.is_visible("#stage")
    assert reader.page.evaluate("document.activeElement.id") == "coverage-end"
    shown = reader.page.locator("#notice-coverage button.link").all_inner_texts()
    assert sorted(shown) == ["Coopcity", "SAW-B"]
    assert "2 of 2 partners" in reader.text("#notice-coverage")
    reader.page.keyboard.press("Escape")
    assert reader.page.locator("#notice-coverage").count() == 0
    # A link leads there too; a hole names who could have it.
    reader.open("held=training&place=/international")
    there = {
        smart.name_of[i]
        for cell in coverage(smart, nulls=0).matrix
        if cell["level"] == "international"
        for i in cell["partners"]
    }
    listed = set(reader.page.locator("#notice-coverage button.link").all_inner_texts())
    assert listed == there
    assert "not recorded for 4 partners" in reader.text("#notice-coverage")
    reader.page.locator("#notice-coverage button.link").first.click()
    assert reader.page.is_visible("#sheet")
    assert reader.page.locator("#notice-coverage").count() == 0


def test_without_anything_held_there_is_no_matrix(read: Callable[..., Reader]) -> None:
    b = EcosystemBuilder(name="t")
    b.node("a", kind="organisation", name="Ada")
    b.node("b", kind="capability", name="Law")
    b.tie("needs", "a", "b")
    reader = read(explore(b.build()), MATRIX)
    assert reader.page.locator("#table-coverage").count() == 0
    assert reader.page.locator(".twin tbody tr").count() == 1
