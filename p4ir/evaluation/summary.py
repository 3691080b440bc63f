"""Figures with their intervals, as JSON and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
FEW_DOCUMENTS = 6


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


def basis(clauses: int, documents: Sequence[str] | None) -> str:
    """Say what intervals rest on.

    Args:
        clauses: how many there are.
        documents: the document of each clause; `None` where the corpus names none.
    """
    if clauses == 1:
        return "One clause only: there are no intervals and no tests."
    if documents is None:
        return (
            f"{clauses} clauses; the corpus names no documents, so intervals take the clauses as "
            "independent, and are too narrow if they are not."
        )
    count = len(set(documents))
    if count == 1:
        return (
            f"{clauses} clauses of one document: nothing tells how other documents would differ, "
            "so there are no intervals."
        )
    few = " Few documents make wide intervals." if count < FEW_DOCUMENTS else ""
    return f"{clauses} clauses of {count} documents; intervals draw whole documents.{few}"


def as_table(figures: Mapping[str, Interval], rests_on: str = "") -> str:
    """Return lines of metric, mean and interval, aligned; below them what they rest on."""
    lines = [f"{'metric':<16} {'mean':>8}   95% interval"]
    lines += [
        f"{LABELS.get(name, name):<16} {_number(name, figure.mean):>8}   {_interval(name, figure)}"
        for name, figure in figures.items()
    ]
    clauses = counted(next(iter(figures.values())).n, "clause")
    return "\n".join([*lines, rests_on or clauses])


def _number(name: str, value: float) -> str:
    if name in SHARES:
        return f"{100 * value:.1f}%"
    return f"{value:.3f}" if name in ("nted", "nlev") else f"{value:.1f}"


def _interval(name: str, figure: Interval) -> str:
    if figure.low is None or figure.high is None:
        return "none: one document or clause only"
    return f"{_number(name, figure.low)} to {_number(name, figure.high)}"
