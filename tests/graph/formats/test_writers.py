"""Several writers of one folder, killed at random, with readers beside them.

Every writer adds a row to each of the six tables, and notes the state that it is about to save
before it saves it. So whatever a reader finds can be compared with all states that were ever
written: a mix of two would be none of them. `PARTNERGRAPH_ROUNDS=500` starts as many writers.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.formats import datapackage

ROUNDS = int(os.environ.get("PARTNERGRAPH_ROUNDS", "10"))
BLOCK = 25  # writers of one folder
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forks"),
]


def digest(eco: Ecosystem) -> str:
    tables = (eco.table(name).to_csv(index=False) for name in sorted(eco.tables))
    return hashlib.sha256("\0".join(tables).encode()).hexdigest()


def note(file: Path, words: str) -> None:
    """Append a line in one write, which the system does not mix with another's."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"{words}\n".encode())
    os.close(handle)


def noted(file: Path) -> set[str]:
    return set(file.read_text().split())


def add(folder: Path, name: str, *, killed_in: float | None = None) -> None:
    """Add a row to each table; be killed so many seconds into the save."""
    with datapackage.writing(folder, patience=300):
        eco = datapackage.load(folder)
        b = EcosystemBuilder(eco.about)
        for table, frame in eco.tables.items():
            b.add_table(table, frame)
        b.node(name, kind="organisation", name=name)
        b.tie("partner_of", "start", name)
        b.alias(name, f"the {name}")
        b.source(f"s-{name}", title=name)
        b.evidence(name, source=f"s-{name}", locator="1")
        b.judgement(name, "start", "different")
        made = b.build()
        note(folder.with_suffix(".states"), digest(made))
        if killed_in is not None:
            threading.Timer(killed_in, os.kill, (os.getpid(), signal.SIGKILL)).start()
        datapackage.save(made, folder)
    note(folder.with_suffix(".done"), name)


def fork(act: Callable[[], object]) -> int:
    """Return the process that acts, and ends with 1 where that is an error."""
    child = os.fork()
    if not child:
        code = 1
        try:
            act()
            code = 0
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    return child


def seen(folder: Path, before: set[str]) -> set[str]:
    """Return who has added, in one of the states that were written, which lost nobody."""
    try:
        eco = datapackage.load(folder)
    except UnusableInput as error:
        assert "it was changed during" in str(error)  # too busy, which is said
        return before
    found = {*eco.nodes["id"]} - {"start"}
    assert digest(eco) in noted(folder.with_suffix(".states"))
    assert before <= found
    for table, column in (("ties", "target"), ("aliases", "node"), ("evidence", "fact")):
        assert {*eco.table(table)[column]} == found, table
    return found


def read_until(folder: Path) -> None:
    found: set[str] = set()
    while not folder.with_suffix(".end").exists():
        found = seen(folder, found)
        time.sleep(0.5)


def folder_with_a_start(place: Path) -> Path:
    b = EcosystemBuilder()
    b.node("start", kind="organisation")
    eco = b.build()
    note(place.with_suffix(".states"), digest(eco))
    note(place.with_suffix(".done"), "nobody")
    return datapackage.save(eco, place)


def write_in_turn(
    folder: Path, names: list[str], *, at_once: int, kill: bool, chance: random.Random
) -> tuple[set[str], set[str]]:
    """Let writers add, so many at once, and kill half of them; return who is there, and killed.

    One half of these is killed at any moment of the time that writers took so far, which is mostly
    while they wait; the other within half a second of beginning to save.
    """
    waiting, found, killed = names[::-1], set[str](), set[str]()
    running: dict[int, tuple[str, float, float]] = {}
    took = [0.1]
    while waiting or running:
        while waiting and len(running) < at_once:
            name, now = waiting.pop(), time.monotonic()
            end = now + chance.uniform(0, 1.2 * sum(took[-9:]) / len(took[-9:]))
            way = chance.choice(["at any time", "in the save", "", ""]) if kill else ""
            late = chance.uniform(0, 0.5) if way == "in the save" else None
            pid = fork(partial(add, folder, name, killed_in=late))
            running[pid] = name, now, end if way == "at any time" else float("inf")
        for pid, (name, began, end) in list(running.items()):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del running[pid]
            if os.WIFSIGNALED(status):
                killed.add(name)
            else:
                assert status == 0
                took.append(time.monotonic() - began)
                assert name in noted(folder.with_suffix(".done"))
            if chance.random() < 0.3:
                found = seen(folder, found)
        time.sleep(0.01)
    found = seen(folder, found)
    assert noted(folder.with_suffix(".done")) - {"nobody"} <= found  # what was reported is there
    assert {*names} - killed <= found <= {*names}
    return found, killed


@pytest.mark.parametrize("at_once", [2, 4, 8])
@pytest.mark.parametrize("kill", [False, True], ids=["left alone", "killed"])
def test_the_folder_is_always_one_of_the_written_states(
    at_once: int, kill: bool, tmp_path: Path
) -> None:
    chance, counts = random.Random(at_once), Counter[str]()
    for first in range(0, ROUNDS, BLOCK):
        folder = folder_with_a_start(tmp_path / f"eco{first}")
        reader = fork(partial(read_until, folder))
        names = [f"w{number}" for number in range(first, min(first + BLOCK, ROUNDS))]
        found, killed = write_in_turn(folder, names, at_once=at_once, kill=kill, chance=chance)
        counts += Counter(killed=len(killed), lost=len(killed - found), kept=len(killed & found))
        note(folder.with_suffix(".end"), "")
        assert os.waitpid(reader, 0)[1] == 0
        add(folder, "zz")  # a killed writer is in nobody's way
        assert seen(folder, found) == found | {"zz"}
        assert not (folder / ".lock").exists()
        print(f"{first + len(names)} writers, {at_once} at once: {dict(counts)}")
    assert kill or not counts
    assert counts["lost"] or not kill or ROUNDS < BLOCK
