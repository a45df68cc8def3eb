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
    """Members and hubs, in the order of members, then hubs; of equal ones the most intense first.

    Attributes
    ----------
    member, hub, level
        Of each tie: the numbers of its two ends, and the intensity, 1 to 4.
    tie
        Number of the tie in the ecosystem.
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
    tie: Ints
    shape: tuple[int, int]
    weight: Weight = "newman"
    significant: bool = False

    @classmethod
    def of(
        cls, ties: pd.DataFrame, member: Ints, hub: pd.Series, n: int, options: NetworkOptions
    ) -> Affiliation:
        """Take ties that fold, indexed by their number, and number the hubs by id."""
        codes, hubs = pd.factorize(hub, sort=True)
        level = ties["intensity"].map(LEVELS).fillna(1).to_numpy(dtype=np.int64)
        order = np.lexsort((-level, codes, member))
        columns = (member, codes, level, ties.index.to_numpy())
        member, hub_of, level, tie = (column[order].astype(np.int64) for column in columns)
        shape = (n, len(hubs))
        return cls(member, hub_of, level, tie, shape, options.weight, options.fold == "significant")

    def once(self) -> Affiliation:
        """Return each member and hub once, with the highest intensity."""
        again = (np.diff(self.member, prepend=-1) == 0) & (np.diff(self.hub, prepend=-1) == 0)
        return self if not again.any() else self.kept(~again)

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
        columns = (self.member, self.hub, self.level, self.tie)
        member, hub, level, tie = (column[which] for column in columns)
        return replace(self, member=member, hub=hub, level=level, tie=tie)

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
        joined = self.once()
        whole = joined._everything()
        if not self.significant:
            return whole
        n, found = self.shape[0], shared_more(joined.matrix())
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
