"""What the test of a cluster runs in a process of its own: MASTER CHECKPOINTS TARGET."""

import sys
import time

import networkx as nx
import numpy as np

from partnergraph.analysis.engines.spark import rounds
from partnergraph.graph.spark import session as spark_session
from partnergraph.graph.spark.network import SparkGraph
from partnergraph.graph.weighted_graph import WeightedGraph

GRAPH = WeightedGraph.from_networkx(nx.barabasi_albert_graph(400, 4, seed=8))


def main(master: str, checkpoints: str, target: str) -> None:
    spark_session.ROWS_A_PARTITION = 2_000  # so that both workers have a part of so small a network
    spark = spark_session.open_spark(master, checkpoints=checkpoints)
    assert spark.durable
    executors = spark.session.sparkContext._jsc.sc().getExecutorMemoryStatus
    until = time.monotonic() + 30
    while executors().size() < 3 and time.monotonic() < until:  # the driver is one of them
        time.sleep(0.1)
    found = {"before": executors().size() - 1}
    there = SparkGraph.of(spark, GRAPH)
    for turn in ("undisturbed", "disturbed"):
        print(f"{turn} begins {time.monotonic()}", flush=True)
        table = spark.table(rounds.pagerank(there).sort("node"))
        found[f"pagerank {turn}"] = table["value"].to_numpy(dtype=float)
        print(f"{turn} ends {time.monotonic()}", flush=True)
    np.savez(target, **found, after=executors().size() - 1)
    spark.session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
