"""Ties that one can point at, click, reach by keyboard and read; and taps that only select."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from urllib.parse import parse_qs
from xml.etree import ElementTree

import networkx as nx
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import AXE, VIOLATIONS, Reader
from tests.views.explorer.test_browser import three_ties

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HASH = "location.hash.slice(1)"


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


def places(reader: Reader) -> dict[str, tuple[float, float]]:
    """Where each node is on the screen, from the saved graph and the rule that fits it."""
    graph = nx.read_gexf(io.BytesIO(reader.download("gexf").encode()))
    at = {i: (d["viz"]["position"]["x"], -d["viz"]["position"]["y"]) for i, d in graph.nodes(True)}
    stage = reader.page.locator("#stage").bounding_box()
    assert stage
    (left, right), (top, bottom) = ((min(c), max(c)) for c in zip(*at.values(), strict=True))
    across = (stage["width"] - 2 * min(100, stage["width"] * 0.13)) / max(1e-6, right - left)
    down = (stage["height"] - 88) / max(1e-6, bottom - top)
    tall = max(0.8, min(2, down / across))
    k = min(across, down / tall, 1.6)
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    return {
        i: (x + k * (px - (left + right) / 2), y + k * tall * (py - (top + bottom) / 2))
        for i, (px, py) in at.items()
    }


def state(reader: Reader) -> dict[str, list[str]]:
    """What the address says, once it has caught up."""
    reader.page.wait_for_timeout(170)
    return parse_qs(reader.page.evaluate(HASH))


def test_a_tap_on_each_node_selects_it_and_nothing_else(
    page: Explorer, read: Callable[..., Reader]
) -> None:
    reader = read(page, **PHONE)
    found = places(reader)
    assert len(found) == 34
    for node, (x, y) in found.items():
        reader.page.touchscreen.tap(x, y)
        assert state(reader) == {"selected": [node]}
        sheet = reader.page.locator("#sheet").bounding_box()
        stage = reader.page.locator("#stage").bounding_box()
        assert sheet
        assert stage
        assert stage["height"] >= 0.4 * 844 > 0.9 * sheet["height"]
        reader.page.click("#close-sheet")
    reader.page.click("#help")
    assert reader.page.is_visible("#help-box")


def two_ends(reader: Reader, a: str, b: str) -> tuple[float, float]:
    at = places(reader)
    return (at[a][0] + at[b][0]) / 2, (at[a][1] + at[b][1]) / 2


def test_a_tie_is_pointed_at_and_clicked(read: Callable[..., Reader]) -> None:
    reader = read(explore(three_ties()))
    x, y = two_ends(reader, "b", "c")
    reader.page.mouse.move(x, y + 2)
    assert re.match(r"Bea — partner of — Cas · inferred · 0 receipts$", reader.text("#tip"))
    reader.page.mouse.click(x, y + 2)
    assert reader.text("#sheet-name") == "Partner of"
    assert "reported by Cas" in reader.text("#sheet")
    assert state(reader)["tie"] == ["b.partner_of.c"]
    reader.page.keyboard.press("Escape")
    assert not reader.page.is_visible("#sheet")
    # Far from every tie, nothing is meant.
    reader.page.mouse.click(x, y + 200)
    assert not reader.page.is_visible("#sheet")


def test_parallel_ties_open_as_a_list(read: Callable[..., Reader]) -> None:
    reader = read(explore(three_ties()), "tie=a.funds.b@2017")
    assert reader.text("#sheet-name") == "Funds"
    assert [reader.text(f"#sheet .ends-of button:nth-of-type({n})") for n in (1, 2)] == [
        "Ada",
        "Bea",
    ]
    assert "2017" in reader.text("#sheet .part")
    others = reader.page.locator("#sheet [data-tie]")
    assert [others.nth(i).get_attribute("data-tie") for i in range(others.count())] == [
        "a.funds.b@2018",
        "a.partner_of.b@2016",
    ]
    reader.page.locator("#sheet summary").first.click()
    assert "page 2017" in reader.text("#sheet details[open] .receipt")
    others.first.locator("button").first.click()
    assert state(reader)["tie"] == ["a.funds.b@2018"]


def test_ties_are_reached_by_keyboard_and_announced(read: Callable[..., Reader]) -> None:
    reader = read(explore(three_ties()), "selected=a")
    reader.page.focus("#stage")
    seen = []
    for _ in range(3):
        reader.page.keyboard.press("t")
        seen.append(reader.text("#announce"))
    assert [re.sub(r"\D", "", text.split("·")[1]) for text in seen] == ["2017", "2018", "2016"]
    assert all(text.startswith("Ada — ") and "1 receipt" in text for text in seen)
    reader.page.keyboard.press("Shift+T")
    assert reader.text("#announce") == seen[1]
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "sheet-name"
    reader.page.keyboard.press("Escape")
    assert reader.text("#sheet-name") == "Ada"
    reader.page.locator("#sheet .opens").first.focus()
    reader.page.keyboard.press("Enter")
    assert reader.text("#sheet-name") in ("Funds", "Partner of")


def test_a_path_says_how_each_step_is_tied(
    page: Explorer, read: Callable[..., Reader], smart: Ecosystem
) -> None:
    reader = read(page, "selected=cesep&goal=bigre")
    said = re.sub(r"\s+", " ", reader.text("#notice-path .chain"))
    ends = {frozenset((r.source, r.target)): r for r in smart.ties.itertuples()}
    hops = [b.inner_text() for b in reader.page.locator("#notice-path .chain > button").all()]
    ids = {name: id for id, name in smart.name_of.items()}
    for a, b in zip(hops, hops[1:], strict=False):
        tie = ends[frozenset((ids[a], ids[b]))]
        kind = SCHEMA.tie_kinds[tie.kind]
        assert kind.labels["en"] in said
        if kind.directed:
            assert f"{a} {'—' if tie.source == ids[a] else '←'} " in said
    reader.page.locator("#notice-path .tied button").first.click()
    assert reader.text("#sheet .kind span") == "Tie"


def four_statuses() -> Explorer:
    b = EcosystemBuilder(name="t")
    b.node("hub", kind="organisation", name="Hub")
    for status in SCHEMA.values["status"]:
        b.node(status, kind="organisation", name=status)
        b.tie("partner_of", "hub", status, status=status)
    return explore(b.build())


def test_what_is_declared_confirmed_inferred_and_disputed_looks_different(
    read: Callable[..., Reader],
) -> None:
    """By the width and the dashes of the line, whatever its colour; in picture and legend."""
    reader = read(four_statuses(), "hide-status=")
    svg = ElementTree.fromstring(reader.download("svg"))
    lines = [p for p in svg.iter("{http://www.w3.org/2000/svg}path") if p.get("fill") == "none"]
    looks = {
        (p.get("stroke-width"), p.get("stroke-dasharray"))
        for p in lines
        if p.get("opacity") == "0.75"
    }
    assert len(looks) == 4
    keys = reader.page.locator("#legend .line path")
    shown = {
        (k.get_attribute("stroke-width"), k.get_attribute("stroke-dasharray")) for k in keys.all()
    }
    assert len(shown) == 4


def test_names_of_ties_come_on_demand(page: Explorer, read: Callable[..., Reader]) -> None:
    reader = read(page)
    before = reader.download("svg")
    assert ">takes part in<" not in before
    reader.page.check("#named")
    assert state(reader) == {"named": ["ties"]}
    reader.page.uncheck("#named")
    assert state(reader) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["tie=a.funds.b@2017", "selected=a&goal=c&named=ties"])
def test_axe_finds_nothing(read: Callable[..., Reader], scheme: str, view: str) -> None:
    reader = read(explore(three_ties()), view, color_scheme=scheme)
    reader.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert reader.page.evaluate(VIOLATIONS) == []
