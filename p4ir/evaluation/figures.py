"""How figures are written in a report: digits, signs, and what a metric is called."""

from __future__ import annotations

from p4ir.evaluation.summary import LABELS
from p4ir.metrics.scoring import SHARES
from p4ir.metrics.significance import Interval

_DIGITS = {"nted": 3, "nlev": 3, "false_positives": 2, "false_negatives": 2}
_LABELS = {
    **LABELS,
    "exact_unordered": "exact (any order)",
    "false_positives": "false positives a clause",
    "false_negatives": "false negatives a clause",
}


def label(metric: str) -> str:
    """Return what a metric is called."""
    return _LABELS.get(metric, metric)


def number(metric: str, value: float, signed: bool = False) -> str:
    """Write a value of a metric: shares in percent, their differences in percentage points."""
    if value != value:
        return "–"
    if metric in SHARES:
        return _signed(f"{100 * value:+.1f} pp" if signed else f"{100 * value:.1f} %")
    digits = _DIGITS.get(metric, 1)
    return _signed(f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}")


def percent(value: float, signed: bool = True) -> str:
    """Write a relative change in percent."""
    return "–" if value != value else _signed(f"{100 * value:{'+' if signed else ''}.1f} %")


def ends(metric: str, found: Interval, signed: bool = False) -> str:
    """Write an interval as `low to high`; nothing where there is none."""
    if found.low is None or found.high is None:
        return ""
    return _range(number(metric, found.low, signed), number(metric, found.high, signed))


def percent_ends(found: Interval) -> str:
    """Write the interval of a relative change."""
    if found.low is None or found.high is None:
        return ""
    return _range(percent(found.low), percent(found.high))


def p_value(p: float | None) -> str:
    """Write a p value."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def share(value: float) -> str:
    """Write a number from 0 to 1, such as an AUROC."""
    return "–" if value != value else f"{value:.2f}"


def share_ends(found: Interval) -> str:
    """Write the interval of a number from 0 to 1."""
    if found.low is None or found.high is None:
        return ""
    return f"{share(found.low)} to {share(found.high)}"


def _range(low: str, high: str) -> str:
    """Join two ends; a unit, which both have, is written once."""
    return f"{low.split()[0]} to {high}"


def _signed(text: str) -> str:
    # A true minus sign, and no sign before what is written as nothing.
    if text[0] in "+-" and not text.strip("+-0. %p"):
        return text[1:]
    return text.replace("-", "−")
