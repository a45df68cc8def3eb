"""Who is named on a page: capitalised runs, heads of entries, list items, links and logos.

Every mention has its exact place. Mentions of one body are put together through equal names,
brackets and initials; persons, places, months and descriptions are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.identity.normaliser import fold, is_legal_form, normalise
from partnergraph.loaders.identity.rules import initials_in_order
from partnergraph.loaders.page.document import FILLER, Block, Document, Link
from partnergraph.loaders.page.evidence import RUNNING, Evidence, blocks_of, listed
from partnergraph.loaders.page.words import LANGUAGES, Words, kinds, words

_UP = "A-ZÀ-ÖØ-ÞŁŠŽĆČ"
TOKEN = re.compile(rf"[^\W_][\w{FILLER}]*(?:[-'.@+&][^\W_][\w{FILLER}]*)*\+?")
_ELIDED = re.compile(rf"(?:[dlDL]|qu|jusqu)'{FILLER}*(?=[{_UP}])")
_INNER_CAPITAL = re.compile(rf"\w[{_UP}]")
_ENTRY_HEAD = re.compile(r"[^:\n]{2,220}?:(?!//)")
_QUOTED = re.compile(r"\"([^\"\n]{3,140})\"|(?<!\w)'([^'\n]{3,100})'(?!\w)")
_BRACKET = re.compile(r"\s{0,2}\(([^()\n]{2,160})\)")
_LOGO = re.compile(
    r"^(?:logo(?:'s)?(?:\s+(?:van|de\sla|de\sl'|du|des|de|d'|of|the))?|image|picture|photo|foto)\b[\s:_-]*"
    r"|[\s_-]*\blogo(?:'s)?$|\.(?:png|jpe?g|svg|gif|webp)$",
    re.I,
)
_ENDS = re.compile(r"\s+[-|–—:]\s+|:\s|\s*\||,\s|;\s|\s\(|\.\s")
_PARTS = re.compile(r"\s[-|:]\s|\s?:\s|\s\(|,\s(?=[a-zà-ÿ])")
_ROW = re.compile(
    r"(?:\s:\s|:\s|:\n)(?P<row>[^:.;\n]+(?:[,;][^:.;\n]+){2,}|[^:.;,\n]{2,60}(?:\n[^:.;,\n]{2,60}){2,})"
)
_GLOSS = re.compile(r"\s[-|:]\s(?=[a-zà-ÿ])|,\s(?=[a-zà-ÿ])|\s\(")
_DESCRIBED = re.compile(
    r"^(?:(?i:le|la|les|the|de|het|our|notre|ons|onze)\s+)?(?P<noun>[a-zà-ÿ]+)\s+(?:de\s)?(?P<name>[A-ZÀ-Þ0-9].*)$"
)
_SOCIAL = re.compile(
    r"facebook\.|twitter\.|//x\.com|instagram\.|linkedin\.|youtu|google\.|vimeo\.|//t\.me"
)
# What stands between a person and what the person does.
_ROLE = re.compile(r"\s*(?:[,:(]|-\s|(?:is|was|est)\s)\s*(?:\w{0,12}\s){0,3}", re.I)
_PERSONAL = re.compile(
    r"linkedin\.\w+/in/|orcid\.org|scholar\.google|researchgate\.net/profile|/(?:~|%7[Ee])|//people\.|"
    r"/(?:people|person|staff|member|profile|team)/\w",
    re.I,
)
STRUCTURES = frozenset({"item", "image", "cell", "heading"})


@dataclass
class Mention:
    """A name at a place; `how` says by which rule it was found."""

    start: int
    end: int
    name: str
    how: str
    confidence: float = 0.6


@dataclass
class Actor:
    """A body that is named on the page: its mentions, other names, and what it seems to be."""

    name: str
    mentions: list[Mention] = field(default_factory=list)
    aliases: dict[str, tuple[str, Mention]] = field(default_factory=dict)
    kind: str = field(default_factory=lambda: kinds().body)
    subtype: str = ""
    kind_basis: Mention | None = None
    known: str = ""
    publisher: bool = False

    @property
    def first(self) -> Mention:
        """The surest of its mentions, the earliest among equals."""
        return max(self.mentions, key=lambda m: (m.confidence, -m.start))


@dataclass
class Named:
    """The actors of a page and where each is mentioned."""

    actors: list[Actor]
    heads: dict[int, list[Actor]]
    sections: dict[int, str]
    left_out: tuple[str, ...] = ()
    told: frozenset[int] = frozenset()

    def within(self, start: int, end: int) -> list[tuple[Mention, Actor]]:
        """Return the mentions in a stretch, in order, the longest where they overlap."""
        found = self._ordered[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [p for p in found if p[0].end <= end]

    def __post_init__(self) -> None:
        pairs = [(m, a) for a in self.actors for m in a.mentions]
        pairs.sort(key=lambda p: (p[0].start, -p[0].end))
        kept: list[tuple[Mention, Actor]] = []
        for pair in pairs:
            if not kept or pair[0].start >= kept[-1][0].end:
                kept.append(pair)
        self._ordered = kept
        self._starts = [m.start for m, _ in kept]


def find_names(document: Document, publisher: str, known: KnownNames | None = None) -> Named:
    """Find who is named on a page, and put the mentions of each together."""
    finder = _Finder(document, publisher)
    mentions = [*finder.structures(), *finder.entries(), *finder.enumerations()]
    mentions += finder.repeats(mentions)
    mentions += [*finder.runs(), *finder.of_publisher()]
    if known is not None:
        mentions += _known(document, known)
    actors, left = finder.credible(_gather(document, mentions, publisher, known))
    at = {m.start: a for a in actors for m in a.mentions}
    heads: dict[int, list[Actor]] = {}
    for index, spans in finder.heads.items():
        found = [at[start] for start, _ in spans if start in at]
        heads[index] = list({id(a): a for a in found}.values())
    return Named(actors, heads, finder.sections, left_out=tuple(left), told=finder.told)


class _Finder:
    """Looks through one document; the tests that several rules share."""

    def __init__(self, document: Document, publisher: str) -> None:
        self.document, self.publisher = document, publisher
        self.view = document.view
        self.heads: dict[int, list[tuple[int, int]]] = {}
        lower = re.findall(r"(?<![\w'])[a-zà-öø-ÿ][\w-]*", document.view)
        self.lower = frozenset(w.casefold() for w in lower)
        self.functions = frozenset().union(*(words(c).function for c in LANGUAGES))
        self.never = frozenset().union(*(words(c).never for c in LANGUAGES))
        self.sections = self._sections()
        self.skipped = self._skipped()
        self.persons = frozenset(
            i
            for k in document.links
            if _PERSONAL.search(k.url) and not self._headed(self.view[k.start : k.end])
            for i in range(k.start, k.end)
        )
        self.inner = self._inner()
        self.by_start = {link.start: link for link in document.links}
        self.starts = [b.start for b in document.blocks]
        self.quotes = [m.span(1 if m[1] else 2) for m in _QUOTED.finditer(document.view)]
        self.quote_starts = [a for a, _ in self.quotes]
        self.place_spans = self._places()
        # Names that have an exclamation mark, known from where it ends no sentence.
        self.exclaimed = frozenset(
            re.findall(r"([^\W\d_][\w-]*)!(?=[,:)]|\s[a-zà-ÿ])", document.view)
        )
        self.titles = self._title_lines()
        self.told: frozenset[int] = frozenset()
        self.own = frozenset(w for w in fold(publisher).split() if len(w) > 3)

    def words(self, block: Block) -> Words:
        """Return the words of a block's language."""
        return words(block.language if block.language in LANGUAGES else "en")

    def _sections(self) -> dict[int, str]:
        """Say of each block under which heading, or lead that ends in a colon, it stands."""
        found: dict[int, str] = {}
        stack: list[tuple[int, str]] = []
        lead = ""
        for index, block in enumerate(self.document.blocks):
            text = self.document.clean(block.start, block.end)
            if block.kind == "heading":
                stack = [h for h in stack if h[0] < (block.level or 1)]
                stack.append((block.level or 1, text))
                lead = ""
            elif block.kind == "paragraph" and self._is_heading(text):
                lead = text
            elif block.kind == "paragraph" and not (lead and not lead.endswith(":")):
                lead = text if text.endswith(":") and len(text) < 200 else ""
            found[index] = " / ".join([*(t for _, t in stack), *([lead] if lead else [])])
        return found

    def _is_heading(self, text: str) -> bool:
        """Say whether a paragraph is a heading about partners in all but its markup."""
        parts = [fold(p) for p in TOKEN.findall(text)]
        generic = words("en").headings
        return (
            0 < len(parts) < 6
            and text[-1] not in ".!?,;:"
            and bool(words("en").partnerly.search(text))
            and sum(p in generic or p in self.functions for p in parts) >= 0.6 * len(parts)
        )

    def _skipped(self) -> frozenset[int]:
        """Return the blocks under a heading such as contact or privacy, and lists of persons."""
        pattern = words("en").skipped
        people = words("en").people
        return frozenset(
            i
            for i, heading in self.sections.items()
            if (heading and pattern.search(heading.rpartition(" / ")[2]) and len(heading) < 90)
            or people.match(self.view[self.document.blocks[i].start : self.document.blocks[i].end])
        )

    def _inner(self) -> frozenset[str]:
        """Return the capitalised words that stand inside a sentence somewhere, folded."""
        found = set()
        for block in self.document.blocks:
            if block.kind not in ("paragraph", "item", "cell"):
                continue
            for match in TOKEN.finditer(self.view, block.start, block.end):
                if match.group()[0].isupper() and not self._initial(match.start(), block):
                    found.add(match.group().casefold())
        return frozenset(found)

    def _initial(self, start: int, block: Block) -> bool:
        """Say whether a position begins a sentence, or a block."""
        before = self.view[max(block.start, start - 80) : start].rstrip(" \n\"'([" + FILLER)
        return not before or before[-1] in ".!?…•;" or self.view[start - 1 : start] == "\n"

    def _places(self) -> frozenset[int]:
        """Return the positions that places of several words take up."""
        long = [
            re.escape(p).replace("e", "[eéèê]").replace("a", "[aâ]")
            for p in words("en").places
            if " " in p
        ]
        pattern = re.compile(
            rf"(?<!\w)(?:{'|'.join(sorted(long, key=len, reverse=True))})(?!\w)", re.I
        )
        return frozenset(
            i
            for m in pattern.finditer(self.view)
            if m.group()[0].isupper()
            for i in range(*m.span())
        )

    def quoted(self, position: int) -> tuple[int, int] | None:
        """Return the quotation that a position stands in."""
        at = bisect_right(self.quote_starts, position) - 1
        return self.quotes[at] if at >= 0 and position < self.quotes[at][1] else None

    # -- tests ------------------------------------------------------------------------------

    def is_place(self, name: str) -> bool:
        return fold(name) in words("en").places

    def is_person(self, name: str, end: int | None = None) -> bool:
        """Say whether a name is a person's: a first name and one or two more, no head word."""
        parts = [p for p in name.split() if p]
        folded = [fold(p) for p in parts]
        couple = re.split(r"\s(?:et|en|and|&)\s", name)
        if len(couple) == 2 and all(fold(p.split()[0]) in words("en").persons for p in couple if p):
            return True
        if words("en").roles.search(name) and (len(parts) < 6):
            return not any(f in words("en").heads for f in folded)
        if end is not None and len(parts) in (2, 3):
            after = self.view[end : end + 40].replace(FILLER, "")
            if _ROLE.match(after) and words("en").roles.search(after):
                return not any(f in words("en").heads for f in folded)
        known = len(parts) in (2, 3, 4) and folded[0] in words("en").persons
        return known and not any(f in words("en").heads for f in folded) and not name.isupper()

    def is_name(self, name: str, *, strict: bool) -> bool:
        """Say whether words may be a name at all; strictly, every content word has a capital."""
        parts = TOKEN.findall(name)
        if not parts or len(parts) > 12 or len(name) > 110 or not re.search(r"[^\W\d_]", name):
            return False
        folded = [p.casefold() for p in parts]
        if all(f in self.functions or f in self.never or f.isdigit() for f in folded):
            return False
        if len(parts) == 1 and (self.is_place(name) or len(name) < 2 or folded[0] in self.never):
            return False
        if self.is_place(name) or self.is_person(name) or name[-1] in "?:,":
            return False
        if (
            folded[0] in words("en").calls
            and len(parts) > 1
            and (not parts[0].isupper() or folded[1] in self.functions)
        ):
            return False
        content = [p for p in parts if p.casefold() not in self.functions | words("en").linking]
        content = [p for p in content if not is_legal_form(fold(p))] or content
        capitals = [p for p in content if _capital(p) or p[0].isdigit()]
        if strict:
            return len(capitals) == len(content)
        return bool(capitals) and (len(content) <= 5 or len(capitals) >= 0.4 * len(content))

    def credible(self, actors: list[Actor]) -> tuple[list[Actor], list[str]]:
        """Keep the actors that enough speaks for; see `partnergraph.loaders.page.evidence`."""
        mentions = [m for a in actors for m in a.mentions]
        places = blocks_of(self.document.blocks, [m.start for m in mentions])
        structural = [m for m in mentions if m.how not in RUNNING and m.how != "publisher"]
        self.told = frozenset(
            i for i, spans in self.heads.items() if not any(places.get(a) == i for a, _ in spans)
        ) | frozenset(places[m.start] for m in structural if m.how in ("list item", "entry"))
        sure = frozenset(m.start for m in mentions if m.how not in RUNNING)
        rows = listed(self.view, [(m.start, m.end) for m in mentions], sure)
        evidence = Evidence(
            self.document,
            places,
            self.told,
            len({m.name for m in structural}) > 2,
            self.publisher,
            frozenset(fold(a.name) for a in actors),
        )
        kept = [a for a in actors if evidence.enough(a, dict.fromkeys(rows, True))]
        names = {id(a) for a in kept}
        return kept, [a.name for a in actors if id(a) not in names]

    # -- structure --------------------------------------------------------------------------

    def structures(self) -> Iterator[Mention]:
        """Find names in list items, cells, logos, headings and lines that stand alone."""
        headings: dict[int, Mention | None] = {}
        for index, block in enumerate(self.document.blocks):
            if index in self.skipped or block.kind not in STRUCTURES:
                continue
            if block.kind == "heading":
                headings[index] = self._heading(index, block)
            else:
                yield from self._item(index, block)
        yield from self._with_siblings(headings)
        yield from self._lines()
        for link in self.document.links:
            if (found := self._linked(link)) is not None:
                yield found

    def _linked(self, link: Link) -> Mention | None:
        """Take the words of a link to another site, or of a logo, as a name."""
        text = self.view[link.start : link.end]
        outside = bool(re.match(r"(?:https?:)?//|www\.", link.url)) and not self._own(link.url)
        outside = outside and not _SOCIAL.search(link.url)
        if not (outside or link.image) or "\n" in text or link.start in self.persons:
            return None
        if re.match(r"-[a-zà-ÿ]", self.view[link.end : link.end + 2]):
            return None
        inside = None if link.image else _PARTS.search(self.view, link.start + 2, link.end)
        start, end = self._bare(link.start, inside.start() if inside else link.end)
        start, end = self._undescribed(start, end)
        name = self.document.clean(start, end)
        if not link.image and outside and self._hosted(name, link.url):
            return Mention(start, end, name, "link", 0.8)
        if link.image:
            plain = _LOGO.sub("", name).strip(" -_")
            if not link.url and plain == name and not self._partnerly(link.start):
                return None
            if plain and plain != name and plain in name:
                start += self.view[start:end].index(plain) if plain in self.view[start:end] else 0
                end = start + len(plain)
            single = " " not in plain and "." not in plain and outside
            if plain and (single or self.is_name(plain, strict=False)) and len(plain) < 90:
                shown = plain[0].upper() + plain[1:] if single and plain.islower() else plain
                # What a picture shows is told in a phrase; what a logo is, in a name.
                phrase = not outside and plain == name and not self._headed(shown.split()[0])
                if self.is_name(shown, strict=phrase):
                    return Mention(start, end, shown, "logo", 0.75)
            return None
        if self.is_name(name, strict=True):
            return Mention(start, end, name, "link", 0.8)
        if self.is_name(name, strict=False) and self._headed(name):
            return Mention(start, end, name, "link", 0.7)
        return None

    def _hosted(self, name: str, url: str) -> bool:
        """Say whether an address is made of the name: it is a body's, even where it is a month."""
        host = re.sub(r"^(?:https?:)?(?://)?(?:www\.)?", "", url.lower()).partition("/")[0]
        parts = fold(name).replace("-", " ").split()
        joined = {
            "".join(joint if p == "and" else p for p in parts) for joint in ("and", "et", "en", "")
        }
        host = host.replace("-", "")
        return len(name) < 90 and any(len(c) > 3 and c in host for c in joined)

    def _own(self, url: str) -> bool:
        """Say whether an address is the publisher's own."""
        host = re.sub(r"^(?:https?:)?//(?:www\.)?", "", url.lower()).partition("/")[0]
        return normalise(self.publisher).compact in host.replace("-", "").replace(".", "")

    def _partnerly(self, position: int) -> bool:
        """Say whether a position stands under a heading about partners, or the whole page does."""
        return self._about_partners(max(bisect_right(self.starts, position) - 1, 0))

    def _about_partners(self, index: int) -> bool:
        heading = self.sections.get(index, "")
        pattern = words("en").partnerly
        return bool(pattern.search(heading)) or bool(pattern.search(self.document.name))

    def _headed(self, name: str) -> bool:
        return any(fold(p) in words("en").heads for p in TOKEN.findall(name))

    def _bare(self, start: int, end: int) -> tuple[int, int]:
        """Leave an article before a name, and space and stops around it, out of a span."""
        text = self.view[start:end]
        match = re.match(
            rf"[\s{FILLER}\"'*_-]*(?:(?:the|de|het|le|la|les|'t)\s+|[lL]'{FILLER}*)?", text, re.I
        )
        skip = match.end() if match else 0
        if (
            skip
            and not re.match(rf"[{_UP}\d]", text[skip : skip + 1])
            and text.strip()[:1].isupper()
        ):
            lone = re.match(rf"[\s{FILLER}\"'*_-]*", text)
            skip = lone.end() if lone else 0
        body = text[skip:].rstrip(' \n,;:.*_-"' + FILLER)
        return start + skip, start + skip + len(body)

    def _item(self, index: int, block: Block) -> Iterator[Mention]:
        """Take what a list item or cell starts with as a name, where it looks like one."""
        near = (self.by_start.get(block.start + i) for i in range(4))
        link = next((k for k in near if k is not None), None)
        if link is not None and link.image:
            return
        text = self.view[block.start : block.end]
        cut = _ENDS.search(text, 2)
        stop = block.start + (cut.start() if cut else len(text))
        if link is not None and link.end <= block.end:
            stop = link.end
        inside = _PARTS.search(self.view, block.start + 2, stop)
        stop = inside.start() if inside else stop
        line = self.view.find("\n", block.start, stop)
        stop = stop if line < 0 else line
        start, end = self._bare(block.start, stop)
        start, end = self._undescribed(start, end)
        name = self.document.clean(start, end)
        whole = end >= block.start + len(text.rstrip(" ." + FILLER))
        data = self.document.name.lower().endswith((".yml", ".yaml"))
        outside = link is not None and bool(re.match(r"(?:https?:)?//|www\.", link.url))
        trusted = outside or data or self._about_partners(index)
        hosted = outside and link is not None and self._hosted(name, link.url)
        if link is not None and not data and self._own(link.url):
            return
        if not hosted and self.is_person(name, end):
            return
        strict = not (outside or data or (trusted and self._headed(name)))
        if not strict and not data and self._phrase(name, text):
            return
        if (hosted or self.is_name(name, strict=strict)) and (whole or trusted or cut is not None):
            single = len(TOKEN.findall(name)) == 1
            if single and not trusted and not self._telling(name):
                return
            if link is not None and re.match(r"/|#|\w+\.html?$", link.url) and not trusted:
                return
            self.heads.setdefault(index, []).append((start, end))
            below = index + 1
            while below < len(self.document.blocks) and self._same_row(below - 1, below):
                self.heads.setdefault(below, []).append((start, end))
                below += 1
            yield Mention(start, end, name, "list item", 0.8 if trusted else 0.6)

    def _phrase(self, name: str, text: str) -> bool:
        """Say whether an item is a phrase or a sentence that has a name in it, and no name."""
        tokens = TOKEN.findall(name)
        content = [t for t in tokens if t.casefold() not in self.functions]
        sentence = len(tokens) > 5 and text.rstrip().endswith(".")
        return bool(content) and (sentence or (len(tokens) > 3 and not _capital(content[0])))

    def enumerations(self) -> Iterator[Mention]:
        """Find the names in a row behind a colon, or a line each, where a page is on partners."""
        for index, block in enumerate(self.document.blocks):
            if block.kind not in ("paragraph", "item") or index in self.skipped:
                continue
            view, partnerly = self.view, words("en").partnerly
            for match in _ROW.finditer(view, block.start, block.end):
                told = index in self.heads  # what is listed is somebody's
                about = not told and (
                    self._about_partners(index)
                    or partnerly.search(view, max(block.start, match.start() - 120), match.start())
                )
                parts = [p.span() for p in re.finditer(r"[^,;\n]+", match["row"])]
                spans = [
                    self._bare(match.start("row") + a, match.start("row") + b) for a, b in parts
                ]
                good = [
                    (a, b)
                    for a, b in spans
                    if len(TOKEN.findall(view[a:b])) <= 7
                    and self.is_name(self.document.clean(a, b), strict=True)
                ]
                if about and len(good) > 2 and len(good) >= 0.6 * len(spans):
                    for a, b in good:
                        yield Mention(a, b, self.document.clean(a, b), "listed", 0.65)

    def _undescribed(self, start: int, end: int) -> tuple[int, int]:
        """Leave an ordinary noun beside a name out: le collectif CHATONS."""
        text = self.view[start:end]
        match = _DESCRIBED.match(text)
        if match and fold(match["noun"]) in words("en").heads:
            return start + match.start("name"), end
        tail = re.search(r"\s([a-zà-ÿ]+)$", text)
        if tail and fold(tail[1]) in words("en").heads and text[: tail.start()].isupper():
            return start, start + tail.start()
        return start, end

    def _telling(self, name: str) -> bool:
        """Say whether a single word shows by its shape, or elsewhere, that it is a name."""
        bare = name.replace(FILLER, "")
        return bool(_INNER_CAPITAL.search(bare)) or bare.casefold() in self.inner

    def _heading(self, index: int, block: Block) -> Mention | None:
        """Take a heading as a name where none of its words says that it is a mere heading.

        The confidence is low where nothing but its shape speaks for it.
        """
        start, end = self._bare(block.start, block.end)
        name = self.document.clean(start, end)
        folded = [fold(p) for p in TOKEN.findall(name)]
        generic = words("en").headings
        if not folded or len(folded) > 9 or not self.is_name(name, strict=True):
            return None
        content = [f for f in folded if f not in self.functions]
        if all(f in generic or f in self.functions for f in folded) or folded[0] in generic:
            return None
        pattern = words("en").partnerly
        # "Community Partners" is what a section is called, whatever stands before it.
        if pattern.match(folded[-1]) or (pattern.search(name) and not self._headed(name)):
            return None
        if fold(name) == fold(self.publisher):
            return None
        below = " ".join(
            self.document.clean(b.start, b.end) for b in self.document.blocks[index + 1 : index + 3]
        )
        again = self._telling(name) if len(content) == 1 else name in below
        shaped = len([p for p in TOKEN.findall(name) if _capital(p)]) > 1 and self._headed(name)
        linked = any(block.start <= k.start and k.end <= block.end for k in self.document.links)
        return Mention(start, end, name, "heading", 0.7 if again or shaped or linked else 0.5)

    def _with_siblings(self, headings: dict[int, Mention | None]) -> Iterator[Mention]:
        """Yield the headings that are names; those in doubt where most of their siblings are."""
        groups: dict[tuple[int, str], list[int]] = {}
        for index in headings:
            above = self.sections[index].rpartition(" / ")[0]
            groups.setdefault((self.document.blocks[index].level, above), []).append(index)
        for siblings in groups.values():
            sure = [i for i in siblings if (m := headings[i]) and m.confidence > 0.5]
            most = len(sure) > 1 and 2 * len(sure) >= len(siblings)
            for index in siblings:
                mention = headings[index]
                if mention is not None and (most or index in sure):
                    self._head(index, mention.start, mention.end, ("heading",))
                    yield mention

    def _head(self, index: int, start: int, end: int, until: tuple[str, ...]) -> None:
        """Note that a block, and what stands under it, is about the name that it is."""
        self.heads.setdefault(index, []).append((start, end))
        for below in range(index + 1, len(self.document.blocks)):
            if self.document.blocks[below].kind in until or below in self.titles:
                break
            self.heads.setdefault(below, []).append((start, end))

    # -- lines that stand alone -------------------------------------------------------------

    def _lone(self, index: int) -> bool:
        """Say whether a block is one short line that begins like a name and ends no sentence."""
        block = self.document.blocks[index]
        text = self.document.clean(block.start, block.end)
        tokens = TOKEN.findall(text)
        if block.kind != "paragraph" or index in self.skipped or not 0 < len(tokens) <= 11:
            return False
        if index and self._same_row(index - 1, index):
            return False
        called = tokens[0].casefold() in words("en").calls and len(tokens) < 6
        begins = tokens[0][0].isupper() or tokens[0][0].isdigit()
        return len(text) <= 90 and begins and text[-1] not in ".!?:;,…" and not called

    def _same_row(self, before: int, index: int) -> bool:
        """Say whether two blocks stand on one line, as the cells of a table's row do."""
        blocks = self.document.blocks
        between = self.view[blocks[before].end : blocks[index].start]
        return blocks[before].kind in ("cell", "paragraph") and "\n" not in between

    def _title_lines(self) -> frozenset[int]:
        """Return the blocks that may be the title of a card: the first of a few lone lines.

        Four or more in a row are a list, and each may be a name.
        """
        found: list[int] = []
        row: list[int] = []
        for index in range(len(self.document.blocks) + 1):
            if index < len(self.document.blocks) and self._lone(index):
                row.append(index)
                continue
            found += row if len(row) > 3 else row[:1]
            row = []
        return frozenset(i for i in found if self._about_partners(i))

    def _lines(self) -> Iterator[Mention]:
        """Take the titles of cards as names: a short line beside a logo, a link or other such."""
        found = []
        for index in sorted(self.titles):
            block = self.document.blocks[index]
            gloss = re.search(
                r"\s[-|:]\s(?=[a-zà-ÿ])|,\s(?=[a-zà-ÿ])|\s\(", self.view[block.start : block.end]
            )
            stop = block.start + gloss.start() if gloss else block.end
            start, end = self._bare(block.start, stop)
            name = self.document.clean(start, end)
            folded = [fold(p) for p in TOKEN.findall(name)]
            generic = words("en").headings
            if not self.is_name(name, strict=True) or all(
                f in generic or f in self.functions for f in folded
            ):
                continue
            following = self.document.blocks[index + 1 : index + 2]
            if following and following[0].kind == "heading":
                continue
            if fold(name) != fold(self.publisher) and not self.is_person(name, end):
                found.append((index, start, end, name))
        for index, start, end, name in found:
            if len(found) > 2 or self._beside_logo(index):
                self._head(index, start, end, ("heading", "image", "item", "cell"))
                yield Mention(start, end, name, "line", 0.7)

    def _beside_logo(self, index: int) -> bool:
        """Say whether a picture stands right before a block, or a link right behind it."""
        blocks = self.document.blocks
        if index and blocks[index - 1].kind == "image":
            return True
        if index + 1 == len(blocks):
            return False
        following = blocks[index + 1]
        return following.end - following.start < 60 and following.start in self.by_start

    # -- entries ----------------------------------------------------------------------------

    def entries(self) -> Iterator[Mention]:
        """Find the names before the colon of ``Name, Name (ACR) and Name/Name: text``."""
        matches = {
            index: match
            for index, block in enumerate(self.document.blocks)
            if block.kind in ("paragraph", "item")
            and index not in self.skipped
            and (match := _ENTRY_HEAD.match(self.view, block.start, block.end))
        }
        # What stands before a colon again and again is a label: "Role in the project:".
        counts = Counter(m.group().casefold() for m in matches.values())
        for index, match in matches.items():
            block = self.document.blocks[index]
            if self.by_start.get(block.start) or counts[match.group().casefold()] > 2:
                continue
            spans = self._head_names(match.start(), match.end() - 1, block)
            if spans:
                self.heads.setdefault(index, []).extend(spans)
                for start, end in spans:
                    yield Mention(start, end, self.document.clean(start, end), "entry", 0.85)

    def _head_names(self, start: int, end: int, block: Block) -> list[tuple[int, int]]:
        """Split a head into names; none where anything but names is left."""
        head = self.view[start:end]
        bare = re.sub(r"\([^()]*\)", lambda m: "\x00" * len(m.group()), head)
        w = self.words(block)
        foreign = self._connectors(w)
        joint = {"nl": "en", "fr": "et", "en": "and"}[w.code]
        spans = []
        for part in re.finditer(rf"(?:(?!\s{joint}\s|,|/|;|\x00).)+", bare, re.S):
            a, b = self._bare(start + part.start(), start + part.end())
            text = self.view[a:b]
            text = re.sub(rf"^{joint}\s+", "", text)
            a = b - len(text)
            a, b = self._bare(a, b)
            name = self.document.clean(a, b)
            if not name:
                continue
            tokens = TOKEN.findall(name)
            content = [t for t in tokens if t.casefold() not in foreign | w.connectors | {"&"}]
            named = all(_capital(t) or t[0].isdigit() for t in content) and len(tokens) <= 9
            if not content or not named or not self.is_name(name, strict=False):
                return []
            if len(tokens) == 1 and self._common(tokens[0]):
                return []
            if self.view[b : b + 1] == "!":
                b += 1
            spans.append((a, b))
        return spans

    def _common(self, token: str) -> bool:
        """Say whether a single word before a colon is an ordinary word of the language."""
        word = token.casefold()
        if _INNER_CAPITAL.search(token) or word in self.inner:
            return False
        generic = words("en").headings
        return word in self.functions or fold(word) in generic or word in self.lower

    def repeats(self, found: list[Mention]) -> list[Mention]:
        """Find the names that lists, logos and entries gave again in the text."""
        by_first: dict[str, set[str]] = {}
        for mention in found:
            tokens = TOKEN.findall(mention.name)
            if tokens and len(mention.name) > 3:
                by_first.setdefault(tokens[0], set()).add(mention.name)
        again, there = [], {m.start for m in found}
        for match in TOKEN.finditer(self.view):
            names = by_first.get(match.group()) if match.start() not in there else None
            for name in sorted(names or (), key=len, reverse=True)[:20]:
                end = match.start() + len(name)
                whole = not self.view[end : end + 1].isalnum()
                if whole and self.view.startswith(name, match.start()):
                    again.append(Mention(match.start(), end, name, "again", 0.5))
                    break
        return again

    # -- running text -----------------------------------------------------------------------

    def _connectors(self, w: Words) -> frozenset[str]:
        """Return the small words of the other languages, which may stand inside a name."""
        others = frozenset().union(
            *(words(c).connectors | {"et", "en", "and"} for c in LANGUAGES if c != w.code)
        )
        return (others | words("en").linking) - w.function

    def runs(self) -> Iterator[Mention]:
        """Find runs of capitalised words in text."""
        for index, block in enumerate(self.document.blocks):
            data = block.kind == "item" and self.document.name.endswith((".yml", ".yaml"))
            if index in self.skipped or block.kind in ("image", "heading") or data:
                continue
            w = self.words(block)
            text = self.document.clean(block.start, min(block.end, block.start + 60))
            if text.partition(" ")[0].casefold() in w.calls and len(text) < 40:
                continue
            for start, end in self._capitalised(block, w):
                mention = self._run(start, end, block, w)
                if mention is not None:
                    yield mention

    def _capitalised(self, block: Block, w: Words) -> Iterator[tuple[int, int]]:
        """Yield the longest runs of capitalised words and what may link them."""
        foreign = self._connectors(w)
        tokens = self._tokens(block)
        i = 0
        while i < len(tokens):
            start, _, text = tokens[i]
            if not _capital(text):
                i += 1
                continue
            headed, j = fold(text) in w.heads, i
            if text.casefold() in w.function and self._initial(start, block):
                headed = False
            while j - i <= 11:
                k = j + 1
                while k < len(tokens) and k - j <= 3 and self._links(tokens, k, foreign, w, headed):
                    k += 1
                if k >= len(tokens) or k - j > 3 or not self._joined(tokens, k):
                    break
                if not _capital(tokens[k][2]) or self._parted(tokens[j + 1 : k + 1], w):
                    break
                j = k
                headed = headed or fold(tokens[k][2]) in w.heads
            yield start, tokens[j][1]
            i = j + 1

    def _parted(self, tokens: list[tuple[int, int, str]], w: Words) -> bool:
        """Say whether "and" parts two names here: an article or a head word comes behind it."""
        small = [t[2].casefold() for t in tokens[:-1]]
        if {"nl": "en", "fr": "et", "en": "and"}[w.code] not in small:
            return False
        return any(s in w.articles for s in small) or fold(tokens[-1][2]) in w.heads

    def _tokens(self, block: Block) -> list[tuple[int, int, str]]:
        found = []
        for match in TOKEN.finditer(self.view, block.start, block.end):
            start, text = match.start(), match.group().replace(FILLER, "")
            elided = _ELIDED.match(text)
            if elided and len(text) > elided.end():
                # The elision is a token of its own, so that a name may start behind it.
                found.append((start, start + elided.end(), text[: elided.end()]))
                start, text = start + elided.end(), text[elided.end() :]
            found.append((start, match.end(), text))
        return found

    def _joined(self, tokens: list[tuple[int, int, str]], k: int) -> bool:
        """Say whether nothing but a space, or an ampersand, is between two tokens."""
        gap = self.view[tokens[k - 1][1] : tokens[k][0]]
        if gap == "! ":
            return tokens[k - 1][2] in self.exclaimed
        return (
            bool(re.fullmatch(rf"(?:[ {FILLER}]{{0,2}}|\s?[&+]\s?|-,? |\n)", gap))
            and "\n\n" not in gap
        )

    def _links(
        self,
        tokens: list[tuple[int, int, str]],
        k: int,
        foreign: frozenset[str],
        w: Words,
        headed: bool,
    ) -> bool:
        """Say whether a small word may stand inside the name that goes on behind it."""
        if k + 1 > len(tokens) or not self._joined(tokens, k):
            return False
        word = tokens[k][2].casefold()
        if word in ("d'", "l'"):
            return True
        return word in foreign or (headed and word in w.connectors)

    def _run(self, start: int, end: int, block: Block, w: Words) -> Mention | None:
        """Judge a run: where it begins a sentence, what is before it, what it is made of."""
        initial = self._initial(start, block)
        if start in self.place_spans or start in self.persons:
            return None
        if (quote := self.quoted(start)) and (end < quote[1] - 1 or start > quote[0] + 4):
            return None
        tokens = list(TOKEN.finditer(self.view, start, end))
        while tokens and self._drops(tokens[0].group(), initial):
            tokens = tokens[1:]
            if tokens and tokens[0].group().casefold() in self.functions:
                continue
            initial = False
        while tokens and not _capital(tokens[0].group()):
            tokens = tokens[1:]
        if not tokens:
            return None
        start = tokens[0].start()
        if self.view[end : end + 1] == "!" and re.match(
            r"![,:)]|!\s[a-z]", self.view[end : end + 3]
        ):
            end += 1
        if re.search(r"\w'[sS]$", self.view[start:end]):
            end -= 2
        name = self.document.clean(start, end)
        if self._described(start, block, w) or not self.is_name(name, strict=False):
            return None
        if self.is_person(name, end) or self._after_title(start, block):
            return None
        if len(tokens) == 1:
            return self._single(start, end, name, initial, block, w)
        folded = fold(name).split()
        if self._place_run(name) or all(f in words("en").headings for f in folded):
            return None
        if all(f in self.own or f in self.functions for f in folded):
            return None
        return Mention(start, end, name, "run", 0.65 if self._headed(name) else 0.55)

    def _drops(self, token: str, initial: bool) -> bool:
        """Say whether the first word of a run is no part of the name."""
        word = token.casefold().removesuffix("'")
        if word in self.functions and (initial or not _INNER_CAPITAL.search(token)):
            return word in self.functions and not (not initial and token[0].isupper())
        if initial and word in self.lower and word not in self.inner:
            return True
        common = initial or fold(word) in words("en").networks
        return word in self.never and common and not token.isupper()

    def _described(self, start: int, block: Block, w: Words) -> bool:
        """Say whether an indefinite article before it makes a run a description."""
        before = self.view[max(block.start, start - 60) : start]
        match = re.search(r"(?<!\w)(\w+)[\s'](?:[\w-]+\s+)?(?:[\w-]+\s+)?$", before)
        near = re.findall(r"[\w-]+|[,.;:()]", before)[-3:]
        at = max((i for i, p in enumerate(near) if p.casefold() in w.indefinite), default=-1)
        ends = w.connectors | set(",.;:()")
        return bool(match) and at >= 0 and not any(p.casefold() in ends for p in near[at + 1 :])

    def _after_title(self, start: int, block: Block) -> bool:
        before = self.view[max(block.start, start - 25) : start]
        return bool(re.search(rf"(?:{words('en').roles.pattern})\.?\s$", before, re.I))

    def _single(
        self, start: int, end: int, name: str, initial: bool, block: Block, w: Words
    ) -> Mention | None:
        """Judge a single word: an acronym, an odd shape, or capitalised inside a sentence."""
        word = name.casefold().rstrip("!")
        if fold(name) in words("en").headings or fold(name) in self.own or fold(name) in w.heads:
            return None
        if word in self.never or word in self.functions or self.is_place(name) or len(name) < 2:
            return None
        tail = name.rpartition("-")[2]
        compound = tail != name and tail[:1].islower() and fold(tail) not in w.heads
        if compound or is_legal_form(fold(name)):
            # "MeiseBG-collectie": an ordinary noun of somebody's.
            return None
        if fold(name) in w.heads and not name.isupper():
            return None
        shaped = bool(_INNER_CAPITAL.search(name)) and not re.fullmatch(r"[IVXLC]+", name)
        before = self.view[max(block.start, start - 30) : start]
        if w.place_before.search(before) and not shaped:
            return None
        if initial and not shaped and word not in self.inner:
            return None
        if not shaped and word in self.lower:
            return None
        return Mention(start, end, name, "word", 0.6 if shaped else 0.45)

    def _place_run(self, name: str) -> bool:
        """Say whether every word of a run is a place, or an adjective of one."""
        parts = [p for p in TOKEN.findall(name) if p.casefold() not in self.functions]
        return all(self.is_place(p) or p.casefold() in self.never for p in parts)

    def of_publisher(self) -> Iterator[Mention]:
        """Find the publisher's own name."""
        if not self.publisher.strip():
            return
        whole = plain(self.publisher)
        # A first word of odd shape stands for the whole: DiSSCo for DiSSCo Flanders.
        first = whole.partition(" ")[0]
        short = [re.escape(first)] if _INNER_CAPITAL.search(first) and first != whole else []
        pattern = re.compile(rf"(?<!\w)(?:(?i:{re.escape(whole)}){'|'.join(['', *short])})(?!\w)")
        for match in pattern.finditer(self.view):
            if match.group()[0].isupper() or self.publisher[0].islower():
                yield Mention(*match.span(), self.publisher, "publisher", 0.9)


def plain(name: str) -> str:
    """Return a name as it stands in a view."""
    from partnergraph.loaders.page.document import plain_view

    return " ".join(plain_view(name).split())


def _capital(token: str) -> bool:
    """Say whether a token is written as a name: a capital first, or one inside."""
    bare = re.sub(r"^(?:[dlDL]|qu)'(?=\w)", "", token.replace(FILLER, ""))
    return bare[:1].isupper() or (bool(_INNER_CAPITAL.search(bare)) and not bare.isupper())


def _known(document: Document, known: KnownNames) -> Iterator[Mention]:
    """Find names that are known already, whatever their shape."""
    for block in document.blocks:
        tokens = list(TOKEN.finditer(document.view, block.start, block.end))
        i = 0
        while i < len(tokens):
            for size in range(min(9, len(tokens) - i), 0, -1):
                start, end = tokens[i].start(), tokens[i + size - 1].end()
                name = document.clean(start, end)
                if _capital(tokens[i].group()) and known.exact(name):
                    yield Mention(start, end, name, "registry", 0.9)
                    i += size - 1
                    break
            i += 1


# -- putting mentions together -----------------------------------------------------------------


def _gather(
    document: Document, mentions: list[Mention], publisher: str, known: KnownNames | None
) -> list[Actor]:
    """Make actors of mentions: equal names, then brackets, then initials."""
    mentions = _settled(mentions)
    by_key: dict[str, Actor] = {}
    for mention in mentions:
        key = normalise(mention.name).key or fold(mention.name)
        key = key.removeprefix("the ").removeprefix("le ").removeprefix("la ").removeprefix("les ")
        body = known.exact(mention.name) if known is not None else None
        key = f"={body.id}" if body is not None else key
        actor = by_key.setdefault(key, Actor(mention.name))
        actor.known = body.id if body is not None else ""
        actor.mentions.append(mention)
    actors = list(by_key.values())
    for actor in actors:
        actor.name = actor.first.name
        actor.publisher = normalise(actor.name).key == normalise(publisher).key
        for mention in actor.mentions:
            if fold(mention.name) != fold(actor.name):
                actor.aliases.setdefault(mention.name, ("name", mention))
    actors = _bracketed(document, actors)
    return _short_forms(_by_initials(actors))


def _short_forms(actors: list[Actor]) -> list[Actor]:
    """Take a single word of running text as short for the one listed name that has it."""
    long: dict[str, list[Actor]] = {}
    for actor in actors:
        listed = any(m.how not in ("run", "word", "publisher") for m in actor.mentions)
        for token in set(fold(actor.name).split()) if listed and " " in actor.name else ():
            long.setdefault(token, []).append(actor)
    kept = []
    for actor in actors:
        alone = all(m.how == "word" for m in actor.mentions) and not actor.name.isupper()
        whole = long.get(fold(actor.name), []) if alone else []
        if len(whole) == 1:
            whole[0].mentions += actor.mentions
        else:
            kept.append(actor)
    return kept


def _settled(mentions: list[Mention]) -> list[Mention]:
    """Keep, of mentions that overlap, the surest; of equals, and in running text, the longest."""
    order = sorted(
        mentions,
        key=lambda m: (-0.6 if m.how in RUNNING else -m.confidence, m.start - m.end, m.start),
    )
    kept: list[Mention] = []
    taken: dict[int, Mention] = {}
    for mention in order:
        span = range(mention.start, mention.end)
        if not any(i in taken for i in (mention.start, mention.end - 1)) and not any(
            i in taken for i in span
        ):
            kept.append(mention)
            taken |= dict.fromkeys(span, mention)
    return sorted(kept, key=lambda m: m.start)


def _bracketed(document: Document, actors: list[Actor]) -> list[Actor]:
    """Read brackets behind names: an acronym or a long form is an alias, the rest is a gloss."""
    by_start = {m.start: (m, a) for a in actors for m in a.mentions}
    gone: dict[int, Actor] = {}
    for actor in actors:
        for mention in list(actor.mentions):
            match = _BRACKET.match(document.view, mention.end)
            if not match:
                continue
            inside = document.clean(*match.span(1))
            kind = alias_kind(mention.name, inside)
            if not kind and mention.how in ("list item", "link") and _official(inside):
                kind = "name"
            inner = by_start.get(match.start(1))
            if not kind:
                continue
            place = Mention(*match.span(1), inside, "bracket", 0.8)
            actor.aliases[inside] = (kind, place)
            if inner and inner[1] is not actor and inner[0].end <= match.end(1):
                gone[id(inner[1])] = actor
    kept = [a for a in actors if id(a) not in gone]
    for actor in actors:
        if (into := gone.get(id(actor))) is not None:
            while (further := gone.get(id(into))) is not None and further is not into:
                into = further
            into.mentions += actor.mentions
            into.aliases |= {k: v for k, v in actor.aliases.items() if k != into.name}
            into.publisher |= actor.publisher
            if fold(actor.name) != fold(into.name):
                into.aliases.setdefault(
                    actor.name, ("acronym" if actor.name.isupper() else "name", actor.first)
                )
    return kept


def alias_kind(name: str, inside: str) -> str:
    """Return what brackets behind a name hold: ``acronym``, ``name`` (a long form), or neither.

    Plain letter-subsequence rules make wrong pairs: the initials of the capitalised words must be
    there, in order.

    >>> alias_kind("Centre Socialiste d'Éducation Permanente", "CESEP")
    'acronym'
    >>> alias_kind("ICETT", "Denktank van de Internationale Coöperatieve Alliantie")
    ''
    """
    if "," in inside or len(inside) > 120:
        return ""
    if _abbreviates(inside, name):
        return "acronym"
    return "name" if _abbreviates(name, inside) else ""


def _official(inside: str) -> bool:
    """Say whether brackets behind a listed name hold a whole name: its own in another language."""
    parts = TOKEN.findall(inside)
    told = inside.isupper() or any(fold(p) in words("en").heads for p in parts)
    legal = bool(normalise(inside).legal_form) and len(parts) > 1
    return len(parts) > 1 and "," not in inside and inside[:1].isupper() and (told or legal)


def _abbreviates(short: str, long: str) -> bool:
    first, _, rest = short.partition(" ")
    if rest and long.endswith(f" {rest}"):
        # ESJ Lille for École supérieure de journalisme de Lille.
        initials = normalise(long[: -len(rest)]).initials
        return any(fold(first) in (i.lower(), i.lower()[:-1]) for i in initials)
    letters = re.sub(r"[^\w]", "", short)
    parts = [p for p in re.split(r"[\s'’/-]+", long) if p]
    if not 2 <= len(letters) <= 12 or " " in short.strip() or len(parts) < 2:
        return False
    if sum(c.isupper() for c in letters) < 2:
        return False
    folded = fold(letters).replace(" ", "")
    name = normalise(long)
    if any(folded == i.lower() for i in name.initials):
        return True
    if short in long.split():
        return True
    capitals = [fold(p) for p in parts if p[0].isupper()]
    if len(capitals) < 2 or folded[0] != capitals[0][0]:
        return False
    return initials_in_order(folded, capitals)


def _by_initials(actors: list[Actor]) -> list[Actor]:
    """Join an acronym to the one long name of the page whose initials it is."""
    named: dict[str, list[Actor]] = {}
    for actor in actors:
        for initials in normalise(actor.name).initials if " " in actor.name else ():
            named.setdefault(initials, []).append(actor)
    short = [a for a in actors if a.name.replace("-", "").isupper() and " " not in a.name]
    gone: set[int] = set()
    for actor in short:
        letters = re.sub(r"\W", "", actor.name)
        long = [a for a in named.get(letters, []) if a is not actor]
        if len(long) == 1 and len(letters) > 2 and id(long[0]) not in gone:
            long[0].mentions += actor.mentions
            long[0].aliases[actor.name] = ("acronym", actor.first)
            gone.add(id(actor))
    return [a for a in actors if id(a) not in gone]
