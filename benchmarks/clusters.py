"""Clusters that may say none: random networks, planted groups, karate, and CORDIS with its time.

    python benchmarks/clusters.py [--part NAME]… [--seeds 100] [--cordis CSV]

- *erdos_renyi*, *configuration*, *folded*: 100 networks each, of random ties, of random ties with a
  long tail of degrees, of random affiliations; the verdict must be none in at least 95.
- *planted*: 4 × 50 nodes, ties within and between groups at .30/.02, .20/.05, .12/.06; adjusted
  mutual information with what was planted. Beside it networkx' Louvain, best of 20 runs.
- *known*: karate and Davis, optimum and seconds.
- *cordis*: Horizon 2020 folded to organisations, 5 runs and 99 random networks.

Each part rewrites its section of ``benchmarks/results/clusters.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.partitions.agreement import adjusted_mutual_information
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.weighted_graph import WeightedGraph

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/clusters.md"
TITLES = {
    "erdos_renyi": "Erdős–Rényi graphs: there are no clusters",
    "configuration": "Configuration models: there are no clusters",
    "folded": "Random affiliations, folded: there are no clusters",
    "planted": "Planted groups",
    "known": "Karate and Davis",
    "cordis": "CORDIS",
}
VERDICTS = ("none", "borderless", "weak", "clear")


def erdos_renyi(seed: int) -> WeightedGraph:
    """100 nodes with six ties each on average."""
    return WeightedGraph.from_networkx(nx.gnp_random_graph(100, 0.06, seed=seed))


def configuration(seed: int) -> WeightedGraph:
    """100 nodes with a long tail of degrees, at most 25."""
    random = np.random.default_rng(seed)
    degrees = np.minimum(random.zipf(2.0, 100) + 1, 25)
    degrees[0] += degrees.sum() % 2
    graph = nx.Graph(nx.configuration_model(degrees.tolist(), seed=seed))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return WeightedGraph.from_networkx(graph)


def folded(seed: int) -> Ecosystem:
    """100 organisations in 60 projects of five, who is where being chance alone."""
    random = np.random.default_rng(seed)
    b = EcosystemBuilder(name="random")
    for i in range(100):
        b.node(f"o{i:02d}", kind="organisation")
    for p in range(60):
        b.node(f"p{p:02d}", kind="project")
        for i in random.choice(100, 5, replace=False):
            b.tie("participates_in", f"o{i:02d}", f"p{p:02d}")
    return b.build()


RANDOM: dict[str, tuple[Callable[[int], WeightedGraph | Ecosystem], dict[str, str]]] = {
    "n = 100, p = .06": (erdos_renyi, {}),
    "n = 100, long tail of degrees": (configuration, {}),
    "100 organisations in 60 projects of five": (folded, {"among": "organisation"}),
}


def random_networks(arguments: argparse.Namespace, kind: str) -> list[str]:
    lines = [
        f"| networks | {' | '.join(VERDICTS)} | p ≤ .1 | p ≤ .25 | p ≤ .5 | seconds each |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, (make, options) in RANDOM.items():
        if make.__name__ != kind:
            continue
        start = time.process_time()
        answers = [clusters(make(seed), nulls=199, **options) for seed in range(arguments.seeds)]
        each = (time.process_time() - start) / arguments.seeds
        said = Counter(answer.verdict for answer in answers)
        counts = " | ".join(str(said[word]) for word in VERDICTS)
        p = np.array([answer.quality["p"] for answer in answers])
        below = " | ".join(str(int((p <= alpha).sum())) for alpha in (0.1, 0.25, 0.5))
        lines.append(f"| {name}, {arguments.seeds} seeds | {counts} | {below} | {each:.2f} |")
    return [*lines, "", "Seconds are those of the processor, the random networks included."]


def planted(arguments: argparse.Namespace) -> list[str]:
    seeds, verdicts = max(1, arguments.seeds // 5), ", ".join(VERDICTS)
    lines = [
        f"| within / between | seeds | AMI mean | least | {verdicts} | Louvain AMI mean |",
        "|---|---|---|---|---|---|",
    ]
    truth = np.repeat(np.arange(4), 50)
    for within, between in ((0.3, 0.02), (0.2, 0.05), (0.12, 0.06)):
        found, rivals, said = [], [], Counter()
        for seed in range(seeds):
            graph = nx.random_partition_graph([50] * 4, within, between, seed=seed)
            network = WeightedGraph.from_networkx(graph)
            divided = clusters(network, nulls=199)
            said[divided.verdict] += 1
            labels = divided.table["cluster"].reindex(list(network.ids)).to_numpy()
            found.append(adjusted_mutual_information(labels, truth))
            runs = [nx.community.louvain_communities(graph, seed=s) for s in range(20)]
            best = max(runs, key=lambda groups: nx.community.modularity(graph, groups))
            rival = np.zeros(200, dtype=int)
            for c, group in enumerate(best):
                rival[list(group)] = c
            rivals.append(adjusted_mutual_information(rival, truth))
        verdicts = ", ".join(str(said[word]) for word in VERDICTS)
        lines.append(
            f"| {within} / {between} | {seeds} | {np.mean(found):.3f} | {min(found):.3f} | "
            f"{verdicts} | {np.mean(rivals):.3f} |"
        )
    return lines


def known(_: argparse.Namespace) -> list[str]:
    lines = [
        "| network | quality | optimum known | z | verdict | seconds |",
        "|---|---|---|---|---|---|",
    ]
    davis = EcosystemBuilder(name="davis")
    graph = nx.davis_southern_women_graph()
    for node, data in graph.nodes(data=True):
        kind = "organisation" if data["bipartite"] == 0 else "project"
        davis.node(re.sub("[^a-z0-9]", "-", node.lower()), kind=kind)
    for woman, event in graph.edges:
        ends = (re.sub("[^a-z0-9]", "-", end.lower()) for end in (woman, event))
        davis.tie("participates_in", *ends)
    sources = {
        "karate": (WeightedGraph.from_networkx(nx.karate_club_graph()), {}, 0.4197896121),
        "Davis, as an affiliation": (davis.build(), {"method": "bipartite"}, 0.3455371796),
    }
    for name, (source, options, optimum) in sources.items():
        start = time.perf_counter()
        divided = clusters(source, **options)
        seconds = time.perf_counter() - start
        quality = divided.quality
        lines.append(
            f"| {name} | {quality['best']:.10f} | {optimum} | {quality['z']:.1f} | "
            f"{divided.verdict} | {seconds:.1f} |"
        )
    return lines


def cordis(arguments: argparse.Namespace) -> list[str]:
    sys.path.insert(0, str(ROOT))
    from tests.real.cordis import cordis_ecosystem

    eco = cordis_ecosystem(Path(arguments.cordis))
    lines = [
        "| network | nodes | pairs | clusters | modularity | random networks | z | verdict | "
        "stability, median | seconds | seconds of the processor |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    start, used = time.perf_counter(), time.process_time()
    divided = clusters(eco, among="organisation", starts=5, nulls=arguments.nulls)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    table, quality = divided.table, divided.quality
    network = table.attrs["network"]
    lines.append(
        f"| organisations, folded | {network['nodes']:,} | {network['pairs']:,} | "
        f"{len(divided.clusters):,} | {quality['value']:.4f} | {quality['nulls']}: "
        f"{quality['null_mean']:.4f} ± {quality['null_sd']:.4f} | {quality['z']:.0f} | "
        f"{divided.verdict} | {table['stability'].median():.2f} | {seconds:.0f} | "
        f"{used:.0f} |"
    )
    return [*lines, "", f"5 runs each. {divided.verdict_in_words}"]


PARTS: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    **{make.__name__: partial(random_networks, kind=make.__name__) for make, _ in RANDOM.values()},
    "planted": planted,
    "known": known,
    "cordis": cordis,
}


def write(part: str, lines: list[str]) -> None:
    """Put a part's section into the page, in the place of its last one."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S))
    sections[TITLES[part]] = "\n".join([*lines, ""]) + "\n"
    head = "# Clusters\n\nWritten by `benchmarks/clusters.py`, "
    head += f"{os.cpu_count()} cores, Python {platform.python_version()}.\n\n"
    body = "".join(
        f"## {title}\n\n{sections[title].rstrip()}\n\n"
        for title in TITLES.values()
        if title in sections
    )
    RESULTS.write_text((head + body).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=list(PARTS), action="append")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--nulls", type=int, default=99, help="of CORDIS")
    parser.add_argument("--cordis", default="../shared/data/cordis_h2020/h2020.csv.gz")
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    arguments = parser.parse_args()
    for part in arguments.part or list(PARTS):
        lines = PARTS[part](arguments)
        print("\n".join([f"## {TITLES[part]}", "", *lines, ""]))
        if not arguments.dry:
            write(part, lines)


if __name__ == "__main__":
    main()
