"""`make accept`: the whole suite with full counts, and figures measured, into docs/acceptance.md.

    python -m tests.acceptance [PART…]      # all parts without any; --page writes the page again

The suite takes hours with full counts, so it runs part by part. What each part came to is kept in
``docs/acceptance.json`` with the commit it ran on, and the page is written anew after each.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import numpy as np

import partnergraph as pg
from partnergraph.analysis.measures import default_centrality
from partnergraph.graph.weighted_graph import WeightedGraph
from tests.real.cordis import cordis_ecosystem

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "docs/acceptance.json", ROOT / "docs/acceptance.md"
FIGURES = "figures"
COUNTED = ("tests", "failures", "errors", "skipped")
Line = tuple[str, str, str, bool]  # what, asked for, seen, whether it holds


def timed(run: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Return the median time in seconds, and the last result."""
    times, result = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    whole = [sys.executable, "-m", "partnergraph", *arguments]
    return subprocess.run(whole, capture_output=True, text=True, cwd=ROOT, check=False)


def the_commands(folder: Path) -> Iterator[Line]:
    """Measure start-up, the demonstration, and the answers on Smart."""
    seconds, _ = timed(lambda: command("--help"), 5)
    yield "`partnergraph --help`", "≤ 0.3 s", f"{seconds:.2f} s", seconds <= 0.3
    asked = ("centrality", "examples/smart", "--format", "json")
    seconds, answer = timed(lambda: command(*asked), 5)
    yield "`centrality examples/smart`", "≤ 1.5 s", f"{seconds:.2f} s", seconds <= 1.5
    worst = _difference_from_networkx(json.loads(answer.stdout)["rows"])
    words = "betweenness and degree against networkx"
    yield words, "≤ 1e-12", f"{worst:.1e}", worst <= 1e-12
    seconds, made = timed(lambda: command("demo", "-o", str(folder / "demo")))
    holds = made.returncode == 0 and seconds < 180
    yield "`partnergraph demo`, once installed", "≤ 180 s", f"{seconds:.1f} s", holds
    found = command("check", "examples/smart").returncode
    yield "`check examples/smart`", "exit 0", f"exit {found}", found == 0
    size = (folder / "demo/explorer.html").stat().st_size
    yield (
        "explorer of Smart with all receipts",
        "≤ 240 kB",
        f"{size / 1000:.0f} kB",
        size <= 240_000,  # 200 kB of code and texts, 40 kB of data
    )


def _difference_from_networkx(rows: list[dict[str, Any]]) -> float:
    eco = pg.load(pg.example("smart"))
    graph = nx.Graph(pg.to_networkx(eco))
    graph.remove_nodes_from([n for n, k in eco.kind_of.items() if k in ("capability", "place")])
    expected = nx.betweenness_centrality(graph)
    return max(
        max(
            abs(row["betweenness"] - expected[row["id"]]),
            abs(row["degree"] - graph.degree(row["id"])),
        )
        for row in rows
    )


def the_reference() -> Iterator[Line]:
    """Compare every measure with the figures from R."""
    reference = json.loads((ROOT / "tests/reference/centrality.json").read_text())["graphs"]
    graphs = {"karate": nx.karate_club_graph(), "davis": nx.davis_southern_women_graph()}
    for name, graph in graphs.items():
        worst, n = 0.0, len(graph)
        for measure in default_centrality():
            expected = np.array(reference[name].get(measure, reference[name]["degree"]))
            weight = "weight" if measure == "strength" else None
            ours = pg.centrality(
                WeightedGraph.from_networkx(graph, weight=weight), measures=measure
            )
            factor = {"betweenness": (n - 1) * (n - 2) / 2, "harmonic": 1 / (n - 1)}.get(measure, 1)
            values = ours[measure].loc[[str(v) for v in graph]].to_numpy() * factor
            worst = max(worst, float(np.abs(values - expected).max()))
        yield f"{name}: largest difference from R", "≤ 1e-9", f"{worst:.1e}", worst <= 1e-9


def the_complements(folder: Path) -> Iterator[Line]:
    """Measure Davis' story of complementarity and coverage, and 10,000 partners."""
    from benchmarks.complementarity import drawn
    from tests.davis import WOMEN, davis

    pg.save(davis("project", "participates_in"), folder / "davis")
    asked = (str(folder / "davis"), "--columns", "project", "--format", "json")
    answer = command("complementarity", *asked, "--relatedness", "association")
    row = json.loads(answer.stdout)["rows"][0]
    added = round(row["added_density_a_from_b"], 6), round(row["added_density_b_from_a"], 6)
    seen = f"{row['mutual_gain']}, {added}, q {row['overlap_q']:.2f}"
    holds = (row["a"], row["b"], row["mutual_gain"]) == (WOMEN[0], WOMEN[13], 6)
    holds &= added == (72.130096, 67.499347) and round(row["overlap_q"], 2) == 0.98
    yield "Davis: first pair of `complementarity`", "6, (72.130096, 67.499347), q 0.98", seen, holds
    cover = json.loads(command("coverage", *asked).stdout)["minimum_cover"]
    holds = cover["covers"] == [[WOMEN[0], WOMEN[13]]] and cover["optimal"]
    yield "Davis: minimum covers of `coverage`", "one of 2", f"{cover['count']} of 2", holds
    eco = drawn(10_000, 2_000)
    seconds, found = timed(lambda: pg.complementarity(eco, top=1_000))
    holds = seconds <= 30 and len(found.table) == 1_000
    words = "1,000 best pairs of 10,000 partners × 2,000 capabilities"
    yield words, "≤ 30 s", f"{seconds:.1f} s", holds


def the_large_one(folder: Path, path: Path) -> Iterator[Line]:
    """Measure CORDIS at its full size."""
    seconds, eco = timed(lambda: cordis_ecosystem(path))
    yield "CORDIS becomes an ecosystem", "≤ 15 s", f"{seconds:.1f} s", seconds <= 15
    counts = (*eco.nodes["kind"].value_counts()[["organisation", "project"]], len(eco.ties))
    expected = (35_871, 31_451, 144_726)
    yield "organisations, projects, ties", str(expected), str(counts), counts == expected
    seconds, graph = timed(lambda: eco.weighted_graph(among="organisation"))
    tied = int((np.diff(graph.adjacency.indptr) > 0).sum())
    seen = f"{graph.n_pairs:,} among {tied:,} in {seconds:.1f} s"
    holds = (graph.n_pairs, tied) == (796_670, 31_665) and seconds <= 5
    yield "pairs after folding", "796,670 among 31,665 in ≤ 5 s", seen, holds
    for form, limit in (("csv", 8), ("parquet", 3)):
        target = folder / form
        save, _ = timed(lambda f=form, t=target: pg.save(eco, t, format=f))
        load, again = timed(lambda t=target: pg.load(t))
        holds = save <= limit and load <= limit and again == eco
        yield f"save and load as {form}", f"≤ {limit} s each", f"{save:.1f} s, {load:.1f} s", holds
    if sys.platform == "linux":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        yield "memory of all this", "≤ 2 GB", f"{used:.2f} GB", used <= 2


# -- parts ---------------------------------------------------------------------------------------


def parts() -> dict[str, list[str]]:
    """Return what pytest is given for each part of the suite: a room, large rooms in it apart."""
    apart = ("graph/formats", "analysis/engines/spark", "views/explorer", "loaders/page")
    rooms = [p.name for p in (ROOT / "tests").iterdir() if any(p.rglob("test_*.py"))]
    found = {}
    for room in [*sorted(rooms), *apart]:
        inner = [f"--ignore=tests/{other}" for other in apart if other.startswith(f"{room}/")]
        found[room] = [f"tests/{room}", *inner]
    found["the rest"] = [f"tests/{p.name}" for p in sorted((ROOT / "tests").glob("test_*.py"))]
    return found


def suite(arguments: list[str]) -> dict[str, Any]:
    """Run a part of the suite with full counts, and return how its tests ended."""
    environment = {**os.environ, "PARTNERGRAPH_PROFILE": "accept"}
    with TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={told}", *arguments]
        start = time.perf_counter()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        seconds = time.perf_counter() - start
        if not told.exists():
            sys.exit(f"pytest was stopped (exit code {code}): nothing is kept of this part")
        ended = ElementTree.parse(told).getroot().find("testsuite")
    assert ended is not None
    number = {what: int(ended.get(what, 0)) for what in COUNTED}
    passed = number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    return {"exit": code, "passed": passed, **number, "seconds": round(seconds)}


def figures() -> dict[str, Any]:
    """Measure times and sizes on this machine."""
    shared = Path(os.environ.get("PARTNERGRAPH_SHARED", ROOT.parent / "shared"))
    cordis = shared / "data/cordis_h2020/h2020.csv.gz"
    lines: list[Line] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines += the_commands(folder)
        lines += the_reference()
        lines += the_complements(folder)
        if cordis.exists():
            lines += the_large_one(folder, cordis)
    return {"exit": int(not all(ok for *_, ok in lines)), "lines": lines, "cordis": cordis.exists()}


def circumstances() -> dict[str, str]:
    """Return on which commit and machine a part runs."""

    def git(*asked: str) -> str:
        run = subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
        return run.stdout.strip()

    commit = git("rev-parse", "--short", "HEAD")
    if git("status", "--porcelain", "--", ".", ":!docs/acceptance.*"):
        commit += ", changed"
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}"
    return {"commit": commit, "machine": machine}


# -- the page ------------------------------------------------------------------------------------


def page(kept: dict[str, Any]) -> Iterator[str]:
    """Write what is known of every part, and of which nothing is."""
    yield from (
        "# Acceptance",
        "",
        "Written by `make accept`: every test with its full counts.",
        "",
    )
    yield from (
        "| part | passed | failed | skipped | minutes | commit |",
        "|---|---:|---:|---:|---:|---|",
    )
    for name in parts():
        run = kept.get(name)
        if run is None:
            yield f"| {name} | not run | | | | |"
            continue
        failed = run["failures"] + run["errors"]
        yield (
            f"| {name} | {run['passed']:,} | {failed} | {run['skipped']} | "
            f"{run['seconds'] / 60:.1f} | {run['commit']} |"
        )
    measured = kept.get(FIGURES)
    yield from ("", "## Figures", "")
    if measured is None:
        yield "Not measured."
        return
    yield from (f"{measured['machine']}, commit {measured['commit']}.", "")
    yield from ("| what | asked for | seen | |", "|---|---|---|---|")
    for what, asked, seen, holds in measured["lines"]:
        yield f"| {what} | {asked} | {seen} | {'✓' if holds else '✗'} |"
    if not measured["cordis"]:
        yield from ("", "CORDIS was not run: its file is not beside the repository.")


def main() -> int:
    """Run the parts asked for, and write the page after each."""
    chosen = [name for name in sys.argv[1:] if name != "--page"]
    known = [*parts(), FIGURES]
    if unknown := set(chosen) - set(known):
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    exit_code = 0
    for name in [] if "--page" in sys.argv else chosen or known:
        found = circumstances() | (figures() if name == FIGURES else suite(parts()[name]))
        exit_code |= found["exit"]
        written(found, name)
    written()
    return exit_code


def written(found: dict[str, Any] | None = None, name: str = "") -> None:
    """Keep what a part came to beside what the others did, and write the page."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if found is not None:
        kept[name] = found
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join([*page(kept), ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
