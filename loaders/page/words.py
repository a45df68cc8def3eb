"""The words that page rules depend on, read from the YAML files in ``words/``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import packaged_yaml
from partnergraph.graph.schema import SCHEMA

LANGUAGES = ("nl", "fr", "en")
T = TypeVar("T")


@dataclass(frozen=True)
class Kinds:
    """Which kind of the vocabulary each rule gives, read from ``words/kinds.yaml``."""

    body: str
    network: str
    project: str
    theme: str
    partner: str
    member: str
    funds: str
    hosts: str
    part: str
    takes_part: str
    active: str


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Attributes
    ----------
    function
        Small words that start a sentence and are not a name.
    telling
        Small words that tell the language.
    triggers
        Patterns by relation.
    cues
        Patterns of the nouns before a title, by subtype of project.
    """

    code: str
    function: frozenset[str]
    telling: frozenset[str]
    articles: frozenset[str]
    connectors: frozenset[str]
    indefinite: frozenset[str]
    fillers: frozenset[str]
    months: Mapping[str, int]
    publisher: re.Pattern[str]
    anaphora: re.Pattern[str]
    members: re.Pattern[str]
    place_before: re.Pattern[str]
    offer_ends: re.Pattern[str]
    theme_ends: re.Pattern[str]
    triggers: Mapping[str, re.Pattern[str]]
    cues: Mapping[str, re.Pattern[str]]
    dates: Mapping[str, str]


@dataclass(frozen=True)
class Shared:
    """The words that all languages share; a page in one is full of names from the others.

    Attributes
    ----------
    heads
        Words that make the name they are part of an organisation (university), folded.
    networks
        Words that make it a network, with the subtype of the vocabulary or a blank.
    function, never
        Small words of any language, and words that are never a name by themselves.
    evidence
        How much a trigger in its sentence supports that a name is a body's.
    """

    heads: frozenset[str]
    networks: Mapping[str, str]
    function: frozenset[str]
    never: frozenset[str]
    brands: frozenset[str]
    places: frozenset[str]
    first_names: frozenset[str]
    headings: frozenset[str]
    name_keys: frozenset[str]
    prose_keys: frozenset[str]
    url_keys: frozenset[str]
    calls: frozenset[str]
    linking: frozenset[str]
    pronouns: frozenset[str]
    unclaimed: Mapping[str, frozenset[str]]
    glue: Mapping[str, frozenset[str]]
    skipped_elements: frozenset[str]
    inline_elements: frozenset[str]
    breaking_elements: frozenset[str]
    event_words: frozenset[str]
    award_words: frozenset[str]
    award_heads: frozenset[str]
    roles: re.Pattern[str]
    affiliated: re.Pattern[str]
    offices: re.Pattern[str]
    aside_columns: re.Pattern[str]
    name_columns: re.Pattern[str]
    person_keys: frozenset[str]
    person_lists: frozenset[str]
    skipped: re.Pattern[str]
    people: re.Pattern[str]
    openings: re.Pattern[str]
    partnerly: re.Pattern[str]
    copula: re.Pattern[str]
    benefits: re.Pattern[str]
    sections: Mapping[str, re.Pattern[str]]
    evidence: Mapping[str, float]


@cache
def kinds() -> Kinds:
    """Return the kinds that rules give.

    Raises
    ------
    UnusableInput
        If one of them is not in the vocabulary.
    """
    raw = _yaml("kinds")
    strange = {*raw["nodes"].values()} - {*SCHEMA.node_kinds}
    strange |= {*raw["ties"].values()} - {*SCHEMA.tie_kinds}
    if strange:
        raise UnusableInput(
            "words/kinds.yaml",
            f"the vocabulary has no kind {', '.join(sorted(strange))}",
            "Use kinds of graph/schema.yaml",
        )
    return Kinds(**raw["nodes"], **raw["ties"])


@cache
def words(code: str) -> Words:
    """Return the words of a language, nl, fr or en; those of en for any other."""
    raw = _yaml(code if code in LANGUAGES else "en")
    months = {m: i for i, names in enumerate(raw["months"], start=1) for m in names.split()}
    dates = {k: "".join(v.split()) for k, v in raw["dates"].items()}
    return _built(Words, raw, code=code, months=months, dates=dates)


@cache
def shared() -> Shared:
    """Return the words that all languages share."""
    raw, languages = _yaml("shared"), [_yaml(code) for code in LANGUAGES]
    networks = {w: subtype for subtype, found in raw["networks"].items() for w in found.split()}
    return _built(
        Shared,
        raw,
        heads=_set(raw["heads"]) | frozenset(networks),
        networks=networks,
        function=frozenset().union(*(_set(own["function"]) for own in languages)),
        never=_set(raw["never"] + " " + raw["brands"]).union(
            *(_set(own["never"]) for own in languages)
        ),
        glue={code: frozenset(found) for code, found in raw["glue"].items()},
        places=frozenset(p.casefold() for p in raw["places"]),
    )


@cache
def _yaml(name: str) -> Any:
    return packaged_yaml("partnergraph.loaders.page", "words", f"{name}.yaml")


def _built(cls: type[T], raw: Mapping[str, Any], **given: Any) -> T:
    """Make an object of a YAML file; how each value is read follows from the field's type."""
    for field in fields(cls):  # type: ignore[arg-type]
        if field.name not in given:
            given[field.name] = _READ[str(field.type)](raw[field.name])
    return cls(**{k: MappingProxyType(v) if isinstance(v, dict) else v for k, v in given.items()})


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join(text.split()), re.I)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "frozenset[str]": _set,
    "re.Pattern[str]": _pattern,
    "Mapping[str, re.Pattern[str]]": lambda raw: {k: _pattern(text) for k, text in raw.items()},
    "Mapping[str, float]": dict,
    "Mapping[str, frozenset[str]]": lambda raw: {k: _set(text) for k, text in raw.items()},
}
