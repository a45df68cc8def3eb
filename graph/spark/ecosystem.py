"""An ecosystem too large for one machine: the same six tables as Spark frames, kept in Parquet.

Its folder has a directory a table (``nodes.parquet/``, ``ties.parquet/`` …; nodes and ties parted
by kind) and ``about.parquet/``, which is written last: a folder without it is no ecosystem, so that
a write that was interrupted is never read. On a disk of this machine a ``datapackage.json`` stands
beside them, and `partnergraph.load` reads the folder as it reads any other. Rows never come to the
driver; dates do, each once, because their meaning is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from partnergraph.graph.ecosystem import About, Ecosystem
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
from partnergraph.graph.periods import FIRST_DAY, LAST_DAY, Period, span
from partnergraph.graph.schema import SCHEMA, Table, node_kinds
from partnergraph.graph.spark.session import Spark, spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ABOUT = "about.parquet"
PARTED = ("nodes", "ties")
FAR = ("hdfs://", "s3a://", "gs://", "abfs://", "abfss://")
MOST_DATES = 2_000_000
_TYPES = {"number": "double", "integer": "long"}


def is_spark_folder(folder: str | Path) -> bool:
    """Say whether Spark wrote a folder, or whether it lies where Spark alone reaches."""
    if str(folder).startswith(FAR):
        return True
    return (Path(folder) / ABOUT / "_SUCCESS").is_file()


@dataclass(frozen=True, eq=False)
class SparkEcosystem:
    """Six tables on Spark.

    Attributes
    ----------
    tables
        Frames by table name, columns as the vocabulary has them, then the user's own.
    about
        As of any ecosystem.
    """

    spark: Spark
    tables: Mapping[str, DataFrame]
    about: About = field(default_factory=About)

    @classmethod
    def of(cls, spark: Spark, eco: Ecosystem) -> SparkEcosystem:
        """Hand an ecosystem in memory to Spark."""
        tables = {}
        for name, frame in eco.tables.items():
            declared = SCHEMA.tables[name]
            columns = {
                c: _typed_array(frame[c], declared.columns[c].type if c in declared.columns else "")
                for c in frame.columns
            }
            tables[name] = spark.frame(columns)
        return cls(spark, tables, eco.about)

    @classmethod
    def from_frames(
        cls, spark: Spark, tables: Mapping[str, DataFrame], about: About | None = None
    ) -> SparkEcosystem:
        """Complete frames to the six tables: columns that lack are blank, types are declared ones.

        Raises
        ------
        UnknownName
            Where a table is none of the six.
        """
        for name in tables:
            if name not in SCHEMA.tables:
                raise UnknownName("table", name, list(SCHEMA.tables))
        whole = {
            name: _completed(spark, table, tables.get(name))
            for name, table in SCHEMA.tables.items()
        }
        return cls(spark, whole, about or About())

    @classmethod
    def read(cls, spark: Spark, folder: str | Path) -> SparkEcosystem:
        """Read an ecosystem's folder, written by Spark or by `partnergraph.save`.

        Raises
        ------
        MissingInput, UnusableInput
            Where there is none, or it is not whole.
        """
        place = str(folder)
        if "://" not in place and not Path(place).is_dir():
            raise MissingInput(place, "there is no such folder", "Check the path")
        if "://" not in place and not is_spark_folder(place):
            return cls._read_saved(spark, Path(place))
        with spark_errors(place):
            said = spark.session.read.parquet(f"{place}/{ABOUT}").collect()[0].asDict()
            tables = {n: spark.session.read.parquet(f"{place}/{n}.parquet") for n in SCHEMA.tables}
        return cls.from_frames(spark, tables, About.from_mapping(said))

    @classmethod
    def _read_saved(cls, spark: Spark, folder: Path) -> SparkEcosystem:
        """Read what `partnergraph.save` wrote, CSV or Parquet."""
        about = datapackage.about_in(folder)
        tables: dict[str, DataFrame] = {}
        for name, path in datapackage.table_files(folder).items():
            if path.suffix == ".parquet":
                tables[name] = spark.session.read.parquet(path.as_uri())
            else:
                tables[name] = read_csv(spark, path.as_uri())
        if "nodes" not in tables:
            raise UnusableInput(folder, "it has no table nodes", "Name an ecosystem's folder")
        return cls.from_frames(spark, tables, about)

    def write(self, folder: str | Path) -> str:
        """Write it as Parquet, each worker its part.

        Raises
        ------
        AlreadyThere
            Where the folder holds something.
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
        """Compute its tables now, once; each later question reads them from there."""
        tables = {name: self.spark.settle(frame) for name, frame in self.tables.items()}
        return SparkEcosystem(self.spark, tables, self.about)

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        return {name: frame.count() for name, frame in self.tables.items()}

    # -- restricting -------------------------------------------------------------------------

    def replaced(self, **tables: DataFrame) -> SparkEcosystem:
        """Return it with other tables."""
        return SparkEcosystem(self.spark, {**self.tables, **tables}, self.about)

    def with_status(self, wanted: Iterable[str]) -> SparkEcosystem:
        """Keep ties that stand so; a tie without a status counts as declared."""
        listed = list(SCHEMA.values["status"])
        names = list(wanted)
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
        nodes = self.spark.sql(
            "SELECT n.* FROM {n} n LEFT ANTI JOIN {g} g ON n.id = g.id",
            n=self.tables["nodes"],
            g=gone,
        )
        return self._keep(nodes)

    def resolve(self, name: str) -> str:
        """Return the id that is meant by an id, an original id, or a unique name or alias.

        Raises
        ------
        UnknownName, AmbiguousName
            Where no node, or more than one, is called so.
        """
        found = self.spark.sql(
            """SELECT DISTINCT id, id = {name} AS exact FROM (
            SELECT id, id AS word FROM {nodes} UNION ALL SELECT id, name FROM {nodes}
            UNION ALL SELECT id, original_id FROM {nodes}
            UNION ALL SELECT node, alias FROM {aliases})
            WHERE lower(word) = lower({name}) LIMIT 10""",
            nodes=self.tables["nodes"],
            aliases=self.tables["aliases"],
            name=name,
        ).collect()
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
            raise BadParameter(f"undated={undated!r}: take 'keep' or 'drop'")
        moment = Period.parse(date)
        there = f"first <= {moment.latest} AND last >= {moment.earliest}"
        nodes = self._days("nodes", recurring=True).where(there).drop("first", "last")
        left = self._keep(nodes)
        ties = left._days("ties").where(there).drop("first", "last")
        left = left.replaced(ties=ties)
        return left.dated() if undated == "drop" else left

    def dated(self) -> SparkEcosystem:
        """Leave out ties without a period of their own or of a project."""
        return self.replaced(ties=self.marked().where("NOT undated").drop("undated"))

    def marked(self) -> DataFrame:
        """Return the ties with a column ``undated``: no date of its own or of its project."""
        return self.spark.sql(
            f"""WITH lends AS (SELECT id FROM {{nodes}}
            WHERE kind IN ({quoted(SCHEMA.period_lenders)})
            AND (start IS NOT NULL OR `end` IS NOT NULL))
            SELECT t.*, t.start IS NULL AND t.`end` IS NULL AND x.id IS NULL AND y.id IS NULL
            AS undated FROM {{ties}} t LEFT JOIN lends x ON t.source = x.id
            LEFT JOIN lends y ON t.target = y.id""",
            nodes=self.tables["nodes"],
            ties=self.tables["ties"],
        )

    def _keep(self, nodes: DataFrame) -> SparkEcosystem:
        ties = self.spark.sql(
            """SELECT t.* FROM {ties} t LEFT SEMI JOIN {nodes} x ON t.source = x.id
            LEFT SEMI JOIN {nodes} y ON t.target = y.id""",
            ties=self.tables["ties"],
            nodes=nodes,
        )
        return self.replaced(nodes=nodes, ties=ties)

    def _days(self, name: str, *, recurring: bool = False) -> DataFrame:
        """Return a table with the first and last day each row may mean."""
        dates = self.dates(name)
        ends = f"CASE WHEN t.recurrence IS NOT NULL AND t.`end` IS NULL THEN {LAST_DAY} "
        last = f"coalesce(y.late, {LAST_DAY})"
        return self.spark.sql(
            f"""SELECT t.*, coalesce(x.early, {FIRST_DAY}) AS first,
            {ends + "ELSE " + last + " END" if recurring else last} AS last
            FROM {{t}} t LEFT JOIN {{d}} x ON t.start = x.text
            LEFT JOIN {{d}} y ON t.`end` = y.text""",
            t=self.tables[name],
            d=dates,
        )

    def dates(self, name: str) -> DataFrame:
        """Return the different dates of a table: ``text``, ``early``, ``late`` (null: no date)."""
        found = self.spark.sql(
            f"""SELECT DISTINCT text FROM (SELECT start AS text FROM {{t}} UNION ALL
            SELECT `end` FROM {{t}}) WHERE text IS NOT NULL LIMIT {MOST_DATES + 1}""",
            t=self.tables[name],
        )
        texts = sorted(str(row["text"]) for row in found.collect())
        if len(texts) > MOST_DATES:
            raise UnusableInput(
                name,
                f"it has more than {MOST_DATES:,} different dates",
                "Write days, months or years",
            )
        days = [_span(text) for text in texts]
        import pyarrow

        early, late = ([d[i] if d else None for d in days] for i in (0, 1))
        return self.spark.frame(
            {
                "text": pyarrow.array(texts, pyarrow.string()),
                "early": pyarrow.array(early, pyarrow.int64()),
                "late": pyarrow.array(late, pyarrow.int64()),
            }
        )


def _span(text: str) -> tuple[int, int] | None:
    try:
        return span(text)
    except BadParameter:
        return None


def quoted(words: Iterable[str]) -> str:
    """Return words as a list of SQL literals; an empty list matches nothing."""
    escaped = [word.replace("\\", "\\\\").replace("'", "\\'") for word in words]
    return ", ".join(f"'{word}'" for word in escaped) or "NULL"


def braced(words: str) -> str:
    """Return SQL to put into a statement of `Spark.sql`, where braces stand for frames."""
    return words.replace("{", "{{").replace("}", "}}")


def read_csv(spark: Spark, path: str) -> DataFrame:
    """Read a CSV file or directory as text columns; blanks are null."""
    return spark.session.read.csv(path, header=True, multiLine=True, escape='"', encoding="UTF-8")


def _completed(spark: Spark, table: Table, frame: DataFrame | None) -> DataFrame:
    """Return a frame with every column of a table, in its type, own columns after them."""
    there = [] if frame is None else frame.columns
    columns = []
    for name, column in table.columns.items():
        kind = _TYPES.get(column.type, "string")
        columns.append(f"CAST({f'`{name}`' if name in there else 'NULL'} AS {kind}) AS `{name}`")
    own = [f"`{c}`" for c in there if c not in table.columns]
    if frame is None:
        return spark.sql(f"SELECT {', '.join(columns)} WHERE false")
    return frame.selectExpr(*columns, *own)


def _typed_array(series: Any, declared: str) -> Any:
    """Return a column as Arrow, blanks null, of the type the vocabulary or its cells give it."""
    import pyarrow

    from partnergraph.graph.tables import TEXT, column_type

    kind = "text" if series.dtype == TEXT else declared or column_type(series)
    types = {"number": pyarrow.float64(), "integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
    cells = series.astype(object).where(series.notna(), None)
    return pyarrow.array(cells, type=types.get(kind, pyarrow.string()), from_pandas=True)
