"""Brokers as an answer: whose leaving cuts the network, and which groups ties join."""

from __future__ import annotations

from tests.views.answers.asked import SMART, as_json, run


def test_what_a_board_reads_about_brokers() -> None:
    brokers = run("brokers", SMART, "--by", "sphere", "--permutations", "19")
    assert "Without Smart, its part of the network falls into 10 pieces" in brokers.stderr
    assert "Only 4 of 30 have a known sphere" in brokers.stderr
    assert "kind (30)" in brokers.stderr
    assert "coordinator" not in brokers.stdout  # nobody brokers there: no empty columns
    assert "coordinator" in as_json("brokers", SMART, "--by", "sphere")["rows"][0]
