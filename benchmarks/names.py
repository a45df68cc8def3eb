"""Names of one body or of two: ours beside nomenklatura's logic-v2 and Splink, in one run.

    python benchmarks/names.py [--missed]

Neither we nor the peers chose words or weights on these sets. Who is the same is known from a
site of their own, or from a register; for each name, the two names of other bodies that look most
like it (token_sort_ratio) are the pairs that must stay apart:

- *sites*: initiatives on a map of the social economy that give one site and two names, as they are
  (some are two bodies that share a site, which nothing in their names tells);
- *register*: labels of ROR in nl, fr and en, of the half on which no words were chosen.

A sample of at most 300 bodies a set, seed 0. *Automatic* is what is merged without asking (ours:
verdict merge; the peers: from their highest round threshold with no less precision, found on the
set itself, which favours them). *Proposals* are what a person is shown (ours: .70 and more; theirs:
.70, and probability .5). *Best F* is at the threshold that suits each best on the set, which
favours all three alike; Splink has only names to learn from, and its probabilities stay low. Grants
(numbers that several bodies share) and French bodies by SIREN (six usable pairs) were tried as sets
and dropped, because who is the same was not certain in them. The curated pairs of our tests are
printed last: our rules were made with them in view.
Data are looked for in ``PARTNERGRAPH_SHARED``; a peer that is not installed is left out. What is
printed is kept in ``benchmarks/results/names.md``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from identity import SETS, chosen_on, load
from rapidfuzz import fuzz, process

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.identity.rules import REVIEW, compare

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("PARTNERGRAPH_SHARED", ROOT.parent / "shared")) / "data"
MOST, APART = 300, 2
Pair = tuple[str, str, bool]
Peer = Callable[[list[Pair]], list[float]]


def sites() -> Iterator[tuple[str, str]]:
    """Yield the site and the name of each initiative on the SUSY map of the social economy."""
    path = SHARED / "susy_sse_map" / "susy_places.geojson"
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        found = feature["properties"]
        url = (found.get("contact:website") or found.get("website") or "").lower()
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", url).partition("/")[0]
        if "." in host and "facebook" not in host and found.get("name"):
            yield host, found["name"].strip()


def register() -> Iterator[tuple[str, str]]:
    """Yield the id and each label in three languages of the clean half of the records of ROR."""
    shown, queries = load()
    yield from ((str(i), name) for i, name in enumerate(shown) if not chosen_on(i))
    yield from ((str(i), label) for i, label in queries[SETS[0]] if len(label) > 8)


def pairs_of(found: Iterator[tuple[str, str]]) -> list[Pair]:
    """Return pairs of names of one body, and of those that look most like them."""
    by_body: dict[str, dict[str, str]] = defaultdict(dict)
    for body, name in found:
        by_body[body].setdefault(fold(name), name)
    all_names = [(body, n) for body, own in sorted(by_body.items()) for n in own.values()]
    several = sorted(b for b, own in by_body.items() if len(own) > 1)
    chosen = random.Random(0).sample(several, min(MOST, len(several)))
    same = [
        (*random.Random(0).choice([*combinations(by_body[b].values(), 2)]), True) for b in chosen
    ]
    texts = [fold(n) for _, n in all_names]
    apart: list[Pair] = []
    for body, (name, *_) in zip(chosen, same, strict=True):
        near = process.extract(fold(name), texts, scorer=fuzz.token_sort_ratio, limit=12)
        others = [all_names[at][1] for *_, at in near if all_names[at][0] != body]
        apart += [(name, other, False) for other in others[:APART]]
    return [*same, *(p for p in apart if fold(p[0]) != fold(p[1]))]


def ours(found: list[Pair]) -> list[float]:
    """Score pairs with our rules, without country or kind."""
    return [compare(a, b).score for a, b, _ in found]


def logic_v2(found: list[Pair]) -> list[float]:
    """Score pairs with nomenklatura's logic-v2 as organisations."""
    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()

    def entity(number: int, name: str) -> Any:
        # What is known of an entity is kept by its id: each needs one of its own.
        made = model.make_entity("Organization")
        made.id = f"x{number}"
        made.add("name", name)
        return made

    both = [(entity(2 * i, a), entity(2 * i + 1, b)) for i, (a, b, _) in enumerate(found)]
    return [algorithm.compare(a, b, config).score for a, b in both]


def splink(found: list[Pair]) -> list[float]:
    """Score pairs with Splink: one comparison of names, trained on the names of the set."""
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    listed = sorted({n for a, b, _ in found for n in (a, b)})
    table = pd.DataFrame({"unique_id": range(len(listed)), "name": [fold(n) for n in listed]})
    table["first"] = table["name"].str[:3]
    table["last"] = table["name"].str.split().str[-1]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            library.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85, 0.75]),
            library.ExactMatch("last"),
        ],
        blocking_rules_to_generate_predictions=["1=1"],
    )
    linker = Linker(DuckDBAPI().register(table), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e5, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first"))
    predicted = linker.inference.predict(threshold_match_probability=0.0).as_pandas_dataframe()
    scores = {
        frozenset((r["unique_id_l"], r["unique_id_r"])): r["match_probability"]
        for r in predicted.to_dict("records")
    }
    number = {n: i for i, n in enumerate(listed)}
    return [float(scores.get(frozenset((number[a], number[b])), 0.0)) for a, b, _ in found]


def figures(scores: list[float], truth: list[bool], least: float) -> tuple[float, float, float]:
    """Return precision, recall and F of the pairs from a score on."""
    taken = [t for s, t in zip(scores, truth, strict=True) if s >= least]
    right, wanted = sum(taken), sum(truth)
    precision = right / len(taken) if taken else float("nan")
    recall = right / wanted if wanted else float("nan")
    return precision, recall, 2 * right / (len(taken) + wanted) if taken or wanted else 0.0


def strictest(scores: list[float], truth: list[bool]) -> float:
    """Return the lowest threshold of a peer with a precision of .99, in steps of .01."""
    steps = [s / 100 for s in range(50, 101)]
    return next((s for s in steps if figures(scores, truth, s)[0] >= 0.99), 1.01)


def line(name: str, who: str, scores: list[float], truth: list[bool], took: float) -> str:
    """Return a row of the table."""
    mine = who == "ours"
    merge = 1.0 if mine else strictest(scores, truth)
    automatic = figures(scores, truth, merge)
    shown = figures(scores, truth, 0.5 if who == "Splink" else REVIEW)
    best = max((figures(scores, truth, s)[2] for s in set(scores) if s > 0), default=0.0)
    cells = [f"{automatic[0]:.3f}", f"{automatic[1]:.2f}", *(f"{x:.2f}" for x in (*shown, best))]
    sizes = f"{sum(truth)} + {len(truth) - sum(truth)}"
    return f"| {name} | {who} | {sizes} | {' | '.join(cells)} | {took:.1f} |"


def curated() -> list[Pair]:
    """Return the pairs of our tests."""
    path = ROOT / "tests" / "loaders" / "identity" / "identity_pairs.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [(r["a"], r["b"], r["expected"] != "apart") for r in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--missed", action="store_true", help="list our wrong pairs")
    asked = parser.parse_args()
    sets = {"sites": pairs_of(sites()), "register": pairs_of(register()), "curated": curated()}
    peers: dict[str, Peer] = {"ours": ours, "logic-v2": logic_v2, "Splink": splink}
    merged, shown = ("automatic: precision", "recall"), ("proposals: precision", "recall", "F")
    head = ("set", "who", "same + apart", *merged, *shown, "best F", "seconds")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for name, found in sets.items():
        truth = [t for *_, t in found]
        for who, score in peers.items():
            started = time.process_time()
            try:
                scores = score(found)
            except ImportError:
                continue
            print(line(name, who, scores, truth, time.process_time() - started), flush=True)
            if who == "ours" and asked.missed:
                for (a, b, t), s in zip(found, scores, strict=True):
                    if (s >= REVIEW) != t:
                        why = compare(a, b).reason
                        print(f"  {'missed' if t else 'wrong'} {s:.2f} {a} | {b}: {why}")


if __name__ == "__main__":
    main()
