"""The words that page rules turn on, read from ``words/nl.yaml``, ``fr.yaml`` and ``en.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from partnergraph.graph.files import packaged_yaml

LANGUAGES = ("nl", "fr", "en")


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
    succeeds: str


@cache
def kinds() -> Kinds:
    """Return the kinds that rules give.

    Raises
    ------
    UnusableInput
        Where one of them is no kind of the vocabulary.
    """
    from partnergraph.graph.errors import UnusableInput
    from partnergraph.graph.schema import SCHEMA

    raw = _yaml("kinds")
    strange = {*raw["nodes"].values()} - {*SCHEMA.node_kinds}
    strange |= {*raw["ties"].values()} - {*SCHEMA.tie_kinds}
    if strange:
        raise UnusableInput(
            "words/kinds.yaml",
            f"the vocabulary has no kind {', '.join(sorted(strange))}",
            "Name kinds of graph/schema.yaml",
        )
    return Kinds(**raw["nodes"], **raw["ties"])


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Attributes
    ----------
    function
        Small words that start a sentence and are no name; also those that tell the language.
    heads
        Words that make what stands beside them an organisation (university), folded.
    networks
        Words that make it a network, with the subtype of the vocabulary or a blank.
    triggers
        Patterns by relation.
    evidence
        How much a trigger in its sentence speaks for a name being somebody's.
    """

    code: str
    function: frozenset[str]
    telling: frozenset[str]
    articles: frozenset[str]
    connectors: frozenset[str]
    indefinite: frozenset[str]
    heads: frozenset[str]
    weak_heads: frozenset[str]
    networks: Mapping[str, str]
    months: Mapping[str, int]
    never: frozenset[str]
    places: frozenset[str]
    persons: frozenset[str]
    roles: re.Pattern[str]
    headings: frozenset[str]
    name_keys: frozenset[str]
    prose_keys: frozenset[str]
    url_keys: frozenset[str]
    calls: frozenset[str]
    linking: frozenset[str]
    skipped: re.Pattern[str]
    people: re.Pattern[str]
    partnerly: re.Pattern[str]
    publisher: re.Pattern[str]
    anaphora: re.Pattern[str]
    members: re.Pattern[str]
    place_before: re.Pattern[str]
    sections: Mapping[str, re.Pattern[str]]
    triggers: Mapping[str, re.Pattern[str]]
    cues: Mapping[str, re.Pattern[str]]
    evidence: Mapping[str, float]
    dates: Mapping[str, str]
    copula: re.Pattern[str]
    event_words: frozenset[str]
    award_words: frozenset[str]
    benefits: re.Pattern[str]
    offer_ends: re.Pattern[str]
    theme_ends: re.Pattern[str]
    fillers: frozenset[str]


@cache
def _yaml(name: str) -> Any:
    return packaged_yaml("partnergraph.loaders.page", "words", f"{name}.yaml")


def _set(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(map(str, value or ()))


def _pattern(value: str | None) -> re.Pattern[str]:
    return re.compile("".join((value or r"(?!)").split()), re.I)


def _patterns(value: Mapping[str, str] | None) -> Mapping[str, re.Pattern[str]]:
    return MappingProxyType({name: _pattern(text) for name, text in (value or {}).items()})


@cache
def words(code: str) -> Words:
    """Return the words of a language: nl, fr or en."""
    raw, shared = _yaml(code), _yaml("shared")
    function = _set(raw["function"])
    return Words(
        code=code,
        function=function,
        telling=_set(raw["telling"]),
        articles=_set(raw["articles"]),
        connectors=_set(raw["connectors"]),
        indefinite=_set(raw["indefinite"]),
        heads=_set(shared["heads"]) | frozenset(_networks(shared)),
        weak_heads=_set(shared["weak_heads"]),
        networks=MappingProxyType(_networks(shared)),
        months=MappingProxyType({m: i for i, m in _months(raw)}),
        never=_set(raw["never"]) | _set(shared["never"]),
        places=frozenset(p.casefold() for p in shared["places"]),
        persons=_set(shared["first_names"]),
        roles=_pattern(shared["roles"]),
        headings=_set(shared["headings"]),
        name_keys=_set(shared["name_keys"]),
        prose_keys=_set(shared["prose_keys"]),
        url_keys=_set(shared["url_keys"]),
        calls=_set(shared["calls"]),
        linking=_set(shared["linking"]),
        skipped=_pattern(shared["skipped"]),
        people=_pattern(shared["people"]),
        partnerly=_pattern(shared["partnerly"]),
        publisher=_pattern(raw["publisher"]),
        anaphora=_pattern(raw["anaphora"]),
        members=_pattern(raw["members"]),
        place_before=_pattern(raw["place_before"]),
        sections=_patterns(shared["sections"]),
        triggers=_patterns(raw["triggers"]),
        cues=_patterns(raw["cues"]),
        evidence=MappingProxyType(shared["evidence"]),
        dates=MappingProxyType({k: "".join(v.split()) for k, v in raw["dates"].items()}),
        copula=_pattern(shared["copula"]),
        event_words=_set(shared["event_words"]),
        award_words=_set(shared["award_words"]),
        benefits=_pattern(shared["benefits"]),
        offer_ends=_pattern(raw["offer_ends"]),
        theme_ends=_pattern(raw["theme_ends"]),
        fillers=_set(raw["fillers"]),
    )


def _networks(shared: Mapping[str, Any]) -> dict[str, str]:
    return {w: subtype for subtype, found in shared["networks"].items() for w in found.split()}


def _months(raw: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [(i, m) for i, names in enumerate(raw["months"], start=1) for m in names.split()]
