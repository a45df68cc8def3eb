"""An ecosystem too large for one machine: the same six tables as Spark frames, kept in Parquet.

Its folder has a directory per table (``nodes.parquet/``, ``ties.parquet/`` …; nodes and ties
partitioned by kind) and ``about.parquet/``, which is written last: a folder without it is not an
ecosystem, so an interrupted write is never read. On a local disk a ``datapackage.json`` lies beside
them, and `partnergraph.load` reads the folder like any other. Rows never come to the driver;
distinct dates do, because they are parsed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from partnergraph.graph.ecosystem import About, Ecosystem, as_of
from partnergraph.graph.errors import (
    AlreadyThere,
    AmbiguousName,
    BadParameter,
    MissingInput,
    UnknownName,
    UnusableInput,
)
from partnergraph.graph.files import write_atomically
from partnergraph.graph.formats import datapackage
from partnergraph.graph.network_options import Filtered, Filters, NetworkOptions, filtered
from partnergraph.graph.periods import FIRST_DAY, LAST_DAY, Period, span
from partnergraph.graph.schema import SCHEMA, Table, node_kinds
from partnergraph.graph.spark.fold import network_of
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.spark.session import Spark, quoted, read_csv, spark_errors
from partnergraph.graph.tables import TEXT, column_type, declared_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ABOUT = "about.parquet"
PARTED = ("nodes", "ties")
FAR = ("hdfs://", "s3a://", "gs://", "abfs://", "abfss://")
MOST_DATES = 2_000_000
_TYPES = {"number": "double", "integer": "long"}


def is_spark_folder(folder: str | Path) -> bool:
    """Return whether Spark wrote a folder, or it lies where only Spark reaches."""
    if str(folder).startswith(FAR):
        return True
    return (Path(folder) / ABOUT / "_SUCCESS").is_file()


@dataclass(frozen=True, eq=False)
class SparkEcosystem:
    """Six tables on Spark.

    Attributes
    ----------
    engine
        The engine that answers questions about it.
    spark
        The session; its statements may name each of the tables.
    tables
        Frames by table name, columns as the vocabulary has them, then the user's own.
    about
        As of any ecosystem.
    """

    engine: ClassVar[str] = "spark"
    spark: Spark
    tables: Mapping[str, DataFrame]
    about: About = field(default_factory=About)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spark", self.spark.holding(**self.tables))

    @classmethod
    def of(cls, spark: Spark, eco: Ecosystem) -> SparkEcosystem:
        """Hand an ecosystem in memory to Spark."""
        tables = {}
        for name, frame in eco.tables.items():
            declared = SCHEMA.tables[name]
            columns = {c: _array(frame[c], declared_type(declared, c)) for c in frame.columns}
            tables[name] = spark.frame(columns)
        return cls(spark, tables, eco.about)

    @classmethod
    def from_frames(
        cls, spark: Spark, tables: Mapping[str, DataFrame], about: About | None = None
    ) -> SparkEcosystem:
        """Complete frames to the six tables, with blank columns added and types as declared."""
        for name in tables:
            if name not in SCHEMA.tables:
                raise UnknownName("table", name, list(SCHEMA.tables))
        whole = {n: _completed(spark, t, tables.get(n)) for n, t in SCHEMA.tables.items()}
        return cls(spark, whole, about or About())

    @classmethod
    def read(cls, spark: Spark, folder: str | Path) -> SparkEcosystem:
        """Read an ecosystem's folder, written by Spark or by `partnergraph.save`.

        Raises
        ------
        MissingInput, UnusableInput
            If there is none, or it is incomplete.
        """
        place = str(folder)
        if "://" not in place:
            if not Path(place).is_dir():
                raise MissingInput(place, "no such folder", "Check the path")
            if not is_spark_folder(place):
                return cls._read_saved(spark, Path(place))
        with spark_errors(place):
            said = spark.session.read.parquet(f"{place}/{ABOUT}").collect()[0].asDict()
            tables = {n: spark.session.read.parquet(f"{place}/{n}.parquet") for n in SCHEMA.tables}
        return cls.from_frames(spark, tables, About.from_mapping(said))

    @classmethod
    def _read_saved(cls, spark: Spark, folder: Path) -> SparkEcosystem:
        """Read what `partnergraph.save` wrote, CSV or Parquet."""
        about, reader = datapackage.about_in(folder), spark.session.read
        tables = {
            name: reader.parquet(path.as_uri())
            if path.suffix == ".parquet"
            else read_csv(spark, path.as_uri())
            for name, path in datapackage.table_files(folder).items()
        }
        if "nodes" not in tables:
            raise UnusableInput(folder, "it has no table nodes", "Give an ecosystem's folder")
        return cls.from_frames(spark, tables, about)

    def write(self, folder: str | Path) -> str:
        """Write it as Parquet, each worker its part.

        Raises
        ------
        AlreadyThere
            If the folder is not empty.
        """
        place = str(folder)
        local = "://" not in place
        if local and Path(place).exists() and any(Path(place).iterdir()):
            raise AlreadyThere(f"{place} is not empty. Choose another folder")
        with spark_errors(place):
            for name, frame in self.tables.items():
                writer = frame.write.mode("errorifexists")
                if name in PARTED and not frame.isEmpty():
                    writer = writer.partitionBy("kind")
                writer.parquet(f"{place}/{name}.parquet")
            about = {k: [v] for k, v in self.about.as_dict().items()}
            self.spark.frame(about).coalesce(1).write.parquet(f"{place}/{ABOUT}")
        if local:
            described = datapackage.described(Ecosystem({}, self.about), "parquet")
            write_atomically(Path(place) / datapackage.DESCRIPTOR, described)
        return place

    def settled(self) -> SparkEcosystem:
        """Compute its tables now, once, for all later questions."""
        tables = {name: self.spark.settle(frame) for name, frame in self.tables.items()}
        return replace(self, tables=tables)

    @cached_property
    def _as_of(self) -> tuple[str | None, str]:
        return as_of(
            self.about, self._found("sources", "retrieved"), self._found("evidence", "recorded_on")
        )

    @property
    def as_of(self) -> str | None:
        """The day that the data describe, as of an `Ecosystem`."""
        return self._as_of[0]

    @property
    def as_of_basis(self) -> str:
        """What `as_of` rests on, as of an `Ecosystem`."""
        return self._as_of[1]

    def _found(self, table: str, column: str) -> Callable[[], list[str]]:
        """Return a function that collects the different dates in a column."""
        query = f"SELECT DISTINCT {column} AS text FROM {{{table}}} WHERE {column} IS NOT NULL"
        return lambda: [
            str(row["text"]) for row in self.spark.sql(query).collect() if _span(str(row["text"]))
        ]

    def sizes(self) -> tuple[int, int]:
        """Return the numbers of nodes and of ties."""
        return self.tables["nodes"].count(), self.tables["ties"].count()

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        return {name: frame.count() for name, frame in self.tables.items()}

    # -- networks ----------------------------------------------------------------------------

    def filtered(self, filters: Filters | None = None, **keywords: Any) -> Filtered[SparkEcosystem]:
        """Return what filters leave, with what each did, as `Ecosystem.filtered` does."""
        return filtered(self, Filters.of(keywords) if filters is None else filters)

    def weighted_graph(self, options: NetworkOptions | None = None, **keywords: Any) -> SparkGraph:
        """Fold and collapse it into a network on Spark, as `Ecosystem.weighted_graph` does."""
        wanted = NetworkOptions.of(keywords) if options is None else options
        return network_of(self.filtered(wanted.filters), wanted)

    # -- restricting -------------------------------------------------------------------------

    def replaced(self, **tables: DataFrame) -> SparkEcosystem:
        """Return it with other tables."""
        return replace(self, tables={**self.tables, **tables})

    def with_status(self, wanted: Iterable[str]) -> SparkEcosystem:
        """Keep ties of some status; a tie without a status counts as declared."""
        listed, names = list(SCHEMA.values["status"]), list(wanted)
        for value in names:
            if value not in listed:
                raise UnknownName("status", value, listed)
        stand = f"coalesce(status, '{SCHEMA.declared}') IN ({quoted(names)})"
        return self.replaced(ties=self.tables["ties"].where(stand))

    def only(self, kinds: str | Iterable[str]) -> SparkEcosystem:
        """Keep nodes of the given kinds, and the ties between them."""
        return self._keep(self.tables["nodes"].where(f"kind IN ({quoted(node_kinds(kinds))})"))

    def without(self, names: Iterable[str]) -> SparkEcosystem:
        """Leave out nodes, by id, original id, or a unique name or alias, with their ties."""
        gone = [self.resolve(name) for name in names]
        return self._keep(self.tables["nodes"].where(f"id NOT IN ({quoted(gone)})"))

    def left_by(self, gone: DataFrame) -> SparkEcosystem:
        """Leave out the nodes of a frame, by its column ``id``, with their ties."""
        left = "SELECT n.* FROM {nodes} n LEFT ANTI JOIN {gone} g ON n.id = g.id"
        return self._keep(self.spark.sql(left, gone=gone))

    def resolve(self, name: str) -> str:
        """Return the id for an id, an original id, or a unique name or alias."""
        query = """SELECT DISTINCT id, id = {name} AS exact FROM (
            SELECT id, id AS word FROM {nodes} UNION ALL SELECT id, name FROM {nodes}
            UNION ALL SELECT id, original_id FROM {nodes}
            UNION ALL SELECT node, alias FROM {aliases})
            WHERE lower(word) = lower({name}) LIMIT 10"""
        found = self.spark.sql(query, name=name).collect()
        exact = [row["id"] for row in found if row["exact"]]
        ids = exact or sorted(row["id"] for row in found)
        if len(ids) > 1:
            raise AmbiguousName(name, ids)
        if not ids:
            raise UnknownName("node", name, [])
        return str(ids[0])

    def at(self, date: str, *, undated: Literal["keep", "drop"] = "keep") -> SparkEcosystem:
        """Keep what may have been there at a date, as `Ecosystem.at` does."""
        if undated not in ("keep", "drop"):
            raise BadParameter(f"undated={undated!r}: use 'keep' or 'drop'")
        moment = Period.parse(date)
        there = f"first <= {moment.latest} AND last >= {moment.earliest}"
        left = self._keep(self._days("nodes", recurring=True).where(there).drop("first", "last"))
        left = left.replaced(ties=left._days("ties").where(there).drop("first", "last"))
        return left.dated() if undated == "drop" else left

    def dated(self) -> SparkEcosystem:
        """Leave out ties without a period of their own or of a project."""
        return self.replaced(ties=self.marked().where("NOT undated").drop("undated"))

    def marked(self) -> DataFrame:
        """Return the ties with a column ``undated``: no date of its own or of its project."""
        query = f"""WITH lends AS (SELECT id FROM {{nodes}}
            WHERE kind IN ({quoted(SCHEMA.period_lenders)})
            AND (start IS NOT NULL OR `end` IS NOT NULL))
            SELECT t.*, t.start IS NULL AND t.`end` IS NULL AND x.id IS NULL AND y.id IS NULL
            AS undated FROM {{ties}} t LEFT JOIN lends x ON t.source = x.id
            LEFT JOIN lends y ON t.target = y.id"""
        return self.spark.sql(query)

    def _keep(self, nodes: DataFrame) -> SparkEcosystem:
        query = """SELECT t.* FROM {ties} t LEFT SEMI JOIN {nodes} x ON t.source = x.id
            LEFT SEMI JOIN {nodes} y ON t.target = y.id"""
        ties = self.spark.sql(query, nodes=nodes)
        return self.replaced(nodes=nodes, ties=ties)

    def _days(self, name: str, *, recurring: bool = False) -> DataFrame:
        """Return a table with the ``first`` and ``last`` day that each row may mean."""
        last = f"coalesce(y.late, {LAST_DAY})"
        if recurring:
            last = f"if(t.recurrence IS NOT NULL AND t.`end` IS NULL, {LAST_DAY}, {last})"
        query = f"""SELECT t.*, coalesce(x.early, {FIRST_DAY}) AS first, {last} AS last
            FROM {{{name}}} t LEFT JOIN {{dates}} x ON t.start = x.text
            LEFT JOIN {{dates}} y ON t.`end` = y.text"""
        return self.spark.sql(query, dates=self.dates(name))

    def dates(self, name: str) -> DataFrame:
        """Return the dates of a table: ``text``, ``early``, ``late`` (null: not a date)."""
        import pyarrow

        query = f"""SELECT DISTINCT text FROM (SELECT start AS text FROM {{{name}}} UNION ALL
            SELECT `end` FROM {{{name}}}) WHERE text IS NOT NULL LIMIT {MOST_DATES + 1}"""
        found = self.spark.sql(query)
        texts = sorted(str(row["text"]) for row in found.collect())
        if len(texts) > MOST_DATES:
            cause = f"it has more than {MOST_DATES:,} different dates"
            raise UnusableInput(name, cause, "Write days, months or years")
        days = [_span(text) or (None, None) for text in texts]
        columns = {"text": pyarrow.array(texts, pyarrow.string())}
        for i, end in enumerate(("early", "late")):
            columns[end] = pyarrow.array([day[i] for day in days], pyarrow.int64())
        return self.spark.frame(columns)


def _span(text: str) -> tuple[int, int] | None:
    try:
        return span(text)
    except BadParameter:
        return None


def _completed(spark: Spark, table: Table, frame: DataFrame | None) -> DataFrame:
    """Return a frame with every declared column of a table, then its own columns."""
    there = [] if frame is None else frame.columns
    columns = []
    for name, column in table.columns.items():
        kind = _TYPES.get(column.type, "string")
        columns.append(f"CAST({f'`{name}`' if name in there else 'NULL'} AS {kind}) AS `{name}`")
    own = [f"`{c}`" for c in there if c not in table.columns]
    if frame is None:
        return spark.sql(f"SELECT {', '.join(columns)} WHERE false")
    return frame.selectExpr(*columns, *own)


def _array(series: Any, declared: str | None) -> Any:
    """Return a column as Arrow, blanks null, in its declared type or that of its cells."""
    import pyarrow

    kind = "text" if series.dtype == TEXT else declared or column_type(series)
    types = {"number": pyarrow.float64(), "integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
    cells = series.astype(object).where(series.notna(), None)
    return pyarrow.array(cells, type=types.get(kind, pyarrow.string()), from_pandas=True)
