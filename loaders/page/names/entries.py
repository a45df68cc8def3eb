"""Names at the head of entries, ``Name, Name (ACR) and Name/Name: text``, and their repetitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import Block
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.named import Mention
from partnergraph.loaders.page.names.tokens import INNER_CAPITAL, TOKEN, bare, is_capital
from partnergraph.loaders.page.words import shared, words

_HEAD = re.compile(r"[^:\n]{2,220}?:(?!//)")
AND = {"nl": "en", "fr": "et", "en": "and"}


def in_entries(clues: Clues) -> Iterator[Mention]:
    """Yield the names before the colon of an entry."""
    matches = {
        index: match
        for index, block in enumerate(clues.document.blocks)
        if block.kind in ("paragraph", "item")
        and index not in clues.skipped
        and (match := _HEAD.match(clues.view, block.start, block.end))
    }
    # What comes before a colon again and again is a label: "Role in the project:".
    counts = Counter(m.group().casefold() for m in matches.values())
    for index, match in matches.items():
        block = clues.document.blocks[index]
        if clues.link_at.get(block.start) or counts[match.group().casefold()] > 2:
            continue
        spans = _names(clues, match.start(), match.end() - 1, block)
        if spans:
            clues.heads.setdefault(index, []).extend(spans)
            for start, end in spans:
                yield Mention(start, end, clues.document.clean(start, end), "entry", 0.85)


def _names(clues: Clues, start: int, end: int, block: Block) -> list[tuple[int, int]]:
    """Split a head into names; return none where anything else is left."""
    view = clues.view
    head = re.sub(r"\([^()]*\)", lambda m: "\x00" * len(m.group()), view[start:end])
    w = words(block.language)
    small = clues.connectors(w.code) | w.connectors | {"&"}
    joint = AND[w.code]
    spans = []
    for part in re.finditer(rf"(?:(?!\s{joint}\s|,|/|;|\x00).)+", head, re.S):
        a, b = bare(view, start + part.start(), start + part.end())
        if joined := re.match(rf"{joint}\s+", view[a:b]):
            a += joined.end()
        a, b = bare(view, a, b)
        name = clues.document.clean(a, b)
        if not name:
            continue
        tokens = TOKEN.findall(name)
        content = [t for t in tokens if t.casefold() not in small]
        named = all(is_capital(t) or t[0].isdigit() for t in content) and len(tokens) <= 9
        if not content or not named or not clues.is_name(name, strict=False):
            return []
        if len(tokens) == 1 and _is_common(clues, tokens[0]):
            return []
        spans.append((a, b + (view[b : b + 1] == "!")))
    return spans


def _is_common(clues: Clues, token: str) -> bool:
    """Return whether a single word before a colon is an ordinary word of the language."""
    word = token.casefold()
    if INNER_CAPITAL.search(token) or word in clues.inner:
        return False
    generic = word in shared().function or fold(word) in shared().headings
    return generic or word in clues.lower


def repetitions(clues: Clues, found: list[Mention]) -> Iterator[Mention]:
    """Yield the names that lists, logos and entries gave where they are repeated in the text."""
    by_first: dict[str, set[str]] = {}
    for mention in found:
        tokens = TOKEN.findall(mention.name)
        if tokens and len(mention.name) > 3:
            by_first.setdefault(tokens[0], set()).add(mention.name)
    longest = {
        first: sorted(names, key=lambda name: (-len(name), name))[:20]
        for first, names in by_first.items()
    }
    there = {m.start for m in found}
    for match in TOKEN.finditer(clues.view):
        for name in longest.get(match.group(), ()) if match.start() not in there else ():
            end = match.start() + len(name)
            whole = not clues.view[end : end + 1].isalnum()
            if whole and clues.view.startswith(name, match.start()):
                yield Mention(match.start(), end, name, "again", 0.5)
                break
