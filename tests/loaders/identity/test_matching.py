"""Names: the pairs that must and must not meet, the policy, registries, judgements, merging."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.loaders.identity.identities import identities
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold, normalise
from partnergraph.loaders.identity.pairs import pairs
from partnergraph.loaders.identity.rules import compare

PAIRS = Path(__file__).parent / "identity_pairs.csv"


def curated() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Vrije Universiteit Brussel", "Université Libre de Bruxelles"),
        ("Alliance A", "Alliance D"),
        ("Gebouw E", "Gebouw Y"),
        ("UCL (Louvain)", "UCL (London)"),
        ("Legacoop", "Legacoop Sociali"),
        ("cicopa.coop", "CICOPA"),
    ],
)
def test_must_stay_apart(a: str, b: str) -> None:
    assert compare(a, b).verdict == compare(b, a).verdict == "apart"


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("UCL", "Université Catholique de Louvain", "review"),
        ("PLS", "Pour La Solidarité", "review"),
        ("SAW-B", "Solidarité des Alternatives Wallonnes et Bruxelloises", "review"),
        ("SMart ASBL", "Smart", "merge"),
        ("Internationale Coöperatieve Alliantie", "Alliance Coopérative Internationale", "review"),
    ],
)
def test_must_meet(a: str, b: str, verdict: str) -> None:
    assert compare(a, b).verdict == compare(b, a).verdict == verdict


def test_policy_on_a_curated_list() -> None:
    """At least 300 pairs; automatic merges precise to .98, and most of what is one is shown."""
    counts = Counter((r["expected"], compare(r["a"], r["b"]).verdict) for r in curated())
    assert counts.total() >= 300
    merged = {k: n for k, n in counts.items() if k[1] == "merge"}
    assert merged[("same", "merge")] / sum(merged.values()) >= 0.98
    meet = {k: n for k, n in counts.items() if k[0] != "apart"}
    assert sum(n for k, n in meet.items() if k[1] != "apart") / sum(meet.values()) >= 0.9
    apart = {k: n for k, n in counts.items() if k[0] == "apart"}
    assert apart[("apart", "apart")] / sum(apart.values()) >= 0.95


# Invented names, one for each kind of difference; the verdicts follow from what the forms mean.
FORMS = """
Nordwind Aktiebolag|Nordwind AB
Kaffebrenneriet A/S|Kaffebrenneriet AS
Żabnica sp. z o.o.|Zabnica Spółka z ograniczoną odpowiedzialnością
Pilsno s.r.o.|Pilsno společnost s ručením omezeným
Kovač d.o.o.|Kovac društvo s ograničenom odgovornošću
Molen N. V.|Molen NV
Molen n.v|Molen
Lumière S.à r.l.|Lumière SARL
Lumière S A R L|Lumière SARL
Fornaio S.p.A.|Fornaio Società per Azioni
Hortus e.V.|Hortus Eingetragener Verein
Panadería S. Coop.|Panaderia Sociedad Cooperativa
Tarana Co., Ltd|Tarana
Tarana Pvt. Ltd.|Tarana Private Limited
Closed Joint Stock Company Sever|ZAO Sever
ООО Ромашка|Общество с ограниченной ответственностью Ромашка
Atelier asbl/vzw|Atelier vzw
Maison Verte (asbl)|Maison Verte
lEtoile du Nord|L'Étoile du Nord
"""
ASKED = """
Ромашка|Romashka
Αθηνά|Athina
Köln Kollektiv|Koeln Kollektiv
Atelier vzw|Atelier asbl
Tarsis SA|Tarsis GmbH
Tarsis|Tarsis SCOP SARL CAE
Les Quatre Vents|Les 4 Vents
Collectif quatre-vingt-dix-neuf|Collectif 99
Huis Vierentwintig|Huis 24
Coöperatie Zonneveld|Zonneveld
Stichting Grondslag|Grondslag
Zonneveld|Zonneveld - samen stroom opwekken
Solaris: l'énergie partagée|Solaris
Ministerie van Natuurlijke Rijkdommen|Ministry of Natural Resources
Ministry of Foreign Affairs|Ministère des Affaires étrangères
Kredietunie Overmere|Kredietunie Overmeire
"""
ELSE = """
Brigade 44|Brigade 45
Studio Forty-Four|Studio 45
Fédération des ASBL|Fédération des SCOP
Smart|Smart Coop Italia
Centre hospitalier de Liège|Centre hospitalier de Lille
"""


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (*line.split("|"), verdict)
        for verdict, lines in (("merge", FORMS), ("review", ASKED), ("apart", ELSE))
        for line in lines.split("\n")
        if line
    ],
)
def test_forms_glosses_numbers_and_scripts(a: str, b: str, verdict: str) -> None:
    assert compare(a, b).verdict == compare(b, a).verdict == verdict


def test_country_kind_and_acronyms_hold_a_merge_back() -> None:
    assert compare("Smart", "SMart", countries=("BE", "IT")).verdict == "apart"
    assert compare("Smart", "SMart", kinds=("organisation", "network")).verdict == "review"
    assert compare("UCL", "UCL").verdict == "review"


@pytest.mark.parametrize(
    ("name", "key", "form"),
    [
        ("vzw De Wegwijzer", "de wegwijzer", "vzw"),
        ("A.S.B.L. Barricade", "barricade", "asbl"),
        ("Smart SCRL-FS", "smart", "scrl fs"),
        ("ASBL", "asbl", ""),
        ("SCE Advies", "sce advies", ""),
        ("L'Autre Lieu", "autre lieu", ""),
    ],
)
def test_legal_forms_stand_at_the_ends_only(name: str, key: str, form: str) -> None:
    found = normalise(name)
    assert (found.key, found.legal_form) == (key, form)


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_of_any_kind_can_be_compared(a: str, b: str) -> None:
    assert compare(a, b).score == pytest.approx(compare(b, a).score)
    assert 0 <= compare(a, b).score <= 1
    assert fold(fold(a)) == fold(a)


def ecosystem() -> Ecosystem:
    b = EcosystemBuilder(name="demo")
    for id, name, country in (
        ("smart", "Smart", "BE"),
        ("smart-asbl", "SMart ASBL", "BE"),
        ("smart-it", "Smart", "IT"),
        ("pls", "PLS", None),
        ("pour", "Pour La Solidarité", None),
        ("acme", "Acme", None),
    ):
        b.node(id, kind="organisation", name=name, country=country)
    b.source("page", title="A page")
    b.source("list", title="A list")
    for source, id in (("page", "smart"), ("list", "smart-asbl")):
        tie = b.tie("partner_of", id, "acme")
        b.evidence(tie, source=source)
        b.evidence(id, source=source)
    return b.build()


def test_identities_list_what_is_or_may_be_one() -> None:
    found = identities(ecosystem()).set_index(["a", "b"])
    assert found.loc[("smart", "smart-asbl"), "verdict"] == "merge"
    assert found.loc[("pls", "pour"), "verdict"] == "review"
    assert ("smart", "smart-it") not in found.index
    assert found.loc[("pls", "pour"), "cluster"] != found.loc[("smart", "smart-asbl"), "cluster"]


def test_homonyms_are_told_apart_by_place_site_and_dates() -> None:
    """One difference asks, two tell apart; the terms of each comparison are shown."""
    b = EcosystemBuilder(name="demo")
    nodes: dict[str, dict[str, str]] = {
        "one": {"start": "1990", "url": "https://a.example/x"},
        "two": {"start": "1990", "url": "https://www.a.example"},
        "site": {"start": "1991", "url": "https://b.example"},
        "year": {"start": "1996", "url": "https://a.example"},
        "both": {"start": "2015", "url": "https://c.example"},
    }
    for id, facts in nodes.items():
        b.node(id, kind="organisation", name="Zonneveld", **facts)
    found = identities(b.build()).set_index(["a", "b"])
    assert found.loc[("one", "two"), "verdict"] == "merge"
    assert found.loc[("one", "site"), "verdict"] == "merge"
    assert found.loc[("one", "year"), "verdict"] == "review"
    assert "other year of foundation" in found.loc[("one", "year"), "reason"]
    assert ("both", "one") not in found.index
    assert found.loc[("one", "two"), "terms"] == "zonneveld: same"


def test_known_names_include_aliases(smart: Ecosystem) -> None:
    known = KnownNames.of(smart)
    cesep = known.exact("Centre Socialiste d'Education Permanente")
    assert cesep is not None
    assert cesep.id == "cesep"
    best = known.best("Coop-City asbl")
    assert best is not None
    assert best[0].id == "coopcity"
    assert known.best("Something else entirely") is None


def test_a_whole_table_is_compared_by_blocks() -> None:
    names = [f"Coöperatie Nummer {i}" for i in range(3000)] + ["Acme vzw", "ACME", "De Acme Groep"]
    found = {(i, j): m.verdict for i, j, m in pairs(names)}
    assert found[(3000, 3001)] == "merge"
    assert not any(j < 3000 and verdict == "merge" for (_, j), verdict in found.items())
