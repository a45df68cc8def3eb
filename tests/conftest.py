"""What every test may ask for: Smart's ecosystem, other people's files, parts that may lack."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import partnergraph as pg
from partnergraph.graph.ecosystem import Ecosystem

ROOT = Path(__file__).parents[1]
REQUIRED = {name for name in os.environ.get("PARTNERGRAPH_REQUIRE", "").split(",") if name}

# Derandomised, so that a red run can be repeated; `make accept` raises the counts.
settings.register_profile(
    "daily", max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
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
