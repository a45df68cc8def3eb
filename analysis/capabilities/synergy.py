r"""What partners can do only together: tasks that require several capabilities at once.

A task t with requirements :math:`R_t` is feasible for a coalition S when the members together hold
all of them; v(S) counts the feasible tasks. Two partners are complements where the interaction
(Grabisch and Roubens) is above 0 and substitutes where it is below.

Coverage is the case of tasks with one requirement each. It is submodular, so its interaction is
never above 0: coverage measures who can replace whom, never synergy.

The closed form. :math:`1[\text{all of } R \text{ covered}]=\sum_{U\subseteq R}(-1)^{|U|}
1[\text{nobody in } S \text{ holds any of } U]`. With :math:`h_U` partners who hold any of U, and
:math:`a_{iU}` 1 where i is one of them,

.. math:: \varphi_i=\sum_t\sum_{\emptyset\ne U\subseteq R_t}(-1)^{|U|+1}\frac{a_{iU}}{h_U},\qquad
          I_{ij}=\sum_t\sum_{\emptyset\ne U\subseteq R_t}(-1)^{|U|}\frac{a_{iU}a_{jU}}{h_U-1}.

So both are exact for any number of partners; only the subsets of a task's requirements are
enumerated. For a task with more than `MOST_REQUIRED` requirements the interaction is estimated from
random coalitions, with its standard error.

References
----------
Grabisch, M., Roubens, M. (1999). An axiomatic approach to the concept of interaction among players
in cooperative games. *International Journal of Game Theory* 28, 547–565.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from partnergraph.graph.errors import BadParameter

MOST_REQUIRED = 12
SAMPLES = 2_000

Integers = NDArray[np.int64]
Holdings = Sequence[Set[str]]
Tasks = Mapping[str, Set[str]]


@dataclass(frozen=True, eq=False)
class Game:
    """Partners with what they hold, and tasks with what they require.

    Attributes
    ----------
    holdings
        What each partner holds.
    tasks
        What each task requires; a task without requirements is always feasible and changes nothing.
    """

    holdings: Holdings
    tasks: Tasks

    def feasible(self, coalition: Sequence[int]) -> list[str]:
        """Return the tasks that a coalition can do."""
        pooled: set[str] = set().union(*(self.holdings[i] for i in coalition))
        return [task for task, needs in self.tasks.items() if needs <= pooled]

    def synergy(self, i: int, j: int) -> list[str]:
        """Return the tasks that two partners can do together and neither alone."""
        one, other = self.holdings[i], self.holdings[j]
        pooled = one | other
        return [
            task
            for task, needs in self.tasks.items()
            if needs <= pooled and not needs <= one and not needs <= other
        ]

    def shapley(self) -> NDArray[np.float64]:
        """Return each partner's share of the feasible tasks, φ; exact.

        NaN for all where a task requires more than `MOST_REQUIRED`.
        """
        out = np.zeros(len(self.holdings))
        if any(len(needs) > MOST_REQUIRED for needs in self.tasks.values()):
            return np.full(len(out), np.nan)
        for who, holds, sign in self._subsets():
            out[who] -= holds @ (sign / holds.sum(axis=0))
        return out

    def interaction(
        self, pairs: Sequence[tuple[int, int]], *, samples: int = SAMPLES, seed: int = 0
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        r"""Return the interaction of each pair, and its standard error; 0 where it is exact.

        Parameters
        ----------
        samples, seed
            Random coalitions for each task with more than `MOST_REQUIRED` requirements, and their
            seed: x is drawn uniformly from 0 … 1, then each other partner joins with probability x.

        Raises
        ------
        BadParameter
            If fewer than 2 samples are asked for.
        """
        if samples < 2:
            raise BadParameter(f"samples={samples}: give at least 2")
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        value, variance = np.zeros(len(ends)), np.zeros(len(ends))
        at = np.full(len(self.holdings), -1)
        for who, holds, sign in self._subsets():
            at[:] = -1
            at[who] = np.arange(len(who))
            both = np.flatnonzero((at[ends] >= 0).all(axis=1))
            one, other = (holds[at[ends[both, x]]] for x in (0, 1))
            # A set that both of a pair meet has two holders at least.
            value[both] += (one & other) @ (sign / np.maximum(holds.sum(axis=0) - 1, 1))
        random = np.random.default_rng(seed)
        for needs in self.tasks.values():
            if len(needs) > MOST_REQUIRED:
                for x, (i, j) in enumerate(ends):
                    mean, error = self._sampled(needs, int(i), int(j), samples, random)
                    value[x] += mean
                    variance[x] += error**2
        return value, np.sqrt(variance)

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, own in enumerate(self.holdings):
            for e in own:
                found.setdefault(e, []).append(i)
        return found

    @cached_property
    def masks(self) -> list[tuple[NDArray[np.int64], int]]:
        """For each task, the requirements that each partner holds, as bits, and all of them.

        Tasks with more than 62 requirements are left out: no integer has a bit for each.
        """
        out = []
        for needs in self.tasks.values():
            if len(needs) <= 62:
                mask = np.zeros(len(self.holdings), dtype=np.int64)
                for k, e in enumerate(sorted(needs)):
                    mask[self._holders.get(e, [])] |= 1 << k
                out.append((mask, (1 << len(needs)) - 1))
        return out

    def _subsets(self) -> Iterator[tuple[Integers, NDArray[np.bool_], NDArray[np.float64]]]:
        """Yield the feasible tasks with few enough requirements.

        For each: the k partners that hold some of them, whether each holds any of each subset U
        (k × 2^r−1), and the sign of each U.
        """
        for mask, whole in self.masks:
            r = whole.bit_count()
            if r > MOST_REQUIRED or np.bitwise_or.reduce(mask, initial=0) != whole:
                continue
            who = np.flatnonzero(mask)
            subsets = np.arange(1, 1 << r)
            odd = np.array([u.bit_count() % 2 for u in subsets.tolist()])
            yield who, (mask[who, None] & subsets) != 0, np.where(odd, -1.0, 1.0)

    def _sampled(
        self, needs: Set[str], i: int, j: int, samples: int, random: np.random.Generator
    ) -> tuple[float, float]:
        """Estimate the interaction of two partners in one task, with its standard error."""
        if not all(e in self._holders for e in needs):
            return 0.0, 0.0
        ordered = sorted(needs)
        holds = np.array([[e in own for e in ordered] for own in self.holdings], dtype=np.int64)
        others = np.flatnonzero(holds.any(axis=1))
        others = others[(others != i) & (others != j)]
        share = random.random((samples, 1))
        joined = (random.random((samples, len(others))) < share).astype(np.int64)
        covered = joined @ holds[others] > 0
        alone_i, alone_j = covered | (holds[i] > 0), covered | (holds[j] > 0)
        worth = [s.all(axis=1).astype(np.float64) for s in (alone_i | alone_j, alone_i, alone_j)]
        delta = worth[0] - worth[1] - worth[2] + covered.all(axis=1)
        return float(delta.mean()), float(delta.std(ddof=1) / np.sqrt(samples))
