"""Figures with their intervals, as JSON and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from p4ir.counting import counted
from p4ir.metrics.scoring import SHARES
from p4ir.metrics.significance import Interval

LABELS = {
    "nted": "nTED",
    "nlev": "nLev",
    "lrml_f1": "LRML-F1",
    "exact": "exact",
    "exact_unordered": "exact, any order",
    "valid": "valid",
    "ted": "TED",
    "lev": "Levenshtein",
}


def as_json(figures: Mapping[str, Interval]) -> dict[str, Any]:
    """Return metric → mean, n and ci95 (two numbers, or null where nothing supports them)."""
    return {
        name: {
            "mean": figure.mean,
            "n": figure.n,
            "ci95": None if figure.low is None else [figure.low, figure.high],
        }
        for name, figure in figures.items()
    }


def as_table(figures: Mapping[str, Interval]) -> str:
    """Return lines of metric, mean and interval, aligned."""
    lines = [f"{'metric':<16} {'mean':>8}   95% interval"]
    lines += [
        f"{LABELS.get(name, name):<16} {_number(name, figure.mean):>8}   {_interval(name, figure)}"
        for name, figure in figures.items()
    ]
    n = next(iter(figures.values())).n
    return "\n".join([*lines, counted(n, "clause")])


def _number(name: str, value: float) -> str:
    if name in SHARES:
        return f"{100 * value:.1f}%"
    return f"{value:.3f}" if name in ("nted", "nlev") else f"{value:.1f}"


def _interval(name: str, figure: Interval) -> str:
    if figure.low is None or figure.high is None:
        return "none: one document or clause only"
    return f"{_number(name, figure.low)} to {_number(name, figure.high)}"
