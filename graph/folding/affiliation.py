r"""Who belongs to which hub, and the network that folding the hubs makes of it.

A hub with k distinct members adds to each pair of them

- ``newman``: :math:`1/(k-1)` (Newman 2001), so that each member's strength grows by 1 per hub;
- ``count``: 1;
- ``intensity``: :math:`\min(I_a, I_b)`, the weaker side's intensity, 1 (awareness) to 4
  (integration).

References
----------
Newman, M. E. J. (2001). Scientific collaboration networks. II. *Physical Review E* 64, 016132.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from partnergraph.graph.folding.bicm import shared_more
from partnergraph.graph.folding.significance import ALPHA
from partnergraph.graph.network_options import NetworkOptions, Weight
from partnergraph.graph.schema import SCHEMA

LEVELS = {value: i + 1 for i, value in enumerate(SCHEMA.values["intensity"])}

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Affiliation:
    """Members and hubs, each pair once, in the order of members, then hubs.

    Attributes
    ----------
    member, hub, level
        Of each affiliation: the numbers of its two ends, and the intensity, 1 to 4.
    shape
        Number of nodes and of hubs.
    weight
        What a hub adds to a pair, see the module.
    significant
        Whether only those pairs are folded that share more hubs than their degrees lead to (BiCM;
        Benjamini–Hochberg at .05 over all pairs).
    """

    member: Ints
    hub: Ints
    level: Ints
    shape: tuple[int, int]
    weight: Weight = "newman"
    significant: bool = False

    @classmethod
    def of(
        cls, member: Ints, hub: pd.Series, intensity: pd.Series, n: int, options: NetworkOptions
    ) -> Affiliation:
        """Number the hubs by id; of a member's several ties to a hub the most intense counts."""
        codes, hubs = pd.factorize(hub, sort=True)
        level = intensity.map(LEVELS).fillna(1).to_numpy(dtype=np.int64)
        order = np.lexsort((-level, codes, member))
        member, codes, level = member[order], codes[order], level[order]
        first = np.ones(len(member), dtype=bool)
        first[1:] = (member[1:] != member[:-1]) | (codes[1:] != codes[:-1])
        return cls(
            member[first],
            codes[first].astype(np.int64),
            level[first].astype(np.int64),
            (n, len(hubs)),
            options.weight,
            options.fold == "significant",
        )

    def __len__(self) -> int:
        return len(self.member)

    @property
    def sizes(self) -> Ints:
        """Number of members of each hub."""
        return np.bincount(self.hub, minlength=self.shape[1]).astype(np.int64)

    def matrix(self) -> sparse.csr_array:
        """Return it as members × hubs, 0 and 1."""
        ones = np.ones(len(self))
        return sparse.coo_array((ones, (self.member, self.hub)), shape=self.shape).tocsr()

    def kept(self, which: NDArray[Any]) -> Affiliation:
        """Return some of the affiliations, by mask or by number."""
        member, hub, level = self.member[which], self.hub[which], self.level[which]
        return replace(self, member=member, hub=hub, level=level)

    def taken(self, nodes: Ints) -> Affiliation:
        """Return the affiliations of some nodes, numbered in the order given."""
        place = np.full(self.shape[0], -1, dtype=np.int64)
        place[nodes] = np.arange(len(nodes))
        left = self.kept(place[self.member] >= 0)
        member = place[left.member]
        order = np.lexsort((left.hub, member))
        shape = (len(nodes), self.shape[1])
        return replace(left.kept(order), member=member[order], shape=shape)

    def folded(self) -> sparse.csr_array:
        """Return what hubs add to pairs of members: symmetric, without a diagonal."""
        whole = self._everything()
        if not self.significant:
            return whole
        n, found = self.shape[0], shared_more(self.matrix())
        kept = found.q <= ALPHA
        ends = (np.ones(int(kept.sum())), (found.one[kept], found.other[kept]))
        mask = sparse.coo_array(ends, shape=(n, n)).tocsr()
        return sparse.csr_array(whole * (mask + mask.T))

    def _everything(self) -> sparse.csr_array:
        k, each = self.sizes, np.ones(self.shape[1])
        if self.weight == "newman":
            folded = self._product(self.level >= 1, 1.0 / np.maximum(k - 1, 1))
        elif self.weight == "count":
            folded = self._product(self.level >= 1, each)
        else:  # min(a, b) is the number of levels that both reach
            steps = range(1, len(LEVELS) + 1)
            folded = sum(self._product(self.level >= step, each) for step in steps)
        folded = sparse.csr_array(folded - sparse.diags_array(folded.diagonal()))
        folded.eliminate_zeros()
        return folded

    def _product(self, which: NDArray[np.bool_], share: NDArray[np.float64]) -> Any:
        member, hub = self.member[which], self.hub[which]
        scaled = sparse.coo_array((share[hub], (member, hub)), shape=self.shape).tocsr()
        ones = (np.ones(len(hub)), (hub, member))
        return scaled @ sparse.coo_array(ones, shape=self.shape[::-1]).tocsr()
