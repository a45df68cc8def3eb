"""A sealed report: an RO-Crate with all that it rests on, which anybody can count again.

The folder holds the ecosystem, the report in the forms asked for, the records of its findings, a
fingerprint of every fact, and ``ro-crate-metadata.json`` (RO-Crate 1.1) with the options, the
versions and the hash of every file. Nothing in it depends on the clock or the machine. A hash does
not sign: who keeps the hash of the metadata elsewhere can tell that the whole was replaced.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import partnergraph
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import AlreadyThere, BadParameter, PartnergraphError, UnusableInput
from partnergraph.graph.files import new_folder
from partnergraph.graph.formats import datapackage
from partnergraph.graph.networkx_form import records
from partnergraph.views.report.page import (
    FORMS,
    Report,
    compose,
    form_of,
    found,
    language_of,
    report,
)
from partnergraph.views.words import clean

METADATA, FACTS, TRACE, APPENDIX = (
    "ro-crate-metadata.json",
    "facts.json",
    "trace.json",
    "appendix.xlsx",
)
ECOSYSTEM = "ecosystem"
NAMED = 5
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_LIBRARIES = (
    "pandas",
    "numpy",
    "scipy",
    "networkx",
    "matplotlib",
    "Jinja2",
    "openpyxl",
    "typst",
    "python-docx",
)
_TYPES = {
    ".html": "text/html",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".csv": "text/csv",
}
Alike = Callable[[Ecosystem], pd.DataFrame]


@dataclass(frozen=True)
class Verdict:
    """What a sealed report is worth: what differs, and why; nothing where all is equal.

    Attributes
    ----------
    hash
        SHA-256 of the metadata, to be compared with the one that was kept elsewhere.
    data, versions, outputs
        Facts that differ from those of another edition; versions of what counted that differ; files
        that come out otherwise when they are made again.
    """

    hash: str
    data: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.data or self.outputs)

    def in_words(self) -> list[str]:
        """Return the verdict in sentences."""
        out = [f"The metadata has the SHA-256 {self.hash}."]
        if self.equal:
            out.append("Equal: every file is as it was sealed, and comes out the same again.")
        if self.versions:
            out.append(f"Version: {'; '.join(self.versions)}.")
        if self.outputs:
            why = "another version counted" if self.versions else "the facts do not give them"
            out.append(f"Made again, {', '.join(self.outputs)} differ: {why}.")
        if self.data:
            more = len(self.data) - NAMED
            left = f" and {more} more" if more > 0 else ""
            out.append(f"Data: {'; '.join(self.data[:NAMED])}{left}.")
        return out


# -- sealing ---------------------------------------------------------------------------------


def seal(
    eco: Ecosystem,
    folder: str | Path,
    *,
    forms: Iterable[str] = (".html",),
    alike: Alike | None = None,
    lang: str | None = None,
    appendix: bool = False,
    **options: Any,
) -> Report:
    """Write a report into a new folder with all that it rests on.

    Parameters
    ----------
    forms
        The endings of the forms: ``.html``, ``.md``, ``.pdf``, ``.docx``.
    alike
        Finds pairs of nodes that may be the same, as `partnergraph.identities` does.
    lang, options
        Of the report, see `partnergraph.report`.
    appendix
        Whether the workbook with all tables goes with it.

    Raises
    ------
    AlreadyThere
        If the folder exists and is not empty.
    BadParameter
        If ``since`` is an edition: only a date can be given.
    """
    folder = Path(folder)
    if isinstance(options.get("since"), Ecosystem):
        raise BadParameter("an earlier edition is not sealed with the report: give a date as since")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(f"{folder} already exists and is not empty. Name a new folder")
    names = [f"report{form}" for form in forms] + [TRACE] + ([APPENDIX] if appendix else [])
    with new_folder(folder) as beside:
        datapackage.save(eco, beside / ECOSYSTEM)
        # What is read again from the folder is what counts: so it does for whoever verifies.
        kept = datapackage.load(beside / ECOSYSTEM)
        asked = {"lang": language_of(kept, lang), "alike": alike is not None, **options}
        made = _made(kept, asked, alike)
        for name in names:
            (beside / name).write_bytes(_output(made, name))
        (beside / FACTS).write_bytes(_as_json(fingerprints(kept)))
        (beside / METADATA).write_bytes(_as_json(_metadata(beside, kept, asked)))
    return made


def written(
    eco: Ecosystem,
    output: str | Path,
    *,
    trace: str | Path | None = None,
    appendix: str | Path | None = None,
    folder: str | Path | None = None,
    alike: Alike,
    **options: Any,
) -> Report:
    """Write the report with what else is asked for, and seal it where there is a folder for it.

    Returns
    -------
    Report
        See `partnergraph.report` and `seal` for the options and what they raise.
    """
    if folder is None:
        made = report(eco, duplicates=alike(eco), **options)
    else:
        forms, more = [form_of(output).suffix.lower()], appendix is not None
        made = seal(eco, folder, forms=forms, alike=alike, appendix=more, **options)
    made.save(output)
    if trace is not None:
        made.save_trace(trace)
    if appendix is not None:
        made.save_appendix(appendix)
    return made


def _made(eco: Ecosystem, asked: Mapping[str, Any], alike: Alike | None) -> Report:
    """Compose the report that is asked for."""
    pairs = alike(eco) if asked["alike"] and alike is not None else None
    since, seed = asked.get("since"), asked.get("seed", 0)
    facts = found(eco, at=asked.get("at"), duplicates=pairs, since=since, seed=seed)
    parts = asked.get("parts", "all")
    return compose(facts, lang=asked["lang"], title=asked.get("title"), parts=parts)


def _output(made: Report, name: str) -> bytes:
    if name == TRACE:
        return _as_json(made.trace)
    return made.appendix() if name == APPENDIX else FORMS[Path(name).suffix](made)


def _as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fingerprints(eco: Ecosystem) -> dict[str, str]:
    """Return a fingerprint of each node and tie with its receipts, and of each other row."""
    stated: dict[str, list[str]] = defaultdict(list)
    for row in records(eco.evidence):
        stated[row["fact"]].append(_canonical(row))
    out = {}
    for name in ("nodes", "ties"):
        for row in records(eco.table(name)):
            whole = [_canonical(row), *sorted(stated[row["id"]])]
            out[row["id"]] = _hash("\n".join(whole).encode())[:16]
    for name in ("sources", "aliases", "judgements"):
        for row in records(eco.table(name)):
            named = [str(row[c]) for c in ("id", "node", "alias", "a", "b") if c in row]
            out[f"{name} {' '.join(named)}"] = _hash(_canonical(row).encode())[:16]
    return out


def _canonical(row: Mapping[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)


def versions() -> dict[str, str]:
    """Return the versions of what counts and draws, where it is installed."""
    out = {"partnergraph": partnergraph.__version__, "Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            out[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return out


def _metadata(folder: Path, eco: Ecosystem, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of the crate: what each file is, and how the report was made."""
    about, files = eco.about, []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        entry = {"@id": path.relative_to(folder).as_posix(), "@type": "File", "name": path.name}
        entry |= {"encodingFormat": _TYPES.get(path.suffix, "application/octet-stream")}
        files.append({**entry, "contentSize": str(len(data)), "sha256": _hash(data)})
    inside = {"@id": f"{ECOSYSTEM}/"}
    parts = [{"@id": f["@id"]} for f in files]
    own = [part for part in parts if part["@id"].startswith(f"{ECOSYSTEM}/")]
    made = [part for part in parts if part not in own]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": clean(asked.get("title") or about.title or about.name or "Ecosystem"),
        "description": clean(about.description) or "A report on partners, sealed.",
        "license": clean(about.licence) or "not stated",
        "inLanguage": asked["lang"],
        "hasPart": [inside, *made],
        "mentions": [{"@id": "#made"}],
    }
    if eco.as_of:  # RO-Crate asks for a date: that of the data, for the clock is never read
        root["datePublished"] = eco.as_of
    software = [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": number}
        for name, number in versions().items()
    ]
    options = [
        {"@id": f"#option-{name}", "@type": "PropertyValue", "name": name, "value": value}
        for name, value in sorted(asked.items())
    ]
    action = {
        "@id": "#made",
        "@type": "CreateAction",
        "name": "The report, made from the ecosystem",
        "object": [inside, *({"@id": option["@id"]} for option in options)],
        "result": made,
        "instrument": [{"@id": entry["@id"]} for entry in software],
    }
    itself = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    tables = {**inside, "@type": "Dataset", "name": "The ecosystem", "hasPart": own}
    graph = [itself, root, tables, *files, action, *options, *software]
    return {"@context": _CONTEXT, "@graph": graph}


# -- verifying -------------------------------------------------------------------------------


def verify(
    folder: str | Path, other: Ecosystem | None = None, *, alike: Alike | None = None
) -> Verdict:
    """Look at every file of a sealed report, and make the report again.

    Parameters
    ----------
    other
        An edition of the ecosystem to compare the sealed one with.
    alike
        What found pairs of nodes that may be the same.

    Raises
    ------
    UnusableInput
        If a file is missing, was changed or came in after sealing; of a table, it names the facts.
    """
    folder = Path(folder)
    entries, data = _read(folder)
    _untouched(folder, entries)
    kept = datapackage.load(folder / ECOSYSTEM)
    asked = {
        e["name"]: e.get("value") for e in entries.values() if e.get("@type") == "PropertyValue"
    }
    names = sorted(e["@id"] for e in entries.values() if e.get("@type") == "File")
    outputs = [n for n in names if n in (TRACE, APPENDIX) or n.startswith("report.")]
    try:
        made = _made(kept, asked, alike)
        again = {name: _output(made, name) for name in outputs}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        cause = f"what it says of how it was made cannot be used ({error})"
        raise UnusableInput(folder / METADATA, cause, "Take a copy that was not changed") from error
    differing = tuple(n for n in outputs if again[n] != (folder / n).read_bytes())
    now = versions()
    before = {
        e["name"]: e["softwareVersion"]
        for e in entries.values()
        if e.get("@type") == "SoftwareApplication"
    }
    differ = tuple(
        f"{name} {number} when sealed, {now.get(name, 'none')} now"
        for name, number in before.items()
        if now.get(name) != number
    )
    facts = () if other is None else _differing(fingerprints(kept), other)
    return Verdict(_hash(data), data=facts, versions=differ, outputs=differing)


def _read(folder: Path) -> tuple[dict[str, dict[str, Any]], bytes]:
    path = folder / METADATA
    try:
        data = path.read_bytes()
        entries = {entry["@id"]: entry for entry in json.loads(data)["@graph"]}
        needed = [e["sha256"] for e in entries.values() if e.get("@type") == "File"]
        options = {e["name"] for e in entries.values() if e.get("@type") == "PropertyValue"}
        [e["name"] + e["softwareVersion"] for e in entries.values() if "softwareVersion" in e]
        if not needed or not {"lang", "alike"} <= options:
            raise KeyError("sha256, lang or alike")
    except OSError as error:
        cause = error.strerror or "it cannot be read"
        raise UnusableInput(path, cause, "Name a folder that --seal wrote") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = f"it is not what --seal wrote ({error})"
        raise UnusableInput(path, cause, "Take a copy that was not changed") from error
    return entries, data


def _untouched(folder: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise where a file is missing, was changed, or came in."""
    stated = {i: e["sha256"] for i, e in entries.items() if e.get("@type") == "File"}
    there = {
        p.relative_to(folder).as_posix(): p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != METADATA
    }
    missing = sorted(set(stated) - set(there))
    changed = [n for n in sorted(stated) if n in there and _changed(there[n], stated[n])]
    added = sorted(set(there) - set(stated))
    complaints = [
        f"{what}: {', '.join(map(clean, names))}"
        for what, names in (("missing", missing), ("changed", changed), ("not sealed", added))
        if names
    ]
    if not complaints:
        return
    if facts := _which(folder, changed):
        shown = "; ".join(facts[:NAMED])
        more = f" and {len(facts) - NAMED} more" if len(facts) > NAMED else ""
        complaints.append(f"facts: {shown}{more}")
    cause = f"it was tampered with ({'; '.join(complaints)})"
    raise UnusableInput(folder, cause, "Take a copy that was not changed")


def _changed(path: Path, stated: str) -> bool:
    try:
        return _hash(path.read_bytes()) != stated
    except OSError:
        return True


def _which(folder: Path, changed: Iterable[str]) -> tuple[str, ...]:
    """Return which facts a changed table changes, where it can still be read."""
    if not any(name.startswith(f"{ECOSYSTEM}/") for name in changed) or FACTS in changed:
        return ()
    try:
        now = datapackage.load(folder / ECOSYSTEM)
        return _differing(json.loads((folder / FACTS).read_bytes()), now)
    except (PartnergraphError, OSError, ValueError):
        return ()


def _differing(before: Mapping[str, str], now: Ecosystem) -> tuple[str, ...]:
    """Return the facts that came, went or changed since, each with its name where it has one."""
    names, after = _names(now), fingerprints(now)
    out = []
    for fact in sorted({*before, *after}):
        if before.get(fact) != after.get(fact):
            how = "new" if fact not in before else "gone" if fact not in after else "changed"
            named = f" ({names[fact]})" if fact in names else ""
            out.append(clean(f"{fact}{named} is {how}"))
    return tuple(out)


def _names(eco: Ecosystem) -> dict[str, str]:
    names = dict(eco.name_of)
    ends = eco.ties[["id", "source", "kind", "target"]].itertuples(index=False)
    return names | {i: f"{names[a]} {kind} {names[b]}" for i, a, kind, b in ends}
