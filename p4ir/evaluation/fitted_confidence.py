"""A confidence fitted to what an interpretation tells of itself, measured on other documents.

The probability of a completion's tokens alone says little of whether the rule is right: a
small model is sure of its slips. Its length, what the clause does not support, what lint
says and what was mended say more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from p4ir.errors import P4irError
from p4ir.evaluation import figures
from p4ir.evaluation.blocks import Block, Cell, Heading, Paragraph, Table
from p4ir.evaluation.compare import Comparison
from p4ir.evaluation.confidence import OUTCOMES, outcomes_of
from p4ir.metrics.calibration import auroc
from p4ir.metrics.confidence import FittedConfidence, fit_confidence
from p4ir.rules import parse_rule

LEAST = 20
"""Clauses that give a fit: six numbers cannot be told from fewer."""


def features_of(prediction: Mapping[str, Any]) -> dict[str, float]:
    """Return what the object of a clause, as `p4ir batch` writes it, tells of its rule.

    The logarithms of its confidence and of the sizes of clause and rule (in words, in
    nodes), the share of nodes without support, the number of lint warnings, and whether
    there is no rule or it was mended. A confidence that is not known is NaN.
    """
    size = _size(prediction)
    given = prediction.get("confidence")
    return {
        "log confidence": math.nan if given is None else math.log(max(float(given), 1e-6)),
        "log words of the clause": math.log1p(len(str(prediction.get("clause", "")).split())),
        "log nodes of the rule": math.log1p(size),
        "share ungrounded": len(prediction.get("ungrounded") or ()) / max(size, 1),
        "lint warnings": float(len(prediction.get("lint") or ())),
        "not valid": float(not prediction.get("valid")),
    }


def read_features(path: Path, ids: Sequence[str]) -> dict[str, list[float]]:
    """Return feature → its values in the order of the ids, from a file of `p4ir batch`."""
    with path.open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in map(json.loads, file)}
    found = [features_of(rows.get(name, {})) for name in ids]
    return {name: [each[name] for each in found] for name in found[0]}


def fitted_confidence(
    comparison: Comparison, features: Mapping[str, Sequence[float]], rng: np.random.Generator
) -> Iterator[Block]:
    """Compare the first system's confidence with one fitted to features, on other documents."""
    system = comparison.systems[0]
    given = system.answers.confidences
    known = [place for place, value in enumerate(given) if value is not None]
    values = np.array([value for value in given if value is not None])
    rows, fits = [], []
    for outcome, true in zip(OUTCOMES, outcomes_of(system), strict=True):
        try:
            fit = fit_confidence(features, true, comparison.documents, rng=rng)
        except ValueError:  # the same for all clauses, or one document: nothing can be fitted
            continue
        rows.append(_row(outcome, auroc(values, true[known]), fit))
        fits.append((outcome, fit))
    if not rows or len(comparison.records) < LEAST:
        return
    yield Heading("A fitted confidence")
    yield Paragraph(
        "Logistic regression on features of each interpretation; every clause was judged by a "
        "fit to other documents."
    )
    yield Table(("outcome", "AUROC as given", "AUROC fitted", "ECE fitted"), tuple(rows))
    names = tuple(fits[0][1].coefficients)
    yield Table(
        ("log-odds per unit of", *(outcome for outcome, _ in fits)),
        tuple(
            (Cell(name), *(Cell(f"{fit.coefficients[name]:+.2f}") for _, fit in fits))
            for name in names
        ),
    )


def _row(outcome: str, as_given: float, fit: FittedConfidence) -> tuple[Cell, ...]:
    found = fit.cross_validated
    return (
        Cell(outcome),
        Cell(figures.share(as_given)),
        Cell(figures.share(found.auroc.mean), figures.share_ends(found.auroc)),
        Cell(figures.share(found.ece)),
    )


def _size(prediction: Mapping[str, Any]) -> int:
    try:
        return parse_rule(str(prediction.get("rule", ""))).size
    except P4irError:
        return 0
