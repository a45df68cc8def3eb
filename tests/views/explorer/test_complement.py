"""What two on a path bring each other, in a real browser, against the analysis."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from partnergraph.analysis.complementarity import complementarity
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.explorer.page import explore
from tests.views.explorer.reader import Reader

pytestmark = pytest.mark.browser


def test_the_page_says_of_two_what_the_analysis_says(
    smart: Ecosystem, read: Callable[..., Reader]
) -> None:
    reader = read(explore(smart, lang="en"), "selected=smart&goal=coopcity")
    row = complementarity(smart, "smart", "coopcity").table.iloc[0]
    notice = reader.page.locator("#notice-complement p")
    names = [
        f"Smart brings {row['gain_b_from_a']} that the other does not have:",
        f"Coopcity brings {row['gain_a_from_b']} that the other does not have:",
        f"Both have {row['overlap']}:",
    ]
    for at, (said, side) in enumerate(zip(names, ("only_a", "only_b", "shared"), strict=True)):
        assert notice.nth(at).inner_text().startswith(said)
        shown = notice.nth(at).locator("button").all_inner_texts()
        assert sorted(shown) == sorted(smart.name_of[i] for i in row["evidence"][side])
    said = reader.text("#notice-complement .pairs")
    assert f"Mutual gain {row['mutual_gain']}" in said
    assert f"P of the overlap {row['overlap_p']:.3g} (q {row['overlap_q']:.3g})" in said
    # Whichever is named first: what each gains from the other.
    for state in ("selected=coopcity&goal=smart", "selected=smart&goal=coopcity"):
        reader.open(state)
        densities = re.findall(r"(Smart|Coopcity) ([\d.]+)", reader.text(".pairs"))
        assert {name: float(value) for name, value in densities} == {
            row["a_name"]: pytest.approx(row["added_density_a_from_b"], rel=1e-3),
            row["b_name"]: pytest.approx(row["added_density_b_from_a"], rel=1e-3),
        }
    assert "Synergy" not in said  # no project says what it requires
    reader.open("selected=smart&goal=oxalis")
    reader.until("document.querySelector('#notice-complement')?.innerText.includes('Oxalis')")
    assert reader.text("#notice-complement") == "Nothing is recorded for Oxalis."
    reader.open("selected=coopaname&goal=oxalis")  # neither holds anything: nothing is said
    reader.page.wait_for_selector("#notice-complement", state="detached")
    for nothing in ("sete", "microfinance-tools"):  # a place, a project: they hold nothing
        reader.open(f"selected=smart&goal={nothing}")
        reader.page.wait_for_selector("#notice-path")
        assert reader.page.locator("#notice-complement").count() == 0
