"""What every test may ask for: Smart's ecosystem, other people's files, parts that may lack."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem

ROOT = Path(__file__).parents[1]
REQUIRED = {name for name in os.environ.get("PARTNERGRAPH_REQUIRE", "").split(",") if name}

# Derandomised, so that a red run can be repeated; `make accept` raises the counts.
settings.register_profile(
    "daily",
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("accept", parent=settings.get_profile("daily"), max_examples=300)
settings.load_profile(os.environ.get("PARTNERGRAPH_PROFILE", "daily"))


def lacking(part: str, why: str) -> None:
    """Skip because a part of the machine lacks, or fail where it is required."""
    if part in REQUIRED:
        pytest.fail(f"{part} is required and {why}")
    pytest.skip(f"{part}: {why}")


def pytest_report_header() -> list[str]:
    """Say with which counts, and with which parts required, the suite runs."""
    profile = os.environ.get("PARTNERGRAPH_PROFILE", "daily")
    required = ", ".join(sorted(REQUIRED)) or "nothing"
    return [f"partnergraph: {profile} counts of examples; required: {required}"]


@pytest.fixture(scope="session")
def smart() -> Ecosystem:
    """Smart's ecosystem, as it comes with the package."""
    return pg.load(pg.example("smart"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with other people's files, which never enter the repository."""
    folder = Path(os.environ.get("PARTNERGRAPH_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        lacking("real", f"there is no folder {folder.parent.name}/data beside the repository")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a GPU."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        lacking("browser", "there is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--disable-gpu", "--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark on two processors, one a run of the tests."""
    from partnergraph.graph.errors import MissingDependency, UnusableInput
    from partnergraph.graph.spark.session import default_spark

    os.environ["PARTNERGRAPH_SPARK_MASTER"] = "local[2]"
    # The tests' networks are small: most of the time goes into compiling, so that is kept short.
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    try:
        door = default_spark()
    except (MissingDependency, UnusableInput) as error:
        lacking("spark", str(error))
    yield door
    door.session.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let PySpark leave the sockets of its answers to the garbage collector."""
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))
