"""What each column of a table means: by its values first, by its header where they leave it open.

A meaning is the kind of what a column names (organisation, network, project, capability, place),
an attribute of the vocabulary, or one of: ``thing`` (a name of anything), ``id``, ``alias``,
``lead`` (yes for who leads), ``mark`` (yes or no under a topic), ``contact`` (persons: kept out),
``attribute`` (kept as it is), ``text`` (may be a name) and ``nothing`` (a number of the row).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from partnergraph.loaders.tables.cells import FALSE_WORDS, TRUE_WORDS, WORDS
from partnergraph.loaders.tables.readers import country
from partnergraph.loaders.tables.reshape import LIST
from partnergraph.loaders.tables.suggest.attributes import suits
from partnergraph.loaders.tables.suggest.look import TELLING, Look

RELATIONS: dict[str, frozenset[str]] = {
    tie: frozenset(words.split()) for tie, words in WORDS["relations"].items()
}
_JOBS = frozenset(WORDS["jobs"].split())
# Who leads a project, and not the person.
_LEADS = {*WORDS["roles"]["lead"]} - {"lead", "leader", "projectleider", "coordinatrice"}
_OWN = ("role", "start", "end", "currency", "amount", "strength", "legal_form")


def meanings(looks: Sequence[Look], forced: Mapping[str, str]) -> dict[str, str]:
    """Return what each column means, by title; what a person said of a column stays."""
    found = {look.title: forced.get(look.title) or meaning_of(look) for look in looks}
    for look in labels_of_codes(looks):
        if found[look.title] == "description" and look.title not in forced:
            found[look.title] = _named(look, {*look.header.split("-")})
    if any(m == "contact" for m in found.values()):
        _keep_names_of_persons_out(looks, found, forced)
    return found


def meaning_of(look: Look) -> str:
    """Return what a column means on its own."""
    if look.counts_rows:
        return "nothing"
    if look.personal or _of_persons(look):
        return "contact"
    if look.addressed:
        return "url"
    if look.truthful:
        if look.asks:
            return "attribute"  # an answer about the row, not something that it has
        if relates(look, "lead") and _yes_or_no(look):
            return "lead"
        return "mark" if look.share >= 0.02 else "attribute"
    named_country = look.role == "country" and look.all(country, 0.5)
    if named_country or (look.all(country, 0.8) and look.entity not in ("capability", "network")):
        return "country"
    if look.role in _OWN and suits(look, look.role):
        return look.role
    if not look.nameable or look.numeric:
        return "id" if look.identifying else "attribute"
    titled = look.entity in ("project", "network", "organisation", "thing") and not look.tells_of
    if look.role == "description" or (look.worded and not titled and not look.asks):
        return "description"
    words = set(look.header.split("-"))
    unique = look.coded and look.distinct > 0.95 and look.share > 0.9 and not words & TELLING
    if look.identifying or unique:
        return "id" if look.coded or look.identifying else "attribute"
    if look.role == "legal_form" or words & {"source", "sources"}:
        return "attribute"
    if look.role == "alias" and look.entity != "project":
        return "alias" if len(look.counts) > 1 else "attribute"
    return _named(look, words)


def _named(look: Look, words: set[str]) -> str:
    """Return what a column of words means: the kind of what it names, or an attribute."""
    kind = look.entity
    if look.role == "theme" or (words & {"type", "types"} and look.separator is not None):
        kind = "capability"
    elif kind == "person" or (words & TELLING and kind != "thing"):
        return "attribute"
    if kind == "capability" and look.separator is None and look.distinct >= 0.9:
        return "attribute"
    if kind:
        return kind
    if look.header.replace("-", " ") in _LEADS:
        return "organisation"
    if any(relates(look, tie) for tie in ("part_of", "funds", "hosts", "succeeds")):
        return "organisation" if not look.coded else "attribute"
    if relates(look, "member_of"):
        return "network"
    if look.separator is not None:
        mark = look.separator or LIST
        listed = 2 * sum(mark in v for v in look.some) >= len(look.some)
        numbered = 2 * sum(any(c.isdigit() for c in p) for p in look.parts) >= len(look.parts)
        return "capability" if listed and not numbered and len(look.counts) > 1 else "attribute"
    return "attribute" if words & TELLING else "text"


def labels_of_codes(looks: Sequence[Look]) -> list[Look]:
    """Return columns that name what the codes in another stand for: level_id, level_description."""
    coded = {look.header.rpartition("-")[0] for look in looks if look.identifying or look.coded}
    pairs = ((look, look.header.rpartition("-")[0]) for look in looks)
    return [look for look, stem in pairs if stem and stem in coded and not look.worded]


def _of_persons(look: Look) -> bool:
    """Return whether a header says that a column is of persons, and no value denies it."""
    if look.entity in ("", "person") and relates(look, "lead") and look.forenamed:
        return True
    if look.entity != "person" or look.truthful or look.addressed:
        return False
    return look.nameable and not look.worded and look.bodied < 0.5


def _keep_names_of_persons_out(
    looks: Sequence[Look], found: dict[str, str], forced: Mapping[str, str]
) -> None:
    """Take a bare name for that of a person where a first name or an organisation is beside it."""
    words = {w for k in looks if found[k.title] == "contact" for w in k.header.split("-")}
    first = {"firstname", "first", "voornaam", "prenom", "vorname"} & words
    organised = any(found[k.title] == "organisation" for k in looks)
    for look in looks:
        bare = found[look.title] == "thing" and look.bodied < 0.1 and not look.coded
        job = bool(_JOBS & {*look.header.split("-")}) and not look.truthful
        if look.title not in forced and (job or (bare and (first or organised))):
            found[look.title] = "contact"


def relates(look: Look, tie: str) -> bool:
    """Return whether a header has a word for a tie."""
    return bool(RELATIONS[tie] & {*look.header.split("-"), look.header})


def _yes_or_no(look: Look) -> bool:
    return look.all(lambda v: v.casefold() in TRUE_WORDS | FALSE_WORDS, 1.0)
