"""What a page says about those it names, block by block and sentence by sentence.

Patterns depend on trigger words, in the language of the block. The order of words gives the
direction; "this organisation", "the three" and a sentence without any name are about the names at
the head of the entry; "we" is the publisher.
"""

from __future__ import annotations

from collections.abc import Iterator

from partnergraph.loaders.page.document import Block, Document
from partnergraph.loaders.page.names.named import Actor, Named
from partnergraph.loaders.page.relations.details import read_benefits, read_fields, read_periods
from partnergraph.loaders.page.relations.networks import mark_networks
from partnergraph.loaders.page.relations.projects import (
    add_allies_to_events,
    read_agreement,
    read_events,
    read_shared,
    read_titles,
)
from partnergraph.loaders.page.relations.scene import KINDS, Notes, Scene
from partnergraph.loaders.page.relations.sections import read_entries, read_sections
from partnergraph.loaders.page.relations.ties import read_alliance, read_ties

# Who is tied to whom grows with the square of the names in a sentence.
LONGEST_SENTENCE = 3_000


def find_relations(document: Document, named: Named, publisher: str) -> Notes:
    """Note ties, projects, periods, benefits and themes; set the kinds of actors."""
    notes = Notes(document, named, publisher)
    read_events(notes)
    for index, block in enumerate(document.blocks):
        mark_networks(notes, notes.scene(block.start, block.end, index))
        if block.kind == "heading":
            continue
        before: list[Actor] = []
        for start, end in _sentences(notes, block):
            scene = notes.scene(start, end, index)
            if not scene.heads and (scene.anaphora or any(d.founding for d in scene.dates)):
                # "It" is whom the sentence before was about, and so is "founded in 2003".
                scene.heads = before
            _read(notes, scene)
            before = [a for _, a in scene.mentions if not a.publisher][:1] or before
    add_allies_to_events(notes)
    read_sections(notes)
    read_entries(notes)
    return notes


def _sentences(notes: Notes, block: Block) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a block, shortened; a name with a stop inside does not end one."""
    named = notes.named.within(block.start, block.end)
    inside = {i for m, _ in named for i in range(m.start + 1, m.end)}
    begun: int | None = None
    for start, end in notes.document.sentences(block):
        begun = start if begun is None else begun
        if end not in inside:
            yield begun, min(end, begun + LONGEST_SENTENCE)
            begun = None


def _read(notes: Notes, scene: Scene) -> None:
    titles = read_titles(notes, scene)
    agreement = read_agreement(notes, scene)
    for *_, title in titles if agreement else ():
        # The same sentence names what an agreement led to.
        notes.tie(scene, KINDS.part, title, agreement, "came of an agreement", 0.6)
    read_alliance(notes, scene)
    if not agreement:
        read_ties(notes, scene)
    read_shared(notes, scene)
    read_benefits(notes, scene)
    read_fields(notes, scene)
    read_periods(notes, scene, titles, agreement)
