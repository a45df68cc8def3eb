"""Does a recommendation find the partners that came? Real hold-outs, with their baselines.

    python benchmarks/recommendation.py [--part cordis|dpga] [--sources 400]

- *cordis*: Horizon 2020; predictors see the participations that began before 2017, and are asked
  for the partners with whom an organisation first shares a project from 2017 on. Fields are the
  parts of the programme of its projects before 2017. Precision@10 over a sample of organisations.
- *dpga*: owners, maintainers, funders and implementers of digital public goods, undated: a fifth
  of the roles is hidden at random, several times. Fields are the development goals of their goods.

The page says where no predictor does better than naming whoever is best tied.
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.analysis import prediction
from partnergraph.analysis.prediction import BY_FIELDS, Hidden, Known, Trial
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA

RESULTS = Path(__file__).parent / "results" / "recommendation.md"
SPLIT = "2017-01-01"


def cordis(path: Path, parts: Path) -> Ecosystem:
    """Participations, with the programme's parts as fields that an organisation is active in."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["NA"])
    programme = pd.read_csv(parts, dtype=str).drop_duplicates()
    builder = EcosystemBuilder(name="cordis")
    fields = pd.Series(sorted(programme["programme_part"].unique()))
    slugs = {f: "f-" + re.sub("[^a-z0-9]+", "-", f.lower()).strip("-") for f in fields}
    known = rows.merge(programme, on="rcn")
    active = known.sort_values("start_date").drop_duplicates(["pic", "programme_part"])
    for kind, ids in (
        ("organisation", "o" + rows["pic"].drop_duplicates()),
        ("project", "p" + rows["rcn"].drop_duplicates()),
        ("capability", pd.Series(list(slugs.values()))),
    ):
        table = pd.DataFrame({"id": ids, "kind": kind, "name": ids})
        builder.add_table("nodes", table, file=path.name)
    ties = pd.DataFrame(
        {
            "kind": ["participates_in"] * len(rows) + ["active_in"] * len(active),
            "source": ["o" + p for p in (*rows["pic"], *active["pic"])],
            "target": ["p" + p for p in rows["rcn"]] + [slugs[f] for f in active["programme_part"]],
            "start": [*rows["start_date"], *active["start_date"]],
        }
    )
    builder.add_table("ties", ties, file=path.name)
    return builder.build()


def before_2017(eco: Ecosystem) -> Hidden:
    """Show what began before 2017, ask for the new pairs among those who were there."""
    whole = Known.of(eco, {})
    early = eco.ties["start"].fillna("") < SPLIT
    known = Known.of(eco.keep_ties(early), {})
    return Hidden(known, prediction._new_pairs(whole, known), f"what began from {SPLIT} on")


def dpga(path: Path) -> Ecosystem:
    """Organisations and the goods they own, maintain, fund or implement; goals as fields."""
    builder = EcosystemBuilder(name="dpga")
    seen: set[str] = set()

    def node(name: str, kind: str) -> str:
        slug = f"{kind[0]}-" + re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        if slug not in seen:
            seen.add(slug)
            builder.node(slug, kind=kind, name=name)
        return slug

    ties: set[tuple[str, str, str]] = set()
    with tarfile.open(path) as archive:
        members = sorted((m for m in archive if m.name.endswith(".json")), key=lambda m: m.name)
        for member in members:
            stream = archive.extractfile(member)
            record = json.loads(stream.read()) if stream else {}
            if not isinstance(record, dict) or not record.get("name"):
                continue
            good = node(record["name"], "project")
            goals = [g["SDGNumber"] for g in _goals(record) if g.get("SDGNumber")]
            for actor in record.get("organizations") or []:
                who = node(str(actor["name"]), "organisation")
                ties.add(("participates_in", who, good))
                ties |= {("active_in", who, node(f"goal {g}", "capability")) for g in goals}
    for kind, source, target in sorted(ties):
        builder.tie(kind, source, target)
    return builder.build()


def _goals(record: dict[str, Any]) -> list[dict[str, Any]]:
    found = record.get("SDGs") or record.get("sdgs") or []
    listed = found.get("sdg", []) if isinstance(found, dict) else found
    return [goal for goal in listed if isinstance(goal, dict)]


def table(trial: Trial, rows: pd.DataFrame) -> list[str]:
    """Lay out what each predictor found, the best first, with the baselines."""
    if not trial.precision:
        return [trial.in_words()]
    shown = dict(sorted(trial.precision.items(), key=lambda item: -item[1]))
    lines = [f"| predictor | precision@{trial.k} |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {value:.4f} |" for name, value in shown.items()]
    lines.append(f"| drawing lots | {trial.chance:.4f} |")
    for name in BY_FIELDS:
        dealt = [c for c in rows.columns if c.startswith(f"{name} dealt")]
        if dealt:
            value = float(rows[dealt].mean().mean())
            lines.append(f"| {name.replace('_', ' ')}, fields dealt anew | {value:.4f} |")
    return [*lines, "", trial.in_words()]


def run_cordis(arguments: argparse.Namespace) -> list[str]:
    path = Path(arguments.cordis)
    start = time.perf_counter()
    eco = cordis(path, path.with_name("programme_parts.csv.gz"))
    return _judged(eco, [before_2017(eco)], arguments, start)


def run_dpga(arguments: argparse.Namespace) -> list[str]:
    start = time.perf_counter()
    eco = dpga(Path(arguments.dpga))
    return _judged(eco, prediction.hold_out(eco, {}), arguments, start)


def _judged(
    eco: Ecosystem, hidden: list[Hidden], arguments: argparse.Namespace, start: float
) -> list[str]:
    prediction.MOST_SOURCES = arguments.sources
    random = np.random.default_rng([0, 2])
    rows = pd.DataFrame([r for part in hidden for r in prediction._found(part, 10, random)])
    trial = prediction.judged(eco, {}, rows, hidden[0].how, k=10, seed=0)
    counts = eco.nodes["kind"].value_counts()
    seconds = time.perf_counter() - start
    said = ", ".join(f"{n:,} {kind}" for kind, n in counts.items())
    partners = Known.of(eco, {}).degrees
    said += f"; {partners.sum() / 2:,.0f} pairs have something in common"
    lines = [f"{said}; {seconds:.0f} s.", "", *table(trial, rows)]
    if not trial.precision:
        lines += ["", _why_not(eco)]
    return lines


def _why_not(eco: Ecosystem) -> str:
    """Say why nothing can be hidden: who shares one project only has nobody left without it."""
    ties = eco.ties[eco.ties["kind"].isin(SCHEMA.folding)]
    ties = ties.drop_duplicates(["source", "target"])
    shared = ties[ties.groupby("target")["source"].transform("size") > 1]
    times = shared["source"].value_counts()
    return (
        f"A hold-out is not possible here. {shared['target'].nunique()} projects are shared, and "
        f"{(times == 1).sum()} of the {len(times)} actors who share any share one only: where that "
        "is hidden, nothing is left to go by."
    )


PARTS = {"cordis": run_cordis, "dpga": run_dpga}
TITLES = {"cordis": "CORDIS, before and after 2017", "dpga": "Roles in digital public goods"}


def write(part: str, lines: list[str]) -> None:
    """Put a part's section into the page, in the place of its last one."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S))
    sections[TITLES[part]] = "\n".join(lines)
    body = "\n\n".join(
        f"## {title}\n\n{sections[title].strip()}" for title in TITLES.values() if title in sections
    )
    head = "# Recommendation\n\nWritten by `benchmarks/recommendation.py`.\n\n"
    RESULTS.write_text(head + body + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=list(PARTS), action="append")
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--cordis", default="../shared/data/cordis_h2020/h2020.csv.gz")
    parser.add_argument("--dpga", default="../shared/data/dpga/dpga_nominees_and_goods.tar.gz")
    arguments = parser.parse_args()
    for part in arguments.part or list(PARTS):
        lines = PARTS[part](arguments)
        print("\n".join([f"## {TITLES[part]}", "", *lines, ""]))
        write(part, lines)


if __name__ == "__main__":
    main()
