"""The section on confidence: does it rank rules, is it a probability?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from p4ir.evaluation import figures
from p4ir.evaluation.blocks import Block, Cell, Figure, Heading, Table
from p4ir.evaluation.compare import Comparison, ScoredSystem
from p4ir.evaluation.plots import plot_reliability
from p4ir.metrics.calibration import Calibration, calibrate
from p4ir.metrics.significance import FloatArray

BINS = 5
"""Ranges of confidence: with a hundred clauses, ten would hold too few each."""
OUTCOMES = ("the rule is exact", "nTED is below the median")


class _Measured(NamedTuple):
    system: ScoredSystem
    number: int
    outcome: str
    found: Calibration


def confidence(comparison: Comparison, rng: np.random.Generator) -> Iterator[Block]:
    """Compare the systems' confidences, where they gave any, with how their rules are."""
    measured = [
        each
        for number, system in enumerate(comparison.systems)
        for each in _measure(comparison, system, number, rng)
    ]
    if not measured:
        return
    yield Heading("Confidence")
    yield Table(
        ("system", "outcome", "clauses", "AUROC", "ECE", "Brier score"),
        tuple(_row(each) for each in measured),
        "AUROC: the chance that a rule for which the outcome is true has more confidence than "
        "one for which it is false (0.5 is chance). ECE: mean distance of the confidence from "
        "the share of true outcomes. 95% intervals.",
        text_columns=(0, 1),
    )
    for start in range(0, len(measured), len(OUTCOMES)):
        own = measured[start : start + len(OUTCOMES)]
        yield Figure(
            tuple(plot_reliability(each.outcome, each.number, each.found.bins) for each in own),
            f"{own[0].system.name}: share of the clauses for which the outcome is true, by "
            "confidence, with their number; on the dashed line a confidence is a probability.",
        )


def outcomes_of(system: ScoredSystem) -> tuple[FloatArray, FloatArray]:
    """Return for each of `OUTCOMES` whether it is true of each clause, shape (n,)."""
    nted = system.column("nted")
    return system.column("exact"), (nted < np.median(nted)).astype(np.float64)


def _measure(
    comparison: Comparison, system: ScoredSystem, number: int, rng: np.random.Generator
) -> Iterator[_Measured]:
    given = system.answers.confidences
    known = [index for index, value in enumerate(given) if value is not None]
    values = [value for value in given if value is not None]
    if not known:
        return
    documents = comparison.documents
    clusters = [documents[index] for index in known] if documents else None
    for outcome, true in zip(OUTCOMES, outcomes_of(system), strict=True):
        found = calibrate(values, true[known], clusters, rng=rng, bins=BINS)
        yield _Measured(system, number, outcome, found)


def _row(each: _Measured) -> tuple[Cell, ...]:
    auroc, brier = each.found.auroc, each.found.brier
    return (
        Cell(each.system.name),
        Cell(each.outcome),
        Cell(str(brier.n)),
        Cell(figures.share(auroc.mean), figures.share_ends(auroc)),
        Cell(figures.share(each.found.ece)),
        Cell(figures.share(brier.mean), figures.share_ends(brier)),
    )
