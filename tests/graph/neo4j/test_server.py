"""Everything that only a real server can show, on both lines of Neo4j."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partnergraph as pg
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.diff import diff
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import ServerRefused, ServerUnavailable, UnknownName, UnusableInput
from partnergraph.graph.neo4j import connection as neo4j_door
from partnergraph.graph.neo4j.admin_import import emit
from partnergraph.graph.neo4j.rows import part
from partnergraph.graph.neo4j.store import Neo4jStore
from partnergraph.loaders.neo4j_source import GraphMapping, read
from tests.graph.neo4j.ecosystems import HOSTILE_OWN, OWN_NAMES, awkward, generated
from tests.neo4j_server import Server, server

__all__ = ["server"]
pytestmark = [pytest.mark.neo4j, pytest.mark.slow]
POINTS = 20 if os.environ.get("PARTNERGRAPH_PROFILE") == "accept" else 1
DOCS = Path(pg.__file__).parent / "docs" / "neo4j.md"


# -- what the tests see of the database, without our own code ----------------------------------


def run(server: Server, query: str, **parameters: Any) -> list[Any]:
    import neo4j

    auth = ("neo4j", server.password)
    with (
        neo4j.GraphDatabase.driver(
            server.uri, auth=auth, notifications_min_severity="OFF"
        ) as driver,
        driver.session(database="neo4j") as session,
    ):
        return [record.values() for record in session.run(query, parameters)]


def dump(server: Server, where: str = "true") -> list[str]:
    """Return everything in the database, in one order, without when and how often it was pushed."""
    nodes = run(server, f"MATCH (n) WHERE {where} RETURN labels(n), properties(n)")
    ties = run(
        server,
        f"MATCH (n)-[e]->(m) WHERE {where} "
        "RETURN type(e), properties(e), properties(n), properties(m)",
    )
    for row in [*nodes, *ties]:
        for cell in row:
            if isinstance(cell, dict):
                cell.pop("finished", None)
                cell.pop("run", None)
    nodes = [[sorted(labels), properties] for labels, properties in nodes]
    return sorted(json.dumps(row, sort_keys=True) for row in [*nodes, *ties])


def fingerprint(server: Server) -> str:
    return hashlib.sha256("\n".join(dump(server)).encode()).hexdigest()


def wipe(server: Server) -> None:
    run(server, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")


@pytest.fixture
def store(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jStore]:
    monkeypatch.setattr(neo4j_door, "PATIENCE", 2.0)
    wipe(server)
    with connected(server) as opened:
        yield opened


@pytest.fixture
def full(server: Server) -> None:
    """Run on the older line only, except with the full counts."""
    if POINTS == 1 and server.line.part != "neo4j":
        pytest.skip("on this line with the full counts only (PARTNERGRAPH_PROFILE=accept)")


def connected(server: Server) -> Neo4jStore:
    return Neo4jStore(server.uri, auth=("neo4j", server.password))


# -- nothing lost ------------------------------------------------------------------------------

ECOSYSTEMS: dict[str, Callable[[], Ecosystem]] = {
    "smart": lambda: pg.load(pg.example("smart")),
    "awkward": awkward,
    "generated": lambda: generated(2_000),
    "empty": lambda: Ecosystem({}, pg.About(name="empty")),
}


def by_folder(eco: Ecosystem, folder: Path, store: Neo4jStore) -> Ecosystem:
    return pg.load(pg.save(eco, folder / "eco"))


def by_networkx(eco: Ecosystem, folder: Path, store: Neo4jStore) -> Ecosystem:
    return pg.from_networkx(pg.to_networkx(eco))


def by_neo4j(eco: Ecosystem, folder: Path, store: Neo4jStore) -> Ecosystem:
    store.push(eco)
    return store.pull()


@pytest.mark.parametrize("name", ECOSYSTEMS)
@pytest.mark.parametrize("form", [by_folder, by_networkx, by_neo4j])
def test_every_form_gives_back_what_it_got(
    form: Callable[..., Ecosystem], name: str, store: Neo4jStore, tmp_path: Path
) -> None:
    eco = ECOSYSTEMS[name]()
    back = form(eco, tmp_path, store)
    assert diff(eco, back).as_frame().values.tolist() == []
    kinds = {c: eco.nodes[c].dtype for c in eco.nodes.columns if eco.nodes[c].notna().any()}
    assert {c: back.nodes[c].dtype for c in kinds} == kinds


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_a_second_push_writes_nothing(name: str, store: Neo4jStore, server: Server) -> None:
    eco = ECOSYSTEMS[name]()
    first = store.push(eco)
    assert first.written["constraints_added"] <= 1
    assert first.written["nodes_created"] > 0
    before = run(server, "MATCH (n) RETURN sum(n.run), collect(n.finished)")
    second = store.push(eco)
    assert second.written == {}
    assert second.changes == 0
    assert run(server, "MATCH (n) RETURN sum(n.run), collect(n.finished)") == before
    assert store.push(eco, replace=True).written == {}


def test_labels_types_and_properties_are_those_of_the_vocabulary(
    store: Neo4jStore, server: Server, smart: Ecosystem
) -> None:
    store.push(smart)
    [[labels, name]] = run(server, "MATCH (n {key: 'smart:cesep'}) RETURN labels(n), n.name")
    assert set(labels) == {"Partnergraph", "Organisation", "Actor"}
    assert name == smart.name_of["cesep"]
    [[labels]] = run(server, "MATCH (n {key: 'smart:belgium'}) RETURN labels(n)")
    assert set(labels) == {"Partnergraph", "Place"}
    members = run(
        server, "MATCH (a:Actor)-[e:MEMBER_OF]->(n:Network) RETURN a.id, n.id, e.id ORDER BY e.id"
    )
    ties = smart.ties[smart.ties["kind"] == "member_of"]
    assert members == ties[["source", "target", "id"]].values.tolist()
    cited = run(server, "MATCH (:Evidence)-[:CITES]->(s:Source) RETURN s.id, count(*)")
    assert cited == [["smart-partners-page", len(smart.evidence)]]


# -- what differs is written, and only that ----------------------------------------------------


def two_versions() -> tuple[Ecosystem, Ecosystem]:
    """Return an ecosystem before and after: changed, moved, retyped, gone and new."""
    before, after = EcosystemBuilder(name="e"), EcosystemBuilder(name="e", title="New")
    for b in (before, after):
        for id in ("a", "b", "c"):
            b.node(id, kind="organisation", name=id)
        b.source("s", title="S")
    before.node("n", kind="network", name="N", level="local", own_column=1, gone_column="x")
    after.node("n", kind="project", name="M", own_column=True)
    before.node("d", kind="place", name="D")
    before.tie("partner_of", "a", "b", id="t", trust=3, status="declared")
    after.tie("partner_of", "b", "c", id="t", trust=3)
    before.tie("member_of", "a", "n", id="u")
    after.tie("participates_in", "a", "n", id="u", role="lead")
    before.tie("located_in", "a", "d", id="v")
    before.alias("a", "A", kind="acronym")
    after.alias("a", "A", kind="former")
    before.evidence("t", source="s", quote="old")
    after.evidence("t", source="s", quote="new")
    before.evidence("d", source="s")
    before.judgement("a", "d", "different", by="x")
    after.judgement("a", "d", "same", by="x")
    return before.build(), after.build()


def test_a_push_of_a_changed_ecosystem_brings_the_database_to_it(
    store: Neo4jStore, server: Server
) -> None:
    before, after = two_versions()
    store.push(after)
    clean = dump(server)
    wipe(server)
    store.push(before)
    pushed = store.push(after, replace=True)
    assert dump(server) == clean
    assert not diff(after, store.pull())
    assert pushed.counts["ties"] == {"created": 0, "changed": 2, "unchanged": 0, "removed": 1}
    assert pushed.counts["nodes"] == {"created": 0, "changed": 1, "unchanged": 3, "removed": 1}
    assert store.push(after, replace=True).written == {}


def test_without_replace_what_the_ecosystem_lacks_stays_and_is_said(store: Neo4jStore) -> None:
    before, after = two_versions()
    store.push(before)
    pushed = store.push(after)
    assert pushed.counts["nodes"]["left"] == pushed.counts["ties"]["left"] == 1
    assert any("--replace" in words for words in pushed.in_words())
    kept = store.pull()
    assert set(kept.nodes["id"]) == {"a", "b", "c", "d", "n"}
    assert store.push(after).written == {}


def test_what_somebody_changed_by_hand_is_seen_and_put_right(
    store: Neo4jStore, server: Server, smart: Ecosystem
) -> None:
    store.push(smart)
    run(
        server, "MATCH (n {key: 'smart:cesep'}) SET n.name = 'Other', n:Place REMOVE n:Organisation"
    )
    run(server, "MATCH ()-[e:LOCATED_IN]->() WITH e LIMIT 1 DELETE e")
    run(server, "MATCH (:Alias)-[l:NAMES]->() WITH l LIMIT 1 DELETE l")
    found = store.status(against=smart).differences
    assert found
    assert len(found.tables["ties"].removed) == 1
    pushed = store.push(smart)
    assert pushed.counts["nodes"]["changed"] == pushed.counts["ties"]["created"] == 1
    assert pushed.counts["aliases"]["changed"] == 1
    assert not store.status(against=smart).differences


def test_a_dry_run_writes_nothing(store: Neo4jStore, server: Server, smart: Ecosystem) -> None:
    before = dump(server)
    pushed = store.push(smart, dry_run=True)
    assert dump(server) == before == []
    assert pushed.written == {}
    assert pushed.counts["nodes"]["created"] == len(smart.nodes)
    assert sum(n for text, n in pushed.statements.items() if "MERGE (a)-" in text) == len(
        smart.ties
    )
    assert any("UNWIND $rows" in words for words in pushed.in_words())


# -- other people's data -----------------------------------------------------------------------


def test_what_others_have_in_the_database_stays_untouched(
    store: Neo4jStore, server: Server, smart: Ecosystem
) -> None:
    run(
        server,
        "CREATE (a:Organisation:Actor {id: 'cesep', name: 'mine'}), "
        "(b:Partnergraph {name: 'no key'}), "
        "(c {key: 'smart:cesep', id: 'cesep'}), (d:Ecosystem {name: 'smart'}), (a)-[:MEMBER_OF "
        "{key: 'smart:x'}]->(c), (b)-[:PARTNER_OF]->(d), "
        "(e:Alias:Evidence {key: 'smart/aliases:1'})",
    )
    store.push(smart.with_about(name="smart-2"))
    # Relationships of others that hang on our nodes, one of them of a type of ours.
    run(
        server,
        "MATCH (n {key: 'smart-2:cesep'}), (m {key: 'smart-2:bigre'}) CREATE (n)<-[:LIKES]-"
        "(:Person {name: 'P'}), (n)-[:MEMBER_OF {since: 2001}]->(m)",
    )
    ours = "coalesce(n.key, '') STARTS WITH 'smart:' OR coalesce(n.key, '') STARTS WITH 'smart/'"
    not_ours = f"NOT n:Partnergraph OR n.key IS NULL OR NOT ({ours})"
    before = dump(server, not_ours)
    store.push(smart)
    assert not diff(smart, store.pull("smart"))
    store.push(smart.without("cesep").with_about(title="other"), replace=True)
    store.push(smart, replace=True)
    store.push(Ecosystem({}, smart.about), replace=True)
    assert dump(server, not_ours) == before
    assert not diff(smart.with_about(name="smart-2"), store.pull("smart-2"))
    assert store.push(smart.with_about(name="smart-2"), replace=True).written == {}


def test_a_node_that_others_hung_something_on_is_let_go_not_deleted(
    store: Neo4jStore, server: Server, smart: Ecosystem
) -> None:
    store.push(smart)
    run(
        server,
        "MATCH (n {key: 'smart:cesep'}) CREATE (n)<-[:LIKES {much: 1}]-(:Person {name: 'P'})",
    )
    less = smart.without("cesep")
    pushed = store.push(less, replace=True)
    assert pushed.released == 1
    assert not diff(less, store.pull())
    left = run(server, "MATCH (p:Person)-[e:LIKES]->(n) RETURN e.much, labels(n), n.key, n.name")
    assert left == [[1, [], None, smart.name_of["cesep"]]]
    assert store.push(less, replace=True).written == {}


@pytest.mark.usefixtures("full")
def test_a_strangers_database_is_read_through_a_mapping(store: Neo4jStore, server: Server) -> None:
    run(
        server,
        "CREATE (a:Company {uuid: 'A 1', title: 'Été', founded: date('2001-02-03'), kind: 'x', "
        "staff: 3, tags: ['p', 'q'], place: point({x: 1, y: 2})}), (b:Company {uuid: 'a-1', "
        "title: 'B'}), (c:Alliance {uuid: 'c', title: 'C'}), "
        "(d:`We``ird label` {uuid: 'd'}), (a)-[:WORKS_WITH {since: 2010}]->(b), "
        "(a)-[:IN]->(c), (c)-[:IN]->(a), (a)-[:OWNS]->(b), "
        "(a)-[:IN]->(d)",
    )
    mapping = GraphMapping(
        nodes={"Company": "organisation", "Alliance": "network", "None`": "place"},
        ties={"WORKS_WITH": "partner_of", "IN": "member_of"},
        properties={"title": "name", "founded": "start"},
        id="uuid",
        name="strangers",
    )
    auth = {"NEO4J_PASSWORD": server.password}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_PASSWORD", auth["NEO4J_PASSWORD"])
        draft = read(server.uri, mapping=mapping)
    eco = draft.builder.build(errors="set_aside")
    assert eco.kind_of == {"a-1": "organisation", "a-1-2": "organisation", "c": "network"}
    first = eco.nodes.set_index("id").loc["a-1"]
    assert (first["name"], first["start"], first["original_id"]) == ("Été", "2001-02-03", "A 1")
    assert (first["staff"], first["tags"], first["original_kind"]) == (3, "p; q", "x")
    assert sorted(eco.ties["kind"]) == ["member_of", "partner_of"]
    assert len(draft.builder.aside) == 1
    said = "\n".join(draft.said)
    for words in (
        "1 node with We`ird label: not mapped",
        "1 relationship OWNS: not mapped",
        "1 relationship leads to a node that is not mapped",
        "label None`, which is not in the database",
        "1 value of place is of a type",
        "1 node had the id of an earlier one",
    ):
        assert words in said
    assert len(run(server, "MATCH (n) RETURN n")) == 4


# -- parts and status --------------------------------------------------------------------------


@pytest.mark.usefixtures("full")
def test_a_part_is_the_part_of_the_whole(store: Neo4jStore, smart: Ecosystem) -> None:
    store.push(smart)
    asked: list[dict[str, Any]] = [
        {"among": "organisation"},
        {"among": ["organisation", "project"]},
        {"at": "2018"},
        {"around": "cesep", "steps": 0},
        {"around": "cesep"},
        {"around": "cesep", "steps": 2},
        {"around": "belgium", "steps": 9},
        {"around": "cesep", "steps": 2, "among": ["organisation", "project"], "at": "2018"},
    ]
    for options in asked:
        local = (
            {**options, "among": [options["among"]]}
            if options.get("among") == "organisation"
            else options
        )
        whole = part(smart, **local)
        got = store.pull("smart", **options)
        assert diff(whole, got).as_frame().values.tolist() == [], options
    with pytest.raises(UnknownName):
        store.pull(around="nobody")
    with pytest.raises(UnknownName):
        store.pull("nothing")
    with pytest.raises(UnknownName):
        store.pull(among="company")


def test_status_says_what_is_there(store: Neo4jStore, server: Server, smart: Ecosystem) -> None:
    nothing = store.status(against=smart)
    assert nothing.differences
    assert nothing.ecosystems.empty
    run(server, "CREATE (:Stranger)")
    store.push(smart)
    status = store.status(against=smart)
    assert (status.version, status.edition) == (server.line.version, "community")
    assert status.constraint
    assert status.strangers == 1
    kinds = {**smart.nodes["kind"].value_counts(), **smart.ties["kind"].value_counts()}
    assert {k: n for k, n in status.counts.items() if k in kinds} == kinds
    assert status.counts["evidence"] == len(smart.evidence)
    assert not status.differences
    assert status.ecosystems["complete"].tolist() == [True]
    assert json.dumps(status.as_dict(), default=str)
    assert any("complete since" in words for words in status.in_words())


# -- injection ---------------------------------------------------------------------------------


def test_the_injection_battery_changes_nothing_but_data(store: Neo4jStore, server: Server) -> None:
    run(server, "CREATE (:Stranger {name: 'untouched'})-[:KNOWS]->(:Stranger)")
    types = {name for [name] in run(server, "CALL db.relationshipTypes()")}
    eco = awkward()
    store.push(eco)
    assert not diff(eco, store.pull("awk-ward"))
    assert run(server, "MATCH (n:Stranger) RETURN count(n)") == [[2]]
    labels = {label for [found] in run(server, "MATCH (n) RETURN labels(n)") for label in found}
    allowed = {"Partnergraph", "Actor", "Organisation", "Network", "Project", "Place", "Ecosystem"}
    assert labels <= allowed | {"Alias", "Source", "Evidence", "Judgement", "Stranger"}
    new = {name for [name] in run(server, "CALL db.relationshipTypes()")} - types
    assert new <= {"PARTNER_OF", "MEMBER_OF", "NAMES", "STATES", "CITES", "JUDGES"}
    for [name] in run(server, "MATCH (n:Partnergraph) UNWIND keys(n) AS k RETURN DISTINCT k"):
        assert name.isidentifier()
    hostile = Ecosystem({"nodes": eco.nodes.assign(kind="Place) DETACH DELETE (n")}, eco.about)
    with pytest.raises(UnknownName):
        store.push(hostile)
    store.push(Ecosystem({}, eco.about), replace=True)
    assert run(server, "MATCH (n) RETURN count(n)") == [[3]]


# No control characters, which no column may have.
TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
)


def _names_a_column(text: str) -> bool:
    return text == text.strip() and not text.startswith("_")


@pytest.mark.usefixtures("full")
@settings(max_examples=60 if POINTS > 1 else 8)
@given(
    columns=st.dictionaries(
        st.one_of(TEXT.filter(_names_a_column), st.sampled_from(OWN_NAMES)),
        st.one_of(
            TEXT,
            st.sampled_from(HOSTILE_OWN),
            st.integers(-(2**63), 2**63 - 1),
            st.booleans(),
            st.floats(allow_nan=False),
        ),
        max_size=4,
    )
)
def test_any_column_and_value_comes_back(server: Server, columns: dict[str, Any]) -> None:
    import pandas as pd

    known = {"id", "kind", "name", *pg.SCHEMA.tables["nodes"].columns, "_row", "_file"}
    own = {name: value for name, value in columns.items() if name not in known}
    row = {"id": "a", "kind": "organisation", "name": "A", **own}
    builder = EcosystemBuilder(name="any")
    builder.add_table("nodes", pd.DataFrame([row], dtype=object))
    eco = builder.build()
    with connected(server) as store:
        store.push(eco, replace=True)
        assert not diff(eco, store.pull("any"))


# -- very large graphs -------------------------------------------------------------------------


@pytest.mark.usefixtures("full")
def test_emitted_files_make_the_database_that_a_push_makes(
    server: Server, store: Neo4jStore, tmp_path: Path
) -> None:
    eco = awkward()
    store.push(eco)
    pushed = dump(server)
    options = emit(eco, tmp_path / "files")
    server.stop()
    options = [
        re.sub(r"(?<==)([a-z_]+\.csv)$", str(tmp_path / "files") + r"/\1", o) for o in options
    ]
    server.admin("database", "import", "full", "neo4j", *options)
    server.start()
    with connected(server) as again:
        assert not diff(eco, again.pull())
        assert dump(server) == pushed
        assert again.push(eco).written == {"constraints_added": 1}
    assert (tmp_path / "files" / "import.sh").read_text().count("--relationships=") > 3


# -- what goes wrong ---------------------------------------------------------------------------


def test_a_wrong_password_is_one_message_without_it(server: Server) -> None:
    with pytest.raises(ServerRefused) as caught:
        Neo4jStore(server.uri, auth=("neo4j", "wrong-password-1"))
    assert "user name or password is wrong" in str(caught.value)
    assert "wrong-password-1" not in str(caught.value)
    assert isinstance(caught.value, OSError)


def test_a_database_that_is_not_there_is_named(server: Server) -> None:
    with pytest.raises(ServerRefused, match="no such database"):
        Neo4jStore(f"{server.uri}?database=nothere", auth=("neo4j", server.password))


def test_no_server_is_one_message_at_once() -> None:
    start = time.monotonic()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ServerUnavailable, match="no answer while connecting"):
            Neo4jStore(f"bolt://127.0.0.1:{taken.getsockname()[1]}", auth=("neo4j", "x"))
    assert time.monotonic() - start < 15


@contextmanager
def dropping_line(port: int, after_bytes: int) -> Iterator[int]:
    """Pass bytes on to a server, and after so many cut the line for good."""
    sent = 0
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        nonlocal sent
        while sent < after_bytes:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", port))
            with client, upstream, suppress(OSError):
                while sent < after_bytes:
                    for ready in select.select([client, upstream], [], [], 5)[0]:
                        data = ready.recv(65_536)
                        if not data:
                            raise OSError
                        (upstream if ready is client else client).sendall(data)
                        sent += len(data) if ready is client else 0
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        sent = after_bytes
        listener.close()


@pytest.mark.usefixtures("full")
def test_a_dropped_connection_says_so_and_the_next_push_finishes(
    store: Neo4jStore, server: Server
) -> None:
    eco = generated(2_000)
    with dropping_line(server.port, 300_000) as port:
        line = Neo4jStore(f"bolt://127.0.0.1:{port}", auth=("neo4j", server.password))
        with pytest.raises(ServerUnavailable, match="push again to finish"):
            line.push(eco, batch=500)
        line.close()
    with pytest.raises(UnusableInput, match="interrupted"):
        store.pull()
    assert len(store.pull(partial=True)) > 0
    assert "INCOMPLETE" in "\n".join(store.status().in_words())
    store.push(eco)
    assert not diff(eco, store.pull())


# -- kill -9 -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(server: Server) -> tuple[Ecosystem, str]:
    """Return an ecosystem and what the database holds after an uninterrupted push of it."""
    eco = generated(2_000)
    wipe(server)
    with connected(server) as store:
        store.push(eco)
    return eco, fingerprint(server)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("point", range(POINTS))
def test_killing_the_server_in_a_push_changes_nothing_in_the_end(
    point: int, server: Server, store: Neo4jStore, whole: tuple[Ecosystem, str]
) -> None:
    eco, expected = whole
    rng = random.Random(f"server {point}")
    at, delay = rng.random() * 0.9, rng.random() * 0.05
    killers: list[threading.Timer] = []

    def kill(done: int, total: int) -> None:
        if done >= at * total and not killers:
            killers.append(threading.Timer(delay, os.killpg, (server.process.pid, signal.SIGKILL)))
            killers[0].start()

    with pytest.raises(ServerUnavailable, match=r"\d+ rows were confirmed; push again to finish"):
        store.push(eco, batch=200, progress=kill)
    killers[0].join()
    server.kill()
    server.start()
    with connected(server) as again:
        with pytest.raises(UnusableInput, match="interrupted"):
            again.pull()
        again.push(eco)
        assert not diff(eco, again.pull())
        assert again.push(eco).written == {}
    assert fingerprint(server) == expected


CLIENT = """
import os, sys, partnergraph as pg
from partnergraph.graph.neo4j.store import Neo4jStore
eco = pg.load(sys.argv[1])
with Neo4jStore() as store:
    store.push(eco, batch=200, progress=lambda done, total: print(done, total, flush=True))
"""


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("point", range(POINTS))
def test_killing_the_client_in_a_push_changes_nothing_in_the_end(
    point: int, server: Server, store: Neo4jStore, whole: tuple[Ecosystem, str], tmp_path: Path
) -> None:
    eco, expected = whole
    rng = random.Random(f"client {point}")
    at, delay = rng.random() * 0.9, rng.random() * 0.05
    folder = pg.save(eco, tmp_path / "eco")
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **server.environment},
        start_new_session=True,
    )
    assert client.stdout is not None
    for line in client.stdout:
        done, total = map(int, line.split())
        if done >= at * total:
            break
    time.sleep(delay)
    client.kill()
    client.wait(30)
    client.stdout.close()
    with pytest.raises(UnusableInput, match="interrupted"):
        store.pull()
    store.push(eco)
    assert not diff(eco, store.pull())
    assert fingerprint(server) == expected


# -- the ten questions of the documentation ----------------------------------------------------


def _ties(eco: Ecosystem, *kinds: str) -> list[tuple[str, str]]:
    ties = eco.ties[eco.ties["kind"].isin(kinds)]
    return sorted(set(zip(ties["source"], ties["target"], strict=True)))


def most_tied(eco: Ecosystem) -> list[list[Any]]:
    degree = pg.centrality(eco, measures=["degree"])["degree"]
    found = [[id, int(count)] for id, count in degree.items() if count]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def shared_projects(eco: Ecosystem) -> list[list[Any]]:
    matrix = eco.two_mode(
        rows=("organisation", "network"), columns="project", via=("participates_in",)
    )
    dense = matrix.binary.toarray() > 0
    ids = list(matrix.rows)
    found = [
        [*sorted((ids[i], ids[j])), int((dense[i] & dense[j]).sum())]
        for i in range(len(ids))
        for j in range(i)
        if (dense[i] & dense[j]).any()
    ]
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))


def of_one(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (what is held, who holds it) where only one does."""
    holders: dict[str, list[str]] = {}
    for holder, held in pairs:
        holders.setdefault(held, []).append(holder)
    return sorted((held, found[0]) for held, found in holders.items() if len(found) == 1)


def needed_and_there(eco: Ecosystem) -> list[list[Any]]:
    there = _ties(eco, "offers", "active_in")
    return [
        [b, c, sorted(a for a, d in there if d == c and a != b)] for b, c in _ties(eco, "needs")
    ]


def standing(eco: Ecosystem) -> list[list[Any]]:
    status = eco.ties["status"].fillna("declared")
    counts = eco.ties.groupby([eco.ties["kind"].str.upper(), status]).size()
    return [[kind, how, int(n)] for (kind, how), n in sorted(counts.items())]


def on_one_receipt(eco: Ecosystem) -> list[list[Any]]:
    receipts = eco.evidence["fact"].value_counts()
    return [[id] for id in eco.ties["id"] if receipts.get(id) == 1]


def in_2018(eco: Ecosystem) -> list[list[Any]]:
    start = eco.nodes.set_index("id")["start"]
    ties = eco.at("2018").ties
    ties = ties[ties["kind"] == "participates_in"]
    dated = ties["start"].notna() | ties["target"].map(start).notna()
    return [[id] for id in ties["id"][dated]]


ANSWERS: list[Callable[[Ecosystem], list[Any]]] = [
    most_tied,
    lambda eco: [list(pair) for pair in _ties(eco, "member_of")],
    shared_projects,
    lambda eco: [[project] for project, _ in of_one(_ties(eco, "participates_in"))],
    needed_and_there,
    lambda eco: [list(found) for found in of_one(_ties(eco, "offers", "active_in"))],
    lambda eco: [
        [id] for id in sorted(set(part(eco, around="cesep", steps=2).kind_of) - {"cesep"})
    ],
    standing,
    on_one_receipt,
    in_2018,
]


def test_the_ten_questions_have_our_own_answers(
    store: Neo4jStore, server: Server, smart: Ecosystem
) -> None:
    store.push(smart)
    questions = re.findall(r"^\d+\. (.+?)$\n+```cypher\n(.+?)```", DOCS.read_text(), re.M | re.S)
    assert len(questions) == len(ANSWERS) == 10
    for (question, query), answer in zip(questions, ANSWERS, strict=True):
        own = answer(smart)
        assert run(server, query) == own, question
        assert own, question
