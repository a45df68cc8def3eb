"""Drafts a mapping from what tables look like, with comments, for a person to edit.

Headers are known by words in nl, fr, en and de, columns also by what stands in them. The draft
builds as it is: what is not understood is kept as an attribute, and nothing is left out unsaid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from partnergraph.graph.ecosystem import About
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import MISSING, country, form_of, read_dates, read_numbers
from partnergraph.loaders.tables.columns import LIST
from partnergraph.loaders.tables.sheets import Found, Sheet

SEPARATORS = ("|", ";", ",")
_LOOK, _COLUMNS = 400, 400
_TRUTHS = {"true", "false", "yes", "no", "oui", "non", "ja", "nee", "nein", "vrai", "faux"}
# Words of headers, folded, from the surest on; longer ones are found within a header too.
_WORDS: dict[str, str] = {
    "source": "source from van von bron origine",
    "target": "target to naar vers nach doel cible",
    "name": "name naam nom denomination title titre titel label organisation organization "
    "organisatie organisme raison-sociale bezeichnung institution actor acteur",
    "id": "id siren pic uuid identifier identifiant key code nummer numero rcn",
    "country": "country land pays country-code landcode code-pays staat addr-country "
    "address-country",
    "place": "city town gemeente commune ville stad locality localite plaats ort addr-city "
    "address-locality municipality municipalite vestigingsplaats",
    "url": "url website site-web internet homepage webadres site web www contact-website",
    "start": "start start-date begin debut date-debut date-creation founded established since "
    "sinds depuis oprichting startdatum date year jaar annee jahr award-date",
    "end": "end end-date einde einddatum fin date-fin tot until",
    "description": "description beschrijving omschrijving beschreibung resume samenvatting",
    "legal_form": "legal-form rechtsvorm forme-juridique rechtsform",
    "amount": "amount bedrag montant betrag amount-awarded contribution subsidie",
    "currency": "currency munt devise monnaie wahrung",
    "strength": "weight strength gewicht poids force sterkte",
    "role": "role rol rolle",
    "theme": "theme thema tags tag tags-numerique keywords free-keywords trefwoorden mots-cles "
    "activities activiteiten activites competences sectors domaine domein "
    "type-of-initiative types",
    "network": "network netwerk reseau federation federatie alliance koepel club organisation-club",
    "project": "project projet projekt grant event evenement treaty traite verdrag programme "
    "treatyname agreement rcn mitch-id",
    "alias": "alias aliases acronym sigle afkorting nom-usage acronyme short-name abbreviation",
}
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, eq=False)
class _Look:
    """What a column looks like."""

    title: str
    values: pd.Series

    @cached_property
    def filled(self) -> pd.Series:
        texts = self.values.map(_text)
        return texts[~texts.str.casefold().isin(MISSING)] if len(texts) else texts

    @cached_property
    def counts(self) -> pd.Series:
        return self.filled.value_counts()

    @cached_property
    def some(self) -> list[str]:
        return [str(v) for v in self.counts.index[:_LOOK]]

    @property
    def share(self) -> float:
        """Share of rows that have a value."""
        return len(self.filled) / max(1, len(self.values))

    @property
    def distinct(self) -> float:
        """Different values a value."""
        return len(self.counts) / max(1, len(self.filled))

    @cached_property
    def header(self) -> str:
        """The header in folded words with hyphens between."""
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.title)
        plain = re.sub(r"[_:./()#-]+", " ", plain)
        return re.sub(r"-s$", "", fold(plain).replace(" ", "-"))  # Thema's are thema

    def all(self, test: Any, share: float = 0.9) -> bool:
        """Say whether nearly all values pass."""
        return bool(self.some) and sum(map(bool, map(test, self.some))) >= share * len(self.some)

    @cached_property
    def numeric(self) -> bool:
        return bool(self.some) and len(read_numbers(self.some).causes) <= 0.02 * len(self.some)

    @cached_property
    def dated(self) -> bool:
        read = read_dates(self.some)
        good = sum(v is not None for v in read.values)
        return bool(self.some) and good >= 0.9 * len(self.some)

    @cached_property
    def separator(self) -> str | None:
        """What separates several values in its cells, None where they hold one."""
        if any(LIST in v for v in self.some):
            return ""
        for mark in SEPARATORS:
            with_mark = [v for v in self.some if mark in v]
            parts = {p.strip() for v in with_mark for p in v.split(mark)}
            short = all(len(p) < 60 for p in parts)
            if (
                len(with_mark) < max(2, 0.02 * len(self.some))
                or not short
                or ("" in parts and mark == ",")
            ):
                continue
            # Values of lists are met again and again, the parts of a sentence are not.
            if len(parts) < 0.7 * sum(v.count(mark) + 1 for v in with_mark):
                return mark
        return None

    @cached_property
    def role(self) -> str:
        """What the header says the column is; blank where it says nothing."""
        header = self.header
        if header in _ROLE_OF:
            return _ROLE_OF[header]
        words = header.split("-")
        for size in (3, 2, 1):
            for start in (len(words) - size, 0):
                part = "-".join(words[max(0, start) : max(0, start) + size])
                if size < len(words) and len(part) > 2 and part in _ROLE_OF:
                    return _ROLE_OF[part]
        return ""

    def shown(self) -> str:
        """Say in a comment how full it is and what stands in it."""
        examples = ", ".join(_harmless(v)[:30] for v in self.some[:3])
        return f"{len(self.filled):,} filled, {len(self.counts):,} different: {examples}"


def suggested(found: Found, about: About) -> str:
    """Return a mapping for sheets as YAML."""
    lines = [
        "# A draft: it builds as it is. Read what each column was taken for, correct it, and then:",
        "#   partnergraph build FILE --mapping mapping.yaml -o my-ecosystem",
        "# docs/tables.md says what can stand here. Kinds of nodes: "
        + ", ".join(SCHEMA.node_kinds)
        + ";",
        "# of ties: " + ", ".join(SCHEMA.tie_kinds) + ".",
        f"name: {_quoted(about.name)}",
        "# source: {title: …, publisher: …, url: https://…, licence: …, retrieved: 2026-01-31}",
        "tables:",
    ]
    sheets = [s for s in found.sheets if not s.hidden]
    several = len({s.file for s in found.sheets}) > 1
    alone = len(found.sheets) == 1
    usable = [s for s in sheets if len(s.frame) and len(s.frame.columns)]
    drafted = [_table(s, alone=alone, several=several) for s in usable]
    known = [d for d in drafted if d]
    for sheet, draft in zip(usable, drafted, strict=True):
        if draft:
            lines += draft
        else:
            lines.append(f"# {_harmless(sheet.place)} is left out: it looks like notes, no table")
    if not known:
        lines += _fallback(usable[0] if usable else found.sheets[0], alone, several)
    return "\n".join([*lines, ""])


def _table(sheet: Sheet, *, alone: bool, several: bool) -> list[str]:
    titles = list(sheet.frame.columns)
    looks = [_Look(c, sheet.frame[c]) for c in titles[:_COLUMNS]]
    full = [look for look in looks if len(look.filled)]
    if not full or (len(looks) == 1 and not alone and len(looks[0].counts) < 20):
        return []
    head = _address(sheet, alone, several)
    body = _matrix(full) or _edges(full) or _records(full, sheet)
    if len(titles) > _COLUMNS:
        more = f"{len(titles) - _COLUMNS:,} columns more, from {_harmless(titles[_COLUMNS])} on"
        head.append(f"    # {more}, are not looked at: name those that matter")
    blank = [look.title for look in looks if not len(look.filled)]
    if blank:
        head.append(f"    # blank columns: {', '.join(map(_harmless, blank))}")
    return head + body


def _address(sheet: Sheet, alone: bool, several: bool) -> list[str]:
    lines = []
    if several or alone:
        lines.append(f"file: {_quoted(_literal(sheet.file))}")
    if sheet.name and not alone:
        lines.append(f"sheet: {_quoted(_literal(sheet.name))}")
    lines = lines or [f"sheet: {_quoted(_literal(sheet.name or sheet.file))}"]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _literal(name: str) -> str:
    """Escape what a pattern would take for more than itself."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _fallback(sheet: Sheet, alone: bool, several: bool) -> list[str]:
    first = str(sheet.frame.columns[0]) if len(sheet.frame.columns) else "$row"
    kind = SCHEMA.actors[0]
    return [*_address(sheet, alone, several), "    nodes:", f"      {kind}: {_quoted(first)}"]


# -- matrices ------------------------------------------------------------------------------------


def _matrix(looks: Sequence[_Look]) -> list[str]:
    """Draft a matrix: names in the first column and in the header, marks or numbers between."""
    labels, rest = looks[0], looks[1:]
    if len(rest) < 3 or labels.numeric or labels.distinct < 0.95 or labels.share < 0.9:
        return []
    if any(look.role in ("source", "target") for look in looks):
        return []
    marks = [look.all(_mark, 1.0) for look in rest]
    if sum(marks) < len(marks):
        return []
    names = {fold(v) for v in labels.some}
    same = sum(fold(re.sub(r" \(\d+\)$", "", look.title)) in names for look in rest)
    square = same >= 0.6 * len(rest)
    binary = all(len(look.counts) <= 2 for look in rest)
    if not square and not binary and sum(look.share > 0.98 for look in rest) > 0.5 * len(rest):
        zero = sum(bool({"0", "0.0", "0.000000"} & set(look.some)) for look in rest)
        if zero < 0.5 * len(rest):
            return []
    actor, hub = SCHEMA.actors[0], SCHEMA.actors[-1]
    tie = SCHEMA.undirected[0] if square else SCHEMA.folding[0]
    positive = all(
        min(read_numbers(v.some).values or [0], key=lambda x: x or 0) >= 0
        for v in rest
        if v.numeric
    )
    valued = [] if binary or not positive else ["        strength: cell"]
    comment = "the rows are named in the header too" if square else "members down, networks across"
    return [
        f"    # a matrix: {comment}; blank, 0 and no tie nothing",
        f"    matrix: {{rows: {_quoted(labels.title)}}}",
        "    nodes:",
        f"      row: {{kind: {actor}, name: row}}",
        f"      column: {{kind: {actor if square else hub}, name: column}}",
        "    ties:",
        f"      - kind: {tie}",
        "        source: row",
        "        target: column",
        *valued,
    ]


def _mark(text: str) -> bool:
    return text.casefold() in {
        "x",
        "yes",
        "no",
        "oui",
        "non",
        "ja",
        "nee",
        "true",
        "false",
        "v",
    } or (re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) is not None)


# -- edge lists ----------------------------------------------------------------------------------


def _edges(looks: Sequence[_Look]) -> list[str]:
    """Draft a list of ties: a column for each end."""
    ends = [
        next((k for k in looks if k.role == end and k.header in _ROLE_OF), None)
        for end in ("source", "target")
    ]
    one, other = ends
    if one is None or other is None:
        return []
    shared = set(one.some) & set(other.some)
    two_mode = not shared and len(one.counts) > 1 and len(other.counts) > 1
    actor, hub = SCHEMA.actors[0], SCHEMA.actors[-1]
    kinds, tie, order = (actor, actor), SCHEMA.undirected[0], ("from", "to")
    comment = f"ties without a direction; {', '.join(_between(actor, actor))} fit too"
    if two_mode:
        swap = len(one.counts) < len(other.counts)
        kinds = (hub, actor) if swap else (actor, hub)
        tie, order = SCHEMA.folding[0], ("to", "from") if swap else ("from", "to")
        comment = (
            "no name stands on both sides: members and their networks. Events or projects? "
            f"Then {SCHEMA.period_lenders[0]} and {SCHEMA.folding[-1]}"
        )
    lines = ["    nodes:"]
    for label, look, kind in zip(("from", "to"), (one, other), kinds, strict=True):
        lines.append(f"      {label}:  # {look.shown()}")
        lines += [
            f"        kind: {kind}",
            f"        name: {_quoted(look.title)}",
            "        required: true",
        ]
    lines += [
        f"    ties:  # {comment}",
        f"      - kind: {tie}",
        f"        source: {order[0]}",
        f"        target: {order[1]}",
    ]
    rest = [look for look in looks if look not in (one, other)]
    return lines + [f"        {line}" for line in _attributes(rest, "ties")]


def _pairs(looks: Sequence[_Look]) -> list[str]:
    """Draft a list of ties between things of one kind that two columns of ids hold alike."""
    able = [k for k in looks if k.share > 0.9 and len(k.counts) > 5 and not k.dated][:30]
    alike = [
        (a, b)
        for n, a in enumerate(able)
        for b in able[n + 1 :]
        if len(set(a.counts.index) & set(b.counts.index)) > 0.6 * max(len(a.counts), len(b.counts))
        and (a.values == b.values).mean() < 0.2  # else one is the other, transliterated
    ]
    if not alike or any(k.numeric for pair in alike for k in pair):
        return []
    alike.sort(key=lambda pair: max(map(len, pair[0].some)))  # ids are shorter than names
    (one, other), *more = alike
    named = next(((a, b) for a, b in more if not {a, b} & {one, other}), None)
    if named and _depends(named[1], one):
        named = (named[1], named[0])
    actor = SCHEMA.actors[0]
    lines = ["    nodes:"]
    for position, (label, look) in enumerate((("from", one), ("to", other))):
        key = "id" if named else "name"
        lines += [
            f"      {label}:  # {look.shown()}",
            f"        kind: {actor}",
            f"        {key}: {_quoted(look.title)}",
        ]
        lines += [f"        name: {_quoted(named[position].title)}"] if named else []
        lines.append("        required: true")
    lines += [
        f"    ties:  # {', '.join(_between(actor, actor))} fit",
        f"      - kind: {SCHEMA.undirected[0]}",
        "        source: from",
        "        target: to",
    ]
    rest = [k for k in looks if k not in (one, other, *(named or ()))]
    return lines + [f"        {line}" for line in _attributes(rest, "ties")]


def _depends(name: _Look, id: _Look) -> bool:
    """Say whether each id always comes with one and the same name."""
    both = pd.DataFrame({"id": id.filled, "name": name.filled}).dropna()
    return bool(len(both)) and bool((both.groupby("id")["name"].nunique() <= 1).mean() > 0.95)


def _between(a: str, b: str) -> list[str]:
    from partnergraph.graph.checks import fits

    return [k for k in SCHEMA.tie_kinds if fits(k, a, b)]


# -- records -------------------------------------------------------------------------------------


def _records(looks: Sequence[_Look], sheet: Sheet) -> list[str]:
    """Draft a list of nodes, or of participations where no column tells the rows apart."""
    subject = _subject(looks)
    if subject is None:
        return _pairs(looks) or _participations(looks)
    id, name = subject
    kind = _kind_of([name or id, id, *looks[:2]], sheet)
    used = {x.title for x in (id, name) if x is not None}
    rest = [look for look in looks if look.title not in used]
    nodes = ["    nodes:", f"      {kind}:  # {(name or id).shown()}"]  # type: ignore[union-attr]
    if id is not None:
        nodes.append(f"        id: {_quoted(id.title)}")
    if name is not None:
        nodes.append(f"        name: {_quoted(name.title)}")
        if name.all(form_of, 0.05) and not any(k.role == "legal_form" for k in rest):
            nodes.append(
                f"        legal_form: {{column: {_quoted(name.title)}, as: legal_form_of_name}}"
            )
    aliases = [look for look in rest if look.role == "alias" and not look.numeric and look.share]
    aliases = [look for look in aliases if "enrich" not in look.header]
    if aliases:
        written = [f"{{column: {_quoted(a.title)}{_split(a)}}}" for a in aliases]
        nodes.append(f"        aliases: [{', '.join(written)}]")
    places = [look for look in rest if look.role == "place" and not look.numeric][:1]
    themes = [look for look in rest if _is_theme(look)]
    taken = {x.title for x in (*aliases, *places, *themes)}
    more = _attributes([k for k in rest if k.title not in taken], "nodes")
    nodes += [f"        {line}" for line in more]
    others, ties = _others(kind, places, themes)
    return [*nodes, *others, *(["    ties:", *ties] if ties else [])]


def _is_theme(look: _Look) -> bool:
    """Say whether a column lists what its subject works on."""
    if look.dated or look.all(country) or len(look.counts) < 2 or look.numeric:
        return False
    if _ROLE_OF.get(look.header.rstrip("s")) == "source" or "source" in look.header:
        return False  # where a row comes from is no theme of whom it is about
    if look.role == "theme":
        return look.separator is not None or look.distinct < 0.9
    return (
        look.separator is not None
        and look.role == ""
        and look.distinct < 0.5
        and (look.share > 0.05 and not look.numeric and len(look.counts) > 5)
    )


def _subject(looks: Sequence[_Look]) -> tuple[_Look | None, _Look | None] | None:
    """Return the columns that identify and name the subject of each row; None where none do."""
    unique = [k for k in looks if k.share > 0.9 and k.distinct > 0.95 and k.separator is None]
    names = [
        k
        for k in looks
        if k.role == "name"
        and not k.numeric
        and k.share > 0.5
        and not k.dated
        and len(k.counts) > 1
    ]
    names.sort(key=lambda k: (k.header not in _ROLE_OF, -min(k.share, 0.9), -k.distinct))
    ids = [k for k in unique if k.role == "id" or re.search(r"(^|-)u?id$", k.header)]
    # A name that half of the rows share names something else than the row.
    name = next((k for k in names if k.distinct > 0.5), None)
    if ids:
        texts = [k for k in unique if not k.numeric and not k.dated and k not in ids]
        return ids[0], name or (texts[0] if texts and texts[0].role == "" else None)
    if name is not None and name.distinct > 0.85:
        return None, name
    words = [k for k in unique if not k.dated and max(map(len, k.some)) < 200]
    if len(looks) == 1 or (words and not _two_entities(looks)):
        return None, (words or list(looks))[0]
    return None


def _two_entities(looks: Sequence[_Look]) -> bool:
    return len([k for k in looks if k.role in ("id", "name", "project", "network")]) > 1


def _participations(looks: Sequence[_Look]) -> list[str]:
    """Draft who takes part in what: two columns that each name many things many times."""
    able = [k for k in looks if k.share > 0.8 and len(k.counts) > 1 and k.separator is None]
    able = [k for k in able if not (k.dated and not k.numeric)] or list(looks)
    hubs = [k for k in able if k.role in ("project", "network")]
    actors = [k for k in able if k.role in ("id", "name", "country") and k not in hubs]
    actors.sort(key=lambda k: (k.role == "country", -len(k.counts)))
    many = sorted(able, key=lambda k: -len(k.counts))
    hub = hubs[0] if hubs else next((k for k in many if k not in actors[:1]), None)
    actor = next((k for k in actors if k is not hub), None)
    actor = actor or next((k for k in many if k is not hub), None)
    if actor is None or hub is None:
        only = actor or hub or looks[0]
        rest = _attributes([k for k in looks if k is not only], "nodes")
        return [
            "    nodes:",
            f"      {SCHEMA.actors[0]}:",
            f"        name: {_quoted(only.title)}",
            *(f"        {line}" for line in rest),
        ]
    return _participation(looks, actor, hub)


def _participation(looks: Sequence[_Look], actor: _Look, hub: _Look) -> list[str]:
    """Draft rows that each tie one of many to one of many."""
    who, kind = SCHEMA.actors[0], SCHEMA.period_lenders[0]
    tie = SCHEMA.folding[-1]
    if hub.role == "network":
        kind, tie = SCHEMA.actors[-1], SCHEMA.folding[0]
    part = actor.role == hub.role == "project"  # projects and the programmes they are part of
    if part:
        actor, hub = sorted((actor, hub), key=lambda k: -len(k.counts))
        tie, who = next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind), "part"
    titles = [k for k in looks if k.role == "project" and k not in (actor, hub) and not k.numeric]
    title = next((k for k in titles if abs(len(k.counts) / len(hub.counts) - 1) < 0.1), None)
    key = "id" if title else "name"
    lines = ["    nodes:", f"      {who}:  # {actor.shown()}"]
    lines += [f"        kind: {kind}"] if part else []
    lines.append(f"        name: {_quoted(actor.title)}")
    if actor.role == "country" or actor.all(country):
        lines.append(f"        country: {_quoted(actor.title)}")
    lines += [f"      {kind}:  # {hub.shown()}", f"        {key}: {_quoted(hub.title)}"]
    lines += [f"        name: {_quoted(title.title)}"] if title else []
    lines += [
        "        required: true",
        "    ties:",
        f"      - kind: {tie}",
        f"        source: {who}",
        f"        target: {kind}",
    ]
    others = [k for k in looks if k not in (actor, hub, title)]
    return lines + [f"        {line}" for line in _attributes(others, "ties")]


def _kind_of(looks: Iterable[_Look | None], sheet: Sheet) -> str:
    """Return the node kind that headers, or the name of the table, speak of."""
    texts = [k.header for k in looks if k is not None]
    texts.append(fold(re.sub(r"[_./:-]+", " ", sheet.name or sheet.file)).replace(" ", "-"))
    for text in texts:
        for word in (w.rstrip("s") for w in text.split("-")):
            role = _ROLE_OF.get(word)
            if role == "project":
                return SCHEMA.period_lenders[0]
            if role == "network":
                return SCHEMA.actors[-1]
    return SCHEMA.actors[0]


def _others(
    kind: str, places: Sequence[_Look], themes: Sequence[_Look]
) -> tuple[list[str], list[str]]:
    """Draft the nodes that a subject is tied to by its own columns."""
    from partnergraph.graph.checks import fits

    place = next(
        iter(sorted({k for t in [SCHEMA.tie_kinds[SCHEMA.locating]] for k in t.target_kinds}))
    )
    theme = next(k for t in SCHEMA.sought for k in SCHEMA.tie_kinds[t].target_kinds)
    nodes, ties = [], []
    labels: set[str] = {kind}
    for look, other in [*((p, place) for p in places), *((t, theme) for t in themes)]:
        label = _own_name(look.title, labels)
        labels.add(label)
        nodes.append(f"      {label}:  # {look.shown()}")
        nodes.append(f"        kind: {other}")
        nodes.append(f"        name: {{column: {_quoted(look.title)}{_split(look)}}}")
        fitting = [
            k
            for k in SCHEMA.tie_kinds
            if fits(k, kind, other) and not SCHEMA.tie_kinds[k].same_kind
        ]
        tie = SCHEMA.locating if other == place else fitting[-1]
        comment = f"  # or {', '.join(fitting[:-1])}" if other == theme and fitting[:-1] else ""
        ties += [f"      - {{kind: {tie}, source: {kind}, target: {_quoted(label)}}}{comment}"]
    return nodes, ties


def _split(look: _Look) -> str:
    return f", split: {json.dumps(look.separator)}" if look.separator else ""


# -- attributes ----------------------------------------------------------------------------------


def _attributes(looks: Sequence[_Look], table: str) -> Iterator[str]:
    """Draft a line for each column that is kept as an attribute."""
    known = SCHEMA.tables[table].columns
    used = {"kind", "id", "name", "aliases", "required", "source", "target", "once", "original_id"}
    for look in looks:
        target = look.role if look.role in known and look.role not in used else ""
        if target and not _suits(look, target):
            target = ""
        cell = _quoted(look.title)
        if not target:
            target = _own_name(look.title, used | set(known))
            if kind := _own_type(look):
                cell = f"{{column: {cell}, as: {kind}}}"
        used.add(target)
        yield f"{_quoted(target)}: {cell}  # {look.shown()}"


def _own_type(look: _Look) -> str:
    """Return what the values of an attribute of one's own are read as, blank for text."""
    if look.all(lambda v: re.fullmatch(r"\d+\.0+", v), 1.0):
        return "code"
    if 1 < len(look.counts) <= 4 and look.all(lambda v: v.casefold() in _TRUTHS, 1.0):
        return "boolean"
    decimal = any(re.fullmatch(r"-?\d+[.,]\d*[1-9]\d*", v) for v in look.some)
    # Whole numbers are as often codes as counts, and codes keep their zeros.
    return "number" if decimal and look.numeric and not look.dated else ""


def _suits(look: _Look, attribute: str) -> bool:
    """Say whether what stands in a column can be what its header says."""
    if attribute in ("start", "end"):
        return look.dated
    if attribute == "country":
        return look.all(country, 0.5)
    if attribute == "url":
        return look.all(lambda v: "." in v and " " not in v.strip(), 0.7)
    if attribute in ("amount", "strength"):
        numbers = [v for v in read_numbers(look.some).values if v is not None]
        least = min(numbers, default=0.0)
        return look.numeric and (attribute == "amount" or least > 0)
    if attribute == "role":
        return look.all(lambda v: v.casefold() in SCHEMA.values["role"], 1.0)
    if attribute == "currency":
        return look.all(lambda v: re.fullmatch("[A-Za-z]{3}|€", v), 1.0)
    return attribute in ("description", "legal_form")


def _own_name(title: str, used: set[str]) -> str:
    """Return a name for an attribute of one's own."""
    name = re.sub(r"\W+", "_", title).strip("_").lower()[:60] or "column"
    fresh, number = name, 1
    if name in used:
        fresh = f"original_{name}"
    while fresh in used:
        number += 1
        fresh = f"{name}_{number}"
    return fresh


# -- text that is safe in YAML -------------------------------------------------------------------


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return LIST.join(map(str, cell))
    return "" if cell is None or cell != cell else str(cell).strip()


def _quoted(text: str) -> str:
    """Return text as YAML, quoted where it could be taken for more."""
    if (
        re.fullmatch(r"[^\W\d][\w-]*( [\w-]+)*", text)
        and text.isascii()
        and (text.casefold() not in ("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
    ):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _harmless(text: str) -> str:
    """Return text that may stand in a comment."""
    plain = text.replace(LIST, "; ")
    return "".join(c if c.isprintable() else " " for c in plain)[:80]
