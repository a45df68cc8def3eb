"""The page to decide on, in a real browser: keyboard, mouse, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.page.extract import read_candidates
from partnergraph.loaders.page.read_document import from_text
from partnergraph.loaders.review.apply_review import apply
from partnergraph.loaders.review.deciding import decide
from partnergraph.loaders.review.draft import Draft, load_draft, make_draft, save_draft
from partnergraph.loaders.review.page import EDITED, page_words, review_page
from partnergraph.loaders.review.table import DECISIONS, read_review
from tests.conftest import ROOT, lacking

PAGE = """# Onze partners

Spaander (zagen) en Lijm & Co: met deze ateliers werken wij sinds 2019 samen.

## Wij zijn lid van

- [Houtverbond](https://houtverbond.example)
"""
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
Open = Callable[..., Any]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    read = read_candidates(from_text(PAGE, name="page.md"), publisher="Zaagtand")
    save_draft(make_draft([read]), folder)
    return folder


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page offline, and fails where anything went wrong in it."""
    contexts, trouble = [], []

    def open_page(html: str, **options: Any) -> Any:
        file = tmp_path / "review.html"
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(offline=True, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda m: trouble.append(m.text))
        page.on("pageerror", lambda e: trouble.append(str(e)))
        page.on("request", lambda r: r.url.startswith(("file:", "blob:")) or trouble.append(r.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


def saved(page: Any, path: Path, *, mouse: bool = False) -> Path:
    with page.expect_download() as download:
        page.locator("#save").click() if mouse else page.keyboard.press("s")
    download.value.save_as(path)
    return path


@pytest.mark.browser
def test_a_page_is_decided_by_keyboard_alone(draft: Path, opened: Open, tmp_path: Path) -> None:
    """Accept all but the first, which gets another name; one key a row, and no mouse."""
    page = opened(review_page(load_draft(draft)))
    rows = page.locator("article").count()
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("=Spaander & Zn")
    page.keyboard.press("Enter")
    for _ in range(rows - 2):
        page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.press("z")
    assert page.locator("#left").inner_text() == f"1 of {rows} undecided"
    assert "a accept" in page.locator(".keys").inner_text().casefold()
    page.keyboard.press("a")
    review = read_review(saved(page, tmp_path / "review.csv"))
    assert review["decision"].tolist() == ["edit"] + ["accept"] * (rows - 1)
    eco, _ = apply(decide(load_draft(draft), review))
    assert "=Spaander & Zn" in set(eco.nodes["name"])
    assert "Spaander" in set(eco.aliases["alias"])
    assert "Houtverbond" in set(eco.nodes["name"])


@pytest.mark.browser
def test_a_rejected_name_settles_its_ties_and_words_become_facts(
    draft: Path, opened: Open, tmp_path: Path
) -> None:
    """Keys: one for each name, none for the ties of the rejected one, three for two new facts."""
    page = opened(review_page(load_draft(draft)))
    table = load_draft(draft).table
    about = table[["subject", "object"]].eq("Houtverbond").any(axis=1)
    row = page.locator("article[data-type=node][data-name=Houtverbond]")
    row.focus()
    page.keyboard.press("r")
    left = len(table) - 1 - int(about.sum())
    assert page.locator("#left").inner_text() == f"{left} of {len(table)} undecided"
    assert page.locator("article[data-settled=true]").count() == int(about.sum()) > 0
    page.keyboard.press("z")
    assert page.locator("#left").inner_text() == f"{len(table)} of {len(table)} undecided"
    page.evaluate("getSelection().selectAllChildren(document.querySelector('mark'))")
    words = page.locator("mark").first.inner_text()
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.evaluate("getSelection().removeAllRanges()")
    page.keyboard.press("t")
    page.keyboard.type("Vers Hout")
    page.keyboard.press("Escape")
    review = read_review(saved(page, tmp_path / "review.csv"))
    added = review[review["id"] == ""]
    assert added["type"].tolist() == ["node", "tie"]
    assert added["name"].tolist() == [words, ""]
    assert added["subject"].tolist() == ["", "Vers Hout"]
    assert added["object"].tolist() == ["", "Zaagtand"]


@pytest.mark.browser
def test_the_mouse_does_the_same_and_the_filter_shows_what_is_left(
    draft: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(review_page(load_draft(draft)))
    page.locator("article button[data-decide=reject]").first.click()
    page.select_option("#filter", "undecided")
    shown = page.locator("article:visible").count()
    assert shown == page.locator("article").count() - 1
    page.select_option("#filter", "tie")
    ties = int((load_draft(draft).table["type"] == "tie").sum())
    assert page.locator("article:visible").count() == ties > 1
    page.locator("#undo").click()
    assert page.locator("article[data-decision=reject]").count() == 0
    first = page.locator("article[data-type=node]").first
    page.select_option("#filter", "")
    first.locator("[data-decide=edit]").click()
    first.locator("select[name=new_kind]").select_option("network")
    review = read_review(saved(page, tmp_path / "review.csv", mouse=True))
    assert review.loc[0, ["decision", "new_kind"]].tolist() == ["edit", "network"]


@pytest.mark.browser
def test_a_known_name_is_taken_over_with_one_click(
    smart: Any, opened: Open, tmp_path: Path
) -> None:
    known = KnownNames.of(smart)
    text = PAGE.replace("Spaander", "Coopcity")
    read = read_candidates(from_text(text, name="page.md"), publisher="Zaagtand", known=known)
    found = make_draft([read], known=known)
    page = opened(review_page(found))
    page.locator("button[data-same=coopcity]").first.click()
    eco, _ = apply(decide(found, read_review(saved(page, tmp_path / "review.csv"))))
    assert "coopcity" in set(eco.nodes["id"])


@pytest.mark.browser
def test_decisions_survive_a_closed_tab(draft: Path, opened: Open) -> None:
    page = opened(review_page(load_draft(draft)))
    page.keyboard.press("a")
    page.keyboard.press("u")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    decisions = page.locator("article").evaluate_all("rows => rows.map(r => r.dataset.decision)")
    assert decisions[:3] == ["accept", "unsure", ""]


@pytest.mark.browser
def test_hostile_text_stays_text(draft: Path, opened: Open, tmp_path: Path) -> None:
    table = load_draft(draft).table
    hostile = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>{{7*7}}"
    columns = ["name", "subject", "object", "context", "new_name", "match", "match_name", "role"]
    table = table.assign(**dict.fromkeys(columns, hostile))
    save_draft(Draft("<b>Z</b>", (), table), tmp_path / "hostile")
    page = opened(review_page(load_draft(tmp_path / "hostile")))
    assert page.evaluate("window.hit") is None
    assert "{{7*7}}" in page.locator("article").first.inner_text()
    assert page.locator("b, img").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_it_is_accessible_and_fits_a_phone(
    draft: Path, opened: Open, language: Any, scheme: str
) -> None:
    if not AXE.exists():
        lacking("tools", "axe-core is not in .tools (make tools)")
    html = review_page(load_draft(draft), language=language)
    # The page allows no script but its own; for axe, and only here, any may run.
    page = opened(
        html, color_scheme=scheme, bypass_csp=True, viewport={"width": 390, "height": 800}
    )
    page.keyboard.press("a")
    page.keyboard.press("e")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_word_is_there_in_every_language(language: Any) -> None:
    words, english = page_words(language), page_words("en")
    assert words.keys() == english.keys()
    for group, entries in english.items():
        if isinstance(entries, dict):
            assert words[group].keys() == entries.keys()
    assert set(words["letters"]) == set(words["decisions"]) == set(DECISIONS)
    assert set(words["types"]) == set(EDITED)
    assert {c for columns in EDITED.values() for c in columns} == set(words["columns"])


def test_kinds_to_choose_from_are_those_of_the_vocabulary(draft: Path) -> None:
    page = review_page(load_draft(draft), language="fr")
    for kind in SCHEMA.node_kinds.values():
        assert f'<option value="{kind.id}"' in page
        assert f">{kind.label('fr')}</option>" in page
