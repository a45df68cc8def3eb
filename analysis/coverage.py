r"""What the ecosystem holds and what is missing: by whom, how safely, and who is indispensable.

Capability e has :math:`h_e` holders; with a single holder it is a single point of failure. A
partner's share of the coverage is its Shapley value, :math:`\varphi_i=\sum_{e\in C_i}1/h_e`.
Coverage never shows synergy, see `analysis.capabilities.synergy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.benefits import benefits
from partnergraph.analysis.capabilities.covers import (
    SECONDS,
    Best,
    Cover,
    greedy,
    irreplaceability,
    maximum_coverage,
    minimum_cover,
)
from partnergraph.analysis.capabilities.needs import Matching, match_needs
from partnergraph.analysis.capabilities.nestedness import NULLS, nestedness, too_many_pairs
from partnergraph.analysis.capabilities.portfolios import (
    Portfolios,
    portfolios,
    requirements,
    suspected_duplicates,
)
from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.schema import SCHEMA

MOST_K = 10
MOST_SUBSTITUTES = 200
MOST_CELLS_AT_ONCE = 4_000_000
# The two attributes that place a partner, as the vocabulary lists their values.
PLACED_BY = ("sphere", "level")

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coverage:
    r"""What is held, by whom, and what follows from it.

    Attributes
    ----------
    partners
        Indexed by id: ``name``, ``capabilities`` (number held), ``sole`` (held by it alone),
        ``shapley``, ``irreplaceability`` (share of the minimum covers it is in, see
        `analysis.capabilities.covers.irreplaceability`); highest Shapley value first.
    capabilities
        Indexed by id: ``name``, ``holders`` (ids), ``n``; fewest holders first, 0 included.
    single_points
        Capabilities with one holder, in the same order.
    cover
        The minimum covers, as positions in `folios.partners`.
    greedy
        The greedy cover, step by step: rows ``id name gained covered``.
    maximum
        The most that 1, 2, … partners can cover.
    substitutes
        Indexed by (a, b): ``a_name``, ``b_name``, ``interaction`` of the coverage,
        :math:`-\sum_{e\in C_a\cap C_b}1/(h_e-1)`, never above 0: how far one can replace the
        other. The 200 lowest pairs, lowest first.
    needs
        Needs that partners can meet, and why the others cannot be met.
    open_requirements
        By project, the required capabilities that nobody holds.
    matrix
        Sphere × level × capability: a dict for each cell with partners, see `placed`.
    holes, unplaced
        Cells without partners, and partners that are not in any cell, see `placed`.
    benefits
        See `analysis.capabilities.benefits.benefits`.
    nestedness
        See `analysis.capabilities.nestedness.nestedness`; None where the matrix is too large.
    suspected
        Capabilities that may be the same under two names.
    """

    folios: Portfolios
    partners: pd.DataFrame
    capabilities: pd.DataFrame
    single_points: tuple[str, ...]
    cover: Cover
    greedy: pd.DataFrame
    maximum: tuple[Best, ...]
    substitutes: pd.DataFrame
    needs: Matching
    open_requirements: Mapping[str, tuple[str, ...]]
    matrix: tuple[dict[str, Any], ...]
    holes: tuple[dict[str, Any], ...]
    unplaced: tuple[str, ...]
    benefits: pd.DataFrame
    nestedness: pd.DataFrame | None
    suspected: tuple[dict[str, str], ...]
    parameters: dict[str, Any] = field(default_factory=dict)


@question
def coverage(
    eco: Ecosystem,
    *,
    most: int | None = None,
    capacity: int = 1,
    seconds: float = SECONDS,
    nulls: int = NULLS,
    seed: int = 0,
    **options: Any,
) -> Coverage:
    """Return what the ecosystem holds, by whom, and what is missing.

    Parameters
    ----------
    most
        Largest number of partners for which to compute the most they can cover; by default as many
        as the minimum cover has, at most 10.
    capacity
        Needs that one partner can meet.
    seconds
        Time limit for each kind of integer programme (cover, irreplaceability, maximum coverage);
        the answer marks what could not be proven in time.
    nulls, seed
        Number of random matrices for the nestedness, and their seed.
    options
        Which partners and which capabilities, and filters; see
        `analysis.capabilities.portfolio_options.PortfolioOptions`.

    Raises
    ------
    BadParameter, UnknownName, AmbiguousName
        If a value is not valid for its option, or a name does not exist.
    """
    if most is not None and most < 1:
        raise BadParameter(f"most={most}: give 1 or more")
    folios = portfolios(eco, **options)
    cover = minimum_cover(folios.holds, seconds=seconds)
    way = greedy(folios.holds)
    capabilities = _capabilities(folios)
    matrix, holes, unplaced = placed(eco, folios)
    too_large = too_many_pairs(folios)
    return Coverage(
        folios=folios,
        partners=_partners(folios, irreplaceability(folios.holds, cover, seconds=seconds)),
        capabilities=capabilities,
        single_points=tuple(capabilities.index[capabilities["n"] == 1]),
        cover=cover,
        greedy=pd.DataFrame(
            [(folios.partners[s.row], s.gained, s.covered) for s in way],
            columns=["id", "gained", "covered"],
        ).assign(name=[folios.names[folios.partners[s.row]] for s in way]),
        maximum=tuple(
            maximum_coverage(folios.holds, most or min(cover.size, MOST_K), seconds=seconds)
        ),
        substitutes=_substitutes(folios),
        needs=match_needs(eco, folios, capacity=capacity),
        open_requirements=_open(eco, folios),
        matrix=matrix,
        holes=holes,
        unplaced=unplaced,
        benefits=benefits(eco.filtered(folios.options.filters).eco),
        nestedness=None if too_large else nestedness(folios, nulls=nulls, seed=seed),
        suspected=tuple(suspected_duplicates(eco, [*folios.capabilities, *folios.unheld])),
        parameters={
            "most": most,
            "capacity": capacity,
            "seconds": seconds,
            "nulls": nulls,
            "seed": seed,
            **folios.options.chosen(),
        },
    )


def _capabilities(folios: Portfolios) -> pd.DataFrame:
    columns = folios.holds.tocsc()
    holders = [
        sorted(folios.partners[r] for r in columns.indices[columns.indptr[c] : end])
        for c, end in enumerate(columns.indptr[1:])
    ] + [[] for _ in folios.unheld]
    ids = [*folios.capabilities, *folios.unheld]
    table = pd.DataFrame(
        {
            "id": np.array(ids, dtype=object),
            "name": np.array([folios.names[c] for c in ids], dtype=object),
            "holders": np.array([*holders, None], dtype=object)[:-1],
            "n": [len(who) for who in holders],
        }
    )
    return table.sort_values(["n", "id"]).set_index("id")


def _partners(folios: Portfolios, irreplaceable: np.ndarray[Any, Any]) -> pd.DataFrame:
    held = folios.holders.astype(np.float64)
    ids = np.array(folios.partners, dtype=object)
    table = pd.DataFrame(
        {
            "id": ids,
            "name": np.array([folios.names[p] for p in ids], dtype=object),
            "capabilities": folios.sizes,
            "sole": np.rint(folios.holds @ (held == 1)).astype(np.int64),
            "shapley": folios.holds @ (1 / held) if len(held) else np.zeros(len(ids)),
            "irreplaceability": irreplaceable,
        }
    )
    order = table.assign(key=-table["shapley"].round(12)).sort_values(["key", "id"]).index
    return table.loc[order].set_index("id")


def _substitutes(folios: Portfolios) -> pd.DataFrame:
    """Return the pairs of partners that share the most of what few others hold."""
    held = folios.holders.astype(np.float64)
    weight = np.divide(1.0, held - 1, out=np.zeros(len(held)), where=held > 1)
    one, other, shared = _most_shared(folios.holds, weight)
    ids = np.array([*folios.partners, ""], dtype=object)
    ends = [ids[one], ids[other]]
    table = pd.DataFrame(index=pd.MultiIndex.from_arrays(ends, names=["a", "b"]))
    for name, side in zip(("a_name", "b_name"), ends, strict=True):
        table[name] = np.array([*(folios.names[i] for i in side), ""], dtype=object)[:-1]
    table["interaction"] = -shared
    return table


def _most_shared(holds: sparse.csr_array, weight: Floats) -> tuple[Integers, Integers, Floats]:
    """Return the pairs of rows that share the most by weight, and how much, block by block."""
    n = holds.shape[0]
    pairs, values = np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    weighted = sparse.csr_array(holds @ sparse.diags_array(weight))
    step = max(1, MOST_CELLS_AT_ONCE // max(n, 1))
    for start in range(0, n, step):
        shared = (weighted[start : start + step] @ holds[start:].T).tocoo()
        least = values[-1] if len(values) == MOST_SUBSTITUTES else 0.0
        # Rows come in order: one that is only equal to the last of the best comes after it.
        new = (shared.col > shared.row) & (np.round(shared.data, 12) > least)
        found = start + np.column_stack([shared.row[new], shared.col[new]]).astype(np.int64)
        pairs, values = (
            np.concatenate([pairs, found]),
            np.concatenate([values, np.round(shared.data[new], 12)]),
        )
        order = np.lexsort((pairs[:, 1], pairs[:, 0], -values))[:MOST_SUBSTITUTES]
        pairs, values = pairs[order], values[order]
    one, other = pairs.T
    exact = np.asarray(weighted[one].multiply(holds[other]).sum(axis=1)).ravel()
    return one, other, exact


def _open(eco: Ecosystem, folios: Portfolios) -> dict[str, tuple[str, ...]]:
    """Return, by project, what it requires and nobody holds."""
    held = set(folios.capabilities)
    tasks = requirements(eco, folios.options)
    lacking = {project: tuple(sorted(needs - held)) for project, needs in tasks.items()}
    return {project: missing for project, missing in lacking.items() if missing}


def placed(
    eco: Ecosystem, folios: Portfolios
) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Return the matrix sphere × level × capability, its holes, and partners without a place.

    A cell is a sphere and a level with at least one partner: ``sphere``, ``level`` (None where not
    on record), ``partners`` (ids), ``capabilities`` (how many of them hold each, 0 included). A
    hole is a capability that no partner in a cell holds, or, with ``capability`` None, a sphere and
    level without partners on record. Partners with neither on record are not in any cell, so a hole
    may only be a gap in the records.
    """
    ids = eco.nodes["id"]
    recorded = [dict(zip(ids, eco.nodes[name], strict=True)) for name in PLACED_BY]
    listed = [{value: i for i, value in enumerate(SCHEMA.values[name])} for name in PLACED_BY]
    where: dict[tuple[str | None, ...], list[int]] = {}
    unplaced = []
    for row, who in enumerate(folios.partners):
        cells = [values[who] for values in recorded]
        place = tuple(value if isinstance(value, str) else None for value in cells)
        if any(place):
            where.setdefault(place, []).append(row)
        else:
            unplaced.append(who)
    order = [{None: len(known), **known} for known in listed]
    matrix, holes = [], []
    for place in sorted(where, key=lambda at: [o[v] for o, v in zip(order, at, strict=True)]):
        here = dict(zip(PLACED_BY, place, strict=True))
        counts = np.asarray(folios.holds[where[place]].sum(axis=0)).ravel()
        held = {c: int(n) for c, n in zip(folios.capabilities, counts, strict=True)}
        who_is_there = [folios.partners[r] for r in where[place]]
        matrix.append({**here, "partners": who_is_there, "capabilities": held})
        holes += [{**here, "capability": c} for c, n in held.items() if not n]
    holes += [
        {**dict(zip(PLACED_BY, place, strict=True)), "capability": None}
        for place in product(*listed)
        if place not in where
    ]
    return tuple(matrix), tuple(holes), tuple(unplaced)
