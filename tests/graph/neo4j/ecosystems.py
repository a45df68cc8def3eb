"""Ecosystems to push: one with everything that is hard to carry, and one of any size."""

from __future__ import annotations

import random
from functools import cache

import pandas as pd

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem

# What would end a string, a name, a statement or a line, if any value ever stood in one.
HOSTILE = (
    "`",
    "``",
    "'",
    '"',
    "\\",
    "\\u0060",
    "\\`",
    "') DETACH DELETE n //",
    "`}) MATCH (n) DETACH DELETE n //",
    "$rows",
    "{key: 1}",
    "\u202eabc",
    "ש\u200fa",
    "//",
    "/* */",
    ";",
    "\n",
    "a,b\t",
    "\\u0060) DETACH DELETE n //",
    "😀",
    "e\u0301",
    "x" * 10_000,
    "true",
    "null",
    "1e3",
    " a ",
)
# Line ends that columns of the vocabulary do not have; control characters no column has.
HOSTILE_OWN = (*HOSTILE, "\r\n")
OWN_NAMES = (
    "key",
    "Key",
    "own_x",
    "self",
    "labels",
    "r",
    "n.name",
    "a b",
    "`",
    "``",
    "\\u0060",
    "$rows",
    "omzet (k€)",
    "année",
    "x" * 300,
    "own_",
    "1st",
    "élan",
    "e\u0301lan",
    "true",
    "a:b",
)


@cache
def awkward() -> Ecosystem:
    """Return an ecosystem with hostile text everywhere, own columns of every type, odd ties."""
    b = EcosystemBuilder(name="awk-ward", title="`\"'\\u0060", focus="n0", description="a\nb")
    rows = [
        {"id": f"n{i}", "kind": ("organisation", "network", "project")[i % 3], "name": text}
        | {"description": text}
        | {name: f"{HOSTILE_OWN[i]} {name[:9]}" for name in OWN_NAMES[i % 3 :: 3]}
        for i, text in enumerate(HOSTILE)
    ]
    b.add_table("nodes", pd.DataFrame(rows, dtype=object))
    for i, text in enumerate(HOSTILE):
        b.alias(f"n{i}", text, language="fr", kind="acronym")
        b.alias(f"n{i}", f"{text} again")
    for i, text in enumerate(HOSTILE_OWN[len(HOSTILE) :]):
        b.node(f"o{i}", kind="place", name="o", own_text=text)
    _typed_columns(b)
    for i, text in enumerate(HOSTILE):
        if text.strip() == text and text.isprintable():
            b.tie("partner_of", "n0", "n3", id=text, member_benefit=text, weight=i / 7)
    b.tie("member_of", "n0", "n1", start="2016", trust=4, strength=0.1)
    b.tie("member_of", "n0", "n1", start="2016", trust=1, strength=1e-12)
    b.tie("member_of", "n0", "n1", start="2017/2018"[:4], role="lead", confidence=1.0)
    b.tie("partner_of", "n1", "n1", id="n1.partner_of.n1/x")
    b.tie("partner_of", "n1", "n1", id="x")
    b.source("n0", title="a source with the id of a node", url="https://example.org/?a=`")
    b.evidence("n0", source="n0", quote=HOSTILE[8], grade=1)
    b.evidence("x", source="n0", attribute="trust", locator="`", grade=2)
    b.judgement("n0", "n3", "different", by="`", on="2020", reason="'")
    b.judgement("gone", "n3", "same", by="somebody")
    return b.build()


def _typed_columns(b: EcosystemBuilder) -> None:
    """Add nodes whose own columns are numbers, integers, truths and blanks."""
    frame = pd.DataFrame({"id": ["p", "q", "s"], "kind": "organisation", "name": ["P", "Q", "S"]})
    frame["ratio"] = [0.1, None, float("inf")]
    frame["staff"] = pd.array([2**53 + 1, None, -1], dtype="Int64")
    frame["ours"] = pd.array([True, False, None], dtype="boolean")
    frame["all_blank"] = pd.array([None, None, None], dtype="Int64")
    b.add_table("nodes", frame)


@cache
def generated(nodes: int, *, seed: int = 0) -> Ecosystem:
    """Return an ecosystem of so many nodes, three ties each, with aliases and receipts."""
    rng = random.Random(seed)
    b = EcosystemBuilder(name="generated", title=f"{nodes} nodes")
    kinds = {f"n{i}": "organisation" if i % 10 < 7 else "project" for i in range(nodes)}
    for id, kind in kinds.items():
        b.node(id, kind=kind, name=f"Node {id}", country="BE", turnover=rng.random())
    ids = list(kinds)
    organisations = [id for id, kind in kinds.items() if kind == "organisation"]
    b.source("register", title="Register")
    for i in range(3 * nodes):
        source, target = rng.choice(organisations), rng.choice(ids)
        kind = "partner_of" if kinds[target] == "organisation" else "participates_in"
        if source != target:
            tie = b.tie(kind, source, target, start=str(rng.randint(1990, 2024)))
            if i % 3 == 0:
                b.evidence(tie, source="register", locator=f"line {i}", quote="…")
    for id in ids[::4]:
        b.alias(id, f"Alias of {id}", language="en")
        b.evidence(id, source="register", locator=id)
    return b.build()
