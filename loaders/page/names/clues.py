"""What the rules for names share: sections, ordinary words, and whether words can be a name."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import islice, takewhile

from partnergraph.loaders.identity.normaliser import fold, is_legal_form, normalise
from partnergraph.loaders.page.document import FILLER, Block, Document
from partnergraph.loaders.page.names.tokens import INNER_CAPITAL, TOKEN, has_head, is_capital
from partnergraph.loaders.page.words import shared, words

_QUOTED = re.compile(r"\"([^\"\n]{3,140})\"|(?<!\w)'([^'\n]{3,100})'(?!\w)")
# The text between a person and a role.
_ROLE = re.compile(r"\s*(?:[,:(]|-\s|(?:is|was|est)\s)\s*(?:\w{0,12}\s){0,3}", re.I)
_PERSONAL = re.compile(
    r"linkedin\.\w+/in/|orcid\.org|scholar\.google|researchgate\.net/profile|/(?:~|%7[Ee])|//people\.|"
    r"/(?:people|person|staff|member|profile|team)/\w",
    re.I,
)

# Every block below carries the headings over it.
_LONGEST_HEADING = 300


_BEFORE = r"(?:(?:is|was|has|had|heeft|est|a|fait)\s(?:(?:also|ook|aussi|een|an?|une?|the)\s)?)??"
_PLURAL = re.compile(r"\s(?:\w+(?:en|ent|ons)|ont|have|had|are|were|support|fund|sponsor)\b", re.I)


class Clues:
    """What a page shows before any name is found.

    Attributes
    ----------
    sections
        The headings over each block, and the lead that ends in a colon, joined by slashes.
    skipped
        Blocks under a heading such as contact or privacy, and lists of persons.
    heads
        The names that each block is about, as spans; the rules for structures fill it in.
    lower, inner
        Words written in lower case, and those with a capital inside a sentence, folded.
    persons, places
        Positions of links to persons and of places of several words.
    exclaimed
        Words with an exclamation mark that does not end a sentence.
    own
        The words of the publisher's name.
    """

    def __init__(self, document: Document, publisher: str) -> None:
        self.document, self.publisher = document, publisher
        self.view = view = document.view
        self.is_data = document.name.lower().endswith((".yml", ".yaml"))
        self.heads: dict[int, list[tuple[int, int]]] = {}
        self.link_at = {link.start: link for link in document.links}
        self.sections = self._sections()
        self.skipped = self._skipped()
        lower = re.findall(r"(?<![\w'])[a-zà-öø-ÿ][\w-]*", view)
        self.lower = frozenset(w.casefold() for w in lower)
        self.inner = self._inner()
        self.exclaimed = frozenset(re.findall(r"([^\W\d_][\w-]{0,80})!(?=[,:)]|\s[a-zà-ÿ])", view))
        self.persons = frozenset(
            i
            for k in document.links
            if _PERSONAL.search(k.url) and not has_head(view[k.start : k.end])
            for i in range(k.start, k.end)
        )
        self.places = self._places()
        self.people = self._people()
        self.own = frozenset(w for w in fold(publisher).split() if len(w) > 3)
        self._starts = [b.start for b in document.blocks]
        self._links = sorted((k.start, k.end) for k in document.links)
        self._quotes = [m.span(1 if m[1] else 2) for m in _QUOTED.finditer(view)]

    def _sections(self) -> dict[int, str]:
        found: dict[int, str] = {}
        stack: list[tuple[int, str]] = []
        lead = ""
        for index, block in enumerate(self.document.blocks):
            text = self.document.clean(block.start, block.end)[:_LONGEST_HEADING]
            if block.kind == "heading":
                stack = [h for h in stack if h[0] < (block.level or 1)]
                stack.append((block.level or 1, text))
                lead = ""
            elif block.kind == "paragraph" and self._is_heading(text):
                lead = text
            elif not stack and len(text) < 200 and shared().openings.search(text):
                lead = text.rstrip(":")
            elif block.kind == "paragraph" and not (lead and not lead.endswith(":")):
                lead = text if text.endswith(":") and len(text) < 200 else ""
            over = [*(t for _, t in stack), *filter(None, (lead, block.label))]
            found[index] = " / ".join(over)
        return found

    def _is_heading(self, text: str) -> bool:
        """Return whether a paragraph is a heading about partners in all but its markup."""
        parts = [fold(p) for p in TOKEN.findall(text)]
        return (
            0 < len(parts) < 6
            and text[-1] not in ".!?,;:"
            and bool(shared().partnerly.search(text))
            and sum(self.is_generic(p) for p in parts) >= 0.6 * len(parts)
        )

    def _skipped(self) -> frozenset[int]:
        skipped, people = shared().skipped, shared().people
        return frozenset(
            i
            for i, (block, heading) in enumerate(
                zip(self.document.blocks, self.sections.values(), strict=True)
            )
            if (0 < len(heading) < 90 and skipped.search(heading.rpartition(" / ")[2]))
            or people.match(self.view[block.start : block.end])
        )

    def _inner(self) -> frozenset[str]:
        return frozenset(
            match.group().casefold()
            for block in self.document.blocks
            if block.kind in ("paragraph", "item", "cell")
            for match in TOKEN.finditer(self.view, block.start, block.end)
            if match.group()[0].isupper() and not self.is_initial(match.start(), block)
        )

    def _people(self) -> frozenset[str]:
        """Return the first names, folded, that are written with a surname somewhere."""
        first, heads = shared().first_names, shared().heads
        pairs = re.findall(r"(?<![\w'-])([^\W\d_][\w-]+)(?=\s([^\W\d_][\w'-]*))", self.view)
        return frozenset(
            fold(a)
            for a, b in pairs
            if fold(a) in first and a[0].isupper() and b[0].isupper() and fold(b) not in heads
        )

    def _places(self) -> frozenset[int]:
        long = [
            re.escape(p).replace("e", "[eéèê]").replace("a", "[aâ]")
            for p in sorted(shared().places)
            if " " in p
        ]
        any_place = "|".join(sorted(long, key=len, reverse=True))
        return frozenset(
            i
            for m in re.finditer(rf"(?<!\w)(?:{any_place})(?!\w)", self.view, re.I)
            if m.group()[0].isupper()
            for i in range(*m.span())
        )

    # -- where a position is -------------------------------------------------------------------

    def is_initial(self, start: int, block: Block) -> bool:
        """Return whether a position begins a sentence or a block."""
        before = self.view[max(block.start, start - 80) : start].rstrip(" \n\"'([" + FILLER)
        return not before or before[-1] in ".!?…•;" or self.view[start - 1 : start] == "\n"

    def has_link(self, block: Block) -> bool:
        """Return whether a link lies in a block."""
        at = bisect_left(self._links, (block.start, 0))
        return any(
            end <= block.end
            for start, end in takewhile(lambda k: k[0] <= block.end, islice(self._links, at, None))
        )

    def quotation(self, position: int) -> tuple[int, int] | None:
        """Return the quotation that a position is in."""
        at = bisect_right(self._quotes, (position, len(self.view))) - 1
        return self._quotes[at] if at >= 0 and position < self._quotes[at][1] else None

    def about_partners(self, index: int) -> bool:
        """Return whether a block is under a heading about partners, or the whole page is."""
        texts = (self.sections.get(index, ""), self.document.name)
        return any(map(_is_partnerly, texts))

    def partners_at(self, position: int) -> bool:
        """Return whether a position is under a heading about partners, or the whole page is."""
        return self.about_partners(max(bisect_right(self._starts, position) - 1, 0))

    def same_row(self, before: int, index: int) -> bool:
        """Return whether two blocks are on one line, like the cells of a table's row."""
        blocks = self.document.blocks
        between = self.view[blocks[before].end : blocks[index].start]
        return blocks[before].kind in ("cell", "paragraph") and "\n" not in between

    # -- what words are ------------------------------------------------------------------------

    def is_generic(self, word: str) -> bool:
        """Return whether a folded word of a heading names nobody."""
        return word in shared().headings or word in shared().function

    def is_telling(self, name: str) -> bool:
        """Return whether a word is a name by its shape, or has a capital inside a sentence."""
        letters = name.replace(FILLER, "")
        return bool(INNER_CAPITAL.search(letters)) or letters.casefold() in self.inner

    def is_publisher(self, name: str) -> bool:
        """Return whether a name is the publisher's."""
        return fold(name) == fold(self.publisher)

    def is_own_address(self, url: str) -> bool:
        """Return whether an address is the publisher's."""
        host = re.sub(r"^(?:https?:)?//(?:www\.)?", "", url.lower()).partition("/")[0]
        own = normalise(self.publisher).compact
        return bool(own) and own in host.replace("-", "").replace(".", "")

    def is_person(self, name: str, end: int | None = None) -> bool:
        """Return whether a name is a person's: a first name and one or two more, no head word."""
        first, roles = shared().first_names, shared().roles
        parts = name.split()
        folded = [fold(p) for p in parts]
        couple = re.split(r"\s(?:et|en|and|&)\s", name)
        if len(couple) == 2 and all(fold(p.split()[0]) in first for p in couple if p):
            return True
        has_role = bool(roles.search(name)) and len(parts) < 6
        if not has_role and end is not None and len(parts) in (2, 3):
            after = self.view[end : end + 40].replace(FILLER, "")
            has_role = bool(_ROLE.match(after) and roles.search(after))
        if len(parts) == 1 and folded[0] in self.people:
            return True
        known = len(parts) in (2, 3, 4) and folded[0] in first and not name.isupper()
        return (has_role or known) and shared().heads.isdisjoint(folded)

    def is_name(self, name: str, *, strict: bool) -> bool:
        """Return whether words can be a name; if strict, every content word has a capital."""
        parts = TOKEN.findall(name)
        if not parts or len(parts) > 12 or len(name) > 110 or not re.search(r"[^\W\d_]", name):
            return False
        never, function = shared().never, shared().function
        folded = [p.casefold() for p in parts]
        if all(f in function or f in never or f.isdigit() for f in folded):
            return False
        if len(parts) == 1 and (len(name) < 2 or folded[0] in never):
            return False
        if is_place(name) or self.is_person(name) or name[-1] in "?:,":
            return False
        called = folded[0] in shared().calls and len(parts) > 1
        if called and (not parts[0].isupper() or folded[1] in function):
            return False
        content = [p for p in parts if p.casefold() not in function | shared().linking]
        content = [p for p in content if not is_legal_form(fold(p))] or content
        capitals = [p for p in content if is_capital(p) or p[0].isdigit()]
        if strict:
            return len(capitals) == len(content)
        return bool(capitals) and (len(content) <= 5 or len(capitals) >= 0.4 * len(content))

    def is_subject(self, start: int, end: int, language: str) -> bool:
        """Return whether a relation in the singular comes right after a name: NAME supports us."""
        w, after = words(language), self.view[end : end + 90]
        after = after.partition(". ")[0].replace(FILLER, "")
        if self.view[start:end].casefold() in shared().pronouns:
            return False
        if re.match(
            rf"\s(?:is|was|werd|a|est|fut)\s(?:\w+\s){{0,4}}?(?:{w.dates['founded']})\b",
            after,
            re.I,
        ):
            return True
        for name in ("supports", "hosting", "member", "part"):
            told = re.match(rf"\s{_BEFORE}(?:{w.triggers[name].pattern})", after, re.I)
            if told and not _PLURAL.match(told.group()):
                return True
        return False

    def connectors(self, language: str) -> frozenset[str]:
        """Return the small words of the other languages, which may stand inside a name."""
        others = frozenset({"et", "en", "and"}).union(
            *(words(c).connectors for c in ("nl", "fr", "en") if c != language)
        )
        return (others | shared().linking) - words(language).function


@lru_cache(maxsize=1000)
def _is_partnerly(heading: str) -> bool:
    return shared().partnerly.search(heading) is not None


def is_role(text: str) -> bool:
    """Return whether a text has a word for what somebody does: student, director."""
    return bool(shared().affiliated.search(text) or shared().roles.search(text))


def is_place(name: str) -> bool:
    """Return whether a name is a place's."""
    return fold(name) in shared().places
