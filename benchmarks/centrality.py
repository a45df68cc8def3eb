"""Measures side by side: same network, same run, conversion included, parity next to speed.

    python benchmarks/centrality.py [--sizes 250,10000,100000] [--cordis CSV] [--scaling]

Peers are taken as they are installed: networkx, igraph, networkit (the latter two are no dependency
of this package; igraph is GPL and only ever a peer here). A peer that would take longer than
`--budget` seconds for all sources runs on some of them and its time is scaled up; such figures are
marked ≈. The table goes to ``benchmarks/results/centrality.md``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from partnergraph.analysis.engines import native
from partnergraph.graph.weighted_graph import WeightedGraph

RESULTS = Path(__file__).parent / "results" / "centrality.md"
BY_SOURCE = ("harmonic", "closeness", "betweenness")
OTHERS = ("constraint", "effective_size", "clustering", "core_number", "pagerank", "eigenvector")
STRUCTURAL = ("structural_similarity", "structural_complementarity")


def edges(n: int, ties: int, seed: int = 0) -> np.ndarray:
    """Draw a network with a long tail of degrees (Chung and Lu), each pair once."""
    random = np.random.default_rng(seed)
    weight = (np.arange(n) + 10.0) ** -0.5
    ends = random.choice(n, size=(int(ties * 1.15), 2), p=weight / weight.sum())
    ends = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    return random.permutation(ends)[:ties]


def ours(n: int, pairs: np.ndarray) -> WeightedGraph:
    ones = np.ones(len(pairs))
    upper = sparse.coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    ids = tuple(map(str, range(n)))
    return WeightedGraph((upper + upper.T).tocsr(), ids, ids, ("",) * n)


def installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


nx, ig, nk = installed("networkx"), installed("igraph"), installed("networkit")


def with_networkx(n: int, pairs: np.ndarray) -> Any:
    graph = nx.empty_graph(n)
    graph.add_edges_from(pairs.tolist())
    return graph


def with_igraph(n: int, pairs: np.ndarray) -> Any:
    return ig.Graph(n=n, edges=pairs)


def with_networkit(n: int, pairs: np.ndarray) -> Any:
    return nk.GraphFromCoo((pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)), n=n)


def by_node(values: dict[Any, float], n: int) -> list[float]:
    return [values[v] for v in range(n)]


def run(measure: Any) -> list[float]:
    measure.run()
    return list(measure.scores())


# By peer and measure: a function of its graph, and of some sources (None: all). What it returns for
# all sources is compared with ours after the factor in SCALE.
PEERS: dict[str, tuple[Any, Callable[..., Any], dict[str, Callable[..., Any]]]] = {
    "networkx": (nx, with_networkx, {
        "harmonic": lambda g, some: by_node(nx.harmonic_centrality(g), len(g)) if some is None
        else nx.harmonic_centrality(g, nbunch=some),
        "closeness": lambda g, some: by_node(nx.closeness_centrality(g), len(g)) if some is None
        else [nx.closeness_centrality(g, u=v) for v in some],
        "betweenness": lambda g, some: by_node(nx.betweenness_centrality(g), len(g))
        if some is None else nx.betweenness_centrality(g, k=len(some), seed=1),
        "constraint": lambda g, _: by_node(nx.constraint(g), len(g)),
        "clustering": lambda g, _: by_node(nx.clustering(g), len(g)),
        "core_number": lambda g, _: by_node(nx.core_number(g), len(g)),
        "pagerank": lambda g, _: by_node(nx.pagerank(g, tol=1e-12 / len(g), max_iter=1000), len(g)),
    }),
    "igraph": (ig, with_igraph, {
        "harmonic": lambda g, some: g.harmonic_centrality(vertices=some, normalized=False),
        "closeness": lambda g, some: g.closeness(vertices=some, normalized=True),
        "betweenness": lambda g, some: g.betweenness(sources=some),
        "constraint": lambda g, _: g.constraint(),
        "clustering": lambda g, _: g.transitivity_local_undirected(),
        "core_number": lambda g, _: g.coreness(),
        "pagerank": lambda g, _: g.pagerank(),
        "eigenvector": lambda g, _: g.eigenvector_centrality(scale=False),
    }),
    "networkit": (nk, with_networkit, {
        "harmonic": lambda g, some: run(nk.centrality.HarmonicCloseness(g, normalized=False))
        if some is None else None,
        "betweenness": lambda g, some: run(nk.centrality.Betweenness(g)) if some is None
        else run(nk.centrality.EstimateBetweenness(g, len(some), False, True)),
        "clustering": lambda g, _: run(nk.centrality.LocalClusteringCoefficient(g)),
        "core_number": lambda g, _: run(nk.centrality.CoreDecomposition(g)),
        "pagerank": lambda g, _: run(nk.centrality.PageRank(g, damp=0.85, tol=1e-12)),
        "eigenvector": lambda g, _: run(nk.centrality.EigenvectorCentrality(g, tol=1e-12)),
    }),
}  # fmt: skip


def scaled(peer: str, measure: str, values: np.ndarray) -> np.ndarray:
    """Bring a peer's convention to ours."""
    n = len(values)
    if measure == "betweenness" and peer != "networkx":
        half = 2 if peer == "networkit" else 1
        return (
            values / half / ((n - 1) * (n - 2) / 2) if half == 1 else values / ((n - 1) * (n - 2))
        )
    if measure == "eigenvector":
        return np.abs(values) / np.linalg.norm(values)
    return values


def time_peer(
    peer: str, measure: str, n: int, pairs: np.ndarray, budget: float
) -> tuple[float, bool, np.ndarray | None] | None:
    """Return seconds with conversion, whether they are scaled up, and the values if whole."""
    module, convert, measures = PEERS[peer]
    if module is None or measure not in measures:
        return None
    if peer == "networkx" and (n > 20_000 and measure not in BY_SOURCE):
        return None
    start = time.perf_counter()
    graph = convert(n, pairs)
    converted = time.perf_counter() - start
    compute = measures[measure]
    if measure in BY_SOURCE:
        few = [int(v) for v in np.random.default_rng(1).permutation(n)[: min(n, 10)]]
        start = time.perf_counter()
        if compute(graph, few) is None:
            if n > 20_000:
                return None
            each = 0.0
        else:
            each = (time.perf_counter() - start) / len(few)
        if each * n > budget:
            count = int(min(n, max(10, budget / 4 / each)))
            some = [int(v) for v in np.random.default_rng(2).permutation(n)[:count]]
            start = time.perf_counter()
            compute(graph, some)
            return converted + (time.perf_counter() - start) * n / count, True, None
    start = time.perf_counter()
    values = compute(graph, None)
    spent = time.perf_counter() - start
    return converted + spent, False, scaled(peer, measure, np.array(values, dtype=float))


def time_ours(
    measure: str, n: int, pairs: np.ndarray, budget: float
) -> tuple[float, bool, np.ndarray | None]:
    start = time.perf_counter()
    graph = ours(n, pairs)
    if measure == "betweenness":
        arcs, size, _ = native._merged(graph)
        few = np.random.default_rng(2).permutation(len(size))[: min(len(size), 400)]
        kind, ready = np.zeros(1, dtype=np.uint8), time.perf_counter() - start
        start = time.perf_counter()
        native._deal("brandes", *arcs.out[:2], few.astype(np.int32), size[arcs.order], 3, kind)
        whole = (time.perf_counter() - start) * len(size) / len(few)
        if whole > 4 * budget:
            return ready + whole, True, None
        start = time.perf_counter()
        graph = ours(n, pairs)
    values = getattr(native, measure)(graph)
    return time.perf_counter() - start, False, values


def best_of(timed: Callable[..., Any], *arguments: Any) -> Any:
    """Take the fastest of three where one takes less than half a second."""
    found = timed(*arguments)
    if found is not None and found[0] < 0.5:
        found = min([found, timed(*arguments), timed(*arguments)], key=lambda each: each[0])
    return found


def warm() -> None:
    """Compile, so that no figure holds the first call in a new installation."""
    native.SMALL = -1
    for measure in (*BY_SOURCE, *OTHERS, *STRUCTURAL, "katz"):
        getattr(native, measure)(ours(30, edges(30, 60)))


def side_by_side(n: int, measures: list[str], budget: float) -> list[str]:
    pairs = edges(n, n * (4 if n < 1_000 else 10))
    lines = [
        f"## {n:,} nodes, {len(pairs):,} ties", "", circumstances(), "",
        "| measure | ours | networkx | igraph | networkit | peer / ours | differences |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for measure in measures:
        spent, partly, values = best_of(time_ours, measure, n, pairs, budget)
        cells, best, worst = [], np.inf, []
        for peer in PEERS:
            found = best_of(time_peer, peer, measure, n, pairs, budget)
            if found is None:
                cells.append("–")
                continue
            cells.append(f"{'≈ ' * found[1]}{found[0]:.3g} s")
            best = min(best, found[0])
            if found[2] is not None and values is not None:
                both = ~np.isnan(values) & ~np.isnan(found[2])
                off = np.abs(found[2][both] - values[both]).max(initial=0)
                worst.append(f"{peer} {off:.0e}")
        ratio = "–" if np.isinf(best) else f"{best / spent:.3g} ×"
        row = [measure, f"{'≈ ' * partly}{spent:.3g} s", *cells, ratio, ", ".join(worst) or "–"]
        lines.append("| " + " | ".join(row) + " |")
        print(lines[-1], flush=True)
        keep(lines)
    return lines


def folded(path: Path) -> WeightedGraph:
    """Read who takes part in which project and fold it, each project adding 1/(k − 1)."""
    import pandas as pd

    data = pd.read_csv(path, dtype=str, usecols=["pic", "rcn"]).dropna().drop_duplicates()
    member, project = pd.factorize(data["pic"])[0], pd.factorize(data["rcn"])[0]
    n, size = int(member.max()) + 1, np.bincount(project)
    share = sparse.coo_array((1 / np.maximum(size - 1, 1)[project], (member, project))).tocsr()
    ones = sparse.coo_array((np.ones(len(member)), (project, member))).tocsr()
    matrix = share @ ones
    matrix = (matrix - sparse.diags_array(matrix.diagonal())).tocsr()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    ids = tuple(map(str, range(n)))
    return WeightedGraph(matrix, ids, ids, ("",) * n)


def cordis(path: Path) -> list[str]:
    """Time the whole table on the organisations of Horizon 2020, folded."""
    start = time.perf_counter()
    graph = folded(path)
    n = len(graph)
    title = f"## CORDIS H2020, one-mode: {n:,} organisations, {graph.n_pairs:,} pairs"
    lines = [title, "", circumstances(), "", "| what | seconds |", "|---|---|"]

    def row(what: str, seconds: float) -> None:
        lines.append(f"| {what} | {seconds:.1f} |")
        print(lines[-1], flush=True)
        keep(lines)

    row("reading and folding", time.perf_counter() - start)
    names = (
        "degree",
        "strength",
        "closeness",
        "harmonic",
        "eigenvector",
        "pagerank",
        "core_number",
    )
    whole = time.perf_counter()
    for name in names:
        start = time.perf_counter()
        getattr(native, name)(graph)
        row(name + (" (both by one search)" if name == "closeness" else ""),
            time.perf_counter() - start)  # fmt: skip
    start = time.perf_counter()
    found = native.approximate_betweenness(graph, epsilon=0.01, confidence=0.95)
    row(f"betweenness, approximate: {found.as_dict()}", time.perf_counter() - start)
    row("**the default table with approximate betweenness**", time.perf_counter() - whole)
    for name in ("betweenness", "constraint", "clustering", "structural_complementarity", "katz"):
        start = time.perf_counter()
        values = getattr(native, name)(graph)
        row(f"{name}, exact", time.perf_counter() - start)
        if name == "betweenness":
            wrong = np.abs(values - found.values)
            off = f"{wrong.max():.2g}, outside its interval {int((wrong > found.error).sum())}"
            lines.append(f"| largest error of the approximation: {off} | |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines.append(f"| largest memory of this run, peers included, GB | {peak:.2f} |")
    return lines


def scaling(most: int = 1_000_000) -> list[str]:
    """Time from a thousand to a million ties, 10 ties a node, and fit the exponent."""
    lines = ["## Growth with the number of ties m (n = m/10), seconds", ""]
    sizes = [m for m in (1_000, 10_000, 100_000, 1_000_000) if m <= most]
    lines.append("| measure | " + " | ".join(f"{m:,}" for m in sizes) + " | exponent, last step |")
    lines.append("|---|" + "---|" * (len(sizes) + 1))
    names = ("harmonic", "constraint", "clustering", "structural_complementarity", "pagerank",
             "core_number", "approximate_betweenness")  # fmt: skip
    for name in names:
        spent = []
        for m in sizes:
            graph = ours(m // 10, edges(m // 10, m))
            start = time.perf_counter()
            getattr(native, name)(graph)
            spent.append(time.perf_counter() - start)
        slope = np.log10(spent[-1] / spent[-2])
        cells = " | ".join(f"{s:.3g}" for s in spent)
        lines.append(f"| {name} | {cells} | {slope:.2f} |")
        print(lines[-1], flush=True)
    return lines


def keep(lines: list[str]) -> None:
    """Write a section, in place of an older one of the same title; others stay as they were."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Measures side by side\n"
    sections = {part.split("\n")[0]: part for part in old.split("\n## ")}
    text = "\n".join(lines).strip().removeprefix("## ")
    sections[text.split("\n")[0]] = text
    head, *rest = sections.values()
    written = [head.rstrip(), *("## " + part.strip() for part in rest)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n\n".join(written) + "\n", encoding="utf-8")


def circumstances() -> str:
    versions = {m.__name__: m.__version__ for m in (nx, ig, nk) if m is not None}
    return (
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python "
        f"{platform.python_version()}, "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ". Conversion from arrays of edges is in every figure; ≈ is scaled up from some sources. "
        "Above 1 × ours is faster than the fastest peer; below half a second the fastest of three "
        "runs counts. Differences are the largest over all nodes."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="250,10000,100000")
    parser.add_argument("--measures", default=",".join((*BY_SOURCE, *OTHERS, *STRUCTURAL)))
    parser.add_argument("--budget", type=float, default=30.0)
    parser.add_argument("--cordis", type=Path)
    parser.add_argument("--scaling", action="store_true")
    chosen = parser.parse_args()
    warm()
    for n in (int(n) for n in chosen.sizes.split(",") if n):
        keep(side_by_side(n, chosen.measures.split(","), chosen.budget))
    if chosen.cordis:
        keep(cordis(chosen.cordis))
    if chosen.scaling:
        keep(scaling())


if __name__ == "__main__":
    main()
