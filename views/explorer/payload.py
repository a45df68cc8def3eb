"""From an ecosystem to what the page reads: columns, codes and places, as small as they get.

The payload is a JSON object of plain columns, so that the file of a small ecosystem can be searched
with grep. Above `PLAIN_UP_TO` nodes its numbers go into one binary block and the whole is deflated.
A column is a list, or ``{"same": value}``, ``{"dict": values, "codes": integers}`` (-1 is missing),
or ``{"rows": integers, "values": values}``; a column without any value is left out.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import HELD
from partnergraph.analysis.centrality import centrality
from partnergraph.analysis.clusters import clusters
from partnergraph.analysis.measures import catalogue
from partnergraph.graph.builder import derived_id
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.periods import FIRST_DAY, LAST_DAY, span
from partnergraph.graph.schema import SCHEMA, Term

LANGUAGES = ("nl", "fr", "en")
PLAIN_UP_TO = 2000
TESTED_UP_TO = 500
# Above so many node-tie products the exact betweenness would take longer than the rest together.
PATHS_UP_TO = 3_000_000
NODE_FACETS = ("kind", "sphere", "sector", "level", "country", "cluster")
TIE_FACETS = {"tie_kind": "kind", "status": "status"}
# Units of the page in one of the layout, the distance of near neighbours.
UNIT = 100.0
# Farther out than any layout goes, in units of the page.
FARTHEST = 1e7
# Ranks are drawn a hundred times: nodes times ties, and how many nodes fit in two columns.
DOUBT_UP_TO = 25_000
COLUMNS_UP_TO = 1000
# Of so many partners with something on record, every pair is measured.
PAIRS_OF_UP_TO = 25
EVEN = 0.45
SPREAD_UP_TO = 150


def payload(
    eco: Ecosystem,
    *,
    measures: Sequence[str] | None = None,
    seed: int = 0,
    kept: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, Any]:
    """Return what the page is to know of an ecosystem.

    Parameters
    ----------
    eco
        The ecosystem; all its nodes and ties go in, whatever their kind.
    measures
        Node measures to show; degree and, where that is quick, betweenness when None.
    seed
        Seed of the clusters, the layout and the doubt.
    kept
        Places of nodes, by id, that are to stay as they are.

    Raises
    ------
    UnknownName
        Where there is no such measure.
    """
    nodes, ties = eco.nodes, eco.ties
    index = {str(id): i for i, id in enumerate(nodes["id"])}
    ends = _ends(ties, index)
    cluster = _clusters(eco, seed)
    places = _places(eco, ends, seed, kept or {})
    names = _measure_names(eco, measures)
    statuses = ties["status"].fillna(next(iter(SCHEMA.values["status"])))
    ties = ties.assign(status=statuses, id=_unlike_derived(ties))
    years = _years(nodes)
    node_columns = {
        **columns(nodes),
        **columns(pd.DataFrame({"cluster": cluster})),
        **dict(zip(("from_year", "to_year"), years, strict=True)),
        **dict(zip("xy", places.T, strict=True)),
    }
    tie_columns = {
        **columns(ties.drop(columns=["source", "target"])),
        **dict(zip(("source", "target"), ends, strict=True)),
        **dict(zip(("from_year", "to_year"), _tie_years(eco, years, ends), strict=True)),
    }
    return {
        "about": {**eco.about.as_dict(), "title": title(eco)},
        "nodes": {"count": len(nodes), "columns": node_columns},
        "ties": {"count": len(ties), "columns": tie_columns},
        "aliases": _table(eco.aliases.assign(node=eco.aliases["node"].map(index))),
        "sources": _table(eco.sources),
        "evidence": _evidence(eco, index),
        "facets": _facets(nodes.assign(cluster=cluster), ties),
        "measures": _measures(eco, names),
        "doubt": _doubt(eco, names, seed),
        "pairs": _pairs(eco, index, seed),
        "places": _columns_of_two(eco, ends, seed),
        "undirected": list(SCHEMA.undirected),
        "hidden": _hidden(nodes, ties),
        "clusters": {"verdict": "untested", "stability": None, "each": {}, "second": {}}
        | cluster.attrs,
    }


def title(eco: Ecosystem) -> str:
    """Return what an ecosystem is called on the page."""
    return eco.about.title or eco.about.name


# -- columns ---------------------------------------------------------------------------------


def _table(frame: pd.DataFrame) -> dict[str, Any]:
    return {"count": len(frame), "columns": columns(frame)}


def columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Encode the columns of a table that hold anything."""
    encoded = {str(name): _encode(frame[name]) for name in frame.columns}
    return {name: column for name, column in encoded.items() if column is not None}


def _encode(series: pd.Series) -> Any:
    """Return a column in its shortest form, None where all of it is missing."""
    if not series.notna().any():
        return None
    values = _plain_values(series)
    rows = [i for i, v in enumerate(values) if v is not None]
    if not rows:
        return None
    present = [values[i] for i in rows]
    distinct = list(dict.fromkeys(present))
    if len(rows) == len(values) and len(distinct) == 1 and len(values) > 1:
        return {"same": distinct[0]}
    if isinstance(present[0], str) and len(distinct) * 2 <= len(present):
        code = {v: c for c, v in enumerate(distinct)}
        return {"dict": distinct, "codes": np.array([-1 if v is None else code[v] for v in values])}
    if len(rows) * 2 < len(values):
        return {"rows": np.array(rows), "values": present}
    if len(rows) == len(values) and all(type(v) is int for v in present):
        return np.array(present)
    return values


def _plain_values(series: pd.Series) -> list[Any]:
    """Return the cells of a column as JSON has them; each value that differs is read once."""
    if series.dtype == object:
        return [_plain(v) for v in series.tolist()]
    codes, distinct = pd.factorize(series)
    plain = np.array([*(_plain(v) for v in distinct.tolist()), None], dtype=object)
    return list(plain[codes].tolist())


def _plain(value: Any) -> Any:
    """Return a cell as JSON has it: text, number, truth, or None where missing or not finite."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.9g}") if np.isfinite(value) else None
    return str(value) or None


def _unlike_derived(ties: pd.DataFrame) -> pd.Series:
    """Return the ids of ties that the page cannot put together from their other columns."""
    names = ("source", "kind", "target", "role", "start")
    rows = zip(*(ties[name].tolist() for name in names), strict=True)
    derived = [derived_id(dict(zip(names, row, strict=True))) for row in rows]
    return ties["id"].where(ties["id"] != pd.Series(derived, index=ties.index))


def _ends(ties: pd.DataFrame, index: Mapping[str, int]) -> NDArray[np.int64]:
    """Return rows of the nodes that each tie starts from and goes to."""
    ends = [ties[column].map(index).to_numpy(dtype=np.int64) for column in ("source", "target")]
    return np.stack(ends) if len(ties) else np.zeros((2, 0), dtype=np.int64)


def _evidence(eco: Ecosystem, index: Mapping[str, int]) -> dict[str, Any]:
    """Encode the receipts, their facts as rows: node i, or number of nodes + tie."""
    rows = {**{id: len(index) + t for t, id in enumerate(eco.ties["id"])}, **index}
    source = {id: s for s, id in enumerate(eco.sources["id"])}
    frame = eco.evidence
    frame = frame.assign(fact=frame["fact"].map(rows), source=frame["source"].map(source))
    frame = frame[frame["fact"].notna() & frame["source"].notna()]
    return _table(frame.astype({"fact": np.int64, "source": np.int64}))


# -- facets ----------------------------------------------------------------------------------


def _facets(nodes: pd.DataFrame, ties: pd.DataFrame) -> list[dict[str, Any]]:
    """List what nodes and ties can be filtered by, with the values in the order to show."""
    found = []
    for of, frame, columns in (
        ("node", nodes, {key: key for key in NODE_FACETS}),
        ("tie", ties, TIE_FACETS),
    ):
        for key, column in columns.items():
            values = _values(frame, key, column)
            if any(values):
                found.append({"key": key, "of": of, "column": column, "values": values})
    return found


def _values(frame: pd.DataFrame, key: str, column: str) -> list[str]:
    """Return the values of a facet; listed ones in full, so that shape and colour stay put."""
    listed: Sequence[str]
    if key == "kind":
        listed = list(SCHEMA.node_kinds)
    elif key == "tie_kind":
        listed = list(SCHEMA.tie_kinds)
    elif key == "cluster":
        listed = [str(c) for c in sorted(frame[column].dropna().astype(int).unique())]
    elif key in SCHEMA.values:
        listed = list(SCHEMA.values[key]) if frame[column].notna().any() else []
    else:
        counts = frame[column].value_counts()
        listed = sorted(counts.index, key=lambda value: (-counts[value], value))
    return [*listed, *([""] if frame[column].isna().any() else [])]


def _hidden(nodes: pd.DataFrame, ties: pd.DataFrame) -> dict[str, list[str]]:
    """Return what is off at first: what the default network leaves out, unless that is all."""
    core = set(SCHEMA.default_network)
    kinds = set(nodes["kind"])
    hidden = {}
    if kinds & core and kinds - core:
        hidden["kind"] = [kind for kind in SCHEMA.node_kinds if kind in kinds - core]
    if "disputed" in set(ties["status"]):
        hidden["status"] = ["disputed"]
    return hidden


def _clusters(eco: Ecosystem, seed: int) -> pd.Series:
    """Return the cluster of each node, missing for one without; ``attrs`` says how sure it is.

    Large networks are divided without being compared with random ones, which takes minutes.
    """
    starts = 20 if len(eco) <= PLAIN_UP_TO else 3
    nulls = None if len(eco) <= TESTED_UP_TO else 0
    table = clusters(eco, seed=seed, starts=starts, nulls=nulls)
    found = table["cluster"][table["cluster"] > 0].astype("Int64")
    cluster = eco.nodes["id"].map(found).astype("Int64")
    cluster.attrs["verdict"] = table.attrs["verdict"]
    each = table.attrs["clusters"]
    if len(eco) <= PLAIN_UP_TO:
        table = table.reindex(eco.nodes["id"])
        sure, second = table["stability"].tolist(), table["second_cluster"].tolist()
        cluster.attrs["stability"] = [None if v != v else round(v, 2) for v in sure]
        cluster.attrs["second"] = {i: str(v) for i, v in enumerate(second) if v is not pd.NA}
        cluster.attrs["each"] = {str(c["id"]): round(c["stability"], 2) for c in each}
    return cluster


def _measure_names(eco: Ecosystem, names: Sequence[str] | None) -> list[str]:
    """Return the measures to show: those asked for, or degree and what is quick."""
    if not len(eco):
        return []
    if names is not None:
        return list(names)
    quick = len(eco) * max(1, len(eco.ties)) <= PATHS_UP_TO
    return ["degree", "betweenness"] if quick else ["degree"]


def _doubt(eco: Ecosystem, names: Sequence[str], seed: int) -> dict[str, Any]:
    """Encode, by measure, the best and the worst rank were a tenth of the ties missing."""
    from partnergraph.analysis.doubt import doubt

    if not names or not len(eco.ties) or len(eco) * len(eco.ties) > DOUBT_UP_TO:
        return {}
    table = doubt(eco, "missing", measures=names, seed=seed).reindex(eco.nodes["id"])
    ends = ("rank_low", "rank_high")
    return {
        name: [[None if v != v else int(v) for v in table[f"{name}_{end}"]] for end in ends]
        for name in names
    }


def _measures(eco: Ecosystem, names: Sequence[str]) -> dict[str, Any]:
    """Encode the values of measures by node."""
    if not names:
        return {}
    table = centrality(eco, measures=names).reindex(eco.nodes["id"])
    columns = {name: [_plain(v) for v in table[name].tolist()] for name in names}
    if len(eco) <= PLAIN_UP_TO:
        return {n: [int(v) if v == round(v or 0.5) else v for v in c] for n, c in columns.items()}
    return {name: np.array(values, dtype=np.float64) for name, values in columns.items()}


def _pairs(eco: Ecosystem, index: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Encode what is measured of two partners by their rows, "i-j"; what is undefined is null.

    A measure has one value, or two: what the first gains from the second and the other way round;
    for the p of the overlap, its q over all pairs.
    """
    from partnergraph.analysis.complementarity import complementarity

    holders = eco.ties.loc[eco.ties["kind"].isin(HELD), "source"].nunique()
    if not 2 <= holders <= PAIRS_OF_UP_TO:
        return {"measures": [], "of": {}}
    table = complementarity(eco, seed=seed)
    ways = ("{}", "{}_a_from_b", "{}_b_from_a")
    found = {name: [c for w in ways if (c := w.format(name)) in table] for name in catalogue()}
    found["overlap_p"] = ["overlap_p", "overlap_q"]
    kept = {n: c for n, c in found.items() if c and table[c].notna().any(axis=None)}
    ends = [[index[str(i)] for i in table.index.get_level_values(side)] for side in ("a", "b")]
    values = [
        zip(*(map(_short, table[c]) for c in columns), strict=True) for columns in kept.values()
    ]
    rows = zip(*ends, zip(*values, strict=True), strict=True)
    of = {f"{a}-{b}": [list(pair) for pair in row] for a, b, row in rows}
    return {"measures": list(kept), "of": of}


def _short(value: float) -> float | None:
    """Return a number to four figures, whole where it is."""
    if value != value:
        return None
    return int(value) if value == int(value) else float(f"{value:.4g}")


# -- time ------------------------------------------------------------------------------------


def _years(frame: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last year each row may mean; 0 where open or not known."""

    @cache
    def year(text: object, end: int) -> int:
        if not isinstance(text, str):
            return 0
        day = span(text)[end]
        return 0 if day in (FIRST_DAY, LAST_DAY) else date.fromordinal(day).year

    first = np.array([year(text, 0) for text in frame["start"]], dtype=np.int64)
    last = np.array([year(text, 1) for text in frame["end"]], dtype=np.int64)
    return first, last


def _tie_years(
    eco: Ecosystem, node_years: tuple[NDArray[np.int64], NDArray[np.int64]], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the years of ties; one without a date takes those of the project it touches."""
    ties = eco.ties
    first, last = _years(ties)
    undated = (ties["start"].isna() & ties["end"].isna()).to_numpy(dtype=bool)
    lends = eco.nodes["kind"].isin(SCHEMA.period_lenders).to_numpy(dtype=bool)
    recurs = eco.nodes["recurrence"].notna().to_numpy(dtype=bool)
    for side in ends:
        borrowed = undated & lends[side] if len(side) else undated
        first[borrowed] = node_years[0][side[borrowed]]
        # What recurs goes on after the first time.
        last[borrowed] = np.where(recurs[side], 0, node_years[1][side])[borrowed]
    return first, last


# -- places ----------------------------------------------------------------------------------


def _places(
    eco: Ecosystem, ends: NDArray[np.int64], seed: int, kept: Mapping[str, tuple[float, float]]
) -> NDArray[np.int64]:
    """Return where each node lies, as whole numbers.

    The default network is laid out by itself, so that what is shown at first stands as it should;
    what else there is finds its place around it. What is kept stays.
    """
    from partnergraph.views.explorer.layout import layout

    n = len(eco)
    if not n:
        return np.zeros((0, 2), dtype=np.int64)
    tied = adjacency(n, ends)
    ids = eco.nodes["id"].tolist()
    pinned = {
        i: (kept[id][0] / UNIT, -kept[id][1] / UNIT) for i, id in enumerate(ids) if id in kept
    }
    core = np.flatnonzero(eco.nodes["kind"].isin(SCHEMA.default_network).to_numpy(dtype=bool))
    if 0 < len(core) < n:
        within = {c: pinned[i] for c, i in enumerate(core.tolist()) if i in pinned}
        inner = layout(tied[core][:, core].tocsr(), seed=seed, pinned=within)
        found = {int(i): (float(x), float(y)) for i, (x, y) in zip(core, inner, strict=True)}
        places = layout(tied, seed=seed, pinned=found | pinned)
    else:
        places = layout(tied, seed=seed, pinned=pinned)
    # On the screen y grows downwards.
    places = _spread(places, core) if n <= SPREAD_UP_TO and not pinned else places
    return np.rint(places * (UNIT, -UNIT)).astype(np.int64)


def adjacency(n: int, ends: NDArray[np.int64]) -> Any:
    """Return who is tied to whom, each pair once, as a symmetric matrix without a diagonal."""
    pairs = sparse.coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(n, n)).tocsr()
    adjacency = (pairs + pairs.T).tocsr()
    adjacency.setdiag(0)
    adjacency.eliminate_zeros()
    adjacency.data[:] = 1.0
    return adjacency


def _columns_of_two(eco: Ecosystem, ends: NDArray[np.int64], seed: int) -> dict[str, Any]:
    """Encode the places of the two-mode picture: actors in one column, what they share in another.

    Left out where there is one side only, and for large ecosystems, whose columns nobody reads.
    """
    from partnergraph.views.explorer.layout import layout

    sides = (~eco.nodes["kind"].isin(SCHEMA.actors)).to_numpy(dtype=np.int64)
    if len(eco) > COLUMNS_UP_TO or len(set(sides.tolist())) < 2:
        return {}
    places = layout(adjacency(len(eco), ends), seed=seed, sides=sides)
    # The page spaces what it shows; the order is what counts.
    order = np.argsort(np.argsort(-places[:, 1], kind="stable"), kind="stable")
    return {"columns": [sides, order]}


def places_of(page: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return where a page's payload, or the JSON that a page saved, has each node, by id.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError, IndexError, zlib.error
        Where it is neither.
    """
    blocks = b""
    if "deflate" in page:
        raw = zlib.decompress(base64.b64decode(page["deflate"]))
        (size,) = struct.unpack_from("<I", raw)
        page, blocks = json.loads(raw[4 : 4 + size]), raw[4 + size :]
    if isinstance(page["nodes"], list):
        rows = [(str(row["id"]), row["x"], row["y"]) for row in page["nodes"]]
    else:
        columns = page["nodes"]["columns"]
        axes = [_axis(columns[axis], page["nodes"]["count"], blocks) for axis in "xy"]
        rows = list(zip(columns["id"], *axes, strict=True))
    places = {id: (float(x), float(y)) for id, x, y in rows}
    if not all(abs(value) <= FARTHEST for place in places.values() for value in place):
        raise ValueError("places too far apart")
    return places


def _axis(spec: Any, count: int, blocks: bytes) -> list[float]:
    """Decode a column of coordinates."""
    if isinstance(spec, list):
        return spec
    if "same" in spec:
        return [spec["same"]] * count
    offset, length, kind = spec["block"]
    values = np.frombuffer(blocks, dtype=f"<{kind}", count=length, offset=offset)
    return [float(v) for v in values]


def _spread(places: NDArray[np.float64], core: NDArray[np.int64]) -> NDArray[np.float64]:
    """Even the places out a little, so that a few outliers do not press the rest together.

    Each coordinate moves part of the way to where it would lie were all of them evenly spaced:
    who lies left of, right of, above and below whom stays as it is.
    """
    shown = core if len(core) else np.arange(len(places))
    out = places.copy()
    for axis in range(2):
        values = np.sort(places[shown, axis])
        even = np.linspace(values[0], values[-1], len(values))
        out[:, axis] += EVEN * (np.interp(places[:, axis], values, even) - places[:, axis])
    return out


# -- words -----------------------------------------------------------------------------------


def words(measures: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the page's words in every language: its own, and the labels of the vocabulary.

    Parameters
    ----------
    measures
        Those that are to have a name; all of nodes and of pairs when None.
    """
    own = ui_words()
    found = catalogue()
    named = [n for n, m in found.items() if m.level in ("node", "pair")]
    columns = {**_labels(SCHEMA.tables["ties"].columns), **_labels(SCHEMA.tables["nodes"].columns)}
    facets = {key: columns[key] for key in NODE_FACETS if key in columns}
    labels = {
        "column": columns,
        "facet": {**facets, "status": columns["status"]},
        "kind": _labels(SCHEMA.node_kinds),
        "kinds": {k: _texts(kind.plurals) for k, kind in SCHEMA.node_kinds.items()},
        "tie_kind": _labels(SCHEMA.tie_kinds),
        "held": _labels({k: SCHEMA.tie_kinds[k] for k in HELD}),
        "source": _labels(SCHEMA.tables["sources"].columns),
        "evidence": _labels(SCHEMA.tables["evidence"].columns),
        "measure": {name: _texts(found[name].title) for name in measures or named},
        **{name: _labels(values) for name, values in SCHEMA.values.items() if name != "judgement"},
    }
    for name, entries in own["labels"].items():
        texts = {key: _texts(entry) for key, entry in entries.items()}
        labels[name] = {**labels.get(name, {}), **texts}
    ui = {key: _texts(entry) for key, entry in own["ui"].items()}
    return {"languages": list(LANGUAGES), "ui": ui, "labels": labels}


def ui_words() -> dict[str, Any]:
    """Read ``ui.yaml``."""
    import yaml

    text = files("partnergraph.views.explorer").joinpath("ui.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return raw


def _labels(terms: Mapping[str, Term]) -> dict[str, list[str]]:
    return {name: _texts(term.labels) for name, term in terms.items()}


def _texts(entry: Mapping[str, str]) -> list[str]:
    return [entry[language] for language in LANGUAGES]


# -- writing ---------------------------------------------------------------------------------


def dump(value: Mapping[str, Any], *, deflate: bool = False) -> str:
    """Return JSON that is safe inside a ``<script>`` element.

    Parameters
    ----------
    value
        A payload, or words.
    deflate
        Whether to put the numbers in a binary block and to deflate all of it.
    """
    if not deflate:
        return _json(value)
    blocks = bytearray()
    head = _json(_with_blocks(value, blocks)).encode()
    packed = zlib.compress(struct.pack("<I", len(head)) + head + bytes(blocks), 9)
    return _json({"deflate": base64.b64encode(packed).decode("ascii")})


def _json(value: Any) -> str:
    text = json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=lambda array: array.tolist(),
    )
    # Half a surrogate pair is no text; the rest must not end the element or a line of script.
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return re.sub("[<>&\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text)


def _with_blocks(value: Any, blocks: bytearray) -> Any:
    """Move arrays of numbers into a block of bytes, in the smallest type that holds them."""
    if isinstance(value, np.ndarray):
        array = _smallest(value)
        spec = [len(blocks), len(array), f"{array.dtype.kind}{array.dtype.itemsize}"]
        blocks += array.astype(array.dtype.newbyteorder("<")).tobytes()
        return {"block": spec}
    if isinstance(value, Mapping):
        return {key: _with_blocks(item, blocks) for key, item in value.items()}
    return value


def _smallest(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind == "f" or not len(array):
        return array
    low, high = int(array.min()), int(array.max())
    for kind in (np.uint8, np.int8, np.uint16, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return array.astype(kind)
    return array.astype(np.float64)
