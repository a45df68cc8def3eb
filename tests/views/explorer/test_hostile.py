"""Names, quotes, addresses and ids are hostile or odd: the page stays a page, in both renderers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from partnergraph.graph.builder import EcosystemBuilder
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import PartnergraphError
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.page import explore
from tests.views.explorer.reader import Reader

HIT = "window.hit ?? null"
# What the page or the tables give a meaning to; all other text is anybody's.
MEANT = {
    "id",
    "kind",
    "node",
    "source",
    "target",
    "fact",
    "start",
    "end",
    "alias_kind",
    "recurrence",
    "a",
    "b",
}


def attack(field: str) -> str:
    """Something that would run were it ever taken for markup, a script, or a template."""
    return (
        f"</script><script>window.hit='{field}'</script>"
        f"<img src=x onerror=\"window.hit='{field}'\">"
        f"<svg onload=window.hit=1>\u202e{{{{7*7}}}}${{7*7}}javascript:window.hit='{field}'"
    )


def hostile() -> Ecosystem:
    """An attack in every text of every table, and in the ids that only a program could give."""
    b = EcosystemBuilder(name="hostile")
    b.source("s", title="s")
    b.node("a", kind="organisation", name="a", note="x")
    b.node("constructor", kind="network", name="__proto__")
    b.node("tostring", kind="project", name="'\"`=cmd|' /C calc'!A0")
    b.node("html", kind="organisation", name="html")
    b.node("held", kind="capability", name="held")
    b.alias("a", "x", language="en", kind="former")
    ties = [
        b.tie("member_of", "a", "constructor", status="declared"),
        b.tie("participates_in", "a", "tostring", role="lead", status="disputed"),
        b.tie("partner_of", "a", "html", status="inferred"),
        b.tie("offers", "a", "held", status="declared"),
        b.tie("offers", "html", "held", status="declared"),
    ]
    for fact in (*ties, "a", "constructor"):
        b.evidence(fact, source="s", locator="x", quote="x", recorded_by="x", attribute="name")
    eco = b.build()
    tables = {name: frame.copy() for name, frame in eco.tables.items()}
    for name, frame in tables.items():
        for column in frame.columns:
            text = frame[column].dtype == object or pd.api.types.is_string_dtype(frame[column])
            if text and column not in MEANT:
                spared = ("__proto__", "'\"`=cmd|' /C calc'!A0")
                named = (name, column) == ("nodes", "name")
                keep = [i for i, v in enumerate(frame[column]) if not named or v not in spared]
                rows = [
                    attack(f"{name}.{column}") if i in keep else v
                    for i, v in enumerate(frame[column])
                ]
                frame[column] = np.array(rows, dtype=object)
    for name in ("nodes", "sources"):
        tables[name]["url"] = "javascript:window.hit='url'"
    # An id that looks like HTML, which the checks refuse, through the constructor.
    bad = "<b onclick=window.hit=1>x</b>"
    tables["nodes"]["id"] = tables["nodes"]["id"].replace("html", bad)
    for end in ("source", "target"):
        tables["ties"][end] = tables["ties"][end].replace("html", bad)
    words = {name: attack(name) for name in ("title", "description", "licence")}
    about = replace(eco.about, **words)
    return Ecosystem(tables, about)


STATES = (
    "selected=a",
    "selected=constructor",
    "selected=tostring&without=a",
    "selected=constructor&goal=tostring",
    "view=table",
    "view=table&table=ties",
    "focus=a&selected=a",
    "colour=cluster",
    "colour=betweenness&arrange=rings&selected=a",
    "arrange=columns",
    "view=table&table=coverage",
    "held=held",
    "held=held&place=__proto__/x",
    "selected=a&goal=%3Cb%20onclick%3Dwindow.hit%3D1%3Ex%3C%2Fb%3E",
    "colour=__proto__&size=constructor&hide-kind=__proto__&arrange=__proto__",
    "selected=%3Cb%20onclick%3Dwindow.hit%3D1%3Ex%3C%2Fb%3E",
)


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["canvas", "vis"])
def test_injection_is_inert(read: Callable[..., Reader], renderer: str) -> None:
    """Every text of every table, in every view and file: no dialog, no request, no complaint."""
    reader = read(explore(hostile(), renderer=renderer))
    scripts = reader.page.locator("script").count()
    for state in STATES:
        reader.open(f"{state}&hide-status=")
        for details in reader.page.locator("#sheet summary").all():
            details.click()
    reader.page.click("#help")
    assert "<script>" in reader.text("#help-box")
    reader.page.keyboard.press("Escape")
    reader.page.fill("#query", "window")
    assert "<script>" in reader.text("#found")
    reader.page.keyboard.press("Escape")
    box = reader.page.locator("#stage").bounding_box()
    assert box
    for step in range(12):
        reader.page.mouse.move(box["x"] + 100 + 50 * step, box["y"] + 60 + 40 * step)
    for kind in ("svg", "gexf"):
        ElementTree.fromstring(reader.download(kind))
    cells = reader.download("nodes").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
    assert reader.page.evaluate(HIT) is None
    assert reader.page.locator("script").count() == scripts
    assert reader.page.locator("img, iframe, object, embed, a[href^=javascript]").count() == 0


# -- what may come in ------------------------------------------------------------------------


def odd(case: str) -> Ecosystem:
    b = EcosystemBuilder(name="odd")
    if case == "one":
        b.node("a", kind="organisation")
    elif case == "no ties":
        for i in range(40):
            b.node(f"n{i}", kind="organisation")
    elif case == "components":
        for i in range(200):
            b.node(f"a{i}", kind="organisation")
            b.node(f"b{i}", kind="network")
            b.tie("member_of", f"a{i}", f"b{i}")
    elif case == "one kind":
        for i in range(12):
            b.node(f"n{i}", kind="organisation")
        for i in range(12):
            b.tie("partner_of", f"n{i}", f"n{(i + 1) % 12}")
    elif case == "names":
        names = [
            "word " * 2000,
            "x" * 10_000,
            "\u062c\u0645\u0639\u064a\u0629 \u202eevil\u202c \u5408\u4f5c\u793e",
            "\U0001f469\u200d\U0001f469\u200d\U0001f467 family \U0001f44d\U0001f3fd",
            "a\u202eb\u2066c",
            "&lt;b&gt;",
            "\ufeff",
            "e\u0301" * 40,
            "javascript:alert(1)",
        ]
        for i, name in enumerate(names):
            b.node(f"n{i}", kind="organisation", name=name)
            b.tie("partner_of", "n0", f"n{i}") if i else None
        b.node("blank", kind="project")
    elif case == "numbers":
        values = [float("nan"), float("inf"), float("-inf"), 1e308, 5e-324, np.float32(0.1)]
        for i, value in enumerate(values):
            b.node(f"n{i}", kind="organisation", weight=value, whole=np.int64(i), said=bool(i % 2))
        for i in range(5):
            b.tie("partner_of", f"n{i}", f"n{i + 1}", strength=1e12 if i else 1e-12, amount=1e15)
    return b.build()


CASES = ["empty", "one", "no ties", "components", "one kind", "names", "numbers"]


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["canvas", "vis"])
@pytest.mark.parametrize("case", CASES)
def test_odd_ecosystems_make_a_correct_page(
    read: Callable[..., Reader], case: str, renderer: str
) -> None:
    eco = odd(case)
    reader = read(explore(eco, renderer=renderer))
    assert reader.counts() == (len(eco), len(eco.ties))
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 1400
    if case == "empty":
        assert "no nodes" in reader.text("#empty")
        return
    first = eco.nodes["id"].iloc[0]
    for state in (
        f"selected={first}",
        f"selected={first}&view=table",
        f"selected={first}&without={first}",
        f"selected={first}&focus={first}&arrange=rings",
        "colour=degree",
    ):
        reader.open(state)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 1400
        box = reader.page.locator("#sheet-name").bounding_box() if "selected" in state else None
        assert not box or box["height"] < 160
    for kind in ("svg", "gexf"):
        ElementTree.fromstring(reader.download(kind))
    assert "NaN" not in reader.download("json")
    reader.open("view=table")
    assert reader.page.locator(".twin tbody tr").count() == min(200, len(eco))


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [("nonsense", "a", "a"), ("organisation", "a", "nobody"), ("organisation", "\x1b[31m", "a")],
)
def test_what_is_no_ecosystem_is_refused_in_words(kind: str, name: str, other: str) -> None:
    """No such kind, a tie to nobody, control characters: none of them reaches the page."""
    b = EcosystemBuilder(name="t")
    b.node("a", kind=kind, name=name)
    if other != "a":
        b.tie("partner_of", "a", other)
    with pytest.raises(PartnergraphError, match=r"nobody|nonsense|control characters"):
        explore(b.build())


def test_every_text_of_the_vocabulary_is_attacked() -> None:
    """So that a new column is too."""
    eco = hostile()
    attacked: dict[str, Any] = {
        name: {c for c in frame.columns if frame[c].astype(str).str.contains("window.hit").any()}
        for name, frame in eco.tables.items()
    }
    for name in ("nodes", "ties", "sources", "evidence"):
        texts = {
            c
            for c, column in SCHEMA.tables[name].columns.items()
            if column.type == "text" and c not in MEANT and c in eco.tables[name]
        }
        assert texts <= attacked[name]
