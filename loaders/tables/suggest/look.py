"""What a column looks like: how full it is, which values it has, and what its header says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import FALSE_WORDS, MISSING, TRUE_WORDS, WORDS
from partnergraph.loaders.tables.dates import read_dates
from partnergraph.loaders.tables.readers import country, read_numbers, role_in_brackets
from partnergraph.loaders.tables.reshape import LIST, joined_text

SEPARATORS = ("|", ";", ",")
MOST_VALUES = 400
_ROLES: dict[str, str] = {
    word: role for role, words in WORDS["headers"].items() for word in words.split()
}
_ROW_WORDS = {"row", "rij", "ligne", "zeile", "line", "index", "no", "nr", "n", "volgnummer"}
_POSTCODES = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|([A-Z]{1,2}-)?\d{3,5}([ -][A-Z]{2}|[ -]\d{2,4})?"
_MEASURES = r"[€$£]? ?\d[\d.,]* ?(%|[a-z²³€$£]{1,4}\b).*"
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+([;, ]+[^@\s]+@[^@\s]+\.\w+)*")
_PHONE = re.compile(r"(\+|00|\(0|0)[\d\s()./-]{7,}")
_URL = re.compile(
    r"(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.(org|com|net|eu|[a-z]{2})(/\S*)?", re.IGNORECASE
)
_CODE = re.compile(r"(?=\S*\d)[A-Z0-9][\w./:-]*")
_URI = r"(?-i:[a-z][a-z0-9+.-]*:[^\s/]\S*)"
_UNNAMED = re.compile(
    f"{_POSTCODES}|{_MEASURES}|{_MAIL.pattern}|{_PHONE.pattern}|{_URL.pattern}|{_URI}"
)
_PERSON = re.compile(rf"({WORDS['courtesy'].replace(' ', '|')})\.? .+", re.IGNORECASE)
_QUESTION = re.compile(r"\?|\b(yes|oui|ja|si|y|o|j) ?/ ?(no|non|nee|nein|n)\b", re.IGNORECASE)
_FORENAMED = re.compile(r"([^\W\d_][\w'’.-]* ){1,3}[^\W\d_]['’\w-]+")
_BODY = re.compile(rf"\b({WORDS['bodies'].replace(' ', '|')})|\b(of|for|voor|pour|fur)\b")
ENTITIES: dict[str, str] = {
    word: kind for kind, words in WORDS["entities"].items() for word in words.split()
}
GENERIC, TITLES = frozenset(WORDS["generic"].split()), frozenset(WORDS["titles"].split())
_IDS, _NOT_IDS = ({*WORDS[name].split()} for name in ("ids", "not_ids"))
JOINING = frozenset(WORDS["joining"].split())
_BETWEEN = frozenset(WORDS["between"].split())
TELLING = frozenset(WORDS["telling"].split())
MARKS = {"x", "v", "✓", "✔", "✗", "1", "0", "o", "y", "n", "j"}
_NOT_TEXT = {*TRUE_WORDS, *FALSE_WORDS, "null", "on", "off", "y", "n"}


@dataclass(frozen=True, eq=False)
class Look:
    """A column and what can be seen of it.

    Attributes
    ----------
    elsewhere
        Values of the columns beside it.
    told
        What it is by more than its header, as a role; blank where the header decides.
    """

    title: str
    values: pd.Series
    elsewhere: frozenset[str] = frozenset()
    told: str = ""

    @cached_property
    def filled(self) -> pd.Series:
        """Values that are not blank."""
        texts = self.values.map(_text)
        return texts[~texts.str.casefold().isin(MISSING)] if len(texts) else texts

    @cached_property
    def counts(self) -> pd.Series:
        """How often each value occurs."""
        return self.filled.value_counts()

    @cached_property
    def some(self) -> list[str]:
        """The most frequent values."""
        return [str(v) for v in self.counts.index[:MOST_VALUES]]

    @property
    def share(self) -> float:
        """Share of rows that have a value."""
        return len(self.filled) / max(1, len(self.values))

    @property
    def distinct(self) -> float:
        """Number of different values, divided by the number of values."""
        return len(self.counts) / max(1, len(self.filled))

    @cached_property
    def header(self) -> str:
        """The header in folded words with hyphens between."""
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.title)
        plain = re.sub(r"(?<=[^\W\d]{4})(?=\d+$)", " ", plain)  # City1 is city 1
        plain = re.sub(r"[_:./()#-]+", " ", plain)
        return re.sub(r"-s$", "", fold(plain).replace(" ", "-"))  # Thema's are thema

    def all(self, test: Callable[[str], Any], share: float = 0.9) -> bool:
        """Return whether nearly all values pass."""
        return bool(self.some) and sum(map(bool, map(test, self.some))) >= share * len(self.some)

    @cached_property
    def numeric(self) -> bool:
        """Whether nearly all values are numbers."""
        return bool(self.some) and len(read_numbers(self.some).causes) <= 0.02 * len(self.some)

    @cached_property
    def dated(self) -> bool:
        """Whether nearly all values are dates."""
        read = read_dates(self.some)
        good = sum(v is not None for v in read.values)
        return bool(self.some) and good >= 0.9 * len(self.some)

    @cached_property
    def nameable(self) -> bool:
        """Whether its values can be names: no numbers, dates, countries, postcodes or measures."""
        return not (
            self.numeric
            or self.dated
            or self.all(country)
            or self.all(_UNNAMED.fullmatch)
            or self.all(lambda v: v.casefold() in TRUE_WORDS | FALSE_WORDS)
        )

    @cached_property
    def personal(self) -> bool:
        """Whether its values are of persons: e-mail addresses, telephone numbers, names."""
        return (
            self.all(_MAIL.fullmatch, 0.7)
            or (self.entity == "person" and not self.dated and self.all(_PHONE.fullmatch, 0.7))
            or self.all(_PERSON.fullmatch, 0.4)
        )

    @cached_property
    def forenamed(self) -> bool:
        """Whether its values look like names of persons: two to four words, none of a body."""
        shaped = self.all(
            lambda v: _FORENAMED.fullmatch(v) and v.istitle() and not v.isupper(), 0.7
        )
        return shaped and self.bodied < 0.1

    @property
    def identifying(self) -> bool:
        """Whether its header says that its values identify something, other than a place."""
        words = {*self.header.split("-")}
        return (self.role == "id" or bool(words & _IDS)) and not words & _NOT_IDS

    @cached_property
    def coded(self) -> bool:
        """Whether its values are codes: no spaces, and a digit in each."""
        return self.all(_CODE.fullmatch, 0.8)

    @cached_property
    def bodied(self) -> float:
        """Share of its values that have a word for an organisation."""
        return sum(bool(_BODY.search(fold(v))) for v in self.some) / max(1, len(self.some))

    @cached_property
    def addressed(self) -> bool:
        """Whether its values are web addresses."""
        return self.all(_URL.fullmatch, 0.7)

    @cached_property
    def truthful(self) -> bool:
        """Whether its values are yes and no, or marks such as x."""
        words = TRUE_WORDS | FALSE_WORDS | MARKS
        return self.all(lambda v: v.casefold() in words, 0.6) and len(self.counts) <= 5

    @cached_property
    def worded(self) -> bool:
        """Whether its values are texts rather than names."""
        return bool(self.some) and sum(map(len, self.some)) > 90 * len(self.some)

    @cached_property
    def entity(self) -> str:
        """The kind of what its header says that it names; ``thing`` for a name of anything."""
        words = self.header.split("-")
        found = [(kind_of_word(w), n) for n, w in enumerate(words)]
        kinds = [(k, n) for k, n in found if k and k != "thing"]
        if not kinds:
            return "thing" if set(words) & GENERIC or any(k for k, _ in found) else ""
        # The partner of a project is a partner, and so is the project partner.
        of = set(words[: kinds[-1][1]]) & _BETWEEN and len(kinds) > 1
        return kinds[0][0] if of else kinds[-1][0]

    @cached_property
    def tells_of(self) -> bool:
        """Whether its header is of something that another names: the profile of the partner."""
        words = self.header.split("-")
        first = next((n for n, w in enumerate(words) if w in _BETWEEN), 0)
        before = words[:first]
        return bool(before) and not any(w in GENERIC or kind_of_word(w) for w in before)

    @cached_property
    def asks(self) -> bool:
        """Whether its header is a question: the cells are answers to it."""
        return bool(_QUESTION.search(self.title))

    @cached_property
    def counts_rows(self) -> bool:
        """Whether it only numbers the rows: 1, 2, 3 … under a header such as Row."""
        numbers = [str(n) for n in range(1, len(self.filled) + 1)]
        return self.header in _ROW_WORDS and self.filled.tolist() == numbers

    @cached_property
    def separator(self) -> str | None:
        """What separates several values in its cells, None where they hold one."""
        if any(LIST in v for v in self.some):
            return ""
        for mark in SEPARATORS:
            if mark == "," and self.entity == "place":
                continue  # a town with its country
            with_mark = [v for v in self.some if mark in v]
            if len(with_mark) < max(1, 0.02 * len(self.some)):
                continue
            parts = [p.strip() for v in with_mark for p in v.split(mark)]
            if any(len(p) >= 60 for p in parts) or ("" in parts and mark == ","):
                continue
            # Most cells are lists, or values of lists are met again; parts of a sentence are not.
            alone = {v.strip() for v in self.some if mark not in v}
            again = len(set(parts)) < 0.7 * len(parts) or bool(alone & set(parts))
            # The last part may be a country or a town, whose column is beside this one.
            again |= bool(self.elsewhere & {v.split(mark)[0].strip() for v in with_mark})
            most = 2 * len(with_mark) >= len(self.some) and max(map(len, parts)) < 40
            if (
                set(parts) <= alone
                or (len(with_mark) > 1 and again)
                or (mark != "," and (most or again))
            ):
                return mark
        return None

    @cached_property
    def parts(self) -> list[str]:
        """The values of its cells, each part of a list on its own."""
        mark = LIST if self.separator == "" else self.separator
        cells = [v.split(mark) if mark else [v] for v in self.some]
        return list(dict.fromkeys(p.strip() for cell in cells for p in cell if p.strip()))

    @cached_property
    def bracketed(self) -> bool:
        """Whether roles stand in brackets after its names: Alpha (coordinator)."""
        told = sum(role_in_brackets(p)[1] is not None for p in self.parts)
        return self.entity != "project" and told >= max(2, 0.2 * len(self.parts))

    @property
    def named(self) -> bool:
        """Whether the whole header is a word for what the column is."""
        return self.header in _ROLES

    @cached_property
    def role(self) -> str:
        """What the header says the column is; blank where it says nothing."""
        return self.told or role_of(self.header)

    def shown(self) -> str:
        """Return a comment on how full it is and which values it has."""
        examples = ", ".join(harmless(v)[:30] for v in self.some[:3])
        return f"{len(self.filled):,} filled, {len(self.counts):,} different: {examples}"


def _text(cell: Any) -> str:
    return joined_text(cell) if isinstance(cell, list) else joined_text(cell).strip()


def kind_of_word(word: str) -> str:
    """Return the kind of what a word of a header names; blank where it names nothing.

    >>> kind_of_word("projectpartners"), kind_of_word("projectnaam"), kind_of_word("budget")
    ('organisation', 'project', '')
    """
    if kind := ENTITIES.get(word):
        return kind
    for size in range(min(len(word) - 3, max(map(len, ENTITIES))), 5, -1):
        if word[-size:] in ENTITIES and ENTITIES[word[-size:]] != "thing":
            return ENTITIES[word[-size:]]
        if word[:size] in ENTITIES and word[size:].lstrip("s") in GENERIC:
            return ENTITIES[word[:size]]
    return ""


def role_of(header: str) -> str:
    """Return what a folded header says a column is; blank where it says nothing."""
    if header in _ROLES:
        return _ROLES[header]
    words = header.split("-")
    for size in (3, 2, 1):
        for start in (len(words) - size, 0):
            part = "-".join(words[max(0, start) : max(0, start) + size])
            if size < len(words) and len(part) > 2 and part in _ROLES:
                return _ROLES[part]
    return ""


def quoted(text: str) -> str:
    """Return text as YAML, quoted where it could be taken for more."""
    plain = re.fullmatch(r"[^\W\d][\w-]*( [\w-]+)*", text) and text.isascii()
    if plain and text.casefold() not in _NOT_TEXT:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def harmless(text: str) -> str:
    """Return text that may stand in a comment."""
    plain = text.replace(LIST, "; ")
    return "".join(c if c.isprintable() else " " for c in plain)[:80]
