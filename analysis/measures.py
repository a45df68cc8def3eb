"""Every measure there is, read from ``measures.yaml``: the one list that all others derive from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.files import packaged_yaml


@dataclass(frozen=True)
class Measure:
    """One measure: what it answers, its formula, its semantics, and which engines have it.

    `error` says of each engine that only estimates it how, and how far off it may be.
    """

    id: str
    level: str
    title: Mapping[str, str]
    answers: str
    formula: str
    range: str
    directed: str
    weighted: str
    undefined: str
    reference: str
    engines: Mapping[str, str]
    error: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _catalogue() -> tuple[Mapping[str, Measure], tuple[str, ...]]:
    raw: dict[str, Any] = packaged_yaml("partnergraph.analysis", "measures.yaml")
    found = {name: Measure(id=name, **entry) for name, entry in raw["measures"].items()}
    return MappingProxyType(found), tuple(raw["centrality_default"])


def catalogue() -> Mapping[str, Measure]:
    """Return every measure by id."""
    return _catalogue()[0]


def default_centrality() -> tuple[str, ...]:
    """Return the measures a centrality table has when none are named."""
    return _catalogue()[1]


def node_measures(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return node measures by name, the default ones where none are named.

    Raises
    ------
    UnknownName
        If there is no such measure; the message suggests the nearest.
    """
    if names is None:
        return default_centrality()
    known = [m.id for m in catalogue().values() if m.level == "node"]
    for name in names:
        if name not in known:
            raise UnknownName("measure", name, known)
    if not names:
        raise BadParameter("no measure is named. Name at least one")
    return tuple(dict.fromkeys(names))


def measures() -> pd.DataFrame:
    """List every measure: level, what it answers, formula, semantics, engines, reference."""
    rows = []
    for m in catalogue().values():
        engines = {f"engine_{name}": having for name, having in m.engines.items()}
        rows.append(
            {"measure": m.id, "level": m.level, "answers": m.answers, "formula": m.formula}
            | {"range": m.range, "directed": m.directed, "weighted": m.weighted}
            | {"undefined": m.undefined, **engines, "reference": m.reference}
        )
    return pd.DataFrame(rows)
