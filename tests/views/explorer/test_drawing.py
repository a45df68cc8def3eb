"""What is drawn, and what is not: counted in calls of the canvas, so no clock has a say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.views.explorer import payload
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import Reader

pytestmark = pytest.mark.browser

NODES, TIES = 4_000, 12_000
# Counts what is drawn on the picture and on the overlay above it, and bitmaps made anew.
COUNTING = """() => {
  const counts = window.counts = { picture: 0, overlay: 0, bitmaps: 0 };
  const layer = (canvas) => (canvas.classList.contains("picture") ? "picture" : "overlay");
  const drawing = CanvasRenderingContext2D.prototype;
  for (const name of ["stroke", "fill", "lineTo", "arc", "fillText"]) {
    const draw = drawing[name];
    drawing[name] = function (...given) {
      counts[layer(this.canvas)]++;
      return draw.apply(this, given);
    };
  }
  const width = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, "width");
  Object.defineProperty(HTMLCanvasElement.prototype, "width", {
    ...width,
    set(value) {
      counts.bitmaps++;
      width.set.call(this, value);
    },
  });
}"""
# A drag without a pause, however slow the machine: what waits for one waits until its end.
DRAGGING = """async (places) => {
  const stage = document.querySelector("#stage");
  stage.setPointerCapture = () => undefined;
  const send = (type, [clientX, clientY]) => stage.dispatchEvent(
    new PointerEvent(type, { pointerId: 1, button: 0, clientX, clientY, bubbles: true }));
  const later = window.setTimeout;
  const waiting = [];
  window.setTimeout = (run) => waiting.push(run);
  send("pointerdown", places[0]);
  for (const place of places) {
    send("pointermove", place);
    await new Promise(requestAnimationFrame);
  }
  const drawn = counts.picture;
  send("pointerup", places.at(-1));
  window.setTimeout = later;
  for (const run of waiting) later(run, 0);
  return drawn;
}"""
ANEW = "Object.assign(counts, { picture: 0, overlay: 0, bitmaps: 0 })"
PAUSE = 300  # longer than the page waits before it draws anew


@pytest.fixture(scope="module")
def page() -> Explorer:
    """Nodes and ties at random: too many to be drawn anew in every frame."""
    rng = np.random.default_rng(3)
    ids = np.array([f"n{i}" for i in range(NODES)])
    source, target = rng.integers(0, NODES, (2, TIES))
    b = EcosystemBuilder(name="random")
    names = [f"Organisation {i}" for i in range(NODES)]
    b.add_table("nodes", pd.DataFrame({"id": ids, "kind": "organisation", "name": names}))
    ties = {"kind": "partner_of", "source": ids[source], "target": ids[target]}
    b.add_table("ties", pd.DataFrame(ties)[source != target])
    with pytest.MonkeyPatch.context() as patch:
        # How clusters are found is not what is tested here, and takes its time.
        none = pd.Series(pd.array([pd.NA] * NODES, dtype="Int64"))
        patch.setattr(payload, "node_clusters", lambda *_: (none, payload.UNTESTED))
        return explore(b.build(), measures=["degree"])


@pytest.fixture
def counted(page: Explorer, read: Callable[..., Reader]) -> Reader:
    """The page at rest with one node selected, and calls counted from here on."""
    reader = read(page)
    reader.page.evaluate(COUNTING)
    select(reader.page, "organisation 17")
    reader.page.evaluate(ANEW)
    return reader


def select(page: Any, name: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    rest(page)


def rest(page: Any) -> None:
    """Wait until nothing is drawn any more."""
    before = -1
    while (now := page.evaluate("counts.picture + counts.overlay")) != before:
        before = now
        page.wait_for_timeout(PAUSE)


def test_a_selection_draws_its_surroundings_and_leaves_the_picture_alone(counted: Reader) -> None:
    select(counted.page, "organisation 2321")
    neighbours = counted.numbers("#here")[0]
    counts = counted.page.evaluate("counts")
    assert counts["picture"] == 0
    assert counts["bitmaps"] == 0
    # A mark is traced, filled and ringed; a tie is a line with a head; a name has three lines.
    assert neighbours < counts["overlay"] <= 20 * (neighbours + 2)


def test_a_drag_moves_the_picture_and_draws_it_once_at_its_end(counted: Reader) -> None:
    box = counted.page.locator("#stage").bounding_box()
    assert box
    x, y = box["x"] + 5, box["y"] + 5
    moves = [[x + 6 * step, y + step] for step in range(1, 20)]
    assert counted.page.evaluate(DRAGGING, [[x, y], *moves]) == 0
    rest(counted.page)
    assert NODES < counted.page.evaluate("counts.picture") < 3 * (NODES + TIES)


def test_the_sheet_opens_and_closes_without_new_bitmaps(counted: Reader) -> None:
    counted.page.click("#close-sheet")
    rest(counted.page)
    select(counted.page, "organisation 999")
    assert counted.page.evaluate("counts.bitmaps") == 0
