"""Verbs at the sizes people have: processor seconds and memory, each in a process of its own.

    python benchmarks/verbs.py hubs cordis [--verbs explore clusters]
    python benchmarks/verbs.py growth [--sizes 1000 10000 100000]

``hubs`` is a table of 17,000 memberships of 59 networks, drawn with a seed: networks of very
different sizes, members of one to many of them, a third of them dated. ``cordis`` is the register
beside the repository. ``growth`` runs every verb over ecosystems of growing size and fits the
exponent of its time. Start of the process, reading and writing are included; user and system time
of all threads are added, so what else runs on the machine hardly matters. The tables go to
``benchmarks/results/verbs.md``, one part for each ecosystem.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import numpy as np
import pandas as pd
from generator import ecosystem

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.formats import datapackage
from partnergraph.loaders.build import build_into

RESULTS = Path(__file__).parent / "results" / "verbs.md"
KEPT = RESULTS.with_suffix(".json")
MOST_SECONDS = 1_200
VERBS = {
    "summary": [],
    "show": ["{id}"],
    "centrality": [],
    "clusters": [],
    "brokers": [],
    "structure": [],
    "fragility": [],
    "coverage": ["--rows", "organisation", "--columns", "network", "--via", "member_of"],
    "complementarity": [],
    "recommend": ["{id}"],
    "identities": [],
    "expiry": [],
    "explore": ["-o", "{folder}/page.html"],
    "report": ["-o", "{folder}/report.html"],
    "export": ["-o", "{folder}/graph.gexf"],
    "check": [],
}
SLOW = ("explore", "coverage", "clusters", "recommend", "report")


def hubs(rows: int = 17_000, networks: int = 59, seed: int = 0) -> Ecosystem:
    """Draw memberships of networks whose sizes fall as one over their rank."""
    random = np.random.default_rng(seed)
    cities = round(rows * 0.6)
    share = 1 / np.arange(1, networks + 1)
    sizes = np.maximum(3, np.round(rows * share / share.sum())).astype("int64")
    pull = random.pareto(1.8, cities) + 0.3
    members = [
        random.choice(cities, min(int(n), cities), replace=False, p=pull / pull.sum())
        for n in sizes
    ]
    city, network = np.concatenate(members), np.repeat(np.arange(networks), sizes)
    year = random.integers(1985, 2024, len(city)).astype(str)
    builder = EcosystemBuilder(name="hubs", title=f"{len(city):,} memberships")
    builder.source("table", title="Generated table", published="2024")
    codes = np.array(["BE", "FR", "NL", "DE", "IT", "ES", "PL", "US", "JP", "BR", "ZA", "IN"])
    here = np.unique(city)
    nodes = {
        "id": [*(f"c{i}" for i in here), *(f"n{i}" for i in range(networks))],
        "kind": ["organisation"] * len(here) + ["network"] * networks,
        "name": [*(f"City {i}" for i in here), *(f"Network {i}" for i in range(networks))],
        "country": [*codes[here % len(codes)], *[None] * networks],
    }
    builder.add_table("nodes", pd.DataFrame(nodes))
    ties = {
        "kind": "member_of",
        "source": [f"c{i}" for i in city],
        "target": [f"n{i}" for i in network],
        "start": np.where(random.random(len(city)) < 1 / 3, year, None),
    }
    builder.add_table("ties", pd.DataFrame(ties))
    return builder.build()


def measured(arguments: Sequence[str], most: float = MOST_SECONDS) -> dict[str, float | str]:
    """Run one verb in a process of its own: processor seconds, wall seconds, gigabytes."""
    command = [sys.executable, "-m", "partnergraph", *arguments]
    started = monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = b""
    try:
        _, said = child.communicate(timeout=most)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
    return {"wall": monotonic() - started, "code": child.returncode, "said": said.decode()[-300:]}


def run(folder: Path, verb: str, id: str, output: Path, most: float) -> dict[str, Any]:
    """Measure one verb over an ecosystem in a folder, by the accounts of a process between."""
    options = [text.format(id=id, folder=output) for text in VERBS[verb]]
    code = (
        "import json, resource, sys; sys.path.insert(0, sys.argv[1]); from verbs import measured\n"
        "found = measured(sys.argv[3:], float(sys.argv[2]))\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "found |= {'seconds': used.ru_utime + used.ru_stime, 'gb': used.ru_maxrss / 1e6}\n"
        "print(json.dumps(found))"
    )
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", code, here, str(most), verb, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def of_one(folder: Path, verbs: Sequence[str], most: float = MOST_SECONDS) -> dict[str, Any]:
    """Measure verbs over the ecosystem in a folder."""
    eco = datapackage.load(folder)
    busiest = eco.ties["source"].value_counts().index[0]
    found: dict[str, Any] = {}
    with TemporaryDirectory() as output:
        for verb in verbs:
            found[verb] = run(folder, verb, busiest, Path(output), most)
            cell = found[verb]
            said = "" if cell["code"] == 0 else f"  ({cell['said'].strip() or 'stopped'})"
            print(f"{verb:16} {cell['seconds']:8.1f} s  {cell['gb']:.2f} GB{said}", flush=True)
    return found


def growth(sizes: Sequence[int], verbs: Sequence[str], most: float) -> dict[str, Any]:
    """Measure verbs over growing ecosystems; a verb that was stopped is not tried on larger ones.

    The exponent is fitted to what a size costs beyond the start of the process.
    """
    found: dict[str, Any] = {verb: {} for verb in verbs}
    with TemporaryDirectory() as place:
        for size in sizes:
            folder = Path(place) / str(size)
            datapackage.save(ecosystem(size), folder)
            print(f"{size:,} nodes", flush=True)
            alive = [v for v in verbs if all(c["code"] == 0 for c in found[v].values())]
            for verb, cell in of_one(folder, alive, most).items():
                found[verb][str(size)] = cell
    return found


def exponent(cells: dict[str, Any]) -> float | None:
    """Return the slope of log time over log size between the two largest sizes that ran."""
    ran = [(int(n), c["seconds"]) for n, c in cells.items() if c["code"] == 0]
    if len(ran) < 3:
        return None
    start = min(seconds for _, seconds in ran)
    (n, a), (m, b) = [(n, max(0.05, s - 0.9 * start)) for n, s in ran][-2:]
    return log(b / a) / log(m / n)


def page(kept: dict[str, Any]) -> str:
    """Return the page of results."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = ["# Verbs", "", f"Written by `benchmarks/verbs.py`; {machine}.", ""]
    lines += ["Processor seconds of all threads, start, reading and writing included."]
    for name, part in kept.items():
        lines += ["", f"## {part['title']}", "", f"Load when measured: {part['load']}.", ""]
        if name == "growth":
            sizes = sorted({int(n) for cells in part["verbs"].values() for n in cells})
            lines.append("| verb | " + " | ".join(f"{n:,}" for n in sizes) + " | exponent |")
            lines.append("|---" * (len(sizes) + 2) + "|")
            for verb, cells in part["verbs"].items():
                times = " | ".join(_cell(cells.get(str(n))) for n in sizes)
                slope = exponent(cells)
                lines.append(f"| {verb} | {times} | {'' if slope is None else f'{slope:.1f}'} |")
        else:
            before = part.get("before", {})  # what was measured before the profiled part was mended
            lines += ["| verb | seconds | memory at most | before |", "|---|---|---|---|"]
            for verb, cell in part["verbs"].items():
                told = f"| {verb} | {_cell(cell)} | {cell['gb']:.2f} GB | {before.get(verb, '')} |"
                lines.append(told)
    return "\n".join([*lines, ""])


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return ""
    return f"{cell['seconds']:.1f}" if cell["code"] == 0 else f"stopped at {cell['seconds']:.0f}"


def main() -> None:
    """Run what was asked for, and write the page with what was measured before beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", default=["hubs", "cordis", "growth"])
    parser.add_argument("--verbs", nargs="*", default=None, choices=list(VERBS))
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--most", type=float, default=MOST_SECONDS, help="wall seconds for one")
    shared = Path(os.environ.get("PARTNERGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
    parser.add_argument("--cordis", type=Path, default=shared / "data/cordis_h2020/h2020.csv.gz")
    options = parser.parse_args()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name in options.which:
        load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        with TemporaryDirectory() as place:
            folder = Path(place) / "eco"
            if name == "growth":
                title = "Growth: nodes, with three ties each"
                found = growth(options.sizes, options.verbs or list(VERBS), options.most)
            else:
                if name == "hubs":
                    datapackage.save(hubs(), folder)
                else:
                    build_into([options.cordis], folder)
                eco = datapackage.load(folder)
                title = f"{name}: {len(eco):,} nodes, {len(eco.ties):,} ties"
                found = of_one(folder, options.verbs or SLOW, options.most)
        known = kept.get(name, {})
        verbs = {**known.get("verbs", {}), **found}
        kept[name] = {**known, "title": title, "load": load, "verbs": verbs}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        RESULTS.write_text(page(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
