"""One offline page to decide about candidates, by keyboard or mouse."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from importlib.resources import files
from typing import Any, Literal

from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.review.draft import OFFERED, Draft
from partnergraph.loaders.review.table import DECISIONS, review_table

Language = Literal["nl", "fr", "en"]
# What a person may change about a candidate of each type.
EDITED = {
    "node": ("new_name", "new_kind", "new_subtype", "same_as"),
    "alias": ("new_name", "new_kind"),
    "tie": ("new_kind", "new_period"),
    "period": ("new_period",),
    "benefit": ("new_name",),
}


def review_page(draft: Draft, *, language: Language = "en") -> str:
    """Return one offline HTML page to decide about a draft; it downloads the decisions as CSV.

    What was read is shown as text, never as markup or script: only the page's own script and
    style can run, and nothing can be loaded or sent.
    """
    from jinja2 import Environment, select_autoescape
    from markupsafe import Markup

    # These two are ours and contain nothing that was read, so they need no escaping.
    script, style = Markup(_asset("review.js")), Markup(_asset("review.css"))
    environment = Environment(autoescape=select_autoescape(default=True, default_for_string=True))
    rows = [_row(row) for row in review_table(draft).to_dict("records")]
    offered = [r for r in rows if r["state"] == OFFERED and not r["decision"]]
    asked = [r for r in rows if r not in offered]
    kinds = _kinds(language)
    return environment.from_string(_asset("review.html")).render(
        groups=[("", asked), *([("offered", offered)] if offered else [])],
        types=sorted({row["type"] for row in rows}, key=list(EDITED).index),
        publisher=draft.publisher,
        language=language,
        say=page_words(language),
        decisions=DECISIONS,
        edited=EDITED,
        kinds=kinds,
        kind_of=defaultdict(str, (pair for pairs in kinds.values() for pair in pairs)),
        ties=[
            k for k in kinds["tie"] if set(SCHEMA.tie_kinds[k[0]].source_kinds) & set(SCHEMA.actors)
        ],
        fingerprint=_digest("".join(row["id"] for row in rows)).hex()[:16],
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


def _row(record: dict[Any, Any]) -> dict[str, str]:
    """Return a candidate with the text before its quote, the quote, and the text after."""
    row = {str(k): str(v) for k, v in record.items()}
    before, _, rest = row["context"].partition("⟦")
    quote, _, after = rest.rpartition("⟧")
    return row | {"before": before if quote else "", "quoted": quote or before, "after": after}


def _kinds(language: Language) -> dict[str, list[tuple[str, str]]]:
    """Return the kinds that a candidate of each type can have, with their labels."""
    terms = {
        "node": SCHEMA.node_kinds,
        "tie": SCHEMA.tie_kinds,
        "alias": SCHEMA.values["alias_kind"],
    }
    return {t: [(k, term.label(language)) for k, term in of.items()] for t, of in terms.items()}


def page_words(language: Language) -> dict[str, Any]:
    """Return the words of the page in a language."""
    words = packaged_yaml("partnergraph.loaders.review", "assets", "review.yaml")
    return dict(words[language])


def _asset(name: str) -> str:
    asset = files("partnergraph.loaders.review").joinpath("assets").joinpath(name)
    return asset.read_text(encoding="utf-8")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(_digest(text)).decode()}"
