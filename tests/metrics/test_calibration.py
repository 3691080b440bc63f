import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.metrics.calibration import auroc, calibrate
from p4ir.metrics.confidence import fit_confidence


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.mark.parametrize(
    ("confidence", "outcome", "expected"),
    [
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1.0),
        ([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0.0),
        ([0.5, 0.5, 0.5, 0.5], [1, 1, 0, 0], 0.5),
        ([0.9, 0.4, 0.6, 0.1], [1, 1, 0, 0], 0.75),
    ],
)
def test_auroc_is_the_chance_of_ranking_a_pair_rightly(confidence, outcome, expected):
    assert auroc(np.array(confidence), np.array(outcome)) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=25))
def test_auroc_agrees_with_counting_pairs(rows):
    confidence = np.array([c for c, _ in rows], dtype=float)
    outcome = np.array([o for _, o in rows], dtype=float)
    gaps = confidence[outcome == 1][:, None] - confidence[outcome == 0]
    found = auroc(confidence, outcome)
    if not gaps.size:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


def test_a_probability_that_is_true_is_calibrated(rng):
    confidence = rng.uniform(size=2000)
    found = calibrate(confidence, rng.uniform(size=2000) < confidence, rng=rng)
    assert found.ece < 0.05
    assert found.auroc.low < 5 / 6 < found.auroc.high
    assert found.brier.mean == pytest.approx(1 / 6, abs=0.02)
    assert len(found.bins) == 10


def test_a_boastful_confidence_is_not_calibrated(rng):
    found = calibrate(np.full(200, 0.95), np.arange(200) % 2, rng=rng)
    assert found.ece == pytest.approx(0.45)
    assert found.brier.mean == pytest.approx((0.05**2 + 0.95**2) / 2)
    assert len(found.bins) == 1
    assert found.bins[0].outcome.n == 200


def test_confidences_of_0_and_1_fall_into_the_outermost_ranges(rng):
    found = calibrate([0.0, 1.0], [0, 1], rng=rng)
    assert [(each.low, each.high) for each in found.bins] == [(0.0, 0.1), (0.9, 1.0)]
    assert found.ece == 0


def test_an_outcome_that_never_varies_has_no_auroc(rng):
    found = calibrate([0.2, 0.4, 0.6], [0, 0, 0], rng=rng)
    assert math.isnan(found.auroc.mean)
    assert found.auroc.low is None


@pytest.mark.parametrize(
    ("confidence", "outcome", "is_supported"),
    [
        ([0.9, 0.1], [1, 0], False),
        ([0.9] * 30 + [0.1] * 30, [1] * 30 + [0] * 30, False),
        ([0.9, 0.3] * 4 + [0.6] * 30, [1] * 4 + [0] * 34, False),
        ([0.9, 0.3] * 5 + [0.6] * 30, [1] * 5 + [0] * 35, True),
    ],
)
def test_few_clauses_and_a_perfect_ranking_are_not_certain(confidence, outcome, is_supported, rng):
    found = calibrate(confidence, outcome, rng=rng).auroc
    assert not math.isnan(found.mean)
    assert (found.low is not None) == is_supported


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(bad, rng):
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrate([0.5, bad], [0, 1], rng=rng)


def clauses(rng, n=400, documents=12):
    """Return features, outcomes and documents; the first feature matters, the second not."""
    features = {"matters": rng.normal(3, 2, n), "noise": rng.normal(size=n)}
    odds = 1.2 * (features["matters"] - 3)
    return features, rng.uniform(size=n) < 1 / (1 + np.exp(-odds)), rng.integers(documents, size=n)


def test_a_fitted_confidence_finds_what_matters(rng):
    features, outcome, documents = clauses(rng)
    found = fit_confidence(features, outcome, documents, rng=rng)
    assert found.coefficients["matters"] == pytest.approx(1.2, abs=0.3)
    assert abs(found.coefficients["noise"]) < 0.3
    assert found.cross_validated.auroc.mean > 0.85
    assert found.cross_validated.ece < 0.1


def test_features_without_information_rank_no_better_than_chance_on_unseen_documents(rng):
    found = []
    for _ in range(8):
        features = {name: rng.normal(size=200) for name in "abcdef"}
        outcome = rng.uniform(size=200) < 0.3
        fit = fit_confidence(features, outcome, rng.integers(15, size=200), rng=rng)
        found.append(fit.cross_validated.auroc.mean)
    assert 0.4 < np.mean(found) < 0.56


def test_a_feature_that_only_knows_the_document_does_not_help_on_unseen_documents(rng):
    documents = np.repeat(np.arange(10), 20)
    outcome = (documents % 2).astype(float)
    features = {f"is_document_{d}": (documents == d).astype(float) for d in range(10)}
    found = fit_confidence(features, outcome, documents, rng=rng)
    assert found.predict(features)[outcome == 1].min() > found.predict(features)[outcome == 0].max()
    assert found.cross_validated.auroc.mean < 0.6


def test_a_fit_agrees_with_an_independent_optimizer(rng):
    from scipy.optimize import minimize

    features, outcome, documents = clauses(rng, n=150)
    x = np.column_stack(list(features.values()))
    z = np.column_stack([np.ones(150), (x - x.mean(0)) / x.std(0)])

    def loss(w):
        return np.logaddexp(0, -np.where(outcome, 1, -1) * (z @ w)).sum() + w[1:] @ w[1:] / 2

    wanted = minimize(loss, np.zeros(3), tol=1e-12).x[1:] / x.std(0)
    found = fit_confidence(features, outcome, documents, rng=rng)
    assert list(found.coefficients.values()) == pytest.approx(wanted.tolist(), abs=1e-4)


def test_features_that_are_not_known_or_never_vary_do_no_harm(rng):
    features, outcome, documents = clauses(rng)
    features["matters"][::5] = np.nan
    features["constant"] = np.ones(outcome.size)
    features["never known"] = np.full(outcome.size, np.nan)
    found = fit_confidence(features, outcome, documents, rng=rng)
    confidence = found.predict(features)
    assert found.coefficients["constant"] == found.coefficients["never known"] == 0
    assert ((confidence > 0) & (confidence < 1)).all()
    assert auroc(confidence, outcome) > 0.8


def test_perfectly_separable_outcomes_still_give_a_finite_fit(rng):
    found = fit_confidence({"x": np.arange(40.0)}, np.arange(40) >= 20, rng=rng)
    assert 0 < found.coefficients["x"] < 100
    assert found.cross_validated.auroc.mean > 0.95


@pytest.mark.parametrize(
    ("outcome", "documents", "message"),
    [
        ([1, 1, 1], ["a", "b", "c"], "same for all"),
        ([0, 1, 1], ["a", "a", "a"], "one document"),
        ([0, 1], ["a", "b"], "3 rows of features but 2 outcomes"),
    ],
)
def test_what_cannot_be_fitted_is_refused(outcome, documents, message, rng):
    with pytest.raises(ValueError, match=message):
        fit_confidence({"x": [1.0, 2.0, 3.0]}, outcome, documents, rng=rng)


def test_a_prediction_needs_every_feature(rng):
    features, outcome, documents = clauses(rng, n=60)
    found = fit_confidence(features, outcome, documents, rng=rng)
    with pytest.raises(ValueError, match="no feature 'noise'"):
        found.predict({"matters": [1.0]})
