"""Pages that nobody had seen: how much of them is read, per page and per half.

    python benchmarks/reading.py FOLDER [--half open|held|all] [--missed]

FOLDER has the pages under the names in ``reading_gold.yaml``, which says where each is from and
what a careful reader found on it before the program had read it. Figures per half count all facts
of its pages together (micro-averages). Nothing is written.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from partnergraph.loaders.page.extract import read_page
from partnergraph.loaders.review.evaluate import evaluate

LEVELS = ("actors", "pairs", "ties", "periods")


def gold_of(page: dict[str, Any]) -> dict[str, Any]:
    """Return the gold standard of a page in the form that `evaluate` takes."""
    star = {k: [str(n) for n in names] for k, names in page.get("star", {}).items()}
    listed = [*(n for names in star.values() for n in names), *map(str, page.get("actors", []))]
    actors, projects = (
        [n.split("|") for n in found] for found in (listed, page.get("projects", []))
    )
    partners = [
        {"kind": kind, "source": name.split("|")[0], "target": page["publisher"]}
        for kind, names in star.items()
        for name in names
    ]
    ties = [
        dict(zip(("kind", "source", "target"), t.split("|"), strict=True))
        for t in page.get("ties", [])
    ]
    return {
        "publisher": page["publisher"],
        "actors": [{"name": n, "aliases": rest} for n, *rest in actors],
        "projects": [{"name": n, "aliases": rest} for n, *rest in projects],
        "ties": [*partners, *ties],
        "periods": [str(p) for p in page.get("periods", [])],
    }


def measured(path: Path, page: dict[str, Any]) -> pd.DataFrame:
    """Return what was found on a page, by level; every quote is in its text, word for word."""
    read = read_page(path, publisher=page["publisher"])
    assert all(read.document.text[c.start : c.end] == c.quote for c in read.candidates)
    table = evaluate([c.as_dict() for c in read.candidates], gold_of(page)).set_index("level")
    table.attrs["said"] = read.said
    return table


def line(name: str, total: pd.DataFrame) -> str:
    """Return the figures of a page or of a half as a row of a table."""
    cells = []
    for level in LEVELS:
        found, gold, right = (int(total.loc[level, c]) for c in ("found", "gold", "right"))
        score = f"{2 * right / (found + gold):.2f}" if found + gold else "-"
        cells.append(f"{score} ({right} of {gold}, {found - right} wrong)")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["open", "held", "all"], default="all")
    parser.add_argument(
        "--missed", action="store_true", help="list what was missed and what is extra"
    )
    asked = parser.parse_args()
    pages = yaml.safe_load(
        Path(__file__).with_name("reading_gold.yaml").read_text(encoding="utf-8")
    )
    print(f"| page | {' | '.join(LEVELS)} |\n|{'---|' * (len(LEVELS) + 1)}")
    for half in ("open", "held") if asked.half == "all" else (asked.half,):
        tables = {n: measured(asked.folder / n, p) for n, p in pages.items() if p["half"] == half}
        for name, table in tables.items():
            print(line(name, table))
            if asked.missed:
                shown = table.loc[list(LEVELS), ["missed", "extra"]]
                print(
                    "\n".join(
                        f"  {k} missed: {m}\n  {k} extra: {e}"
                        for k, m, e in shown.itertuples()
                        if m or e
                    )
                )
                print("\n".join(f"  said: {s}" for s in table.attrs["said"]))
        counts = ["found", "gold", "right"]
        print(line(f"**{half}**", sum(t[counts] for t in tables.values())))


if __name__ == "__main__":
    main()
