"""Who is named on a page: every rule for names in turn, their mentions put together, and judged.

Persons, places, months and descriptions are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import FILLER, Document
from partnergraph.loaders.page.names.brackets import in_long_forms
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.definitions import definitions
from partnergraph.loaders.page.names.entries import in_entries, repetitions
from partnergraph.loaders.page.names.evidence import credible
from partnergraph.loaders.page.names.gather import gather
from partnergraph.loaders.page.names.headings import in_headings, in_titles
from partnergraph.loaders.page.names.lists import in_items, in_links, in_rows
from partnergraph.loaders.page.names.named import Mention, Named
from partnergraph.loaders.page.names.running import in_text
from partnergraph.loaders.page.names.tokens import INNER_CAPITAL, TOKEN, is_capital, plain

_MOST_WORDS = 9
# A name begins this soon, after an article and what makes it bold; then a verb tells what it is.
_SOON = 12
_IS = re.compile(
    rf"[\s{FILLER}*_\"'\]]*(?:\([^()\n]{{2,60}}\))?[\s{FILLER}*_\"'\]]*,?(?:[^,.\n]{{2,80}},)?\s(?:is|are|was|est|sont|zijn)\s"
)


def find_names(document: Document, publisher: str, known: KnownNames | None = None) -> Named:
    """Find who is named on a page, and put the mentions of each together."""
    clues = Clues(document, publisher)
    mentions: list[Mention] = []
    for rule in (in_items, in_headings, in_titles, in_links, in_entries, in_rows):
        mentions += rule(clues)
    mentions += list(in_long_forms(clues))
    _set_subjects(clues, mentions)
    mentions += list(repetitions(clues, mentions))
    mentions += [*in_text(clues), *_of_publisher(document, publisher)]
    told = definitions(clues)
    mentions += [
        Mention(d.start, d.end, d.name, "defined", 0.6)
        for d in told
        if d.what != "person" and clues.is_name(d.name, strict=False)
    ]
    # Whom a sentence calls a student or a director is a person wherever the name occurs.
    defined = {fold(d.name): d.what for d in told}
    mentions = [m for m in mentions if defined.get(fold(m.name)) != "person"]
    if known is not None:
        mentions += _of_known(document, known)
    gathered = gather(document, mentions, publisher, known, defined)
    actors, left, told_blocks = credible(clues, gathered)
    at = {m.start: a for a in actors for m in a.mentions}
    heads = {
        index: list({id(at[start]): at[start] for start, _ in spans if start in at}.values())
        for index, spans in clues.heads.items()
    }
    return Named(actors, heads, clues.sections, tuple(left), told_blocks)


def _set_subjects(clues: Clues, mentions: list[Mention]) -> None:
    """Note the paragraphs about a linked name: "NAME is a platform …"."""
    linked = {m.start: m for m in mentions if m.how == "link"}
    for index, block in enumerate(clues.document.blocks):
        if block.kind != "paragraph" or index in clues.heads or index in clues.skipped:
            continue
        begins = [linked[i] for i in range(block.start, block.start + _SOON) if i in linked]
        for mention in begins[:1]:
            after = clues.view[mention.end : block.end]
            if _IS.match(after) and not clues.is_publisher(mention.name):
                clues.heads[index] = [(mention.start, mention.end)]


def _of_publisher(document: Document, publisher: str) -> Iterator[Mention]:
    """Yield the publisher's own name."""
    whole = plain(publisher)
    if not whole:
        return
    # A first word of unusual form stands for the whole: DiSSCo for DiSSCo Flanders.
    first = whole.partition(" ")[0]
    short = f"|{re.escape(first)}" if INNER_CAPITAL.search(first) and first != whole else ""
    pattern = re.compile(rf"(?<!\w)(?:(?i:{re.escape(whole)}){short})(?!\w)")
    for match in pattern.finditer(document.view):
        if match.group()[0].isupper() or publisher[0].islower():
            yield Mention(*match.span(), publisher, "publisher", 0.9)


def _of_known(document: Document, known: KnownNames) -> Iterator[Mention]:
    """Yield names that are known already, whatever their form."""
    for block in document.blocks:
        tokens = list(TOKEN.finditer(document.view, block.start, block.end))
        i = 0
        while i < len(tokens):
            for size in range(min(_MOST_WORDS, len(tokens) - i), 0, -1):
                start, end = tokens[i].start(), tokens[i + size - 1].end()
                name = document.clean(start, end)
                if is_capital(tokens[i].group()) and known.exact(name):
                    yield Mention(start, end, name, "registry", 0.9)
                    i += size - 1
                    break
            i += 1
