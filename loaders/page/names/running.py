"""Names in running text: runs of capitalised words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnergraph.loaders.identity.normaliser import fold, is_legal_form, is_listed
from partnergraph.loaders.page.document import FILLER, Block
from partnergraph.loaders.page.names.clues import Clues, is_place
from partnergraph.loaders.page.names.entries import AND
from partnergraph.loaders.page.names.named import Mention
from partnergraph.loaders.page.names.tokens import (
    INNER_CAPITAL,
    TOKEN,
    UPPER,
    has_head,
    is_capital,
    is_dotted_form,
)
from partnergraph.loaders.page.words import Words, shared, words

_ELIDED = re.compile(rf"(?:[dlDL]|qu|jusqu)'{FILLER}*(?=[{UPPER}])")
_GAP = re.compile(rf"(?:[ {FILLER}]{{0,2}}|\s?[&+]\s?|-,? |\n)")
_WHO = re.compile(
    rf"[{UPPER}][\w'-]*(?:\s(?:(?:van|de|den|der|von|du|le|la)\s){{0,2}}[{UPPER}][\w'-]*){{0,3}}"
)
_MOST_WORDS = 11


def in_text(clues: Clues) -> Iterator[Mention]:
    """Yield the names in running text."""
    for index, block in enumerate(clues.document.blocks):
        data = clues.is_data and block.kind == "item"
        if index in clues.skipped or block.kind in ("image", "heading") or data:
            continue
        text = clues.document.clean(block.start, min(block.end, block.start + 60))
        if text.partition(" ")[0].casefold() in shared().calls and len(text) < 40:
            continue
        run = _Run(clues, block, words(block.language))
        for start, end in run.spans():
            mention = run.judge(start, end)
            if mention is not None:
                yield mention
        yield from _offices(clues, block)


def _offices(clues: Clues, block: Block) -> Iterator[Mention]:
    """Yield the offices of ministers and the like, which are named by a person."""
    for match in shared().offices.finditer(clues.view, block.start, block.end):
        if name := _WHO.match(clues.view, match.end(), block.end):
            span = (match.start(), name.end())
            yield Mention(*span, clues.document.clean(*span), "office", 0.7)


class _Run:
    """The runs of capitalised words in one block; tokens are start, end and text."""

    def __init__(self, clues: Clues, block: Block, w: Words) -> None:
        self.clues, self.view, self.block, self.w = clues, clues.view, block, w
        self.foreign = clues.connectors(w.code)
        self.tokens = list(self._tokens())

    def _tokens(self) -> Iterator[tuple[int, int, str]]:
        for match in TOKEN.finditer(self.view, self.block.start, self.block.end):
            start, text = match.start(), match.group().replace(FILLER, "")
            elided = _ELIDED.match(text)
            if elided and len(text) > elided.end():
                # An elision is a separate token, so that a name can begin after it.
                yield start, start + elided.end(), text[: elided.end()]
                start, text = start + elided.end(), text[elided.end() :]
            yield start, match.end(), text

    # -- how a run begins and ends -------------------------------------------------------------

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield the longest runs of capitalised words and of what can link them."""
        i = 0
        while i < len(self.tokens):
            start, _, text = self.tokens[i]
            if not is_capital(text):
                i += 1
                continue
            small = text.casefold() in self.w.function and self.clues.is_initial(start, self.block)
            headed = fold(text) in shared().heads and not small
            last = i
            while last - i <= _MOST_WORDS and (after := self._after(last, headed)):
                last = after
                headed = headed or fold(self.tokens[last][2]) in shared().heads
            yield start, self.tokens[last][1]
            i = last + 1

    def _after(self, last: int, headed: bool) -> int | None:
        """Return the next capitalised token that continues a run, None where the run ends."""
        k = last + 1
        while k < len(self.tokens) and k - last <= 4 and self._links(k, headed):
            k += 1
        k = max(k, self._glued(last))
        if k >= len(self.tokens) or k - last > 4 or not self._is_joined(k):
            return None
        if not is_capital(self.tokens[k][2]) or self._parts(last + 1, k):
            return None
        if headed and fold(self.tokens[k][2]) in shared().heads:
            # The School of Management at the University of Ghent is one in the other.
            at = {t[2].casefold() for t in self.tokens[last + 1 : k]}
            return None if at & {"at", "aan"} else k
        return k

    def _glued(self, last: int) -> int:
        """Return the token after small words that are certainly another language's."""
        for size in (4, 3, 2, 1):
            after = self.tokens[last + 1 : last + 1 + size]
            small = " ".join(t[2].casefold() for t in after).replace("' ", "'")
            joined = all(self._is_joined(k) for k in range(last + 1, last + 1 + len(after)))
            if (
                len(after) == size
                and joined
                and any(
                    small in glue for code, glue in shared().glue.items() if code != self.w.code
                )
            ):
                return last + 1 + size
        return last + 1

    def _is_joined(self, k: int) -> bool:
        """Return whether only a space, or an ampersand, is between a token and the one before."""
        gap = self.view[self.tokens[k - 1][1] : self.tokens[k][0]]
        if gap == "! ":
            return self.tokens[k - 1][2] in self.clues.exclaimed
        return bool(_GAP.fullmatch(gap)) and "\n\n" not in gap

    def _links(self, k: int, headed: bool) -> bool:
        """Return whether a small word can stand inside the name that continues after it."""
        word = self.tokens[k][2].casefold()
        can = word in ("d'", "l'") or word in self.foreign or (headed and word in self.w.connectors)
        return can and self._is_joined(k)

    def _parts(self, first: int, last: int) -> bool:
        """Return whether "and" parts two names: an article or a head word follows it."""
        small = [t[2].casefold() for t in self.tokens[first:last]]
        if AND[self.w.code] not in small:
            return False
        following = fold(self.tokens[last][2])
        head = following in shared().heads
        if {"de", "du", "des"} & {*small} and not head and is_listed(following):
            # Ministère de la Culture et de la Jeunesse.
            return False
        return head or not self.w.articles.isdisjoint(small)

    # -- whether a run is a name ---------------------------------------------------------------

    def judge(self, start: int, end: int) -> Mention | None:
        """Return a run as a mention where its place and its words support it."""
        clues = self.clues
        initial = clues.is_initial(start, self.block)
        if start in clues.places or start in clues.persons:
            return None
        quote = clues.quotation(start)
        if quote and (end < quote[1] - 1 or start > quote[0] + 4):
            return None
        tokens, initial = self._begun(list(TOKEN.finditer(self.view, start, end)), initial)
        if not tokens:
            return None
        if len(tokens) > 1 and self._is_at_place(tokens):
            tokens = tokens[1:]
        start = tokens[0].start()
        if self._is_page(start, end):
            return None
        if self.view[end : end + 1] == "!" and re.match(
            r"![,:)]|!\s[a-z]", self.view[end : end + 3]
        ):
            end += 1
        if re.search(r"\w'[sS]$", self.view[start:end]):
            end -= 2
        end += is_dotted_form(self.view, end)
        name = clues.document.clean(start, end)
        if self._is_described(start) or not clues.is_name(name, strict=False):
            return None
        if clues.is_person(name, end) or self._is_after_title(start):
            return None
        if len(tokens) == 1:
            return self._single(start, end, name, initial)
        folded = fold(name).split()
        if self._is_of_places(name) or shared().headings.issuperset(folded):
            return None
        if all(f in clues.own or f in shared().function for f in folded):
            return None
        return Mention(start, end, name, "run", 0.65 if has_head(name) else 0.55)

    def _begun(
        self, tokens: list[re.Match[str]], initial: bool
    ) -> tuple[list[re.Match[str]], bool]:
        """Drop the first words of a run that are not part of the name."""
        while tokens and self._drops(tokens[0].group(), initial):
            tokens = tokens[1:]
            initial = initial and bool(tokens and tokens[0].group().casefold() in shared().function)
        while tokens and not is_capital(tokens[0].group()):
            tokens = tokens[1:]
        return tokens, initial

    def _drops(self, token: str, initial: bool) -> bool:
        word = token.casefold().removesuffix("'")
        if word in shared().function and (initial or not INNER_CAPITAL.search(token)):
            return initial or not token[0].isupper()
        if initial and word in self.clues.lower and word not in self.clues.inner:
            return True
        common = initial or fold(word) in shared().networks
        return word in shared().never and common and not token.isupper()

    def _is_at_place(self, tokens: list[re.Match[str]]) -> bool:
        """Return whether a run begins with a place of its own: in Belgium ACME works."""
        first, second = tokens[0].group(), tokens[1].group()
        before = self.view[max(self.block.start, tokens[0].start() - 30) : tokens[0].start()]
        formed = bool(INNER_CAPITAL.search(second))
        return formed and is_place(first) and bool(self.w.place_before.search(before))

    def _is_page(self, start: int, end: int) -> bool:
        """Return whether a run is a link to another page of the site, not about a partner."""
        link = self.clues.link_at.get(start)
        if link is None or link.image or link.end < end or has_head(self.view[start:end]):
            return False
        local = bool(re.match(r"/(?!/)|#|\.{1,2}/|\w+\.html?$", link.url))
        return local and not shared().partnerly.search(link.url)

    def _is_described(self, start: int) -> bool:
        """Return whether an indefinite article before it makes a run a description."""
        before = self.view[max(self.block.start, start - 60) : start]
        match = re.search(r"(?<!\w)(\w+)[\s'](?:[\w-]+\s+)?(?:[\w-]+\s+)?$", before)
        if re.search(r"\b(?:own|eigen|propres?)\s$", before, re.I):
            return True
        near = [p.casefold() for p in re.findall(r"[\w-]+|[,.;:()]", before)[-3:]]
        at = max((i for i, p in enumerate(near) if p in self.w.indefinite), default=-1)
        ends = self.w.connectors | set(",.;:()")
        return bool(match) and at >= 0 and ends.isdisjoint(near[at + 1 :])

    def _is_after_title(self, start: int) -> bool:
        before = self.view[max(self.block.start, start - 25) : start]
        return bool(re.search(rf"(?:{shared().roles.pattern})\.?\s$", before, re.I))

    def _single(self, start: int, end: int, name: str, initial: bool) -> Mention | None:
        """Judge a single word: an acronym, an unusual form, or capitalised inside a sentence."""
        clues, word, folded = self.clues, name.casefold().rstrip("!"), fold(name)
        if folded in shared().headings or folded in clues.own or folded in shared().heads:
            return None
        if word in shared().never or word in shared().function or is_place(name) or len(name) < 2:
            return None
        tail = name.rpartition("-")[2]
        compound = tail != name and tail[:1].islower() and fold(tail) not in shared().heads
        if compound or is_legal_form(folded):
            # "MeiseBG-collectie" is an ordinary noun, not a name.
            return None
        formed = bool(INNER_CAPITAL.search(name)) and not re.fullmatch(r"[IVXLC]+", name)
        if formed:
            return Mention(start, end, name, "word", 0.6)
        before = self.view[max(self.block.start, start - 30) : start]
        if self.w.place_before.search(before) or word in clues.lower:
            return None
        subject = initial and clues.is_subject(start, end, self.w.code)
        if initial and word not in clues.inner and not subject:
            return None
        return Mention(start, end, name, "word", 0.45)

    def _is_of_places(self, name: str) -> bool:
        """Return whether every word of a run is a place, or an adjective of one."""
        parts = [p for p in TOKEN.findall(name) if p.casefold() not in shared().function]
        return all(is_place(p) or p.casefold() in shared().never for p in parts)
