"""The page's words in three languages: those of ``ui.yaml``, and the labels of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from partnergraph.analysis.capabilities.portfolio_options import HELD
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.schema import SCHEMA, Term

LANGUAGES = ("nl", "fr", "en")
NODE_FACETS = ("kind", "sphere", "sector", "level", "country", "cluster")
# The dates that a receipt shows.
DATES = {
    "source": ("sources", ("published", "retrieved")),
    "evidence": ("evidence", ("recorded_on",)),
}


def words(measures: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the page's words in every language, with the names of the given measures."""
    own = ui_words()
    found = catalogue()
    named = [n for n, m in found.items() if m.level in ("node", "pair")]
    columns = {**_labels(SCHEMA.tables["ties"].columns), **_labels(SCHEMA.tables["nodes"].columns)}
    facets = {key: columns[key] for key in NODE_FACETS if key in columns}
    labels: dict[str, dict[str, list[str]]] = {
        "column": columns,
        "facet": {**facets, "status": columns["status"]},
        "kind": _labels(SCHEMA.node_kinds),
        "kinds": {k: _texts(kind.plurals) for k, kind in SCHEMA.node_kinds.items()},
        "tie_kind": _labels(SCHEMA.tie_kinds),
        "held": {kind: [] for kind in HELD},  # the page only asks which there are
        **{
            name: _labels({key: SCHEMA.tables[table].columns[key] for key in keys})
            for name, (table, keys) in DATES.items()
        },
        "measure": {name: _texts(found[name].title) for name in measures or named},
        **{name: _labels(values) for name, values in SCHEMA.values.items() if name != "judgement"},
    }
    for name, entries in own["labels"].items():
        texts = {key: _texts(entry) for key, entry in entries.items()}
        labels[name] = {**labels.get(name, {}), **texts}
    # These two are written in Python.
    texts = own["ui"].items()
    ui = {key: _texts(entry) for key, entry in texts if key not in ("summary", "no-script")}
    return {"languages": list(LANGUAGES), "ui": ui, "labels": labels}


def classic_words() -> dict[str, Any]:
    """Return the page's words, with names for what a script written for pyvis does not name."""
    book = words()
    for name, entries in ui_words()["classic"].items():
        texts = {key: _texts(entry) for key, entry in entries.items()}
        book["labels"][name] = {**book["labels"].get(name, {}), **texts}
    return book


@cache
def ui_words() -> Mapping[str, Any]:
    """Read ``ui.yaml``."""
    raw: Mapping[str, Any] = packaged_yaml("partnergraph.views.explorer", "ui.yaml")
    return raw


def summary(title: str, nodes: int, ties: int, *, lang: str) -> str:
    """Return one line that says what is on a page."""
    ui = ui_words()["ui"]
    counts = {
        name: ui[f"{name}.{_form(n, lang)}"][lang].format(n=n)
        for name, n in (("nodes", nodes), ("ties", ties))
    }
    return str(ui["summary"][lang].format(title=title, **counts))


def _form(n: int, lang: str) -> str:
    """Return the form that a number takes in a language; in French, zero is singular."""
    return "one" if n == 1 or (lang == "fr" and n == 0) else "other"


def _labels(terms: Mapping[str, Term]) -> dict[str, list[str]]:
    return {name: _texts(term.labels) for name, term in terms.items()}


def _texts(entry: Mapping[str, str]) -> list[str]:
    return [entry[language] for language in LANGUAGES]
