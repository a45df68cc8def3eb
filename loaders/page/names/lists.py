"""Names in list items and cells, under logos, in links, and in rows after a colon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnergraph.loaders.identity.normaliser import fold, is_legal_form
from partnergraph.loaders.page.document import FILLER, Block, Link
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.named import Mention
from partnergraph.loaders.page.names.tokens import TOKEN, bare, has_head, is_capital, undescribed
from partnergraph.loaders.page.words import shared

_LOGO = re.compile(
    r"^(?:logo(?:'s)?(?:\s+(?:van|de\sla|de\sl'|du|des|de|d'|of|the))?|image|picture|photo|foto)\b[\s:_-]*"
    r"|[\s_-]*\blogo(?:'s)?$|\.(?:png|jpe?g|svg|gif|webp)$",
    re.I,
)
_ENDS = re.compile(r"\s[-|–—:]\s|:\s|\||,\s|;\s|\s\(|\.\s")
_PARTS = re.compile(r"\s[-|:]\s|\s?:\s|\s\(|,\s(?=[a-zà-ÿ])")
_ROW = re.compile(
    r"(?:\s:\s|:\s|:\n)(?P<row>[^:.;\n]+(?:[,;][^:.;\n]+){2,}|[^:.;,\n]{2,60}(?:\n[^:.;,\n]{2,60}){2,})"
)
_SOCIAL = re.compile(
    r"facebook\.|twitter\.|//x\.com|instagram\.|linkedin\.|youtu|google\.|vimeo\.|//t\.me"
)
_OUTSIDE = re.compile(r"(?:https?:)?//|www\.")


def in_items(clues: Clues) -> Iterator[Mention]:
    """Yield what list items and cells begin with, where it can be a name."""
    for index, block in enumerate(clues.document.blocks):
        if index in clues.skipped or block.kind not in ("item", "image", "cell"):
            continue
        mention = _in_item(clues, index, block)
        if mention is not None:
            span = (mention.start, mention.end)
            clues.heads.setdefault(index, []).append(span)
            below = index + 1
            while below < len(clues.document.blocks) and clues.same_row(below - 1, below):
                clues.heads.setdefault(below, []).append(span)
                below += 1
            yield mention


def _in_item(clues: Clues, index: int, block: Block) -> Mention | None:
    near = (clues.link_at.get(block.start + i) for i in range(4))
    link = next((k for k in near if k is not None), None)
    if link is not None and (link.image or (not clues.is_data and clues.is_own_address(link.url))):
        return None
    start, end, is_cut = _name_in_item(clues, block, link)
    name = clues.document.clean(start, end)
    text = clues.view[block.start : block.end]
    outside = link is not None and bool(_OUTSIDE.match(link.url))
    trusted = outside or clues.is_data or clues.about_partners(index)
    brand = fold(name) in shared().brands and link is None and clues.about_partners(index)
    hosted = brand or (outside and link is not None and _is_host(name, link.url))
    if not hosted and clues.is_person(name, end):
        return None
    formed = is_legal_form(fold(name.partition(" ")[0]))
    strict = not (outside or clues.is_data or formed or (trusted and has_head(name)))
    if not strict and not clues.is_data and _is_phrase(name, text):
        return None
    whole = end >= block.start + len(text.rstrip(" ." + FILLER))
    if not (whole or trusted or is_cut) or not (hosted or clues.is_name(name, strict=strict)):
        return None
    local = link is not None and re.match(r"/|#|\w+\.html?$", link.url)
    single = len(TOKEN.findall(name)) == 1 and not clues.is_telling(name)
    if not trusted and (single or local):
        return None
    return Mention(start, end, name, "list item", 0.8 if trusted else 0.6)


def _name_in_item(clues: Clues, block: Block, link: Link | None) -> tuple[int, int, bool]:
    """Return where the name in an item can be, and whether punctuation ends it."""
    view = clues.view
    text = view[block.start : block.end]
    cut = _ENDS.search(text, 2)
    stop = block.start + len(text[: cut.start()].rstrip()) if cut else block.end
    if link is not None and link.end <= block.end:
        stop = link.end
    inside = _PARTS.search(view, block.start + 2, stop)
    stop = inside.start() if inside else stop
    line = view.find("\n", block.start, stop)
    stop = stop if line < 0 else line
    return *undescribed(view, *bare(view, block.start, stop)), cut is not None


def _is_phrase(name: str, text: str) -> bool:
    """Return whether an item is a phrase or a sentence that contains a name."""
    tokens = TOKEN.findall(name)
    content = [t for t in tokens if t.casefold() not in shared().function]
    sentence = len(tokens) > 5 and text.rstrip().endswith(".")
    return bool(content) and (sentence or (len(tokens) > 3 and not is_capital(content[0])))


def in_links(clues: Clues) -> Iterator[Mention]:
    """Yield the words of links to other sites, and of logos, that can be a name."""
    view = clues.view
    for link in clues.document.links:
        outside = (
            bool(_OUTSIDE.match(link.url))
            and not clues.is_own_address(link.url)
            and not _SOCIAL.search(link.url)
        )
        if not (outside or link.image) or link.start in clues.persons:
            continue
        if "\n" in view[link.start : link.end]:
            continue
        if re.match(r"-[a-zà-ÿ]", view[link.end : link.end + 2]):
            continue
        mention = _in_logo(clues, link, outside) if link.image else _in_words(clues, link)
        if mention is not None:
            yield mention


def _in_words(clues: Clues, link: Link) -> Mention | None:
    inside = _PARTS.search(clues.view, link.start + 2, link.end)
    span = bare(clues.view, link.start, inside.start() if inside else link.end)
    start, end = undescribed(clues.view, *span)
    name = clues.document.clean(start, end)
    if fold(name) in shared().brands and not clues.partners_at(start):
        return None
    if _is_host(name, link.url) or clues.is_name(name, strict=True):
        return Mention(start, end, name, "link", 0.8)
    if clues.is_name(name, strict=False) and has_head(name):
        return Mention(start, end, name, "link", 0.7)
    return None


def _in_logo(clues: Clues, link: Link, outside: bool) -> Mention | None:
    start, end = undescribed(clues.view, *bare(clues.view, link.start, link.end))
    name = clues.document.clean(start, end)
    shown = _LOGO.sub("", name).strip(" -_")
    if not shown or len(shown) >= 90:
        return None
    if not link.url and shown == name and not clues.partners_at(link.start):
        return None
    if shown != name:
        start += max(clues.view[start:end].find(shown), 0)
        end = start + len(shown)
    single = " " not in shown and "." not in shown and outside
    if not single and not clues.is_name(shown, strict=False):
        return None
    if single and shown.islower():
        shown = shown[0].upper() + shown[1:]
    # What a picture shows is told in a phrase; what a logo is, in a name.
    phrase = not outside and shown == name and not has_head(shown.split()[0])
    return Mention(start, end, shown, "logo", 0.75) if clues.is_name(shown, strict=phrase) else None


def _is_host(name: str, url: str) -> bool:
    """Return whether an address contains the name: it is a body's, even where it is a month."""
    host = re.sub(r"^(?:https?:)?(?://)?(?:www\.)?", "", url.lower()).partition("/")[0]
    parts = fold(name).replace("-", " ").split()
    joined = {"".join(j if p == "and" else p for p in parts) for j in ("and", "et", "en", "")}
    host = host.replace("-", "")
    return len(name) < 90 and any(len(c) > 3 and c in host for c in joined)


def in_rows(clues: Clues) -> Iterator[Mention]:
    """Yield the names in a row after a colon, or one on each line, where a page is on partners."""
    view, partnerly = clues.view, shared().partnerly
    for index, block in enumerate(clues.document.blocks):
        # What is listed in a block about somebody belongs to that body.
        told = index in clues.skipped or index in clues.heads
        if told or block.kind not in ("paragraph", "item"):
            continue
        for match in _ROW.finditer(view, block.start, block.end):
            before = max(block.start, match.start() - 120), match.start()
            if not (clues.about_partners(index) or partnerly.search(view, *before)):
                continue
            at = match.start("row")
            parts = [p.span() for p in re.finditer(r"[^,;\n]+", match["row"])]
            spans = [bare(view, at + a, at + b) for a, b in parts]
            names = [(a, b, clues.document.clean(a, b)) for a, b in spans]
            good = [
                (a, b, name)
                for a, b, name in names
                if len(TOKEN.findall(view[a:b])) <= 7 and clues.is_name(name, strict=True)
            ]
            if len(good) > 2 and len(good) >= 0.6 * len(spans):
                yield from (Mention(a, b, name, "listed", 0.65) for a, b, name in good)
