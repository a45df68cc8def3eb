"""Starts a real Neo4j Community from jars that Maven fetched once; no Docker.

The jars land in ``PARTNERGRAPH_NEO4J_CACHE`` (default ``~/.cache/partnergraph/neo4j``), a folder a
version, and are never handed on. A server binds to loopback on a free port, has a random password,
a home that is removed afterwards, and a process group that is ended by its id.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("PARTNERGRAPH_NEO4J_CACHE", "~/.cache/partnergraph/neo4j")).expanduser()
SECONDS_TO_START = 90
# Pinned: versions between these are not always served.
POM = """<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>partnergraph.tests</groupId><artifactId>server</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version>
  </dependency></dependencies>
</project>
"""
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
# What would change how a JVM or the server runs.
INHERITED = re.compile(r"NEO4J_|JAVA_OPTS$|JDK_JAVA_OPTIONS$|JAVA_TOOL_OPTIONS$|CLASSPATH$")


class Lacking(Exception):
    """The machine cannot run this server, and why."""


@dataclass(frozen=True)
class Line:
    """A line of versions: the one that is tested, and the Java it runs on."""

    part: str
    version: str
    oldest_java: int
    newest_java: int
    settings: tuple[str, ...] = ()


LINES = {
    "lts": Line("neo4j", "5.26.29", 17, 21),
    "current": Line(
        "neo4j-current",
        "2026.08.1",
        21,
        25,
        ("server.fleet_discovery.enabled=false", "dbms.fleet_manager.enabled=false"),
    ),
}


@cache
def javas() -> dict[int, Path]:
    """Return the Java runtimes of this machine by feature version."""
    homes = [Path(os.environ[name]) for name in ("JAVA_HOME",) if os.environ.get(name)]
    for parent in ("/usr/lib/jvm", "/opt", "~/.sdkman/candidates/java", "~/.jdks"):
        folder = Path(parent).expanduser()
        homes += sorted(folder.iterdir()) if folder.is_dir() else []
    on_path = shutil.which("java")
    found = [home / "bin" / "java" for home in homes] + ([Path(on_path)] if on_path else [])
    versions: dict[int, Path] = {}
    for java in found:
        if java.is_file():
            told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30)
            match = re.search(r'version "(\d+)', told.stderr)
            if match:
                versions.setdefault(int(match[1]), java)
    return versions


def java_for(line: Line) -> tuple[int, Path]:
    """Return the oldest fitting Java.

    Raises
    ------
    Lacking
        Where there is none.
    """
    fitting = {v: p for v, p in javas().items() if line.oldest_java <= v <= line.newest_java}
    if not fitting:
        raise Lacking(
            f"Neo4j {line.version} needs Java {line.oldest_java} to {line.newest_java}; "
            f"this machine has {', '.join(map(str, sorted(javas()))) or 'none'}"
        )
    version = min(fitting)
    return version, fitting[version]


def jars(line: Line) -> Path:
    """Return the folder with the server's jars, fetched by Maven the first time.

    Raises
    ------
    Lacking
        Where they are not there and cannot be fetched.
    """
    folder = CACHE / line.version
    lib, done = folder / "lib", folder / "complete"
    if done.is_file():
        return lib
    maven = shutil.which("mvn")
    if maven is None:
        raise Lacking(f"the jars of Neo4j {line.version} are not cached and there is no Maven")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pom.xml").write_text(POM.format(version=line.version))
    command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"]
    fetched = subprocess.run(
        [*command, "-DoutputDirectory=lib"], cwd=folder, capture_output=True, text=True, timeout=600
    )
    if fetched.returncode or not list(lib.glob("neo4j-*.jar")):
        raise Lacking(f"Maven could not fetch Neo4j {line.version}: {fetched.stdout[-400:]}")
    done.touch()
    return lib


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A Neo4j Community server of one line; `start`, `kill`, `stop`, `remove`.

    Parameters
    ----------
    quick
        Start sooner and run slower: what tests want and benchmarks do not.
    """

    def __init__(self, line: Line, *, quick: bool = False) -> None:
        self.line = line
        self.java_version, self.java = java_for(line)
        self.lib = jars(line)
        self.home = Path(tempfile.mkdtemp(prefix="partnergraph-neo4j-"))
        self.password = secrets.token_urlsafe(12)
        self.port = 0
        self.quick = quick
        self.process: subprocess.Popen[bytes] | None = None
        self._configure(free_port())

    @property
    def uri(self) -> str:
        """Where it answers."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to connect to it."""
        named = {"NEO4J_URI": self.uri, "NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": self.password}
        return {**named, "NEO4J_DATABASE": "neo4j"}

    def _configure(self, port: int) -> None:
        self.port = port
        conf = self.home / "conf"
        conf.mkdir(exist_ok=True)
        settings = [
            "server.default_listen_address=127.0.0.1",
            f"server.bolt.listen_address=127.0.0.1:{port}",
            f"server.bolt.advertised_address=127.0.0.1:{port}",
            "server.http.enabled=false",
            "server.https.enabled=false",
            "dbms.security.auth_enabled=true",
            "dbms.security.allow_csv_import_from_file_urls=false",
            "dbms.usage_report.enabled=false",
            "server.memory.pagecache.size=64m",
            "db.tx_log.preallocate=false",
            "db.tx_log.rotation.size=16m",
            "internal.server.bolt.connection_shutdown_wait_time=100ms",
            "internal.server.bolt.thread_pool_shutdown_wait_time=100ms",
            *self.line.settings,
            *(f"server.jvm.additional={flag}" for flag in self._flags("256m")),
        ]
        (conf / "neo4j.conf").write_text("\n".join(settings) + "\n")

    def _flags(self, heap: str) -> list[str]:
        flags = [f"-Xmx{heap}", "-Dlog4j2.disable.jmx=true", "-Dfile.encoding=UTF-8"]
        flags += [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED]
        if self.quick:
            flags += ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        if self.java_version >= 22:
            flags.append("--enable-native-access=ALL-UNNAMED")
        if self.java_version >= 24:
            flags.append("--sun-misc-unsafe-memory-access=allow")
        return flags

    def _clean_environment(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not INHERITED.match(k)}

    def admin(self, *arguments: str) -> str:
        """Run neo4j-admin on the stopped server and return what it printed."""
        command = [str(self.java), *self._flags("512m"), "-cp", f"{self.lib}/*"]
        command += [f"-Dbasedir={self.home}", "org.neo4j.server.startup.Neo4jAdminCommand"]
        environment = {**self._clean_environment(), "NEO4J_HOME": str(self.home)}
        environment["NEO4J_CONF"] = str(self.home / "conf")
        ran = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, timeout=180
        )
        if ran.returncode:
            words = f"{ran.stdout[-1500:]}{ran.stderr[-1500:]}".replace(self.password, "…")
            raise RuntimeError(f"neo4j-admin {arguments[0]} failed: {words}")
        return ran.stdout

    def _main(self) -> str:
        with zipfile.ZipFile(self.lib / f"neo4j-{self.line.version}.jar") as jar:
            entry = jar.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode()
        return next(row.strip() for row in entry.splitlines() if row.strip() and row[0] != "#")

    def start(self) -> Server:
        """Start it and wait until it answers; another port where the first is taken meanwhile."""
        for _ in range(3):
            self._launch()
            try:
                self._await_answer()
                if not self._has_password:
                    self._set_password()
                return self
            except OSError:
                self.kill()
                self._configure(free_port())
        raise RuntimeError(f"Neo4j {self.line.version} did not start: {self._last_words()}")

    def _launch(self) -> None:
        command = [str(self.java), "-Xms128m", *self._flags("512m"), "-XX:+ExitOnOutOfMemoryError"]
        command += ["-cp", f"{self.home}/plugins/*:{self.home}/conf/*:{self.lib}/*", self._main()]
        command += [f"--home-dir={self.home}", f"--config-dir={self.home}/conf", "--console-mode"]
        setpriv = shutil.which("setpriv")
        # The death signal follows the thread that starts the process, so only from the main one.
        if setpriv and threading.current_thread() is threading.main_thread():
            command = [setpriv, "--pdeathsig", "TERM", "--", *command]
        with (self.home / "console.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self._clean_environment(),
                start_new_session=True,
            )

    _has_password = False

    def _set_password(self) -> None:
        """Replace the first password over Bolt; neo4j-admin would start a whole JVM for it."""
        import neo4j

        with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", "neo4j")) as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password",
                password=self.password,
                database_="system",
            )
        self._has_password = True

    def _await_answer(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise OSError(f"it ended: {self._last_words()}")
            if b"Started." in (self.home / "console.log").read_bytes()[self._read_from :]:
                with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2):
                    self._read_from = (self.home / "console.log").stat().st_size
                    return
            time.sleep(0.1)
        raise OSError("it did not answer in time")

    _read_from = 0

    def _last_words(self) -> str:
        words = ""
        for log in ("console.log", "logs/debug.log"):
            path = self.home / log
            words += path.read_text(errors="replace")[-1500:] if path.is_file() else ""
        return words.replace(self.password, "…")

    def _signal(self, what: signal.Signals, patience: float) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, what)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
        self.process = None

    def kill(self) -> None:
        """End it at once, as a power cut would (kill -9)."""
        self._signal(signal.SIGKILL, 30)

    def stop(self) -> None:
        """Stop it cleanly."""
        self._signal(signal.SIGTERM, 30)

    def remove(self) -> None:
        """Stop it and remove its home."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def serving(name: str, *, quick: bool = False) -> Iterator[Server]:
    """Run a server of a line for as long as the block runs.

    Raises
    ------
    Lacking
        Where the machine cannot run it.
    """
    server = Server(LINES[name], quick=quick)
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture(scope="module", params=list(LINES))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Run a server of each line in turn; skip, or fail where required, what cannot run here."""
    from tests.conftest import lacking

    line = LINES[request.param]
    try:
        started = Server(line, quick=True)
    except Lacking as why:
        lacking(line.part, str(why))
    try:
        yield started.start()
    finally:
        started.remove()


def main() -> None:
    """Run the LTS line until interrupted, for work by hand: python -m tests.neo4j_server."""
    with serving(sys.argv[1] if len(sys.argv) > 1 else "lts") as server:
        for name, value in server.environment.items():
            print(f"export {name}={value}", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
