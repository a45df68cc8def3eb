"""Measures side by side: same network, same run, conversion included, parity next to speed.

    python benchmarks/centrality.py [SECTION…]      # all sections without any; one can take an hour

Sections are ``250:paths 250:ties 250:spectra``, the same for ``10000`` and ``100000``, ``growth``,
and ``cordis`` (which needs the file beside the repository). Every figure is taken in a process of
its own with a time limit, on all processors that its program can use. Peers are taken as they are
installed: networkx, igraph, networkit, rustworkx (no dependencies of this package; igraph is GPL
and only ever a peer here). What each section found is kept in ``results/centrality.json``, and the
page ``results/centrality.md`` is written anew from it each time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

HERE = Path(__file__).parent
KEPT, PAGE = HERE / "results" / "centrality.json", HERE / "results" / "centrality.md"
CORDIS = Path(os.environ.get("PARTNERGRAPH_SHARED", HERE.parent.parent / "shared"))
CORDIS = CORDIS / "data/cordis_h2020/h2020.csv.gz"
SIZES = (250, 10_000, 100_000)
GROUPS = {
    "paths": ("closeness", "harmonic", "betweenness", "betweenness_weighted"),
    "ties": (
        "constraint",
        "effective_size",
        "folding",
        "structural",
        "clustering",
        "triangles",
        "core_number",
    ),
    "spectra": ("pagerank", "eigenvector", "katz"),
}
GOALS = {
    "harmonic": 20.0,
    "constraint": 5.0,
    "betweenness": 2.0,
    "closeness": 1.0,
    "folding": 1.0,
    "structural": 1.0,
}
OTHERWISE = 1 / 1.5
ROUGH = 1e-6
# Seconds. What would take more than WHOLE is scaled up from a sample of about BUDGET. Not so
# igraph: its betweenness from chosen sources is another, six times slower program.
BUDGET, WHOLE, LIMIT = 12.0, 600.0, 660.0
SAMPLED = ("closeness", "harmonic", "betweenness", "betweenness_weighted")
IN_TURN = ("betweenness", "betweenness_weighted")
PEERS = ("networkx", "igraph", "networkit", "rustworkx")


def edges(n: int, ties: int, seed: int = 0) -> np.ndarray:
    """Draw a network with a long tail of degrees (Chung and Lu), each pair once."""
    random = np.random.default_rng(seed)
    weight = (np.arange(n) + 10.0) ** -0.5
    ends = random.choice(n, size=(int(ties * 1.15), 2), p=weight / weight.sum())
    ends = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    return random.permutation(ends)[:ties]


def material(n: int) -> dict[str, np.ndarray]:
    """Return what all programs get: pairs, their distances, and who takes part in what."""
    pairs = edges(n, n * (4 if n < 1_000 else 10))
    random = np.random.default_rng(1)
    distance = random.choice([0.5, 1.0, 2.0, 4.0], size=len(pairs))
    member, hub = random.integers(0, n, 2 * n), random.integers(0, max(n // 5, 1), 2 * n)
    part = np.unique(np.column_stack([member, hub]), axis=0)
    return {"n": np.array(n), "pairs": pairs, "distance": distance, "part": part}


# --- our own side --------------------------------------------------------------------------------


def ours(n: int, pairs: np.ndarray, strength: np.ndarray | None = None) -> Any:
    """Convert arrays of edges to our network."""
    from scipy import sparse

    from partnergraph.graph.weighted_graph import WeightedGraph

    values = np.ones(len(pairs)) if strength is None else strength
    upper = sparse.coo_array((values, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    ids = tuple(map(str, range(n)))
    return WeightedGraph((upper + upper.T).tocsr(), ids, ids, ("",) * n)


def folded(member: np.ndarray, hub: np.ndarray) -> Any:
    """Fold participations into a symmetric matrix of pairs, each hub adding 1; count and add up."""
    from scipy import sparse

    matrix = sparse.coo_array((np.ones(len(member)), (member, hub))).tocsr()
    both = matrix @ matrix.T
    rows = np.repeat(np.arange(both.shape[0], dtype=both.indices.dtype), np.diff(both.indptr))
    apart = both.indices != rows
    start = np.concatenate([[0], np.cumsum(apart)])[both.indptr]
    both = sparse.csr_array((both.data[apart], both.indices[apart], start), shape=both.shape)
    return np.array([both.nnz / 2, both.sum() / 2])


def by_us(measure: str, given: dict[str, np.ndarray], some: np.ndarray | None) -> Any:
    """Compute a measure with conversion; from some sources where asked."""
    from partnergraph.analysis.engines import native

    n, pairs = int(given["n"]), given["pairs"]
    if measure == "folding":
        return folded(given["part"][:, 0], given["part"][:, 1])
    if measure == "betweenness_weighted":
        graph = ours(n, pairs, 1 / given["distance"])
        if some is None:
            return native.betweenness(graph, weighted=True)
        arcs = native._arcs(graph)
        ptr, idx, strengths = arcs.out
        return native._deal("brandes_weighted", ptr, idx, 1 / strengths, some)
    graph = ours(n, pairs)
    if measure == "structural":
        paths = native.census(graph)
        return np.array([paths.triangles.sum() / 12, paths.squares.sum() / 16])
    if measure == "triangles":
        return native._triangles(graph)
    if measure == "betweenness" and some is not None:
        arcs, size, _ = native._merged(graph)
        some, kind = some[some < len(size)].astype(np.int32), np.zeros(1, dtype=np.uint8)
        return native._deal("brandes", *arcs.out[:2], some, size[arcs.order], 3, kind)
    return getattr(native, measure)(graph)


def forget() -> None:
    """Empty what is kept between calls, so that a repeated figure is a whole one."""
    from partnergraph.analysis.engines import native

    for name in ("_arcs", "_mutual", "_distances", "_ego_census", "_triangles", "census"):
        getattr(native, name).cache_clear()


# --- peers ---------------------------------------------------------------------------------------


def with_networkx(given: dict[str, np.ndarray]) -> Any:
    import networkx as nx

    graph = nx.empty_graph(int(given["n"]))
    graph.add_edges_from(given["pairs"].tolist())
    return graph


def with_distances(given: dict[str, np.ndarray]) -> Any:
    import networkx as nx

    graph = nx.empty_graph(int(given["n"]))
    rows = zip(*given["pairs"].T.tolist(), given["distance"].tolist(), strict=True)
    graph.add_weighted_edges_from(rows, weight="distance")
    return graph


def with_igraph(given: dict[str, np.ndarray]) -> Any:
    import igraph

    return igraph.Graph(n=int(given["n"]), edges=given["pairs"])


def with_networkit(given: dict[str, np.ndarray]) -> Any:
    import networkit

    a, b = (end.astype(np.uint64) for end in given["pairs"].T)
    return networkit.GraphFromCoo((a, b), n=int(given["n"]))


def weighted_networkit(given: dict[str, np.ndarray]) -> Any:
    import networkit

    a, b = (end.astype(np.uint64) for end in given["pairs"].T)
    coo = (given["distance"], (a, b))
    return networkit.GraphFromCoo(coo, n=int(given["n"]), weighted=True)


def with_rustworkx(given: dict[str, np.ndarray]) -> Any:
    import rustworkx

    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(int(given["n"])))
    graph.add_edges_from_no_data(list(map(tuple, given["pairs"].tolist())))
    return graph


def participation(given: dict[str, np.ndarray]) -> np.ndarray:
    return given["part"]


def run(measure: Any) -> list[float]:
    measure.run()
    return list(measure.scores())


def searches(graph: Any, some: list[int]) -> None:
    """Search breadth-first from some sources, as networkit's own closeness does from all."""
    import networkit

    for source in some:
        networkit.distance.BFS(graph, source, False).run()


def fold_networkx(part: np.ndarray) -> np.ndarray:
    import networkx as nx

    graph = nx.Graph()
    hubs = (part[:, 1] + part[:, 0].max() + 1).tolist()
    members = sorted(set(part[:, 0].tolist()))
    graph.add_edges_from(zip(part[:, 0].tolist(), hubs, strict=True))
    pairs = nx.bipartite.weighted_projected_graph(graph, members)
    return np.array([pairs.number_of_edges(), pairs.size(weight="weight")])


def fold_igraph(part: np.ndarray) -> np.ndarray:
    import igraph

    members = int(part[:, 0].max()) + 1
    ends = np.column_stack([part[:, 0], part[:, 1] + members])
    kinds = [False] * members + [True] * (int(part[:, 1].max()) + 1)
    graph = igraph.Graph(n=len(kinds), edges=ends)
    pairs = graph.bipartite_projection(types=kinds, which=0, multiplicity=True)
    return np.array([pairs.ecount(), sum(pairs.es["weight"])])


def motifs(graph: Any) -> np.ndarray:
    """Count triangles and chordless squares of the whole from all subgraphs of three and four."""
    square = importlib.import_module("igraph").Graph.Ring(4)
    place = next(x for x, n in enumerate(square.motifs_randesu(4)) if n == 1)
    return np.array([graph.motifs_randesu(3)[3], graph.motifs_randesu(4)[place]])


def nodes_of(values: Any, graph: Any) -> list[float]:
    return [values[v] for v in range(len(graph))]


def networkx_peer() -> dict[str, tuple[Any, Any, Any]]:
    import networkx as nx

    plain = with_networkx
    return {
        "closeness": (
            plain,
            lambda g: nodes_of(nx.closeness_centrality(g), g),
            lambda g, some: [nx.closeness_centrality(g, u=v) for v in some],
        ),
        "harmonic": (
            plain,
            lambda g: nodes_of(nx.harmonic_centrality(g), g),
            lambda g, some: nx.harmonic_centrality(g, nbunch=some),
        ),
        "betweenness": (
            plain,
            lambda g: nodes_of(nx.betweenness_centrality(g), g),
            lambda g, some: nx.betweenness_centrality(g, k=len(some), seed=1),
        ),
        "betweenness_weighted": (
            with_distances,
            lambda g: nodes_of(nx.betweenness_centrality(g, weight="distance"), g),
            lambda g, some: nx.betweenness_centrality(g, k=len(some), weight="distance", seed=1),
        ),
        "constraint": (plain, lambda g: nodes_of(nx.constraint(g), g), None),
        "effective_size": (plain, lambda g: nodes_of(nx.effective_size(g), g), None),
        "clustering": (plain, lambda g: nodes_of(nx.clustering(g), g), None),
        "triangles": (plain, lambda g: nodes_of(nx.triangles(g), g), None),
        "core_number": (plain, lambda g: nodes_of(nx.core_number(g), g), None),
        "pagerank": (
            plain,
            lambda g: nodes_of(nx.pagerank(g, tol=1e-12 / len(g), max_iter=1000), g),
            None,
        ),
        "eigenvector": (
            plain,
            lambda g: nodes_of(
                nx.eigenvector_centrality(g, tol=1e-13 / len(g) * 10, max_iter=5000), g
            ),
            None,
        ),
        "katz": (
            plain,
            lambda g, alpha: nodes_of(
                nx.katz_centrality(g, alpha=alpha, tol=1e-14, max_iter=5000), g
            ),
            None,
        ),
        "folding": (participation, fold_networkx, None),
    }


def igraph_peer() -> dict[str, tuple[Any, Any, Any]]:
    def weighted(given: dict[str, np.ndarray]) -> Any:
        graph = with_igraph(given)
        graph.es["distance"] = given["distance"].tolist()
        return graph

    plain = with_igraph
    return {
        "closeness": (
            plain,
            lambda g: g.closeness(normalized=True),
            lambda g, some: g.closeness(vertices=some, normalized=True),
        ),
        "harmonic": (
            plain,
            lambda g: g.harmonic_centrality(normalized=False),
            lambda g, some: g.harmonic_centrality(vertices=some, normalized=False),
        ),
        "betweenness": (plain, lambda g: g.betweenness(), None),
        "betweenness_weighted": (weighted, lambda g: g.betweenness(weights="distance"), None),
        "constraint": (plain, lambda g: g.constraint(), None),
        "clustering": (plain, lambda g: g.transitivity_local_undirected(), None),
        "triangles": (
            plain,
            lambda g: np.bincount(
                np.array(g.list_triangles(), dtype=np.int64).ravel(), minlength=g.vcount()
            ),
            None,
        ),
        "core_number": (plain, lambda g: g.coreness(), None),
        "pagerank": (plain, lambda g: g.pagerank(), None),
        "eigenvector": (plain, lambda g: g.eigenvector_centrality(scale=False), None),
        "structural": (plain, motifs, None),
        "folding": (participation, fold_igraph, None),
    }


def networkit_peer() -> dict[str, tuple[Any, Any, Any]]:
    import networkit as nk

    plain, central = with_networkit, nk.centrality
    kind = central.ClosenessVariant.GENERALIZED
    return {
        "closeness": (plain, lambda g: run(central.Closeness(g, True, kind)), searches),
        "harmonic": (
            plain,
            lambda g: run(central.HarmonicCloseness(g, normalized=False)),
            searches,
        ),
        "betweenness": (
            plain,
            lambda g: run(central.Betweenness(g)),
            lambda g, some: run(central.EstimateBetweenness(g, len(some), False, True)),
        ),
        "betweenness_weighted": (
            weighted_networkit,
            lambda g: run(central.Betweenness(g)),
            lambda g, some: run(central.EstimateBetweenness(g, len(some), False, True)),
        ),
        "clustering": (plain, lambda g: run(central.LocalClusteringCoefficient(g)), None),
        "core_number": (plain, lambda g: run(central.CoreDecomposition(g)), None),
        "pagerank": (plain, lambda g: run(central.PageRank(g, damp=0.85, tol=1e-12)), None),
        "eigenvector": (plain, lambda g: run(central.EigenvectorCentrality(g, tol=1e-12)), None),
        "katz": (plain, lambda g, alpha: run(central.KatzCentrality(g, alpha, 1.0, 1e-13)), None),
    }


def rustworkx_peer() -> dict[str, tuple[Any, Any, Any]]:
    import rustworkx as rx

    plain = with_rustworkx
    return {
        "closeness": (plain, lambda g: nodes_of(rx.closeness_centrality(g), g), None),
        "betweenness": (plain, lambda g: nodes_of(rx.betweenness_centrality(g), g), None),
        "core_number": (plain, lambda g: nodes_of(rx.core_number(g), g), None),
        "eigenvector": (
            plain,
            lambda g: nodes_of(rx.eigenvector_centrality(g, tol=1e-13, max_iter=5000), g),
            None,
        ),
        "katz": (
            plain,
            lambda g, alpha: nodes_of(
                rx.katz_centrality(g, alpha=alpha, tol=1e-14, max_iter=5000), g
            ),
            None,
        ),
    }


MAKERS = {
    "networkx": networkx_peer,
    "igraph": igraph_peer,
    "networkit": networkit_peer,
    "rustworkx": rustworkx_peer,
}


def in_our_convention(peer: str, measure: str, values: np.ndarray) -> np.ndarray:
    n = len(values)
    if measure.startswith("betweenness") and peer == "igraph":
        return values / ((n - 1) * (n - 2) / 2)
    if measure.startswith("betweenness") and peer == "networkit":
        return values / ((n - 1) * (n - 2))
    if measure in ("eigenvector", "katz"):
        return np.abs(values) / np.linalg.norm(values)
    return values


# --- one figure, in a process of its own ---------------------------------------------------------


def one(who: str, measure: str, file: str) -> dict[str, Any]:
    """Time one measure of one program on what a file holds; its values go beside that file."""
    given = dict(np.load(file))
    n = int(given["n"])
    time_it = time_ours if who == "ours" else time_peer
    return {**time_it(who, measure, given, n, file), "memory": peak()}


def keep_values(who: str, measure: str, file: str, values: Any) -> None:
    found = in_our_convention(who, measure, np.asarray(values, dtype=np.float64))
    if (who, measure) == ("igraph", "closeness"):
        found = found * share_reached(dict(np.load(file)))
    np.save(f"{file}.{who}.{measure}.npy", found)


def share_reached(given: dict[str, np.ndarray]) -> np.ndarray:
    """Return which share of the others each node reaches: igraph looks at its own piece only."""
    from scipy.sparse import coo_array, csgraph

    n, pairs = int(given["n"]), given["pairs"]
    matrix = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, labels = csgraph.connected_components(matrix.tocsr(), directed=False)
    return (np.bincount(labels)[labels] - 1) / (n - 1)


def repeated(compute: Callable[[], Any]) -> tuple[float, Any]:
    """Take the fastest of several where it takes less than half a second."""
    spent, best, values = 0.0, np.inf, None
    for _ in range(7):
        start = time.perf_counter()
        values = compute()
        took = time.perf_counter() - start
        spent, best = spent + took, min(best, took)
        if spent > 1.5:
            break
    return best, values


def time_ours(_: str, measure: str, given: dict[str, np.ndarray], n: int, file: str) -> Any:
    from partnergraph.analysis.engines import select

    small, select.MOST_NODES = select.MOST_NODES, -1 if n > select.MOST_NODES else select.MOST_NODES
    by_us(measure, material(40), None)  # loads what was compiled before
    by_us(measure, material(40), np.arange(9, dtype=np.int32))
    select.MOST_NODES = small
    if measure.startswith("betweenness") and n > 1_000:
        few = np.random.default_rng(2).permutation(n)[:200].astype(np.int32)
        start = time.perf_counter()
        by_us(measure, given, few)
        each = (time.perf_counter() - start) / len(few)
        if each * n > WHOLE:
            count = int(max(200, min(n, BUDGET / each)))
            some = np.random.default_rng(3).permutation(n)[:count].astype(np.int32)
            forget()
            start = time.perf_counter()
            by_us(measure, given, some)
            return {"seconds": (time.perf_counter() - start) * n / count, "sampled": True}

    def whole() -> Any:
        forget()
        return by_us(measure, given, None)

    seconds, values = repeated(whole)
    keep_values("ours", measure, file, values)
    return {"seconds": seconds}


def time_peer(who: str, measure: str, given: dict[str, np.ndarray], n: int, file: str) -> Any:
    convert, compute, some_of = MAKERS[who]()[measure]
    extra: tuple[Any, ...] = (float(given["alpha"]),) if measure == "katz" else ()
    first = material(40)
    compute(convert(first), *((0.01,) if measure == "katz" else ()))  # loads what it needs
    if some_of is not None and n > 1_000:
        start = time.perf_counter()
        graph = convert(given)
        converted = time.perf_counter() - start
        few = [int(v) for v in np.random.default_rng(1).permutation(n)[:10]]
        start = time.perf_counter()
        some_of(graph, few)
        each = (time.perf_counter() - start) / len(few)
        share = (os.cpu_count() or 1) if some_of is searches else 1
        if each * n / share > WHOLE:
            count = int(min(n, max(10, BUDGET / 2 / each)))
            some = [int(v) for v in np.random.default_rng(2).permutation(n)[:count]]
            start = time.perf_counter()
            some_of(graph, some)
            spent = (time.perf_counter() - start) * n / count / share
            return {"seconds": converted + spent, "sampled": True}
        del graph
    seconds, values = repeated(lambda: compute(convert(given), *extra))
    keep_values(who, measure, file, values)
    return {"seconds": seconds}


def peak() -> float:
    """Return the largest memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def child(*arguments: str, limit: float = LIMIT) -> dict[str, Any]:
    """Run this script for one figure; say where it took too long or failed."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"over": limit}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1][:200]}
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


# --- sections ------------------------------------------------------------------------------------


def side_by_side(n: int, group: str) -> dict[str, Any]:
    given, rows = material(n), {}
    with TemporaryDirectory() as folder:
        file = f"{folder}/given.npz"
        if group == "spectra":
            given["alpha"] = np.array(damping(n, given["pairs"]))
        np.savez(file, **given)
        for measure in GROUPS[group]:
            rows[measure] = row = {"ours": child("ours", measure, file, limit=LIMIT)}
            for peer in PEERS:
                if installed(peer) and measure in MAKERS[peer]():
                    row[peer] = child(peer, measure, file)
                    row[peer]["off"] = difference(file, peer, measure)
            print(n, measure, row, flush=True)
    return {"nodes": n, "ties": len(given["pairs"]), "rows": rows}


def in_turn(n: int) -> dict[str, Any]:
    """Take betweenness of us and of igraph whole, in turn in one process, in processor seconds."""
    given, peer, rows = material(n), igraph_peer(), {}
    for measure in IN_TURN:
        convert, compute, _ = peer[measure]
        runs: dict[str, Callable[[], Any]] = {
            "ours": lambda measure=measure: by_us(measure, given, None),
            "igraph": lambda convert=convert, compute=compute: compute(convert(given)),
        }
        by_us(measure, material(40), None)  # loads what was compiled before
        values, row = {}, {}
        for who, run_once in runs.items():
            started = time.process_time()
            found = np.asarray(run_once(), dtype=np.float64)
            row[who] = {"seconds": time.process_time() - started}
            values[who] = in_our_convention(who, measure, found)
        row["off"] = float(np.abs(values["ours"] - values["igraph"]).max())
        rows[measure] = row
        print(n, measure, row, flush=True)
    return {"nodes": n, "ties": len(given["pairs"]), "rows": rows}


def in_turn_page(section: dict[str, Any]) -> Iterable[str]:
    yield "| measure | ours | igraph | igraph / ours | difference |"
    yield "|---|---|---|---|---|"
    for measure, row in section["rows"].items():
        mine, theirs = row["ours"]["seconds"], row["igraph"]["seconds"]
        told = f"{mine:.1f} s | {theirs:.1f} s | {theirs / mine:.2f} × | {row['off']:.0e}"
        yield f"| {measure} | {told} |"


def damping(n: int, pairs: np.ndarray) -> float:
    """Return the α that ours takes for Katz; peers are given it."""
    from partnergraph.analysis.engines import native

    root = native._spectral_radius(ours(n, pairs).adjacency, False)
    return native.KATZ_ALPHA if native.KATZ_ALPHA * root < 1 else 0.9 / root


def difference(file: str, peer: str, measure: str) -> float | None:
    """Return the largest difference of any node between ours and a peer; None where not whole."""
    names = [Path(f"{file}.{who}.{measure}.npy") for who in ("ours", peer)]
    if not all(name.exists() for name in names):
        return None
    mine, theirs = map(np.load, names)
    both = ~np.isnan(mine) & ~np.isnan(theirs)
    if measure == "clustering":  # below two neighbours ours is undefined and theirs 0
        both &= theirs > 0
    return float(np.abs(mine[both] - theirs[both]).max(initial=0))


def installed(peer: str) -> str | None:
    try:
        return str(importlib.import_module(peer).__version__)
    except ImportError:
        return None


GROWING = (
    "harmonic",
    "closeness",
    "constraint",
    "clustering",
    "structural",
    "core_number",
    "pagerank",
    "eigenvector",
    "katz",
    "folding",
    "approximate",
)
STEPS = (1_000, 3_162, 10_000, 31_623, 100_000, 316_228, 1_000_000)


def growth() -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for measure in GROWING:
        rows[measure] = [child("growing", measure, str(m)) for m in STEPS]
        print(measure, rows[measure], flush=True)
    return {"ties": STEPS, "rows": rows}


def growing(measure: str, m: int) -> dict[str, Any]:
    """Time one measure on m ties between m/10 nodes, and what memory it takes beyond them."""
    from partnergraph.analysis.engines import native, select

    select.MOST_NODES = -1

    def compute(given: dict[str, np.ndarray]) -> None:
        if measure == "approximate":
            native.approximate_betweenness(ours(int(given["n"]), given["pairs"]))
        else:
            by_us(measure, given, None)

    compute(material(40))
    n = m // 10
    random = np.random.default_rng(1)
    part = np.unique(
        np.column_stack([random.integers(0, n, 2 * n), random.integers(0, max(n // 5, 1), 2 * n)]),
        axis=0,
    )
    given = {"n": np.array(n), "pairs": edges(n, m), "part": part}
    before = peak()

    def whole() -> None:
        forget()
        compute(given)

    seconds, _ = repeated(whole)
    return {"seconds": seconds, "memory": peak() - before}


def cordis() -> dict[str, Any]:
    steps = (
        "default",
        "harmonic",
        "betweenness",
        "structural",
        "constraint",
        "clustering",
        "katz",
        "doubt",
        "doubt_refused",
    )
    rows = {}
    for step in steps:
        rows[step] = child("cordis", step, "", limit=400)
        print(step, rows[step], flush=True)
    return {"rows": rows}


def on_cordis(step: str) -> dict[str, Any]:
    """Time one question about the organisations of Horizon 2020, folded, as a user asks it."""
    sys.path.insert(0, str(HERE.parent))
    import partnergraph as pg
    from partnergraph.analysis.doubt import doubt
    from partnergraph.analysis.engines import native
    from partnergraph.graph.errors import BadParameter
    from tests.real.cordis import cordis_ecosystem

    warm = ours(2_000, edges(2_000, 20_000))
    names = {"structural": ["structural_similarity", "structural_complementarity"]}
    named = names.get(step, [step])
    asked: Callable[[Any], Any] = lambda graph: pg.centrality(graph, measures=named)  # noqa: E731
    if step == "default":
        asked = lambda graph: pg.centrality(graph, approximate=True)  # noqa: E731
    if not step.startswith("doubt"):
        asked(warm)
        forget()
    start = time.perf_counter()
    eco = cordis_ecosystem(CORDIS)
    read = time.perf_counter() - start
    start = time.perf_counter()
    graph = eco.weighted_graph(among="organisation")
    fold = time.perf_counter() - start
    found: dict[str, Any] = {"read": read, "fold": fold, "nodes": len(graph)}
    found |= {"tied": int((np.diff(graph.adjacency.indptr) > 0).sum()), "pairs": graph.n_pairs}
    start = time.perf_counter()
    if step.startswith("doubt"):
        measures = "degree" if step == "doubt" else None
        try:
            doubt(eco, measures=measures, among="organisation", draws=20)
        except BadParameter as error:
            found["refused"] = str(error)
    else:
        table = asked(graph)
        found["said"] = table.attrs.get("approximate")
    found |= {"seconds": time.perf_counter() - start, "memory": peak()}
    if step == "betweenness":
        guess = native.approximate_betweenness(graph)
        exact = table["betweenness"].loc[list(graph.ids)].to_numpy()
        wrong = np.abs(exact - guess.values)
        found["wrong"] = [float(wrong.max()), int((wrong > guess.error).sum())]
        sure = np.argsort(-guess.values, kind="stable")[: guess.certified(10)]
        found["sure"] = [len(sure), int(np.isin(sure, np.argsort(-exact)[:10]).sum())]
    return found


# --- the page ------------------------------------------------------------------------------------


def circumstances() -> str:
    versions = [f"{peer} {v}" for peer in PEERS if (v := installed(peer)) is not None]
    lack = [peer for peer in (*PEERS, "graph_tool") if installed(peer) is None]
    return (
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} when "
        f"it ended, Python {platform.python_version()}, {', '.join(versions)}"
        + (f"; not there: {', '.join(lack)}" if lack else "")
    )


def seconds(found: dict[str, Any] | None) -> str:
    if found is None:
        return "–"
    if "over" in found:
        return f"> {found['over']:.0f} s"
    if "failed" in found:
        return f"failed: {found['failed'].split(':')[0].rsplit('.', 1)[-1].lstrip('_')}"
    return f"{'≈ ' if found.get('sampled') else ''}{found['seconds']:.3g} s"


def ratio(row: dict[str, Any], measure: str, n: int) -> tuple[str, str]:
    """Return how much faster ours is than the fastest peer, and whether that is what it should."""
    peers = {p: f for p, f in row.items() if p != "ours" and (f.get("off") or 0.0) <= ROUGH}
    theirs = [f["seconds"] for f in peers.values() if "seconds" in f]
    bounds = {p: f["over"] for p, f in peers.items() if "over" in f}
    if measure in IN_TURN and n > 1_000 and "igraph" not in row:
        return "igraph: see below", "–"
    if "seconds" not in row["ours"] or not (theirs or bounds):
        return "–", "–"
    mine, goal = row["ours"]["seconds"], GOALS.get(measure, OTHERWISE)
    # A peer that was stopped says no more than that it takes longer.
    best = min(theirs) if theirs else min(bounds.values())
    unknown = [p for p, over in bounds.items() if over < best]
    told = f"{'' if theirs else '> '}{best / mine:.3g} ×"
    told += f" (not counted: {', '.join(unknown)})" if unknown else ""
    if n < 1_000:
        return told, "–"
    return told, f"≥ {goal:.2g} ×: {'yes' if best / mine >= goal else 'no'}"


def table_of(section: dict[str, Any]) -> Iterable[str]:
    n = section["nodes"]
    yield f"| measure | ours | {' | '.join(PEERS)} | fastest peer / ours | wanted | differences |"
    yield "|---" * (6 + len(PEERS) - 1) + "|"
    for measure, row in section["rows"].items():
        off = [
            f"{p} {row[p]['off']:.0e}" for p in PEERS if p in row and row[p].get("off") is not None
        ]
        cells = [measure, *(seconds(row.get(who)) for who in ("ours", *PEERS))]
        yield f"| {' | '.join([*cells, *ratio(row, measure, n), ', '.join(off) or '–'])} |"


def exponent(ties: list[int], values: list[float], last: int) -> str:
    """Fit the slope of log value on log ties over the last so many steps."""
    x, y = np.log(ties[-last:]), np.array(values[-last:], dtype=np.float64)
    if len(y) < 2 or (y <= 0).any():
        return "–"
    return f"{np.polyfit(x, np.log(y), 1)[0]:.2f}"


def growth_page(section: dict[str, Any]) -> Iterable[str]:
    ties = section["ties"]
    head = " | ".join(f"{m:,}" for m in ties)
    yield f"Seconds, by the number of ties m between m/10 nodes. {section['when']}."
    yield ""
    yield f"| measure | {head} | exponent from 10,000 | last two steps |"
    yield "|---" * (len(ties) + 3) + "|"
    for measure, found in section["rows"].items():
        spent = [f.get("seconds", float("nan")) for f in found]
        cells = " | ".join(seconds(f).removesuffix(" s") for f in found)
        yield f"| {measure} | {cells} | {exponent(ties, spent, 5)} | {exponent(ties, spent, 3)} |"
    yield ""
    yield "Memory beyond interpreter, code and edges, MB:"
    yield ""
    yield f"| measure | {head} | exponent, last two steps |"
    yield "|---" * (len(ties) + 2) + "|"
    for measure, found in section["rows"].items():
        used = [f.get("memory", float("nan")) / 1e6 for f in found]
        cells = " | ".join(f"{u:.3g}" for u in used)
        yield f"| {measure} | {cells} | {exponent(ties, used, 3)} |"
    yield from why_harmonic(ties, section["rows"]["harmonic"])


def growth_between(kept: dict[str, Any]) -> Iterable[str]:
    """Show how ours grew between the two larger networks of the tables above."""
    small, large = SIZES[-2:]
    yield f"From {small:,} to {large:,} nodes, ten ties a node; from the tables above. The section"
    yield "`growth`, with more steps and the memory of each, has not been run on this machine."
    yield ""
    yield f"| measure | {small:,} | {large:,} | exponent |"
    yield "|---|---|---|---|"
    found: dict[str, list[dict[str, Any]]] = {}
    for n in (small, large):
        for group in GROUPS:
            for measure, row in kept.get(f"{n}:{group}", {}).get("rows", {}).items():
                found.setdefault(measure, []).append(row["ours"])
    for measure, cells in found.items():
        if len(cells) == 2 and all("seconds" in cell for cell in cells):
            spent = [cell["seconds"] for cell in cells]
            slope = exponent([small, large], spent, 2)
            yield f"| {measure} | {seconds(cells[0])} | {seconds(cells[1])} | {slope} |"
    ours = [cell for cell in found.get("closeness", []) if "seconds" in cell]
    if len(ours) == 2:
        yield from why_harmonic([10 * small, 10 * large], ours)


def why_harmonic(ties: list[int], found: list[dict[str, Any]]) -> Iterable[str]:
    """Show what one arc costs in one batch of sources, and what the processor must hold for it."""
    yield ""
    yield (
        "Why closeness and harmonic grow by about 2 in m: n nodes are searched from in ⌈n/512⌉ "
        "batches, and each batch passes over the 2m arcs a few times, so the work is n·m. What "
        "goes beyond an exponent of 2 is the processor's memory: an arc reads 64 bytes of a random "
        "node, out of n·64 bytes a processor. In nanoseconds per arc and batch:"
    )
    yield ""
    yield "| ties | nodes | batches | fronts of one processor, MB | ns per arc and batch |"
    yield "|---|---|---|---|---|"
    for m, cell in zip(ties, found, strict=True):
        if "seconds" in cell:
            n = m // 10
            batches = -(-n // 512)
            each = cell["seconds"] * min(os.cpu_count() or 1, batches) / batches / (2 * m) * 1e9
            yield f"| {m:,} | {n:,} | {batches} | {n * 64 / 1e6:.2g} | {each:.2f} |"


def cordis_page(section: dict[str, Any]) -> Iterable[str]:
    rows = section["rows"]
    first = rows["default"]
    yield (
        f"{first['tied']:,} organisations with partners (of {first['nodes']:,}), "
        f"{first['pairs']:,} pairs. {section['when']}."
    )
    yield ""
    yield "| what | seconds | largest memory, GB | wanted |"
    yield "|---|---|---|---|"
    yield f"| from the file to an ecosystem | {first['read']:.1f} | | |"
    yield f"| folding | {first['fold']:.1f} | | |"
    wanted = {
        "default": (60.0, 3.0),
        "harmonic": (30.0, 3.0),
        "betweenness": (150.0, 3.0),
        "structural": (180.0, 3.0),
    }
    words = {
        "default": "the default table, betweenness approximate (ε = .01, 95 %)",
        "doubt": "degree, doubt under 20 draws of missing ties",
        "doubt_refused": "the default table with doubt: refused",
    }
    for step, found in rows.items():
        name = words.get(step, f"{step}, exact")
        if "seconds" not in found:
            yield f"| {name} | {seconds(found)} | | |"
            continue
        used = found["memory"] / 1e9
        most = wanted.get(step)
        told = (
            ""
            if most is None
            else (
                f"≤ {most[0]:.0f} s, ≤ {most[1]:.0f} GB: "
                + ("yes" if found["seconds"] <= most[0] and used <= most[1] else "no")
            )
        )
        yield f"| {name} | {found['seconds']:.1f} | {used:.2f} | {told} |"
    yield ""
    said = first.get("said")
    if said:
        yield (
            f"The approximation drew {said['samples']:,} paths; its widest interval is "
            f"±{said['largest_error']:.4f}, and it certifies {said['certified_of_top_10']} of its "
            "ten highest."
        )
    exact = rows.get("betweenness", {})
    if "wrong" in exact:
        yield (
            f"Against the exact values its largest error is {exact['wrong'][0]:.4f}, and "
            f"{exact['wrong'][1]} nodes lie outside their interval; of the {exact['sure'][0]} "
            f"certified, {exact['sure'][1]} are among the ten highest."
        )
    if "refused" in rows.get("doubt_refused", {}):
        yield ""
        yield f"What doubt of the default table says: “{rows['doubt_refused']['refused']}”"


INTRODUCTION = """# Measures side by side

Written by `python benchmarks/centrality.py`. Conversion from arrays of edges is in every figure;
each is taken in a process of its own, after a first call on a tiny network. ≈ is scaled up from
some of the sources, where a whole run would take more than ten minutes (networkit's closeness from
its breadth-first searches, shared by all processors), > is a peer that was stopped: no more is
known of its time. The fastest of up to seven runs counts, within 1.5 s in all. Above 1 × ours is
faster than the fastest peer. Differences are
the largest over all nodes; a peer that is off by more than 1e-6 is shown and not counted as the
fastest. *structural* counts triangles and chordless squares of every tie; of the peers only igraph
can count these, for the whole, by enumerating subgraphs of four nodes. *folding* makes pairs from 2
participations a node in projects of 10.
"""


def write_page(kept: dict[str, Any]) -> None:
    parts = [INTRODUCTION]
    for n in SIZES:
        for group in GROUPS:
            section = kept.get(f"{n}:{group}")
            if section:
                title = f"## {n:,} nodes, {section['ties']:,} ties: {group}"
                parts += [title, "", f"{section['when']}.", "", *table_of(section), ""]
    for n in SIZES:
        if section := kept.get(f"{n}:whole"):
            title = f"## {n:,} nodes, {section['ties']:,} ties: betweenness whole, in turn"
            words = "Processor seconds of all threads, in one process; so load matters little."
            parts += [title, "", f"{section['when']}. {words}", "", *in_turn_page(section), ""]
    grown = growth_page(kept["growth"]) if "growth" in kept else growth_between(kept)
    parts += ["## Growth", "", *grown, ""]
    if "cordis" in kept:
        parts += ["## CORDIS H2020, one-mode", "", *cordis_page(kept["cordis"]), ""]
    PAGE.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def sections() -> dict[str, Callable[[], dict[str, Any]]]:
    found: dict[str, Callable[[], dict[str, Any]]] = {
        f"{n}:{group}": (lambda n=n, group=group: side_by_side(n, group))
        for n in SIZES
        for group in GROUPS
    }
    found |= {f"{n}:whole": lambda n=n: in_turn(n) for n in SIZES[:2]}
    found["growth"] = growth
    if CORDIS.exists():
        found["cordis"] = cordis
    return found


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        who, measure, where = sys.argv[2:5]
        if who == "growing":
            found = growing(measure, int(where))
        else:
            found = on_cordis(measure) if who == "cordis" else one(who, measure, where)
        print(json.dumps(found))
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
        kept[name] = {**known[name](), "when": circumstances()}
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_page(kept)


if __name__ == "__main__":
    main()
