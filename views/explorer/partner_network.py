"""For scripts written for pyvis: the same calls, drawn on the explorer's page.

A script keeps working when its import line becomes ``from partnergraph import PartnerNetwork as
Network``. Unlike pyvis 0.3.2, the page fetches nothing, text from the data cannot run code in it,
parallel ties are kept, inserting takes the same time however many ties there are, files are UTF-8,
and a networkx graph that is read does not change. Positions are computed here, so the page
simulates nothing; calls and options that therefore have no effect are accepted, and named in one
warning.
"""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any
from warnings import warn

import networkx as nx
import numpy as np
from pyvis.network import Network

from partnergraph.graph.errors import BadParameter, UnknownName, UnusableInput
from partnergraph.graph.formats.dot import read as read_dot
from partnergraph.graph.networkx_form import DIRECTED
from partnergraph.views.explorer.assembly import ENTRIES
from partnergraph.views.explorer.page import Explorer, check_choices, page_of
from partnergraph.views.explorer.pyvis_payload import (
    CONFIGURABLE,
    DEFAULT_COLOUR,
    NOT_DRAWABLE,
    PASSED_ON,
    SHAPES,
    GivenOptions,
    given_options,
    payload_of,
    plain,
    undrawn,
)
from partnergraph.views.explorer.words import classic_words


def _physics(name: str) -> Callable[..., None]:
    """Return a method that accepts a choice of physics, which has no effect."""

    def accept(self: PartnerNetwork, *args: Any, **kwargs: Any) -> None:
        """Accept a choice of physics."""
        if not isinstance(self.options, dict):
            getattr(Network, name)(self, *args, **kwargs)
        self.without_effect[name] = None

    return accept


class PartnerNetwork(Network):  # type: ignore[misc]
    """A network of pyvis that is drawn on the explorer's page.

    Takes what ``pyvis.network.Network`` takes, and:

    Parameters
    ----------
    renderer
        ``vis``, the classic vis-network, for up to about 400 nodes, or ``canvas``.
    lang
        Language the page opens in.

    Raises
    ------
    BadParameter
        If the renderer or the language does not exist.
    """

    def __init__(
        self, *args: Any, renderer: str = "vis", lang: str = "en", notebook: bool = False, **kw: Any
    ) -> None:
        check_choices(lang, renderer, tuple(ENTRIES))
        kw.setdefault("cdn_resources", "in_line")
        named = dict(zip(signature(Network).parameters, args, strict=False))
        self.notebook = bool(named.pop("notebook", notebook))
        super().__init__(**named, **{k: v for k, v in kw.items() if k not in named})
        self.renderer, self.lang = renderer, lang
        self.without_effect: dict[str, None] = {}  # calls, in the order of the script
        self.repeated = 0  # nodes that were added again with other options

    # -- what goes in ---------------------------------------------------------------------------

    def add_node(
        self,
        n_id: Any,
        label: Any = None,
        shape: str = "dot",
        color: Any = DEFAULT_COLOUR,
        **options: Any,
    ) -> None:
        """Add a node; where the id already exists, the first node stays as it is.

        Raises
        ------
        BadParameter
            If the id is neither text nor a whole number.
        """
        key = _id(n_id)
        own = {k: plain(v) for k, v in options.items()}
        if "group" not in own:
            own["color"] = plain(color)
        if self.font_color:
            own.setdefault("font", {"color": self.font_color})
        text = plain(label)
        own |= {"id": key, "label": key if text in (None, "") else text, "shape": shape}
        if key in self.node_map:
            before = self.node_map[key]
            self.repeated += any(before.get(k) != v for k, v in own.items())
            return
        self.nodes.append(own)
        self.node_ids.append(key)
        self.node_map[key] = own

    def add_nodes(self, nodes: Sequence[Any], **kwargs: Sequence[Any]) -> None:
        """Add nodes, each with its own value from every list that is given.

        Raises
        ------
        BadParameter
            If a list has another length than the nodes, or a name that pyvis does not know.
        """
        known = ("size", "value", "title", "x", "y", "label", "color", "shape")
        for name, values in kwargs.items():
            if name not in known:
                raise BadParameter(f"add_nodes: {name!r} is not an option. Use {', '.join(known)}")
            if len(values) != len(nodes):
                raise BadParameter(
                    f"add_nodes: {name} has length {len(values)}, and nodes has {len(nodes)}. "
                    "Give one value per node"
                )
        for i, node in enumerate(nodes):
            self.add_node(node, **{name: values[i] for name, values in kwargs.items()})

    def add_edge(self, source: Any, to: Any, **options: Any) -> None:
        """Add a tie, parallel to others between the same two if there are any.

        Raises
        ------
        UnknownName
            If one of the two nodes does not exist.
        """
        ends = _id(source), _id(to)
        for end in ends:
            if end not in self.node_map:
                raise UnknownName("node", str(end), [str(known) for known in self.node_ids])
        own = {k: plain(v) for k, v in options.items()} | {"from": ends[0], "to": ends[1]}
        if self.directed:
            own.setdefault("arrows", "to")
        self.edges.append(own)

    def add_edges(self, edges: Iterable[Sequence[Any]]) -> None:
        """Add ties given as (from, to) or (from, to, width).

        Raises
        ------
        BadParameter
            If a tie has fewer or more parts.
        """
        for edge in edges:
            if len(edge) not in (2, 3):
                raise BadParameter(f"add_edges: {edge!r} is not (from, to) or (from, to, width)")
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
        """Add the nodes and ties of a networkx graph, which does not change.

        Raises
        ------
        BadParameter
            If it is not a networkx graph, or a node is neither text nor a whole number.
        """
        if not isinstance(nx_graph, nx.Graph):
            raise BadParameter(f"from_nx: takes a networkx graph, not {type(nx_graph).__name__}")
        for node, data in nx_graph.nodes(data=True):
            own = _beside(data, ("self", "n_id", "id"))
            own["size"] = node_size_transf(own.get("size", default_node_size))
            self.add_node(node, **own)
        width = "value" if edge_scaling else "width"
        for source, to, data in nx_graph.edges(data=True):
            own = _beside(data, ("self", "source", "to", "from"))
            if not ("value" in own and "width" in own):
                own[width] = edge_weight_transf(own.pop("weight", default_edge_weight))
            self.add_edge(source, to, **own)

    # -- how it looks ---------------------------------------------------------------------------

    def set_options(self, options: str | Mapping[str, Any]) -> None:
        """Set the options of vis-network, from JSON as its own editor writes it.

        Raises
        ------
        UnusableInput
            If the text contains no JSON object.
        """
        if isinstance(options, str):
            try:
                options, _ = json.JSONDecoder().raw_decode(options[options.index("{") :])
            except ValueError as error:
                raise UnusableInput(
                    "set_options", f"the text has no JSON object ({error})", "Give an object: {…}"
                ) from error
        self.options = GivenOptions(plain(options))

    def show_buttons(self, filter_: Any = None) -> None:
        """Show the editor of vis-network's options under the page's filters."""
        super().show_buttons(filter_)
        asked = CONFIGURABLE if filter_ in (None, True) else filter_
        if filter_ in (None, True) or set(asked) - set(CONFIGURABLE):
            self.without_effect["show_buttons of physics and editing"] = None

    barnes_hut = _physics("barnes_hut")
    repulsion = _physics("repulsion")
    hrepulsion = _physics("hrepulsion")
    force_atlas_2based = _physics("force_atlas_2based")
    toggle_stabilization = _physics("toggle_stabilization")

    def toggle_physics(self, status: bool) -> None:
        """Accept that physics is off, which it always is, or on."""
        if not isinstance(self.options, dict):
            super().toggle_physics(status)
        if status:
            self.without_effect["toggle_physics"] = None

    def from_DOT(self, dot: str | Path) -> None:  # noqa: N802
        """Add the nodes and ties of a DOT file.

        Raises
        ------
        MissingInput, UnusableInput
            Where there is no such file, or it cannot be read.
        """
        found = read_dot(Path(dot))
        for row in found.nodes.to_dict("records"):
            own = {str(k): v for k, v in row.items() if v is not None and v == v}
            if own.get("shape") not in SHAPES:
                own.pop("shape", None)
            self.add_node(own.pop("id"), **own)
        for row in found.edges.to_dict("records"):
            own = {str(k): v for k, v in row.items() if v is not None and v == v}
            source, target = own.pop("source"), own.pop("target")
            own |= {"arrows": "to"} if own.pop(DIRECTED, found.directed) else {}
            self.add_edge(source, target, **_beside(own, ("source", "to")))

    def set_template(self, path_to_template: str) -> None:  # noqa: ARG002
        """Accept a template, which has no effect: the page is the explorer's."""
        self.without_effect["set_template"] = None

    def set_template_dir(
        self,
        template_directory: str,  # noqa: ARG002
        template_file: str = "template.html",  # noqa: ARG002
    ) -> None:
        """Accept a folder of templates, which has no effect: the page is the explorer's."""
        self.without_effect["set_template_dir"] = None

    def prep_notebook(self, *args: Any, **kwargs: Any) -> None:
        """Accept the call; the page needs no preparation."""

    # -- what comes out -------------------------------------------------------------------------

    def page(self) -> Explorer:
        """Return the page, which shows itself in a notebook.

        Warns
        -----
        UserWarning
            Once, naming what has no effect here and what was left out.
        """
        return self._page(3)

    def _page(self, depth: int) -> Explorer:
        """Return the page, and warn the caller *depth* calls up."""
        page = page_of(payload_of(self), classic_words(), lang=self.lang, renderer=self.renderer)
        notes = [*self._notes(), *([page.advice] if page.advice else [])]
        if notes:
            warn("; ".join(notes), stacklevel=depth)
        return page

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
            If the name does not end in .html.
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
            If the name does not end in .html, or cannot be written to.
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
        """Write the page, as `write_html` does."""
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

    def _notes(self) -> list[str]:
        """List what has no effect here, and what was left out."""
        notes = []
        nothing = list(self.without_effect)
        if isinstance(self.options, dict):
            nothing += [k for k in given_options(self) if k not in (*PASSED_ON, "configure")]
        templates = [name for name in nothing if name.startswith("set_template")]
        nothing = [name for name in nothing if name not in templates]
        if nothing:
            notes.append(f"no effect, since positions are computed in Python: {', '.join(nothing)}")
        if templates:
            notes.append(f"no effect, since the page is the explorer's: {', '.join(templates)}")
        fetched, odd = undrawn(self.nodes)
        if fetched:
            notes.append(f"pictures are not fetched: {_nodes(fetched)} drawn as dots")
        if odd:
            notes.append(f"shape {' or '.join(NOT_DRAWABLE)}: {_nodes(odd)} drawn as dots")
        if self.repeated:
            notes.append(
                f"added again with other options: {_nodes(self.repeated)}; the first call counts"
            )
        return notes


def _beside(data: Mapping[Any, Any], taken: Sequence[str]) -> dict[str, Any]:
    """Return attributes by name; those that the call names otherwise stand beside it."""
    return {f"{k} (own)" if k in taken else str(k): v for k, v in data.items()}


def _nodes(n: int) -> str:
    return f"{n} node" if n == 1 else f"{n} nodes"


def _id(value: Any) -> str | int:
    """Return the id of a node as text or a whole number, as pyvis requires."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadParameter(
        f"{value!r} is not a valid node id. Use text or a whole number, such as str(id)"
    )


def _checked(name: str) -> None:
    if not str(name).endswith(".html"):
        raise BadParameter(f"{name}: the name of a page ends in .html. Choose such a name")
