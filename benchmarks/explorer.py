"""The explorer's budgets, and stock pyvis and vis-network on the same graphs, in a real browser.

Run as ``python benchmarks/explorer.py [SIZE ...]`` (250 to 50,000 nodes without sizes); it writes
``benchmarks/results/explorer.md``. Everything runs in Chromium without a GPU and without a network.
What has not drawn within `LIMIT` seconds is stopped, and said.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.generator import SIZES, ecosystem  # noqa: E402
from partnergraph.graph.ecosystem import Ecosystem  # noqa: E402
from partnergraph.views.explorer.page import Explorer, explore, vis_network  # noqa: E402

LIMIT = 60  # seconds for a contender to draw
MB = 1e6
# Nodes: file in MB, first picture in ms; from explorer.md §7.
BUDGETS = {
    250: (0.24, 500.0),  # 200 kB of code and texts, 40 kB of data
    2_000: (3.0, 500.0),
    10_000: (3.0, 1_000.0),
    50_000: (3.0, 4_000.0),
}
PAN, FRAME, SELECT, KEY = 16.0, 17.0, 50.0, 50.0

# Ninety moves of a drag, one a frame: main thread with redraw of each, and time between frames.
PANNING = """async () => {
  const stage = document.querySelector("#stage");
  const box = stage.getBoundingClientRect();
  stage.setPointerCapture = () => undefined;
  const send = (type, x) => stage.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, button: 0, clientX: box.left + x, clientY: box.top + 4, bubbles: true }));
  send("pointerdown", 3);
  const busy = [], frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 90; i++) {
    const start = performance.now();
    send("pointermove", 3 + 2 * i);
    const handled = performance.now() - start;
    // Asked for after the page's own, so it is called when that has drawn.
    const [now, end] = await new Promise((done) =>
      requestAnimationFrame((at) => done([at, performance.now()])));
    busy.push(handled + Math.max(0, end - now));
    frames.push(now - last);
    last = now;
  }
  send("pointerup", 183);
  const p95 = (list) => list.sort((a, b) => a - b)[Math.floor(0.95 * list.length)];
  return [p95(busy.slice(5)), p95(frames.slice(5))];
}"""
TYPING = """async (text) => {
  const field = document.querySelector("#query");
  field.focus();
  let most = 0;
  for (let i = 1; i <= text.length; i++) {
    field.value = text.slice(0, i);
    const start = performance.now();
    field.dispatchEvent(new Event("input"));
    most = Math.max(most, performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return most;
}"""
# From the click until the frame that shows the selection has been drawn.
CHOOSING = """async () => {
  const start = performance.now();
  document.querySelector("#found li").click();
  const handled = performance.now();
  const [at, end] = await new Promise((done) =>
    requestAnimationFrame((at) => done([at, performance.now()])));
  return handled - start + Math.max(0, end - at);
}"""
FIRST = "performance.getEntriesByName('first-picture')[0].startTime"

# Around a bare vis-network: when it first drew, and how long one redraw keeps the main thread.
BARE = """<!doctype html><meta charset="utf-8"><title>vis</title><style>{style}
html,body,#net{{margin:0;height:100%}}</style><div id="net"></div><script>{script}</script><script>
const [nodes, edges] = {data};
const network = new vis.Network(document.getElementById("net"),
  {{nodes: new vis.DataSet(nodes), edges: new vis.DataSet(edges)}}, {options});
network.once("afterDrawing", () => performance.mark("first-picture"));
network.once("stabilizationIterationsDone", () => performance.mark("settled"));
</script>"""
VIS_PANNING = """async () => {
  const busy = [];
  for (let i = 0; i < 20; i++) {
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    network.moveTo({ offset: { x: i, y: 0 }, scale: network.getScale() });
    network.redraw();
    network.canvas.getContext().getImageData(0, 0, 1, 1);
    busy.push(performance.now() - start);
  }
  return busy.sort((a, b) => a - b)[18];
}"""


@dataclass
class Measured:
    """What was seen of one page."""

    size: int
    first: float = float("nan")
    pan: float = float("nan")
    frame: float = float("nan")
    select: float = float("nan")
    key: float = float("nan")
    cpu: float = float("nan")
    heap: float = float("nan")
    note: str = ""
    more: dict[str, float] = field(default_factory=dict)


@contextmanager
def opened(file: Path, state: str = "") -> Iterator[tuple[Any, Any]]:
    """Open a file in a browser of its own; give the page, and its metrics when asked."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--disable-gpu", "--no-sandbox"]
        )
        page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.set_default_timeout(LIMIT * 1000)
        page.goto(f"{file.as_uri()}{state}", wait_until="commit")
        try:
            yield page, session
        finally:
            browser.close()


def metrics(session: Any) -> dict[str, float]:
    found = session.send("Performance.getMetrics")["metrics"]
    return {entry["name"]: entry["value"] for entry in found}


def ours(file: Path, state: str = "") -> Measured:
    """Measure the explorer's page."""
    seen = Measured(file.stat().st_size)
    with opened(file, state) as (page, session):
        page.wait_for_selector("#stage[data-labels]", state="attached")
        seen.first = page.evaluate(FIRST)
        page.wait_for_timeout(1500)
        now = metrics(session)
        seen.cpu, seen.heap = now["TaskDuration"] * 1000, now["JSHeapUsedSize"] / MB
        seen.pan, seen.frame = page.evaluate(PANNING)
        page.wait_for_timeout(800)
        seen.key = page.evaluate(TYPING, "co")
        seen.select = page.evaluate(CHOOSING)
        page.wait_for_timeout(800)
        page.evaluate(TYPING, "fe")
        seen.select = max(seen.select, page.evaluate(CHOOSING))
    return seen


def theirs(file: Path, settled: bool) -> Measured:
    """Measure a page of pyvis or vis-network: its first picture, or when its physics have ended."""
    from playwright.sync_api import TimeoutError as TooLong

    seen = Measured(file.stat().st_size)
    mark = "settled" if settled else "first-picture"
    asked = f"performance.getEntriesByName('{mark}').length > 0"
    with opened(file) as (page, session):
        try:
            page.wait_for_function(asked, timeout=LIMIT * 1000)
            seen.first = page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime")
            now = metrics(session)
            seen.cpu, seen.heap = now["TaskDuration"] * 1000, now["JSHeapUsedSize"] / MB
            page.set_default_timeout(LIMIT * 1000)
            seen.pan = page.evaluate(VIS_PANNING)
        except TooLong:
            seen.note = f"not within {LIMIT} s"
    return seen


def stock_pyvis(eco: Ecosystem, file: Path) -> Callable[[], Measured]:
    """Write the page of pyvis as it comes, its libraries inside; its own clock is the physics."""
    from pyvis.network import Network

    net = Network(cdn_resources="in_line", directed=True)
    for id, name in zip(eco.nodes["id"], eco.nodes["name"], strict=True):
        net.add_node(id, label=name)
    # add_edge looks every tie through for each new one; this is what it ends in, at once.
    net.edges = [
        {"from": s, "to": t, "arrows": "to"}
        for s, t in zip(eco.ties["source"], eco.ties["target"], strict=True)
    ]
    html = net.generate_html().replace(
        "network = new vis.Network(container, data, options);",
        "network = new vis.Network(container, data, options);"
        'network.once("stabilizationIterationsDone", () => performance.mark("settled"));',
    )
    file.write_text(html, encoding="utf-8")
    return lambda: theirs(file, settled=True)


def bare_vis(page: Explorer, file: Path) -> Callable[[], Measured]:
    """Write vis-network by itself at its best: our positions, no physics, straight ties."""
    import json

    nodes, ties = page._picture["nodes"]["columns"], page._picture["ties"]["columns"]
    places = zip(nodes["name"], nodes["x"].tolist(), nodes["y"].tolist(), strict=True)
    marks = [
        {"id": i, "label": str(name), "x": x, "y": y, "size": 8}
        for i, (name, x, y) in enumerate(places)
    ]
    ends = zip(ties["source"].tolist(), ties["target"].tolist(), strict=True)
    data = [marks, [{"from": s, "to": t} for s, t in ends]]
    options = (
        '{physics: false, edges: {smooth: false}, nodes: {shape: "dot"}, '
        "layout: {improvedLayout: false}}"
    )
    script, style = vis_network()
    text = BARE.format(style=style, script=script, options=options, data=json.dumps(data))
    file.write_text(text, encoding="utf-8")
    return lambda: theirs(file, settled=False)


def run(nodes: int, folder: Path) -> list[tuple[str, Measured]]:
    """Measure all contenders on one ecosystem."""
    eco = ecosystem(nodes)
    start = time.perf_counter()
    page = explore(eco)
    took = time.perf_counter() - start
    file = page.save(folder / f"ours-{nodes}.html")
    rows = [("explorer", ours(file))]
    rows[0][1].more = {"ties": len(eco.ties), "seconds": took}
    if nodes > 5_000:
        rows.append(("explorer, all nodes shown", ours(file, "#cluster=all")))
    if nodes <= 2_000:
        classic = explore(eco, renderer="vis").save(folder / f"classic-{nodes}.html")
        rows.append(("explorer, classic renderer", classic_page(classic)))
    if nodes <= 10_000:
        rows.append(("vis-network, our positions", bare_vis(page, folder / f"vis-{nodes}.html")()))
        rows.append(("pyvis, as it comes", stock_pyvis(eco, folder / f"pyvis-{nodes}.html")()))
    for name, seen in rows:
        print(nodes, name, seen, flush=True)
    return rows


def classic_page(file: Path) -> Measured:
    """Measure the page with the classic renderer, which has no drag to take over in the test."""
    seen = Measured(file.stat().st_size)
    with opened(file) as (page, session):
        page.wait_for_selector("#stage[data-labels]", state="attached")
        seen.first = page.evaluate(FIRST)
        page.wait_for_timeout(1000)
        now = metrics(session)
        seen.cpu, seen.heap = now["TaskDuration"] * 1000, now["JSHeapUsedSize"] / MB
        seen.key = page.evaluate(TYPING, "co")
        seen.select = page.evaluate(CHOOSING)
    return seen


def cell(value: float, limit: float | None = None, digits: int = 0) -> str:
    """Return a figure, with a mark where there is a budget."""
    if value != value:
        return "–"
    text = f"{value:,.{digits}f}"
    return text if limit is None else f"{text} {'✓' if value <= limit else '✗'}"


COLUMNS = (
    "page",
    "file MB",
    "first picture ms",
    "pan ms",
    "frame p95 ms",
    "select ms",
    "key ms",
    "CPU ms",
    "heap MB",
)
HEAD = [f"| {' | '.join(COLUMNS)} |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]


def line(name: str, seen: Measured, budget: tuple[float, float] | None) -> str:
    """Return a row of a table; only the explorer has budgets."""
    file, first = budget or (None, None)
    canvas = budget is not None
    cells = [
        name,
        cell(seen.size / MB, file, 2),
        seen.note or cell(seen.first, first),
        cell(seen.pan, PAN if canvas else None, 1),
        cell(seen.frame, FRAME if canvas else None, 1),
        cell(seen.select, SELECT if canvas else None),
        cell(seen.key, KEY if canvas else None),
        cell(seen.cpu),
        cell(seen.heap, digits=1),
    ]
    return f"| {' | '.join(cells)} |"


def main(sizes: tuple[int, ...]) -> None:
    """Measure every size and write the report."""
    explore(ecosystem(1_500))  # kernels compiled or read from disk: times below are warm
    report = [
        "# Explorer",
        "",
        f"{os.cpu_count()} cores ({platform.machine()}) at a load of {os.getloadavg()[0]:.1f} "
        f"before the run, {platform.system()}, Python {platform.python_version()}; Chromium with "
        "`--disable-gpu`, offline, 1400×900. ✓ and ✗: within the budget of the canvas page or not.",
        "",
        "First picture: from opening the file; for pyvis, until its physics have ended. Pan: main "
        "thread of one move and its redraw, 95th percentile. Select: from the click until it is "
        "drawn, the slower of two. Key: slowest keystroke of a search. CPU: main thread until the "
        "page rests. Above 5,000 nodes the page opens on its clusters.",
        "",
    ]
    with TemporaryDirectory() as name:
        for nodes in sizes:
            rows = run(nodes, Path(name))
            ties, seconds = rows[0][1].more["ties"], rows[0][1].more["seconds"]
            report += [
                f"## {nodes:,} nodes, {ties:,.0f} ties (written in {seconds:.1f} s)",
                "",
                *HEAD,
            ]
            budget = BUDGETS.get(nodes)
            for title, seen in rows:
                canvas = title.startswith("explorer") and "classic" not in title
                report.append(line(title, seen, budget if canvas else None))
            report.append("")
    target = ROOT / "benchmarks" / "results" / "explorer.md"
    target.write_text("\n".join(report), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
