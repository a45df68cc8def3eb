"""Whatever a reader filters and asks, the page counts, measures and walks as networkx does.

Hypothesis is the reader: it ticks boxes, moves the sliders, searches, focuses, thinks a partner
away and asks for a path. What the page then says is compared with the same ecosystem, filtered in
Python and held by networkx.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnergraph.analysis.clusters import clusters
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.schema import SCHEMA
from partnergraph.views.explorer.assembly import joined_script
from partnergraph.views.explorer.encoding import dump
from partnergraph.views.explorer.page import explore
from partnergraph.views.explorer.payload import payload
from tests.strategies import ecosystems
from tests.views.explorer.reader import Reader

pytestmark = pytest.mark.browser

FULL = os.environ.get("PARTNERGRAPH_PROFILE") == "accept"
TIE_COLUMNS = {"tie_kind": "kind", "status": "status"}
# Everything as it was when the page opened.
START_AGAIN = """() => {
  for (const id of ["focus-end", "without-end", "path-end", "close-sheet", "reset"])
    document.getElementById(id)?.click();
}"""
# Tick the boxes of facets so that just the given values are left out; return those there are.
TICK = """(wanted) => Object.fromEntries(
  [...document.querySelectorAll("[data-facet]")].map((group) => {
    const out = wanted[group.dataset.facet] ?? null;
    const rows = [...group.querySelectorAll(".row")];
    for (const row of rows) {
      const box = row.querySelector("input");
      if (out && box.checked === out.includes(row.dataset.value)) box.click();
    }
    return [group.dataset.facet, rows.map((row) => row.dataset.value)];
  }))"""
# Every node that the table shows: its name, neighbours and ties.
ROWS = """() => {
  document.querySelector("#view-table").click();
  const heads = [...document.querySelectorAll(".twin thead button")].map((b) => b.dataset.column);
  const cell = (row, name) => row.children[heads.indexOf(name)].textContent;
  const rows = [...document.querySelectorAll(".twin tbody tr")].map((row) =>
    [cell(row, "name"), Number(cell(row, "neighbours")), Number(cell(row, "ties"))]);
  document.querySelector("#view-graph").click();
  return rows;
}"""


@dataclass
class Wish:
    """What the reader wants to see, and then asks of one node."""

    hidden: dict[str, list[str]]
    years: tuple[int, int]
    loose: bool
    node: str
    ask: str
    steps: int
    goal: str
    focus: str | None = field(default=None, init=False)
    without: str | None = field(default=None, init=False)


class Twin:
    """The same ecosystem in Python."""

    def __init__(self, eco: Ecosystem, whole: tuple[int, int]) -> None:
        self.eco, self.whole = eco, whole
        found = clusters(eco, starts=20, nulls=0).table["cluster"].to_dict()
        table = eco.nodes.set_index("id")
        own = {
            key: table[key].to_dict()
            for key in ("kind", "sphere", "sector", "level", "country")
            if key in table
        }
        own["cluster"] = {i: str(c) if (c := found.get(i, -1)) > 0 else None for i in table.index}
        self.facets: Mapping[str, dict[str, str]] = {
            key: {i: v if isinstance(v, str) else "" for i, v in values.items()}
            for key, values in own.items()
        }

    def graph(self, wish: Wish, *, without: str | None = None) -> nx.MultiGraph:
        """What is to be shown: filters, then who left, then the focus, then the isolated."""
        eco = self.eco if wish.years == self.whole else self.eco.at("{}/{}".format(*wish.years))
        graph = nx.MultiGraph()
        graph.add_nodes_from(
            i
            for i in eco.nodes["id"]
            if not any(own[i] in wish.hidden.get(key, ()) for key, own in self.facets.items())
        )
        first = next(iter(SCHEMA.values["status"]))
        ties = eco.ties.assign(status=eco.ties["status"].fillna(first))
        for tie in ties.to_dict("records"):
            out = any(tie[c] in wish.hidden.get(f, ()) for f, c in TIE_COLUMNS.items())
            if not out and tie["source"] in graph and tie["target"] in graph:
                graph.add_edge(tie["source"], tie["target"])
        if without in graph:
            graph.remove_node(without)
        if wish.focus is not None:
            near = nx.ego_graph(graph, wish.focus, wish.steps) if wish.focus in graph else ()
            graph = graph.subgraph(near).copy()
        if not wish.loose:
            graph.remove_nodes_from(list(nx.isolates(graph)))
        return graph

    def reveal(self, wish: Wish) -> None:
        """Change the wish as the page does when somebody is searched who is hidden."""
        if wish.node in self.graph(wish):
            return
        for key, own in self.facets.items():
            wish.hidden[key] = [v for v in wish.hidden.get(key, []) if v != own[wish.node]]
        wish.years, wish.loose = self.whole, True

    def rows(self, graph: nx.MultiGraph) -> list[tuple[str, int, int]]:
        """Name, neighbours and ties of each node."""
        return sorted((self.eco.name_of[i], len(graph[i]), graph.degree(i)) for i in graph)


def wishes(values: Mapping[str, list[str]], years: tuple[int, int], nodes: list[str]) -> Any:
    """Draw what to leave out of some facets, a period, and what to ask of whom."""
    some = {key: st.lists(st.sampled_from(v), unique=True, max_size=2) for key, v in values.items()}
    year = st.integers(*years)
    return st.builds(
        Wish,
        hidden=st.fixed_dictionaries({}, optional=some),
        years=st.just(years) | st.tuples(year, year).map(lambda two: (min(two), max(two))),
        loose=st.booleans(),
        node=st.sampled_from(nodes),
        ask=st.sampled_from(["path", "without", "focus", "focus and path"]),
        steps=st.integers(1, 3),
        goal=st.sampled_from(nodes),
    )


def look_up(reader: Reader, name: str) -> None:
    reader.page.fill("#query", name)
    reader.page.press("#query", "Enter")


def test_random_views_agree_with_networkx(smart: Ecosystem, read: Callable[..., Reader]) -> None:
    """Counts, all degrees, surroundings, paths and pieces, for whatever is filtered."""
    reader = read(explore(smart))
    sliders = reader.page.locator("#period input[type=range]")
    whole = (
        int(sliders.nth(0).get_attribute("min") or 0),
        int(sliders.nth(0).get_attribute("max") or 0),
    )
    twin = Twin(smart, whole)
    names = list(smart.name_of.values())
    unique = [i for i, name in smart.name_of.items() if names.count(name) == 1]
    boxes = reader.page.evaluate(TICK, {})
    assert set(boxes) <= {*twin.facets, *TIE_COLUMNS}

    @settings(max_examples=100 if FULL else 10)
    @given(wishes(boxes, whole, unique))
    def agree(wish: Wish) -> None:
        reader.page.evaluate(START_AGAIN)
        reader.page.evaluate(TICK, {**{key: [] for key in boxes}, **wish.hidden})
        for end in (0, 1):
            sliders.nth(end).fill(str(wish.years[end]))
        reader.page.locator("#loose").set_checked(wish.loose)
        same(reader, twin, twin.graph(wish))
        twin.reveal(wish)
        look_up(reader, smart.name_of[wish.node])
        asked(reader, twin, wish)

    agree()


def same(reader: Reader, twin: Twin, graph: nx.MultiGraph) -> None:
    """The counts at the top, and the neighbours and ties of every node in the table."""
    assert reader.counts() == (graph.number_of_nodes(), graph.number_of_edges())
    assert sorted(map(tuple, reader.page.evaluate(ROWS))) == twin.rows(graph)


def asked(reader: Reader, twin: Twin, wish: Wish) -> None:
    """Ask what the reader wants to know of a node, and compare the answers."""
    graph, node = twin.graph(wish), wish.node
    assert reader.text("#sheet-name") == twin.eco.name_of[node]
    assert reader.numbers("#here") == [len(graph[node]), graph.degree(node)]
    if "focus" in wish.ask:
        wish.focus = node
        reader.page.click("#focus")
        for _ in range(wish.steps - 1):
            reader.page.click("#focus-more")
        graph = twin.graph(wish)
        same(reader, twin, graph)
    if "path" in wish.ask and wish.goal != node:
        reader.page.click("#path")
        look_up(reader, twin.eco.name_of[wish.goal])
        path(reader, twin, nx.Graph(graph), node, wish.goal)
    elif wish.ask == "without":
        reader.page.click("#without")
        rest = graph.copy()
        rest.remove_node(node)
        said = reader.text("#notice-without p").removeprefix(f"Without {twin.eco.name_of[node]}:")
        after, *more = re.findall(r"(\d+) pieces?", said)
        (before,) = more or [after]
        assert said.startswith(" Still ") == (after == before)
        assert int(before) == nx.number_connected_components(graph)
        assert int(after) == nx.number_connected_components(rest)
        lost = re.search(r"(\d+) ties? (?:is|are) lost", said)
        assert int(lost[1] if lost else 0) == graph.degree(node)
        alone = re.search(r"Left without ties: (.*)\.$", said)
        left = [i for i in graph[node] if not rest.degree(i)]
        assert bool(alone) == bool(left)
        same(reader, twin, twin.graph(wish, without=node))


def path(reader: Reader, twin: Twin, graph: nx.Graph, node: str, goal: str) -> None:
    """A shortest path, each step of it along a tie; and how many equally short ones there are."""
    said = reader.text("#notice-path")
    if goal not in graph or not nx.has_path(graph, node, goal):
        assert said.startswith("No path")
        return
    hops = reader.page.locator("#notice-path .chain > button").all_inner_texts()
    ways = list(nx.all_shortest_paths(graph, node, goal))
    assert reader.numbers("#notice-path")[0] == len(ways[0]) - 1
    assert hops in [[twin.eco.name_of[i] for i in way] for way in ways]
    counted = re.search(r"One of (\d+) equally short", said)
    assert int(counted[1] if counted else 1) == len(ways)


# Ids of ties as the page reads them, and which ties may exist in a year, as it filters them.
TIES = """async ([data, year]) => {
  const { ties, source, target, nodeSpan, tieSpan } = await readModel(data);
  const exists = ({ from, to }, i) => from[i] <= year && to[i] >= year;
  const ends = (t) => exists(nodeSpan, source[t]) && exists(nodeSpan, target[t]);
  const shown = (t) => exists(tieSpan, t) && ends(t);
  return [ties.id, ties.id.filter((_, t) => shown(t))];
}"""


def test_ids_and_periods_of_ties_agree_with_python(chromium: Any) -> None:
    """An id that the payload leaves out is derived as Python does; years are those of `eco.at`."""
    page = chromium.new_page()
    script = joined_script("model.js")
    page.evaluate(script.replace("})();", "globalThis.readModel = readModel;\n})();"))

    @settings(max_examples=300 if FULL else 40)
    @given(ecosystems(), st.integers(1990, 2030))
    def agree(eco: Ecosystem, year: int) -> None:
        ids, shown = page.evaluate(TIES, [dump(payload(eco, measures=[])), year])
        assert ids == eco.ties["id"].tolist()
        assert shown == eco.at(str(year)).ties["id"].tolist()

    agree()
    page.close()
