"""Whether a confidence means what it says: does it rank, and is it a probability?

A confidence is compared with an outcome, true or false for each clause: "the rule is
exact", or "nTED is below the median". AUROC says how well it ranks (0.5 is chance); the
expected calibration error (Guo et al., ICML 2017) and the Brier score (Brier 1950) say
how far it is from a probability.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from p4ir.metrics.significance import (
    Clusters,
    FloatArray,
    Interval,
    Values,
    bootstrap_interval,
    mean_interval,
    share_interval,
    within,
)

BINS = 10
FEWEST = 5
"""Clauses of either outcome that give an AUROC an interval: fewer are ranked rightly by chance."""


class ReliabilityBin(NamedTuple):
    """The clauses whose confidence lies in one range."""

    low: float
    high: float
    confidence: float
    """Their mean confidence."""
    outcome: Interval
    """The share of them for which the outcome is true."""


class Calibration(NamedTuple):
    """How a confidence compares with an outcome."""

    auroc: Interval
    """NaN where the outcome is the same for all clauses. Without interval where fewer than
    `FEWEST` clauses have either outcome, and at 0 and 1, which every draw would repeat."""
    ece: float
    """Expected calibration error, in [0, 1]."""
    brier: Interval
    """Mean squared error of the confidence as a probability, in [0, 1]."""
    bins: tuple[ReliabilityBin, ...]
    """The reliability diagram, from low to high; empty ranges are left out."""


def calibrate(
    confidence: Values,
    outcome: Values,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    bins: int = BINS,
) -> Calibration:
    """Compare confidences in [0, 1] with outcomes, shape (n,) each.

    Raises:
        ValueError: a confidence is not in [0, 1].
    """
    p, y = np.asarray(confidence, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a confidence is not between 0 and 1")
    found = reliability_bins(p, y, clusters, rng=rng, bins=bins)
    gaps = [abs(each.confidence - each.outcome.mean) * each.outcome.n for each in found]
    return Calibration(
        auroc=_auroc_interval(p, y, clusters, rng),
        ece=sum(gaps) / p.size if p.size else float("nan"),
        brier=within(mean_interval((p - y) ** 2, clusters, rng=rng), 0, 1),
        bins=found,
    )


def auroc(confidence: FloatArray, outcome: FloatArray) -> float:
    """Return the chance that a true clause has more confidence than a false one.

    Ties count half (Mann and Whitney 1947). NaN if all outcomes are the same.

    >>> auroc(np.array([0.9, 0.8, 0.3]), np.array([1, 0, 0]))
    1.0
    """
    from scipy.stats import rankdata

    true = np.asarray(outcome, dtype=bool)
    count, rest = int(true.sum()), int((~true).sum())
    if not count or not rest:
        return float("nan")
    ranks = rankdata(confidence)
    return float((ranks[true].sum() - count * (count + 1) / 2) / (count * rest))


def _auroc_interval(
    confidence: FloatArray,
    outcome: FloatArray,
    clusters: Clusters | None,
    rng: np.random.Generator,
) -> Interval:
    """Return the AUROC, with its interval where the clauses support one."""
    found = within(bootstrap_interval(auroc, [confidence, outcome], clusters, rng=rng), 0, 1)
    rarer = min(outcome.sum(), outcome.size - outcome.sum())
    if rarer < FEWEST or found.mean in (0, 1):
        return found._replace(low=None, high=None)
    return found


def reliability_bins(
    confidence: FloatArray,
    outcome: FloatArray,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    bins: int = BINS,
) -> tuple[ReliabilityBin, ...]:
    """Sort clauses into ranges of confidence of equal width; empty ranges are left out."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    names = np.arange(confidence.size) if clusters is None else np.asarray(clusters, dtype=object)
    found = []
    for index in np.unique(place):
        own = place == index
        share = share_interval(outcome[own], names[own], rng=rng)
        mean = float(confidence[own].mean())
        found.append(ReliabilityBin(index / bins, (index + 1) / bins, mean, share))
    return tuple(found)
