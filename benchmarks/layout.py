"""The explorer's layouts against other programs' on the same networks, in one run.

Run as ``python benchmarks/layout.py [SIZE ...]`` (250 to 50 000 nodes without sizes); it writes
``benchmarks/results/layout.md``. Other programs take part where they are installed: networkx,
igraph (in an environment of its own: it is GPL, and only this script may import it) and the
``sfdp`` of Graphviz, whose time includes starting it and reading its answer.

Networks are drawn with a seed and look like partner data: communities of very different sizes,
a few nodes with very many ties, four of five ties inside a community, one node in six with a
single tie, all of it connected.
"""

from __future__ import annotations

import os
import pickle
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, triu
from scipy.sparse.csgraph import connected_components

from partnergraph.views.explorer.layout import layout
from partnergraph.views.explorer.layout.quality import neighbourhood_preservation, normalised_stress

ROOT = Path(__file__).parents[1]
SIZES = (250, 1_000, 2_000, 10_000, 50_000)
LIMITS = {"networkx spring": 2_000}  # nodes; beyond, minutes and gigabytes
OURS, RIVALS = "partnergraph force", ("igraph FR", "graphviz sfdp")
Graph = Any
Positions = NDArray[np.float64]


def partner_network(nodes: int, seed: int = 0) -> Graph:
    """Draw 3 ties a node, ends by a Pareto weight, within a Pareto-sized community 4 in 5."""
    rng = np.random.default_rng(seed)
    sizes: list[int] = []
    while sum(sizes) < nodes:
        sizes.append(int(min(8 + 12 * rng.pareto(1.2), max(nodes / 8, 30))))
    community = np.repeat(np.arange(len(sizes)), sizes)[:nodes]
    weight = np.minimum(rng.pareto(1.8, nodes) + 0.5, nodes**0.5)
    upto = np.r_[0, np.cumsum(weight)]
    first = np.searchsorted(community, np.arange(len(sizes) + 1))
    u = np.searchsorted(upto, rng.random(3 * nodes) * upto[-1]) - 1
    inside = rng.random(3 * nodes) < 0.8
    low = np.where(inside, upto[first[community[u]]], 0)
    high = np.where(inside, upto[first[community[u] + 1]], upto[-1])
    v = np.searchsorted(upto, low + rng.random(3 * nodes) * (high - low)) - 1
    return _connected(_symmetric(u, v, nodes), community, weight * rng.random(nodes))


def _symmetric(u: NDArray[Any], v: NDArray[Any], nodes: int) -> Graph:
    apart = u != v
    half = coo_array((np.ones(apart.sum()), (u[apart], v[apart])), shape=(nodes, nodes)).tocsr()
    return csr_array(((half + half.T) > 0).astype(float))


def _connected(graph: Graph, community: NDArray[Any], weight: Positions) -> Graph:
    """Tie the first node of each small component to a heavy node of the largest one."""
    _, label = connected_components(graph, directed=False)
    largest = np.flatnonzero(label == np.bincount(label).argmax())
    loose = [np.flatnonzero(label == k)[0] for k in set(label) - {label[largest[0]]}]
    hosts = []
    for node in loose:
        near = largest[community[largest] == community[node]]
        near = near if len(near) else largest
        hosts.append(near[weight[near].argmax()])
    ties = graph.tocoo()
    u, v = np.r_[ties.row, loose].astype(int), np.r_[ties.col, hosts].astype(int)
    return _symmetric(u, v, len(label))


def contenders() -> dict[str, Callable[[Graph], Positions]]:
    """Return every program that is installed here; each takes a matrix and gives positions."""
    found: dict[str, Callable[[Graph], Positions]] = {
        OURS: layout,
        "partnergraph linlog": lambda graph: layout(graph, mode="linlog"),
        "networkx spring": _networkx_spring,
    }
    if find_spec("igraph"):
        found["igraph FR"] = _igraph_fr
    if shutil.which("sfdp"):
        found["graphviz sfdp"] = _sfdp
    return found


def _networkx_spring(graph: Graph) -> Positions:
    places = nx.spring_layout(nx.from_scipy_sparse_array(graph), seed=1)
    return np.array([places[node] for node in range(len(places))])


def _igraph_fr(graph: Graph) -> Positions:
    import igraph

    random.seed(1)
    igraph.set_random_number_generator(random)
    ties = triu(graph).tocoo()
    network = igraph.Graph(graph.shape[0], list(zip(ties.row.tolist(), ties.col.tolist())))  # noqa: B905
    return np.array(network.layout_fruchterman_reingold().coords)


def _sfdp(graph: Graph) -> Positions:
    ties = triu(graph).tocoo()
    nodes = "".join(f"{node};" for node in range(graph.shape[0]))
    lines = "".join(f"{u}--{v};" for u, v in zip(ties.row, ties.col, strict=True))
    answer = subprocess.run(
        ["sfdp", "-Gstart=1", "-Nshape=point", "-Tplain"],
        input=f"graph{{{nodes}{lines}}}",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    x = np.zeros((graph.shape[0], 2))
    for line in answer.splitlines():
        kind, *words = line.split()
        if kind == "node":
            x[int(words[0])] = float(words[1]), float(words[2])
    return x


def measured(graph: Graph, make: Callable[[Graph], Positions]) -> tuple[float, float, float]:
    """Return seconds, normalised stress and neighbourhood preservation; short runs thrice."""
    times: list[float] = []
    while len(times) < 3 and sum(times) < 4:
        start = time.perf_counter()
        x = make(graph)
        times.append(time.perf_counter() - start)
    return min(times), normalised_stress(graph, x), neighbourhood_preservation(graph, x)


def first_call(graph: Graph) -> float:
    """Return seconds of a layout in a fresh process, with whatever kernels are on disk."""
    code = (
        "import sys, time, pickle; start = time.perf_counter()\n"
        "from partnergraph.views.explorer.layout import layout\n"
        "layout(pickle.load(sys.stdin.buffer)); print(time.perf_counter() - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(graph), capture_output=True, check=True
    )
    return float(done.stdout)


def machine() -> str:
    """Return what the figures were measured on."""
    names = ("numpy", "scipy", "numba", "networkx", "igraph")
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"no {name}")
    if shutil.which("sfdp"):
        told = subprocess.run(["sfdp", "-V"], capture_output=True, text=True, check=False).stderr
        versions.append(told.split(" - ")[-1].split(" (")[0].strip())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}) at a load of {os.getloadavg()[0]:.1f} "
        f"before the run, {platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def table(size: int, graph: Graph, rows: dict[str, tuple[float, float, float]]) -> list[str]:
    """Return the section of one network: figures, and ours over the better rival's."""
    degree = np.diff(graph.indptr)
    lines = [
        f"## {size:,} nodes, {graph.nnz // 2:,} ties (most at one node: {degree.max()})\n",
        "| layout | seconds | stress | neighbourhoods |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {s:.2f} | {d:.4f} | {p:.4f} |" for name, (s, d, p) in rows.items()),
    ]
    rivals = [rows[name] for name in RIVALS if name in rows]
    if rivals:
        seconds, stress, kept = rows[OURS]
        lines.append(
            f"\nForce over the better of {' and '.join(n for n in RIVALS if n in rows)}: "
            f"time ×{seconds / min(r[0] for r in rivals):.2f}, "
            f"stress ×{stress / min(r[1] for r in rivals):.2f} (goal ≤ 1.10), "
            f"neighbourhoods ×{kept / max(r[2] for r in rivals):.2f} (goal ≥ 1); "
            f"LinLog neighbourhoods "
            f"×{rows['partnergraph linlog'][2] / max(r[2] for r in rivals):.2f}."
        )
    return [*lines, ""]


def main(sizes: tuple[int, ...]) -> None:
    """Measure all contenders on all sizes and write the report."""
    layout(partner_network(700))  # kernels compiled or read from disk: times below are warm
    report = [
        "# Layout\n",
        f"{machine()}. Warm; the best of three runs, or fewer when they take seconds. Stress: "
        "lower is better; from all nodes, above 5,000 from 200 sampled ones. Neighbourhoods: "
        "mean Jaccard of a node's neighbours and as many drawn nearest to it; higher is better.\n",
    ]
    for size in sizes:
        graph = partner_network(size)
        rows = {}
        for name, make in contenders().items():
            if size <= LIMITS.get(name, size):
                rows[name] = measured(graph, make)
                print(size, name, *(f"{value:.4f}" for value in rows[name]), flush=True)
        report += table(size, graph, rows)
    report.append(
        f"First layout of 1,000 nodes in a fresh process, imports and kernels read from disk "
        f"included: {first_call(partner_network(1_000)):.1f} s; of 250 nodes, which needs no "
        f"kernels: {first_call(partner_network(250)):.1f} s.\n"
    )
    target = ROOT / "benchmarks" / "results" / "layout.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(report), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
