"""How the answers to the probes changed, by bucket, and which changes are damage.

A fall counts as damage when it is larger than its limit and its paired interval over the
bucket's questions leaves no doubt that it is one. The intervals cover 95% of the cases all
together (Bonferroni), not each alone: among sixteen, looked at again and again, one would
often be off by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.measuring import Floats
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.probes import Probe
from p4ir.metrics.significance import LEVEL, mean_interval

_RESAMPLES = 4000
"""As many as leave a few draws beyond the ends of an interval so wide."""

Ends = tuple[float, float | None, float | None]


@dataclass(frozen=True, kw_only=True)
class Change:
    """How a bucket's mean changed."""

    bucket: str
    measure: str
    """`accuracy`: share of right answers preferred; `margin`: of the right answer over the best
    wrong one, in nats a token; `nted`: of what is written."""
    n: int
    """Questions asked."""
    before: float
    after: float
    difference: float
    """After less before."""
    low: float | None
    high: float | None
    """Ends of its paired interval, of the 95% that all of them together have."""
    spread: float
    """Standard deviation over the questions before."""


def changes(
    probes: Sequence[Probe],
    margins: tuple[Floats, Floats],
    nteds: tuple[Floats, Floats] | None = None,
) -> list[Change]:
    """Return the changes of all buckets.

    Args:
        probes: P questions.
        margins: (P,) before and after.
        nteds: (P,) before and after, NaN for questions in words; `None` if nothing was written.
    """
    measures = {
        "accuracy": (margins[0] > 0, margins[1] > 0),
        "margin": margins,
        **({"nted": nteds} if nteds else {}),
    }
    buckets = np.array([probe.bucket for probe in probes])
    compared = [
        (bucket, name, before[buckets == bucket], after[buckets == bucket])
        for bucket in dict.fromkeys(buckets.tolist())
        for name, (before, after) in measures.items()
        if not np.isnan(before[buckets == bucket].astype(float)).any()
    ]
    return [_change(*each, level=1 - (1 - LEVEL) / len(compared)) for each in compared]


def damage(found: Sequence[Change], options: GuardOptions) -> list[Finding]:
    """Return which changes are for the worse, beyond their limit and beyond chance."""
    return [
        Finding(
            check="damage",
            level="refuse",
            message=(
                f"{change.measure} of the bucket {change.bucket} from {change.before:.3f} to "
                f"{change.after:.3f}: {change.difference:+.3f} ({change.low:+.3f} to "
                f"{change.high:+.3f}, n {change.n}), limit {_limit(change, options):.3f}"
            ),
        )
        for change in found
        if _is_damage(change, options)
    ]


def _is_damage(change: Change, options: GuardOptions) -> bool:
    if change.low is None or change.high is None:
        return False
    if change.measure == "nted":
        return change.difference > _limit(change, options) and change.low > 0
    return -change.difference > _limit(change, options) and change.high < 0


def _limit(change: Change, options: GuardOptions) -> float:
    return {
        "accuracy": options.max_accuracy_drop,
        "margin": options.max_margin_drop * change.spread,
        "nted": options.max_nted_rise,
    }[change.measure]


def _change(bucket: str, measure: str, before: Floats, after: Floats, level: float) -> Change:
    first, second = before.astype(np.float64), after.astype(np.float64)
    rng = np.random.default_rng(0)
    interval = mean_interval(second - first, rng=rng, level=level, resamples=_RESAMPLES)
    return Change(
        bucket=bucket,
        measure=measure,
        n=first.size,
        before=float(first.mean()),
        after=float(second.mean()),
        difference=interval.mean,
        low=interval.low,
        high=interval.high,
        spread=float(first.std()),
    )
