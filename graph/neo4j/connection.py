"""The one door to the Neo4j driver: statements go in, rows and counts come out, errors are ours."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from partnergraph import __version__
from partnergraph.graph.errors import (
    PartnergraphError,
    ServerFailed,
    ServerRefused,
    ServerUnavailable,
)
from partnergraph.graph.neo4j import cypher
from partnergraph.graph.neo4j.address import Address, credentials

if TYPE_CHECKING:
    import neo4j

T = TypeVar("T")
Record = tuple[Any, ...]

OLDEST = (5, 26)
FETCH = 20_000
# Seconds: to connect, to wait for a server that restarts, and for one transaction. A server that
# is gone is given up on after the second.
CONNECT, PATIENCE, LONGEST = 10.0, 15.0, 600.0
OUT_OF_MEMORY = ("MemoryPoolOutOfMemoryError", "OutOfMemoryError", "TransactionOutOfMemoryError")
_UNKNOWN_USER = ("Unauthorized", "AuthenticationRateLimit", "TokenExpired")
_READ_ONLY = (
    "Security.Forbidden",
    "ForbiddenOnReadOnlyDatabase",
    "WriteOnReadOnlyAccess",
    "NotALeader",
    "DatabaseIsReadOnly",
    "AccessMode",
)
_NOT_READY = ("DatabaseUnavailable", "TimedOut", "Timeout")
_MOST_WORDS = 300
_COUNTERS = (
    "nodes_created",
    "nodes_deleted",
    "relationships_created",
    "relationships_deleted",
    "properties_set",
    "labels_added",
    "labels_removed",
    "constraints_added",
)


class TooLarge(Exception):
    """A batch that the server has no memory for."""


class Door:
    """A connection to one database; read and write are single statements in a transaction each.

    Parameters
    ----------
    auth
        User and password; from the environment or a keyring where not given.
    driver
        A driver to use instead of one that is made here, for tests.

    Raises
    ------
    ServerUnavailable, ServerRefused
        If the server does not answer, refuses, or is older than 5.26.
    """

    def __init__(
        self, address: Address, *, auth: tuple[str, str] | None = None, driver: Any = None
    ) -> None:
        self.address = address
        self.database = address.database or os.environ.get("NEO4J_DATABASE") or None
        self._driver = driver or self._connect(auth)
        try:
            self.version, self.edition = self._server()
        except BaseException:
            self.close()
            raise

    def _connect(self, auth: tuple[str, str] | None) -> neo4j.Driver:
        import neo4j

        with translated(self.address, "connecting"):
            return neo4j.GraphDatabase.driver(
                self.address.uri,
                auth=auth or credentials(self.address),
                user_agent=f"partnergraph/{__version__}",
                connection_timeout=CONNECT,
                connection_acquisition_timeout=CONNECT + PATIENCE,
                max_transaction_retry_time=PATIENCE,
                telemetry_disabled=True,
                notifications_min_severity="OFF",
                warn_notification_severity="OFF",
            )

    def _server(self) -> tuple[str, str]:
        """Return version and edition after one attempt, without waiting for the server."""
        with translated(self.address, "connecting"):
            self._driver.verify_connectivity()
        found = self.read("connecting", cypher.COMPONENTS)
        kernel = next(row for row in found if row[0] == "Neo4j Kernel")
        version, edition = str(kernel[1][0]), str(kernel[2])
        numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
        if numbers < OLDEST:
            raise ServerRefused(
                f"{self.address} runs Neo4j {version}. partnergraph needs 5.26 or newer"
            )
        return version, edition

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def read(self, doing: str, query: str, **parameters: Any) -> list[Record]:
        """Run a statement that the server lets only read, and return its rows.

        Parameters
        ----------
        doing
            What is being done, for messages.

        Raises
        ------
        ServerUnavailable, ServerRefused, ServerFailed
            If the server does not answer, refuses or fails.
        """
        return self._run("execute_read", doing, lambda tx: _rows(tx.run(query, parameters)))

    def values(self, doing: str, query: str, **parameters: Any) -> list[Any]:
        """Run a statement that the server lets only read, and return the first of each row."""
        return [row[0] for row in self.read(doing, query, **parameters)]

    def lists(
        self, doing: str, query: str, *, nested: bool = False, **parameters: Any
    ) -> list[Record]:
        """Run a statement that the server lets only read, whose rows are one list each.

        Parameters
        ----------
        nested
            Whether each is a list of such lists instead.
        """

        def work(tx: Any) -> list[Record]:
            found = tx.run(query, parameters)
            if nested:
                return [tuple(row) for record in found for row in record[0]]
            return [tuple(record[0]) for record in found]

        return self._run("execute_read", doing, work)

    def write(self, doing: str, query: str, **parameters: Any) -> tuple[int, Counter[str]]:
        """Run a statement in its own transaction; return the sum of its rows and its counters.

        Raises
        ------
        TooLarge
            If the server has no memory for it.
        ServerUnavailable, ServerRefused, ServerFailed
            If the server does not answer, refuses or fails.
        """
        from neo4j import exceptions

        def work(tx: Any) -> tuple[int, Counter[str]]:
            try:
                result = tx.run(query, parameters)
                found = _rows(result)
                counters = result.consume().counters
            except exceptions.Neo4jError as error:
                # Trying the same again, as the driver would, needs the same memory again.
                if (error.code or "").rpartition(".")[2] in OUT_OF_MEMORY:
                    raise TooLarge from None
                raise
            counted = {name: n for name in _COUNTERS if (n := getattr(counters, name, 0))}
            return sum(row[0] for row in found), Counter(counted)

        return self._run("execute_write", doing, work)

    def _run(self, mode: str, doing: str, work: Callable[[Any], T]) -> T:
        """Run a unit of work; the driver runs it again after a transient error."""
        import neo4j

        timed = neo4j.unit_of_work(timeout=LONGEST)(work)
        with (
            translated(self.address, doing),
            self._driver.session(database=self.database, fetch_size=FETCH) as session,
        ):
            done: T = getattr(session, mode)(timed)
            return done


def _rows(result: Iterable[Sequence[Any]]) -> list[Record]:
    return [tuple(record) for record in result]


@contextmanager
def translated(address: Address, doing: str) -> Iterator[None]:
    """Turn the driver's errors into ours: one message each, without credentials.

    Raises
    ------
    ServerUnavailable
        If no server answers, or it stopped answering.
    ServerRefused
        If it refuses the user, the password, the database or the write.
    ServerFailed
        If it could not do it.
    """
    from neo4j import exceptions

    try:
        yield
    except (PartnergraphError, TooLarge):
        raise
    except exceptions.Neo4jError as error:
        raise _from_server(error.code or "", error.message or "", address, doing) from None
    except (exceptions.DriverError, OSError) as error:
        reason = re.search(r"\(reason (?:\[Errno \d+\] )?([^()]+)\)", str(error))
        words = reason[1] if reason else _scrubbed(str(error))
        raise ServerUnavailable(
            f"{address}: no answer while {doing} ({words}). Check that the server runs "
            "and that the address, port and encryption (+s) are right"
        ) from None


def _from_server(code: str, message: str, address: Address, doing: str) -> PartnergraphError:
    """Choose by the code; the older line rarely fills in the newer status."""
    words = _scrubbed(message)
    if any(part in code for part in _UNKNOWN_USER):
        return ServerRefused(
            f"{address}: the user name or password is wrong. Set NEO4J_USERNAME and "
            "NEO4J_PASSWORD (after several wrong ones, wait a little)"
        )
    if "CredentialsExpired" in code:
        return ServerRefused(f"{address}: the first password must be changed. Set one in Neo4j")
    if "DatabaseNotFound" in code:
        return ServerRefused(f"{address}: there is no such database. Correct NEO4J_DATABASE")
    if any(part in code for part in _READ_ONLY):
        return ServerRefused(
            f"{address}: this user or database may only be read ({words}). Use one that may write"
        )
    if "ConstraintCreationFailed" in code or "ConstraintValidationFailed" in code:
        return ServerFailed(
            f"{address}: nodes of others share the label Partnergraph and a key ({words}). "
            "Take that label off them, or use another database"
        )
    if any(part in code for part in _NOT_READY):
        return ServerUnavailable(
            f"{address}: the database is not ready, or too slow, while {doing} ({words}). Try again"
        )
    return ServerFailed(
        f"{address}: it failed while {doing} ({code}: {words}). Check its disk, memory and log"
    )


def _scrubbed(words: str) -> str:
    """Cut what a server or driver says to one line, without what could be secret."""
    line = " ".join(words.split())
    secret = os.environ.get("NEO4J_PASSWORD", "")
    if len(secret) > 3:
        line = line.replace(secret, "…")
    return line if len(line) <= _MOST_WORDS else f"{line[:_MOST_WORDS]}…"
