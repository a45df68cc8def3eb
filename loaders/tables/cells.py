"""Cells as people write them, read column by column: dates, countries, numbers, yes and no.

Every reader takes the different values of a column and returns, for each, what it means or why it
means nothing. What depends on the column as a whole (whether 03/04 is in April or in March,
whether 1,234 is above a thousand) is decided from all its values, and said.

>>> read_dates(["31.12.2019", "1/2/2020", "31.12.9999", "soon"]).values
['2019-12-31', '2020-02-01', '..', None]
>>> read_countries(["Osterreich", "BE", "belgië", "Atlantis"]).values
['AT', 'BE', 'BE', None]
>>> read_numbers(["1.234,50 €", "7", "3,5"]).values
[1234.5, 7.0, 3.5]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from partnergraph.graph.errors import BadParameter
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.periods import OPEN, span
from partnergraph.graph.schema import SCHEMA, Column
from partnergraph.loaders.identity.normaliser import fold, normalise

MISSING = frozenset(
    ["", "na", "n/a", "#n/a", "n.a.", "null", "none", "nan", "nil", "-", "–", "—", "?", "#ref!"]
)
# A year beyond which a date stands for no end.
LATEST_YEAR, NO_END = 2200, (9999, 2999)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_YES = frozenset(
    ["true", "yes", "y", "1", "oui", "vrai", "ja", "waar", "wahr", "x", "j", "o", "1.0", "on", "v"]
)
_NO = frozenset(
    ["false", "no", "n", "0", "non", "faux", "nee", "onwaar", "nein", "falsch", "0.0", "off", "f"]
)
_MONTHS = {
    form: number
    for number, forms in enumerate(
        [
            "january januari janvier januar jan janv",
            "february februari fevrier februar feb fevr",
            "march maart mars marz maerz mar mrt mrz",
            "april avril apr avr",
            "may mei mai",
            "june juni juin jun",
            "july juli juillet jul juil",
            "august augustus aout aug",
            "september septembre sep sept",
            "october oktober octobre oct okt",
            "november novembre nov",
            "december decembre dezember dec dez",
        ],
        start=1,
    )
    for form in forms.split()
}
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_PARTS = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})(?:[T ]+\d{1,2}:\d{2}.*)?")
_WORDS = re.compile(
    r"(?:[^\W\d]+[, ]+)?(\d{1,2})(?:st|nd|rd|th|er|e|\.)?[ -]+([^\W\d]+)\.?,?[ -]+"
    r"(\d{4})"
)
_AMERICAN = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_YEAR = re.compile(r"([^\W\d]+)\.?[ /-]+(\d{4})")
_DIGITS_MONTH = re.compile(r"(\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(1[89]\d\d|20\d\d|9999)(\d\d)(\d\d)")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_CURRENCIES = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "usd": "USD",
    "gbp": "GBP",
    "chf": "CHF",
}


@dataclass
class Read:
    """What values of a column mean.

    Attributes
    ----------
    values
        Meaning of each; None where it has none.
    causes, remedies
        Why a value has no meaning, or may have another, and what to do; by position.
    said
        What was decided for the column as a whole.
    """

    values: list[Any]
    causes: dict[int, str] = field(default_factory=dict)
    remedies: dict[int, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def wrong(self, position: int, cause: str, remedy: str) -> None:
        """Note that the value at a position means nothing, or is doubtful."""
        self.causes[position], self.remedies[position] = cause, remedy


def clean(text: str) -> str:
    """Return text without control characters and outer spaces, line ends kept.

    >>> clean("  A\\x07 b\\u00a0 ")
    'A b'
    """
    if not text.isascii() or not text.isprintable():
        text = CONTROL.sub("", text).replace("\u00a0", " ").replace("\r\n", "\n")
    return text.strip()


# -- dates -----------------------------------------------------------------------------------


def read_dates(values: Sequence[str], *, order: str | None = None) -> Read:
    """Read dates as EDTF.

    Parameters
    ----------
    order
        ``dmy`` or ``mdy`` where a person has said it; else the column tells: a value with a first
        part above 12 is d/m/y, one with a second part above 12 is m/d/y.
    """
    read = Read([None] * len(values))
    pairs = [(int(m[1]), int(m[2])) for v in values if (m := _PARTS.fullmatch(v.strip()))]
    first = sum(a > 12 >= b for a, b in pairs)
    second = sum(b > 12 >= a for a, b in pairs)
    mixed = bool(first and second) and order is None
    chosen = order or ("mdy" if second > first else "dmy")
    if pairs and order is None:
        words = "day/month/year" if chosen == "dmy" else "month/day/year"
        if mixed:
            why = f"{first} can only be day/month and {second} only month/day"
        elif first or second:
            why = f"{max(first, second)} can be nothing else"
        else:
            why = "no date tells; say `dates: mdy` in the mapping if that is wrong"
        read.said.append(f"dates are read as {words} ({why})")
    for position, value in enumerate(values):
        try:
            read.values[position] = _date(value.strip(), chosen)
        except ValueError as error:
            read.wrong(position, str(error), "Write 2016, 2018-10 or 2018-10-05, '..' for open")
            continue
        parts = _PARTS.fullmatch(value.strip())
        if mixed and parts and max(int(parts[1]), int(parts[2])) <= 12 and parts[1] != parts[2]:
            cause = f"{value!r} may be day/month or month/day; it is read as {chosen}"
            read.wrong(position, cause, "Say `dates: dmy` or `dates: mdy` in the mapping")
    return read


def _date(text: str, order: str) -> str:
    """Return one date as EDTF, or raise a ValueError that says why it is none."""
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _PARTS.fullmatch(text):
        a, b, year = int(match[1]), int(match[2]), int(match[3])
        day, month = (a, b) if order == "dmy" else (b, a)
        if month > 12 >= day:  # this one can only be the other way round
            day, month = month, day
        if len(match[3]) == 2:
            year += 1900 if year >= 50 else 2000
        return _day(year, month, day, text)
    if match := _YEAR.fullmatch(text):
        return _far(int(match[1]), text) or match[1]
    if match := _WORDS.fullmatch(text):
        return _day(int(match[3]), _month(match[2], text), int(match[1]), text)
    if match := _AMERICAN.fullmatch(text):
        return _day(int(match[3]), _month(match[1], text), int(match[2]), text)
    if (match := _DIGITS_MONTH.fullmatch(text)) and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02}"
    if match := _COMPACT.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if (match := _MONTH_YEAR.fullmatch(text)) and fold(match[1]) in _MONTHS:
        return f"{match[2]}-{_month(match[1], text):02}"
    try:
        span(text)
    except BadParameter:
        pass
    else:
        return text
    serial = "; a spreadsheet has probably changed it" if re.fullmatch(r"[1-6]\d{4}", text) else ""
    raise ValueError(f"{text[:60]!r} is no date that is known{serial}")


def _day(year: int, month: int, day: int, text: str) -> str:
    far = _far(year, text)
    if far:
        return far
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError(f"{text!r} is no day of a calendar") from None
    return f"{year:04}-{month:02}-{day:02}"


def _far(year: int, text: str) -> str | None:
    if year in NO_END:
        return OPEN
    if year > LATEST_YEAR:
        raise ValueError(f"{text!r} lies too far ahead; list it under `missing` or `open`")
    return None


def _month(word: str, text: str) -> int:
    month = _MONTHS.get(fold(word))
    if month is None:
        raise ValueError(f"{text[:60]!r} has no month that is known")
    return month


# -- numbers and truth -----------------------------------------------------------------------


def read_numbers(values: Sequence[str]) -> Read:
    """Read numbers; what the comma and the point mean is decided from the column."""
    if all(v.replace(".", "", 1).isdecimal() and v.isascii() for v in values):
        return Read([float(v) for v in values])
    bare = [
        re.sub(r"[\s\u00a0\u202f'’_]|[€$£¥]|(?i:euros?|eur|usd|gbp|chf)", "", v) for v in values
    ]
    comma, said = _decimal_comma(bare)
    read = Read([None] * len(values), said=said)
    for position, text in enumerate(bare):
        text = text.removesuffix(",-").removesuffix(".-")
        percent = text.endswith("%")
        text = text.rstrip("%")
        plain = _with_point(text, comma)
        try:
            if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
                raise ValueError
            number = float(plain)
            if abs(number) > 1e300:
                raise ValueError
            read.values[position] = number / 100 if percent else number
        except ValueError:
            cause = f"{values[position][:60]!r} is no number"
            read.wrong(position, cause, "Write digits, with one decimal sign")
    return read


def _with_point(text: str, comma: bool) -> str:
    """Return a number with a decimal point and no other sign between its digits."""
    group, sign = (".", ",") if comma else (",", ".")
    if sign not in text and re.fullmatch(rf"[+-]?\d+\{group}(\d{{1,2}}|\d{{4,}})", text):
        group, sign = sign, group  # the only sign, and no group of three behind it
    return text.replace(group, "").replace(sign, ".")


def _decimal_comma(values: Sequence[str]) -> tuple[bool, list[str]]:
    """Say whether the comma is the decimal sign of a column of numbers."""
    commas = [v for v in values if "," in v]
    if not commas:
        grouped = [v for v in values if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}", v)]
        return bool(grouped), ["points group the digits of numbers"] if grouped else []
    decimal = sum(bool(re.fullmatch(r"[+-]?[\d.]*,(\d{1,2}|\d{4,}|-)%?", v)) for v in commas)
    decimal += sum(v.rfind(",") > v.rfind(".") > -1 for v in commas)
    point = sum(v.rfind(".") > v.rfind(",") for v in commas)
    point += sum(bool(re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}", v)) for v in commas)
    if decimal > point:
        return True, ["numbers have a decimal comma"]
    if not point:
        return False, ["commas group the digits of numbers (none can be a decimal comma only)"]
    return False, ["commas group the digits of numbers"]


def read_truths(values: Sequence[str]) -> Read:
    """Read yes and no in en, nl, fr and de."""
    read = Read([None] * len(values))
    for position, value in enumerate(values):
        word = value.strip().casefold()
        if word in _YES or word in _NO:
            read.values[position] = word in _YES
        else:
            read.wrong(position, f"{value[:60]!r} is neither yes nor no", "Write yes or no")
    return read


# -- words of a list -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def countries() -> MappingProxyType[str, str]:
    """Return the code of each country by every folded spelling that is known."""
    raw = packaged_yaml("partnergraph.loaders.tables", "countries.yaml")
    known = {code.casefold(): code for code in raw}  # fold would make the word "and" of ET
    for code, names in raw.items():
        for name in names:
            known.setdefault(fold(str(name)), code)
    return MappingProxyType(known)


def country(text: str) -> str | None:
    """Return the code of a country, None where it is none that is known.

    >>> country("Koninkrijk België"), country("the Netherlands"), country("U.K.")
    ('BE', 'NL', 'GB')
    """
    known, folded = countries(), fold(text)
    if found := known.get(text.strip().casefold()) or known.get(folded):
        return found
    bare = re.sub(
        r"^(the|koninkrijk|royaume d|royaume de|kingdom of|republic of|republiek|"
        r"republique de|republique) +",
        "",
        folded,
    )
    return known.get(bare)


def read_countries(values: Sequence[str]) -> Read:
    """Read countries as ISO 3166-1 alpha-2, however they are spelt."""
    read = Read([country(value) for value in values])
    for position, value in enumerate(values):
        if read.values[position] is None:
            near = _near_country(fold(value[:60]))
            hint = f"Did you mean {near[0]}? Add" if near else "Add"
            remedy = f"{hint} it under `map`, such as {{{value[:40]!r}: {_near_code(near)}}}"
            read.wrong(position, f"{value[:60]!r} is no country that is known", remedy)
    return read


def _near_country(folded: str) -> list[str]:
    from rapidfuzz import fuzz, process

    names = [name for name in countries() if len(name) > 3]
    found = process.extractOne(folded, names, scorer=fuzz.ratio, score_cutoff=75)
    return [found[0]] if found and len(folded) > 3 else []


def _near_code(near: list[str]) -> str:
    return countries()[near[0]] if near else "BE"


def read_listed(values: Sequence[str], column: Column) -> Read:
    """Read values of the vocabulary's lists by id or by label in nl, fr or en."""
    listed = SCHEMA.listed(column) or ()
    terms = SCHEMA.values.get(column.type, {})
    known = {fold(name): name for name in listed}
    for name, term in terms.items():
        known |= {fold(label): name for label in term.labels.values()}
    read = Read(
        [known.get(fold(value.replace("_", " "))) or known.get(fold(value)) for value in values]
    )
    for position, value in enumerate(values):
        if read.values[position] is None:
            near = get_close_matches(fold(value), known, n=1, cutoff=0.6)
            target = known[near[0]] if near else listed[0]
            remedy = f"Say what it means under `map`, such as {{{value[:40]!r}: {target}}}"
            words = f"{value[:60]!r} is no {column.id}; there are {', '.join(listed)}"
            read.wrong(position, words, remedy)
    return read


def read_urls(values: Sequence[str]) -> Read:
    """Read web addresses; https:// is put before one that lacks it."""
    read = Read([None] * len(values))
    for position, value in enumerate(values):
        first = re.split(r"[\s;,|]+", value.strip(), maxsplit=1)[0]
        text = first if re.match(r"(?i)https?://", first) else f"https://{first.lstrip('/')}"
        text = re.sub(r"(?i)^https?://", lambda m: m[0].lower(), text)
        if re.fullmatch(r"https?://[^\s<>\"/.@]+(\.[^\s<>\"/.@]+)+([/?#:][^\s<>\"]*)?", text):
            read.values[position] = text
        else:
            read.wrong(position, f"{value[:60]!r} is no web address", "Write https://example.org")
    return read


def read_currencies(values: Sequence[str]) -> Read:
    """Read currencies as ISO 4217: three letters, or a sign such as €."""
    read = Read([None] * len(values))
    for position, value in enumerate(values):
        word = value.strip()
        found = _CURRENCIES.get(word.casefold())
        read.values[position] = found or (
            word.upper() if re.fullmatch("[A-Za-z]{3}", word) else None
        )
        if read.values[position] is None:
            read.wrong(position, f"{word[:60]!r} is no currency", "Write EUR")
    return read


def read_languages(values: Sequence[str]) -> Read:
    """Read languages as BCP 47 tags."""
    read = Read([None] * len(values))
    for position, value in enumerate(values):
        tag = value.strip().replace("_", "-")
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
            head, *rest = tag.split("-")
            read.values[position] = "-".join([head.lower(), *rest])
        else:
            read.wrong(position, f"{value[:60]!r} is no language tag", "Write nl or fr-BE")
    return read


def read_codes(values: Sequence[str]) -> Read:
    """Read codes that a program has written as decimal numbers: 84200.0 is 84200."""
    return Read([re.sub(r"^(\d+)\.0+$", r"\1", value) for value in values])


def read_forms(values: Sequence[str]) -> Read:
    """Read legal forms in their shortest spelling; one that is not known stays as it is."""
    return Read([form_of(f"X {value}") or value for value in values])


def form_of(name: str) -> str | None:
    """Return the legal form a name bears, None where it bears none that is known.

    >>> form_of("SMart A.S.B.L."), form_of("Smart")
    ('asbl', None)
    """
    return normalise(name).legal_form or None


def read_forms_of_names(values: Sequence[str]) -> Read:
    """Read the legal form off names that bear one; the others have none."""
    return Read([form_of(value) for value in values])


def read_texts(values: Sequence[str]) -> Read:
    """Read text as it stands."""
    return Read(list(values))


Reader = Callable[[Sequence[str]], Read]
READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        "text": read_texts,
        "date": read_dates,
        "number": read_numbers,
        "boolean": read_truths,
        "country": read_countries,
        "url": read_urls,
        "currency": read_currencies,
        "language": read_languages,
        "code": read_codes,
        "legal_form": read_forms,
        "legal_form_of_name": read_forms_of_names,
    }
)


def reader_of(table: str, attribute: str, wanted: str | None) -> Reader:
    """Return what reads the cells of an attribute: as asked for, else by the vocabulary."""
    if wanted is not None:
        return READERS[wanted]
    column = SCHEMA.tables[table].columns.get(attribute)
    if column is None:
        return read_texts
    if SCHEMA.listed(column) is not None:
        return partial(read_listed, column=column)
    if column.is_number:
        return read_numbers
    if attribute == "legal_form":
        return read_forms
    return READERS.get(column.type, read_texts)
