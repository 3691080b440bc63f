"""A confidence fitted to what is known of a prediction before its reference is seen.

Logistic regression with a small ridge penalty, by Newton's method (Hastie, Tibshirani
and Friedman, The Elements of Statistical Learning, 4.4.1), on few features: there are
rarely more than some hundred clauses to fit to. How good it is, is measured on
documents that it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from p4ir.metrics.calibration import Calibration, calibrate
from p4ir.metrics.significance import Clusters, FloatArray, Values

RIDGE = 1.0
FOLDS = 10
_STEPS = 50


class FittedConfidence(NamedTuple):
    """A confidence as a function of features, and how it did on documents not fitted to."""

    intercept: float
    coefficients: dict[str, float]
    """Feature to log-odds per unit of the feature."""
    means: dict[str, float]
    """Feature to the value taken where it is not known."""
    cross_validated: Calibration
    """Of the confidence that each clause got from a fit without its document. The interval
    takes the fits as given, and so is somewhat too narrow."""

    def predict(self, features: Mapping[str, Values]) -> FloatArray:
        """Return the confidence of each clause, shape (n,); NaN features are not known."""
        table = _table(features, tuple(self.coefficients))
        table = np.where(np.isnan(table), np.array(list(self.means.values())), table)
        return _sigmoid(self.intercept + table @ np.array(list(self.coefficients.values())))


class _Fit(NamedTuple):
    intercept: float
    slopes: FloatArray
    means: FloatArray

    def predict(self, table: FloatArray) -> FloatArray:
        filled = np.where(np.isnan(table), self.means, table)
        return _sigmoid(self.intercept + filled @ self.slopes)


def fit_confidence(
    features: Mapping[str, Values],
    outcome: Values,
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
    ridge: float = RIDGE,
) -> FittedConfidence:
    """Fit a confidence and measure it by cross-validation over documents.

    Args:
        features: name to values, shape (n,) each; NaN where not known.
        outcome: shape (n,), true or false.
        clusters: shape (n,), the document of each clause; each its own if `None`. One
            fold per document, but at most `FOLDS`.
        rng: puts documents into folds, and draws the intervals.
        ridge: penalty on the squares of the coefficients of the standardised features.

    Raises:
        ValueError: the outcome is the same for all clauses, or there is one document only.
    """
    names = tuple(features)
    table, y = _table(features, names), np.asarray(outcome, dtype=np.float64)
    if y.size != len(table):
        raise ValueError(f"{len(table)} rows of features but {y.size} outcomes")
    if not 0 < y.mean() < 1:
        raise ValueError("the outcome is the same for all clauses: there is nothing to fit")
    folds = _folds(clusters, y.size, rng)
    if folds.max() < 1:
        raise ValueError("one document only: a fit to it could not be measured on another")
    fit = _fit(table, y, ridge)
    held_out = _predict_across(folds, table, y, ridge)
    return FittedConfidence(
        intercept=fit.intercept,
        coefficients=dict(zip(names, fit.slopes.tolist(), strict=True)),
        means=dict(zip(names, fit.means.tolist(), strict=True)),
        cross_validated=calibrate(held_out, y, clusters, rng=rng),
    )


def _predict_across(
    folds: npt.NDArray[np.int64], table: FloatArray, y: FloatArray, ridge: float
) -> FloatArray:
    """Return the confidence of each clause by a fit to the other folds, shape (n,)."""
    confidence = np.empty(y.size)
    for fold in np.unique(folds):
        own = folds == fold
        confidence[own] = _fit(table[~own], y[~own], ridge).predict(table[own])
    return confidence


def _fit(table: FloatArray, y: FloatArray, ridge: float) -> _Fit:
    known = ~np.isnan(table)
    means = np.where(known, table, 0).sum(0) / np.maximum(known.sum(0), 1)
    filled = np.where(known, table, means)
    scales = filled.std(0)
    scales[scales < 1e-9] = np.inf  # what never varies tells nothing: its slope becomes 0
    x = np.column_stack([np.ones(len(y)), (filled - means) / scales])
    penalty = ridge * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6  # keeps the intercept finite where a fold has one outcome only
    weights = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = _sigmoid(x @ weights)
        gradient = x.T @ (p - y) + penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, gradient)
        # Newton's step overshoots where the curve is flat; bounded, it converges.
        weights -= np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    slopes = weights[1:] / scales
    return _Fit(float(weights[0] - slopes @ means), slopes, means)


def _folds(clusters: Clusters | None, n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the fold of each clause, shape (n,): all of a document in the same one."""
    names = list(range(n)) if clusters is None else list(clusters)
    order = list(dict.fromkeys(names))
    fold_of = {order[place]: i % FOLDS for i, place in enumerate(rng.permutation(len(order)))}
    return np.array([fold_of[name] for name in names], dtype=np.int64)


def _table(features: Mapping[str, Values], names: tuple[str, ...]) -> FloatArray:
    missing = [name for name in names if name not in features]
    if missing:
        raise ValueError(f"no feature {missing[0]!r}; there are {', '.join(features)}")
    return np.column_stack([np.asarray(features[name], dtype=np.float64) for name in names])


def _sigmoid(x: FloatArray) -> FloatArray:
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))
