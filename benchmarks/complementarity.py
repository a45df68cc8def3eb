"""How long complementarity and coverage take, on drawn portfolios of growing size.

Run as ``python benchmarks/complementarity.py``; it writes the page of that name in ``results/``.
Partners are drawn with a seed: each holds 5 to 60 capabilities, those of a field of its own four
times of five, so that fields are related and portfolios differ in size. Nothing like it exists in
another library, so the peer is the obvious way: every pair as a matrix, which stops at the memory.
"""

from __future__ import annotations

import os
import platform
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from partnergraph.analysis.capabilities.covers import greedy, irreplaceability, minimum_cover
from partnergraph.analysis.capabilities.portfolios import portfolios
from partnergraph.analysis.complementarity import complementarity
from partnergraph.graph.ecosystem import Ecosystem

ROOT = Path(__file__).parents[1]
SIZES = ((1_000, 500), (3_000, 1_000), (10_000, 2_000))
TOP = 1_000
PEER_UP_TO = 3_000


def drawn(partners: int, capabilities: int, seed: int = 0) -> Ecosystem:
    """Draw partners that hold 5 to 60 capabilities, mostly of one of 20 fields."""
    random = np.random.default_rng(seed)
    fields = np.array_split(random.permutation(capabilities), 20)
    rows: list[tuple[int, int]] = []
    for p in range(partners):
        size = int(np.clip(5 + random.pareto(1.5) * 8, 5, 60))
        own = fields[random.integers(20)]
        inside = random.random(size) < 0.8
        picked = np.where(inside, random.choice(own, size), random.integers(0, capabilities, size))
        rows += [(p, int(c)) for c in set(picked.tolist())]
    ends = pd.DataFrame(rows, columns=["p", "c"])
    ids = [f"p{i:05d}" for i in range(partners)], [f"c{i:05d}" for i in range(capabilities)]
    kinds = ["organisation"] * partners + ["capability"] * capabilities
    names = [*ids[0], *ids[1]]
    nodes = pd.DataFrame({"id": names, "kind": kinds, "name": names}, dtype=object)
    ties = pd.DataFrame(
        {
            "id": [f"t{i}" for i in range(len(ends))],
            "kind": "offers",
            "source": [ids[0][p] for p in ends["p"]],
            "target": [ids[1][c] for c in ends["c"]],
        },
        dtype=object,
    )
    return Ecosystem({"nodes": nodes, "ties": ties})


def peer(holds: sparse.csr_array) -> tuple[float, Any]:
    """Find the most mutual gain the obvious way: all pairs at once."""
    start = time.perf_counter()
    shared = (holds @ holds.T).toarray()
    sizes = np.asarray(holds.sum(axis=1)).ravel()
    mutual = np.minimum.outer(sizes, sizes) - shared
    mutual[np.tril_indices(len(mutual))] = -1
    best = np.sort(mutual.ravel())[::-1][:TOP]
    return time.perf_counter() - start, best


def main() -> None:
    """Measure, compare with the peer, and write the page."""
    lines = [
        "# Complementarity and coverage",
        "",
        "Written by `benchmarks/complementarity.py`.",
        "",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}. "
        f"The best {TOP:,} pairs of all, with every column: four kinds, p, q over all pairs, "
        "evidence.",
        "",
        "| partners × capabilities | pairs | by mutual gain | by added density | all pairs at once "
        "| minimum cover | irreplaceability |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for n, m in SIZES:
        eco = drawn(n, m)
        folios = portfolios(eco)
        times = []
        for by in ("mutual_gain", "added_density"):
            start = time.perf_counter()
            table = complementarity(eco, top=TOP, by=by).table  # type: ignore[arg-type]
            times.append(f"{time.perf_counter() - start:.1f} s")
            if by == "mutual_gain":
                found = table["mutual_gain"].to_numpy()
        other = "not tried"
        if n <= PEER_UP_TO:
            seconds, best = peer(folios.holds)
            other = f"{seconds:.1f} s" + ("" if (found == best).all() else ", another answer!")
        start = time.perf_counter()
        cover = minimum_cover(folios.holds, seconds=20)
        covered = f"{time.perf_counter() - start:.1f} s: {cover.size}"
        covered += (
            "" if cover.optimal else f", gap {cover.gap:.0%} (greedy {len(greedy(folios.holds))})"
        )
        start = time.perf_counter()
        share = irreplaceability(folios.holds, cover, seconds=20)
        told = f"{time.perf_counter() - start:.1f} s: {int(np.isnan(share).sum())} undefined"
        pairs = f"{n * (n - 1) // 2:,}"
        lines.append(
            f"| {n:,} × {m:,} | {pairs} | {times[0]} | {times[1]} | {other} | {covered} | {told} |"
        )
        print(lines[-1], flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines += ["", f"Memory at most {peak:.1f} GB.", ""]
    (ROOT / "benchmarks/results/complementarity.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
