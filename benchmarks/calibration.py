"""Do verdicts on clusters err as often as they say? Random networks, gradients and planted groups.

    python benchmarks/calibration.py [--part NAME]… [--networks 200] [--seed 0]

- *null*: nine families without any clusters, so many networks each: how often clusters are called
  clear or weak all the same, and whether p is uniform (D and p of Kolmogorov and Smirnov);
- *planted*: six families with four groups each: how often they are found, and how well;
- *gradients*: six families in which ties thin out with distance, beside seven of groups with
  borders: how often "borderless" is said, of those with p ≤ .05.

All networks are small and divided in five runs, with 99 random networks, so that thousands can be
afforded. A share of 200 has a standard error of 0.7 at 1 % and of 1.5 at 5 %.

Each part rewrites its section of ``benchmarks/results/calibration.md`` after every family.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from partnergraph.analysis import clusters as asking
from partnergraph.analysis.clusters import Clusters, clusters
from partnergraph.analysis.partitions.agreement import adjusted_mutual_information
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.weighted_graph import WeightedGraph

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks/results/calibration.md"
TITLES = {
    "null": "Networks without clusters",
    "planted": "Networks with four planted groups",
    "gradients": "Gradients, and groups with borders",
}
STARTS, NULLS = 5, 99
# Compiled loops change no result, and pay over thousands of networks.
asking.COMPILE_FROM = 0

Random = np.random.Generator
Matrix = NDArray[np.float64]
Made = tuple[WeightedGraph | Ecosystem, dict[str, Any]]


def drawn(chances: Matrix, random: Random, strengths: Matrix | None = None) -> Made:
    """Draw each pair with its own chance."""
    n = len(chances)
    graph = nx.empty_graph(n)
    for i, j in np.argwhere(np.triu(random.random((n, n)) < chances, k=1)).tolist():
        graph.add_edge(i, j, weight=1.0 if strengths is None else float(strengths[i, j]))
    return WeightedGraph.from_networkx(graph, weight="weight"), {}


def scaled(kernel: Matrix, degree: float) -> Matrix:
    """Return chances in proportion to a kernel, so that nodes have so many ties on average."""
    kernel = kernel.copy()
    np.fill_diagonal(kernel, 0.0)
    return np.minimum(kernel * (degree * len(kernel) / kernel.sum()), 1.0)


def even(random: Random, n: int = 60, degree: float = 6) -> Made:
    return drawn(scaled(np.ones((n, n)), degree), random)


def affiliations(random: Random, groups: int = 1, stray: float = 0.0, **options: Any) -> Made:
    """60 organisations in 45 projects of 3 to 6, most from one group where there are groups."""
    b = EcosystemBuilder(name="drawn")
    for i in range(60):
        b.node(f"o{i:02d}", kind="organisation")
    for p in range(45):
        b.node(f"p{p:02d}", kind="project")
        weight = np.where(np.arange(60) * groups // 60 == p % groups, 1.0, stray)
        weight = weight if groups > 1 else np.ones(60)
        size = int(random.integers(3, 7))
        for i in random.choice(60, size, replace=False, p=weight / weight.sum()):
            b.tie("participates_in", f"o{i:02d}", f"p{p:02d}")
    return b.build(), options


def directed(random: Random) -> Made:
    graph = nx.gnp_random_graph(60, 0.05, seed=int(random.integers(1 << 30)), directed=True)
    return WeightedGraph.from_networkx(graph), {}


def weights(random: Random, n: int = 60) -> Matrix:
    """Strengths that ends and chance give, log-normal."""
    own = random.lognormal(0, 0.7, n)
    return np.outer(own, own) * random.lognormal(0, 0.5, (n, n))


def weighted(random: Random) -> Made:
    return drawn(scaled(np.ones((60, 60)), 6), random, weights(random))


def mixed_kinds(random: Random) -> Made:
    """Organisations tied to each other, to networks and to projects, nothing folded."""
    b = EcosystemBuilder(name="drawn")
    kinds = ["organisation"] * 40 + ["network"] * 8 + ["project"] * 16
    for i, kind in enumerate(kinds):
        b.node(f"n{i:02d}", kind=kind)
    for i in range(40):
        for j in range(i + 1, 64):
            if random.random() < (0.08 if j < 40 else 0.1):
                tie = {"organisation": "partner_of", "network": "member_of"}
                b.tie(tie.get(kinds[j], "participates_in"), f"n{i:02d}", f"n{j:02d}")
    return b.build(), {}


def configuration(random: Random) -> Made:
    degrees = np.minimum(random.zipf(2.2, 70) + 1, 20)
    degrees[0] += degrees.sum() % 2
    graph = nx.Graph(nx.configuration_model(degrees.tolist(), seed=int(random.integers(1 << 30))))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return WeightedGraph.from_networkx(graph), {}


def hubs(random: Random) -> Made:
    """Heavy-tailed: the few best-tied have a third of the others."""
    pull = np.minimum(random.pareto(1.3, 60) + 1, 25)
    return drawn(scaled(np.outer(pull, pull), 6), random)


def isolates(random: Random) -> Made:
    return drawn(np.pad(scaled(np.ones((45, 45)), 4), (0, 25)), random)


NULL: Mapping[str, Callable[[Random], Made]] = {
    "one mode, 60 nodes of degree 6": even,
    "folded, 60 organisations in 45 projects": lambda r: affiliations(r, among="organisation"),
    "two modes, not folded": lambda r: affiliations(r, method="bipartite"),
    "directed": directed,
    "weighted": weighted,
    "mixed kinds": mixed_kinds,
    "configuration, long tail": configuration,
    "heavy-tailed hubs": hubs,
    "a third without ties": isolates,
}


def grouped(n: int, inside: float, groups: int = 4) -> Matrix:
    """Return a kernel of equal groups, with so large a share of the ties inside."""
    own = np.arange(n) * groups // n
    same = own[:, None] == own[None, :]
    return np.where(same, inside * groups, (1 - inside) * groups / max(groups - 1, 1))


def heavier(random: Random) -> Made:
    """Ties at random, eight times as strong within groups."""
    within = grouped(60, 0.5) == grouped(60, 0.5).max()
    strengths = weights(random) * np.where(within, 8.0, 1.0)
    return drawn(scaled(np.ones((60, 60)), 8), random, strengths)


PLANTED: Mapping[str, Callable[[Random], Made]] = {
    "one mode, 75 % of ties inside": lambda r: drawn(scaled(grouped(60, 0.75), 6), r),
    "one mode, 60 % of ties inside": lambda r: drawn(scaled(grouped(60, 0.60), 6), r),
    "weighted, 75 % of ties inside": lambda r: drawn(scaled(grouped(60, 0.75), 6), r, weights(r)),
    "weighted, ties at random, 8 × as strong inside": heavier,
    "folded": lambda r: affiliations(r, 4, 0.05, among="organisation"),
    "two modes": lambda r: affiliations(r, 4, 0.05, method="bipartite"),
}


def along(random: Random, n: int, width: float, *, ring: bool = False, axes: int = 1) -> Made:
    """Nodes at random places, ties less likely with distance."""
    place = random.random((n, axes))
    apart = np.abs(place[:, None] - place[None, :])
    apart = np.minimum(apart, 1 - apart) if ring else apart
    return drawn(scaled(np.exp(-np.hypot.reduce(apart, axis=2) / width), 8), random)


def geometric(random: Random, n: int) -> Made:
    place = random.random((n, 2))
    apart = np.hypot.reduce(place[:, None] - place[None, :], axis=2)
    near = np.sort(apart[np.triu_indices(n, 1)])[4 * n]
    return drawn((apart < near).astype(float), random)


def small_world(random: Random, n: int, shuffled: float) -> Made:
    seed = int(random.integers(1 << 30))
    return WeightedGraph.from_networkx(nx.watts_strogatz_graph(n, 8, shuffled, seed=seed)), {}


def corrected(random: Random, n: int) -> Made:
    pull = np.minimum(random.pareto(2, n) + 1, 6)
    return drawn(scaled(grouped(n, 0.85) * np.outer(pull, pull), 8), random)


def caves(random: Random, n: int) -> Made:
    seed = int(random.integers(1 << 30))
    return WeightedGraph.from_networkx(nx.relaxed_caveman_graph(n // 8, 8, 0.15, seed=seed)), {}


GRADIENTS: Mapping[str, tuple[bool, Callable[[Random, int], Made]]] = {
    "ring lattice": (True, lambda r, n: small_world(r, n, 0.0)),
    "ring lattice, a tenth of the ends moved": (True, lambda r, n: small_world(r, n, 0.1)),
    "latent line": (True, lambda r, n: along(r, n, 0.05)),
    "latent ring": (True, lambda r, n: along(r, n, 0.08, ring=True)),
    "latent plane": (True, lambda r, n: along(r, n, 0.12, axes=2)),
    "geometric": (True, geometric),
    "4 groups, 90 % inside": (False, lambda r, n: drawn(scaled(grouped(n, 0.9), 8), r)),
    "4 groups, 80 % inside": (False, lambda r, n: drawn(scaled(grouped(n, 0.8), 8), r)),
    "4 groups, 70 % inside": (False, lambda r, n: drawn(scaled(grouped(n, 0.7), 8), r)),
    "8 groups, 80 % inside": (False, lambda r, n: drawn(scaled(grouped(n, 0.8, 8), 8), r)),
    "4 groups, long tail of degrees": (False, corrected),
    "caves, 15 % of ends moved": (False, caves),
}


def asked(made: Made) -> Clusters:
    source, options = made
    return clusters(source, starts=STARTS, nulls=NULLS, **options)


def percent(part: float) -> str:
    return f"{100 * part:.1f} %"


def null(arguments: argparse.Namespace) -> Iterator[list[str]]:
    lines = [
        "| family | networks | clear | weak or clear | borderless | p ≤ .05 | mean p | D | KS |",
        "|" + "---|" * 9,
    ]
    for name, make in NULL.items():
        found = [asked(make(random)) for random in seeds(arguments, name)]
        said = Counter(one.verdict for one in found)
        p = np.array([one.quality["p"] for one in found])
        # p is one of 100 steps: spread over its own, it is uniform where networks are alike.
        apart = p - np.random.default_rng(0).random(len(p)) / (1 + NULLS)
        test, n = kstest(apart, "uniform"), len(found)
        called = said["clear"] + said["weak"]
        cells = [percent(said["clear"] / n), percent(called / n), percent(said["borderless"] / n)]
        cells += [percent((p <= 0.05).mean()), f"{p.mean():.3f}"]
        cells += [f"{test.statistic:.3f}", f"{test.pvalue:.3f}"]
        lines.append(f"| {name} | {n} | {' | '.join(cells)} |")
        yield lines


def planted(arguments: argparse.Namespace) -> Iterator[list[str]]:
    lines = ["| family | networks | clear | weak | borderless | none | AMI |", "|" + "---|" * 7]
    for name, make in PLANTED.items():
        found = [asked(make(random)) for random in seeds(arguments, name)]
        said, n = Counter(one.verdict for one in found), len(found)
        cells = [percent(said[word] / n) for word in ("clear", "weak", "borderless", "none")]
        lines.append(f"| {name} | {n} | {' | '.join(cells)} | {np.mean(overlaps(found)):.2f} |")
        yield lines


def overlaps(found: list[Clusters]) -> list[float]:
    """Return how well four equal groups of 60 were found, by adjusted mutual information."""
    shares = []
    for one in found:
        table = one.table[~one.table.index.str.startswith("p")]
        number = table.index.str.replace("o", "").astype(int)
        shares.append(adjusted_mutual_information(table["cluster"].to_numpy(), number // 15))
    return shares


def gradients(arguments: argparse.Namespace) -> Iterator[list[str]]:
    lines = [
        "| family | borders | nodes | networks | p ≤ .05 | borderless, of these | right |",
        "|" + "---|" * 7,
    ]
    for n in (80, 120):
        for name, (gradual, make) in GRADIENTS.items():
            found = [asked(make(random, n)) for random in seeds(arguments, f"{name} {n}")]
            found = [one for one in found if one.quality["p"] <= 0.05]
            told = np.array([one.verdict == "borderless" for one in found])
            right = percent((told == gradual).mean()) if len(told) else "–"
            cells = ["no" if gradual else "yes", n, arguments.networks, len(found), told.sum()]
            lines.append(f"| {name} | {' | '.join(str(c) for c in cells)} | {right} |")
            yield lines


def seeds(arguments: argparse.Namespace, name: str) -> list[Random]:
    """Return a generator for each network of a family."""
    own = [arguments.seed, *name.encode()]
    return [np.random.default_rng([*own, i]) for i in range(arguments.networks)]


PARTS: Mapping[str, Callable[[argparse.Namespace], Iterator[list[str]]]] = {
    "null": null,
    "planted": planted,
    "gradients": gradients,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=[*PARTS])
    parser.add_argument("--networks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for part in arguments.part or PARTS:
        for lines in PARTS[part](arguments):
            print(lines[-1], flush=True)
            written(part, [*lines, "", f"Seed {arguments.seed}."])


def written(part: str, lines: list[str]) -> None:
    """Put the section of a part in place of the one before."""
    head = (
        f"# Calibration of verdicts on clusters\n\nWritten by `benchmarks/calibration.py`: {STARTS}"
    )
    head += f" runs and {NULLS} random networks each.\n"
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=\n## |\Z)", old, re.M | re.S))
    sections[TITLES[part]] = "\n".join(lines) + "\n"
    body = [f"\n## {title}\n\n{sections[title]}" for title in TITLES.values() if title in sections]
    RESULTS.write_text(head + "".join(body), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
