"""The tokens that names are made of."""

from __future__ import annotations

import re

from partnergraph.loaders.identity.normaliser import fold, is_legal_form
from partnergraph.loaders.page.document import FILLER, plain_view
from partnergraph.loaders.page.words import shared

UPPER = "A-ZÀ-ÖØ-ÞŁŠŽĆČ"
TOKEN = re.compile(rf"[^\W_][\w{FILLER}]*(?:[-'.@+&][^\W_][\w{FILLER}]*)*\+?")
INNER_CAPITAL = re.compile(rf"\w[{UPPER}]")
_ELISION = re.compile(r"^(?:[dlDL]|qu)'(?=\w)")
_BEFORE = re.compile(
    rf"[\s{FILLER}\"'*_-]*(?:(?:the|de|het|le|la|les|'t)\s+|[lL]'{FILLER}*)?", re.I
)
_SPACE = re.compile(rf"[\s{FILLER}\"'*_-]*")
_DOTTED = re.compile(r"(?<![\w.])(?:[^\W\d_]\.)+[^\W\d_]$")
_DESCRIBED = re.compile(
    r"^(?:(?i:le|la|les|the|de|het|our|notre|ons|onze)\s+)?(?P<noun>[a-zà-ÿ]+)\s+(?:de\s)?(?P<name>[A-ZÀ-Þ0-9].*)$"
)


def is_capital(token: str) -> bool:
    """Return whether a token is written as a name: with a capital first, or one inside."""
    bare = _ELISION.sub("", token.replace(FILLER, ""))
    return bare[:1].isupper() or (bool(INNER_CAPITAL.search(bare)) and not bare.isupper())


def has_head(name: str) -> bool:
    """Return whether a name has a head word, such as university."""
    return any(fold(p) in shared().heads for p in TOKEN.findall(name))


def bare(view: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the article before a name, and without space and stops around it."""
    text = view[start:end]
    match = _BEFORE.match(text)
    skip = match.end() if match else 0
    named = re.match(rf"[{UPPER}\d]", text[skip : skip + 1])
    if skip and not named and text.strip()[:1].isupper():
        lone = _SPACE.match(text)
        skip = lone.end() if lone else 0
    body = text[skip:].rstrip(' \n,;:.*_-"' + FILLER)
    stop = start + skip + len(body)
    return start + skip, stop + is_dotted_form(view, stop)


def is_dotted_form(view: str, end: int) -> bool:
    """Return whether the last dot of a legal form follows a name: B.V., a.s.b.l."""
    form = _DOTTED.search(view, max(0, end - 12), end)
    return form is not None and view[end : end + 1] == "." and is_legal_form(fold(form[0]))


def undescribed(view: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the ordinary noun beside a name: le collectif CHATONS."""
    text = view[start:end]
    match = _DESCRIBED.match(text)
    if match and fold(match["noun"]) in shared().heads:
        return start + match.start("name"), end
    tail = re.search(r"\s([a-zà-ÿ]+)$", text)
    if tail and fold(tail[1]) in shared().heads and text[: tail.start()].isupper():
        return start, start + tail.start()
    return start, end


def plain(name: str) -> str:
    """Return a name as it is written in a view."""
    return " ".join(plain_view(name).split())
