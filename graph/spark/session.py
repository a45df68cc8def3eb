"""Sessions of Apache Spark: a running one is used as it is, otherwise one is started here.

Everything that partnergraph asks of Spark goes through `Spark`: SQL statements over data frames,
and `settle`, which computes a frame once and cuts off its lineage. No Python runs on the workers,
so they need no Python packages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partnergraph.graph.errors import (
    BadParameter,
    MissingDependency,
    PartnergraphError,
    ServerFailed,
    ServerUnavailable,
    UnusableInput,
)

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

JAVA = 17
ROWS_A_PARTITION = 250_000
MOST_PARTITIONS = 20_000
# A broadcast table with a row per node takes about 100 bytes a row, and may fill a tenth of the
# memory.
MEMORY_A_NODE = 1_000
# Below so many rows, compiling a question takes longer than answering it.
COMPILE_FROM = 50_000
# In bytes, more than any frame has: an estimate above it is wrong.
BEYOND_ANY = 1 << 60
# Of a session started here; never set on a session that was given.
SETTINGS = {
    "spark.ui.showConsoleProgress": "false",
    # Settled rows that do not fit in memory are written with it; Java's own serializer writes three
    # times as much.
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.sql.session.timeZone": "UTC",
}
# Of each question, on a session of its own beside the given one.
QUESTION = {
    # Partitions are chosen by size here, so that the joins of a round need no second shuffle.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "200000",
    "spark.sql.autoBroadcastJoinThreshold": "8m",
    "spark.sql.broadcastTimeout": "3600",
    "spark.sql.parquet.compression.codec": "zstd",
}


@dataclass(frozen=True, eq=False)
class Spark:
    """A Spark session, and what is known of it.

    Attributes
    ----------
    session
        A session beside the one that was given or started, with settings of its own.
    durable
        Whether settled frames are written to the checkpoint directory and survive the loss of a
        worker; otherwise they live in the workers' memory and on their disks.
    cores
        How many tasks run at a time.
    told
        Up to how many nodes a value of each is broadcast to every worker instead of shuffled.
    frames
        Frames that every statement may name.
    """

    session: SparkSession
    durable: bool
    cores: int
    told: int = 500_000
    frames: Mapping[str, DataFrame] = field(default_factory=dict)

    def holding(self, **frames: DataFrame) -> Spark:
        """Return the session with further frames that every statement may name."""
        return replace(self, frames={**self.frames, **frames})

    def sql(self, statement: str, **given: Any) -> DataFrame:
        """Return the frame of a statement in which ``{name}`` stands for a frame or a literal."""
        given = {**self.frames, **given}
        # PySpark takes braces for placeholders only where something is given.
        return self.session.sql(statement if given else statement.format(), **given)

    def numbers(self, statement: str, **given: Any) -> dict[str, Any]:
        """Return the only row of a statement, by column."""
        row: dict[str, Any] = self.sql(statement, **given).collect()[0].asDict()
        return row

    def settled(self, statement: str, *by: str, **given: Any) -> DataFrame:
        """Compute a statement now, once; its rows partitioned and sorted `by` columns, if any."""
        frame = self.sql(statement, **given)
        return self.settle(self.partitioned(frame, *by) if by else frame)

    def partitioned(self, frame: DataFrame, column: str, *then: str) -> DataFrame:
        """Partition rows by a column, and sort them by it, then by others."""
        parts = int(str(self.session.conf.get("spark.sql.shuffle.partitions")))
        return frame.repartition(parts, column).sortWithinPartitions(column, *then)

    def settle(self, frame: DataFrame) -> DataFrame:
        """Compute a frame now, once, and cut off its lineage."""
        return self.measured(frame) if _overrated(frame) else self._cut(frame)

    def measured(self, frame: DataFrame) -> DataFrame:
        """Settle a frame together with its true size.

        Spark estimates a join as the product of its sides, and a settled frame keeps the estimate:
        after many rounds these are numbers of millions of digits, and multiplying them takes
        longer than any answer. A cached frame has been measured.
        """
        cached = frame.persist()
        settled = self._cut(cached.select("*"))  # planned anew, to find what is cached
        cached.unpersist()
        return settled

    def _cut(self, frame: DataFrame) -> DataFrame:
        return frame.checkpoint(eager=True) if self.durable else frame.localCheckpoint(eager=True)

    def settle_sums(self, frame: DataFrame) -> DataFrame:
        """Settle sums of rows that lie sorted by what they are added up by: one row at a time.

        Spark would otherwise keep all sums of a partition in a table, twice, and sort them again.
        """
        name = "spark.sql.execution.replaceHashWithSortAgg"
        before = self.session.conf.get(name, "false")
        self.session.conf.set(name, "true")
        try:
            return self.settle(frame)
        finally:
            self.session.conf.set(name, str(before))

    def sized(self, rows: int) -> Spark:
        """Choose the number of partitions for frames of so many rows, and return the session."""
        conf = self.session.conf
        conf.set("spark.sql.shuffle.partitions", str(self.partitions(rows)))
        compiled = rows > COMPILE_FROM
        conf.set("spark.sql.codegen.wholeStage", str(compiled).lower())
        conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
        return self

    def partitions(self, rows: int) -> int:
        """Return the number of partitions for so many rows: 1 where small, then 2ⁱ per core.

        Powers of two, so that frames of about the same size are partitioned alike and need no
        second shuffle to be joined.
        """
        if rows <= ROWS_A_PARTITION:
            return 1
        parts = self.cores
        while parts * ROWS_A_PARTITION < rows:
            parts *= 2
        return min(MOST_PARTITIONS, parts)

    def frame(self, columns: dict[str, Any]) -> DataFrame:
        """Hand columns in memory to Spark."""
        import pyarrow

        return self.session.createDataFrame(pyarrow.table(columns))

    def table(self, frame: DataFrame) -> pd.DataFrame:
        """Bring a frame into memory; text is objects, integers without nulls stay integers."""
        import pandas as pd

        # By way of Arrow: PySpark's own conversion calls what pandas 3 warns of.
        found = frame.toArrow()
        names = found.column_names
        return pd.DataFrame({n: found.column(n).to_numpy(zero_copy_only=False) for n in names})


def quoted(words: Iterable[str]) -> str:
    """Return words as a list of SQL literals; an empty list matches nothing."""
    escaped = [word.replace("\\", "\\\\").replace("'", "\\'") for word in words]
    return ", ".join(f"'{word}'" for word in escaped) or "NULL"


def read_csv(spark: Spark, path: str) -> DataFrame:
    """Read a CSV file or directory as text columns; blanks are null."""
    return spark.session.read.csv(path, header=True, multiLine=True, escape='"', encoding="UTF-8")


def _overrated(frame: DataFrame) -> bool:
    """Return whether Spark's estimate of a frame is impossibly large; Connect gives no estimate."""
    plan = getattr(frame, "_jdf", None)
    size = plan and plan.queryExecution().optimizedPlan().stats().sizeInBytes()
    return size is None or int(size) > BEYOND_ANY


def open_spark(
    master: str | None = None,
    *,
    session: SparkSession | None = None,
    memory: str | None = None,
    checkpoints: str | None = None,
    ui: bool = False,
) -> Spark:
    """Start Spark, or use a session that runs.

    Parameters
    ----------
    master
        ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``, or ``sc://host`` for Spark
        Connect. By default PARTNERGRAPH_SPARK_MASTER; else the running session; else the master
        given to ``spark-submit``; else all processors of this machine.
    session
        A running session, used as it is.
    memory
        Memory of the driver, such as ``3g``; by default PARTNERGRAPH_SPARK_MEMORY, else Spark's 1g.
        It counts only where this process starts Spark.
    checkpoints
        A directory that all workers reach (HDFS, S3, a shared disk); by default
        PARTNERGRAPH_SPARK_CHECKPOINTS. A cluster without one keeps settled frames in its workers'
        memory, and the loss of a worker then ends the question.
    ui
        Whether a session started here serves Spark's web pages.

    Raises
    ------
    MissingDependency
        If pyspark is not installed.
    UnusableInput
        If Java is missing or too old, or Spark does not start.
    ServerUnavailable
        If the cluster does not answer.
    """
    _pyspark()
    master = master or os.environ.get("PARTNERGRAPH_SPARK_MASTER")
    checkpoints = checkpoints or os.environ.get("PARTNERGRAPH_SPARK_CHECKPOINTS")
    memory = memory or os.environ.get("PARTNERGRAPH_SPARK_MEMORY")
    given = session or (None if master else _running())
    return _beside(given or _start(master, memory, ui), checkpoints)


@lru_cache(maxsize=1)
def default_spark() -> Spark:
    """Return the session that the command line uses."""
    return open_spark()


def _beside(session: SparkSession, checkpoints: str | None) -> Spark:
    """Open a session beside the given one, whose own settings stay as they are."""
    ours = session.newSession()
    for name, value in QUESTION.items():
        ours.conf.set(name, value)
    if hasattr(ours, "sparkContext"):
        context = ours.sparkContext
        if checkpoints:
            context.setCheckpointDir(checkpoints)
        durable = bool(context.getCheckpointDir())
        cores, local = context.defaultParallelism, context.master.startswith("local")
    else:  # Spark Connect: the directory is the server's to set
        durable = bool(ours.conf.get("spark.checkpoint.dir", None))
        cores, local = 8, False
    # On one machine the driver does all the work, and an executor's memory means nothing.
    holders = ("driver",) if local else ("driver", "executor")
    memory = min(_bytes(ours.conf.get(f"spark.{who}.memory", "1g")) for who in holders)
    return Spark(ours, durable, max(1, int(cores)), memory // MEMORY_A_NODE)


def _bytes(size: str | None) -> int:
    """Return the number of bytes of Spark's ``3g``, ``512m`` or ``1024`` (MiB)."""
    said = re.fullmatch(r"(\d+)([kmgt]?)b?", (size or "1g").lower())
    units = {"k": 10, "": 20, "m": 20, "g": 30, "t": 40}
    return int(said[1]) << units[said[2]] if said else 1 << 30


def _pyspark() -> None:
    try:
        import pyspark.sql  # noqa: F401
    except ImportError:
        raise MissingDependency("The Spark engine", "spark") from None


def _running() -> SparkSession | None:
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


def _start(master: str | None, memory: str | None, ui: bool) -> SparkSession:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder.appName("partnergraph")
    if master and master.startswith("sc://"):
        with spark_errors():
            return builder.remote(master).getOrCreate()
    _check_java()
    settings = SETTINGS | {"spark.ui.enabled": str(ui).lower()}
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # spark-submit started Java, and named the master
        master = master or f"local[{_processors()}]"
        _refuse(master)
        log4j = f"-Dlog4j2.configurationFile={_log_settings()}"
        settings["spark.driver.extraJavaOptions"] = log4j
        settings |= {"spark.driver.memory": memory} if memory else {}
    if master:
        builder = builder.master(master)
    if master and master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    with spark_errors(master or ""):
        return builder.getOrCreate()


def _refuse(master: str) -> None:
    if not re.match(r"local(\[.+\])?$|local-cluster\[|spark://|yarn$|k8s://", master):
        raise BadParameter(
            f"{master!r} is not a valid Spark master. "
            "Use local[2], spark://host:7077, yarn, k8s://https://host or sc://host"
        )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _log_settings() -> str:
    """Return the log settings as a file, which Java cannot read from inside an archive."""
    path = files("partnergraph.graph.spark").joinpath("log4j2.properties")
    if not isinstance(path, Path):
        inside = path.read_bytes()
        path = Path(tempfile.mkdtemp(prefix="partnergraph-")) / "log4j2.properties"
        path.write_bytes(inside)
    return path.as_uri()


def _check_java() -> None:
    """Raise UnusableInput without a Java that Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    remedy = f"Install Java {JAVA} or newer, or point JAVA_HOME to one"
    if java is None:
        raise UnusableInput("Java", "not found, and the Spark engine needs it", remedy)
    try:
        run = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UnusableInput(java, f"it cannot be run as Java ({error.strerror})", remedy) from None
    found = re.search(r'version "(?:1\.)?(\d+)', run.stderr + run.stdout)
    if found is None:
        raise UnusableInput(java, "it does not report a Java version", remedy)
    if int(found[1]) < JAVA:
        raise UnusableInput(java, f"Java {found[1]} is too old for Spark", remedy)


@contextmanager
def spark_errors(place: str = "Spark") -> Iterator[None]:
    """Raise what Spark raises as one message.

    Raises
    ------
    ServerUnavailable, ServerFailed, UnusableInput
        If the cluster does not answer, Spark fails, or it does not start.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        if isinstance(error, PartnergraphError):
            raise
        words = str(error)
        cause = " ".join(_first_cause(words).split())[:300]
        if "JAVA_GATEWAY_EXITED" in words:
            cause = f"Spark did not start ({cause})"
            raise UnusableInput(place, cause, "Check Java and the memory requested") from None
        if re.search(r"masters are unresponsive|Connection refused|UNAVAILABLE|stopped", words):
            words = f"{place}: Spark does not answer ({cause})"
            raise ServerUnavailable(f"{words}. Check the address and the cluster") from None
        words = f"{place}: Spark failed ({cause})"
        raise ServerFailed(f"{words}. More memory or a larger cluster may help") from error


def _first_cause(words: str) -> str:
    """Return the line of a Java stack trace that tells what happened."""
    causes = re.findall(r"Caused by: ([^\n]+)", words)
    if causes:
        return str(causes[-1])
    lines = [line for line in words.splitlines() if line.strip() and not line.startswith("\tat")]
    return next((line for line in lines if "Exception" in line or "Error" in line), lines[0])
