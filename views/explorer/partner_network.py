"""For scripts written for pyvis: the same calls, drawn on the explorer's page.

A script keeps working when its import line becomes ``from partnergraph import PartnerNetwork as
Network``. Unlike pyvis 0.3.2 the page fetches nothing, what comes from the data cannot act in it,
parallel ties are kept, inserting takes the same time however many ties there are, files are UTF-8,
and a networkx graph that is read stays as it was. Positions are worked out here, so the page
simulates nothing; what that leaves without a meaning is accepted, and named in one warning.
"""

from __future__ import annotations

import json
import math
import webbrowser
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from warnings import warn

import networkx as nx
import numpy as np
import pandas as pd
from pyvis.network import Network

from partnergraph.graph.errors import BadParameter, UnknownName, UnusableInput
from partnergraph.views.explorer.page import VIS_UP_TO, Explorer, assemble, crowded
from partnergraph.views.explorer.payload import (
    LANGUAGES,
    PLAIN_UP_TO,
    UNIT,
    adjacency,
    columns,
    dump,
    ui_words,
    words,
)

# What pyvis gives a node whose colour nobody chose, and a page whose background nobody chose.
DEFAULT_COLOUR, DEFAULT_BACKGROUND = "#97c2fc", "#ffffff"
# What a filter can offer: not every name is a group.
FACET_UP_TO = 60
# Of a node or tie, what the page shows elsewhere than among its facts.
DRAWN = {
    "id",
    "label",
    "name",
    "x",
    "y",
    "color",
    "font",
    "shape",
    "size",
    "borderWidth",
    "from",
    "to",
    "arrows",
    "smooth",
    "dashes",
    "hidden",
    "physics",
    "mass",
    "image",
    "brokenImage",
    "icon",
    "borderWidthSelected",
    "labelHighlightBold",
    "fixed",
    "shapeProperties",
    "scaling",
    "shadow",
    "widthConstraint",
    "heightConstraint",
    "margin",
    "chosen",
    "imagePadding",
    "opacity",
}
NOT_DRAWABLE = ("icon", "custom")
PICTURES = ("image", "circularImage")
# Options of vis-network that the page passes on; the rest belongs to physics or to editing.
PASSED_ON = ("nodes", "edges", "groups", "interaction", "layout")
CONFIGURABLE = ("nodes", "edges", "layout", "interaction")


class PartnerNetwork(Network):  # type: ignore[misc]
    """A network of pyvis that is drawn on the explorer's page.

    Takes what ``pyvis.network.Network`` takes, and:

    Parameters
    ----------
    renderer
        ``vis``, the classic vis-network, for up to some 400 nodes, or ``canvas``.
    lang
        Language the page opens in.

    Raises
    ------
    BadParameter
        Where there is no such renderer or language.
    """

    def __init__(
        self, *args: Any, renderer: str = "vis", lang: str = "en", notebook: bool = False, **kw: Any
    ) -> None:
        if renderer not in ("vis", "canvas"):
            raise BadParameter(f"renderer={renderer!r}: there are vis, canvas")
        if lang not in LANGUAGES:
            raise BadParameter(f"lang={lang!r}: the page speaks {', '.join(LANGUAGES)}")
        kw.setdefault("cdn_resources", "in_line")
        names = ("height", "width", "directed")
        super().__init__(**dict(zip(names, args, strict=False)), **kw)
        self.renderer, self.lang, self.notebook = renderer, lang, notebook
        self._meaningless: dict[str, None] = {}
        self._again = 0

    # -- what goes in ---------------------------------------------------------------------------

    def add_node(
        self,
        n_id: Any,
        label: Any = None,
        shape: str = "dot",
        color: Any = DEFAULT_COLOUR,
        **options: Any,
    ) -> None:
        """Add a node; one that is there already stays as it is.

        Raises
        ------
        BadParameter
            Where the id is neither text nor a whole number.
        """
        key = _id(n_id)
        own = {k: _plain(v) for k, v in options.items()}
        if "group" not in own:
            own["color"] = _plain(color)
        if self.font_color:
            own.setdefault("font", {"color": self.font_color})
        text = _plain(label)
        own |= {"id": key, "label": key if text in (None, "") else text, "shape": shape}
        if key in self.node_map:
            before = self.node_map[key]
            self._again += any(before.get(k) != v for k, v in own.items())
            return
        self.nodes.append(own)
        self.node_ids.append(key)
        self.node_map[key] = own

    def add_nodes(self, nodes: Sequence[Any], **kwargs: Sequence[Any]) -> None:
        """Add nodes, each with its own value from every list that is given.

        Raises
        ------
        BadParameter
            Where a list is not as long as that of the nodes, or has a name that pyvis has not.
        """
        known = ("size", "value", "title", "x", "y", "label", "color", "shape")
        for name, values in kwargs.items():
            if name not in known:
                raise BadParameter(f"{name}: add_nodes takes {', '.join(known)}")
            if len(values) != len(nodes):
                what = f"{name} has {len(values)} values for {len(nodes)} nodes"
                raise BadParameter(f"{what}. Give one for each")
        for i, node in enumerate(nodes):
            self.add_node(node, **{name: values[i] for name, values in kwargs.items()})

    def add_edge(self, source: Any, to: Any, **options: Any) -> None:
        """Add a tie, parallel to others between the same two if there are any.

        Raises
        ------
        UnknownName
            Where one of the two nodes is not there.
        """
        ends = _id(source), _id(to)
        for end in ends:
            if end not in self.node_map:
                raise UnknownName("node", str(end), [str(known) for known in self.node_ids])
        own = {k: _plain(v) for k, v in options.items()} | {"from": ends[0], "to": ends[1]}
        if self.directed:
            own.setdefault("arrows", "to")
        self.edges.append(own)

    def add_edges(self, edges: Iterable[Sequence[Any]]) -> None:
        """Add ties given as (from, to) or (from, to, width).

        Raises
        ------
        BadParameter
            Where one has fewer or more parts.
        """
        for edge in edges:
            if len(edge) not in (2, 3):
                raise BadParameter(f"{edge!r}: a tie is (from, to) or (from, to, width)")
            more = {"width": edge[2]} if len(edge) == 3 else {}
            self.add_edge(edge[0], edge[1], **more)

    def from_nx(
        self,
        nx_graph: Any,
        node_size_transf: Callable[[Any], Any] = lambda size: size,
        edge_weight_transf: Callable[[Any], Any] = lambda weight: weight,
        default_node_size: float = 10,
        default_edge_weight: float = 1,
        show_edge_weights: bool = True,  # noqa: ARG002
        edge_scaling: bool = False,
    ) -> None:
        """Add the nodes and ties of a networkx graph, which stays as it is.

        Raises
        ------
        BadParameter
            Where it is no such graph, or a node is neither text nor a whole number.
        """
        if not isinstance(nx_graph, nx.Graph):
            raise BadParameter(f"{type(nx_graph).__name__}: from_nx takes a networkx graph")
        for node, data in nx_graph.nodes(data=True):
            own = {str(k): v for k, v in data.items() if k not in ("n_id", "id")}
            own["size"] = node_size_transf(own.get("size", default_node_size))
            self.add_node(node, **own)
        width = "value" if edge_scaling else "width"
        for source, to, data in nx_graph.edges(data=True):
            own = {str(k): v for k, v in data.items() if k not in ("source", "to", "from")}
            if not ("value" in own and "width" in own):
                own[width] = edge_weight_transf(own.pop("weight", default_edge_weight))
            self.add_edge(source, to, **own)

    # -- how it looks ---------------------------------------------------------------------------

    def set_options(self, options: str | Mapping[str, Any]) -> None:
        """Set the options of vis-network, from JSON as its own editor writes it.

        Raises
        ------
        UnusableInput
            Where the text holds no JSON.
        """
        if isinstance(options, str):
            try:
                options, _ = json.JSONDecoder().raw_decode(options[options.index("{") :])
            except ValueError as error:
                raise UnusableInput(
                    "set_options", f"no JSON in the text ({error})", "Give an object: {…}"
                ) from error
        self.options = _plain(options)

    def show_buttons(self, filter_: Any = None) -> None:
        """Show the editor of vis-network's options under the page's filters."""
        super().show_buttons(filter_)
        asked = CONFIGURABLE if filter_ in (None, True) else filter_
        if filter_ in (None, True) or set(asked) - set(CONFIGURABLE):
            self._without_meaning("show_buttons of physics and editing")

    def barnes_hut(self, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        self._physics("barnes_hut", *args, **kwargs)

    def repulsion(self, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        self._physics("repulsion", *args, **kwargs)

    def hrepulsion(self, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        self._physics("hrepulsion", *args, **kwargs)

    def force_atlas_2based(self, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        self._physics("force_atlas_2based", *args, **kwargs)

    def toggle_stabilization(self, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        self._physics("toggle_stabilization", *args, **kwargs)

    def toggle_physics(self, status: bool) -> None:
        """Accept that physics is off, which it always is, or on."""
        if status:
            self._physics("toggle_physics", status)
        elif not isinstance(self.options, dict):
            super().toggle_physics(status)

    def _physics(self, name: str, *args: Any, **kwargs: Any) -> None:
        if not isinstance(self.options, dict):
            getattr(super(), name)(*args, **kwargs)
        self._without_meaning(name)

    def from_DOT(self, dot: str) -> None:  # noqa: N802, ARG002
        """Refuse what vis-network alone could read, and only in the page.

        Raises
        ------
        BadParameter
            Always.
        """
        raise BadParameter("from_DOT: read the file with networkx.nx_pydot, then use from_nx")

    def prep_notebook(self, *args: Any, **kwargs: Any) -> None:
        """Accept the call; the page needs no preparation."""

    def _without_meaning(self, name: str) -> None:
        self._meaningless[name] = None

    # -- what comes out -------------------------------------------------------------------------

    def page(self) -> Explorer:
        """Return the page, which shows itself in a notebook.

        Warns
        -----
        UserWarning
            Once, naming what has no meaning here and what was left out.
        """
        return self._page(3)

    def _page(self, depth: int) -> Explorer:
        """Make the page, and warn the caller that many calls up."""
        data = self._payload()
        notes = self._notes(data)
        if notes:
            warn("; ".join(notes), stacklevel=depth)
        html = assemble(
            lang=self.lang,
            title=data["about"]["title"],
            data=dump(data, deflate=len(self.nodes) > PLAIN_UP_TO),
            words=dump(_own_words()),
            renderer=self.renderer,
        )
        said = ui_words()["ui"]["summary"][self.lang]
        title, ties = data["about"]["title"], len(self.edges)
        return Explorer(
            html, said.format(title=title, nodes=len(self.nodes), ties=ties), _picture=data
        )

    def generate_html(
        self,
        name: str = "index.html",
        local: bool = True,  # noqa: ARG002
        notebook: bool = False,  # noqa: ARG002
    ) -> str:
        """Return the page as text.

        Raises
        ------
        BadParameter
            Where the name does not end in .html.
        """
        _checked(name)
        self.html = self._page(3).html
        return self.html

    def write_html(
        self,
        name: str,
        local: bool = True,  # noqa: ARG002
        notebook: bool = False,  # noqa: ARG002
        open_browser: bool = False,
    ) -> None:
        """Write the page, whole or not at all, and open it if asked.

        Raises
        ------
        BadParameter, UnusableInput
            Where the name does not end in .html, or cannot be written to.
        """
        self._write(name, open_browser)

    def _write(self, name: str, open_browser: bool) -> Explorer:
        _checked(name)
        page = self._page(4)
        self.html = page.html
        page.save(name)
        if open_browser:
            webbrowser.open(Path(name).absolute().as_uri())
        return page

    def save_graph(self, name: str) -> None:
        """Write the page, see `write_html`."""
        self._write(name, False)

    def show(
        self,
        name: str,
        local: bool = True,  # noqa: ARG002
        notebook: bool = True,
    ) -> Explorer | None:
        """Write the page; return it for a notebook to show, or open it in the browser."""
        print(name)
        page = self._write(name, open_browser=not notebook)
        return page if notebook and self.notebook else None

    # -- the payload ----------------------------------------------------------------------------

    def _payload(self) -> dict[str, Any]:
        """Return what the page reads, as `partnergraph.views.explorer.payload.payload` has it."""
        index = {id: i for i, id in enumerate(self.node_ids)}
        ends = np.array([[index[e["from"]], index[e["to"]]] for e in self.edges], dtype=np.int64)
        ends = ends.reshape(-1, 2).T
        placed, places = self._places(ends)
        nodes, ties = _facts(self.nodes), _facts(self.edges)
        nodes.insert(0, "id", _texts(self._unlike_ids()))
        nodes.insert(1, "name", _texts([str(node["label"]) for node in self.nodes]))
        nodes.insert(2, "kind", "node")
        arrows = [bool(edge.get("arrows")) for edge in self.edges]
        ties.insert(0, "id", _texts([f"tie-{t}" for t in range(len(ties))]))
        ties.insert(1, "kind", _texts(["arrow" if arrow else "tie" for arrow in arrows]))
        facets = self._facets(nodes, ties)
        title = str(self.heading or "") or "Network"
        return {
            "about": {"name": "network", "title": title},
            "nodes": {
                "count": len(nodes),
                "columns": {**columns(nodes), **dict(zip("xy", places.T, strict=True))},
            },
            "ties": {
                "count": len(ties),
                "columns": {**columns(ties), "source": ends[0], "target": ends[1]},
            },
            **{name: {"count": 0, "columns": {}} for name in ("aliases", "sources", "evidence")},
            "facets": facets,
            "measures": {"degree": _degrees(len(nodes), ends)} if len(nodes) else {},
            "undirected": ["tie"],
            "hidden": {},
            "looks": self._looks(placed),
            "start": self._start(facets),
        }

    def _unlike_ids(self) -> list[str]:
        """Ids as text; where 1 and "1" are both there, the number gets a # before it."""
        texts = {id for id in self.node_ids if isinstance(id, str)}
        return [
            f"#{id}" if not isinstance(id, str) and str(id) in texts else str(id)
            for id in self.node_ids
        ]

    def _places(self, ends: Any) -> tuple[bool, Any]:
        """Whether the script placed every node, and where they lie."""
        from partnergraph.views.explorer.layout import layout

        n = len(self.nodes)
        given = {
            i: (float(node["x"]), float(node["y"]))
            for i, node in enumerate(self.nodes)
            if _is_number(node.get("x")) and _is_number(node.get("y"))
        }
        if n and len(given) == n:
            return True, np.array([given[i] for i in range(n)])
        if not n:
            return False, np.zeros((0, 2))
        pinned = {i: (x / UNIT, -y / UNIT) for i, (x, y) in given.items()}
        places = layout(adjacency(n, ends), pinned=pinned)
        return False, np.rint(places * (UNIT, -UNIT)).astype(np.int64)

    def _facets(self, nodes: pd.DataFrame, ties: pd.DataFrame) -> list[dict[str, Any]]:
        """List what can be filtered by: groups; with a filter menu, whatever has few values."""
        found = []
        for of, frame in (("node", nodes), ("tie", ties)):
            for key in frame.columns:
                values = sorted({str(v) for v in frame[key].dropna()}, key=_by_number)
                few = 1 < len(values) <= FACET_UP_TO and key not in ("id", "name", "kind")
                if key == "group" or (self.filter_menu and few):
                    missing = [""] if frame[key].isna().any() else []
                    found.append({"key": key, "of": of, "column": key, "values": values + missing})
        return found

    def _looks(self, placed: bool) -> dict[str, Any]:
        """Return what the classic renderer is to know beyond what every page has."""
        own = {"nodes": self.nodes, "ties": self.edges}
        groups = self._given().get("groups") or {}
        drawn: dict[str, Any] = {}
        for name, rows in own.items():
            drawn[name] = [_drawable(row, str(row.get("group")) in groups) for row in rows]
        background = str(self.bgcolor or "")
        background = "" if background.lower() in ("white", DEFAULT_BACKGROUND) else background
        ink = str(self.font_color or ("" if not background else _ink_on(background)))
        return {
            **drawn,
            "options": self._options(),
            "placed": placed,
            "background": background,
            "ink": ink,
        }

    def _given(self) -> dict[str, Any]:
        """Return the options as plain values."""
        if isinstance(self.options, dict):
            return self.options
        whole: dict[str, Any] = json.loads(self.options.to_json())
        return whole

    def _options(self) -> dict[str, Any]:
        given = self._given()
        options = {k: given[k] for k in PASSED_ON if isinstance(given.get(k), dict)}
        if not isinstance(self.options, dict):
            # Those that pyvis sets by itself: curves that only physics can bend.
            options.pop("edges", None)
            smooth = given["edges"]["smooth"]["type"]
            if smooth != "dynamic":
                options["edges"] = {"smooth": {"enabled": True, "type": smooth}}
        configure = given.get("configure") or {}
        if self.conf or configure.get("enabled"):
            asked = configure.get("filter") or CONFIGURABLE
            asked = CONFIGURABLE if asked is True else asked
            wanted = [c for c in CONFIGURABLE if c in asked]
            options["configure"] = {"enabled": True, "filter": list(wanted)}
        return options

    def _start(self, facets: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Return what the page opens with: the script's own colours, else those of its groups."""
        chosen = any(node.get("color") not in (None, DEFAULT_COLOUR) for node in self.nodes)
        grouped = any(facet["key"] == "group" and facet["of"] == "node" for facet in facets)
        return {"colour": "group" if grouped and not chosen else "own", "size": "own"}

    def _notes(self, data: Mapping[str, Any]) -> list[str]:
        """Say what has no meaning here, what was left out, and what is slow."""
        notes = []
        nothing = list(self._meaningless)
        given = self._given()
        if isinstance(self.options, dict):
            nothing += [k for k in given if k not in (*PASSED_ON, "configure")]
        if nothing:
            why = "positions are worked out beforehand"
            notes.append(f"without meaning here, since {why}: {', '.join(nothing)}")
        pictures = sum(node.get("shape") in PICTURES and not _inside(node) for node in self.nodes)
        if pictures:
            notes.append(f"{pictures} pictures are not fetched and show as dots")
        odd = sum(node.get("shape") in NOT_DRAWABLE for node in self.nodes)
        if odd:
            notes.append(f"{odd} nodes of shape {' or '.join(NOT_DRAWABLE)} show as dots")
        if self._again:
            notes.append(f"{self._again} nodes were added again, otherwise; the first ones stand")
        if self.renderer == "vis" and data["nodes"]["count"] > VIS_UP_TO:
            notes.append(crowded(data["nodes"]["count"]))
        return notes


def _id(value: Any) -> str | int:
    """Return an id as pyvis has them: text or a whole number."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadParameter(f"{value!r} as id of a node: take text or a whole number, such as str(id)")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what is not finite is missing, what is no JSON is its text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [_plain(v) for v in value]
    return None if value is pd.NA or value is pd.NaT else str(value)


def _facts(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return what nodes or ties say beyond their looks, as a table of texts and numbers."""
    names = dict.fromkeys(k for row in rows for k in row if k not in DRAWN)
    return pd.DataFrame(
        {name: _texts([_cell(row.get(name)) for row in rows]) for name in names},
        index=range(len(rows)),
    )


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _texts(values: Sequence[Any]) -> Any:
    """Return values as an array of objects, so that nothing is inferred from them."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _drawable(own: Mapping[str, Any], grouped: bool) -> dict[str, Any]:
    """Return what vis-network is to draw: no pictures to fetch, no shapes that need programs."""
    leave = {"id", "from", "to", "x", "y", "physics", "fixed"} | (
        {"group"} if not grouped else set()
    )
    drawn = {k: v for k, v in own.items() if k not in leave and v is not None}
    if drawn.get("color") == DEFAULT_COLOUR:
        del drawn["color"]
    if drawn.get("shape") in NOT_DRAWABLE:
        drawn["shape"] = "dot"
    for name in ("image", "brokenImage"):
        if not str(drawn.get(name, "data:")).startswith("data:image/"):
            drawn.pop(name, None)
    if drawn.get("shape") in PICTURES and "image" not in drawn:
        drawn["shape"] = "dot"
    return drawn


def _inside(node: Mapping[str, Any]) -> bool:
    """Whether the picture of a node is in the script itself."""
    return str(node.get("image", "")).startswith("data:image/")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _by_number(text: str) -> tuple[int, float, str]:
    """Sort numbers by size and before other texts."""
    try:
        return 0, float(text), text
    except ValueError:
        return 1, 0.0, text


def _ink_on(background: str) -> str:
    """Return black or white, whichever can be read on a colour."""
    from matplotlib.colors import to_rgb

    try:
        red, green, blue = to_rgb(background)
    except ValueError:
        return ""
    return "#1c2430" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"


def _degrees(n: int, ends: Any) -> list[int]:
    """Count the distinct neighbours of every node."""
    return [int(d) for d in np.diff(adjacency(n, ends).indptr)]


def _checked(name: str) -> None:
    if not str(name).endswith(".html"):
        raise BadParameter(f"{name}: name a file that ends in .html")


def _own_words() -> dict[str, Any]:
    """Return the page's words, with names for what a script does not name."""
    book, own = words(), ui_words()["classic"]
    for list_, entries in own.items():
        texts = {key: [entry[lang] for lang in LANGUAGES] for key, entry in entries.items()}
        book["labels"][list_] = {**book["labels"].get(list_, {}), **texts}
    return book
