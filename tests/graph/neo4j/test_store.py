"""What the store does, told by a driver that records; no server is needed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from neo4j import exceptions

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import (
    AlreadyThere,
    BadParameter,
    PartnergraphError,
    ServerFailed,
    ServerRefused,
    ServerUnavailable,
    UnknownName,
    UnusableInput,
)
from partnergraph.graph.neo4j import connection as neo4j_door
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.address import Address, credentials, is_address
from partnergraph.graph.neo4j.admin_import import command, emit
from partnergraph.graph.neo4j.store import Neo4jStore
from partnergraph.loaders.neo4j_source import GraphMapping, read
from tests.graph.neo4j.ecosystems import awkward, generated

URI = "bolt://127.0.0.1:1"
OOM = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
Answer = Callable[[str, dict[str, Any]], list[Any] | None]


def failure(code: str, message: str = "words of the server") -> Exception:
    found = exceptions.Neo4jError._hydrate_neo4j(code=code, message=message)
    assert isinstance(found, Exception)
    return found


class Result(list[Any]):
    def consume(self) -> Any:
        return SimpleNamespace(counters=SimpleNamespace(nodes_created=1))


class Recording:
    """A driver that answers from a function, and keeps what it was asked."""

    def __init__(self, answer: Answer = lambda q, p: None, version: str = "5.26.29") -> None:
        self.answer, self.version = answer, version
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.closed = False

    def verify_connectivity(self) -> None:
        self.answer("verify", {})

    def close(self) -> None:
        self.closed = True

    @contextmanager
    def session(self, **_: Any) -> Iterator[Recording]:
        yield self

    def execute_read(self, work: Callable[[Any], Any]) -> Any:
        return self._execute("read", work)

    def execute_write(self, work: Callable[[Any], Any]) -> Any:
        return self._execute("write", work)

    def _execute(self, mode: str, work: Callable[[Any], Any]) -> Any:
        def run(query: str, parameters: dict[str, Any]) -> Result:
            self.asked.append((mode, query, parameters))
            found = self.answer(query, parameters)
            if found is not None:
                return Result(found)
            if query == cypher.COMPONENTS:
                return Result(
                    [("Neo4j Kernel", [self.version], "community"), ("Cypher", ["5"], "")]
                )
            return Result([(len(parameters["rows"]),)] if "rows" in parameters else [])

        return work(SimpleNamespace(run=run))

    @property
    def written(self) -> list[tuple[str, dict[str, Any]]]:
        return [(query, p) for mode, query, p in self.asked if mode == "write" and "rows" in p]


def small() -> Ecosystem:
    b = EcosystemBuilder(name="small", title="Small")
    for i in range(10):
        b.node(f"n{i}", kind="organisation", name=f"Secret {i}")
    b.tie("partner_of", "n0", "n1", strength=0.5)
    return b.build()


# -- what is sent ------------------------------------------------------------------------------


def test_values_travel_as_parameters_and_never_in_a_statement() -> None:
    driver = Recording()
    Neo4jStore(URI, driver=driver).push(awkward())
    for _, query, _ in driver.asked:
        assert "DETACH" not in query
        assert "\\" not in query
        assert "awk-ward" not in query
        assert query.isprintable() or set(query) - {"\n"} <= {c for c in query if c.isprintable()}


def test_the_constraint_comes_first_then_nodes_then_ties_then_the_end() -> None:
    driver = Recording()
    Neo4jStore(URI, driver=driver).push(small())
    wrote = [query for mode, query, _ in driver.asked if mode == "write"]
    nodes = next(i for i, q in enumerate(wrote) if ":Organisation" in q)
    ties = next(i for i, q in enumerate(wrote) if ":PARTNER_OF" in q)
    assert wrote[0] == cypher.CONSTRAINT
    assert ":Ecosystem" in wrote[1]
    assert 1 < nodes < ties < len(wrote) - 1
    assert wrote[-1] == cypher.FINISH_HEAD


def test_rows_go_in_batches_and_progress_is_told() -> None:
    driver, told = Recording(), list[tuple[int, int]]()
    Neo4jStore(URI, driver=driver).push(small(), batch=4, progress=lambda *n: told.append(n))
    sizes = [len(p["rows"]) for q, p in driver.written if ":Organisation" in q]
    assert sizes == [4, 4, 2]
    assert told == [(4, 11), (8, 11), (10, 11), (11, 11)]
    with pytest.raises(BadParameter):
        Neo4jStore(URI, driver=driver).push(small(), batch=0)


def test_a_batch_too_large_for_the_server_is_halved_and_none_is_lost() -> None:
    def answer(query: str, parameters: dict[str, Any]) -> None:
        if len(parameters.get("rows", ())) > 3:
            raise failure(OOM)

    driver = Recording(answer)
    Neo4jStore(URI, driver=driver).push(small())
    took = [p["rows"] for q, p in driver.written if ":Organisation" in q and len(p["rows"]) <= 3]
    assert [len(rows) for rows in took] == [2, 2, 2, 2, 2]
    assert sorted(row[0] for rows in took for row in rows) == [f"n{i}" for i in range(10)]


def test_a_row_too_large_for_the_server_is_an_error() -> None:
    def answer(query: str, parameters: dict[str, Any]) -> None:
        if ":Organisation" in query and "rows" in parameters:
            raise failure(OOM)

    with pytest.raises(ServerFailed, match="no memory for a single row"):
        Neo4jStore(URI, driver=Recording(answer)).push(small())


def test_a_dry_run_only_reads() -> None:
    driver = Recording()
    pushed = Neo4jStore(URI, driver=driver).push(small(), dry_run=True, replace=True)
    assert {mode for mode, _, _ in driver.asked} == {"read"}
    assert pushed.counts["nodes"]["created"] == 10
    assert pushed.changes == 11


def test_a_tie_that_lost_its_end_meanwhile_is_told() -> None:
    def answer(query: str, parameters: dict[str, Any]) -> list[Any] | None:
        return [(0,)] if ":PARTNER_OF" in query and "rows" in parameters else None

    with pytest.raises(ServerFailed, match=r"1 ties lost an end.*push again to finish"):
        Neo4jStore(URI, driver=Recording(answer)).push(small())


def test_half_a_character_is_found_before_anything_is_written() -> None:
    b = EcosystemBuilder(name="half")
    b.node("a", kind="organisation")
    b.add_table("nodes", pd.DataFrame([{"id": "b", "kind": "place", "name": "B"}]))
    b.alias("a", "A")
    eco = b.build()
    aliases = eco.aliases.assign(own=pd.Series(["\ud800"], dtype=object))
    eco = Ecosystem({**eco.tables, "aliases": aliases}, eco.about)
    driver = Recording()
    with pytest.raises(UnusableInput, match="aliases, row 1, column own"):
        Neo4jStore(URI, driver=driver).push(eco)
    assert "write" not in {mode for mode, _, _ in driver.asked}


# -- what goes wrong ---------------------------------------------------------------------------

WRITING = [
    ("Neo.ClientError.Security.Forbidden", ServerRefused, "may only be read"),
    ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", ServerRefused, "may only be read"),
    ("Neo.ClientError.Cluster.NotALeader", ServerRefused, "may only be read"),
    ("Neo.ClientError.Statement.AccessMode", ServerRefused, "may only be read"),
    ("Neo.DatabaseError.General.UnknownError", ServerFailed, "Check its disk"),
    ("Neo.DatabaseError.Transaction.TransactionCommitFailed", ServerFailed, "Check its disk"),
    ("Neo.TransientError.General.DatabaseUnavailable", ServerUnavailable, "not ready"),
    ("Neo.ClientError.Transaction.TransactionTimedOut", ServerUnavailable, "too slow"),
    ("Neo.ClientError.Schema.ConstraintCreationFailed", ServerFailed, "nodes of others"),
]


@pytest.mark.parametrize(("code", "error", "words"), WRITING)
def test_a_write_that_fails_is_one_message_and_claims_nothing(
    code: str, error: type[PartnergraphError], words: str
) -> None:
    def answer(query: str, parameters: dict[str, Any]) -> None:
        if ":PARTNER_OF" in query and "rows" in parameters:
            raise failure(code, "No space left on device")

    driver = Recording(answer)
    with pytest.raises(error, match=words) as caught:
        Neo4jStore(URI, driver=driver).push(small())
    assert "10 rows were confirmed; push again to finish" in str(caught.value)
    assert isinstance(caught.value, OSError)
    assert cypher.FINISH_HEAD not in [query for _, query, _ in driver.asked]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Neo.ClientError.Security.Unauthorized", "user name or password is wrong"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "wait a little"),
        ("Neo.ClientError.Security.CredentialsExpired", "must be changed"),
        ("Neo.ClientError.Database.DatabaseNotFound", "no such database"),
    ],
)
def test_a_refusal_is_said_and_the_driver_closed(code: str, words: str) -> None:
    def answer(query: str, parameters: dict[str, Any]) -> None:
        raise failure(code)

    driver = Recording(answer)
    with pytest.raises(ServerRefused, match=words):
        Neo4jStore(URI, driver=driver)
    assert driver.closed


@pytest.mark.parametrize("version", ["4.4.38", "5.25.1", "3.5.0"])
def test_an_older_server_is_refused(version: str) -> None:
    with pytest.raises(ServerRefused, match=r"needs 5\.26 or newer"):
        Neo4jStore(URI, driver=Recording(version=version))


@pytest.mark.parametrize("version", ["5.26.0", "2026.08.1", "5.27-aura"])
def test_newer_servers_are_taken(version: str) -> None:
    with Neo4jStore(URI, driver=Recording(version=version)) as store:
        assert store.door.version == version


def test_a_lost_connection_is_said() -> None:
    def answer(query: str, parameters: dict[str, Any]) -> None:
        if "rows" in parameters:
            raise exceptions.ServiceUnavailable("Connection\nreset")

    with pytest.raises(ServerUnavailable, match=r"no answer while beginning \(Connection reset\)"):
        Neo4jStore(URI, driver=Recording(answer)).push(small())


def head(**more: Any) -> dict[str, Any]:
    return {"name": "small", "complete": True, "run": 1, **more}


def test_half_a_push_is_not_read_as_a_whole() -> None:
    driver = Recording(lambda q, p: [(head(complete=False),)] if q == cypher.READ_HEADS else None)
    with pytest.raises(UnusableInput, match="interrupted or is still running"):
        Neo4jStore(URI, driver=driver).pull()


def test_a_push_while_reading_is_noticed() -> None:
    runs = iter([1, 2])

    def answer(query: str, parameters: dict[str, Any]) -> list[Any] | None:
        return [(head(run=next(runs)),)] if query == cypher.READ_HEADS else None

    with pytest.raises(UnusableInput, match="pushed again while it was being read"):
        Neo4jStore(URI, driver=Recording(answer)).pull()


def test_which_ecosystem_is_meant_must_be_clear() -> None:
    heads = [(head(),), (head(name="other"),)]
    driver = Recording(lambda q, p: heads if q == cypher.READ_HEADS else None)
    with pytest.raises(BadParameter, match="holds small, other"):
        Neo4jStore(URI, driver=driver).pull()
    assert Neo4jStore(f"{URI}#other", driver=driver).pull().about.name == "other"
    with pytest.raises(UnknownName):
        Neo4jStore(URI, driver=driver).pull("smal")
    with pytest.raises(UnusableInput, match="has no ecosystem"):
        Neo4jStore(URI, driver=Recording()).pull()
    with pytest.raises(BadParameter):
        Neo4jStore(f"{URI}#small", driver=driver).pull(steps=-1)


# -- addresses and credentials -----------------------------------------------------------------


@pytest.mark.parametrize(
    "uri",
    ["", "smart", "http://a", "bolt://", "bolt://a/b", "file:///x", "bolt://a:99999999", "s:x"],
)
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(BadParameter, match="not the address"):
        Address.parse(uri)


@pytest.mark.parametrize("uri", ["bolt://me:hunter22@localhost", "neo4j+s://me:hunter22@a.org/"])
def test_a_password_in_an_address_is_refused_and_not_repeated(uri: str) -> None:
    with pytest.raises(BadParameter) as caught:
        Neo4jStore(uri)
    assert "hunter22" not in str(caught.value)
    assert "me" not in str(caught.value).split()


@pytest.mark.parametrize("uri", ["bolt://a.org", "neo4j://10.0.0.1:1", "bolt://127.0.0.1.a.org"])
def test_plaintext_to_another_machine_is_refused(uri: str) -> None:
    with pytest.raises(BadParameter, match="not encrypted"):
        Neo4jStore(uri)
    assert Address.parse(uri, insecure=True).uri.startswith(uri)


@pytest.mark.parametrize(
    ("uri", "given"),
    [
        ("bolt://localhost", "bolt://localhost:7687"),
        ("neo4j://127.0.0.1:7688#x", "bolt://127.0.0.1:7688"),
        ("bolt://[::1]:7687", "bolt://[::1]:7687"),
        ("neo4j+s://a.org?database=d#x", "neo4j+s://a.org:7687"),
        ("bolt+ssc://a.org", "bolt+ssc://a.org:7687"),
    ],
)
def test_what_the_driver_is_given(uri: str, given: str) -> None:
    assert Address.parse(uri).uri == given
    assert is_address(uri)


def test_an_address_says_database_and_ecosystem() -> None:
    address = Address.parse("neo4j+s://a.org?database=d#x-y")
    assert (address.database, address.ecosystem) == ("d", "x-y")
    assert not is_address(Path("smart"))
    assert not is_address("bolt:/x")


def test_user_and_password_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", "u")
    monkeypatch.setenv("NEO4J_PASSWORD", "p")
    assert credentials(Address.parse(URI)) == ("u", "p")


def test_the_password_may_come_from_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = ModuleType("keyring")
    keyring.get_password = lambda service, user: f"{service}/{user}"  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "keyring", keyring)
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    monkeypatch.setenv("NEO4J_USERNAME", "u")
    assert credentials(Address.parse(URI)) == ("u", "partnergraph/u@127.0.0.1")
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert credentials(Address.parse(URI)) is None


def test_without_a_name_of_a_server_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    with pytest.raises(BadParameter, match="NEO4J_URI"):
        Neo4jStore()


def test_the_driver_has_no_telemetry_and_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import neo4j

    given: dict[str, Any] = {}

    def driver(uri: str, **options: Any) -> Recording:
        given.update(options, uri=uri)
        return Recording()

    monkeypatch.setattr(neo4j.GraphDatabase, "driver", driver)
    Neo4jStore(URI, auth=("u", "p"))
    assert given["telemetry_disabled"] is True
    assert given["user_agent"].startswith("partnergraph/")
    assert given["connection_timeout"] <= 10
    assert given["max_transaction_retry_time"] <= 15
    assert neo4j_door.LONGEST <= 600


def test_what_the_server_says_is_scrubbed_and_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter22")

    def answer(query: str, parameters: dict[str, Any]) -> None:
        raise failure("Neo.DatabaseError.General.UnknownError", "hunter22 \n" * 1000)

    with pytest.raises(ServerFailed) as caught:
        Neo4jStore(URI, driver=Recording(answer))
    assert "hunter22" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_nothing_is_logged_by_us(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Neo4jStore(URI, driver=Recording()).push(small())
    assert "Secret" not in caplog.text


# -- mappings and files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", UnusableInput),
        ("[1]", UnusableInput),
        ("nodes: x", UnusableInput),
        ("a: [", UnusableInput),
        ("nodes: {A: company}", UnknownName),
        ("nodes: {A: organisation}\nties: {B: likes}", UnknownName),
        ("nodes: {A: organisation}\nproperties: {a: id}", UnknownName),
        ("nodes: {A: organisation}\nwords: {}", UnknownName),
        ("nodes: {A: organisation}\nties: 3", UnusableInput),
    ],
)
def test_a_mapping_that_is_none_is_refused(
    text: str, error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(error):
        GraphMapping.from_file(path)


def test_a_mapping_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("nodes: {A: organisation}\nid: uuid\nties:\n")
    assert GraphMapping.from_file(path) == GraphMapping({"A": "organisation"}, id="uuid")


def test_no_label_of_the_mapping_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import neo4j

    def answer(query: str, parameters: dict[str, Any]) -> list[Any] | None:
        return [(["Company"], 3)] if query == cypher.STRANGE_LABELS else None

    monkeypatch.setattr(neo4j.GraphDatabase, "driver", lambda *a, **k: Recording(answer))
    with pytest.raises(UnknownName, match="Did you mean Company"):
        read(URI, mapping=GraphMapping({"Companies": "organisation"}))


def test_files_for_a_bulk_import(tmp_path: Path) -> None:
    eco = generated(40)
    options = emit(eco, tmp_path / "out")
    assert "--relationships=PARTNER_OF=partner_of.csv" in options
    assert "--nodes=Partnergraph:Organisation:Actor=organisation.csv" in options
    assert command(options).startswith("neo4j-admin database import full neo4j ")
    lines = (tmp_path / "out" / "organisation.csv").read_text().splitlines()
    assert lines[0].startswith("key:ID,id:string,")
    assert lines[0].endswith(",turnover:double")
    assert len(lines) == 1 + (eco.nodes["kind"] == "organisation").sum()
    with pytest.raises(AlreadyThere):
        emit(eco, tmp_path / "out")
    again = emit(eco, tmp_path / "again")
    assert again == options
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
