"""Names that are headings, or the title lines of cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.page.document import Block
from partnergraph.loaders.page.names.clues import Clues
from partnergraph.loaders.page.names.named import Mention
from partnergraph.loaders.page.names.tokens import TOKEN, bare, has_head, is_capital
from partnergraph.loaders.page.words import shared, words

_GLOSS_AFTER = re.compile(r"\s[-|]\s|:\s|\s\(")
_BRACKET = re.compile(r"\s?\(([^()\n]{2,80})\)")
_GLOSS = re.compile(r"\s[-|:]\s(?=[a-zà-ÿ])|,\s(?=[a-zà-ÿ])|\s\(")


def in_headings(clues: Clues) -> Iterator[Mention]:
    """Yield the headings that are names; those in doubt where most of their siblings are."""
    blocks, titles = clues.document.blocks, _title_lines(clues)
    found = {
        index: _in_heading(clues, index, block)
        for index, block in enumerate(blocks)
        if block.kind == "heading" and index not in clues.skipped
    }
    groups: dict[tuple[int, str], list[int]] = {}
    for index in found:
        above = clues.sections[index].rpartition(" / ")[0]
        groups.setdefault((blocks[index].level, above), []).append(index)
    for siblings in groups.values():
        sure = [i for i in siblings if (m := found[i]) and m.confidence > 0.5]
        most = len(sure) > 1 and 2 * len(sure) >= len(siblings)
        for index in siblings:
            mention = found[index]
            if mention is not None and (most or index in sure):
                _add_head(clues, index, mention, {"heading"}, titles)
                yield mention


def _in_heading(clues: Clues, index: int, block: Block) -> Mention | None:
    """Take a heading as a name unless its words mark it as a mere heading.

    The confidence is low where nothing but its form supports it.
    """
    start, end = bare(clues.view, block.start, block.end)
    gloss = _GLOSS_AFTER.search(clues.view, start + 2, end)
    if gloss and (cut := _before_gloss(clues, index, start, gloss.start())):
        return cut
    name = clues.document.clean(start, end)
    folded = [fold(p) for p in TOKEN.findall(name)]
    if not folded or len(folded) > 9 or not clues.is_name(name, strict=True):
        return None
    if all(map(clues.is_generic, folded)) or folded[0] in shared().headings:
        return None
    pattern = shared().partnerly
    # "Community Partners" is a section, whatever comes before it.
    if pattern.match(folded[-1]) or (pattern.search(name) and not has_head(name)):
        return None
    if clues.is_publisher(name):
        return None
    single = sum(f not in shared().function for f in folded) == 1
    said = re.compile(rf"{re.escape(name)}\s(?:is|was|est|are|sont|zijn)\s")
    below = clues.document.blocks[index + 1 : index + 3]
    again = (
        clues.is_telling(name) or any(_tells(clues, said, b) for b in below[:1])
        if single
        else any(_tells(clues, said, b) for b in below[:1])
        or _spaced(name) in _spaced(" ".join(clues.document.clean(b.start, b.end) for b in below))
    )
    formed = sum(map(is_capital, TOKEN.findall(name))) > 1 and has_head(name)
    linked = clues.has_link(block)
    return Mention(
        start,
        end,
        name,
        "heading",
        0.8 if again and not single else 0.7 if again or formed or linked else 0.5,
    )


def _tells(clues: Clues, said: re.Pattern[str], below: Block) -> bool:
    """Return whether the text under a heading begins with "NAME is" or "This association"."""
    if below.kind == "heading":
        return False
    about = words(below.language).anaphora.match(clues.view, below.start, below.end)
    noun = about is not None and len(about.group().split()) > 1
    return noun or bool(said.match(clues.view, below.start))


def _spaced(text: str) -> str:
    return re.sub(r"[\s-]", "", text).casefold()


def _before_gloss(clues: Clues, index: int, start: int, end: int) -> Mention | None:
    """Take what comes before a dash or a bracket in a heading where the text below names it."""
    start, end = bare(clues.view, start, end)
    name = clues.document.clean(start, end)
    folded = [fold(p) for p in TOKEN.findall(name)]
    if not folded or folded[0] in shared().headings or all(map(clues.is_generic, folded)):
        return None
    if not clues.is_name(name, strict=True) or clues.is_publisher(name):
        return None
    bracket = _BRACKET.match(clues.view, end)
    short = clues.document.clean(*bracket.span(1)) if bracket else name
    below = clues.document.blocks[index + 1 : index + 3]
    text = " ".join(clues.document.clean(b.start, b.end) for b in below if b.kind != "heading")
    again = re.search(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(short)})(?!\w)", text)
    return Mention(start, end, name, "heading", 0.7) if again or has_head(name) else None


def in_titles(clues: Clues) -> Iterator[Mention]:
    """Yield the titles of cards: short lines beside a logo, a link or other such lines."""
    blocks, titles = clues.document.blocks, _title_lines(clues)
    found: dict[int, Mention] = {}
    for index in sorted(titles):
        block = blocks[index]
        gloss = _GLOSS.search(clues.view[block.start : block.end])
        stop = block.start + gloss.start() if gloss else block.end
        start, end = bare(clues.view, block.start, stop)
        name = clues.document.clean(start, end)
        generic = all(clues.is_generic(fold(p)) for p in TOKEN.findall(name))
        if generic or not clues.is_name(name, strict=True):
            continue
        following = blocks[index + 1 : index + 2]
        if following and following[0].kind == "heading":
            continue
        if not clues.is_publisher(name) and not clues.is_person(name, end):
            found[index] = Mention(start, end, name, "line", 0.7)
    for index, mention in found.items():
        if len(found) > 2 or _is_beside_logo(clues, index):
            _add_head(clues, index, mention, {"heading", "image", "item", "cell"}, titles)
            yield mention


def _add_head(
    clues: Clues, index: int, mention: Mention, until: set[str], titles: frozenset[int]
) -> None:
    """Note that a block, and what follows under it, is about the name in it."""
    span = (mention.start, mention.end)
    clues.heads.setdefault(index, []).append(span)
    for below in range(index + 1, len(clues.document.blocks)):
        if clues.document.blocks[below].kind in until or below in titles:
            break
        clues.heads.setdefault(below, []).append(span)


def _title_lines(clues: Clues) -> frozenset[int]:
    """Return the blocks that can be the title of a card: the first of a few lone lines.

    Four or more in a row are a list, and each can be a name.
    """
    found: list[int] = []
    row: list[int] = []
    for index in range(len(clues.document.blocks) + 1):
        if index < len(clues.document.blocks) and _is_lone(clues, index):
            row.append(index)
            continue
        found += row if len(row) > 3 else row[:1]
        row = []
    return frozenset(i for i in found if clues.about_partners(i))


def _is_lone(clues: Clues, index: int) -> bool:
    """Return whether a block is one short line that begins like a name and ends no sentence."""
    block = clues.document.blocks[index]
    text = clues.document.clean(block.start, block.end)
    tokens = TOKEN.findall(text)
    if block.kind != "paragraph" or index in clues.skipped or not 0 < len(tokens) <= 11:
        return False
    if index and clues.same_row(index - 1, index):
        return False
    called = tokens[0].casefold() in shared().calls and len(tokens) < 6
    begins = tokens[0][0].isupper() or tokens[0][0].isdigit()
    return len(text) <= 90 and begins and text[-1] not in ".!?:;,…" and not called


def _is_beside_logo(clues: Clues, index: int) -> bool:
    """Return whether a picture comes right before a block, or a link right after it."""
    blocks = clues.document.blocks
    if index and blocks[index - 1].kind == "image":
        return True
    following = blocks[index + 1 : index + 2]
    return any(b.end - b.start < 60 and b.start in clues.link_at for b in following)
