"""The stage in a real browser: fingers, sharp screens, layouts, the scale of a measure, pinning."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from math import hypot
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.encoding import places_of
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import Reader
from tests.views.explorer.test_browser import generated, multigraph

SHARPNESS = """() => {
  const canvas = document.querySelector("canvas.picture:not(.spare)");
  return canvas.width / parseFloat(canvas.style.width);
}"""


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


def two() -> Ecosystem:
    b = EcosystemBuilder(name="t")
    for node in "ab":
        b.node(node, kind="organisation", name=node.upper())
    b.tie("partner_of", "a", "b")
    return b.build()


def drawn(reader: Reader) -> nx.Graph:
    """What the stage shows, with places and colours, as saved."""
    return nx.read_gexf(io.BytesIO(reader.download("gexf").encode()))


def spread(reader: Reader) -> float:
    """From the leftmost to the rightmost spot in the colour of organisations, in CSS pixels."""
    picture = Image.open(io.BytesIO(reader.page.locator("#stage").screenshot(scale="css")))
    blue = (
        np.abs(np.asarray(picture.convert("RGB")).astype(int) - (0x00, 0x72, 0xB2)).max(axis=2) < 3
    )
    columns = np.flatnonzero(blue.any(axis=0))
    return float(columns[-1] - columns[0])


def at(graph: nx.Graph, node: str) -> tuple[float, float]:
    place = graph.nodes[node]["viz"]["position"]
    return place["x"], place["y"]


@pytest.mark.browser
def test_two_fingers_zoom(read: Callable[..., Reader]) -> None:
    """Moved from 160 to 80 pixels apart, they take the marks half as far apart."""
    reader = read(explore(two()), viewport={"width": 390, "height": 844}, has_touch=True)
    before = spread(reader)
    box = reader.page.locator("#stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.5
    touch = reader.context.new_cdp_session(reader.page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x + side * apart / 2, "y": y, "id": side} for side in (-1, 1)]
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": points if kind != "touchEnd" else []},
        )

    fingers("touchStart", 160)
    for apart in range(150, 70, -10):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)
    reader.page.wait_for_timeout(400)
    assert spread(reader) == pytest.approx(before / 2, rel=0.12)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.parametrize(("scale", "sharp"), [(1, 1), (2, 2), (3, 2)])
def test_sharp_screens_get_a_sharp_picture(
    read: Callable[..., Reader], scale: int, sharp: int
) -> None:
    """At the same places: more than two pixels for one would cost more than they show."""
    reader = read(explore(two()), device_scale_factor=scale)
    assert reader.page.evaluate(SHARPNESS) == pytest.approx(sharp, rel=0.01)
    box = reader.page.locator("#stage").bounding_box()
    assert box
    wide = spread(reader)
    reader.page.mouse.click(box["x"] + (box["width"] + wide) / 2 - 8, box["y"] + box["height"] / 2)
    assert reader.text("#sheet-name") in ("A", "B")


@pytest.mark.browser
@pytest.mark.parametrize("centre", ["smart", "coopkracht"])
def test_rings_hold_who_is_as_many_steps_away(
    smart: Ecosystem, page: Explorer, read: Callable[..., Reader], centre: str
) -> None:
    graph = drawn(read(page, f"arrange=rings&selected={centre}"))
    steps = nx.single_source_shortest_path_length(
        multigraph(smart, set(SCHEMA.default_network)), centre
    )
    x, y = at(graph, centre)
    radius: dict[int, set[int]] = {}
    for node, k in steps.items():
        there = at(graph, node)
        radius.setdefault(k, set()).add(round(hypot(there[0] - x, there[1] - y)))
    assert all(len(found) == 1 for found in radius.values())
    assert [min(radius[k]) for k in sorted(radius)] == sorted(min(r) for r in radius.values())


@pytest.mark.browser
def test_columns_part_actors_from_what_they_share(
    smart: Ecosystem, page: Explorer, read: Callable[..., Reader]
) -> None:
    graph = drawn(read(page, "arrange=columns"))
    sides: dict[bool, set[float]] = {}
    for node in graph:
        sides.setdefault(smart.kind_of[node] in SCHEMA.actors, set()).add(at(graph, node)[0])
    assert len(sides[True]) == len(sides[False]) == 1
    assert sides[True] != sides[False]
    for side in sides.values():
        ys = sorted(at(graph, node)[1] for node in graph if at(graph, node)[0] in side)
        gaps = [b - a for a, b in zip(ys, ys[1:], strict=False)]
        assert min(gaps) == pytest.approx(max(gaps))


@pytest.mark.browser
def test_a_measure_is_coloured_by_cividis(
    smart: Ecosystem, page: Explorer, read: Callable[..., Reader]
) -> None:
    """As matplotlib has it, from the lowest to the highest, by the square root of the value."""
    from matplotlib import colormaps

    graph = drawn(read(page, "colour=betweenness"))
    values = pg.centrality(smart, measures=["betweenness"])["betweenness"]
    low, high = values.min(), values.max()
    for node in graph:
        share = ((values[node] - low) / (high - low)) ** 0.5
        expected = [255 * part for part in colormaps["cividis"](share)[:3]]
        colour = graph.nodes[node]["viz"]["color"]
        assert [colour[c] for c in "rgb"] == pytest.approx(expected, abs=16), node
    blues = {graph.nodes[node]["viz"]["color"]["b"] for node in graph}
    assert len(blues) > 3


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["canvas", "vis"])
def test_every_name_has_a_place_in_both_renderers(
    smart: Ecosystem, read: Callable[..., Reader], renderer: str
) -> None:
    reader = read(explore(smart, renderer=renderer))
    reader.until("document.querySelector('#stage').dataset.labels === '34/34'")


def places(file: Path) -> dict[str, tuple[float, float]]:
    found = re.search(r'id="data">(.*?)</script>', file.read_text(encoding="utf-8"))
    assert found
    return places_of(json.loads(found[1]))


def test_like_keeps_places_from_an_earlier_page(smart: Ecosystem, tmp_path: Path) -> None:
    """Through the command line: who was there stays, who is new finds a place beside them."""

    def run(*arguments: object) -> None:
        result = CliRunner().invoke(cli, [str(a) for a in arguments])
        assert result.exit_code == 0, result.output

    b = EcosystemBuilder(name="next", title="The year after")
    for node in ("new-one", "new-two"):
        b.node(node, kind="organisation", name=node)
        b.tie("partner_of", node, "smart")
    for row in smart.nodes.to_dict("records"):
        if row["id"] != "cesep":
            b.node(row["id"], kind=row["kind"], name=row["name"])
    for tie in smart.without(["cesep"]).ties.to_dict("records"):
        b.tie(tie["kind"], tie["source"], tie["target"], role=tie["role"], start=tie["start"])
    pg.save(b.build(), tmp_path / "next")
    run("explore", pg.example("smart"), "-o", tmp_path / "old.html")
    run("explore", tmp_path / "next", "-o", tmp_path / "new.html", "--like", tmp_path / "old.html")
    run("explore", tmp_path / "next", "-o", tmp_path / "free.html")
    old, new, free = (places(tmp_path / f"{name}.html") for name in ("old", "new", "free"))
    both = old.keys() & new.keys()
    assert len(both) == len(smart) - 1
    assert {i: new[i] for i in both} == {i: old[i] for i in both}
    assert {i: free[i] for i in both} != {i: old[i] for i in both}
    for node in ("new-one", "new-two"):
        assert min(hypot(new[node][0] - x, new[node][1] - y) for x, y in old.values()) > 10


# Circles that are filled on the picture, from when it is next drawn.
ARCS = """() => {
  window.arcs = new Map();
  const arc = CanvasRenderingContext2D.prototype.arc;
  CanvasRenderingContext2D.prototype.arc = function (x, y, r, ...rest) {
    if (this.canvas.classList.contains("picture")) window.arcs.set(`${x} ${y}`, [x, y, r]);
    return arc.call(this, x, y, r, ...rest);
  };
  document.querySelector("#theme").click();
}"""


@pytest.mark.browser
def test_discs_of_the_overview_lie_beside_each_other(read: Callable[..., Reader]) -> None:
    """Each of them can be seen and clicked: at most a tenth of the smaller lies under another."""
    reader = read(generated(6000, 12_000))
    discs = reader.numbers("#notice-overview p")[1]
    reader.page.evaluate(ARCS)
    reader.until(f"window.arcs.size >= {discs}")
    arcs = [tuple(arc) for arc in reader.page.evaluate("[...window.arcs.values()]")]
    assert len(arcs) == discs
    for i, (x, y, r) in enumerate(arcs):
        for other_x, other_y, other_r in arcs[:i]:
            assert hypot(x - other_x, y - other_y) > r + other_r - 0.2 * min(r, other_r)


WORDS_OF_TABLE = """() => [
  ...document.querySelectorAll(".twin td bdi, .twin th button"),
].filter((cell) => {
  const range = document.createRange();
  const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node; (node = text.nextNode()); ) {
    for (const word of node.data.matchAll(/[^\\s-]+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
      if (new Set(tops).size > 1) return true;
    }
  }
  return false;
}).map((cell) => cell.textContent)"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 900, 1400])
def test_columns_of_the_table_break_no_word(
    page: Explorer, read: Callable[..., Reader], width: int
) -> None:
    reader = read(page, "view=table", viewport={"width": width, "height": 844})
    assert reader.page.evaluate(WORDS_OF_TABLE) == []
    titles = reader.page.locator(".twin thead th").all_inner_texts()
    cells = reader.page.locator(".twin tbody tr").all()
    for at in range(len(titles)):
        assert any(row.locator("td").nth(at).inner_text().strip() for row in cells), titles[at]


PIES = """() => {
  const pixels = (canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const data = pixels(document.querySelector("canvas.picture:not(.spare)"));
  const seen = new Map();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  return [0x0072b2, 0xe69f00, 0x009e73].map((colour) => seen.get(colour) ?? 0);
}"""


@pytest.mark.browser
def test_discs_are_pies_of_the_chosen_colour(read: Callable[..., Reader]) -> None:
    """From 1,000 nodes; the area of each colour is that of its share, within a tenth."""
    small = read(generated(900, 2000))
    assert small.page.locator("#notice-overview").count() == 0
    reader = read(generated(1100, 2500), "colour=country")
    countries = reader.numbers("#legend")
    assert len(countries) == 3
    reader.until("document.querySelector('#stage').dataset.labels")
    areas = reader.page.evaluate(PIES)
    for area, count in zip(areas, countries, strict=True):
        assert area / sum(areas) == pytest.approx(count / sum(countries), rel=0.1)
    reader.page.select_option("#colour", "kind")
    assert reader.numbers("#legend") == [1100]
