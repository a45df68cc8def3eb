"""Push and pull of CORDIS-size data against what a good engineer writes by hand, in one run.

Run as ``python benchmarks/neo4j.py [FOLDER WITH cordis_h2020/h2020.csv.gz] [lts|current]``; it
starts its own server and writes ``benchmarks/results/neo4j.md``. Rows are nodes and ties; times
include making rows of tables, and tables of rows. Ours also compares with what is there, and
checks what it reads; the script by hand does neither, and would not know of half a push.
"""

from __future__ import annotations

import platform
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[1]
# This file would otherwise be found where the driver of the same name is meant.
sys.path[:] = [str(ROOT), *(p for p in sys.path if Path(p).resolve() != ROOT / "benchmarks")]
ROUNDS, BATCH, GOAL = 3, 5_000, 0.8


def by_hand_push(session: Any, nodes: pd.DataFrame, ties: pd.DataFrame, mark: str) -> None:
    """Batches of UNWIND and MERGE, one statement a kind, properties as maps."""
    session.run(
        f"CREATE CONSTRAINT {mark} IF NOT EXISTS FOR (n:{mark}) REQUIRE n.id IS UNIQUE"
    ).consume()
    session.run("CALL db.awaitIndexes(300)").consume()
    for kind, some in nodes.groupby("kind"):
        send(
            session,
            f"UNWIND $rows AS r MERGE (n:{mark} {{id: r.id}}) SET n:{kind.title()}Hand, n += r",
            maps(some.drop(columns="kind")),
        )
    for kind, some in ties.groupby("kind"):
        send(
            session,
            f"UNWIND $rows AS r MATCH (a:{mark} {{id: r.source}}) "
            f"MATCH (b:{mark} {{id: r.target}}) "
            f"MERGE (a)-[e:{kind.upper()}_{mark.upper()} {{id: r.props.id}}]->(b) SET e += r.props",
            [
                {"source": row.pop("source"), "target": row.pop("target"), "props": row}
                for row in maps(some.drop(columns="kind"))
            ],
        )


def maps(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries without blanks."""
    frame = frame.dropna(axis=1, how="all")
    return [{k: v for k, v in row.items() if v == v} for row in frame.to_dict("records")]


def send(session: Any, query: str, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        session.execute_write(lambda tx, some=some: tx.run(query, rows=some).consume())


def by_hand_pull(session: Any, mark: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One statement for nodes, one for relationships; properties as maps into a table."""
    nodes = session.execute_read(
        lambda tx: [
            {"labels": r[0], **r[1]}
            for r in tx.run(f"MATCH (n:{mark}) RETURN labels(n), properties(n)")
        ]
    )
    ties = session.execute_read(
        lambda tx: [
            {"source": r[0], "target": r[1], "type": r[2], **r[3]}
            for r in tx.run(
                f"MATCH (a:{mark})-[e]->(b:{mark}) RETURN a.id, b.id, type(e), properties(e)"
            )
        ]
    )
    return pd.DataFrame(nodes), pd.DataFrame(ties)


def seconds(work: Any) -> float:
    """Return how long something takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(server: Any, eco: Any) -> dict[str, list[float]]:
    """Take turns, so that a slow minute of the machine hits both."""
    import neo4j

    from partnergraph.graph.diff import diff
    from partnergraph.graph.neo4j.store import Neo4jStore

    auth = ("neo4j", server.password)
    taken: dict[str, list[float]] = {}
    with (
        neo4j.GraphDatabase.driver(
            server.uri, auth=auth, notifications_min_severity="OFF"
        ) as driver,
        driver.session(database="neo4j") as session,
        Neo4jStore(server.uri, auth=auth) as store,
    ):
        for turn in range(ROUNDS):
            mark, ours = f"Hand{turn}", eco.with_about(name=f"cordis-{turn}")

            def note(what: str, work: Any) -> None:
                taken.setdefault(what, []).append(seconds(work))
                print(f"{what}: {taken[what][-1]:.1f} s", file=sys.stderr)

            note("push, by hand", lambda m=mark: by_hand_push(session, eco.nodes, eco.ties, m))
            note("push, ours", lambda o=ours: store.push(o))
            note("second push, ours", lambda o=ours: store.push(o))
            note("pull, by hand", lambda m=mark: by_hand_pull(session, m))
            note("pull, ours", lambda o=ours: store.pull(o.about.name))
        if diff(ours, store.pull(ours.about.name)):
            raise SystemExit("what came back is not what was pushed")
    return taken


def table(taken: dict[str, list[float]], rows: int, version: str) -> str:
    """Return the results as Markdown; the best of the rounds counts, for both sides."""
    lines = [
        "# Neo4j: push and pull against a script by hand",
        "",
        f"CORDIS Horizon 2020, {rows:,} nodes and ties, Neo4j {version} Community on the same "
        f"machine ({platform.machine()}, Python {platform.python_version()}), batches of {BATCH}, "
        f"best of {ROUNDS} rounds taken in turns. Made by `python benchmarks/neo4j.py`.",
        "",
        "| what | seconds | rows/s | all rounds, s | against by hand |",
        "|---|---|---|---|---|",
    ]
    for what, times in taken.items():
        hand = taken.get(f"{what.partition(',')[0].removeprefix('second ')}, by hand")
        ratio = f"{min(hand) / min(times):.2f}×" if hand else ""
        every = " ".join(f"{t:.1f}" for t in times)
        lines.append(
            f"| {what} | {min(times):.1f} | {rows / min(times):,.0f} | {every} | {ratio} |"
        )
    lines += [
        "",
        f"Goal: push and pull at least {GOAL}× the rows/s of the script by hand. Ours reads what "
        "is there before it writes, writes provenance too, and checks all that it pulls.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print and write the table; 1 where the goal is missed."""
    from tests.neo4j_server import LINES, serving
    from tests.real.cordis import cordis_ecosystem

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    source = folder / "cordis_h2020" / "h2020.csv.gz"
    if not source.is_file():
        print(f"skipped: there is no {source.name} in {folder.name}", file=sys.stderr)
        return 0
    line = sys.argv[2] if len(sys.argv) > 2 else "lts"
    eco = cordis_ecosystem(source)
    with serving(line) as server:
        taken = measure(server, eco)
    text = table(taken, len(eco.nodes) + len(eco.ties), LINES[line].version)
    print(text)
    (ROOT / "benchmarks" / "results" / "neo4j.md").write_text(text)
    met = all(
        min(taken[f"{what}, by hand"]) / min(taken[f"{what}, ours"]) >= GOAL
        for what in ("push", "pull")
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
