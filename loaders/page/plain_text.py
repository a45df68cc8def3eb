"""Plain text: paragraphs, bulleted lines, and short lines that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnergraph.loaders.page.document import Block, Document, plain_view, trimmed

_BULLET = re.compile(r"[ ]*(?:[-*+•·▪◦○●>]|\(?\d{1,3}[.)])[ ]+")


def plain_text(text: str, name: str) -> Document:
    """Read plain text."""
    view = plain_view(text)
    return Document(name, text, view, tuple(_blocks(view)))


def _blocks(view: str) -> Iterator[Block]:
    group: list[tuple[int, int]] = []
    position = 0
    for line in [*view.split("\n"), ""]:
        if line.strip():
            group.append((position, position + len(line)))
        elif group:
            yield from _group(view, group)
            group = []
        position += len(line) + 1


def _group(view: str, lines: list[tuple[int, int]]) -> Iterator[Block]:
    texts = [view[a:b].strip() for a, b in lines]
    bulleted = [bool(_BULLET.match(view[a:b])) for a, b in lines]
    long = any(len(t) > 90 for t in texts)
    if len(lines) == 1 and not bulleted[0]:
        alone = len(texts[0]) <= 70 and texts[0][-1] not in ".!?:;,"
        yield trimmed(view, "heading" if alone else "paragraph", *lines[0])
        return
    # Short lines, few of which end in a comma or stop, are a list even without bullets.
    listed = not long and sum(t[-1] in ".,;" for t in texts) * 3 < len(texts)
    ended = sum(t[-1] in ".!?" for t in texts) == len(texts)
    start = None
    for (a, b), bullet in zip(lines, bulleted, strict=True):
        if bullet:
            match = _BULLET.match(view[a:b])
            if start is not None:
                yield trimmed(view, "paragraph", start, a)
                start = None
            yield trimmed(view, "item", a + (match.end() if match else 0), b)
        elif listed or ended or (long and b - a > 200):
            yield trimmed(view, "item" if listed else "paragraph", a, b)
        elif start is None:
            start = a
    if start is not None:
        yield trimmed(view, "paragraph", start, lines[-1][1])
