r"""Who holds what: partners, the capabilities each has on record, and their taxonomy.

Complementarity and coverage work on *portfolios*: rows are partners, columns what they may hold. By
default an actor holds what a tie states it has or works on, never what it looks for. Any other
affiliation works the same way, such as who took part in which project.

A partner without any capability on record is left out and counted, since its portfolio is unknown:
nothing recorded is not the same as nothing held.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolio_options import FIELDS, REQUIRED, PortfolioOptions
from partnergraph.analysis.engines.seam import question
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter
from partnergraph.graph.network_options import Recipe
from partnergraph.graph.schema import SCHEMA
from partnergraph.graph.two_mode import TwoMode

TAXONOMY = tuple(t for t, kind in SCHEMA.tie_kinds.items() if kind.same_kind)
ALIKE = 90
SHORTEST_ALIKE = 6
MOST_ALIKE = 5_000


@dataclass(frozen=True, eq=False)
class Portfolios:
    """A matrix of n partners × m capabilities, with what is known of its rows and columns.

    Attributes
    ----------
    holds
        n × m, CSR, float64, 1 where the partner holds the capability; no row or column is empty.
    partners, capabilities
        Ids, sorted, in the order of the matrix.
    names
        Names of rows, columns and those left out, by id.
    silent
        Ids of partners without any capability on record: their portfolio is unknown.
    unheld
        Ids of capabilities that nobody holds.
    ties
        Number of ties that state who holds what.
    recipe, options
        How it was made, and what was dropped; as asked.
    parents
        What each capability is directly part of, cycles left out.
    cycles
        Groups of capabilities that are, directly or indirectly, part of themselves.
    """

    holds: sparse.csr_array
    partners: tuple[str, ...]
    capabilities: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    unheld: tuple[str, ...] = ()
    ties: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    options: PortfolioOptions = field(default_factory=PortfolioOptions)
    parents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cycles: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.partners)

    @property
    def sizes(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """How many capabilities each partner holds."""
        return np.diff(self.holds.indptr).astype(np.int64)

    @property
    def holders(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """How many partners hold each capability."""
        return np.bincount(self.holds.indices, minlength=len(self.capabilities)).astype(np.int64)

    @cached_property
    def sets(self) -> tuple[frozenset[str], ...]:
        """The capabilities of each partner, as ids."""
        ids, starts, columns = self.capabilities, self.holds.indptr, self.holds.indices
        return tuple(
            frozenset(ids[c] for c in columns[starts[r] : starts[r + 1]])
            for r in range(len(self.partners))
        )

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each partner in the matrix."""
        return {partner: i for i, partner in enumerate(self.partners)}

    def as_network(self) -> dict[str, Any]:
        """Return recipe, sizes and what was dropped, as results in JSON have them."""
        dropped = dict(self.recipe.dropped)
        dropped |= {"partners without any on record": len(self.silent)}
        dropped |= {"columns that nobody holds": len(self.unheld)}
        return {
            "recipe": str(self.recipe),
            "nodes": len(self.partners) + len(self.capabilities),
            "ties": self.ties,
            "pairs": int(self.holds.nnz),
            "directed": False,
            "dropped": dropped,
            "notes": dict(self.recipe.notes),
        }

    @classmethod
    def of(cls, matrix: TwoMode, **more: Any) -> Portfolios:
        """Take the rows and columns that have an entry; entries above 0 count as 1."""
        whole = matrix.binary
        rows = np.flatnonzero(np.diff(whole.indptr))
        columns = np.flatnonzero(np.bincount(whole.indices, minlength=whole.shape[1]))
        holds = whole[rows][:, columns].tocsr()
        holds.sort_indices()
        names = dict(zip(matrix.rows, matrix.row_names, strict=True))
        names |= dict(zip(matrix.columns, matrix.column_names, strict=True))
        kept = {matrix.rows[r] for r in rows}, {matrix.columns[c] for c in columns}
        return cls(
            holds=holds,
            partners=tuple(matrix.rows[r] for r in rows),
            capabilities=tuple(matrix.columns[c] for c in columns),
            names=names,
            silent=tuple(r for r in matrix.rows if r not in kept[0]),
            unheld=tuple(c for c in matrix.columns if c not in kept[1]),
            recipe=matrix.recipe,
            **more,
        )


@question
def portfolios(eco: Ecosystem, **options: Any) -> Portfolios:
    """Lay out which partner holds which capability.

    Parameters
    ----------
    options
        Which partners and which capabilities, and filters; see
        `partnergraph.analysis.capabilities.portfolio_options.PortfolioOptions`.

    Raises
    ------
    BadParameter, UnknownName, AmbiguousName
        If an option or a name does not exist, or a kind is both a row and a column.
    """
    wanted = PortfolioOptions.of(options)
    matrix = eco.two_mode(wanted.two_mode())
    ties = int(matrix.incidence.sum()) if not wanted.rca else matrix.incidence.nnz
    if wanted.rca:
        matrix = _specialised(matrix)
    parents, cycles = taxonomy(eco.filtered(wanted.filters).eco, wanted.columns)
    return Portfolios.of(matrix, ties=ties, parents=parents, cycles=cycles, options=wanted)


def full(matrix: ArrayLike | sparse.csr_array) -> NDArray[np.float64]:
    """Return a matrix with all its zeros, as floats."""
    whole = matrix.toarray() if isinstance(matrix, sparse.sparray) else matrix
    return np.asarray(whole, dtype=np.float64)


def location_quotient(matrix: ArrayLike | sparse.csr_array) -> NDArray[np.float64]:
    r"""Return how much more of its total a partner has in a field than all partners together have.

    :math:`LQ_{rk}=\frac{x_{rk}/\sum_k x_{rk}}{\sum_r x_{rk}/\sum x}`, also called revealed
    comparative advantage; at least 1 is a speciality. 0 where there is nothing; NaN in an empty
    row or column.
    """
    x = full(matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((x / x.sum(axis=1, keepdims=True)) / (x.sum(axis=0) / x.sum()))


def _specialised(matrix: TwoMode) -> TwoMode:
    """Keep the entries whose location quotient is at least 1."""
    kept = matrix.incidence.tocoo()
    high = location_quotient(matrix.incidence)[kept.row, kept.col] >= 1
    entries = (np.ones(int(high.sum())), (kept.row[high], kept.col[high]))
    recipe = matrix.recipe.then("held where the location quotient is at least 1")
    low = {"entries with a location quotient below 1": int((~high).sum())}
    return replace(
        matrix,
        incidence=sparse.coo_array(entries, shape=kept.shape).tocsr(),
        recipe=replace(recipe, dropped=recipe.dropped | low),
    )


def taxonomy(
    eco: Ecosystem, kinds: Iterable[str] = FIELDS
) -> tuple[dict[str, frozenset[str]], tuple[tuple[str, ...], ...]]:
    """Return what each node of some kinds is directly part of, and the cycles left out of that.

    Nodes that are, directly or indirectly, part of themselves form a cycle; the ties inside it do
    not tell which is the larger, and do not count.
    """
    inside = [n for n, kind in eco.kind_of.items() if kind in set(kinds)]
    position = {node: i for i, node in enumerate(inside)}
    ties = eco.ties
    ties = ties[ties["kind"].isin(TAXONOMY)]
    ends = [
        (position[a], position[b])
        for a, b in zip(ties["source"], ties["target"], strict=True)
        if a in position and b in position
    ]
    rows, columns = (np.array([e[x] for e in ends], dtype=np.int64) for x in (0, 1))
    shape = (len(inside), len(inside))
    arcs = sparse.coo_array((np.ones(len(ends)), (rows, columns)), shape=shape).tocsr()
    _, label = sparse.csgraph.connected_components(arcs, directed=True, connection="strong")
    parents: dict[str, set[str]] = {}
    looped: dict[int, set[str]] = {}
    for a, b in ends:
        if label[a] == label[b]:
            looped.setdefault(int(label[a]), set()).update((inside[a], inside[b]))
        else:
            parents.setdefault(inside[a], set()).add(inside[b])
    cycles = tuple(sorted(tuple(sorted(members)) for members in looped.values()))
    return {node: frozenset(above) for node, above in sorted(parents.items())}, cycles


def requirements(eco: Ecosystem, options: PortfolioOptions) -> dict[str, frozenset[str]]:
    """Return what each project that says so requires, by project id."""
    left = eco.filtered(options.filters).eco
    ties = left.ties[left.ties["kind"].isin(REQUIRED)]
    out: dict[str, set[str]] = {}
    for project, what in zip(ties["source"], ties["target"], strict=True):
        if left.kind_of[what] in options.columns:
            out.setdefault(project, set()).add(what)
    return {project: frozenset(out[project]) for project in sorted(out)}


def suspected_duplicates(eco: Ecosystem, ids: Iterable[str]) -> list[dict[str, str]]:
    """List pairs of nodes that may be the same under two names, with the reason.

    Their names are equal without case, accents and punctuation; or an alias of one is a name of the
    other; or the names are similar (at least 90 of 100 by edit distance of sorted words) and at
    least six letters long. Names that differ only in a number are not similar; above 5,000 nodes
    similarity is not tested. Nothing is merged.

    Returns
    -------
    list of dict
        ``a b a_name b_name reason``, in the order of ids.
    """
    from rapidfuzz import fuzz, process

    inside = sorted(set(ids))
    named = {i: _plain(eco.name_of[i]) for i in inside}
    called: dict[str, set[str]] = {i: {named[i]} for i in inside}
    aliases = eco.aliases
    for node, alias in zip(aliases["node"], aliases["alias"], strict=True):
        if node in called:
            called[node].add(_plain(alias))
    bearers: dict[str, list[str]] = {}
    for node in inside:
        for name in sorted(called[node] - {""}):
            bearers.setdefault(name, []).append(node)
    found: dict[tuple[str, str], str] = {}
    for bearing in bearers.values():
        for x, a in enumerate(bearing):
            for b in bearing[x + 1 :]:
                found[a, b] = "the same name" if named[a] == named[b] else "an alias in common"
    texts = [named[i] for i in inside] if len(inside) <= MOST_ALIKE else []
    scores = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    for x, y in np.argwhere(np.triu(scores >= ALIKE, k=1)):
        a, b = inside[x], inside[y]
        short = min(len(texts[x]), len(texts[y])) < SHORTEST_ALIKE
        if not short and re.findall(r"\d+", texts[x]) == re.findall(r"\d+", texts[y]):
            found.setdefault((a, b), "similar names")
    return [
        {"a": a, "b": b, "a_name": eco.name_of[a], "b_name": eco.name_of[b], "reason": why}
        for (a, b), why in sorted(found.items())
    ]


def _plain(name: str) -> str:
    """Return a name in lower-case letters and digits, its words separated by single spaces."""
    bare = unicodedata.normalize("NFKD", name)
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


def partner(eco: Ecosystem, name: str, folios: Portfolios) -> str:
    """Return the id of the partner with an id or a name.

    Raises
    ------
    UnknownName, AmbiguousName
        If no node, or more than one, has the name.
    BadParameter
        If it is not one of the partners of these portfolios.
    """
    found = eco.resolve(name)
    if found not in folios.index and found not in folios.silent:
        label = SCHEMA.node_kinds[eco.kind_of[found]].label()
        raise BadParameter(
            f"{found} ({label}) is not one of the partners compared: {folios.recipe}"
        )
    return found
