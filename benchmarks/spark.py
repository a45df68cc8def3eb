"""Spark beside the native engine, where native does not fit, and how its work grows.

    python benchmarks/spark.py [SECTION…]      # all sections without any; --page writes the page

Each figure is taken in a process of its own with a time limit. Beside seconds stands the work of
the processors that the process and the Java it started took (*CPU s*): on a machine that does other
things too, seconds double and CPU seconds hardly do. Memory is the most that both held together,
looked at ten times a second. What each section found is kept in ``results/spark.json``, and the
page ``results/spark.md`` is written anew from it each time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

HERE = Path(__file__).parent
KEPT, PAGE = HERE / "results" / "spark.json", HERE / "results" / "spark.md"
CORDIS = Path(os.environ.get("PARTNERGRAPH_SHARED", HERE.parent.parent / "shared"))
CORDIS = CORDIS / "data/cordis_h2020/h2020.csv.gz"
TABLE = (
    "degree",
    "strength",
    "components",
    "core_number",
    "clustering",
    "constraint",
    "effective_size",
    "structural_similarity",
    "pagerank",
    "eigenvector",
    "harmonic",
    "closeness",
    "betweenness",
)
GROWING = ("degree", "components", "clustering", "core_number", "pagerank")
SIZES = (100_000, 1_000_000, 10_000_000)
ESTIMATED = (1_000, 20_000)
HEAP = "3g"
# What does not fit: organisations, projects, members a project; and the heap that Spark is given.
LARGE, SMALL_HEAP = (300_000, 36_000, 50), "512m"
LIMIT, GROWTH_LIMIT = 480.0, 2_400.0
CLUSTER_CORES, SHARED_WELL = 200, 0.5


# --- measuring -----------------------------------------------------------------------------------


def family() -> list[int]:
    """Return this process and those it started."""
    found = [os.getpid()]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def worked() -> float:
    """Return the processor seconds that the family took so far."""
    ticks = 0
    for pid in family():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def held(pid: int) -> float:
    """Return the memory of a process in GB."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e9
    except OSError:
        return 0.0


class Watch:
    """The most memory that the family held together, Python's part and Java's."""

    def __init__(self) -> None:
        self.most, self.ours, self.java = 0.0, 0.0, 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            ours, *java = (held(pid) for pid in family())
            if ours + sum(java) > self.most:
                self.most, self.ours, self.java = ours + sum(java), ours, sum(java)
            time.sleep(0.1)

    def figures(self) -> dict[str, float]:
        return {
            "GB": round(self.most, 2),
            "python_GB": round(self.ours, 2),
            "java_GB": round(self.java, 2),
        }


def timed(run: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    start, work = time.perf_counter(), worked()
    result = run()
    took = {"seconds": round(time.perf_counter() - start, 2), "cpu": round(worked() - work, 2)}
    return took, result


def child(*arguments: str, limit: float = LIMIT) -> dict[str, Any]:
    """Run a part in a process of its own; what it had said when it was stopped is kept."""
    command = [sys.executable, __file__, "--one", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=limit)
        stopped: dict[str, Any] = {}
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, _ = process.communicate()
        stopped = {"stopped": limit}
    said = [line for line in out.splitlines() if line.startswith("{")]
    found: dict[str, Any] = json.loads(said[-1]) if said else {"took": {}}
    if not stopped and process.returncode:
        stopped = {"failed": process.returncode}
    print(*arguments, found | stopped, flush=True)
    return found | stopped


def say(found: dict[str, Any], watch: Watch) -> None:
    print(json.dumps(found | watch.figures()), flush=True)


# --- ecosystems and networks ---------------------------------------------------------------------


def generated(spark: Any, organisations: int, projects: int, most: int, least: int) -> Any:
    """Draw participations on Spark: projects of bounded size, busy organisations more often.

    A project has k or more members with the chance (least / k)², up to most. The organisation of
    rank i takes part in proportion to i to the power -1/3. Draws are hashes of row numbers, so that
    they are the same however rows are partitioned.
    """
    from partnergraph.graph.schema import SCHEMA
    from partnergraph.graph.spark.ecosystem import SparkEcosystem

    organisation, project = SCHEMA.default_network[0], SCHEMA.period_lenders[0]
    tie = next(k for k in SCHEMA.folding if project in SCHEMA.tie_kinds[k].target_kinds)
    ours = spark.sized(projects * (least + 1))
    chance = "((xxhash64({}) & 4503599627370495) + 0.5D) / 4503599627370496D"
    seats = ours.sql(
        f"""SELECT id, explode(sequence(1, int(least({most}, {least} / sqrt({chance.format("id, 1")}
        ))))) AS seat FROM {{r}}""",
        r=ours.session.range(projects),
    )
    ties = ours.sql(
        f"""SELECT concat('t', id, '-', seat) AS id, '{tie}' AS kind,
        concat('o', int({organisations} * power({chance.format("id, seat, 2")}, 1.5))) AS source,
        concat('p', id) AS target FROM {{s}}""",
        s=seats,
    )
    nodes = ours.sql(
        f"""SELECT concat('o', id) AS id, '{organisation}' AS kind, concat('O ', id) AS name
        FROM {{o}} UNION ALL SELECT concat('p', id), '{project}', concat('P ', id) FROM {{p}}""",
        o=ours.session.range(organisations),
        p=ours.session.range(projects),
    )
    return SparkEcosystem.from_frames(spark, {"nodes": nodes, "ties": ties})


def measured(graph: Any, names: tuple[str, ...]) -> Iterator[tuple[str, dict[str, float]]]:
    """Compute measures on Spark, each to its end, and tell what each took."""
    from partnergraph.analysis.engines.spark import distances, nodes, rounds, triads

    for name in names:
        if name == "components":
            took, _ = timed(lambda: rounds.components(graph).selectExpr("sum(component)").collect())
        else:
            homes = (nodes, rounds, triads, distances)
            measure = next(getattr(home, name) for home in homes if hasattr(home, name))
            took, _ = timed(
                lambda m=measure: m(graph, weighted=False).selectExpr("sum(value)").collect()
            )
        yield name, took


def long_tailed(n: int) -> Any:
    """Return a network with a long tail of degrees, isolates and small pieces."""
    import networkx as nx

    from partnergraph.graph.weighted_graph import WeightedGraph

    made = nx.barabasi_albert_graph(n, 3, seed=4)
    made.remove_edges_from([(a, b) for a, b in list(made.edges) if (a * 7 + b) % 4 == 0])
    return WeightedGraph.from_networkx(made)


# --- what is run, each in a process of its own ---------------------------------------------------


def cordis_on_spark() -> None:
    from partnergraph.graph.spark.session import open_spark
    from partnergraph.loaders.spark_sources import read_register

    watch, took = Watch(), {}
    took["start"], spark = timed(lambda: open_spark("local[2]", memory=HEAP))
    took["read"], eco = timed(lambda: read_register(spark, CORDIS, "cordis"))
    took["fold"], graph = timed(lambda: eco.weighted_graph(among="organisation"))
    for name, figures in measured(graph, TABLE):
        took[name] = figures
        say({"nodes": graph.n, "pairs": graph.n_pairs, "took": took}, watch)


def cordis_on_native() -> None:
    import partnergraph as pg
    from partnergraph.analysis.engines import native
    from partnergraph.analysis.engines import networkx as small

    watch, took = Watch(), {}
    took["start"], _ = timed(lambda: native.degree(long_tailed(100)))
    took["read"], built = timed(lambda: pg.build(CORDIS, reader="cordis"))
    took["fold"], graph = timed(lambda: built.ecosystem.weighted_graph(among="organisation"))
    for name in TABLE:
        if name == "components":
            from scipy.sparse.csgraph import connected_components

            took[name], _ = timed(lambda: connected_components(graph.adjacency, directed=False))
        elif hasattr(native, name) or hasattr(small, name):
            measure = getattr(native, name, None) or getattr(small, name)
            took[name], _ = timed(lambda m=measure: m(graph, weighted=False))
        say({"nodes": len(graph), "pairs": graph.n_pairs, "took": took}, watch)


def large_on_spark() -> None:
    from partnergraph.graph.spark.session import open_spark

    watch, took = Watch(), {}
    took["start"], spark = timed(lambda: open_spark("local[2]", memory=SMALL_HEAP))
    organisations, projects, members = LARGE
    eco = generated(spark, organisations, projects, members, members)
    took["fold"], graph = timed(lambda: eco.weighted_graph(among="organisation"))
    found = {"nodes": graph.n, "pairs": graph.n_pairs, "participations": projects * members}
    say(found | {"took": took}, watch)
    for name, figures in measured(graph, ("degree",)):
        took[name] = figures
        say(found | {"took": took}, watch)


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Draw participations of the large ecosystem: member and hub, each pair once."""
    organisations, projects, members = LARGE
    random = np.random.default_rng(7)
    hub = np.repeat(np.arange(projects), members)
    member = (organisations * random.random(projects * members) ** 1.5).astype(np.int64)
    keys = np.unique(member * projects + hub)
    return keys // projects, keys % projects


def large_on_native(limit: str) -> None:
    """Fold the same sizes natively, with so many GB for its data (0: all there are)."""
    from partnergraph.graph.weighted_graph import fold

    watch = Watch()
    bounded(float(limit))
    member, hub = drawn()
    try:
        took, matrix = timed(lambda: fold(member, hub, np.ones_like(hub), LARGE[:2], "newman"))
        say({"took": {"fold": took}, "pairs": int(matrix.nnz) // 2}, watch)
    except MemoryError as error:
        say({"took": {}, "said": f"{type(error).__name__.lstrip('_')}: {error}"}, watch)


def large_on_networkx(limit: str) -> None:
    """Project the same affiliations with networkx, with so many GB for its data."""
    import networkx as nx
    from networkx.algorithms import bipartite

    watch = Watch()
    bounded(float(limit))
    member, hub = drawn()
    graph = nx.Graph()
    try:
        graph.add_nodes_from(range(LARGE[0]))
        graph.add_edges_from(zip(member.tolist(), (-1 - hub).tolist(), strict=True))
        took, whole = timed(
            lambda: bipartite.collaboration_weighted_projected_graph(graph, range(LARGE[0]))
        )
        say({"took": {"fold": took}, "pairs": whole.number_of_edges()}, watch)
    except MemoryError:
        graph.clear()
        say({"took": {}, "said": "MemoryError"}, watch)


def bounded(gigabytes: float) -> None:
    import resource

    if gigabytes:
        limit = int(gigabytes * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def grown(participations: str) -> None:
    from partnergraph.graph.spark.ecosystem import SparkEcosystem
    from partnergraph.graph.spark.session import open_spark

    watch, took = Watch(), {}
    rows = int(participations)
    took["start"], spark = timed(lambda: open_spark("local[2]", memory=HEAP))
    # On average 3.11 members: 2 + Σ (2 / k)² for k from 3 to 8.
    with TemporaryDirectory() as folder:
        generated(spark, rows // 4, round(rows / 3.11), 8, 2).write(f"{folder}/eco")
        grown_from(SparkEcosystem.read(spark, f"{folder}/eco"), took, watch)


def grown_from(eco: Any, took: dict[str, Any], watch: Watch) -> None:
    """Measure an ecosystem that lies in Parquet, from folding on."""
    took["fold"], graph = timed(lambda: eco.weighted_graph(among="organisation"))
    found = {
        "nodes": graph.n,
        "pairs": graph.n_pairs,
        "took": took,
        "participations": eco.tables["ties"].count(),
    }
    say(found, watch)
    for name, figures in measured(graph, GROWING):
        took[name] = figures
        say(found, watch)


def errors(size: str) -> None:
    """Compare estimates with the exact values of the native engine."""
    from partnergraph.analysis.engines import native
    from partnergraph.analysis.engines.spark import distances
    from partnergraph.graph.spark.network import SparkGraph
    from partnergraph.graph.spark.session import open_spark

    watch, graph = Watch(), long_tailed(int(size))
    spark = open_spark("local[2]", memory=HEAP)
    there = SparkGraph.of(spark, graph)
    found: dict[str, Any] = {"nodes": len(graph), "pairs": graph.n_pairs, "took": {}}

    def column(frame: Any, name: str = "value") -> np.ndarray:
        table = spark.table(frame.select("node", name))
        values = np.full(len(graph), np.nan)
        values[table["node"].to_numpy(dtype=np.int64)] = table[name]
        return values

    for name in ("harmonic", "closeness"):
        true = getattr(native, name)(graph)
        took, ours = timed(lambda m=name: column(getattr(distances, m)(there)))
        error = np.abs(ours[true > 0] / true[true > 0] - 1)
        found[name] = {
            "rms": float(np.sqrt((error**2).mean())),
            "most": float(error.max()),
            "mean": float(error.mean()),
        }
        found["took"][name] = took
        say(found, watch)
    true = native.betweenness(graph)
    best = set(np.argsort(-true)[:100])
    for sources in (16, 64, 256):
        took, sampled = timed(
            lambda k=sources: spark.settle(
                distances.sampled_betweenness(there, sources=k, seed=1).values
            )
        )
        ours, stated = column(sampled), column(sampled, "error")
        found[f"betweenness {sources}"] = {
            "off": float(np.sqrt(((ours - true) ** 2).mean())),
            "stated": float(np.sqrt((stated**2).mean())),
            "top": len(best & set(np.argsort(-ours)[:100])),
        }
        found["took"][f"betweenness {sources}"] = took
        say(found, watch)


# --- the sections --------------------------------------------------------------------------------


def cordis() -> dict[str, Any]:
    return {"spark": child("cordis_on_spark", limit=LIMIT), "native": child("cordis_on_native")}


def memory() -> dict[str, Any]:
    ours = child("large_on_spark", limit=600)
    given = str(ours["GB"])
    return {
        "spark": ours,
        "native": child("large_on_native", given),
        "networkx": child("large_on_networkx", given),
        "unbounded": child("large_on_native", "0"),
        "limit": ours["GB"],
    }


def sections() -> dict[str, Callable[[], dict[str, Any]]]:
    found: dict[str, Callable[[], dict[str, Any]]] = {}
    if CORDIS.exists():
        found["cordis"] = cordis
    found["memory"] = memory
    found |= {
        f"growth:{size}": partial(child, "grown", str(size), limit=GROWTH_LIMIT) for size in SIZES
    }
    found |= {f"errors:{size}": partial(child, "errors", str(size)) for size in ESTIMATED}
    return found


def circumstances(before: float) -> str:
    import pyspark

    return (
        f"{platform.machine()}, {os.cpu_count()} processors shared with others (load "
        f"{before:.1f} when it began, {os.getloadavg()[0]:.1f} when it ended), Python "
        f"{platform.python_version()}, pyspark {pyspark.__version__}"
    )


# --- the page ------------------------------------------------------------------------------------

INTRODUCTION = """# Spark: what it costs, where it is needed, how it grows

Written by `python benchmarks/spark.py`. Spark runs as `local[2]` on one machine, where it pays for
shuffles and gains nothing: it is for what does not fit. *s* are seconds; *CPU s* the work of the
processors, Python and Java together, which other people's programs on the machine hardly change.
The first question of a session pays for starting and compiling. Memory is the most that Python and
Java held together at a time."""


def cell(took: dict[str, Any] | None, what: str = "seconds") -> str:
    return f"{took[what]:.1f}" if took else "–"


def cordis_page(kept: dict[str, Any]) -> Iterator[str]:
    ours, theirs = kept["spark"], kept["native"]
    yield (
        f"{ours['nodes']:,} organisations, {ours['pairs']:,} pairs, Spark with {HEAP} of heap. "
        f"{kept['when']}. Native's figures include loading its kernels. On Spark betweenness is "
        "estimated from 64 sources, harmonic and closeness from sketches; native's are exact."
    )
    yield from ("", "| | Spark, s | Spark, CPU s | native, s | native, CPU s |")
    yield "|---|---:|---:|---:|---:|"
    names = ("start", "read", "fold", *TABLE)
    lacking = [name for name in names if name not in ours["took"]]
    for name in names:
        sides = [s["took"].get(name) for s in (ours, theirs)]
        cells = [cell(side, what) for side in sides for what in ("seconds", "cpu")]
        yield f"| {name} | {' | '.join(cells)} |"
    yield f"| memory, GB | {ours['GB']} | | {theirs['GB']} | |"
    yield ""
    yield (
        f"Of the {ours['GB']} GB on Spark Java held {ours['java_GB']} and Python "
        f"{ours['python_GB']}. Clustering pays for the listing of triangles that constraint, "
        "effective size and similarity use too, harmonic for closeness."
    )
    if lacking:
        yield from ("", f"Not reached on Spark within {LIMIT:.0f} s in all: {', '.join(lacking)}.")


def memory_page(kept: dict[str, Any]) -> Iterator[str]:
    ours = kept["spark"]
    arcs = 2 * ours["pairs"]
    took = ", ".join(f"{n} {f['seconds']:.0f} s" for n, f in ours["took"].items())
    yield (
        f"{ours['participations']:,} participations in projects of {LARGE[2]}: {ours['nodes']:,} "
        f"organisations, {ours['pairs']:,} pairs. As a sparse matrix (8 bytes a strength, 4 a "
        f"column, both ways) that is {arcs * 12 / 1e9:.2f} GB. {kept['when']}."
    )
    yield from ("", f"| in {kept['limit']} GB | |", "|---|---|")
    yield (
        f"| Spark, {SMALL_HEAP} of heap | {'stopped' if 'stopped' in ours else 'finishes'}: "
        f"{took}; held {ours['GB']} GB (Java {ours['java_GB']}, Python {ours['python_GB']}) |"
    )
    for side in ("native", "networkx"):
        yield f"| {side} | {outcome(kept[side])} |"
    yield ""
    free = kept["unbounded"]
    yield (
        f"Native and networkx fold the same sizes, drawn anew, under a limit on their data "
        f"(RLIMIT_DATA) of what Spark held in all. Without a limit native does it: {outcome(free)}."
    )


def outcome(run: dict[str, Any]) -> str:
    if "said" in run:
        return f"{run['said']}, having held {run['GB']} GB"
    if "fold" in run["took"]:
        return f"fold {run['took']['fold']['seconds']:.0f} s, held {run['GB']} GB"
    return f"stopped after {LIMIT:.0f} s" if "stopped" in run else "was ended by the system"


def exponent(sizes: list[int], values: list[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def growth_page(runs: dict[int, dict[str, Any]]) -> Iterator[str]:
    yield (
        "Projects of 2 to 8 members (k or more with the chance 4/k², 3.1 on average), a quarter as "
        "many organisations as participations, which take part in proportion to their rank to the "
        f"power -1/3: pairs grow in proportion. {HEAP} of heap; – is what was not reached before "
        "the run was stopped. CPU seconds, seconds in brackets. Exponents are fitted to "
        "CPU seconds in a double logarithmic plot: over all sizes, where starting and compiling "
        "flatten them, and over the two largest."
    )
    stopped = [
        f"{s:,} after {run['stopped']:.0f} s" + ("" if run["took"] else ", before it folded")
        for s, run in sorted(runs.items())
        if "stopped" in run
    ]
    if stopped:
        yield from ("", f"Stopped: {'; '.join(stopped)}.")
    runs = {s: run for s, run in runs.items() if "fold" in run["took"]}
    sizes = sorted(runs)
    names = ["fold", *GROWING]
    yield from ("", "| | " + " | ".join(f"{s:,}" for s in sizes) + " | all | two largest |")
    yield "|---|" + "---:|" * (len(sizes) + 2)
    yield "| pairs | " + " | ".join(f"{runs[s]['pairs']:,}" for s in sizes) + " | | |"
    for name in names:
        took = {s: runs[s]["took"].get(name) for s in sizes}
        cells = [f"{t['cpu']:.1f} ({t['seconds']:.1f})" if t else "–" for t in took.values()]
        known = [s for s in sizes if took[s]]
        cpu = [took[s]["cpu"] for s in known]
        fits = ["–", "–"]
        if len(known) > 1:
            fits = [f"{exponent(known, cpu):.2f}", f"{exponent(known[-2:], cpu[-2:]):.2f}"]
        yield f"| {name} | {' | '.join(cells + fits)} |"
    yield f"| memory, GB | {' | '.join(str(runs[s]['GB']) for s in sizes)} | | |"
    yield from ("", "Circumstances: " + "; ".join(f"{s:,}: {runs[s]['when']}" for s in sizes) + ".")
    yield from ("", *predicted(runs, names))


def an_arc(run: dict[str, Any]) -> float:
    """Return the microseconds of processor that folding took an arc."""
    return float(run["took"]["fold"]["cpu"] / (2 * run["pairs"]) * 1e6)


def predicted(runs: dict[int, dict[str, Any]], names: list[str]) -> Iterator[str]:
    """Yield what the largest run predicts for 10⁹ participations."""
    sizes = sorted(runs)
    yield (
        "**Predicted for 10⁹ participations, not measured.** From the largest size that was run, "
        "with the exponent over the two largest, at least 1 (1 is assumed where one size was run); "
        f"on a cluster of {CLUSTER_CORES} cores that spends half of its time on what one machine "
        "does not have (network, stragglers). Rounds were measured with values told to every "
        "worker; with so many nodes they are shuffled instead, which costs several times as much. "
        "Read it as an order of magnitude."
    )
    yield from ("", "| | from | exponent | CPU hours | hours on the cluster |")
    yield "|---|---:|---:|---:|---:|"
    for name in names:
        known = [s for s in sizes if name in runs[s]["took"]]
        if not known:
            continue
        cpu = [runs[s]["took"][name]["cpu"] for s in known]
        power = max(1.0, exponent(known[-2:], cpu[-2:])) if len(known) > 1 else 1.0
        hours = cpu[-1] * (1e9 / known[-1]) ** power / 3600
        spread = hours / CLUSTER_CORES / SHARED_WELL
        yield f"| {name} | {known[-1]:,} | {power:.2f} | {hours:,.0f} | {spread:.1f} |"


def errors_page(runs: dict[int, dict[str, Any]]) -> Iterator[str]:
    from partnergraph.analysis.engines.spark.distances import SKETCH_ERROR

    yield (
        "Networks with a long tail of degrees, isolates and pieces, against the exact values of "
        "the native engine. The relative standard error that is stated of a sketch is "
        f"{100 * SKETCH_ERROR:.2f} %. Of betweenness the root mean square of the error over all "
        "nodes stands beside that of the standard errors that come with it, and how many of the "
        "true top 100 are among its own."
    )
    yield from ("", "| nodes | pairs | | error, rms | stated | largest | seconds |")
    yield "|---:|---:|---|---:|---:|---:|---:|"
    for size in sorted(runs):
        run = runs[size]
        head = f"| {run['nodes']:,} | {run['pairs']:,} "
        for name in ("harmonic", "closeness"):
            e = run[name]
            yield (
                f"{head}| {name} | {100 * e['rms']:.2f} % | {100 * SKETCH_ERROR:.2f} % | "
                f"{100 * e['most']:.2f} % | {run['took'][name]['seconds']:.1f} |"
            )
        drawn_from = (k for k in run if k.startswith("betweenness"))
        for key in sorted(drawn_from, key=lambda k: int(k.split()[1])):
            e = run[key]
            yield (
                f"{head}| betweenness, {key.split()[1]} sources | {e['off']:.2e} | "
                f"{e['stated']:.2e} | top 100: {e['top']} | {run['took'][key]['seconds']:.1f} |"
            )
    yield from ("", "; ".join(f"{s:,} nodes: {runs[s]['when']}" for s in sorted(runs)) + ".")


def write_page(kept: dict[str, Any]) -> None:
    parts = [INTRODUCTION]
    if "cordis" in kept:
        parts += ["", "## CORDIS, one mode", "", *cordis_page(kept["cordis"])]
    if "memory" in kept:
        parts += ["", "## A network that does not fit", "", *memory_page(kept["memory"])]
    for name, title, page in (
        ("growth", "Growth", growth_page),
        ("errors", "Estimates", errors_page),
    ):
        runs = {int(k.partition(":")[2]): v for k, v in kept.items() if k.startswith(f"{name}:")}
        if runs:
            parts += ["", f"## {title}", "", *page(runs)]
        if name == "growth" and "memory" in kept:
            large, last = kept["memory"]["spark"], max(s for s in runs if "pairs" in runs[s])
            parts += [
                "",
                f"Beside it: the network above that does not fit, {2 * large['pairs']:,} arcs, "
                f"took {an_arc(large):.1f} µs of processor an arc to fold; {last:,} "
                f"participations, {2 * runs[last]['pairs']:,} arcs, took {an_arc(runs[last]):.1f}.",
            ]
    PAGE.write_text("\n".join([*parts, ""]), encoding="utf-8")


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        globals()[sys.argv[2]](*sys.argv[3:])
        return
    known = sections()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(known))
    parser.add_argument("--page", action="store_true", help="Only write the page again.")
    chosen = parser.parse_args()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for name in [] if chosen.page else chosen.sections or list(known):
        if name not in known:
            parser.error(f"there is no section {name}; there are {', '.join(known)}")
        before = os.getloadavg()[0]
        kept[name] = {**known[name](), "when": circumstances(before)}
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_page(kept)


if __name__ == "__main__":
    main()
