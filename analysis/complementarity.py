r"""Who complements whom, measured in four ways, side by side and never as one score.

*Set*: what b has that a does not have. With a shared capabilities, b of the first partner only and
c of the second only, the mutual gain is :math:`\min(b,c)`; ratios are given but do not rank, since
two partners with one capability each are perfectly dissimilar. The overlap comes with its p and,
over all pairs, its q. *Related*: of what b adds, how much supports fields that a could enter
(`analysis.capabilities.relatedness`). *Task*: what neither can do alone and both can together
(`analysis.capabilities.synergy`). *Structural*: whether their own tie closes squares without a
chord, on the one-mode network of direct ties only (`partnergraph.analysis.structure`): in a
partner × capability graph a square means the opposite, two partners who share two capabilities.

Pairs with a tie or a project together are *realised*, the others *potential*. Each pair lists its
evidence: the ids of the capabilities, projects and ties that it was counted from.

All pairs are compared, in blocks, and never stored.

References
----------
Colwell, R. K., Coddington, J. A. (1994). Estimating terrestrial biodiversity through extrapolation.
*Philosophical Transactions of the Royal Society B* 345, 101–118. Baselga, A. (2012). *Global
Ecology and Biogeography* 21, 1223–1232. Jaffe, A. B. (1986). *American Economic Review* 76,
984–1001. Bar, T., Leiponen, A. (2012). A measure of technological distance. *Economics
Letters* 116, 457–459.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolios import (
    Portfolios,
    partner,
    portfolios,
    requirements,
    suspected_duplicates,
)
from partnergraph.analysis.capabilities.relatedness import METHODS, MOST_FIELDS, Densities, Method
from partnergraph.analysis.capabilities.relatedness import relatedness as related
from partnergraph.analysis.capabilities.synergy import SAMPLES, Game
from partnergraph.analysis.engines.seam import question
from partnergraph.analysis.structure import tie_structure
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.folding.bicm import Bicm
from partnergraph.graph.folding.significance import benjamini_hochberg
from partnergraph.graph.meetings import Meetings, meetings
from partnergraph.graph.schema import SCHEMA

Key = Literal["mutual_gain", "added_density", "synergy"]
Which = Literal["all", "potential", "realised"]
KEYS: tuple[Key, ...] = get_args(Key)
WHICH: tuple[Which, ...] = get_args(Which)
TOP = 1_000
BLOCK = 512
MOST_CELLS = 8_000_000
DENSE_FROM = 0.02
MOST_COUNTERS = 10_000_000

# What every answer has, in this order; the others are further columns.
COLUMNS = (
    "a_name",
    "b_name",
    "overlap",
    "gain_a_from_b",
    "gain_b_from_a",
    "mutual_gain",
    "jaccard_dissimilarity",
    "turnover",
    "nestedness",
    "overlap_p",
    "overlap_q",
    "added_density_a_from_b",
    "added_density_b_from_a",
    "synergy",
    "interaction",
    "interaction_se",
    "realised",
    "evidence",
)
FURTHER = (
    "relative_gain_a_from_b",
    "relative_gain_b_from_a",
    "missing_filled_a_from_b",
    "missing_filled_b_from_a",
    "jaffe_cosine",
    "bar_leiponen",
    "shared_parents",
    "structural_similarity",
    "structural_complementarity",
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Complementarity:
    """Pairs of partners side by side, and what the comparison leaves out.

    Attributes
    ----------
    table
        A row for each pair, see `complementarity`; ``attrs`` has parameters and network.
    pairs
        How many pairs there are, listed or not.
    tasks
        How many projects say what they require.
    silent, unknown
        Partners without any capability on record, and those of them that were asked about.
    unheld
        Capabilities that nobody holds.
    cycles
        Capabilities that are, in the end, part of themselves; see `Portfolios.cycles`.
    suspected
        Capabilities that may be the same under two names, with the reason.
    """

    table: pd.DataFrame
    pairs: int
    tasks: int
    silent: tuple[str, ...]
    unknown: tuple[str, ...]
    unheld: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    suspected: tuple[dict[str, str], ...]


@question
def complementarity(
    eco: Ecosystem,
    a: str | None = None,
    b: str | None = None,
    *,
    relatedness: Method = "teece",
    threshold: float | None = None,
    top: int = TOP,
    by: Key = "mutual_gain",
    pairs: Which = "all",
    samples: int = SAMPLES,
    seed: int = 0,
    **options: Any,
) -> Complementarity:
    r"""Compare pairs of partners by four kinds of complementarity.

    Parameters
    ----------
    a, b
        Ids or names. One partner gives all its pairs, two give one pair, none the best pairs.
    relatedness, threshold
        φ, and the least that counts (then as 1), see `analysis.capabilities.relatedness`.
    top
        Most pairs to return.
    by
        What ranks the pairs: ``mutual_gain``; ``added_density``, the larger of the two directions;
        or ``synergy``. Equal pairs are ordered by what both gain together, then by ids.
    pairs
        ``potential`` (no tie and no project together), ``realised``, or ``all``.
    samples, seed
        Random coalitions for the interaction, and their seed, where a project requires more than 12
        capabilities; else the interaction is exact.
    options
        Which partners and which capabilities, and filters; see
        `analysis.capabilities.portfolio_options.PortfolioOptions`.

    Returns
    -------
    Complementarity
        Its ``table`` is indexed by (a, b), best first:

        - ``overlap`` a, ``gain_a_from_b`` c, ``gain_b_from_a`` b, ``mutual_gain`` min(b, c);
        - ``jaccard_dissimilarity`` :math:`(b+c)/(a+b+c)`, ``turnover``
          :math:`2\min/(a+2\min)`, ``nestedness``, their difference;
        - ``overlap_p``: the probability that two partners with as many capabilities share so few,
          each capability held by as many partners (`partnergraph.graph.folding.bicm`);
          ``overlap_q``: its false discovery rate over all pairs;
        - ``added_density_…``: c(r ← s), 0 … 100, see `analysis.capabilities.relatedness`;
        - ``synergy``, ``interaction``, ``interaction_se``, see `analysis.capabilities.synergy`;
          NaN where no project states what it requires;
        - ``realised``, ``evidence``;
        - further: gains relative to what a partner holds and to what it does not hold
          (``missing_filled``), ``jaffe_cosine`` :math:`a/\sqrt{n_an_b}`, ``bar_leiponen``
          :math:`1-\sum\min(f_i,f_j)` of shares, ``shared_parents`` (parents under which each holds
          a part that the other does not), ``structural_…`` of their direct tie.

        NaN throughout where a named partner has no capability on record.

    Raises
    ------
    BadParameter
        If a value is not valid for its option, or a and b are the same partner.
    UnknownName, AmbiguousName
        If a name does not exist, or several nodes have it.
    """
    _check(a, b, relatedness, top, by, pairs)
    case = _Case.of(eco, options)
    folios = case.folios
    named = [partner(eco, name, folios) for name in (a, b) if name is not None]
    if len(named) == 2 and named[0] == named[1]:
        raise BadParameter(
            f"{a!r} and {b!r} are the same partner, {named[0]}. Name two different partners"
        )
    related_to = _densities(folios, relatedness, threshold)
    chosen = _chosen(case, named, by, pairs, top, related_to)
    table = _table(case, chosen, related_to, samples, seed)
    unknown = tuple(name for name in named if name in folios.silent)
    if len(named) == 2 and unknown:
        table = _unknown(case, named)
    table.attrs = {
        "measure": ["set", "related", "task", "structural"],
        "parameters": {
            "a": a,
            "b": b,
            "relatedness": relatedness,
            "threshold": threshold,
            "top": top,
            "by": by,
            "pairs": pairs,
            "samples": samples,
            "seed": seed,
            **folios.options.chosen(),
        },
        "network": folios.as_network(),
    }
    return Complementarity(
        table=table,
        pairs=case.n_pairs,
        tasks=len(case.game.tasks),
        silent=folios.silent,
        unknown=unknown,
        unheld=folios.unheld,
        cycles=folios.cycles,
        suspected=tuple(suspected_duplicates(eco, [*folios.capabilities, *folios.unheld])),
    )


def _check(a: str | None, b: str | None, relatedness: str, top: int, by: str, pairs: str) -> None:
    if by not in KEYS or pairs not in WHICH or top < 1:
        raise BadParameter(
            f"by={by!r}, pairs={pairs!r}, top={top}: take by {', '.join(KEYS)}; "
            f"pairs {', '.join(WHICH)}; top 1 or more"
        )
    if relatedness not in METHODS:
        raise BadParameter(f"relatedness={relatedness!r}: take one of {', '.join(METHODS)}")
    if b is not None and a is None:
        raise BadParameter("b is given without a. Name the first partner too")


# -- what a question is asked of -------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Case:
    """Portfolios, tasks and meetings of one question."""

    eco: Ecosystem
    folios: Portfolios
    game: Game
    met: Meetings

    @classmethod
    def of(cls, eco: Ecosystem, options: dict[str, Any]) -> _Case:
        folios = portfolios(eco, **options)
        tasks = requirements(eco, folios.options)
        return cls(eco, folios, Game(folios.sets, tasks), _met(eco, folios))

    @property
    def n_pairs(self) -> int:
        n = len(self.folios)
        return n * (n - 1) // 2

    @cached_property
    def realised(self) -> sparse.csr_array:
        """A matrix n × n, above 0 where two partners have a tie or a project together."""
        n, at = len(self.folios), self.folios.index
        ends = [(at[a], at[b]) for a, b in self.met.direct if a in at and b in at]
        hubs = [[at[p] for p in members if p in at] for members in self.met.members.values()]
        rows = [(p, h) for h, members in enumerate(hubs) for p in members]
        ones = np.ones(len(ends))
        ends_array = np.array(ends, dtype=np.int64).reshape(-1, 2).T
        tied = sparse.coo_array((ones, tuple(ends_array)), shape=(n, n)).tocsr()
        member = sparse.coo_array(
            (np.ones(len(rows)), tuple(np.array(rows, dtype=np.int64).reshape(-1, 2).T)),
            shape=(n, max(len(hubs), 1)),
        ).tocsr()
        return sparse.csr_array(tied + tied.T + member @ member.T)


def _met(eco: Ecosystem, folios: Portfolios) -> Meetings:
    """Return which partners have a tie between them or take part in a project together."""
    asked = folios.options
    projects = [k for k in SCHEMA.period_lenders if k not in (*asked.rows, *asked.columns)]
    left = eco.filtered(asked.filters).eco
    return meetings(left, {*folios.partners, *folios.silent}, hubs=projects)


def _densities(folios: Portfolios, method: Method, threshold: float | None) -> Densities | None:
    """Return the densities under φ; None without fields, or with too many."""
    if len(folios.capabilities) > MOST_FIELDS or not len(folios):
        return None
    return Densities(folios, related(folios, method, threshold=threshold))


# -- which pairs -----------------------------------------------------------------------------


def _chosen(
    case: _Case, named: list[str], by: Key, pairs: Which, top: int, phi: Densities | None
) -> Integers:
    """Return the pairs to show as positions, best first; the partner asked about comes first."""
    folios = case.folios
    if any(name not in folios.index for name in named):
        return np.zeros((0, 2), dtype=np.int64)
    if len(named) == 2:
        return np.array([[folios.index[name] for name in named]], dtype=np.int64)
    if named and len(folios) > 1:
        return _ranked(case, [folios.index[named[0]]], by, pairs, top, phi)
    return _ranked(case, None, by, pairs, top, phi)


def _ranked(
    case: _Case, only: list[int] | None, by: Key, pairs: Which, top: int, phi: Densities | None
) -> Integers:
    """Go through all pairs by blocks of rows, keeping the best so far.

    Rows come in order, so a pair that is only equal to the last of the best comes after it, but
    where both directions of a pair are ranked.
    """
    folios, n = case.folios, len(case.folios)
    sizes = folios.sizes
    # One block knows one direction of the added density: both are ranked, and met again below.
    directed = by == "added_density" and only is None
    most = 2 * top if directed else top
    best, keys = np.zeros((0, 2), dtype=np.int64), np.zeros((0, 2))
    for rows, first, shared in _blocks(folios.holds, only, later=only is None and not directed):
        if by == "mutual_gain":
            key = np.minimum.outer(sizes[rows], sizes[first:]).astype(np.float32) - shared
        else:
            worth = _synergies(case, rows) if by == "synergy" else _added(case, rows, phi, directed)
            key = np.where(np.isnan(worth), -1.0, np.round(worth, 9))[:, first:]
        _leave_out(key, case, rows, first, pairs, later=only is None and not directed)
        least = keys[-1] if len(keys) == most else np.array([-np.inf, -np.inf])
        r, c = np.divmod(np.flatnonzero(key >= max(least[0], np.finfo(key.dtype).min)), n - first)
        total = sizes[rows[r]] + sizes[first + c] - 2 * shared[r, c].astype(np.int64)
        found = np.column_stack([key[r, c], total]).astype(np.float64)
        ends = np.column_stack([rows[r], first + c])
        if directed:
            ends.sort(axis=1)
        kept = _best_cells(found, least, most, ends if directed else None)
        best, keys = np.concatenate([best, ends[kept]]), np.concatenate([keys, found[kept]])
        order = np.lexsort((best[:, 1], best[:, 0], -keys[:, 1], -keys[:, 0]))[:most]
        best, keys = best[order], keys[order]
    if directed:
        _, place = np.unique(best, axis=0, return_index=True)
        best = best[np.sort(place)][:top]
    return best


def _leave_out(
    key: NDArray[Any], case: _Case, rows: Integers, first: int, pairs: Which, *, later: bool
) -> None:
    """Set to −∞ what is not a pair, was met from the other side, or was not asked for."""
    if later:
        key[:, : len(rows)][np.tril_indices(len(rows))] = -np.inf
    else:
        key[np.arange(len(rows)), rows - first] = -np.inf
    if pairs != "all":
        met = case.realised[rows].toarray()[:, first:] > 0
        key[met if pairs == "potential" else ~met] = -np.inf


def _best_cells(found: Floats, least: Floats, top: int, ends: Integers | None) -> Integers:
    """Return which of rows (key, total) are above `least`, the `top` largest of them.

    Where ends are given, equal rows go by them, and what equals `least` counts too.
    """
    key, total = found.T
    above = (key > least[0]) | (total > least[1])
    kept = np.flatnonzero(above if ends is None else above | (total == least[1]))
    if len(kept) > top:
        limit = np.partition(key[kept], len(kept) - top)[len(kept) - top]
        over, equal = kept[key[kept] > limit], kept[key[kept] == limit]
        by = (-total[equal],) if ends is None else (*ends[equal].T[::-1], -total[equal])
        kept = np.concatenate([over, equal[np.lexsort(by)[: top - len(over)]]])
    return np.asarray(kept, dtype=np.int64)


def _added(case: _Case, rows: Integers, phi: Densities | None, directed: bool) -> Floats:
    """Return what every partner adds to each of a block, or the larger of both directions."""
    holds, n = case.folios.holds, len(case.folios)
    if phi is None:
        return np.full((len(rows), n), np.nan)
    theirs: Floats = (holds @ phi.offered(rows).T).T
    if directed:
        return theirs
    for start in range(0, n, BLOCK):
        others = np.arange(start, min(start + BLOCK, n))
        theirs[:, others] = np.fmax(theirs[:, others], holds[rows] @ phi.offered(others).T)
    return theirs


def _synergies(case: _Case, rows: Integers) -> Floats:
    """Count the tasks that each of a block and every partner can only do together."""
    out = np.zeros((len(rows), len(case.folios)))
    for mask, whole in case.game.masks:
        alone = mask == whole
        both = (mask[rows, None] | mask[None, :]) == whole
        out += both & ~alone[rows, None] & ~alone[None, :]
    return out


def _blocks(
    holds: sparse.csr_array, only: list[int] | None = None, *, later: bool
) -> Iterator[tuple[Integers, int, NDArray[np.float32]]]:
    """Yield blocks of rows, a first column, and how much they share with every row from there on.

    With `later` that is the block's own first row: what comes before was met from the other side.
    """
    n = holds.shape[0]
    rows = np.arange(n) if only is None else np.array(only)
    whole: Any = holds.astype(np.float32)
    cells = n * holds.shape[1]
    dense = bool(cells) and holds.nnz / cells > DENSE_FROM
    if dense:
        whole = whole.toarray()
    step = max(1, min(BLOCK, MOST_CELLS // max(n, 1)))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        first = int(block[0]) if later else 0
        shared = whole[block] @ whole[first:].T
        yield block, first, np.rint(shared if dense else shared.toarray())


# -- the columns of a pair ------------------------------------------------------------------


def _table(
    case: _Case, chosen: Integers, phi: Densities | None, samples: int, seed: int
) -> pd.DataFrame:
    """Compute all columns of the chosen pairs."""
    folios, (one, other) = case.folios, chosen.T
    held = folios.sizes
    both = np.asarray(folios.holds[one].multiply(folios.holds[other]).sum(axis=1)).ravel()
    n_a, n_b, m = held[one].astype(float), held[other].astype(float), len(folios.capabilities)
    from_b, from_a = n_b - both, n_a - both
    least = np.minimum(from_a, from_b)
    jaccard, turnover = (from_a + from_b) / (both + from_a + from_b), _ratio(2 * least, both)
    table = pd.DataFrame(index=_index(folios, one, other))
    table["a_name"], table["b_name"] = (
        np.array([folios.names[folios.partners[i]] for i in ends], dtype=object)
        for ends in (one, other)
    )
    counts = {"overlap": both, "gain_a_from_b": from_b, "gain_b_from_a": from_a}
    for name, values in (counts | {"mutual_gain": least}).items():
        table[name] = values.astype(np.int64)
    table["jaccard_dissimilarity"], table["turnover"] = jaccard, turnover
    table["nestedness"] = jaccard - turnover
    table["overlap_p"], table["overlap_q"] = _overlap(folios, both, one, other)
    for name, taker, giver in (("a_from_b", one, other), ("b_from_a", other, one)):
        added = np.full(len(one), np.nan) if phi is None else phi.added(taker, giver)
        table[f"added_density_{name}"] = added
    synergies = _tasks(case, table, chosen, samples, seed)
    evidence = _evidence(case, chosen, synergies)
    table["realised"] = [bool(e["ties"]) for e in evidence]
    table["evidence"] = np.array([*evidence, None], dtype=object)[:-1]
    for name, gain, own in (("a_from_b", from_b, n_a), ("b_from_a", from_a, n_b)):
        table[f"relative_gain_{name}"] = gain / own
        missing = m - own
        table[f"missing_filled_{name}"] = np.divide(
            gain, missing, out=np.full(len(own), np.nan), where=missing > 0
        )
    table["jaffe_cosine"] = both / np.sqrt(n_a * n_b)
    table["bar_leiponen"] = 1 - both / np.maximum(n_a, n_b)
    table["shared_parents"] = [len(e["shared_parents"]) for e in evidence]
    similar = _structural(case, table)
    table["structural_similarity"], table["structural_complementarity"] = similar
    return table[[*COLUMNS, *FURTHER]]


def _ratio(twice: Floats, both: Floats) -> Floats:
    whole = twice + both
    out: Floats = np.divide(twice, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return out


def _index(folios: Portfolios, one: Integers, other: Integers) -> pd.MultiIndex:
    ids = np.array([*folios.partners, ""], dtype=object)
    return pd.MultiIndex.from_arrays([ids[one], ids[other]], names=["a", "b"])


def _overlap(
    folios: Portfolios, both: Floats, one: Integers, other: Integers
) -> tuple[Floats, Floats]:
    """Return p and q of some pairs; q over all pairs there are, each kind of pair asked once.

    Partners with as many capabilities are alike to the model, so the p of a pair depends on the
    overlap and the two sizes only. How many pairs have the same three is counted by blocks, so q is
    exact without storing any pair.
    """
    held_by = np.asarray(folios.holds.sum(axis=0)).ravel().astype(np.int64)
    model = Bicm.of(folios.sizes.astype(np.int64), held_by)
    p = model.shared_p(one, other, both.astype(np.int64), tail="less")
    (overlap, least, largest), times = _kinds_of_pairs(folios)
    sizes, first = np.unique(folios.sizes, return_index=True)
    one, other = (first[np.searchsorted(sizes, end)] for end in (least, largest))
    each = model.shared_p(one, other, overlap, tail="less")
    order = np.argsort(each, kind="stable")
    q = benjamini_hochberg(each[order], times=times[order])
    return p, q[np.searchsorted(each[order], p)] if len(p) else p


def _kinds_of_pairs(folios: Portfolios) -> tuple[tuple[Integers, ...], Integers]:
    """Count the pairs by overlap and by the two sizes, the smaller first.

    Partners with the same portfolio are counted together.
    """
    holds, times_held = _different(folios.holds)
    sizes = np.diff(holds.indptr).astype(np.int64)
    listed, code = np.unique(sizes, return_inverse=True)
    k, most = len(listed), int(listed.max(initial=0)) + 1
    few = k * k * most <= MOST_COUNTERS
    found, times = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    for rows, first, shared in _blocks(holds, later=True):
        least, largest = (f.outer(code[rows], code[first:]) for f in (np.minimum, np.maximum))
        kind = (least * k + largest) * most + shared.astype(np.int64)
        pairs = np.outer(times_held[rows], times_held[first:]).astype(np.float64)
        square = pairs[:, : len(rows)]
        square[np.tril_indices(len(rows), -1)] = 0
        np.fill_diagonal(square, times_held[rows] * (times_held[rows] - 1) / 2)
        if few:
            counts = np.bincount(kind.ravel(), weights=pairs.ravel())
            here = np.flatnonzero(counts)
            number = counts[here]
        else:
            here, back = np.unique(kind, return_inverse=True)
            number = np.bincount(back.ravel(), weights=pairs.ravel())
            here, number = here[number > 0], number[number > 0]
        found, back = np.unique(np.concatenate([found, here]), return_inverse=True)
        times = np.bincount(back, weights=np.concatenate([times, number])).astype(np.int64)
    ends, overlap = np.divmod(found, most)
    one, other = np.divmod(ends, max(k, 1))
    return (overlap, listed[one], listed[other]), times


def _different(holds: sparse.csr_array) -> tuple[sparse.csr_array, Integers]:
    """Return each row once, and how often it is there."""
    holds = sparse.csr_array(holds, copy=True)
    holds.sort_indices()
    ends = zip(holds.indptr[:-1].tolist(), holds.indptr[1:].tolist(), strict=True)
    seen: dict[bytes, int] = {}
    group = [seen.setdefault(holds.indices[a:b].tobytes(), len(seen)) for a, b in ends]
    _, first = np.unique(np.array(group, dtype=np.int64), return_index=True)
    return sparse.csr_array(holds[first]), np.bincount(group, minlength=len(seen))


def _tasks(
    case: _Case, table: pd.DataFrame, chosen: Integers, samples: int, seed: int
) -> list[list[str]]:
    """Add the columns of what pairs can only do together, and return these projects."""
    pairs = [(int(i), int(j)) for i, j in chosen]
    if not case.game.tasks:
        table["synergy"] = table["interaction"] = table["interaction_se"] = np.nan
        return [[] for _ in pairs]
    found = [case.game.synergy(i, j) for i, j in pairs]
    table["synergy"] = np.array([len(tasks) for tasks in found], dtype=np.float64)
    value, error = case.game.interaction(pairs, samples=samples, seed=seed)
    table["interaction"], table["interaction_se"] = value, error
    return found


def _evidence(case: _Case, chosen: Integers, synergies: list[list[str]]) -> list[dict[str, Any]]:
    """Return the capabilities, projects and ties that each pair was counted from, by id."""
    folios = case.folios
    out = []
    for (i, j), tasks in zip(chosen, synergies, strict=True):
        one, other = folios.sets[i], folios.sets[j]
        ends = folios.partners[i], folios.partners[j]
        out.append(
            {
                "shared": sorted(one & other),
                "only_a": sorted(one - other),
                "only_b": sorted(other - one),
                "shared_parents": _kin(folios, one - other, other - one),
                "projects": tasks,
                "ties": sorted(case.met.between(*ends)),
                "together": case.met.together(*ends),
            }
        )
    return out


def _kin(folios: Portfolios, one: frozenset[str], other: frozenset[str]) -> list[dict[str, Any]]:
    """Return the parents under which each of two holds a part that the other does not."""
    sides: list[dict[str, list[str]]] = []
    for only in (one, other):
        under: dict[str, list[str]] = {}
        for field in sorted(only):
            for parent in folios.parents.get(field, ()):
                under.setdefault(parent, []).append(field)
        sides.append(under)
    return [
        {"parent": parent, "only_a": sides[0][parent], "only_b": sides[1][parent]}
        for parent in sorted(sides[0].keys() & sides[1].keys())
    ]


def _structural(case: _Case, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return similarity and complementarity of the direct tie of each pair; NaN without one."""
    nothing = np.full(len(table), np.nan)
    if not case.met.direct or table.empty:
        return nothing, nothing.copy()
    actors = {case.eco.kind_of[p] for p in (*case.folios.partners, *case.folios.silent)}
    among = [kind for kind in SCHEMA.actors if kind in actors]
    try:
        ties = tie_structure(
            case.eco, nulls=0, among=among, via=(), **case.folios.options.filters.chosen()
        ).table
    except BadParameter:  # too large to count; the other three kinds stand all the same
        return nothing, nothing.copy()
    pairs = pd.MultiIndex.from_tuples([(min(p), max(p)) for p in table.index], names=["a", "b"])
    similar, complementary = (
        ties[f"structural_{name}"].reindex(pairs).to_numpy(dtype=np.float64)
        for name in ("similarity", "complementarity")
    )
    return similar, complementary


def _unknown(case: _Case, named: list[str]) -> pd.DataFrame:
    """Return the row of two partners of whom at least one has no capability on record."""
    a, b = named
    ties, together = sorted(case.met.between(a, b)), case.met.together(a, b)
    empty: dict[str, Any] = {
        "shared": [],
        "only_a": [],
        "only_b": [],
        "shared_parents": [],
        "projects": [],
    }
    row: dict[str, Any] = dict.fromkeys((*COLUMNS, *FURTHER), np.nan)
    row |= {"a_name": case.folios.names[named[0]], "b_name": case.folios.names[named[1]]}
    row |= {"realised": bool(ties), "evidence": empty | {"ties": ties, "together": together}}
    index = pd.MultiIndex.from_tuples([tuple(named)], names=["a", "b"])
    return pd.DataFrame([row], index=index)
