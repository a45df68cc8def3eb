"""Loading tables: reading 200,000 rows against pandas itself, and CORDIS through its mapping.

    python benchmarks/loading.py [--rows 200000] [--cordis H2020.csv.gz]

Both read the same columns of the same file in the same process, in turn, best of several; pandas
reads text (``dtype=str``), which is what a mapping starts from. What follows (ids, dates, receipts,
checks, sorting) has no counterpart in pandas and is reported beside it. The table goes to
``benchmarks/results/loading.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from partnergraph.loaders import registers
from partnergraph.loaders.build import build_into
from partnergraph.loaders.tables import read as tables
from partnergraph.loaders.tables.mapping_file import parse_mapping
from partnergraph.loaders.tables.sheets.read import read_sheets

RESULTS = Path(__file__).parent / "results" / "loading.md"
MAPPING = """
tables:
  - nodes:
      organisation: {id: {column: member, prefix: m}, name: name, country: country}
      project: {id: {column: project, prefix: p}}
    ties:
      - {kind: participates_in, source: organisation, target: project, role: role,
         amount: amount, start: start}
"""


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Draw participations: names, countries as people spell them, amounts, dates."""
    random = np.random.default_rng(seed)
    member = random.integers(0, rows // 5, rows)
    spellings = np.array(["Belgium", "BE", "Österreich", "FR", "UK", "nl"])
    return pd.DataFrame(
        {
            "member": member,
            "name": "Organisation " + pd.Series(member).astype(str),
            "country": spellings[member % len(spellings)],
            "project": random.integers(0, rows // 8, rows),
            "role": np.array(["lead", "partner"])[random.integers(0, 2, rows)],
            "amount": random.integers(1_000, 900_000, rows),
            "start": pd.Timestamp("2014-01-01")
            + pd.to_timedelta(random.integers(0, 2_000, rows), unit="D"),
        }
    )


def best(runs: int, *each: Callable[[], Any]) -> list[float]:
    """Return the least time of each, run in turn so that what disturbs one disturbs all."""
    times = [[0.0] * runs for _ in each]
    for turn in range(runs):
        for position, run in enumerate(each):
            started = time.process_time()
            run()
            times[position][turn] = time.process_time() - started
    return [min(found) for found in times]


def reading(path: Path, rows: int) -> list[str]:
    """Time reading, mapping and building of one file."""
    mapping = parse_mapping(MAPPING, "benchmark")
    theirs, ours = best(7, lambda: pd.read_csv(path, dtype=str), lambda: read_sheets([path]))
    drafts: list[Any] = []
    (mapped,) = best(1, lambda: drafts.append(tables.read(path, mapping=mapping)))
    (made,) = best(1, lambda: drafts[0].builder.build(errors="set_aside"))
    return [
        f"| pandas, `read_csv(dtype=str)`, {rows:,} rows, 7 columns | {theirs:.2f} | 1 |",
        f"| ours, the same: encoding, delimiter, header found | {ours:.2f} | {ours / theirs:.2f} |",
        f"| … and mapped to nodes, ties, receipts | {mapped:.2f} | {mapped / theirs:.1f} |",
        f"| … then checked, sorted: an ecosystem | +{made:.2f} | +{made / theirs:.1f} |",
    ]


def cordis(path: Path) -> list[str]:
    """Time the register from its file to an ecosystem."""
    started = time.process_time()
    eco = registers.read("cordis", path).builder.build(errors="set_aside")
    seconds = time.process_time() - started
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    words = f"{len(eco):,} nodes, {len(eco.ties):,} ties, {len(eco.evidence):,} receipts"
    with TemporaryDirectory() as folder:
        started = time.process_time()
        build_into([path], Path(folder) / "eco")
        whole = time.process_time() - started
    return [
        f"| CORDIS through its mapping: {words} | {seconds:.1f} | {used:.2f} GB at most |",
        f"| … the whole of `build`: also warned of and saved as CSV | {whole:.1f} | |",
    ]


def main() -> None:
    """Run what was asked for and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    shared = Path(os.environ.get("PARTNERGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
    parser.add_argument("--cordis", type=Path, default=shared / "data/cordis_h2020/h2020.csv.gz")
    options = parser.parse_args()
    note = "Written by `benchmarks/loading.py`; seconds of one processor (all of it runs on one)."
    lines = ["# Loading", "", note, ""]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines += [f"{machine}, pandas {pd.__version__}.", ""]
    lines += ["| what | seconds | of pandas' time |", "|---|---|---|"]
    if options.cordis.exists():
        lines += cordis(options.cordis)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        table(options.rows).to_csv(path, index=False)
        lines += reading(path, options.rows)
    text = "\n".join([*lines, ""])
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
