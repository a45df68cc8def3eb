"""What a notebook gets: words, a still picture and a frame that can reach nothing."""

from __future__ import annotations

import base64
import html
import io
import json
import lzma
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.generator import ecosystem
from partnergraph import PartnerNetwork
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.views.explorer import assembly
from partnergraph.views.explorer import page as module
from partnergraph.views.explorer.page import Explorer, explore
from tests.conftest import lacking
from tests.views.explorer.test_hostile import HIT, hostile

STILL = r'<noscript><img alt="[^"]*" src="data:image/png;base64,([^"]+)"></noscript>'


@pytest.fixture(scope="module")
def page(smart: Ecosystem) -> Explorer:
    return explore(smart)


def test_words_a_picture_and_a_sandboxed_frame(page: Explorer) -> None:
    bundle, _ = page._repr_mimebundle_()
    assert bundle["text/plain"] == page.summary
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as still:
        assert len(still.convert("RGB").getcolors() or []) == 4
    frame = bundle["text/html"]
    assert 'sandbox="allow-scripts allow-downloads allow-popups"' in frame
    assert "<script" not in frame
    assert re.search(STILL, frame)[1] == bundle["image/png"]  # type: ignore[index]


def test_250_nodes_are_a_hundred_kilobytes() -> None:
    bundle, _ = explore(ecosystem(250))._repr_mimebundle_()
    assert sum(len(part) for part in bundle.values()) <= 100_000


def test_what_cleans_an_untrusted_notebook_leaves_the_picture(page: Explorer) -> None:
    """As JupyterLab does: tags that are not allowed go, what they hold stays."""
    bundle, _ = page._repr_mimebundle_()
    cleaned = re.sub(r"</?(?:iframe|noscript)\b[^>]*>", "", bundle["text/html"])
    assert re.fullmatch(r'<img alt="[^"]*" src="data:image/png;base64,[^"]+">', cleaned)


def test_a_large_page_is_a_file_and_a_link(
    page: Explorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "IN_NOTEBOOK_UP_TO", 1000)
    bundle, _ = page._repr_mimebundle_()
    name = re.search(r'href="([^"]+)"', bundle["text/html"])[1]  # type: ignore[index]
    assert (tmp_path / name).read_text(encoding="utf-8") == page.html
    assert "<iframe" not in bundle["text/html"]
    saved = explore_at(page, tmp_path / "mine.html")
    assert 'href="mine.html"' in saved._repr_mimebundle_()[0]["text/html"]


def explore_at(page: Explorer, path: Path) -> Explorer:
    return Explorer(page.html, page.summary, page.save(path), data=page.data)


@pytest.fixture
def framed(chromium: Any, tmp_path: Path) -> Iterator[Callable[[str], tuple[Any, Any, list[str]]]]:
    """Show a frame as a notebook does; give the outer page, the frame, and what went wrong."""
    contexts = []

    def show(markup: str) -> tuple[Any, Any, list[str]]:
        file = tmp_path / "notebook.html"
        file.write_text(f'<!doctype html><meta charset="utf-8">{markup}', encoding="utf-8")
        context = chromium.new_context(offline=True)
        contexts.append(context)
        outer = context.new_page()
        trouble: list[str] = []
        outer.on("console", lambda m: trouble.append(m.text))
        outer.on("pageerror", lambda e: trouble.append(str(e)))
        outer.on("request", lambda r: r.url.startswith(("file:", "blob:")) or trouble.append(r.url))
        outer.goto(file.as_uri())
        return outer, outer.frame_locator("iframe"), trouble

    yield show
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["canvas", "vis"])
def test_it_works_in_a_sandboxed_frame(
    smart: Ecosystem, framed: Callable[[str], Any], renderer: str
) -> None:
    markup = explore(smart, renderer=renderer)._repr_mimebundle_()[0]["text/html"]
    _, frame, trouble = framed(markup)
    frame.locator("#query").fill("febecoop")
    frame.locator("#query").press("Enter")
    assert frame.locator("#sheet-name").inner_text() == "Febecoop"
    assert frame.locator("#stage[data-labels$='/34']").count() == 1
    assert frame.locator("body.loading").count() == 0
    assert trouble == []


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["canvas", "vis"])
def test_injection_is_inert_in_the_frame(framed: Callable[[str], Any], renderer: str) -> None:
    markup = explore(hostile(), renderer=renderer)._repr_mimebundle_()[0]["text/html"]
    outer, frame, trouble = framed(markup)
    for node in ("a", "constructor", "tostring"):
        frame.locator("#query").fill(node)
        frame.locator("#found li").first.click()
        for details in frame.locator("#sheet summary").all():
            details.click()
    frame.locator("#view-table").click()
    frame.locator("#table-ties").click()
    frame.locator("#table-coverage").click()
    frame.locator(".twin tbody td button").first.click()
    assert "<script>" in frame.locator("#notice-coverage").inner_text()
    inner = outer.frames[1]
    assert inner.evaluate(HIT) is None
    assert outer.evaluate(HIT) is None
    assert frame.locator("img, object, embed, a[href^=javascript]").count() == 0
    assert trouble == []


# -- a real JupyterLab -----------------------------------------------------------------------


def notebook(folder: Path, trusted: bool) -> Path:
    """Write a notebook as it is after it has run: the outputs that the explorer gives."""
    net = PartnerNetwork(notebook=True)
    net.add_nodes(["a", "b"])
    net.add_edge("a", "b")
    outputs = []
    for shown in (explore(ecosystem(60)), net.page()):
        data, _ = shown._repr_mimebundle_()
        outputs.append({"output_type": "display_data", "metadata": {}, "data": data})
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "one",
        "source": "pg.explore(eco)",
        "metadata": {"trusted": trusted},
        "outputs": outputs,
    }
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    file = folder / "explorer.ipynb"
    file.write_text(json.dumps(book), encoding="utf-8")
    return file


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves a folder."""
    if os.environ.get("PARTNERGRAPH_PROFILE") != "accept":
        pytest.skip("jupyterlab: started by `make accept` only, since it takes half a minute")
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        lacking("jupyterlab", "it is not installed (the extra `notebooks`)")
    port = 20_000 + os.getpid() % 20_000
    environment = {
        **os.environ,
        **{f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")},
    }
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                "--ServerApp.token=",
                "--ServerApp.password=",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                "--ServerApp.ip=127.0.0.1",
                f"--ServerApp.root_dir={tmp_path}",
            ],
            stdout=log,
            stderr=log,
            cwd=tmp_path,
            env=environment,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=2).read()
                    break
                except OSError:
                    time.sleep(0.25)
            else:
                lacking("jupyterlab", "it did not start within a minute")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.mark.browser
@pytest.mark.slow
def test_jupyterlab_shows_it(chromium: Any, lab: str, tmp_path: Path) -> None:
    """Untrusted: the still picture alone. Trusted: the page works within its frame."""
    file = notebook(tmp_path, trusted=False)
    context = chromium.new_context(viewport={"width": 1300, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    try:
        tab.goto(f"{lab}/lab/tree/{file.name}")
        # The output as the notebook has it; the cell has not run in this session.
        tab.wait_for_selector(".jp-OutputArea-output img")
        assert tab.locator(".jp-OutputArea-output iframe").count() == 0
        subprocess.run(
            [sys.executable, "-m", "jupyter", "trust", str(file)],
            check=True,
            capture_output=True,
            env={
                **os.environ,
                **{
                    f"JUPYTER_{name}_DIR": str(tmp_path / name)
                    for name in ("CONFIG", "DATA", "RUNTIME")
                },
            },
        )
        tab.goto(f"{lab}/lab/tree/{file.name}?reset")
        tab.wait_for_selector(".jp-OutputArea-output iframe")
        assert tab.locator(".jp-OutputArea-output iframe").count() == 2
        frame = tab.frame_locator(".jp-OutputArea-output iframe >> nth=0")
        frame.locator("#query").fill("co-operative")
        frame.locator("#query").press("Enter")
        assert "Co-operative" in frame.locator("#sheet-name").inner_text()
    finally:
        context.close()


def test_the_frame_holds_the_page_itself(page: Explorer) -> None:
    """Unpacked, it is the same bytes that saving gives."""
    frame = page._repr_mimebundle_()[0]["text/html"]
    inner = html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])  # type: ignore[index]
    size, letters = json.loads(re.search(r'id="packed">(.*?)</script>', inner)[1])  # type: ignore[index]
    digits = assembly.BASE_85.encode()
    back = bytes.maketrans(bytes(assembly.PLAIN_LETTERS[c] for c in digits), digits)
    small = base64.b85decode(letters.encode().translate(back))
    whole = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[assembly.LZMA]).decompress(small, size)
    assert whole.decode() == page.html
    assert letters == html.escape(letters) == json.dumps(letters)[1:-1]
