"""The page as a file: whole, the same every time, and with nothing in it that could act."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnusableInput
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.assembly import ENTRIES, joined_script
from partnergraph.views.explorer.page import Explorer, explore
from partnergraph.views.explorer.words import ui_words, words

ASSETS = Path(sys.modules[explore.__module__].__file__ or "").parent / "assets"
MODULES = sorted(ASSETS.glob("*.js"))
DATED = {"2024": "x"}


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


def test_nothing_is_fetched(page: Explorer) -> None:
    assert not re.findall(r"<(?:link|img|iframe|object|embed|base)\b", page.html)
    assert not re.findall(r"<script[^>]*\bsrc", page.html)
    assert not re.findall(r"@import|url\(", page.html)
    assert not re.findall(
        r"\bfetch\(|XMLHttpRequest|importScripts|WebSocket|EventSource|sendBeacon", page.html
    )


def test_the_policy_allows_the_script_and_the_style_and_nothing_else(page: Explorer) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page.html)
    assert policy
    scripts = re.findall(r"<script>(.*?)</script>", page.html, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    assert len(scripts) == len(styles) == 1
    text = policy[1].replace("&#39;", "'")
    for content, directive in ((scripts[0], "script-src"), (styles[0], "style-src")):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in text
    assert text.startswith("default-src 'none';")
    assert "unsafe" not in text


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_data_only_becomes_text(module: Path) -> None:
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    assert not re.findall(banned, module.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_functions_fit_on_a_screen(module: Path) -> None:
    length, name = 0, ""
    for line in module.read_text(encoding="utf-8").splitlines():
        start = re.match(
            r"(?:export )?(?:async )?function\*? (\w+)|  (?:\*|async )?(\w+)\(.*\) \{$", line
        )
        if start:
            length, name = 0, start[1] or start[2]
        length += 1
        if line in ("}", "  }"):
            assert length <= 60, f"{module.name}: {name} has {length} lines"


def test_names_at_the_top_of_the_modules_are_used_once() -> None:
    names: list[str] = []
    for module in MODULES:
        pattern = r"^(?:export )?(?:async )?(?:const|let|function\*?|class) +(\w+)"
        names += re.findall(pattern, module.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("entry", ENTRIES.values())
def test_no_import_is_left(entry: str) -> None:
    script = joined_script(entry)
    assert not re.findall(r"^(?:import|export)\b", script, re.MULTILINE)
    assert "</script" not in script.lower()
    assert "<!--" not in script


def test_every_module_is_used() -> None:
    used = {
        name for m in MODULES for name in re.findall(r'from "\./(\w+\.js)"', m.read_text("utf-8"))
    }
    # Modules of types alone are imported by comments only.
    own = set(ENTRIES.values()) | {"unpack.js"}
    assert {m.name for m in MODULES} - used - own == {"renderer.js"}


def test_every_word_the_page_says_is_in_the_book_and_every_word_is_said() -> None:
    source = "\n".join(m.read_text(encoding="utf-8") for m in MODULES)
    source += (ASSETS / "page.html").read_text(encoding="utf-8")
    said = set(re.findall(r'data-t(?:-label|-hint)?="([^"]+)"', source))
    said |= set(re.findall(r'\.say\(\s*"([^"]+)"', source))
    said |= set(re.findall(r'\.say\([^)"]*\? "([^"]+)" : "[^"]+"', source))
    said |= set(re.findall(r'\.say\([^)"]*\? "[^"]+" : "([^"]+)"', source))
    said |= {
        f"{key}.{n}"
        for key in re.findall(r'\.count\(\s*"([^"]+)"', source)
        for n in ("one", "other")
    }
    known = set(ui_words()["ui"])
    assert said <= known, sorted(said - known)
    by_name = {
        f"help.{n}" for n in re.findall(r'"(\w+)"', re.search(r"names = \[(.*?)\]", source)[1])
    }  # type: ignore[index]
    by_name |= {
        f"cluster.{verdict}" for verdict in ("none", "weak", "clear", "borderless", "untested")
    }
    by_name |= {k for k in known if k.startswith("export.")} | {
        "focus.more",
        "focus.less",
        "no-script",
        "summary",
    }
    by_name |= {"table.nodes", "table.ties", "table.coverage", "table.previous", "table.next"}
    by_name |= {"arrange.map", "arrange.columns", "arrange.rings"}
    assert known - said - by_name == set()


def test_code_and_texts_are_within_their_budget(page: Explorer) -> None:
    data = re.search(r'id="data">(.*?)</script>', page.html, re.DOTALL)
    assert data
    assert len(page.html.encode()) - len(data[1].encode()) <= 250_000


def test_labels_cover_the_vocabulary() -> None:
    labels = words()["labels"]
    assert set(labels["kind"]) == set(labels["kinds"]) == set(SCHEMA.node_kinds)
    assert set(labels["tie_kind"]) == set(SCHEMA.tie_kinds)
    source = "\n".join(m.read_text(encoding="utf-8") for m in MODULES)
    for name in ("source", "evidence"):
        said = set(re.findall(rf'\.label\("{name}", "(\w+)"\)', source))
        assert set(labels[name]) == said


@pytest.mark.parametrize("lang", ["nl", "fr", "en"])
def test_the_page_says_its_language(smart: Ecosystem, lang: str) -> None:
    assert f'<html lang="{lang}"' in explore(smart, lang=lang).html


def test_other_languages_and_renderers_are_refused(smart: Ecosystem) -> None:
    with pytest.raises(BadParameter, match="nl, fr, en"):
        explore(smart, lang="de")
    with pytest.raises(BadParameter, match="canvas"):
        explore(smart, renderer="webgl")


def test_same_input_and_seed_give_the_same_bytes(page: Explorer) -> None:
    """Also in another process, where hashes of text are other ones."""
    code = (
        "import hashlib, partnergraph as pg; from partnergraph.views.explorer.page import explore; "
        "print(hashlib.sha256(explore(pg.load(pg.example('smart'))).html.encode()).hexdigest())"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == hashlib.sha256(page.html.encode()).hexdigest()


def test_saving_is_whole_or_not_at_all(page: Explorer, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert page.save(target).read_text(encoding="utf-8") == page.html
    assert page.save(target) == target
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(UnusableInput, match="cannot be written"):
        page.save(target / "page.html")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_output_is_saved_and_said(smart: Ecosystem, tmp_path: Path) -> None:
    page = explore(smart, output=tmp_path / "smart.html")
    assert page.path == tmp_path / "smart.html"
    assert page.path.stat().st_size == len(page.html.encode())
    assert f"{len(smart)} nodes" in page.summary


def test_a_title_cannot_leave_its_element() -> None:
    b = EcosystemBuilder(name="t", title="</title><script>alert(1)</script>")
    b.node("a", kind="organisation", name='"><img src=x onerror=alert(1)>')
    html = explore(b.build()).html
    assert "<script>alert" not in html
    assert "<img" not in html
