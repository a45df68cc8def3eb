"""A still picture of a page, for notebooks that may not show the page itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWN_UP_TO = 3000


def still(data: Mapping[str, Any]) -> bytes | None:
    """Return a payload drawn as PNG, None where it has no nodes or too many."""
    nodes = data["nodes"]
    if not 0 < nodes["count"] <= DRAWN_UP_TO:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from PIL import Image

    ties, shown = data["ties"]["columns"], _shown(data)
    x, y = (np.asarray(nodes["columns"][axis]) for axis in "xy")
    figure = Figure(figsize=(9, 6), dpi=34)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    lines = [
        [(x[s], -y[s]), (x[t], -y[t])]
        for s, t in zip(ties["source"], ties["target"], strict=True)
        if shown[s] and shown[t]
    ]
    axes.add_collection(LineCollection(lines, colors="#7e8896", linewidths=0.6, zorder=1))
    axes.scatter(x[shown], -y[shown], s=22, c="#0072b2", linewidths=0, zorder=2)
    axes.set_aspect("equal", adjustable="datalim")
    canvas.draw()  # type: ignore[no-untyped-call]
    whole, out = Image.fromarray(np.asarray(canvas.renderer.buffer_rgba())), io.BytesIO()
    # Four colours: a notebook keeps the picture twice, and thousands of lines compress badly.
    few = Image.new("P", (1, 1))
    few.putpalette(bytes.fromhex("ffffffd0d6dd7e88960072b2"))
    small = whole.convert("RGB").quantize(palette=few, dither=Image.Dither.NONE)
    small.save(out, "PNG", optimize=True, bits=2)
    return out.getvalue()


def _shown(data: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return which nodes the page shows at first."""
    nodes, hidden = data["nodes"], data["hidden"].get("kind", [])
    spec = nodes["columns"]["kind"]
    if isinstance(spec, list):
        return np.array([kind not in hidden for kind in spec])
    if "same" in spec:
        return np.full(nodes["count"], spec["same"] not in hidden)
    return np.array([spec["dict"][code] not in hidden for code in spec["codes"]])
