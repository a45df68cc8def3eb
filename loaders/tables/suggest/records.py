"""Tables whose rows are nodes, or who takes part in what, drafted as a mapping."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.identity.normaliser import fold
from partnergraph.loaders.tables.cells import FALSE_WORDS, TRUE_WORDS
from partnergraph.loaders.tables.readers import country, form_of
from partnergraph.loaders.tables.sheets.sheet import Sheet
from partnergraph.loaders.tables.suggest.attributes import (
    attributes,
    between,
    node,
    own_name,
    split,
    tie,
)
from partnergraph.loaders.tables.suggest.look import Look, quoted, role_of
from partnergraph.loaders.tables.suggest.ties import depends, pairs


def records(looks: Sequence[Look], sheet: Sheet) -> list[str]:
    """Draft a list of nodes, or of participations where no column tells the rows apart."""
    if banded := _banded(looks, sheet):
        return banded
    subject = _subject(looks)
    if subject is None:
        return pairs(looks) or _participations(looks)
    id, name, shown = subject
    kind = _kind_of([name or id, id, *looks[:2]], sheet)
    used = {x.title for x in (id, name) if x is not None}
    rest = [look for look in looks if look.title not in used]
    form = None
    if name and name.all(form_of, 0.05) and not any(k.role == "legal_form" for k in rest):
        form = f"{{column: {quoted(name.title)}, as: legal_form_of_name}}"
    aliases = [look for look in rest if look.role == "alias" and not look.numeric and look.share]
    aliases = [look for look in aliases if "enrich" not in look.header]
    listed = ", ".join(f"{{column: {quoted(a.title)}{split(a)}}}" for a in aliases)
    known = f"[{listed}]" if aliases else None
    places = [look for look in rest if look.role == "place" and not look.numeric][:1]
    themes = [look for look in rest if _is_theme(look)]
    taken = {x.title for x in (*aliases, *places, *themes)}
    more = attributes([k for k in rest if k.title not in taken], "nodes")
    described = node(kind, shown, more, id=id, name=name, legal_form=form, aliases=known)
    others, ties = _others(kind, places, themes)
    return ["    nodes:", *described, *others, *(["    ties:", *ties] if ties else [])]


def _banded(looks: Sequence[Look], sheet: Sheet) -> list[str]:
    """Draft rows that stand below the name of an organisation: each takes part in what it names."""
    actor = next((k for k in looks if k.title == sheet.band), None)
    others = [k for k in looks if k is not actor and k.nameable and k.share > 0.8]
    if actor is None or not others:
        return []
    return _participation(looks, actor, max(others, key=lambda k: k.distinct))


def _is_theme(look: Look) -> bool:
    """Return whether a column lists what its subject works on."""
    if look.dated or look.all(country) or len(look.counts) < 2 or look.numeric:
        return False
    if role_of(look.header.rstrip("s")) == "source" or "source" in look.header:
        return False  # where a row comes from is not a theme of its subject
    if look.role == "theme":
        return look.separator is not None or look.distinct < 0.9
    listed = look.separator is not None and look.role == "" and look.distinct < 0.5
    return listed and look.share > 0.05 and len(look.counts) > 5


def _subject(looks: Sequence[Look]) -> tuple[Look | None, Look | None, Look] | None:
    """Return the columns that identify, name and show the subject of each row, None without any."""
    unique = [k for k in looks if k.share > 0.9 and k.distinct > 0.95 and k.separator is None]
    named = [k for k in looks if k.role == "name" and k.share > 0.5 and len(k.counts) > 1]
    named = [k for k in named if k.nameable or k.numeric]
    names = [k for k in named if not k.numeric and not k.dated]
    names.sort(key=lambda k: (not k.named, -min(k.share, 0.9), -k.distinct))
    ids = [k for k in unique if k.role == "id" or re.search(r"(^|-)u?id$", k.header)]
    # A name that half of the rows share is the name of something else.
    name = next((k for k in names if k.distinct > 0.5), None)
    if ids:
        texts = [k for k in unique if not k.numeric and not k.dated and k not in ids]
        name = name or (texts[0] if texts and texts[0].role == "" else None)
        return ids[0], name, name or ids[0]
    hubs = [k for k in _hubs(looks) if k is not name and k.share > 0.8]
    if name in _hubs(looks) or (
        name is not None
        and any(k.distinct < 1 and (name.distinct < 1 or len(k.counts) == 1) for k in hubs)
    ):
        return None
    if name is not None and name.distinct > 0.85:
        return None, name, name
    words = [k for k in unique if k.nameable and max(map(len, k.some)) < 200]
    if len(looks) == 1 or (words and not _two_entities(looks)):
        only = (words or list(looks))[0]
        return None, only, only
    return None


def _two_entities(looks: Sequence[Look]) -> bool:
    return len([k for k in looks if k.role in ("id", "name", "project", "network")]) > 1


def _participations(looks: Sequence[Look]) -> list[str]:
    """Draft who takes part in what: columns of names, of which one is of projects or networks."""
    able = [k for k in looks if k.share > 0.8 and len(k.counts) > 1 and k.separator is None]
    named = [k for k in able if k.nameable]
    hubs = [k for k in _hubs(looks) if k.share > 0.8 and k.separator is None]
    hubs.sort(key=lambda k: len(k.counts) == 1)
    order = ("name", "id", "", "place", "alias")
    actors = [k for k in named if k not in hubs and k.role in order]
    actors.sort(key=lambda k: (order.index(k.role), -len(k.counts)))
    actors += [k for k in able if k.all(country) and k.role == "country"]
    actors += hubs if len(hubs) > 1 else []
    if not hubs and len(actors) > 1 and actors[1].role in ("name", "id", ""):
        hubs = [k for k in actors[1:] if k.nameable][:1]
    hub = hubs[0] if hubs else None
    actor = next((k for k in actors if k is not hub), None)
    if actor is None or hub is None:
        only = actor or hub or next(iter(named), looks[0])
        rest = attributes([k for k in looks if k is not only], "nodes")
        return ["    nodes:", *node(SCHEMA.actors[0], only, rest, name=only)]
    return _participation(looks, actor, hub)


_HUBS = ("network", "project")


def _hubs(looks: Sequence[Look]) -> list[Look]:
    """Return the columns of networks and projects, those called Network name among them."""
    named = [k for k in looks if k.nameable]
    titles = [k for k in named if k.role == "name"]
    of_hubs = [k for k in titles if role_of(k.header.split("-")[0]) in _HUBS]
    more = of_hubs if len(of_hubs) < len(titles) else []
    return [k for k in named if k.role in _HUBS or k in more]


def _is_network(look: Look) -> bool:
    return "network" in (look.role, role_of(look.header.split("-")[0]))


def _participation(looks: Sequence[Look], actor: Look, hub: Look) -> list[str]:
    """Draft rows that each tie an actor to what it takes part in."""
    who, kind, link = SCHEMA.actors[0], SCHEMA.period_lenders[0], SCHEMA.folding[-1]
    if _is_network(hub):
        kind, link = SCHEMA.actors[-1], SCHEMA.folding[0]
    part = actor.role == hub.role == "project"  # projects and the programmes they are part of
    if part:
        actor, hub = sorted((actor, hub), key=lambda k: -len(k.counts))
        link, who = _WHOLE, "part"
    whole = None if part or kind not in SCHEMA.period_lenders else _finer(looks, actor, hub)
    if whole is not None:
        hub, whole = whole, hub
    titles = [k for k in looks if k.role == "project" and k not in (actor, hub, whole)]
    titles = [k for k in titles if not k.numeric]
    title = next((k for k in titles if abs(len(k.counts) / len(hub.counts) - 1) < 0.1), None)
    located = next((k for k in looks if k.named and k.role == "country" and k.all(country)), None)
    if actor.all(country):
        located = actor
    rest = [k for k in looks if k not in (actor, hub, whole, title, located)]
    start, end = _period_of(hub, rest) if kind in SCHEMA.period_lenders else (None, None)
    rest = [k for k in rest if k not in (start, end)]
    lead = next((k for k in rest if _leads(k)), None)
    others = [*attributes([k for k in rest if k is not lead], "ties", dated=start is not None)]
    if lead is not None:
        yes = {v: "lead" if v.casefold() in TRUE_WORDS else "partner" for v in lead.some}
        meanings = json.dumps(yes, ensure_ascii=False)
        others.append(f"role: {{column: {quoted(lead.title)}, map: {meanings}}}")
    id, name = hub if title else None, title or hub
    lines = [
        "    nodes:",
        *node(who, actor, kind=kind if part else None, name=actor, country=located),
        *node(kind, hub, id=id, name=name, start=start, end=end, required="true"),
    ]
    if whole is not None:
        lines += node("whole", whole, kind=kind, name=whole)
    lines += tie(link, who, kind, others)
    return lines + (tie(_WHOLE, kind, "whole", ["once: true"])[1:] if whole is not None else [])


_ENDING = re.compile(r"term|end|einde?|fin|exp")


def _period_of(hub: Look, looks: Sequence[Look]) -> tuple[Look | None, Look | None]:
    """Return the columns of dates that are the same in all rows of a project: its start and end."""
    if any(look.role in ("start", "end") for look in looks):
        return None, None
    dates = [look for look in looks if look.dated and not look.numeric and depends(look, hub)]
    ends = [look for look in dates if _ENDING.search(look.header)]
    starts = [look for look in dates if look not in ends and look.share > 0.5]
    start = max(starts, key=lambda look: look.share, default=None)
    return start, max(ends, key=lambda look: look.share, default=None) if start else None


_WHOLE = next(k for k, t in SCHEMA.tie_kinds.items() if t.same_kind)


def _finer(looks: Sequence[Look], actor: Look, hub: Look) -> Look | None:
    """Return the column of projects within what a column of programmes names, None without it."""
    for look in looks:
        inner = look.role in ("project", "alias") and look.nameable and look.share > 0.8
        inner = inner and look not in (actor, hub) and 1.1 * len(hub.counts) < len(look.counts)
        if inner and depends(hub, look) and not depends(look, actor):
            return look
    return None


def _leads(look: Look) -> bool:
    """Return whether a column says yes for the partner that leads."""
    words = {"lead", "coordinator", "coordinateur", "penvoerder", "leader", "leadpartner"}
    return bool(words & set(look.header.split("-"))) and look.all(
        lambda v: v.casefold() in TRUE_WORDS | FALSE_WORDS, 1.0
    )


def _kind_of(looks: Iterable[Look | None], sheet: Sheet) -> str:
    """Return the node kind that the headers or the name of the table suggest."""
    texts = [k.header for k in looks if k is not None]
    texts.append(fold(re.sub(r"[_./:-]+", " ", sheet.title)).replace(" ", "-"))
    for text in texts:
        for word in (w.rstrip("s") for w in text.split("-")):
            role = role_of(word)
            if role == "project":
                return SCHEMA.period_lenders[0]
            if role == "network":
                return SCHEMA.actors[-1]
    return SCHEMA.actors[0]


def _others(
    kind: str, places: Sequence[Look], themes: Sequence[Look]
) -> tuple[list[str], list[str]]:
    """Draft the nodes that a subject is tied to by its own columns."""
    place = min(SCHEMA.tie_kinds[SCHEMA.locating].target_kinds)
    theme = next(k for t in SCHEMA.sought for k in SCHEMA.tie_kinds[t].target_kinds)
    nodes, ties = [], []
    labels: set[str] = {kind}
    for look, other in [*((p, place) for p in places), *((t, theme) for t in themes)]:
        label = own_name(look.title, labels)
        labels.add(label)
        cell = f"{{column: {quoted(look.title)}{split(look)}}}"
        nodes += node(label, look, kind=other, name=cell)
        fitting = [k for k in between(kind, other) if not SCHEMA.tie_kinds[k].same_kind]
        tie = SCHEMA.locating if other == place else fitting[-1]
        comment = f"  # or {', '.join(fitting[:-1])}" if other == theme and fitting[:-1] else ""
        ties += [f"      - {{kind: {tie}, source: {kind}, target: {quoted(label)}}}{comment}"]
    return nodes, ties
