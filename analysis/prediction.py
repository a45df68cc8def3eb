r"""Predictors of the next partnership, and a test of each on these data.

With the neighbours :math:`N_x`, degrees :math:`d_x` and ties :math:`a_{xy}` of a network of actors,
and the fields :math:`C_x` that an actor holds, the score of a pair (x, y) is

- ``common_neighbours`` :math:`|N_x\cap N_y|`; ``jaccard`` :math:`|N_x\cap N_y|/|N_x\cup N_y|`;
  ``adamic_adar`` :math:`\sum_{u\in N_x\cap N_y} 1/\log d_u`; ``resource_allocation``
  :math:`\sum_{u\in N_x\cap N_y} 1/d_u`: a friend's friend;
- ``katz`` :math:`\sum_l \beta^l (A^l)_{xy}` with :math:`\beta = 1/(2\lambda)` for the largest
  eigenvalue λ: all walks, long ones counting less;
- ``l3`` :math:`\sum_{u,v} a_{xu}a_{uv}a_{vy}/\sqrt{d_ud_v}`: y is like the partners of x;
- ``shared_fields`` :math:`|C_x\cap C_y|`; ``mutual_gain`` :math:`\min(|C_x\setminus C_y|,
  |C_y\setminus C_x|)`: what each could give the other; ``related_gain`` :math:`c(x\leftarrow y)`:
  how much what y holds supports the fields that x could enter
  (`partnergraph.analysis.capabilities.relatedness`, by association);
- ``popularity`` :math:`d_y`, which knows nothing of x: the baseline.

A predictor is worth what it finds of ties that it was not shown. Where the data are dated, those
are the ties of the last part of the time; else a fifth of the ties is hidden at random.
*Precision@k* is the share of true partners among the k that come first; equal scores share the
places that are left.

One network can by chance have more triangles than another, and then friends of friends do well on
it. So *better than chance* takes two things: that the difference from drawing lots stays in nearly
all resamples of the actors; and, up to 20,000 pairs, that the predictor finds more than in each of
19 random networks of the same degrees, or by fields than when these are dealt anew 19 times.

References
----------
Liben-Nowell, D., Kleinberg, J. (2007). The link-prediction problem for social networks. *Journal of
the American Society for Information Science and Technology* 58, 1019–1031.
Zhou, T., Lü, L., Zhang, Y.-C. (2009). Predicting missing links via local information. *European
Physical Journal B* 71, 623–630.
Kovács, I. A. et al. (2019). Network-based prediction of protein interactions. *Nature
Communications* 10, 1240.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.capabilities.portfolio_options import FIELDS, HELD
from partnergraph.analysis.capabilities.portfolios import Portfolios
from partnergraph.analysis.capabilities.relatedness import MOST_FIELDS, Densities, relatedness
from partnergraph.analysis.nulls.random_networks import Null
from partnergraph.graph.ecosystem import Ecosystem
from partnergraph.graph.errors import BadParameter, UnknownName
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.periods import FIRST_DAY, span, tie_periods
from partnergraph.graph.schema import SCHEMA

HIDDEN = 0.2
FEWEST_PAIRS = 20
MOST_SOURCES = 400
REPEATS = ((500, 10), (5_000, 3), (10**9, 1))
FEWEST_TO_SPLIT = 40
FEWEST_SOURCES = 5
RANDOM = 19
RANDOM_UP_TO = 20_000
SHUFFLES_WHERE_LARGE = 5
DRAWS = 2_000
WALKS = 60
AT_ONCE = 32
BASELINE = "popularity"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Known:
    """What a predictor may look at: who is tied to whom, and who holds which field.

    Attributes
    ----------
    tied
        n × n, symmetric, 0 and 1, without a diagonal.
    holds
        n × fields, 0 and 1.
    ids, fields
        In the order of the matrices.
    """

    tied: sparse.csr_array
    holds: sparse.csr_array
    ids: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, eco: Ecosystem, options: dict[str, Any]) -> Known:
        """Take the network of actors, folded through all other nodes, and their fields."""
        graph = eco.weighted_graph(**{"among": SCHEMA.actors} | options)
        matrix = graph.adjacency
        tied = ((matrix + matrix.T) > 0).astype(np.float64).tocsr()
        kinds = tuple(dict.fromkeys(graph.kinds)) or SCHEMA.actors
        filters = graph.options.filters.chosen()
        held = eco.two_mode(rows=kinds, columns=FIELDS, via=HELD, **filters)
        place = {node: i for i, node in enumerate(held.rows)}
        order = [place[node] for node in graph.ids]
        holds = held.binary[order] if order else sparse.csr_array((0, len(held.columns)))
        return cls(sparse.csr_array(tied), sparse.csr_array(holds), graph.ids, held.columns)

    @cached_property
    def degrees(self) -> Floats:
        """Partners of each actor."""
        return np.diff(self.tied.indptr).astype(np.float64)

    @cached_property
    def sizes(self) -> Floats:
        """Fields of each actor."""
        return np.diff(self.holds.indptr).astype(np.float64)

    @cached_property
    def beta(self) -> float:
        """How much less a walk counts for each further step."""
        if not self.tied.nnz:
            return 0.0
        x = self.degrees + 1.0
        for _ in range(100):  # power iteration on A + 1, which swings nowhere
            x = self.tied @ x + x
            x = x / np.linalg.norm(x)
        return 0.5 / float(x @ (self.tied @ x))

    @cached_property
    def _related(self) -> tuple[Ints, Densities] | None:
        """Who holds any field, and what supports what; None without fields that go together."""
        rows = np.flatnonzero(self.sizes)
        columns = np.flatnonzero(np.bincount(self.holds.indices, minlength=len(self.fields)))
        if not 1 < len(columns) <= MOST_FIELDS:
            return None
        folios = Portfolios(
            holds=sparse.csr_array(self.holds[rows][:, columns]),
            partners=tuple(self.ids[i] for i in rows),
            capabilities=tuple(self.fields[i] for i in columns),
        )
        return rows, Densities(folios, relatedness(folios, "association"))

    def partners(self, i: int) -> Ints:
        """Return who actor i is tied to."""
        return self.tied.indices[self.tied.indptr[i] : self.tied.indptr[i + 1]].astype(np.int64)

    def shuffled(self, random: np.random.Generator) -> Known:
        """Deal the portfolios anew among those who have any."""
        rows = np.flatnonzero(self.sizes)
        order = np.arange(len(self.ids))
        order[rows] = random.permutation(rows)
        return Known(self.tied, sparse.csr_array(self.holds[order]), self.ids, self.fields)

    @cached_property
    def walks(self) -> dict[int, Floats]:
        """Walks from the actors last asked about to everybody, see `walk`."""
        return {}

    def walk(self, actors: Ints) -> None:
        """Count walks from several actors at once: a fraction of the time of one by one."""
        steps = np.zeros((len(self.ids), len(actors)))
        steps[actors, np.arange(len(actors))] = 1.0
        total = np.zeros_like(steps)
        for _ in range(WALKS):  # each step halves what is left, or more
            steps = self.beta * (self.tied @ steps)
            total += steps
        self.walks.clear()
        self.walks.update(zip(actors.tolist(), np.ascontiguousarray(total.T), strict=True))

    def _around(self, i: int, share: Floats) -> Floats:
        """Return what flows from i through each of its partners, by a share of each."""
        start = np.zeros(len(self.ids))
        near = self.partners(i)
        start[near] = share[near]
        flow: Floats = self.tied @ start
        return flow

    @cached_property
    def _shares(self) -> dict[str, Floats]:
        d = self.degrees
        with np.errstate(divide="ignore"):
            logs = np.where(d > 1, 1 / np.log(np.maximum(d, 2)), 0.0)
            return {
                "one": np.ones(len(d)),
                "log": logs,
                "part": np.where(d > 0, 1 / d, 0.0),
                "root": np.where(d > 0, 1 / np.sqrt(d), 0.0),
            }


def _jaccard(known: Known, i: int) -> Floats:
    both = known._around(i, known._shares["one"])
    either = known.degrees[i] + known.degrees - both
    share: Floats = np.divide(both, either, out=np.zeros(len(both)), where=either > 0)
    return share


def _katz(known: Known, i: int) -> Floats:
    if i not in known.walks:
        known.walk(np.array([i]))
    return known.walks[i]


def _l3(known: Known, i: int) -> Floats:
    root = known._shares["root"]
    score: Floats = known.tied @ (known._around(i, root) * root)
    return score


def _shared(known: Known, i: int) -> Floats:
    shared: Floats = known.holds @ known.holds[[i]].toarray().ravel()
    return shared


def _mutual(known: Known, i: int) -> Floats:
    both = _shared(known, i)
    return np.asarray(np.minimum(known.sizes[i] - both, known.sizes - both))


def _related_gain(known: Known, i: int) -> Floats:
    score = np.zeros(len(known.ids))
    if known._related is not None and known.sizes[i]:
        rows, densities = known._related
        offered = densities.offered(np.array([np.searchsorted(rows, i)]))[0]
        score[rows] = densities.holds @ np.nan_to_num(offered)
    return score


PREDICTORS: dict[str, Callable[[Known, int], Floats]] = {
    "common_neighbours": lambda known, i: known._around(i, known._shares["one"]),
    "jaccard": _jaccard,
    "adamic_adar": lambda known, i: known._around(i, known._shares["log"]),
    "resource_allocation": lambda known, i: known._around(i, known._shares["part"]),
    "katz": _katz,
    "l3": _l3,
    "shared_fields": _shared,
    "mutual_gain": _mutual,
    "related_gain": _related_gain,
    BASELINE: lambda known, _: known.degrees.copy(),
}
BY_FIELDS = ("shared_fields", "mutual_gain", "related_gain")
OTHERWISE = "resource_allocation"


# -- what was hidden --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Hidden:
    """What a predictor is shown, and what it should find.

    Attributes
    ----------
    known
        What it is shown.
    found
        For each actor asked about, by number: the partners that were hidden.
    how
        In words.
    """

    known: Known
    found: dict[int, Ints]
    how: str


def hold_out(eco: Ecosystem, options: dict[str, Any], *, seed: int = 0) -> list[Hidden]:
    """Hide part of the ties: the last ones where they are dated, else a fifth at random.

    Only pairs count whose two actors have another tie left: nothing can be said of a stranger.
    """
    whole = Known.of(eco, options)
    ties = eco.ties
    inside = {i for i, kind in eco.kind_of.items() if kind in SCHEMA.default_network}
    tying = (ties["source"].isin(inside) & ties["target"].isin(inside)).to_numpy()
    days = _first_days(eco)
    dated = days[tying & ~np.isnan(days)]
    if len(dated):
        last = float(np.quantile(dated, 1 - HIDDEN, method="higher"))
        later = ~np.isnan(days) & (days >= last)
        day = _date(last)
        known = Known.of(eco.keep_ties(~later), options)
        found = _new_pairs(whole, known)
        if sum(map(len, found.values())) >= 2 * FEWEST_PAIRS:
            return [Hidden(known, found, f"ties that began from {day} on")]
    random = np.random.default_rng(seed)
    repeats = next(times for most, times in REPEATS if tying.sum() <= most)
    out = []
    for _ in range(repeats):
        gone = tying & (random.random(len(ties)) < HIDDEN)
        known = Known.of(eco.keep_ties(~gone), options)
        how = f"{HIDDEN:.0%} of the ties at random, {repeats} times"
        out.append(Hidden(known, _new_pairs(whole, known), how))
    return out


def _first_days(eco: Ecosystem) -> Floats:
    """Return the first day of each tie, or of the project it touches; NaN where neither has one."""
    starts = tie_periods(eco.nodes, eco.ties)["start"]
    first = {text: span(text)[0] for text in starts.dropna().unique()}
    days = starts.map(first).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(days > FIRST_DAY, days, np.nan)


def _date(day: float) -> str:
    import datetime

    return datetime.date.fromordinal(int(day)).isoformat()


def _new_pairs(whole: Known, known: Known) -> dict[int, Ints]:
    """Return, for each actor with a tie left, its hidden partners that have one left too."""
    place = {node: i for i, node in enumerate(whole.ids)}
    order = np.array([place[node] for node in known.ids], dtype=np.int64)
    tied = whole.tied[order][:, order] if len(order) else whole.tied
    new = sparse.csr_array(tied - tied * known.tied)
    new.eliminate_zeros()
    rows, columns = new.nonzero()
    kept = (known.degrees[rows] > 0) & (known.degrees[columns] > 0)
    frame = pd.DataFrame({"a": rows[kept], "b": columns[kept]}).sort_values(["a", "b"])
    return {int(str(a)): group["b"].to_numpy(np.int64) for a, group in frame.groupby("a")}


# -- how well each does -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Trial:
    """What each predictor found of what was hidden.

    Attributes
    ----------
    name
        The predictor that was chosen.
    k, how, sources, pairs
        Places looked at, what was hidden, of how many actors, how many pairs.
    precision
        By predictor; of the actors it was not chosen by, where there are enough.
    chance, shuffled
        What is found by drawing lots, and by the best predictor from fields that were dealt anew
        (NaN where it does not go by fields, or nobody has any).
    better_than_chance, better_than_popularity
        See the module; None where too few were asked.
    apart
        Whether the predictor was chosen by other actors than it was judged by.
    """

    name: str
    k: int
    how: str
    sources: int
    pairs: int
    precision: dict[str, float]
    chance: float
    shuffled: float
    better_than_chance: bool | None
    better_than_popularity: bool | None
    apart: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON results have it."""
        baselines = {BASELINE: self.precision.get(BASELINE, np.nan), "chance": self.chance}
        return {
            "name": self.name,
            "precision_at_k": self.precision.get(self.name, np.nan),
            "k": self.k,
            "baselines": baselines | {"shuffled_attributes": self.shuffled},
            "better_than_chance": self.better_than_chance,
            "better_than_popularity": self.better_than_popularity,
            "hidden": self.how,
            "sources": self.sources,
            "pairs": self.pairs,
            "chosen_by_others": self.apart,
            "all": self.precision,
        }

    def in_words(self) -> str:
        """Return how far to trust it."""
        name, p = self.name.replace("_", " "), self.precision
        if self.better_than_chance is None:
            return (
                f"Too few ties to test a predictor ({self.pairs} pairs of {self.sources} actors "
                f"hidden): {name} is a guess."
            )
        seen = (
            f"Precision@{self.k} of {name} is {p[self.name]:.3f}; of popularity "
            f"{p[BASELINE]:.3f}, of drawing lots {self.chance:.3f}"
            + ("" if np.isnan(self.shuffled) else f", of shuffled fields {self.shuffled:.3f}")
            + f" (hidden: {self.how}; {self.sources} actors)."
        )
        if not self.better_than_chance:
            ahead = p[self.name] > max(self.chance, np.nan_to_num(self.shuffled))
            luck = f" So far ahead among {self.sources} actors may be luck." if ahead else ""
            return f"No better than chance on your data. {seen}{luck}"
        if not self.better_than_popularity:
            return f"{seen} It is no better than naming whoever is best tied."
        return seen


def tried(eco: Ecosystem, options: dict[str, Any], *, k: int | None = None, seed: int = 0) -> Trial:
    """Hide ties, let every predictor find them, and choose the best one that is not a baseline.

    Parameters
    ----------
    eco, options
        The ecosystem, and how to make the network of actors.
    k
        Places that count: by default 10, or 3 where there are fewer than 50 actors.
    seed
        Of what is hidden at random, and of who chooses and who judges.

    Raises
    ------
    BadParameter
        If k is below 1.
    """
    if k is None:
        k = 10 if sum(kind in SCHEMA.actors for kind in eco.kind_of.values()) >= 50 else 3
    if k < 1:
        raise BadParameter(f"k={k}: give 1 or more")
    random = np.random.default_rng([seed, 2])
    hidden = hold_out(eco, options, seed=seed)
    how = hidden[0].how
    table = pd.DataFrame([row for part in hidden for row in _found(part, k, random)])
    return judged(eco, options, table, how, k=k, seed=seed)


def judged(
    eco: Ecosystem, options: dict[str, Any], table: pd.DataFrame, how: str, *, k: int, seed: int
) -> Trial:
    """Choose by a table of what each predictor found, an actor a row; say what it is worth."""
    random = np.random.default_rng([seed, 5])
    pairs = int(table["pairs"].sum()) if len(table) else 0
    if len(table):  # an actor that is asked in several draws is one actor
        table = table.groupby("actor").mean()
    if len(table) < FEWEST_SOURCES:
        nothing = (float("nan"), float("nan"), None, None, False)
        return Trial(OTHERWISE, k, how, len(table), pairs, {}, *nothing)
    names = [name for name in PREDICTORS if name in table.columns]
    judges = chosen = table
    if len(table) >= FEWEST_TO_SPLIT:
        half = random.permutation(len(table)) < len(table) // 2
        chosen, judges = table[half], table[~half]
    means = chosen[[n for n in names if n != BASELINE]].mean()
    best = str(means.idxmax())
    tries = 1 if judges is not table else len(means)
    above = [
        _surely_above(judges[best] - judges[other], ALPHA / tries, seed)
        for other in ("chance", BASELINE)
    ]
    dealt = judges[[c for c in judges.columns if c.startswith(f"{best} dealt")]].mean()
    at_random = dealt.tolist() or _in_random_networks(eco, options, best, k, seed)
    above[0] &= all(value < float(judges[best].mean()) for value in at_random)
    shuffled = float(dealt.mean()) if len(dealt) else float("nan")
    precision = {name: float(judges[name].mean()) for name in names}
    return Trial(
        best,
        k,
        how,
        len(judges),
        pairs,
        precision,
        float(judges["chance"].mean()),
        shuffled,
        above[0],
        above[1],
        judges is not table,
    )


def _surely_above(differences: pd.Series, doubt: float, seed: int) -> bool:
    """Return whether a mean difference stays above 0 in nearly all resamples of the actors."""
    values = differences.to_numpy(dtype=np.float64)
    random = np.random.default_rng([seed, 3])
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)]
    return bool(np.quantile(means, doubt) > 0)


def _in_random_networks(
    eco: Ecosystem, options: dict[str, Any], name: str, k: int, seed: int
) -> list[float]:
    """Return what a predictor finds in networks of the same degrees, where not too large."""
    graph = eco.weighted_graph(**{"among": SCHEMA.actors} | options)
    if graph.n_pairs > RANDOM_UP_TO:
        return []
    model = Null.of(graph)
    nobody = sparse.csr_array((len(graph), 0))
    out = []
    for child in np.random.SeedSequence([seed, 4]).spawn(RANDOM):
        random = np.random.default_rng(child)
        drawn = model.drawn(random)
        whole, shown = (
            Known(sparse.csr_array((matrix > 0).astype(np.float64)), nobody, graph.ids, ())
            for matrix in (drawn.whole(), drawn.thinned(random, HIDDEN))
        )
        hidden = Hidden(shown, _new_pairs(whole, shown), "")
        found = [row[name] for row in _found(hidden, k, random, only=name)]
        out.append(float(np.mean(found)) if found else 0.0)
    return out


def _found(
    hidden: Hidden, k: int, random: np.random.Generator, only: str = ""
) -> Iterator[dict[str, float]]:
    """Yield, for each actor asked about, the precision of each predictor and of chance."""
    known = hidden.known
    asked = np.array(sorted(hidden.found), dtype=np.int64)
    if len(asked) > MOST_SOURCES:
        asked = np.sort(random.choice(asked, MOST_SOURCES, replace=False))
    with_fields = bool(known.holds.nnz)
    times = RANDOM if known.tied.nnz // 2 <= RANDOM_UP_TO else SHUFFLES_WHERE_LARGE
    dealt = [known.shuffled(random) for _ in range(times if with_fields else 0)]
    for x, i in enumerate(asked):
        if x % AT_ONCE == 0 and only in ("", "katz"):
            known.walk(asked[x : x + AT_ONCE])
        free = known.degrees > 0
        free[i] = free[known.partners(int(i))] = False
        wanted = np.zeros(len(known.ids), dtype=bool)
        wanted[hidden.found[int(i)]] = True
        row = {"actor": float(i), "pairs": float(wanted.sum())}
        row["chance"] = float(wanted[free].mean())
        for name, score in PREDICTORS.items():
            if (name in BY_FIELDS and not with_fields) or (only and name != only):
                continue
            row[name] = precision_at(score(known, int(i))[free], wanted[free], k)
            if name in BY_FIELDS:
                for turn, anew in enumerate(dealt):
                    score_anew = score(anew, int(i))[free]
                    row[f"{name} dealt {turn}"] = precision_at(score_anew, wanted[free], k)
        yield row


def precision_at(scores: Floats, wanted: NDArray[np.bool_], k: int) -> float:
    """Return the share of wanted ones among the k highest scores.

    Those that share the last score share the places that are left: the expectation over all orders
    of equal scores. Where there are fewer than k, all are looked at.
    """
    k = min(k, len(scores))
    if k == 0:
        return float("nan")
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    above, equal = scores > least + 1e-12, np.abs(scores - least) <= 1e-12
    places = k - int(above.sum())
    return float((wanted[above].sum() + wanted[equal].sum() * places / equal.sum()) / k)


def predictor(name: str) -> Callable[[Known, int], Floats]:
    """Return a predictor by name.

    Raises
    ------
    UnknownName
        If there is none; the message suggests the nearest.
    """
    if name not in PREDICTORS:
        raise UnknownName("predictor", name, list(PREDICTORS))
    return PREDICTORS[name]
