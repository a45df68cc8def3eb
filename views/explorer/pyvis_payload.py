"""What the page reads of a network that a script has built with the calls of pyvis."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pyvis.network import Network

from partnergraph.views.explorer.encoding import columns
from partnergraph.views.explorer.layout import layout
from partnergraph.views.explorer.places import UNIT, adjacency

# What pyvis gives a node without a chosen colour, and a page without a chosen background.
DEFAULT_COLOUR, DEFAULT_BACKGROUND = "#97c2fc", "#ffffff"
# A column with more values is not offered as a filter.
FACET_UP_TO = 60
# Options of nodes and ties that shape the picture, and are not listed among their facts.
OF_THE_PICTURE = (
    "id label x y color font shape size borderWidth from to arrows smooth dashes hidden "
    "physics mass image brokenImage icon borderWidthSelected labelHighlightBold fixed "
    "shapeProperties scaling shadow widthConstraint heightConstraint margin chosen imagePadding "
    "opacity"
)
DRAWN = frozenset(OF_THE_PICTURE.split())
# Columns that the page has of its own; what a script calls so stands beside them.
PAGE_COLUMNS = frozenset({"id", "name", "kind", "source", "target"})
NOT_DRAWABLE = ("icon", "custom")
# Shapes that vis-network draws.
_SHAPES = (
    "ellipse circle database box text image circularImage diamond dot star triangle triangleDown "
    "hexagon square icon custom"
)
SHAPES = frozenset(_SHAPES.split())
PICTURES = ("image", "circularImage")
# Options of vis-network that the page passes on; the rest belongs to physics or to editing.
PASSED_ON = ("nodes", "edges", "groups", "interaction", "layout")
CONFIGURABLE = ("nodes", "edges", "layout", "interaction")


def payload_of(network: Network) -> dict[str, Any]:
    """Return what the page reads, in the form of `partnergraph.views.explorer.payload`."""
    index = {id: i for i, id in enumerate(network.node_ids)}
    ends = np.array([[index[e["from"]], index[e["to"]]] for e in network.edges], dtype=np.int64)
    ends = ends.reshape(-1, 2).T
    placed, places = _places(network, ends)
    nodes, ties = _facts(network.nodes), _facts(network.edges)
    nodes.insert(0, "id", _texts(_unlike_ids(network)))
    nodes.insert(1, "name", _texts([str(node["label"]) for node in network.nodes]))
    nodes.insert(2, "kind", "node")
    arrows = [bool(edge.get("arrows")) for edge in network.edges]
    ties.insert(0, "id", _texts([f"tie-{t}" for t in range(len(ties))]))
    ties.insert(1, "kind", _texts(["arrow" if arrow else "tie" for arrow in arrows]))
    facets = _facets(network, nodes, ties)
    title = str(network.heading or "") or "Network"
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
        "looks": _looks(network, placed),
        "start": _start(network, facets),
    }


def _unlike_ids(network: Network) -> list[str]:
    """Return ids as text; the number gets a # where 1 and "1" are both ids."""
    texts = {id for id in network.node_ids if isinstance(id, str)}
    return [
        f"#{id}" if not isinstance(id, str) and str(id) in texts else str(id)
        for id in network.node_ids
    ]


def _places(network: Network, ends: Any) -> tuple[bool, Any]:
    """Return whether the script placed every node, and the place of each."""
    n = len(network.nodes)
    given = {
        i: (float(node["x"]), float(node["y"]))
        for i, node in enumerate(network.nodes)
        if _is_number(node.get("x")) and _is_number(node.get("y"))
    }
    if n and len(given) == n:
        return True, np.array([given[i] for i in range(n)])
    if not n:
        return False, np.zeros((0, 2))
    pinned = {i: (x / UNIT, -y / UNIT) for i, (x, y) in given.items()}
    places = layout(adjacency(n, ends), pinned=pinned)
    return False, np.rint(places * (UNIT, -UNIT)).astype(np.int64)


def _facets(network: Network, nodes: pd.DataFrame, ties: pd.DataFrame) -> list[dict[str, Any]]:
    """List what can be filtered by: groups; with a filter menu, columns of few values."""
    found = []
    for of, frame in (("node", nodes), ("tie", ties)):
        for key in frame.columns:
            values = sorted({str(v) for v in frame[key].dropna()}, key=_by_number)
            few = 1 < len(values) <= FACET_UP_TO and key not in ("id", "name", "kind")
            if key == "group" or (network.filter_menu and few):
                missing = [""] if frame[key].isna().any() else []
                found.append({"key": key, "of": of, "column": key, "values": values + missing})
    return found


def _looks(network: Network, placed: bool) -> dict[str, Any]:
    """Return what only the classic renderer reads."""
    groups = given_options(network).get("groups") or {}
    background = str(network.bgcolor or "")
    background = "" if background.lower() in ("white", DEFAULT_BACKGROUND) else background
    return {
        **{
            name: [_drawable(row, str(row.get("group")) in groups) for row in rows]
            for name, rows in (("nodes", network.nodes), ("ties", network.edges))
        },
        "options": _options(network),
        "placed": placed,
        "background": background,
        "ink": str(network.font_color or (background and _ink_on(background))),
    }


def _options(network: Network) -> dict[str, Any]:
    given = given_options(network)
    options = {k: given[k] for k in PASSED_ON if isinstance(given.get(k), dict)}
    if not isinstance(network.options, dict):
        # pyvis' own default: curves that only physics can bend.
        options.pop("edges", None)
        smooth = given["edges"]["smooth"]["type"]
        if smooth != "dynamic":
            options["edges"] = {"smooth": {"enabled": True, "type": smooth}}
    configure = given.get("configure") or {}
    if network.conf or configure.get("enabled"):
        asked = configure.get("filter") or CONFIGURABLE
        asked = CONFIGURABLE if asked is True else asked
        wanted = [c for c in CONFIGURABLE if c in asked]
        options["configure"] = {"enabled": True, "filter": list(wanted)}
    return options


def given_options(network: Network) -> dict[str, Any]:
    """Return the options as plain values."""
    whole: dict[str, Any] = plain(network.options)
    return whole


class GivenOptions(dict[str, Any]):
    """Options of vis-network that a script gave, with the attributes and calls of pyvis' own.

    pyvis replaces its options by a plain dictionary, so that calls after `set_options` fail there.
    """

    # What the calls of pyvis' options set.
    calls: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {
            "inherit_colors": ("color", "inherit"),
            "toggle_smoothness": ("smooth", "type"),
            "toggle_stabilization": ("stabilization", "enabled"),
            "set_separation": ("hierarchical", "levelSeparation"),
            "set_tree_spacing": ("hierarchical", "treeSpacing"),
            "set_edge_minimization": ("hierarchical", "edgeMinimization"),
            **{f"use_{name}": (name,) for name in ("barnes_hut", "repulsion", "hrepulsion")},
            "use_force_atlas_2based": ("force_atlas_2based",),
        }
    )

    def __getattr__(self, name: str) -> Any:
        """Return an option, or a call that sets one; what is missing can be given entries."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "set":
            return lambda options: GivenOptions(options)
        if name == "to_json":
            return lambda: json.dumps(plain(self), sort_keys=True, indent=4)
        if name in self.calls:
            return partial(self._set, self.calls[name])
        value = self.get(name)
        if isinstance(value, bool) or value is None:
            value = {} if value is None else {"enabled": value}
        if isinstance(value, dict) and not isinstance(value, GivenOptions):
            value = self[name] = GivenOptions(value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def _set(self, path: Sequence[str], value: Any = True) -> None:
        inner = self
        for step in path[:-1]:
            inner = getattr(inner, step)
        inner[path[-1]] = plain(value)


def _start(network: Network, facets: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the first colours and sizes: the script's own, else the colours of its groups."""
    chosen = any(node.get("color") not in (None, DEFAULT_COLOUR) for node in network.nodes)
    grouped = any(facet["key"] == "group" and facet["of"] == "node" for facet in facets)
    return {"colour": "group" if grouped and not chosen else "own", "size": "own"}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: not finite is missing, other objects become text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if type(value).__module__.startswith("pyvis."):
        return plain(vars(value))
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [plain(v) for v in value]
    return None if value is pd.NA or value is pd.NaT else str(value)


def _facts(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the options of nodes or ties that do not shape the picture, as a table."""
    names = dict.fromkeys(k for row in rows for k in row if k not in DRAWN)
    taken = {*names, *PAGE_COLUMNS}
    columns = {}
    for name in names:
        own = name
        while own in PAGE_COLUMNS or (own != name and own in taken):
            own = f"{own} (own)"
        taken.add(own)
        columns[own] = _texts([_cell(row.get(name)) for row in rows])
    return pd.DataFrame(columns, index=range(len(rows)))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _texts(values: Sequence[Any]) -> Any:
    """Return values as an array of objects, so that nothing is inferred from them."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _drawable(own: Mapping[str, Any], grouped: bool) -> dict[str, Any]:
    """Return what vis-network may draw: no pictures to fetch, no shapes that run code."""
    leave = {"id", "from", "to", "x", "y", "physics", "fixed"}
    leave |= set() if grouped else {"group"}
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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _by_number(text: str) -> tuple[int, float, str]:
    """Return a key that sorts numbers by size and before other texts."""
    try:
        return 0, float(text), text
    except ValueError:
        return 1, 0.0, text


def _ink_on(background: str) -> str:
    """Return the text colour, dark or white, that is legible on a background."""
    from matplotlib.colors import to_rgb

    try:
        red, green, blue = to_rgb(background)
    except ValueError:
        return ""
    return "#1c2430" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"


def _degrees(n: int, ends: Any) -> list[int]:
    """Count the distinct neighbours of every node."""
    return [int(d) for d in np.diff(adjacency(n, ends).indptr)]


def undrawn(nodes: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return how many nodes show as dots: for a picture to fetch, and for their shape."""
    fetched = sum(
        node.get("shape") in PICTURES and not str(node.get("image", "")).startswith("data:image/")
        for node in nodes
    )
    return fetched, sum(node.get("shape") in NOT_DRAWABLE for node in nodes)
