"""Cells as people write them, by what they are read as: numbers, yes and no, countries and more.

Every reader takes the different values of a column and returns, for each, what it means or why it
means nothing. What depends on the column as a whole (whether 1,234 is above a thousand) is decided
from all its values, and said.

>>> read_countries(["Osterreich", "BE", "belgië", "Atlantis"]).values
['AT', 'BE', 'BE', None]
>>> read_numbers(["1.234,50 €", "7", "3,5"]).values
[1234.5, 7.0, 3.5]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import lru_cache, partial
from types import MappingProxyType

from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.schema import SCHEMA, Column
from partnergraph.loaders.identity.normaliser import fold, normalise
from partnergraph.loaders.tables.cells import (
    FALSE_WORDS,
    TRUE_WORDS,
    WORDS,
    Read,
    Unreadable,
    each,
    shown,
)
from partnergraph.loaders.tables.dates import read_dates

_CURRENCIES = WORDS["currencies"]
_YES, _NO = TRUE_WORDS | set(WORDS["short_yes"]), FALSE_WORDS | set(WORDS["short_no"])
_NOT_OF_A_NUMBER = re.compile(
    "[\\s\u00a0\u202f'’_]|" + "|".join(map(re.escape, sorted(_CURRENCIES, key=len, reverse=True))),
    re.IGNORECASE,
)
_BEFORE_COUNTRY = re.compile(f"({'|'.join(WORDS['before_country'])}) +")


def read_numbers(values: Sequence[str]) -> Read:
    """Read numbers; what the comma and the point mean is decided from the column."""
    whole = "".join(values)
    if whole.isdecimal() and whole.isascii() and all(values):
        return Read(list(map(float, values)))
    if all(v.replace(".", "", 1).isdecimal() and v.isascii() for v in values):
        return Read([float(v) for v in values])
    comma, said = _decimal_comma([_NOT_OF_A_NUMBER.sub("", v) for v in values])
    read = each(values, partial(_number, comma=comma))
    read.said += said
    return read


def _number(value: str, comma: bool) -> float:
    text = _NOT_OF_A_NUMBER.sub("", value).removesuffix(",-").removesuffix(".-")
    plain = _with_point(text.rstrip("%"), comma)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
        number = float(plain)
        if abs(number) <= 1e300:
            return number / 100 if text.endswith("%") else number
    raise Unreadable(f"{shown(value)} is not a number", "Write digits, with one decimal sign")


def _with_point(text: str, comma: bool) -> str:
    """Return a number with a decimal point and no other sign between its digits."""
    group, sign = (".", ",") if comma else (",", ".")
    if sign not in text and re.fullmatch(rf"[+-]?\d+\{group}(\d{{1,2}}|\d{{4,}})", text):
        group, sign = sign, group  # the only sign, and no group of three behind it
    return text.replace(group, "").replace(sign, ".")


def _decimal_comma(values: Sequence[str]) -> tuple[bool, list[str]]:
    """Return whether the comma is the decimal sign of a column of numbers, and what to say."""
    commas = [v for v in values if "," in v]
    if not commas:
        grouped = any(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}", v) for v in values)
        return grouped, ["points separate thousands"] if grouped else []
    decimal = sum(bool(re.fullmatch(r"[+-]?[\d.]*,(\d{1,2}|\d{4,}|-)%?", v)) for v in commas)
    decimal += sum(v.rfind(",") > v.rfind(".") > -1 for v in commas)
    point = sum(v.rfind(".") > v.rfind(",") for v in commas)
    point += sum(bool(re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}", v)) for v in commas)
    if decimal > point:
        return True, ["numbers have a decimal comma"]
    doubt = "" if point else " (none of them can only be a decimal comma)"
    return False, [f"commas separate thousands{doubt}"]


def read_truths(values: Sequence[str]) -> Read:
    """Read yes and no in en, nl, fr and de."""
    return each(values, _truth)


def _truth(value: str) -> bool:
    word = value.strip().casefold()
    if word not in _YES and word not in _NO:
        raise Unreadable(f"{shown(value)} is neither yes nor no", "Write yes or no")
    return word in _YES


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
    """Return the code of a country, None where it is not known.

    >>> country("Koninkrijk België"), country("BELGIQUE-BELGIË"), country("U.K.")
    ('BE', 'BE', 'GB')
    """
    known, folded = countries(), fold(text)
    if found := known.get(text.strip().casefold()) or known.get(folded):
        return found
    before = _BEFORE_COUNTRY.match(folded)
    if before:
        return known.get(folded[before.end() :])
    # A name in several languages, as in Suomi/Finland or Germany (DE), is one where all agree.
    parts = [p for p in re.split(r"[-–/|()]", text) if p.strip()]
    codes = {known.get(p.strip().casefold()) or known.get(fold(p)) for p in parts[:6]}
    return codes.pop() if len(parts) > 1 and len(codes) == 1 else None


def read_countries(values: Sequence[str]) -> Read:
    """Read countries as ISO 3166-1 alpha-2, however they are spelt."""
    return each(values, _country)


def _country(value: str) -> str:
    from rapidfuzz import fuzz, process

    if code := country(value):
        return code
    names = [name for name in countries() if len(name) > 3]
    folded = fold(value[:60])
    near = process.extractOne(folded, names, scorer=fuzz.ratio, score_cutoff=75)
    hint, code = "Add", "its code"
    if near and len(folded) > 3:
        hint, code = f"Did you mean {near[0]}? Add", countries()[near[0]]
    remedy = f"{hint} it under `map`, such as {{{value[:40]!r}: {code}}}"
    raise Unreadable(f"{shown(value)} is not a known country", remedy)


def read_listed(values: Sequence[str], column: Column) -> Read:
    """Read values of the vocabulary's lists by id or by label in nl, fr or en."""
    listed = SCHEMA.listed(column) or ()
    known = {fold(name): name for name in listed}
    for name, term in SCHEMA.values.get(column.type, {}).items():
        known |= {fold(label): name for label in term.labels.values()}

    def meaning(value: str) -> str:
        if found := known.get(fold(value.replace("_", " "))) or known.get(fold(value)):
            return found
        near = get_close_matches(fold(value), known, n=1, cutoff=0.6)
        target = known[near[0]] if near else listed[0]
        remedy = f"Write what it means under `map`, such as {{{value[:40]!r}: {target}}}"
        cause = f"{shown(value)} is not a valid {column.id}; the list has {', '.join(listed)}"
        raise Unreadable(cause, remedy)

    return each(values, meaning)


def read_urls(values: Sequence[str]) -> Read:
    """Read web addresses; https:// is put before those without it."""
    return each(values, _url)


def _url(value: str) -> str:
    first = re.split(r"[\s;,|]+", value.strip(), maxsplit=1)[0]
    text = first if re.match(r"(?i)https?://", first) else f"https://{first.lstrip('/')}"
    text = re.sub(r"(?i)^https?://", lambda m: m[0].lower(), text)
    if re.fullmatch(r"https?://[^\s<>\"/.@]+(\.[^\s<>\"/.@]+)+([/?#:][^\s<>\"]*)?", text):
        return text
    raise Unreadable(f"{shown(value)} is not a web address", "Write https://example.org")


def read_currencies(values: Sequence[str]) -> Read:
    """Read currencies as ISO 4217: three letters, or a sign such as €."""
    return each(values, _currency)


def _currency(value: str) -> str:
    word = value.strip()
    if found := _CURRENCIES.get(word.casefold()):
        return str(found)
    if re.fullmatch("[A-Za-z]{3}", word):
        return word.upper()
    raise Unreadable(f"{shown(value)} is not a currency", "Write a code such as EUR")


def read_languages(values: Sequence[str]) -> Read:
    """Read languages as BCP 47 tags."""
    return each(values, _language)


def _language(value: str) -> str:
    tag = value.strip().replace("_", "-")
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        head, *rest = tag.split("-")
        return "-".join([head.lower(), *rest])
    raise Unreadable(f"{shown(value)} is not a language tag", "Write nl or fr-BE")


def read_codes(values: Sequence[str]) -> Read:
    """Read codes that a program has written as decimal numbers: 84200.0 is 84200."""
    return Read([re.sub(r"^(\d+)\.0+$", r"\1", value) for value in values])


def read_forms(values: Sequence[str]) -> Read:
    """Read legal forms in their shortest spelling; unknown ones stay as they are."""
    return Read([form_of(f"X {value}") or value for value in values])


def form_of(name: str) -> str | None:
    """Return the legal form in a name, None where no form is known.

    >>> form_of("SMart A.S.B.L."), form_of("Smart")
    ('asbl', None)
    """
    return normalise(name).legal_form or None


def read_forms_of_names(values: Sequence[str]) -> Read:
    """Read the legal form from names that have one; the others have none."""
    return Read([form_of(value) for value in values])


_BRACKETED = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]\s*", re.DOTALL)
_ROLE_OF = {spelt: role for role, words in WORDS["roles"].items() for spelt in words}


def role_in_brackets(text: str) -> tuple[str, str | None]:
    """Return a name without the role in brackets after it, and the role, None without one.

    >>> role_in_brackets("Alpha (coordinator)"), role_in_brackets("Alpha (Gent)")
    (('Alpha', 'lead'), ('Alpha (Gent)', None))
    """
    match = _BRACKETED.fullmatch(text)
    role = _ROLE_OF.get(fold(match[2]).replace("-", " ").strip()) if match else None
    return (match[1], role) if match and role else (text, None)


def read_names_before_roles(values: Sequence[str]) -> Read:
    """Read names without the roles in brackets after them."""
    return Read([role_in_brackets(value)[0] for value in values])


def read_roles_in_brackets(values: Sequence[str]) -> Read:
    """Read the roles in brackets after names; other names have none."""
    return Read([role_in_brackets(value)[1] for value in values])


def read_texts(values: Sequence[str]) -> Read:
    """Read text as it is."""
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
        "name_before_role": read_names_before_roles,
        "role_in_brackets": read_roles_in_brackets,
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
