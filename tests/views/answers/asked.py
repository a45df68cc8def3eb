"""Verbs asked through the command line, and small ecosystems to ask."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

import partnergraph as pg
from partnergraph.cli import cli
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from tests.davis import WOMEN

SMART = str(pg.example("smart"))
PAIR = (WOMEN[0], WOMEN[13])


def run(*arguments: object, code: int = 0) -> Any:
    """Run a verb that must end with an exit code."""
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def as_json(*arguments: object) -> dict[str, Any]:
    """Return what a verb answers as JSON."""
    found: dict[str, Any] = json.loads(run(*arguments, "--format", "json").stdout)
    return found


def small(*, ties: list[tuple[str, ...]], partners: str = "ab", names: dict[str, str]) -> Ecosystem:
    """Return an ecosystem of partners, named capabilities and ties."""
    b = EcosystemBuilder()
    for partner in partners:
        b.node(partner, kind="organisation")
    for what, name in names.items():
        b.node(what, kind="capability", name=name)
    for kind, source, target in ties:
        b.tie(kind, source, target)
    return b.build()
