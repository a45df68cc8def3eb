"""What is seen is what is saved: names, legend, caption and colours, read out of the files."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.explorer.page import Explorer, explore
from tests.views.explorer.reader import Reader
from tests.views.explorer.test_browser import generated

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
# The caption that each view must have; a path names its ties, a departure its pieces.
VIEWS = {
    "": "Kind: without capabilities, places",
    "selected=smart": "Selected node: Smart",
    "selected=cesep&goal=bigre": "CESEP — ",
    "selected=smart&without=smart": "Without Smart: 9 pieces instead of 1 piece. 35 ties are lost",
    "selected=coopkracht&focus=coopkracht": "Only Coopkracht and the nodes within 1 step",
    "period=2016..2017&hide-status=inferred&loose=no": "Period: 2016 – 2017",
    "colour=cluster&named=ties&hide-kind=capability": "Kind: without capabilities",
    "tie=cesep.participates_in.agreement-cesep-uclouvain@2017": "takes part in → Agreement between",
}
SEEN = """() => {
  const all = (css) => [...document.querySelectorAll(css)];
  return {
    keys: all("#legend .key:not(.why)").map((key) => key.textContent),
    fills: [...new Set(all("#legend .mark path").map((path) => path.getAttribute("fill")))],
  };
}"""


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


@pytest.fixture(scope="module")
def reader(
    page: Explorer, chromium: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reader]:
    """One page for all views: each is a link within it."""
    reader = Reader(chromium, page.save(tmp_path_factory.mktemp("saved") / "page.html"))
    yield reader.open("")
    reader.context.close()
    assert reader.trouble == []


def bare(text: str) -> str:
    """Text without spaces; some fonts write two letters as one sign."""
    return re.sub(r"\s|\(\d[\d.]*\)", "", unicodedata.normalize("NFKC", text))


def drawn(svg: str) -> tuple[str, set[str]]:
    """The words of a drawing, each once, and its colours."""
    root = ElementTree.fromstring(svg)
    words = [t.text or "" for t in root.iter(f"{SVG}text") if not t.get("aria-hidden")]
    return bare("".join(words)), {p.get("fill", "") for p in root.iter(f"{SVG}path")}


def pixels(file: str) -> set[str]:
    with Image.open(file) as image:
        counted = image.convert("RGB").getcolors(1 << 24) or []
    return {f"#{r:02x}{g:02x}{b:02x}" for n, (r, g, b) in counted if n > 20}


def on_paper(reader: Reader, *, landscape: bool) -> tuple[str, set[str], int]:
    """The words and the colours of the first page, and on how many pages pictures are."""
    pypdf = pytest.importorskip("pypdf")
    made = reader.page.pdf(format="A4", landscape=landscape, print_background=True)
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    colours = [
        {
            "#" + "".join(f"{round(float(part) * 255):02x}" for part in found)
            for found in re.findall(
                rb"([\d.]+) ([\d.]+) ([\d.]+) rg", sheet.get_contents().get_data()
            )
        }
        for sheet in pages
    ]
    pictures = sum("Data as of" in sheet.extract_text() for sheet in pages)
    return bare(pages[0].extract_text()), colours[0], pictures


@pytest.mark.parametrize("view", VIEWS)
def test_files_and_paper_hold_what_the_screen_shows(reader: Reader, view: str) -> None:
    reader.open(view)
    seen = reader.page.evaluate(SEEN)
    names = [row["name"] for row in csv.DictReader(io.StringIO(reader.download("nodes")))]
    assert names
    words, fills = drawn(reader.download("svg"))
    landscape = list(VIEWS).index(view) % 2 == 1
    paper, inks, pictures = on_paper(reader, landscape=landscape)
    assert pictures == 1
    for text in (words, paper):
        assert [name for name in names if bare(name) not in text] == []
        assert [key for key in seen["keys"] if bare(key) not in text] == []
        assert bare(VIEWS[view]) in text
        assert "Dataasof2026-11-2" in text
    for colours in (fills, inks, pixels(reader.download("png"))):
        assert set(seen["fills"]) <= colours
    if "named=ties" in view:
        assert "memberof" in words


def test_what_is_lifted_out_is_lifted_out_of_the_file(reader: Reader) -> None:
    """The selected node's ties are in the accent; the rest lies under a veil of paper."""
    reader.open("selected=cesep")
    root = ElementTree.fromstring(reader.download("svg"))
    accent = reader.page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    )
    lines = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == accent]
    ties = reader.numbers("#here")[1]
    assert len(lines) == ties + 1  # and the ring around the selected node
    assert sum(p.get("opacity") == "0.8" for p in root.iter(f"{SVG}path")) == 1


def test_the_overview_is_saved_as_the_overview(chromium: Any, tmp_path: Path) -> None:
    reader = Reader(chromium, generated(6000, 12_000).save(tmp_path / "page.html"))
    reader.open("")
    discs = reader.numbers("#notice-overview p")[1]
    words, _ = drawn(reader.download("svg"))
    root = ElementTree.fromstring(reader.download("svg"))
    marks = [
        p for p in root.iter(f"{SVG}path") if "a" in p.get("d", "") and p.get("fill") != "none"
    ]
    reader.context.close()
    assert discs <= len(marks) <= discs + 9
    assert "6,000nodesin" in words
    assert reader.trouble == []
