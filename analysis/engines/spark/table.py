"""Tables that stay on Spark: the first rows come here, all of them are written by the workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from partnergraph.graph.spark.session import Spark, spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, eq=False)
class SparkTable:
    """An answer on Spark, with the columns and attrs of the same answer in memory.

    Attributes
    ----------
    order
        How its rows are ordered, as SQL.
    index
        The columns that name its rows: ``id``, or ``a`` and ``b``.
    """

    spark: Spark
    frame: DataFrame
    order: str
    index: tuple[str, ...] = ("id",)
    attrs: dict[str, Any] = field(default_factory=dict)

    @spark_errors()
    def __len__(self) -> int:
        return int(self.frame.count())

    @spark_errors()
    def top(self, n: int = 20) -> pd.DataFrame:
        """Return the first n rows."""
        table = self.spark.table(self._ordered().limit(n)).set_index(list(self.index))
        table.attrs.update(self.attrs)
        return table

    def write(self, folder: str) -> str:
        """Write all rows as Parquet, in order, each worker its part.

        Raises
        ------
        ServerFailed
            If the folder already exists, or cannot be written.
        """
        with spark_errors(folder):
            self._ordered().write.mode("errorifexists").parquet(folder)
        return folder

    def _ordered(self) -> DataFrame:
        return self.spark.sql(f"SELECT * FROM {{f}} ORDER BY {self.order}", f=self.frame)
