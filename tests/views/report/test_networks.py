"""A report asks many questions of few networks: each network is made once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from partnergraph.graph import ecosystem
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.report.page import report


def test_no_network_is_made_twice(smart: Ecosystem, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[Any] = Counter()
    kept = []  # so that no two ecosystems share an id
    make = ecosystem.network_of

    def counted(eco: Any, options: Any, *rest: Any) -> Any:
        kept.append(eco)
        made[tuple(eco.nodes["id"]), tuple(eco.ties["id"]), options] += 1
        return make(eco, options, *rest)

    monkeypatch.setattr(ecosystem, "network_of", counted)
    report(Ecosystem(smart.tables, smart.about))  # remembers nothing yet
    assert len(made) > 5
    assert max(made.values()) == 1, made.most_common(3)
