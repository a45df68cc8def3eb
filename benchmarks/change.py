"""Change between two records: how often "moved" is said without a change, and with one.

    python benchmarks/change.py [--pairs 200] [--draws 100]

- *none*: pairs of records of the same truth, each with 20 % non-response; "moved" should be said
  of at most 5 % of the figures.
- *not stated*: the same, where the rate is not stated but read off who responded, or assumed.
- *planted*: a share of the ties begins or ends between the two; how often the figures move.

Truths, 60 actors each: random ties; a long tail of degrees; four groups; a star with a ring; and
affiliations of 60 actors with 40 projects, folded. Non-response is of two kinds: each tie is missed
on its own; or actors do not respond, and what they report is missed.

Rewrites ``benchmarks/results/change.md``.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

from partnergraph.analysis.moments.change import LEVEL, MOVED, UNTOLD, beside_noise
from partnergraph.analysis.moments.differences import Side
from partnergraph.analysis.moments.redraw import Missing, rate_of
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/change.md"
ACTORS, PROJECTS, RATE, TOP = 60, 40, 0.2, 5
TRUTHS = ("random", "long tail", "groups", "star", "projects")
KINDS: tuple[Missing, ...] = ("ties", "respondents")
Ties = list[tuple[str, str, str]]  # from, to, who reports it


def truth(kind: str, random: np.random.Generator) -> Ties:
    """Return the ties of a network, each reported by one of its ends."""
    seed = int(random.integers(2**31))
    if kind == "projects":
        sizes = 2 + random.poisson(2, PROJECTS)
        return [
            (f"a{m}", f"p{p}", f"a{m}")
            for p in range(PROJECTS)
            for m in random.choice(ACTORS, sizes[p], replace=False)
        ]
    if kind == "random":
        graph = nx.gnm_random_graph(ACTORS, 150, seed=seed)
    elif kind == "long tail":
        graph = nx.barabasi_albert_graph(ACTORS, 2, seed=seed)
    elif kind == "groups":
        graph = nx.planted_partition_graph(4, ACTORS // 4, 0.25, 0.02, seed=seed)
    else:
        graph = nx.compose(nx.star_graph(ACTORS - 1), nx.cycle_graph(ACTORS))
    return [(f"a{a}", f"a{b}", f"a{(a, b)[random.integers(2)]}") for a, b in graph.edges]


def record(ties: Ties, missing: Missing, random: np.random.Generator) -> Ecosystem:
    """Return what is recorded of a truth where a fifth is missed; everybody stays listed."""
    silent = {f"a{a}" for a in range(ACTORS) if random.random() < RATE}
    b = EcosystemBuilder()
    for a in range(ACTORS):
        said = {"responded": "no" if f"a{a}" in silent else "yes"}
        b.node(f"a{a}", kind="organisation", **(said if missing == "respondents" else {}))
    for p in sorted({to for _, to, _ in ties if to.startswith("p")}):
        b.node(p, kind="project")
    for a, to, reporter in ties:
        lost = reporter in silent if missing == "respondents" else random.random() < RATE
        if not lost:
            kind = "participates_in" if to.startswith("p") else "partner_of"
            by = {} if kind == "participates_in" else {"reported_by": reporter}
            b.tie(kind, a, to, **by)
    return b.build()


def changed(ties: Ties, share: float, random: np.random.Generator) -> Ties:
    """Return a truth in which a share of the ties has ended (below 0) or begun (above 0)."""
    if share < 0:
        stays = random.random(len(ties)) >= -share
        return [tie for tie, kept in zip(ties, stays, strict=True) if kept]
    there, new = {frozenset(tie[:2]) for tie in ties}, []
    ends = sorted({to for _, to, _ in ties})
    while len(new) < share * len(ties):
        a, to = f"a{random.integers(ACTORS)}", ends[random.integers(len(ends))]
        if a != to and frozenset((a, to)) not in there:
            there.add(frozenset((a, to)))
            new.append((a, to, a))
    return [*ties, *new]


def verdicts(
    kind: str, missing: Missing, share: float, seed: int, draws: int, *, stated: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the verdicts on two records of a truth that changed, or not."""
    random = np.random.default_rng([seed, TRUTHS.index(kind), KINDS.index(missing)])
    before = truth(kind, random)
    after = before if share == 0 else changed(before, share, random)
    options = {"among": "organisation"} if kind == "projects" else {}
    ecos = [record(ties, missing, random) for ties in (before, after)]
    sides = tuple(Side.of(eco, None, options) for eco in ecos)
    one, other = (rate_of(eco, RATE if stated else None) for eco in ecos)
    figures, ranks = beside_noise(sides, (one, other), missing, draws, LEVEL, seed)
    return figures, ranks.head(TOP)


def without_change(pairs: int, draws: int, *, stated: bool = True) -> Iterator[dict[str, object]]:
    """Yield, by truth and kind of non-response, how often each figure is said to have moved."""
    for kind in TRUTHS:
        for missing in KINDS:
            found = [
                verdicts(kind, missing, 0.0, seed, draws, stated=stated) for seed in range(pairs)
            ]
            every = pd.concat([figures for figures, _ in found])
            places = pd.concat([ranks for _, ranks in found])
            by = every["verdict"].eq(MOVED).groupby(every["figure"], sort=False).mean()
            both = pd.concat([every["verdict"], places["verdict"]])
            yield {
                "truth": kind,
                "missed": missing,
                "pairs": pairs,
                **{str(figure): f"{share:.1%}" for figure, share in by.items()},
                f"rank of the first {TOP}": f"{places['verdict'].eq(MOVED).mean():.1%}",
                "moved": float(both.eq(MOVED).mean()),
                "cannot tell": float(both.eq(UNTOLD).mean()),
            }


def planted(pairs: int, draws: int) -> Iterator[dict[str, object]]:
    """Yield how often figures are said to have moved where a share of the ties began or ended."""
    for share in (-0.1, -0.2, -0.3, -0.5, 0.2, 0.5):
        for missing in KINDS:
            found = [
                verdicts(TRUTHS[seed % len(TRUTHS)], missing, share, seed, draws)[0]
                for seed in range(pairs)
            ]
            every = pd.concat(found)
            by = every["verdict"].eq(MOVED).groupby(every["figure"], sort=False).mean()
            what = f"{abs(share):.0%} of the ties {'ended' if share < 0 else 'began'}"
            shares = {str(figure): f"{value:.0%}" for figure, value in by.items()}
            yield {"change": what, "missed": missing, "records": pairs, **shares}


def table(rows: list[dict[str, object]]) -> str:
    """Return rows as a table in Markdown."""
    shown = [
        {k: f"{v:.1%}" if isinstance(v, float) else str(v) for k, v in row.items()} for row in rows
    ]
    lines = ["| " + " | ".join(shown[0]) + " |", "|" + "---|" * len(shown[0])]
    return "\n".join([*lines, *("| " + " | ".join(row.values()) + " |" for row in shown)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--draws", type=int, default=100)
    asked = parser.parse_args()
    begun, each = time.process_time(), max(1, asked.pairs // (len(TRUTHS) * len(KINDS)))
    none = list(without_change(each, asked.draws))
    shares = [float(str(row["moved"])) for row in none]
    told = list(without_change(each, asked.draws, stated=False))
    power = list(planted(max(len(TRUTHS), asked.pairs // 20), asked.draws))
    seconds = time.process_time() - begun
    text = f"""# Change

Written by `benchmarks/change.py`, Python {platform.python_version()},
{asked.draws} draws for each side, level {LEVEL:.0%}, {seconds:.0f} s of the processor.

## No change, and 20 % non-response in both records

Of all figures and ranks of {each * len(none)} pairs, **{np.mean(shares):.1%}** are said to
have moved; at most {LEVEL:.0%} should be.

{table(none)}

## The same, and no rate stated

Where actors are silent, the data say who responded, and the rate follows from that. Where ties are
missed one by one nothing tells, and 10 % is assumed: half of what is missed.

{table(told)}

## A share of the ties began or ended, and 20 % non-response in both records

How often a figure is said to have moved; the truths in turn.

{table(power)}
"""
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
