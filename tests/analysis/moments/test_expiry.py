"""What lapses: expected days are counted on a calendar, in a small ecosystem made for it."""

import pytest

from partnergraph.analysis.moments.expiry import Expiry, expiry
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import About, Ecosystem
from partnergraph.graph.errors import BadParameter
from tests.views.answers.asked import SMART, as_json, run


@pytest.fixture(scope="module")
def eco() -> Ecosystem:
    b = EcosystemBuilder(About(name="x", as_of="2024-01-31"))
    for node in ("hall", "choir", "band", "town"):
        b.node(node, kind="organisation", name=node.title())
    b.node("fair", kind="project", name="Fair", start="2023", end="2024-02")
    b.node("sound", kind="capability", name="Sound")
    b.node("ghent", kind="place", name="Ghent")
    b.tie("partner_of", "hall", "choir", start="2020", end="2024-02-29")
    b.tie("partner_of", "hall", "band", start="2020", end="2024-03")
    b.tie("partner_of", "band", "town", start="2020", end="2023")
    b.tie("partner_of", "choir", "town", start="2020", end="..")
    b.tie("funds", "town", "hall", start="2021", end="2022")
    b.tie("funds", "town", "hall", start="2023", end="2026")
    b.tie("participates_in", "choir", "fair")
    b.tie("offers", "choir", "sound", start="2020", end="2024-02-10")
    b.tie("located_in", "hall", "ghent")
    return b.build()


def rows(found: Expiry) -> dict[str, tuple[str, str]]:
    table = found.table
    return dict(zip(table["id"], zip(table["state"], table["last"], strict=True), strict=True))


def test_a_month_from_the_last_day_of_january_ends_with_february(eco: Ecosystem) -> None:
    found = expiry(eco, months=1)
    assert (found.day, found.horizon) == ("2024-01-31", "2024-02-29")
    assert rows(found) == {
        "town.funds.hall@2021": ("lapsed", "2022-12-31"),
        "band.partner_of.town@2020": ("lapsed", "2023-12-31"),
        "choir.offers.sound@2020": ("lapses", "2024-02-10"),
        "sound": ("lapses", "2024-02-10"),  # nobody else holds it
        "choir.participates_in.fair": ("lapses", "2024-02-29"),  # with its project
        "choir.partner_of.hall@2020": ("lapses", "2024-02-29"),
        "fair": ("lapses", "2024-02-29"),
    }
    renewed = found.table.set_index("id")["renewed"]
    assert renewed[renewed].index.tolist() == ["town.funds.hall@2021"]
    assert rows(expiry(eco, months=2))["band.partner_of.hall@2020"] == ("lapses", "2024-03-31")


def test_what_breaks_then_is_what_fragility_finds(eco: Ecosystem) -> None:
    """The hall keeps the band, and the town, which keeps the choir; Fair ends, Sound is lost."""
    found = expiry(eco, months=1)
    assert [c["name"] for c in found.breaks.capabilities] == ["Sound"]
    assert (found.breaks.before.nodes, found.breaks.after.nodes) == (5, 4)
    assert (found.breaks.before.pairs, found.breaks.after.pairs) == (5, 3)
    assert (found.ties, found.dated) == (7, 5)


def test_partners_and_places_are_told_what_lapses_for_them(eco: Ecosystem) -> None:
    groups = expiry(eco, months=1).groups.set_index(["by", "group"])
    assert groups.loc[("partner", "choir"), ["ties", "lapses", "lapsed"]].tolist() == [4, 3, 0]
    assert groups.loc[("partner", "band"), ["ties", "lapses", "lapsed"]].tolist() == [1, 0, 1]
    assert groups.loc[("place", "Ghent"), ["ties", "lapses", "lapsed"]].tolist() == [4, 1, 0]
    assert groups["lapses"].groupby("by").max()["cluster"] >= 1


def test_the_day_may_be_another_and_must_be_one(eco: Ecosystem) -> None:
    assert "town.funds.hall@2021" in rows(expiry(eco, at="2022-06", months=7))
    assert rows(expiry(eco, at="2019", months=0)) == {}
    assert expiry(eco, at="2024", months=99_999_999).horizon == "9999-12-31"
    for wrong in ({"at": "soon"}, {"at": "2024/2025"}, {"at": ".."}, {"months": -1}):
        with pytest.raises(BadParameter):
            expiry(eco, **wrong)
    with pytest.raises(BadParameter, match="do not say which day"):
        expiry(eco.with_about(as_of=""))


def test_what_has_lapsed_at_smart_and_is_still_listed() -> None:
    """By hand: 16 ties had ended by 2020; 3 of the agreement's first term have a second one."""
    said = run("expiry", SMART).stderr
    assert "Nothing is known to lapse in the 12 months until 24 November 2027." in said
    assert "16 ties have lapsed and are still listed" in said
    assert "taken the place of 3 of these" in said
    found = as_json("expiry", SMART, "--at", "2020-06")
    lapsing = [row["id"] for row in found["rows"] if row["state"] == "lapses"]
    assert len(lapsing) == 9
    assert found["horizon"] == "2021-06-30"
    assert (
        "7 of the 106 ties that may exist on the day lapse"
        in run("expiry", SMART, "--at", "2020-06").stderr
    )
    assert "is not an EDTF date" in run("expiry", SMART, "--at", "x", code=2).stderr
