"""How the page's data are written: columns as short as they get, as JSON that is safe in HTML.

A column is a list, or ``{"same": value}``, ``{"dict": values, "codes": integers}`` (-1 is missing),
or ``{"rows": integers, "values": values}``; a column without any value is left out. The data of a
small ecosystem stay plain JSON, which can be searched with grep; in those of a large one the
numbers go into one binary block and the whole is deflated.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from partnergraph.graph.files import most_unpacked

# Data of more nodes are deflated.
PLAIN_UP_TO = 2000
# Farther out than any layout goes, in units of the page.
FARTHEST = 1e7


def columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a table that hold any value, encoded."""
    encoded = {str(name): _encode(frame[name]) for name in frame.columns}
    return {name: column for name, column in encoded.items() if column is not None}


def _encode(series: pd.Series) -> Any:
    """Return a column in its shortest form, None where all of it is missing."""
    if not series.notna().any():
        return None
    values = _values(series)
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


def _values(series: pd.Series) -> list[Any]:
    """Return the cells of a column as JSON holds them; each distinct value is read once."""
    if series.dtype == object:
        return [plain(v) for v in series.tolist()]
    codes, distinct = pd.factorize(series)
    cells = np.array([*(plain(v) for v in distinct.tolist()), None], dtype=object)
    return list(cells[codes].tolist())


def plain(value: Any) -> Any:
    """Return a cell as JSON holds it; None where it is missing, empty or not finite."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.9g}") if np.isfinite(value) else None
    return str(value) or None


def dump(value: Mapping[str, Any], *, deflate: bool = False) -> str:
    """Return JSON that is safe inside a ``<script>`` element, deflated if asked."""
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
    # Half a surrogate pair is not valid text; the rest could end the element or a line of script.
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


def places_of(page: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the place of each node, by id, in a page's payload or the JSON it exported.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError,
    zlib.error, struct.error
        If the mapping is neither of these.
    """
    blocks = b""
    if "deflate" in page:
        engine = zlib.decompressobj()
        raw = engine.decompress(base64.b64decode(page["deflate"]), most_unpacked())
        if engine.unconsumed_tail:
            raise ValueError("too large unpacked")
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
