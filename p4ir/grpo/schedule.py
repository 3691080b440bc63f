"""The schedule of ADS: which clauses are next, by how well the policy does on them.

After arXiv 2606.22305. Clauses lie in clusters, each sorted from easy to hard. A cluster
keeps a boundary of B positions. Each draw takes the boundaries of some clusters; then
success rates ρ move the boundary (ρ < 0.5 − ε: to the next easier position, ρ > 0.5 + ε: to
the next harder one) and the sampling distribution: p ← (1 − α) p + α p̂, p̂ ∝ r_k, where r_k
is the mean ρ of the cluster's last draw. After a pass over the corpus all starts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from p4ir.errors import TrainingError

_UNKNOWN = 0.5
"""Success rate of a cluster that was never drawn."""


class Schedule:
    """Draws clauses and learns from how they went.

    Args:
        clusters: Each a list of clause numbers, easy to hard, at least `boundary` of them.
        boundary: B, clauses of a cluster that are drawn together.
        active: Clusters of a draw.
        alpha: Share of the target in an update of the sampling distribution.
        band: ε.
        target: What clusters are drawn by: r, or r(1 − r).
        seed: Of the draws.
    """

    def __init__(
        self,
        clusters: Sequence[Sequence[int]],
        *,
        boundary: int,
        active: int,
        alpha: float,
        band: float,
        target: Literal["success", "variance"],
        seed: int,
    ) -> None:
        if len(clusters) < active:
            raise TrainingError(
                f"the clauses make {len(clusters)} clusters and {active} are drawn for a batch: "
                "lower options.ads.active, or train on more clauses"
            )
        self.clusters = [list(cluster) for cluster in clusters]
        self._boundary, self._active = boundary, active
        self._alpha, self._band, self._target = alpha, band, target
        self._rng = np.random.default_rng(seed)
        self._success = [_UNKNOWN] * len(clusters)
        self._drawn: list[int] = []
        self._draws = 0
        self._period = max(1, sum(map(len, clusters)) // (boundary * active))
        self._p: list[float] = []
        self._positions: list[list[int]] = []
        self._reset()

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """(K,) the distribution that clusters are drawn from."""
        return np.array(self._p)

    @property
    def boundaries(self) -> list[list[int]]:
        """Positions of each cluster's boundary, ascending."""
        return [list(positions) for positions in self._positions]

    def draw(self) -> list[int]:
        """Return the next clauses, `active` × `boundary` of them, all different."""
        p = self.probabilities
        chosen = self._rng.choice(len(p), self._active, replace=False, p=p / p.sum())
        self._drawn = [int(cluster) for cluster in chosen]
        return [self.clusters[k][at] for k in self._drawn for at in self._positions[k]]

    def update(self, rates: Sequence[float]) -> None:
        """Learn from the success rates, in [0, 1], of the clauses of the last draw, in order."""
        for number, k in enumerate(self._drawn):
            own = rates[number * self._boundary : (number + 1) * self._boundary]
            self._success[k] = sum(own) / len(own)
            self._positions[k] = move(self._positions[k], own, self._band, len(self.clusters[k]))
        r = np.array(self._success)
        wanted = r * (1 - r) if self._target == "variance" else r
        # Where nothing is wanted, every cluster is as good as another.
        wanted = wanted / wanted.sum() if wanted.sum() > 0 else np.full(len(r), 1 / len(r))
        self._p = ((1 - self._alpha) * self.probabilities + self._alpha * wanted).tolist()
        self._draws += 1
        if self._draws % self._period == 0:
            self._reset()

    def _reset(self) -> None:
        self._p = [1 / len(self.clusters)] * len(self.clusters)
        self._positions = [list(range(self._boundary)) for _ in self.clusters]

    def state(self) -> dict[str, Any]:
        """Return all that changes, and the clusters, as plain data."""
        return {
            "clusters": self.clusters,
            "p": self._p,
            "positions": self._positions,
            "success": self._success,
            "drawn": self._drawn,
            "draws": self._draws,
            "rng": self._rng.bit_generator.state,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self.clusters, self._p = state["clusters"], state["p"]
        self._positions, self._success = state["positions"], state["success"]
        self._drawn, self._draws = state["drawn"], state["draws"]
        self._rng.bit_generator.state = state["rng"]


def move(positions: Sequence[int], rates: Sequence[float], band: float, size: int) -> list[int]:
    """Return where a boundary moves to, ascending, as many positions and all different.

    Args:
        positions: Of the boundary in its cluster, 0 the easiest.
        rates: Success rate of each, in [0, 1].
        band: ε: positions with rates within 0.5 ± ε stay.
        size: Clauses of the cluster.

    >>> move([0, 1, 2], [0.9, 0.5, 0.9], 0.17, 6)
    [1, 2, 3]
    """
    steps = [(rate > 0.5 + band) - (rate < 0.5 - band) for rate in rates]
    taken = {at for at, step in zip(positions, steps, strict=True) if not step}
    for at, step in zip(positions, steps, strict=True):
        if step:
            free = [place for place in range(size) if place not in taken]
            # The first free one that way; where there is none, as near as can be.
            taken.add(min(free, key=lambda to: (step * (to - at) <= 0, abs(to - at))))
    return sorted(taken)
