"""Profiles: the figures of scipy and statsmodels on Davis, and what is flagged as circular."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.partitions.profiles import profiles
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.network_options import NetworkOptions
from tests.analysis.test_clusters import davis

DAVIS = json.loads(
    (Path(__file__).parents[2] / "reference/clusters.json").read_text(encoding="utf-8")
)["davis"]


def test_the_profile_of_davis() -> None:
    groups = pd.Series({f"w{i}": g for g, who in enumerate(DAVIS["profile_groups"]) for i in who})
    table = profiles(groups, davis(), NetworkOptions(among=("organisation",)), everything=True)
    found = table.set_index(["cluster", "value"])
    assert len(found) == len(DAVIS["profile"]) == 28
    for row in DAVIS["profile"]:
        ours = found.loc[(row["group"], f"e{row['event']}")]
        for name in ("k", "n", "K", "N", "lift", "p_over", "p_under"):
            assert ours[name] == pytest.approx(row[name], abs=1e-9), name
        assert ours["q_over"] == pytest.approx(row["q_bh"], abs=1e-9)
    # The events made the ties that made the groups.
    assert table["circular"].all()
    assert table.attrs["tests"] == 56


def test_capabilities_and_columns_are_told_and_only_folded_ties_are_circular(
    smart: Ecosystem,
) -> None:
    groups = clusters(smart, nulls=0).table["cluster"]
    table = profiles(groups[groups > 0], smart, NetworkOptions(), everything=True)
    assert {"level", "subtype", "active_in"} <= set(table["attribute"])
    assert not {"id", "name", "kind", "description", "url"} & set(table["attribute"])
    assert not table.loc[table["attribute"] == "active_in", "circular"].any()
    assert (table["K"] >= 2).all()
    within = table[["p_over", "p_under", "q_over", "q_under"]]
    assert ((within >= 0) & (within <= 1)).all(axis=None)


def two_teams() -> Ecosystem:
    b = EcosystemBuilder()
    b.node("welding", kind="capability", name="Welding")
    for i in range(12):
        b.node(f"o{i:02d}", kind="organisation", name=f"O {i}", country="BE" if i < 6 else "FR")
    for i in range(12):
        for j in range(i + 1, 12):
            if (i < 6) == (j < 6):
                b.tie("partner_of", f"o{i:02d}", f"o{j:02d}")
    b.tie("partner_of", "o00", "o06")
    for i in range(6):
        b.tie("offers", f"o{i:02d}", "welding")
    return b.build()


def test_a_cluster_is_named_after_members_and_what_tells_it_apart() -> None:
    found = clusters(two_teams())
    first, second = found.clusters
    assert found.verdict == "clear"
    assert first["name"] == "O 0, O 1 · Welding"
    assert second["name"] == "O 6, O 7 · FR"
    assert {row["name"] for row in first["profile"] if row["lift"] > 1} == {"Welding", "BE"}
    # Both directions: nobody of the second team can weld, and nobody is Belgian.
    fewer = [row for row in second["profile"] if row["q_under"] <= 0.05]
    assert {row["name"] for row in fewer} == {"Welding", "BE"}


def test_nothing_to_tell() -> None:
    empty = profiles(pd.Series([], dtype="int64"), EcosystemBuilder().build(), NetworkOptions())
    assert empty.empty
    assert profiles(pd.Series({"a": 1}), None, NetworkOptions()).empty
