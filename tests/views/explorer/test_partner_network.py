"""Scripts written for pyvis, run after changing the import line alone, and what they give."""

from __future__ import annotations

import json
import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pyvis.network import Network

import partnergraph as pg
from partnergraph import PartnerNetwork
from partnergraph.graph.errors import (
    BadParameter,
    MissingInput,
    PartnergraphError,
    UnknownName,
    UnusableInput,
)
from partnergraph.views.explorer.pyvis_payload import payload_of
from tests.conftest import lacking
from tests.views.explorer.reader import AXE, VIOLATIONS, Reader

IMPORT = "from pyvis.network import Network"
OURS = "from partnergraph import PartnerNetwork as Network"
HOSTILE = "<img src=x onerror=\"window.hit='it'\"><script>window.hit=1</script>{{7*7}}"

# Script, nodes and ties: as the tutorials of pyvis and its users have them.
SCRIPTS: dict[str, tuple[str, int, int]] = {
    "first steps": (
        """
net = Network()
net.add_node(1, label="Node 1")
net.add_node(2)
net.add_nodes([3, 4, 5], value=[10, 100, 400], title=["I am node 1", "node 2", "node 3"],
              x=[21.4, 54.2, 11.2], y=[100.2, 23.54, 32.1], label=["NODE 1", "NODE 2", "NODE 3"],
              color=["#00ff1e", "#162347", "#dd4b39"])
net.add_edge(1, 2)
net.add_edge(2, 3, weight=0.87)
net.add_edges([(3, 4), (4, 5, 3)])
net.toggle_physics(True)
net.show("net.html", notebook=False)
""",
        5,
        4,
    ),
    "from networkx": (
        """
import networkx as nx
nx_graph = nx.cycle_graph(10)
nx_graph.nodes[1]["title"] = "Number 1"
nx_graph.nodes[1]["group"] = 1
nx_graph.nodes[3]["title"] = "I belong to a different group!"
nx_graph.nodes[3]["group"] = 10
nx_graph.add_node(20, size=20, title="couple", group=2)
nx_graph.add_node(21, size=15, title="couple", group=2)
nx_graph.add_edge(20, 21, weight=5)
nx_graph.add_node(25, size=25, label="lonely", title="lonely node", group=3)
net = Network("500px", "500px")
net.from_nx(nx_graph)
net.show("net.html")
""",
        13,
        11,
    ),
    "a table of edges": (
        """
net = Network(height="750px", width="100%", bgcolor="#222222", font_color="white")
net.barnes_hut()
rows = [("north", "east", 5), ("north", "west", 31), ("south", "centre", 18), ("south", "north", 2)]
for src, dst, w in rows:
    net.add_node(src, src, title=src)
    net.add_node(dst, dst, title=dst)
    net.add_edge(src, dst, value=w)
neighbor_map = net.get_adj_list()
for node in net.nodes:
    node["title"] += " Neighbors:<br>" + "<br>".join(sorted(neighbor_map[node["id"]]))
    node["value"] = len(neighbor_map[node["id"]])
net.show("net.html", notebook=False)
""",
        5,
        4,
    ),
    "shapes": (
        """
net = Network(directed=True)
shapes = ["dot", "box", "ellipse", "circle", "database", "text", "diamond", "star", "triangle",
          "triangleDown", "square", "hexagon", "image", "circularImage", "icon"]
for i, shape in enumerate(shapes):
    net.add_node(i, label=shape, shape=shape, size=15 + i, image="https://example.org/a.png")
    net.add_edge(0, i, title=f"to {shape}", label=shape, dashes=True)
net.write_html("net.html")
""",
        15,
        15,
    ),
    "options as text": (
        '''
net = Network(notebook=True, cdn_resources="remote")
net.add_nodes(["a", "b", "c"])
net.add_edges([("a", "b"), ("b", "c")])
net.set_options("""
var options = {
  "nodes": {"borderWidth": 2, "font": {"size": 30, "face": "tahoma"}},
  "edges": {"color": {"inherit": true}, "smooth": false},
  "physics": {"barnesHut": {"gravitationalConstant": -80000}, "minVelocity": 0.75}
}
""")
net.show("net.html")
''',
        3,
        2,
    ),
    "buttons": (
        """
net = Network("1000px", "1000px")
net.add_nodes(["a", "b"], title=["A", "B"])
net.add_edge("a", "b")
net.show_buttons(filter_=["nodes", "edges", "physics"])
net.show("net.html")
""",
        2,
        1,
    ),
    "menus": (
        """
import networkx as nx
net = Network(select_menu=True, filter_menu=True, neighborhood_highlight=True, heading="Karate")
net.from_nx(nx.karate_club_graph())
net.show("net.html")
""",
        34,
        78,
    ),
    "a tree in layers": (
        """
net = Network(layout=True, directed=True)
for i, level in enumerate([1, 2, 2, 3]):
    net.add_node(i, level=level)
net.add_edges([(0, 1), (0, 2), (1, 3)])
net.options.layout.hierarchical.sortMethod = "directed"
net.set_edge_smooth("cubicBezier")
net.show("net.html")
""",
        4,
        3,
    ),
    "physics of every sort": (
        """
net = Network()
net.add_nodes(range(4))
net.add_edges([(0, 1), (1, 2), (2, 3)])
net.repulsion(node_distance=100)
net.hrepulsion()
net.force_atlas_2based(gravity=-50)
net.toggle_stabilization(True)
net.toggle_hide_edges_on_drag(True)
net.toggle_drag_nodes(False)
net.inherit_edge_colors(True)
net.save_graph("net.html")
""",
        4,
        3,
    ),
    "groups with looks": (
        """
net = Network()
for i in range(6):
    net.add_node(i, group="red" if i % 2 else "blue")
net.add_edges([(i, i + 1) for i in range(5)])
net.set_options('{"groups": {"red": {"color": {"background": "red"}, "shape": "square"}}}')
html = net.generate_html()
open("net.html", "w", encoding="utf-8").write(html)
""",
        6,
        5,
    ),
    "parallel ties": (
        """
import networkx as nx
g = nx.MultiGraph()
g.add_edges_from([("a", "b", {"weight": w, "title": f"tie {w}"}) for w in (1, 2, 3)])
g.add_edge("b", "b")
net = Network()
net.from_nx(g)
net.show("net.html")
""",
        2,
        4,
    ),
    "two modes": (
        """
import networkx as nx
g = nx.davis_southern_women_graph()
for node, data in g.nodes(data=True):
    data["color"] = "#e69f00" if data["bipartite"] else "rgba(0, 114, 178, 0.9)"
    data["shape"] = "square" if data["bipartite"] else "dot"
net = Network(cdn_resources="in_line")
net.from_nx(g, node_size_transf=lambda s: 2 * s, edge_scaling=True)
net.show("net.html", local=False)
""",
        32,
        89,
    ),
}


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tuple[PartnerNetwork, Path, list[str]]]:
    """Run a script in a folder of its own; return its network, its page, and the warnings."""

    def start(script: str) -> tuple[PartnerNetwork, Path, list[str]]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("webbrowser.open", lambda _: True)
        names: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            exec(f"{IMPORT}\n{script}".replace(IMPORT, OURS), names)
        return names["net"], tmp_path / "net.html", [str(w.message) for w in said]

    return start


class Written:
    """A page that is a file already."""

    def __init__(self, html: str) -> None:
        self.html = html

    def save(self, path: Path) -> Path:
        path.write_text(self.html, encoding="utf-8")
        return path


@pytest.mark.browser
@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_run_after_changing_the_import(
    run: Callable[[str], Any], read: Callable[..., Reader], name: str
) -> None:
    """All nodes and ties are on the page, offline, without complaint; one warning at most."""
    script, nodes, ties = SCRIPTS[name]
    net, file, said = run(script)
    assert len(said) <= 1
    assert (net.num_nodes(), net.num_edges()) == (nodes, ties)
    assert file.stat().st_size <= 900_000
    reader = read(Written(file.read_text(encoding="utf-8")))
    assert reader.counts() == (nodes, ties)
    assert reader.page.get_attribute("#stage", "data-labels") == f"{nodes}/{nodes}"
    reader.page.click("#view-table")
    assert reader.page.locator(".twin tbody tr").count() == nodes
    reader.page.click("#table-ties")
    assert reader.page.locator(".twin tbody tr").count() == ties


def test_nodes_are_those_that_pyvis_has(run: Callable[[str], Any]) -> None:
    """Ids and labels of every script, as pyvis itself builds them."""
    for script, nodes, _ in SCRIPTS.values():
        net, *_ = run(script)
        names: dict[str, Any] = {}
        lines = [
            line for line in script.splitlines() if not re.match(r"net\.(show|write|save)", line)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(
                IMPORT + "\n" + "\n".join(lines).replace("html = net.generate_html()", "html = ''"),
                names,
            )
        theirs = {node["id"]: str(node["label"]) for node in names["net"].nodes}
        assert {node["id"]: str(node["label"]) for node in net.nodes} == theirs
        assert len(theirs) == nodes


def test_what_has_no_meaning_is_named_once(run: Callable[[str], Any]) -> None:
    said = {name: run(script)[2] for name, (script, *_) in SCRIPTS.items()}
    assert said["first steps"] == [
        "no effect, since positions are computed in Python: toggle_physics"
    ]
    (once,) = said["physics of every sort"]
    for call in ("repulsion", "hrepulsion", "force_atlas_2based", "toggle_stabilization"):
        assert call in once
    assert "physics" in said["options as text"][0]
    assert "not fetched: 2 nodes" in said["shapes"][0]
    assert said["menus"] == said["from networkx"] == said["parallel ties"] == []


@pytest.mark.browser
def test_menus_filter_and_walk(run: Callable[[str], Any], read: Callable[..., Reader]) -> None:
    """What select_menu, filter_menu and neighborhood_highlight were for."""
    _, file, _ = run(SCRIPTS["menus"][0])
    reader = read(Written(file.read_text(encoding="utf-8")))
    reader.page.fill("#query", "33")
    reader.page.press("#query", "Enter")
    karate = nx.karate_club_graph()
    assert reader.numbers("#here") == [karate.degree(33)] * 2
    reader.page.click('[data-facet="club"] [data-value="Officer"] input')
    hi = [n for n, club in karate.nodes(data="club") if club == "Mr. Hi"]
    assert reader.counts() == (len(hi), karate.subgraph(hi).number_of_edges())


@pytest.mark.browser
def test_nothing_hostile_acts(read: Callable[..., Reader], tmp_path: Path) -> None:
    """In ids, labels, titles, groups, colours, pictures, options and the heading."""
    net = PartnerNetwork(
        heading=HOSTILE, select_menu=True, filter_menu=True, bgcolor=HOSTILE, font_color=HOSTILE
    )
    for value in (HOSTILE, "javascript:window.hit=1", "__proto__", "constructor"):
        net.add_node(value, title=f'<a href="javascript:window.hit=1">{value}</a>', group=value)
        net.add_node(f"{value} 2", label=value, color=value, shape="image", image=value)
        net.add_edge(value, f"{value} 2", title=value, label=value, color=value, extra=value)
    net.set_options(json.dumps({"nodes": {"font": {"face": HOSTILE}}, "edges": {"color": HOSTILE}}))
    with pytest.warns(UserWarning, match="not fetched: 4 nodes"):
        html = net.generate_html()
    reader = read(Written(html))
    scripts = reader.page.locator("script").count()
    assert reader.counts() == (8, 4)
    for query in ("img", "javascript", "__proto__", "constructor"):
        reader.page.fill("#query", query)
        reader.page.press("#query", "Enter")
        assert reader.page.is_visible("#sheet-name")
    reader.page.mouse.move(700, 400)
    reader.page.click("#view-table")
    assert reader.page.evaluate("window.hit") is None
    assert reader.page.locator("script").count() == scripts
    assert reader.page.locator("img, iframe, object, a[href^=javascript]").count() == 0
    reader.trouble = [t for t in reader.trouble if "%c" not in t]  # vis-network on odd options


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_script_s_page(
    run: Callable[[str], Any], read: Callable[..., Reader], scheme: str
) -> None:
    if not AXE.exists():
        lacking("tools", "axe-core is not in .tools (make tools)")
    _, file, _ = run(SCRIPTS["menus"][0])
    reader = read(Written(file.read_text(encoding="utf-8")), color_scheme=scheme)
    for state in ("", "selected=33", "view=table"):
        reader.open(f"{state}&theme={scheme}")
        reader.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert reader.page.evaluate(VIOLATIONS) == []


def test_inserting_takes_the_same_time_however_many_there_are() -> None:
    """Thirty thousand ties took pyvis 67 s; here the second half takes as long as the first."""
    net = PartnerNetwork()
    net.add_nodes(list(range(1000)))
    times = []
    for _ in range(2):
        start = time.perf_counter()
        for i in range(15_000):
            net.add_edge(i % 1000, (7 * i + 1) % 1000)
        times.append(time.perf_counter() - start)
    assert net.num_edges() == 30_000
    assert times[1] < 4 * times[0] + 0.1
    assert sum(times) < 10


def test_a_graph_that_is_read_stays_as_it_was() -> None:
    graph = nx.les_miserables_graph()
    before = json.dumps(nx.node_link_data(graph, edges="edges"), sort_keys=True)
    PartnerNetwork().from_nx(graph)
    assert json.dumps(nx.node_link_data(graph, edges="edges"), sort_keys=True) == before


def test_scalars_of_numpy_and_what_is_not_finite() -> None:
    net = PartnerNetwork()
    net.add_node(np.int64(1), size=np.float32(12.5), value=float("nan"), x=np.inf, note=pd.NA)
    net.add_node(np.str_("b"), size=np.int8(3), level=np.bool_(True))
    net.add_edge(np.int32(1), "b", width=np.float64("nan"), weights=np.array([1, 2]))
    html = net.generate_html()
    data = json.loads(re.search(r'id="data">(.*?)</script>', html)[1])  # type: ignore[index]
    assert data["looks"]["nodes"][0]["size"] == 12.5
    assert "value" not in data["looks"]["nodes"][0]
    assert "NaN" not in html.split('id="data">')[1].split("</script>")[0]
    assert net.get_node(1)["id"] == 1
    assert net.neighbors("b") == {1}


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (lambda n: n.add_edge("a", "c"), UnknownName, "c"),
        (lambda n: n.add_node((1, 2)), BadParameter, "text or a whole number"),
        (lambda n: n.add_node(None), BadParameter, "text or a whole number"),
        (lambda n: n.add_nodes(["x", "y"], title=["t"]), BadParameter, "title has length 1"),
        (lambda n: n.add_nodes(["x"], mass=[1]), BadParameter, "mass"),
        (lambda n: n.add_edges([("a",)]), BadParameter, "from, to"),
        (lambda n: n.from_nx([("a", "b")]), BadParameter, "networkx"),
        (lambda n: n.from_nx(nx.grid_2d_graph(2, 2)), BadParameter, "text or a whole number"),
        (lambda n: n.set_options("nothing"), UnusableInput, "JSON"),
        (lambda n: n.save_graph("page.txt"), BadParameter, r"\.html"),
        (lambda n: n.save_graph(f"{__file__}/all.html"), UnusableInput, "cannot be written"),
        (lambda n: n.from_DOT("x.dot"), MissingInput, "no such file"),
        (lambda n: PartnerNetwork(renderer="webgl"), BadParameter, "canvas"),
        (lambda n: PartnerNetwork(lang="de"), BadParameter, "nl"),
    ],
)
def test_what_cannot_be_done_is_said(
    act: Callable[[Any], Any], error: type[PartnergraphError], words: str
) -> None:
    net = PartnerNetwork()
    net.add_nodes(["a", "b"])
    with pytest.raises(error, match=words):
        act(net)
    assert (net.num_nodes(), net.num_edges()) == (2, 0)


def test_numbers_and_texts_that_look_alike_are_two_nodes() -> None:
    net = PartnerNetwork()
    net.add_node(1)
    net.add_node("1")
    net.add_edge(1, "1")
    data = payload_of(net)
    assert data["nodes"]["columns"]["id"] == ["#1", "1"]


def test_a_node_that_is_added_again_stays_and_that_is_said() -> None:
    net = PartnerNetwork()
    net.add_node("a", title="first")
    net.add_node("a", title="first")
    net.add_node("a", title="second")
    with pytest.warns(UserWarning, match="added again with other options: 1 node;"):
        net.generate_html()
    assert net.get_node("a")["title"] == "first"


def test_many_nodes_are_advised_to_take_the_canvas(tmp_path: Path) -> None:
    net = PartnerNetwork()
    net.add_nodes(list(range(401)))
    with pytest.warns(UserWarning, match='renderer="canvas"'):
        net.page()
    light = PartnerNetwork(renderer="canvas")
    light.add_nodes(list(range(401)))
    assert len(light.page().html) < 300_000


def test_files_are_utf_8_and_the_same_every_time(tmp_path: Path) -> None:
    net = PartnerNetwork(heading="Coöperatie 合作社")
    net.add_node("é", label="جمعية")
    net.save_graph(str(tmp_path / "a.html"))
    net.save_graph(str(tmp_path / "b.html"))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert "جمعية" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("renderer", ["vis", "canvas"])
def test_odd_networks_make_a_page(read: Callable[..., Reader], renderer: str) -> None:
    """Nothing at all, one node, long and strange names, two hundred pieces."""
    empty = PartnerNetwork(renderer=renderer)
    assert "no nodes" in read(empty.page()).text("#empty")
    odd = PartnerNetwork(renderer=renderer)
    for name in (
        "x" * 10_000,
        "word " * 2000,
        "جمعية \u202eevil",
        "👩‍👩‍👧",
        "a\x00b\x1b",
        "<b>",
        "",
    ):
        odd.add_node(name or "empty", label=name)
    for i in range(200):
        odd.add_nodes([f"a{i}", f"b{i}"])
        odd.add_edge(f"a{i}", f"b{i}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page = odd.page()
    reader = read(page)
    assert reader.counts() == (407, 200)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 1400
    reader.page.fill("#query", "evil")
    reader.page.press("#query", "Enter")
    assert reader.page.locator("#sheet-name").bounding_box()["height"] < 160


def test_a_notebook_shows_what_show_returns(run: Callable[[str], Any]) -> None:
    net = PartnerNetwork(notebook=True)
    net.add_node("a")
    shown, *_ = run('net = Network(notebook=True)\nnet.add_node("a")\nshown = net.show("net.html")')
    bundle, _ = net.page()._repr_mimebundle_()
    assert "iframe" in bundle["text/html"]
    assert shown.num_nodes() == 1


def test_attributes_called_like_columns_of_the_page_stay(tmp_path: Path) -> None:
    """Whatever a script calls its attributes, the page is made and shows them."""
    graph = nx.Graph()
    names = ("id", "name", "kind", "source", "target", "kind (own)", "count", "degree", "x")
    graph.add_node("a", **{name: f"{name} of a" for name in names})
    graph.add_node("b", kind="fund")
    graph.add_edge("a", "b", **{name: f"{name} of tie" for name in names})
    net = PartnerNetwork(filter_menu=True)
    net.from_nx(graph)
    data = payload_of(net)
    for part in ("nodes", "ties"):
        columns = data[part]["columns"]
        assert "kind (own)" in columns
        assert "kind (own) (own)" in columns
    assert "name (own)" in data["nodes"]["columns"]
    assert "target (own)" in data["ties"]["columns"]
    assert "</html>" in net.generate_html()
    net = PartnerNetwork()
    net.from_nx(pg.to_networkx(pg.load(pg.example())))
    net.write_html(str(tmp_path / "smart.html"))


def _dot(folder: Path) -> str:
    path = folder / "test.dot"
    path.write_text('digraph s { A -> {B ; C}; B [label="Huis B", shape=box3d] }')
    return str(path)


REPULSION = ("node_distance", "central_gravity", "spring_length", "spring_strength", "damping")
# Every call of the documentation of pyvis 0.3.2, with arguments that it names.
CALLS: dict[str, Callable[[Any, Path], Any]] = {
    "add_node": lambda n, _: n.add_node(3, label="c", title="t", value=2, group=1, level=2, mass=3),
    "add_nodes": lambda n, _: n.add_nodes(
        [4, 5],
        size=[1, 2],
        value=[10, 20],
        title=["a", "b"],
        x=[1.0, 2.0],
        y=[1.0, 2.0],
        label=["d", "e"],
        color=["#00ff1e", "#162347"],
        shape=["dot", "box"],
    ),
    "add_edge": lambda n, _: n.add_edge(1, 2, value=4, title="x", width=2, physics=False),
    "add_edges": lambda n, _: n.add_edges([(1, 2), (2, 1, 3)]),
    "barnes_hut": lambda n, _: n.barnes_hut(-80000, 0.3, 250, 0.001, 0.09, 0),
    "force_atlas_2based": lambda n, _: n.force_atlas_2based(gravity=-50, overlap=1),
    "repulsion": lambda n, _: n.repulsion(node_distance=100, damping=0.1),
    "hrepulsion": lambda n, _: n.hrepulsion(node_distance=120),
    "from_DOT": lambda n, folder: n.from_DOT(_dot(folder)),
    "from_nx": lambda n, _: n.from_nx(nx.star_graph(["a", "b"]), edge_scaling=True),
    "generate_html": lambda n, _: n.generate_html("x.html", local=False, notebook=True),
    "get_adj_list": lambda n, _: n.get_adj_list(),
    "get_edges": lambda n, _: n.get_edges(),
    "get_network_data": lambda n, _: n.get_network_data(),
    "get_node": lambda n, _: n.get_node(1),
    "get_nodes": lambda n, _: n.get_nodes(),
    "inherit_edge_colors": lambda n, _: n.inherit_edge_colors(False),
    "neighbors": lambda n, _: n.neighbors(1),
    "num_edges": lambda n, _: n.num_edges(),
    "num_nodes": lambda n, _: n.num_nodes(),
    "prep_notebook": lambda n, _: n.prep_notebook(True, None),
    "save_graph": lambda n, folder: n.save_graph(f"{folder}/saved.html"),
    "set_edge_smooth": lambda n, _: n.set_edge_smooth("curvedCW"),
    "set_options": lambda n, _: n.set_options('var options = {"nodes": {"borderWidth": 2}}'),
    "set_template": lambda n, _: n.set_template("templates/mine.html"),
    "set_template_dir": lambda n, _: n.set_template_dir("templates", "mine.html"),
    "show": lambda n, folder: n.show(f"{folder}/shown.html", notebook=True),
    "show_buttons": lambda n, _: n.show_buttons(filter_=["nodes", "edges", "physics"]),
    "show_buttons of all": lambda n, _: n.show_buttons(),
    "to_json": lambda n, _: n.to_json(keys=True),
    "toggle_drag_nodes": lambda n, _: n.toggle_drag_nodes(False),
    "toggle_hide_edges_on_drag": lambda n, _: n.toggle_hide_edges_on_drag(True),
    "toggle_hide_nodes_on_drag": lambda n, _: n.toggle_hide_nodes_on_drag(True),
    "toggle_physics": lambda n, _: n.toggle_physics(True),
    "toggle_stabilization": lambda n, _: n.toggle_stabilization(False),
    "write_html": lambda n, folder: n.write_html(f"{folder}/w.html", local=True, notebook=False),
    "the options object": lambda n, _: (
        setattr(n.options.physics, "enabled", False),
        n.options.edges.inherit_colors("to"),
        n.options.edges.toggle_smoothness("horizontal"),
        n.options.physics.toggle_stabilization(False),
        n.options.physics.use_repulsion(dict.fromkeys(REPULSION, 1)),
        setattr(n.options, "groups", {"1": {"color": "red"}}),
        n.options.to_json(),
    ),
}


@pytest.mark.filterwarnings("ignore:no effect")
@pytest.mark.parametrize("options_first", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_every_documented_call_runs(call: str, options_first: bool, tmp_path: Path) -> None:
    """Also after set_options, which leaves pyvis with a dictionary that most calls fail on."""
    net = PartnerNetwork(
        "500px", "100%", True, True, True, True, True, "#222", "white", True, "Kring", "remote"
    )
    assert (net.notebook, net.heading, net.font_color) == (True, "Kring", "white")
    net.add_nodes([1, 2], label=["a", "b"])
    if options_first:
        net.set_options('{"physics": false, "edges": {"smooth": true}}')
    CALLS[call](net, tmp_path)
    assert "</html>" in net.generate_html()


def test_every_public_call_of_pyvis_is_tried() -> None:
    public = {name for name in dir(Network) if not name.startswith("_")}
    assert public <= {*CALLS}


def test_a_dot_file_becomes_nodes_and_ties(tmp_path: Path) -> None:
    net = PartnerNetwork()
    net.from_DOT(_dot(tmp_path))
    assert {node["id"]: node["label"] for node in net.nodes} == {"A": "A", "B": "Huis B", "C": "C"}
    assert [(e["from"], e["to"], e["arrows"]) for e in net.edges] == [
        ("A", "B", "to"),
        ("A", "C", "to"),
    ]


def test_a_template_is_accepted_and_said_to_have_no_effect() -> None:
    net = PartnerNetwork()
    net.set_template("templates/mine.html")
    with pytest.warns(UserWarning, match="the page is the explorer's: set_template"):
        net.generate_html()
