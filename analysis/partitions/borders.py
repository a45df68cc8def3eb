r"""Whether clusters have borders, or ties only thin out with distance, as around a ring.

Where groups have borders, all members of one are alike but for their number of ties: the ties of
node i to cluster B are :math:`k_{iB}\approx d_i q_{AB}`, with the share :math:`q_{AB}` of ties from
its cluster A that go to B, and vary by chance alone (the degree-corrected block model). Along a
gradient the nodes next to B have far more of them. Two figures say so:

- *spread*: :math:`\chi^2=\sum_{iB}(k_{iB}-d_iq_{AB})^2/d_iq_{AB}` by its degrees of freedom, 1 if
  clusters are given;
- *lean*: by how much the other ties of those who have a tie to B go to B more than that,
  :math:`\sum k_{iB}(k_{iB}-1)/\sum k_{iB}(d_i-1)q_{AB}-1` over B ≠ A.

Clusters are found, not given, and lie where the fewest ties cross; so networks are drawn from the
block model (every node keeps its number of ties, every two clusters theirs) and divided again with
the same effort. Spread and lean together, each in standard deviations, give p.

References
----------
Karrer, B., Newman, M. E. J. (2011). Stochastic blockmodels and community structure in networks.
*Physical Review E* 83, 016107.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.analysis.nulls.random_networks import Null, TwoModeNull
from partnergraph.graph.folding.significance import ALPHA

DRAWS = 39
# Where ties to other clusters vary less than this, no gradient is told of, however unlikely.
LEAST_SPREAD = 0.9

Ints = NDArray[np.int64]
Layer = tuple[sparse.csr_array, Ints]


@dataclass(frozen=True)
class Borders:
    """How sharply clusters are set apart.

    Attributes
    ----------
    spread, lean
        See the module.
    p
        Share of networks with borders in which they are as large together.
    draws
        How many of these were drawn.
    """

    spread: float
    lean: float
    p: float
    draws: int

    @property
    def blurred(self) -> bool:
        """Whether ties thin out across borders, rather than end there."""
        return self.p <= ALPHA and self.spread >= LEAST_SPREAD


def borders(
    model: Null | TwoModeNull,
    labels: Ints,
    divide: Callable[[sparse.csr_array], Ints],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Borders:
    """Hold clusters against those of networks in which clusters have borders.

    Parameters
    ----------
    model
        The network in its parts.
    labels
        Its clusters, from 0; −1 for nodes without ties.
    divide
        How to divide a network.
    draws, seed
        How many networks with borders, and the random seed.
    """
    random = np.random.default_rng([seed, 2])
    rows = [_figures(model.layers(labels))]
    for _ in range(draws):
        drawn = model.within(labels, random)
        rows.append(_figures(drawn.layers(divide(drawn.whole()))))
    both = np.array(rows)
    sd = both.std(axis=0)
    score = ((both - both.mean(axis=0)) / np.where(sd > 0, sd, 1.0)).sum(axis=1)
    p = float((score >= score[0] - 1e-9).mean())
    return Borders(float(both[0, 0]), float(both[0, 1]), p, draws)


def _figures(layers: Sequence[Layer]) -> tuple[float, float]:
    """Return spread and lean over the layers: direct ties, affiliations."""
    squares, freedom, seen, expected = 0.0, 0, 0.0, 0.0
    for matrix, labels in layers:
        tied = np.flatnonzero(np.diff(matrix.indptr))
        clusters, own = np.unique(labels[tied], return_inverse=True)
        member = np.full(matrix.shape[0], -1)
        member[tied] = own
        ones = (np.ones(len(tied)), (tied, own))
        belongs = sparse.coo_array(ones, shape=(matrix.shape[0], len(clusters))).tocsr()
        contacts = sparse.csr_array(matrix @ belongs)
        between = sparse.csr_array(belongs.T @ contacts).toarray()
        shares = between / np.maximum(between.sum(axis=1, keepdims=True), 1)
        k = contacts.tocoo()
        degree = np.diff(matrix.indptr)[k.row]
        share = shares[member[k.row], k.col]
        squares += float((k.data**2 / (degree * share)).sum() - k.data.sum())
        sizes = np.bincount(own, minlength=len(clusters))
        freedom += int(((sizes - 1) * ((between > 0).sum(axis=1) - 1)).sum())
        away = member[k.row] != k.col
        seen += float((k.data * (k.data - 1))[away].sum())
        expected += float((k.data * (degree - 1) * share)[away].sum())
    return squares / max(freedom, 1), seen / expected - 1 if expected > 0 else 0.0
