"""A real cluster on loopback: a master and two workers, one of them killed in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from partnergraph.analysis.engines import native
from tests.conftest import lacking

pytestmark = [pytest.mark.spark, pytest.mark.slow]
DRIVER = Path(__file__).with_name("cluster_driver.py")
SETTINGS = """spark.executor.memory 512m
spark.executor.cores 1
spark.executor.heartbeatInterval 3s
spark.network.timeout 60s
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {port}")


@dataclass
class Cluster:
    """A master's address, what a driver needs in its environment, and the workers."""

    master: str
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Start a master and two workers, each in a group of its own, and end these groups again."""
    java = shutil.which("java")
    try:
        import pyspark
    except ImportError:
        lacking("spark", "pyspark is not installed")
    if java is None:
        lacking("spark", "there is no Java")
    home = Path(pyspark.__file__).parent
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "spark-defaults.conf").write_text(SETTINGS)
    environment = {
        **os.environ,
        "SPARK_CONF_DIR": str(tmp_path / "conf"),
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
        "SPARK_SCALA_VERSION": "2.13",
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    port, started = free_port(), []

    def run(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        whole = [
            java,
            "-Xmx256m",
            "-cp",
            str(home / "jars" / "*"),
            f"org.apache.spark.deploy.{name}",
            *arguments,
        ]
        with (tmp_path / f"{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                whole, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        started.append(process)
        return process

    listen = ("--host", "127.0.0.1", "--webui-port", "0")
    master = f"spark://127.0.0.1:{port}"
    try:
        run("master.Master", *listen, "--port", str(port))
        wait_for(port)
        workers = [
            run(
                "worker.Worker",
                *listen,
                "-c",
                "1",
                "-m",
                "600m",
                "-d",
                str(tmp_path / f"work{i}"),
                master,
            )
            for i in (1, 2)
        ]
        yield Cluster(master, environment, workers)
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_worker_killed_in_the_middle_changes_nothing(cluster, tmp_path):
    from tests.analysis.engines.spark.cluster_driver import GRAPH

    target, moments = tmp_path / "found.npz", {}
    asked = [cluster.master, str(tmp_path / "checkpoints"), str(target)]
    with (
        (tmp_path / "errors").open("wb") as errors,
        subprocess.Popen(
            [sys.executable, str(DRIVER), *asked],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=cluster.environment,
        ) as driver,
    ):
        assert driver.stdout is not None
        for line in driver.stdout:
            what, moment = line.rsplit(maxsplit=1)
            moments[what] = float(moment)
            if what == "disturbed begins":
                time.sleep(0.5)
                # The worker and its executor, as a machine does that loses power.
                os.killpg(cluster.workers[0].pid, signal.SIGKILL)
                moments["killed"] = time.monotonic()
    assert driver.returncode == 0, (tmp_path / "errors").read_text()[-2_000:]
    assert moments["disturbed begins"] < moments["killed"] < moments["disturbed ends"]
    found = np.load(target)
    assert (found["before"], found["after"]) == (2, 1)
    calm = found["pagerank undisturbed"]
    np.testing.assert_allclose(found["pagerank disturbed"], calm, rtol=0, atol=1e-14)
    np.testing.assert_allclose(calm, native.pagerank(GRAPH), rtol=0, atol=1e-9)
