"""The report's two pages: what stands in them, that nothing in a name becomes markup, and bytes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from markdown_it import MarkdownIt

import partnergraph as pg
from partnergraph.analysis.complementarity import complementarity
from partnergraph.analysis.coverage import coverage
from partnergraph.analysis.recommendation import recommend
from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import UnknownName, UnusableInput
from partnergraph.views.report.blocks import MOST_RANKED
from partnergraph.views.report.page import SECTIONS, Report, report
from partnergraph.views.words import told

# Without dates nothing lapses, and nobody asks since when: two sections have nothing to say.
TOLD = [name for name in SECTIONS if name not in ("lapses", "since")]
EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a|b|c",
    "`code` ```",
    "[click](javascript:alert(1))",
    "![i](http://evil.example/i.png)",
    "http://evil.example and www.evil.example",
    "# heading",
    "1. list",
    "- list",
    "$x$ **bold** _it_ ~~no~~",
    "a\nb\r\nc\u2028d",
    "<!-- comment",
    "{{ 7 * 7 }}{% raw %}",
    "שלום \u202eעולם",
    "&lt;b&gt; &amp;",
)
VOID = {"meta", "img", "br", "use", "path"}


class Page(HTMLParser):
    """Tags with their attributes, text outside styles, and headings in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if self.headings and any(re.fullmatch("h[1-6]", tag) for tag in self.open):
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


@pytest.fixture(scope="module")
def made(smart: Ecosystem) -> Report:
    return report(smart)


@pytest.fixture(scope="module")
def page(made: Report) -> Page:
    return Page(made.html)


def hostile() -> Ecosystem:
    """Return an ecosystem in which every cell that may hold text holds markup."""
    everything = " ".join(EVIL)
    b = EcosystemBuilder(
        name="hostile", title=everything, description=everything, licence=everything, focus="n0"
    )
    b.source(
        "s",
        title=everything,
        publisher=everything,
        licence=everything,
        language="nl",
        url="https://ok.example/a?b=c&d='",
    )
    b.source("t", title="javascript:alert(1)", publisher="n0", url="http://ok.example/")
    for i, name in enumerate(EVIL):
        b.node(
            f"n{i}",
            kind="organisation",
            name=name,
            description=name,
            subtype=name,
            legal_form=name,
            url="https://ok.example/",
        )
        b.node(f"p{i}", kind="project", name=name, description=name, start="2018", end="2019")
        b.node(f"c{i}", kind="capability", name=name, description=name)
        if i:
            b.tie("partner_of", "n0", f"n{i}", description=name, member_benefit=name)
        b.tie("participates_in", f"n{i}", f"p{i}", role="lead")
        fact = b.tie("offers", f"n{i}", f"c{i}", status="inferred", confidence=0.5)
        b.evidence(fact, source="s", attribute=name, locator=name, quote=name)
    return b.build()


@pytest.fixture(scope="module")
def evil() -> Report:
    return report(hostile())


# -- what stands in it -----------------------------------------------------------------------


def test_sections_and_headings_are_in_order(page: Page) -> None:
    assert [text for tag, text in page.headings if tag == "h1"] == ["Smart and its partners"]
    sections = [text.split(" ", 1)[-1] for tag, text in page.headings if tag == "h2"][3:]
    assert sections == [told(f"sections.{name}") for name in TOLD]
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_the_first_rank_is_by_construction(page: Page, made: Report) -> None:
    said = "The high rank of Smart is by construction: it published the source"
    # How sure, what the data cannot say; how counted, ranking, what the data cannot say.
    assert page.text.count(said) == 5
    assert "It says who wrote the data, not who matters most." in page.text
    assert (
        "the data cannot rank the others: each of the 16 organisations and networks shares"
        in page.text
    )
    assert said in made.markdown


def test_the_ranking_stands_beside_the_one_without_smart(made: Report) -> None:
    beside = made.html.split('<div class="beside">')[1].split("</figure>")[0]
    tables = beside.split("<table>")[1:]
    assert len(tables) == 2
    left, right = (Page(f"<table>{t.split('</table>')[0]}</table>").text for t in tables)
    assert left.startswith("With Smart")
    assert "1Smart30" in left.replace(" ", "")
    assert right.startswith("Without Smart")
    assert "1=Bigre!3" in right.replace(" ", "")  # Coopaname, Oxalis and their meeting
    assert "Smart30" not in right.replace(" ", "")


def test_the_full_ranking_has_both_ranks_and_says_what_it_cuts(made: Report) -> None:
    rows = [line for line in made.markdown.splitlines() if line.startswith("| ")]
    start = next(i for i, row in enumerate(rows) if "rank without Smart" in row)
    cells = [cell.strip() for cell in rows[start + 2].strip("|").split("|")]
    # 16 ties to actors and 14 to projects are 30 neighbours; parallel ties make 35.
    assert cells[:5] == ["1", "Smart", "organisation", "30", "35.0"]
    assert cells[-1] == "–"
    second = [cell.strip() for cell in rows[start + 3].strip("|").split("|")]
    assert (second[0], second[-1]) == ("2=", "1=")
    assert f"and {17 - MOST_RANKED} more" in made.markdown


def test_parallel_ties_and_their_receipts(made: Report) -> None:
    sheet = made.markdown.split("### Smart\n")[1].split("### ")[0]
    row = next(line for line in sheet.splitlines() if line.startswith("| Coopcity"))
    ties = row.split("|")[2].split("<br>")
    assert len(ties) == 3
    assert all("S1 paragraph" in tie for tie in ties)
    assert "since 2016" in ties[2]


def test_what_members_get(page: Page) -> None:
    assert "Training courses meant for the members of Smart." in page.text
    assert "Microfinance tools that fit what Smart's members need." in page.text
    assert "recorded for 2 of the 15 partnerships of Smart" in page.text


def test_projects_recur_in_words(page: Page) -> None:
    assert "every August" in page.text


def test_clusters_come_with_their_verdict(page: Page, made: Report) -> None:
    assert (
        "Clear clusters: modularity is 0.465; 199 random networks of the same degrees" in page.text
    )
    assert (
        "More often than among the others: international in the group around ICETT, Cecop"
        in page.text
    )
    assert "Between two groups: Cicopa." in page.text


def test_where_there_are_no_clusters_the_page_does_not_call_them_so() -> None:
    b = EcosystemBuilder()
    random = np.random.default_rng(4)
    for i in range(20):
        b.node(f"o{i}", kind="organisation")
    for i, j in random.integers(0, 20, (45, 2)):
        if i != j:
            b.tie("partner_of", f"o{i}", f"o{j}")
    text = Page(report(b.build()).html).text
    assert "No clusters beyond what degrees give" in text
    assert "One possible division" in text
    assert "Clusters, the largest first" not in text


def test_who_complements_whom_is_said_and_each_pair_stands_with_what_it_brings(
    made: Report, smart: Ecosystem
) -> None:
    pairs = complementarity(smart).table
    held = coverage(smart)
    (a, b), best = pairs.index[0], pairs.iloc[0]
    ends = f"{smart.name_of[a]} and {smart.name_of[b]}"
    for text in (Page(made.html).text, made.markdown):
        assert f"{ends} gain most from each other" in text
        assert f"{len(held.single_points)} of 17 capabilities are held by one partner alone" in text
        assert f"It takes {held.cover.size} partners to hold everything" in text
        assert "no project has its requirements on record" in text
        assert "wrote the source" in text
    row = next(line for line in made.markdown.splitlines() if line.startswith(f"| {ends} |"))
    assert f"| {best['mutual_gain']} |" in row
    for side in ("only_a", "only_b"):
        assert all(smart.name_of[i] in row for i in best["evidence"][side])
    drawing = made.html.split('id="holdings-figure')[1].split("</svg>")[0]
    dots = drawing.count("<use")
    assert dots >= held.folios.holds.nnz  # a mark each, and the ticks


def test_what_breaks_is_what_networkx_cuts(made: Report, smart: Ecosystem) -> None:
    graph = smart.weighted_graph().to_networkx()
    section = made.markdown.split("What breaks when somebody leaves\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| ")
    ][2:]
    parting = {row[0]: (int(row[1]), int(row[2])) for row in rows if row[2] != "1"}
    expected = {}
    for node in nx.articulation_points(graph):
        rest = sorted(map(len, nx.connected_components(nx.restricted_view(graph, [node], []))))
        expected[smart.name_of[node]] = (sum(rest[:-1]), len(rest))
    assert parting == expected
    for a, b in nx.bridges(graph):
        pair = sorted((smart.name_of[a], smart.name_of[b]))
        assert f"- {' – '.join(pair)}" in section
    # The capabilities that one alone has are lost with it, and counted in their own section too.
    lost = {row[0]: row[3] for row in rows if row[3] != "–"}
    assert set(lost) == {
        "Smart",
        "Coopcity",
        "Culture et Démocratie",
        "Febecoop",
        "Microstart",
        "SAW-B",
    }
    assert "16 of the 71 ties end on a known date" in section


def test_who_could_be_next_comes_with_how_far_to_trust_it(made: Report, smart: Ecosystem) -> None:
    table = recommend(smart, "smart", top=5).table
    section = made.markdown.split("Who could be the next partner, and why\n")[1].split("\n## ")[0]
    assert "No better than chance on your data." in section
    for name in table["name"]:
        assert f"| {name} | ICETT |" in section


def test_where_nobody_is_left_or_nothing_breaks_the_page_says_so() -> None:
    b = EcosystemBuilder()
    for node in "abc":
        b.node(node, kind="organisation")
    for pair in ("ab", "bc", "ac"):
        b.tie("partner_of", *pair)
    text = Page(report(b.build()).html).text
    assert "No single departure splits the network" in text
    assert "No tie has an end date on record" in text
    assert "There is nobody left to recommend: a is tied to all other" in text


def test_what_would_take_too_long_is_left_out_or_estimated_and_said(
    smart: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partnergraph.views.report.facts.TESTED_UP_TO", 100)
    text = Page(report(smart).html).text
    assert "With more than 100 ties, the report does not test this." in text
    assert "Ask for it with: partnergraph recommend ECO NAME" in text
    assert "Betweenness is estimated from" in text
    assert "of its first ten are certain" in text
    assert (
        "each of the 16 organisations and networks shares" in text
    )  # the ranking without Smart is drawn alike


def test_without_any_capability_the_section_says_so() -> None:
    b = EcosystemBuilder()
    for node in "ab":
        b.node(node, kind="organisation")
    b.tie("partner_of", "a", "b")
    made = report(b.build())
    assert "No partner has a capability on record" in made.markdown
    assert "there is nothing to cover" in made.markdown


def test_receipts_are_all_in_the_appendix(made: Report, smart: Ecosystem) -> None:
    appendix = made.html.split('<section id="sources"')[1]
    assert appendix.count("<tr>") - 2 == len(smart.evidence)  # two heads; sources have an id


def test_what_the_data_cannot_say(page: Page) -> None:
    for said in (
        "98 of 115 ties have no date.",
        "25 of 115 ties are inferred from the sources, which do not state them, with a confidence "
        "from 0.5 to 0.9.",
        "No tie has a strength: each counts as 1",
        "There is only one source",
    ):
        assert said in page.text


# -- the page itself -------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["smart", "hostile"])
def test_it_runs_and_fetches_nothing(made: Report, evil: Report, content: str) -> None:
    html = made.html if content == "smart" else evil.html
    page = Page(html)
    tags = Counter(tag for tag, _ in page.tags)
    assert not {"script", "img", "link", "iframe", "object", "embed", "form", "base"} & set(tags)
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")], tag
        target = attrs.get("href") or ""
        assert not attrs.get("src")
        if target and not target.startswith("#"):
            assert re.match(r"https?://ok\.example/", target)
            assert attrs["rel"] == "noopener noreferrer nofollow"
    assert "url(" not in html.replace("url(#", "")
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy


@pytest.mark.parametrize("content", ["smart", "hostile"])
def test_ids_are_unique_and_links_lead_somewhere(made: Report, evil: Report, content: str) -> None:
    page = Page(made.html if content == "smart" else evil.html)
    ids = Counter(attrs["id"] for _, attrs in page.tags if "id" in attrs)
    assert max(ids.values()) == 1
    links = [attrs.get("href") or "" for _, attrs in page.tags]
    assert not {link[1:] for link in links if link.startswith("#")} - set(ids)


def test_tables_are_told_to_screen_readers(page: Page) -> None:
    tags = Counter(tag for tag, _ in page.tags)
    assert tags["table"] == tags["caption"]
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in page.tags if tag == "th")
    assert dict(page.tags)["html"]["lang"] == "en"
    drawings = [attrs for _, attrs in page.tags if attrs.get("role") == "img"]
    assert len(drawings) == tags["svg"] == 4
    assert all(attrs["aria-label"] for attrs in drawings)


def test_names_stay_text_in_html(evil: Report) -> None:
    html = evil.html
    text = Page(html).text
    for name in EVIL:
        shown = " ".join(re.sub(r"[\u2028\u202e]", " ", name).split())
        assert shown in text
    assert "\u202e" not in html
    assert "<bdi>שלום" in html


def test_names_stay_text_in_markdown(evil: Report) -> None:
    markdown = evil.markdown
    reader = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    tokens = reader.parse(markdown)
    inline = [t for token in tokens for t in token.children or ()]
    raw = {t.content for t in (*tokens, *inline) if t.type in ("html_block", "html_inline")}
    assert raw == {"<br>"}
    links = {str(t.attrGet("href")) for t in inline if t.type == "link_open"}
    assert all(link.startswith(("https://ok.example/", "http://ok.example/")) for link in links)
    assert not [t for t in inline if t.type in ("image", "code_inline")]
    assert sum(t.type == "fence" for t in tokens) == 1
    headings = [
        tokens[i + 1].content
        for i, t in enumerate(tokens)
        if t.type == "heading_open" and t.tag < "h3"
    ]
    assert len(headings) == 1 + 2 + len(TOLD)
    assert not [t for t in tokens if t.type == "ordered_list_open"]
    text = " ".join(t.content for t in inline if t.type == "text")
    for name in ("<script>alert(1)</script>", "[click](javascript:alert(1))", "`code` ```"):
        assert name in text
    assert "evil.example" in text
    assert not re.search(r"(?<!\\):(?=//evil)|(?<=www)\.evil", markdown)


def test_every_row_of_a_markdown_table_has_its_columns(evil: Report) -> None:
    for block in re.split(r"\n\n+", evil.markdown):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert len(counts) <= 1


# -- any input -------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(made: Report) -> None:
    code = (
        "import sys, hashlib, partnergraph as pg; r = pg.report(pg.load(pg.example('smart')));"
        "print(hashlib.sha256((r.html + r.markdown).encode()).hexdigest())"
    )
    here = hashlib.sha256((made.html + made.markdown).encode()).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here
    assert not re.search(r"\b20\d\d-\d\d-\d\dT\d\d:", made.html)
    assert "Matplotlib v" not in made.html


@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_nothing_and_next_to_nothing(nodes: int) -> None:
    b = EcosystemBuilder()
    for i in range(nodes):
        b.node(f"n{i}", kind="organisation")
    made = report(b.build())
    page = Page(made.html)
    assert [tag for tag, _ in page.headings].count("h2") in range(1 + len(TOLD), 4 + len(TOLD))
    assert "No source is given: nothing in this report has a receipt." in page.text
    assert "nan" not in made.markdown.lower().split()


def test_two_thousand_nodes_are_cut_and_it_is_said() -> None:
    b = EcosystemBuilder()
    for i in range(2_000):
        b.node(f"n{i}", kind=("organisation", "project", "capability")[i % 3])
    for i in range(0, 600, 3):
        b.tie("participates_in", f"n{i}", f"n{3 * (i // 30) + 1}")
        b.tie("offers", f"n{i}", f"n{i + 2}")
    made = report(b.build())
    text = Page(made.html).text
    assert "The 14 that rank first are shown, of 667." in text
    assert "… and 637 more projects." in text
    assert len(made.html) < 600_000


def test_a_title_of_ones_own(smart: Ecosystem) -> None:
    made = report(smart.only("place"), title="For the <board>")
    assert "<h1><bdi>For the &lt;board&gt;</bdi></h1>" in made.html
    assert made.markdown.startswith("# For the \\<board\\>\n")


# -- saving and showing ----------------------------------------------------------------------


def test_it_is_saved_by_suffix(made: Report, tmp_path: Path) -> None:
    assert made.save(tmp_path / "a.HTML").read_text(encoding="utf-8") == made.html
    assert made.save(str(tmp_path / "new" / "a.md")).read_text(encoding="utf-8") == made.markdown
    for name in ("a.odt", "a"):
        with pytest.raises(UnknownName, match="there is no report format"):
            made.save(tmp_path / name)
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableInput):
        made.save(tmp_path / "file" / "a.md")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.HTML", "file", "new"]


def test_it_is_written_at_once(tmp_path: Path) -> None:
    empty = EcosystemBuilder().build()
    made = pg.report(empty, tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == made.markdown


def test_a_notebook_shows_it_in_a_frame_that_runs_nothing(made: Report) -> None:
    shown = made._repr_html_()
    ((tag, attrs),) = Page(shown).tags
    assert (tag, attrs["sandbox"]) == ("iframe", "")
    assert attrs["srcdoc"] == made.html
