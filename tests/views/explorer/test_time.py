"""Time in the page: what has ended is faded, and the years play by button, keyboard and touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.views.explorer import payload
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import AXE, VIOLATIONS, Reader

pytestmark = pytest.mark.browser

# Opacities with which lines are drawn in the saved picture.
FADED = 'opacity="0.35"'


@pytest.fixture(scope="module")
def choirs() -> Ecosystem:
    """Return four choirs as of 2022: one tie ended in 2020, a project with two ties in 2021."""
    b = EcosystemBuilder(About(name="choirs", as_of="2022-06-01"))
    for node in "abcd":
        b.node(node, kind="organisation", name=node.upper())
    b.node("tour", kind="project", name="Tour", start="2020", end="2021")
    b.tie("partner_of", "a", "b", start="2018", end="2020")
    b.tie("partner_of", "b", "c", start="2020")
    b.tie("partner_of", "c", "d")
    b.tie("participates_in", "a", "tour")
    b.tie("participates_in", "b", "tour")
    return b.build()


@pytest.fixture(scope="module")
def page(choirs: Ecosystem) -> Explorer:
    return explore(choirs)


def await_year(reader: Reader, year: str) -> None:
    """Wait until a year is announced; the page's policy forbids waiting on an expression."""
    for _ in range(100):
        if reader.text("#announce").startswith(year):
            return
        reader.page.wait_for_timeout(100)
    raise AssertionError(f"{year} was never announced")


def test_what_has_ended_by_the_day_is_in_the_data(choirs: Ecosystem) -> None:
    ended = payload.payload(choirs)["ended"]
    assert ended["day"] == "2022-06-01"
    assert [choirs.nodes["id"][i] for i in ended["nodes"]] == ["tour"]
    assert len(ended["ties"]) == 3


def test_what_has_ended_is_faded_until_the_reader_chooses_years(
    page: Explorer, read: Callable[..., Reader]
) -> None:
    reader = read(page)
    assert reader.text("#ended-key").startswith("Ended by 2022-06-01")
    assert reader.text("#ended-key").endswith("3")
    assert reader.download("svg").count(FADED) >= 2  # the lines of the ties, the mark of the tour
    reader.page.click("#play")
    reader.page.click("#play")
    assert FADED not in reader.download("svg")
    assert not reader.page.is_visible("#ended-key")


def test_the_years_play_and_pause_by_keyboard(page: Explorer, read: Callable[..., Reader]) -> None:
    reader = read(page)
    reader.page.focus("#play")
    reader.page.keyboard.press("Enter")
    assert reader.page.get_attribute("#play", "aria-pressed") == "true"
    assert reader.text("#announce") == "2018: 2 ties"  # a – b, and the one without a date
    await_year(reader, "2019")
    reader.page.keyboard.press("Enter")
    assert reader.page.get_attribute("#play", "aria-pressed") == "false"
    assert reader.text("#years") == "2019"
    reader.page.keyboard.press("Enter")
    await_year(reader, "2021")
    assert reader.text("#announce") == "2021: 4 ties"
    assert reader.page.get_attribute("#play", "aria-pressed") == "false"  # the last year


def test_a_page_that_plays_has_no_violations(page: Explorer, read: Callable[..., Reader]) -> None:
    reader = read(page)
    reader.page.click("#play")
    if AXE.is_file():
        reader.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert reader.page.evaluate(VIOLATIONS) == []
    assert reader.page.evaluate("document.querySelector('#play').offsetHeight") >= 24
