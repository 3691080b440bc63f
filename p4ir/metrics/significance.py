"""Intervals and paired tests: no mean travels without its uncertainty.

Clauses of one document resemble each other, so what is drawn again is documents, not
clauses. A percentile interval of few draws is too narrow by the same factor as a normal
interval where Student's t is due (Hesterberg, The American Statistician 69(4), 2015), so
each half of it is stretched by that factor. His "expanded percentiles" do the same
further out in the tails, where three documents have no draws left: they cover 75 of 100
cases, these 94 (docs/metrics.md). BCa would rest on a jackknife over as few values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Values = Sequence[float] | npt.NDArray[np.generic]
Clusters = Sequence[Hashable] | npt.NDArray[np.generic]

LEVEL = 0.95
RESAMPLES = 2000
_DECIMALS = 12
"""Of paired gains: what is equal to so many ranks as equal."""


class Interval(NamedTuple):
    """An estimate and where its true value may lie; no ends where nothing supports them."""

    mean: float
    """The estimate: the mean of n values, or another statistic of them; NaN if n is 0."""
    n: int
    """Number of clauses."""
    low: float | None = None
    high: float | None = None


class PairedComparison(NamedTuple):
    """How system b does on the same clauses as system a."""

    difference: float
    """Mean of b less mean of a, in the metric's own unit."""
    low: float | None
    high: float | None
    relative_reduction: float | None
    """1 − mean of b / mean of a; `None` where the mean of a is 0."""
    p: float | None
    """Wilcoxon signed-rank test, two-sided; `None` for fewer than two clauses."""
    effect_size: float
    """Matched-pairs rank-biserial correlation, −1 to 1: positive where b is better."""
    wins: int
    """Clauses on which b is better."""
    ties: int
    losses: int
    n: int


def mean_interval(
    values: Values,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return the mean with its bootstrap interval.

    Args:
        values: shape (n,).
        clusters: shape (n,), the document of each value; each its own if `None`.
        rng: the source of the draws.
        level: coverage aimed at.
        resamples: number of draws.

    One value, or values of one cluster only, give no interval: `low` and `high` are `None`.
    """
    return interval_of_means(
        lambda mean: mean, [values], clusters, rng=rng, level=level, resamples=resamples
    )


def interval_of_means(
    statistic: Callable[..., FloatArray],
    columns: Sequence[Values],
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return a statistic of the means of columns with its bootstrap interval.

    Args:
        statistic: called with the columns' means, one array of all draws for each column,
            and elementwise; a draw for which it is NaN is left out.
        columns: k columns of shape (n,), drawn together.
        clusters: shape (n,), the document of each row; each its own if `None`.
        rng: the source of the draws.
        level: coverage aimed at.
        resamples: number of draws.
    """
    arrays = [np.asarray(column, dtype=np.float64) for column in columns]
    n = arrays[0].size
    if not n:
        return Interval(float("nan"), 0)
    codes = _codes(clusters, n)
    sizes = np.bincount(codes).astype(np.float64)
    estimate = float(statistic(*(array.mean() for array in arrays)))
    if sizes.size < 2:
        return Interval(estimate, n)
    draws = _draws(sizes.size, rng, resamples).astype(np.float64)
    drawn = draws @ sizes
    found = statistic(*(draws @ np.bincount(codes, weights=a) / drawn for a in arrays))
    return _interval(estimate, n, found, sizes.size, level)


def share_interval(
    values: Values,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return a share, the mean of zeros and ones, with its interval within 0 and 1.

    Draws from nothing but zeros, or nothing but ones, are all alike; the far end is then
    the exact binomial one (Clopper and Pearson 1934), which takes clauses as independent.

    >>> round(share_interval([0] * 50, rng=np.random.default_rng(0)).high or 0, 3)
    0.071
    """
    found = mean_interval(values, clusters, rng=rng, level=level, resamples=resamples)
    if found.low is None or found.high is None:
        return found
    rest = 1 - ((1 - level) / 2) ** (1 / found.n)
    if found.mean == 0:
        return found._replace(low=0.0, high=rest)
    if found.mean == 1:
        return found._replace(low=1 - rest, high=1.0)
    return within(found, 0, 1)


def within(interval: Interval, lowest: float, highest: float) -> Interval:
    """Cut an interval to the range that its statistic can have."""
    if interval.low is None or interval.high is None:
        return interval
    return interval._replace(low=max(lowest, interval.low), high=min(highest, interval.high))


def bootstrap_interval(
    statistic: Callable[..., float],
    columns: Sequence[Values],
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return any statistic of columns of values with its bootstrap interval.

    Args:
        statistic: called with one array per column; a draw for which it is NaN is left out.
        columns: k columns of shape (n,), drawn together.
        clusters: shape (n,), the document of each row; each its own if `None`.
        rng: the source of the draws.
        level: coverage aimed at.
        resamples: number of draws.
    """
    arrays = [np.asarray(column, dtype=np.float64) for column in columns]
    n = arrays[0].size
    if not n:
        return Interval(float("nan"), 0)
    estimate = float(statistic(*arrays))
    codes = _codes(clusters, n)
    count = int(codes.max()) + 1
    if count < 2:
        return Interval(estimate, n)
    rows = np.arange(n)
    drawn = (np.repeat(rows, draw[codes]) for draw in _draws(count, rng, resamples))
    found = np.array([statistic(*(array[take] for array in arrays)) for take in drawn])
    return _interval(estimate, n, found, count, level)


def paired_comparison(
    a: Values,
    b: Values,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    lower_is_better: bool = True,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> PairedComparison:
    """Compare two systems' scores of the same clauses, shape (n,) each.

    The test is Wilcoxon's signed-rank test on the clauses that differ (Wilcoxon 1945). It
    takes clauses as independent; the interval, which is by document, does not. The effect
    size is the matched-pairs rank-biserial correlation (Kerby 2014): the share of the rank
    sum in favour of b less the share against it.
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"the systems have {x.size} and {y.size} scores; they must be pairs")
    interval = mean_interval(y - x, clusters, rng=rng, level=level, resamples=resamples)
    # Rounding makes no gain, nor one larger than another: 0.3 - 0.2 is as much as 0.1.
    gain = np.round(x - y if lower_is_better else y - x, _DECIMALS)
    before = float(x.mean()) if x.size else 0.0
    p, effect = _signed_rank(gain)
    return PairedComparison(
        difference=interval.mean,
        low=interval.low,
        high=interval.high,
        relative_reduction=1 - float(y.mean()) / before if before else None,
        p=p,
        effect_size=effect,
        wins=int((gain > 0).sum()),
        ties=int((gain == 0).sum()),
        losses=int((gain < 0).sum()),
        n=x.size,
    )


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust p values for their number (Holm 1979), in the order given; `None` stays.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        adjusted[index] = largest
    return adjusted


def _signed_rank(gain: FloatArray) -> tuple[float | None, float]:
    """Return the two-sided p value and the rank-biserial correlation of paired gains."""
    from scipy.stats import rankdata, wilcoxon

    if gain.size < 2:
        return None, float(np.sign(gain).sum())
    changed = gain[gain != 0]
    if not changed.size:
        return 1.0, 0.0
    ranks = rankdata(np.abs(changed))
    effect = float((ranks * np.sign(changed)).sum() / ranks.sum())
    return float(wilcoxon(changed).pvalue), effect


def _codes(clusters: Clusters | None, n: int) -> npt.NDArray[np.int64]:
    """Number the clusters from 0 in order of appearance, shape (n,)."""
    if clusters is None:
        return np.arange(n)
    names: dict[Hashable, int] = {}
    codes = [names.setdefault(name, len(names)) for name in clusters]
    if len(codes) != n:
        raise ValueError(f"{n} values but {len(codes)} clusters")
    return np.array(codes, dtype=np.int64)


def _draws(count: int, rng: np.random.Generator, resamples: int) -> npt.NDArray[np.int64]:
    """Return how often each of `count` clusters is drawn, shape (resamples, count)."""
    return rng.multinomial(count, np.full(count, 1 / count), size=resamples)


def _interval(estimate: float, n: int, found: FloatArray, clusters: int, level: float) -> Interval:
    """Return the interval of what the draws gave; without one where all are NaN."""
    found = found[~np.isnan(found)]
    if not found.size:
        return Interval(estimate, n)
    return Interval(estimate, n, *_ends(estimate, found, clusters, level))


def _ends(estimate: float, found: FloatArray, clusters: int, level: float) -> tuple[float, float]:
    """Return the ends of the percentile interval, its halves stretched to Student's t."""
    from scipy.special import ndtri, stdtrit

    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    narrow = (clusters / (clusters - 1)) ** 0.5
    stretch = narrow * float(stdtrit(clusters - 1, tail)) / float(ndtri(tail))
    return estimate - stretch * (estimate - float(low)), estimate + stretch * (
        float(high) - estimate
    )
