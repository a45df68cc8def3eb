"""Name matching on ROR: find a record from another of its names, only display names known.

Protocol. A register is made of the display names of all records (English or native, whichever
ROR shows). Queries are a fixed sample (seed 0) of labels and aliases that differ from the display
name after folding; acronyms are left out, for a third of them are shared. Top-1 is the share of
queries whose best candidate is their record. Then half of the register is hidden and a match is
taken from a confidence on: precision and recall of what is taken; no country, kind or alias is
used on either side. Peers choose among our candidates. The first set is what this package claims
(three languages); the others say what it does not know.

Words and weights were chosen on one half of the records (`chosen_on`). The first set is reported
for both halves: only the other half is a clean figure.

Run: ``python benchmarks/identity.py [queries]``; ROR is looked for in ``PARTNERGRAPH_SHARED``.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from partnergraph.loaders.identity.directory import Directory
from partnergraph.loaders.identity.normaliser import fold

ROOT = Path(__file__).parents[1]
SETS = (
    "labels in nl, fr, en, the other half",
    "labels in nl, fr, en, half words were chosen on",
    "labels in nl, fr, en of BE, FR, LU, NL",
    "all names in Latin script",
    "all names, all scripts",
)


def names(record: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return the display name of a record and its other names with their language, v1 and v2."""
    if "name" in record:
        others = [(alias, "") for alias in record.get("aliases", [])]
        labels = [(x["label"], x.get("iso639") or "") for x in record.get("labels", [])]
        return record["name"], others + labels
    shown = next(n["value"] for n in record["names"] if "ror_display" in n["types"])
    kinds = {"label", "alias"}
    found = [n for n in record["names"] if kinds & set(n["types"])]
    return shown, [(n["value"], n.get("lang") or "") for n in found]


def chosen_on(index: int) -> bool:
    """Say whether a record is in the half that words and weights were chosen on."""
    return random.Random(index * 7 + 1).random() < 0.5


def countries(record: dict[str, Any]) -> set[str]:
    """Return the country codes of a record, v1 and v2."""
    if "country" in record:
        return {record["country"]["country_code"]}
    return {p["geonames_details"]["country_code"] for p in record.get("locations", [])}


def load() -> tuple[list[str], dict[str, list[tuple[int, str]]]]:
    """Return display names, and queries as (record, other name) by set."""
    shared = Path(os.environ.get("PARTNERGRAPH_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / "ror" / "ror_latest_51370.jsonl.gz"
    register: list[str] = []
    queries: dict[str, list[tuple[int, str]]] = {name: [] for name in SETS}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for index, line in enumerate(file):
            record = json.loads(line)
            shown, others = names(record)
            register.append(shown)
            folded = {fold(shown)}
            for other, language in others:
                if fold(other) in folded or not fold(other):
                    continue
                folded.add(fold(other))
                queries["all names, all scripts"].append((index, other))
                if not re.search(r"[^\W\d_A-Za-z\u00c0-\u024f\u1e00-\u1eff]", other):
                    queries["all names in Latin script"].append((index, other))
                if language in ("nl", "fr", "en"):
                    queries[SETS[chosen_on(index)]].append((index, other))
                if countries(record) & {"BE", "FR", "LU", "NL"} and language in ("nl", "fr", "en"):
                    queries["labels in nl, fr, en of BE, FR, LU, NL"].append((index, other))
    return register, queries


def main() -> None:
    """Measure ours and two peers, print a table, and keep it."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    register, queries = load()
    started = time.perf_counter()
    directory = Directory(register)
    built = time.perf_counter() - started
    same = defaultdict(set)
    for index, name in enumerate(register):
        same[fold(name)].add(index)
    lines = [
        "| queries | number | ours, top-1 | token_set | Jaro-Winkler |",
        "|---|---|---|---|---|",
    ]
    for name in SETS:
        asked = random.Random(0).sample(queries[name], min(size, len(queries[name])))
        right = top1(directory, register, asked, same)
        shares = " | ".join(f"{count / len(asked):.3f}" for count in right)
        lines.append(f"| {name} | {len(asked)} of {len(queries[name])} | {shares} |")
    lines += ["", f"{len(register)} names: {built:.0f} s to index."]
    asked = random.Random(0).sample(queries[SETS[0]], min(size, len(queries[SETS[0]])))
    lines += hidden(register, asked)
    print("\n".join(lines))
    out = ROOT / "benchmarks" / "results" / "identity.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("# Identity on ROR\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


def top1(
    directory: Directory,
    register: list[str],
    asked: list[tuple[int, str]],
    same: dict[str, set[int]],
) -> tuple[int, int, int]:
    """Count the queries that each method answers rightly."""
    ours = token_set = jaro = 0
    for record, name in asked:
        truth = same[fold(register[record])]
        folded = fold(name)
        found = directory.candidates(name, most=50)
        best = directory.guess(name)
        ours += best is not None and best.position in truth
        by_set = max(
            found, key=lambda i: fuzz.token_set_ratio(folded, fold(register[i])), default=-1
        )
        by_jaro = max(
            found, key=lambda i: JaroWinkler.similarity(folded, fold(register[i])), default=-1
        )
        token_set += by_set in truth
        jaro += by_jaro in truth
    return ours, token_set, jaro


def hidden(register: list[str], asked: list[tuple[int, str]]) -> list[str]:
    """Hide half of the register; say precision and recall by threshold."""
    stays = {i for i in range(len(register)) if random.Random(i).random() < 0.5}
    order = sorted(stays)
    directory = Directory([register[i] for i in order])
    taken = []
    for record, name in asked:
        found = directory.guess(name)
        if found:
            right = fold(register[order[found.position]]) == fold(register[record])
            taken.append((found.confidence, right))
    there = sum(record in stays for record, _ in asked)
    lines = ["", "| from confidence | precision | recall |", "|---|---|---|"]
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        kept = [right for confidence, right in taken if confidence >= threshold]
        precision = sum(kept) / len(kept) if kept else float("nan")
        lines.append(f"| {threshold:.2f} | {precision:.3f} | {sum(kept) / there:.3f} |")
    return lines


if __name__ == "__main__":
    main()
