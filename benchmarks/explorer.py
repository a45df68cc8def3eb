"""The explorer's budgets, and stock pyvis and vis-network on the same graphs, in a real browser.

Run as ``python benchmarks/explorer.py [SIZE ...]`` (250 to 50,000 nodes without sizes); it writes
``benchmarks/results/explorer.md``. Everything runs in Chromium without a GPU and without a network.
What has not drawn within `LIMIT` seconds is stopped, and said.

The budgets are of CPU time. A page marks where something starts and where it is on the screen; the
browser's trace has the clock of the main thread at each mark, so other work on the machine does not
count. Only frames are taken from the clock on the wall, since their pace is what is seen.
"""

from __future__ import annotations

import json
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
from partnergraph.views.explorer.assembly import assemble, vis_network  # noqa: E402
from partnergraph.views.explorer.encoding import dump  # noqa: E402
from partnergraph.views.explorer.page import Explorer, explore  # noqa: E402
from partnergraph.views.explorer.words import words  # noqa: E402

LIMIT = 45  # seconds for a contender to draw
MB = 1e6
# Nodes: file in MB, first picture in ms; from explorer.md §7.
BUDGETS = {250: (0.24, 500.0), 2_000: (3.0, 500.0), 10_000: (3.0, 1_000.0), 50_000: (3.0, 4_000.0)}
PAN, FRAME, SELECT, KEY = 16.0, 17.0, 50.0, 50.0
CODE, DATA = 250.0, 40.0  # kB, at the smallest size

# In every page: `drawn` settles once the next frame has been painted, before anything that waits
# for that, and gives the frame's time.
WATCHING = """
window.drawn = () => new Promise((done) => requestAnimationFrame((at) =>
  scheduler.postTask(() => done(at), { priority: "user-blocking" })));
window.timed = async (what, act) => {
  performance.mark(`${what}:start`);
  act();
  const at = await drawn();
  performance.mark(`${what}:end`);
  return at;
};
new PerformanceObserver(async (list) => {
  for (const { name } of list.getEntries()) {
    if (name !== "first-picture" && name !== "settled") continue;
    await drawn();
    performance.mark("shown");
    document.documentElement.dataset.shown = "";
  }
}).observe({ type: "mark" });
"""
# Ninety moves of a drag, one a frame; gives the time between frames.
PANNING = """async () => {
  const stage = document.querySelector("#stage");
  const box = stage.getBoundingClientRect();
  stage.setPointerCapture = () => undefined;
  const send = (type, x) => stage.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, button: 0, clientX: box.left + x, clientY: box.top + 4, bubbles: true }));
  send("pointerdown", 3);
  const frames = [];
  let last = await drawn();
  for (let i = 0; i < 90; i++) {
    const now = await timed("pan", () => send("pointermove", 3 + 2 * i));
    frames.push(now - last);
    last = now;
  }
  send("pointerup", 183);
  return frames.slice(5);
}"""
TYPING = """async (text) => {
  const field = document.querySelector("#query");
  field.focus();
  for (let i = 1; i <= text.length; i++) {
    await timed("key", () => {
      field.value = text.slice(0, i);
      field.dispatchEvent(new Event("input"));
    });
  }
}"""
CHOOSING = """() => timed("select", () => document.querySelector("#found li").click())"""

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
  for (let i = 0; i < 12; i++) {
    await timed("pan", () => network.moveTo({ offset: { x: i, y: 0 }, scale: network.getScale() }));
  }
}"""


@dataclass
class Measured:
    """What was seen of one page; CPU times are those of its main thread."""

    size: int
    first: float = float("nan")
    wall: float = float("nan")
    pan: float = float("nan")
    frame: float = float("nan")
    select: float = float("nan")
    key: float = float("nan")
    heap: float = float("nan")
    note: str = ""
    more: dict[str, float] = field(default_factory=dict)

    def read(self, marks: Marks) -> None:
        """Take the CPU times from a trace."""
        self.first = max(marks.get("shown", [float("nan")])[:1])
        self.pan = percentile(spans(marks, "pan")[5:])
        self.select = max(spans(marks, "select"), default=float("nan"))
        self.key = max(spans(marks, "key"), default=float("nan"))


Marks = dict[str, list[float]]


def percentile(values: list[float], share: float = 0.95) -> float:
    return sorted(values)[int(share * len(values))] if values else float("nan")


def spans(marks: Marks, what: str) -> list[float]:
    """Return the CPU time of each act of a kind, in order."""
    starts, ends = marks.get(f"{what}:start", []), marks.get(f"{what}:end", [])
    return [end - start for start, end in zip(starts, ends, strict=False)]


def clock(trace: bytes) -> Marks:
    """Return the marks of a page → the CPU time of its main thread by then, in milliseconds."""
    marks: Marks = {}
    for event in sorted(json.loads(trace)["traceEvents"], key=lambda e: e.get("ts", 0)):
        if "blink.user_timing" in event.get("cat", "") and "tts" in event:
            marks.setdefault(event["name"], []).append(event["tts"] / 1000)
    return marks


@contextmanager
def opened(file: Path, seen: Measured, state: str = "") -> Iterator[tuple[Any, Any]]:
    """Open a file in a browser of its own; at the end what was seen gets its CPU times."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--disable-gpu", "--no-sandbox"]
        )
        page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(WATCHING)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        browser.start_tracing(page=page, categories=["blink.user_timing"])
        page.set_default_timeout(LIMIT * 1000)
        page.goto(f"{file.as_uri()}{state}", wait_until="commit")
        try:
            yield page, session
            if errors:
                raise RuntimeError(f"{file.name}: {errors[0]}")
            if not seen.note:
                seen.read(clock(browser.stop_tracing()))
        finally:
            browser.close()


def rested(page: Any, session: Any, seen: Measured) -> None:
    """Wait for the first picture and until the page rests."""
    page.wait_for_selector("html[data-shown]", state="attached", timeout=LIMIT * 1000)
    seen.wall = page.evaluate("performance.getEntriesByName('shown')[0].startTime")
    page.wait_for_timeout(1500)
    found = session.send("Performance.getMetrics")["metrics"]
    seen.heap = {entry["name"]: entry["value"] for entry in found}["JSHeapUsedSize"] / MB


def searching(page: Any) -> None:
    """Search for two beginnings and take what comes first: nodes in different places."""
    for text in ("co", "fe"):
        page.evaluate(TYPING, text)
        page.evaluate(CHOOSING)
        page.wait_for_timeout(800)
        page.wait_for_selector("#sheet-name")


def ours(file: Path, state: str = "") -> Measured:
    """Measure the explorer's page."""
    seen = Measured(file.stat().st_size)
    with opened(file, seen, state) as (page, session):
        rested(page, session, seen)
        seen.frame = percentile(page.evaluate(PANNING))
        page.wait_for_timeout(800)
        searching(page)
    return seen


def classic_page(file: Path) -> Measured:
    """Measure the page with the classic renderer, which has no drag to take over in the test."""
    seen = Measured(file.stat().st_size)
    with opened(file, seen) as (page, session):
        rested(page, session, seen)
        searching(page)
    return seen


def theirs(file: Path) -> Measured:
    """Measure a page of pyvis or vis-network."""
    from playwright.sync_api import TimeoutError as TooLong

    seen = Measured(file.stat().st_size)
    with opened(file, seen) as (page, session):
        try:
            rested(page, session, seen)
            page.evaluate(VIS_PANNING)
        except TooLong:
            seen.note = f"did not end in {LIMIT} s"
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
    return lambda: theirs(file)


def bare_vis(eco: Ecosystem, page: Explorer, file: Path) -> Callable[[], Measured]:
    """Write vis-network by itself at its best: our positions, no physics, straight ties."""
    nodes, ties = page.data["nodes"]["columns"], page.data["ties"]["columns"]
    places = zip(eco.nodes["name"], nodes["x"].tolist(), nodes["y"].tolist(), strict=True)
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
    return lambda: theirs(file)


def run(nodes: int, folder: Path) -> list[tuple[str, Measured]]:
    """Measure all contenders on one ecosystem."""
    eco = ecosystem(nodes)
    start = time.perf_counter()
    page = explore(eco)
    took = time.perf_counter() - start
    rows = [("explorer", ours(page.save(folder / f"ours-{nodes}.html")))]
    rows[0][1].more = {"ties": len(eco.ties), "seconds": took, "data": data_size(page)}
    if nodes > 5_000:
        everything = ours(folder / f"ours-{nodes}.html", "#cluster=all")
        rows.append(("explorer, all nodes shown", everything))
    if nodes <= 2_000:
        rows.append((CLASSIC, classic_page(classic(page, folder / f"classic-{nodes}.html"))))
    rows.append(("vis-network, our positions", bare_vis(eco, page, folder / f"vis-{nodes}.html")()))
    rows.append(("pyvis, as it comes", stock_pyvis(eco, folder / f"pyvis-{nodes}.html")()))
    for name, seen in rows:
        print(nodes, name, seen, flush=True)
    return rows


def data_size(page: Explorer) -> int:
    """Return how many bytes of a page are data."""
    start = page.html.index('id="data">') + len('id="data">')
    return len(page.html[start : page.html.index("</script>", start)].encode())


def classic(page: Explorer, file: Path) -> Path:
    """Write the same page with the classic renderer."""
    data, texts = dump(page.data), dump(words())
    html = assemble(lang="en", title=page.summary, data=data, words=texts, renderer="vis")
    file.write_text(html, encoding="utf-8")
    return file


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
    "by the clock ms",
    "pan ms",
    "frame p95 ms",
    "select ms",
    "key ms",
    "heap MB",
)
HEAD = [f"| {' | '.join(COLUMNS)} |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
CLASSIC = "explorer, classic renderer"
LEGEND = f"""\
✓ and ✗: within the budget of the canvas page or not. Chromium with `--disable-gpu`, offline,
1400×900. Except for frames and "by the clock", figures are CPU time of the page's main thread, read
from the browser's trace: time that other work on the machine takes does not count, though it slows
the caches that both share, and neither do the browser's other threads.

- First picture: from the start of the page's process, what the browser starts with included, until
  it is painted; for pyvis, until its physics have ended. "By the clock": from opening the file.
- Pan: one move of a drag with its redraw, 95th percentile of 85. Frame: from one to the next.
- Select: from the click in the search's list until it is painted, the slower of two; above 5,000
  nodes that also opens the cluster of what is selected.
- Key: the slowest keystroke of a search, until it is painted.
- Who has not drawn, or ended its physics, in {LIMIT} s is stopped.
"""


def line(name: str, seen: Measured, budget: tuple[float, float] | None) -> str:
    """Return a row of a table; only the explorer has budgets."""
    file, first = budget or (None, None)
    canvas = budget is not None
    cells = [
        name,
        cell(seen.size / MB, file, 2),
        seen.note or cell(seen.first, first),
        cell(seen.wall),
        cell(seen.pan, PAN if canvas else None, 1),
        cell(seen.frame, FRAME if canvas else None, 1),
        cell(seen.select, SELECT if canvas else None),
        cell(seen.key, KEY if canvas else None),
        cell(seen.heap, digits=1),
    ]
    return f"| {' | '.join(cells)} |"


def section(nodes: int, rows: list[tuple[str, Measured]]) -> list[str]:
    """Return what the report says of one size."""
    size, more = rows[0][1].size, rows[0][1].more
    lines = [
        f"## {nodes:,} nodes, {more['ties']:,.0f} ties (written in {more['seconds']:.1f} s)",
        "",
    ]
    if nodes == min(SIZES):
        code, data = (size - more["data"]) / 1000, more["data"] / 1000
        parts = f"Code and texts in kB: {cell(code, CODE)}. Data in kB: {cell(data, DATA)}."
        lines += [parts, ""]
    lines += HEAD
    for title, seen in rows:
        canvas = title.startswith("explorer") and title != CLASSIC
        lines.append(line(title, seen, BUDGETS.get(nodes) if canvas else None))
    return [*lines, ""]


def main(sizes: tuple[int, ...]) -> None:
    """Measure every size and write the report."""
    explore(ecosystem(1_500))  # kernels compiled or read from disk: times below are warm
    load = os.getloadavg()[0]
    report = [
        "# Explorer",
        "",
        f"{os.cpu_count()} cores ({platform.machine()}) at a load of {load:.1f} before the run, "
        f"{platform.system()}, Python {platform.python_version()}.",
        "",
        LEGEND,
    ]
    with TemporaryDirectory() as name:
        for nodes in sizes:
            report += section(nodes, run(nodes, Path(name)))
    target = ROOT / "benchmarks" / "results" / "explorer.md"
    target.write_text("\n".join(report), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
