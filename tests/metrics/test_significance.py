import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.metrics.significance import (
    bootstrap_interval,
    holm,
    mean_interval,
    paired_comparison,
    share_interval,
)

SIMULATIONS = 500
RESAMPLES = 400
DOCUMENTS = np.repeat(np.arange(12), 6)


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def systems_with_difference(rng, difference, document_spread):
    """Yield pairs of score arrays whose true mean difference is known."""
    for _ in range(SIMULATIONS):
        a = rng.normal(0.5, 0.1, DOCUMENTS.size)
        per_document = rng.normal(0, document_spread, 12)[DOCUMENTS]
        yield a, a + difference + per_document + rng.normal(0, 0.1, DOCUMENTS.size)


def share_covered(rng, difference, document_spread, clusters):
    covered = 0
    for a, b in systems_with_difference(rng, difference, document_spread):
        found = mean_interval(b - a, clusters, rng=rng, resamples=RESAMPLES)
        covered += found.low <= difference <= found.high
    return covered / SIMULATIONS


@pytest.mark.parametrize("difference", [0.0, -0.1])
@pytest.mark.parametrize("document_spread", [0.0, 0.1])
def test_intervals_by_document_hold_the_truth_in_95_of_100_cases(rng, difference, document_spread):
    assert 0.92 <= share_covered(rng, difference, document_spread, DOCUMENTS) <= 0.98


def test_intervals_that_ignore_documents_claim_too_much(rng):
    assert share_covered(rng, 0.0, 0.1, None) < 0.85


def test_comparing_equal_systems_alarms_in_5_of_100_cases(rng):
    pairs = systems_with_difference(rng, 0.0, 0.0)
    found = [paired_comparison(a, b, DOCUMENTS, rng=rng, resamples=RESAMPLES) for a, b in pairs]
    assert 0.02 <= np.mean([f.p < 0.05 for f in found]) <= 0.08
    assert 0.02 <= np.mean([not f.low <= 0 <= f.high for f in found]) <= 0.08


def test_comparing_systems_that_differ_nearly_always_says_so(rng):
    pairs = systems_with_difference(rng, -0.08, 0.0)
    found = [paired_comparison(a, b, DOCUMENTS, rng=rng, resamples=RESAMPLES) for a, b in pairs]
    assert np.mean([f.p < 0.05 for f in found]) > 0.97
    assert np.mean([f.high < 0 for f in found]) > 0.97
    assert np.mean([f.effect_size for f in found]) > 0.5


def test_an_interval_is_the_same_for_the_same_seed():
    values = np.linspace(0, 1, 40)
    first, second = (mean_interval(values, rng=np.random.default_rng(3)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("values", "clusters"),
    [([0.3], None), ([0.3, 0.5], ["a", "a"]), ([0.3, 0.5, 0.1], ["a", "a", "a"])],
)
def test_one_clause_or_one_document_gives_no_interval(values, clusters, rng):
    found = mean_interval(values, clusters, rng=rng)
    assert (found.low, found.high) == (None, None)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.n == len(values)
    general = bootstrap_interval(lambda x: float(x.mean()), [values], clusters, rng=rng)
    assert (general.low, general.high) == (None, None)


def test_no_clause_at_all_has_no_mean(rng):
    assert math.isnan(mean_interval([], rng=rng).mean)
    assert bootstrap_interval(np.mean, [[]], rng=rng).n == 0


@pytest.mark.parametrize("sizes", [(30, 25), (30, 15, 10), (28, 14, 13, 6, 5)])
def test_few_documents_of_unequal_length_still_give_honest_intervals(rng, sizes):
    documents = np.repeat(np.arange(len(sizes)), sizes)
    covered = 0
    for _ in range(SIMULATIONS):
        values = rng.normal(0, 0.1, len(sizes))[documents] + rng.normal(0, 0.1, documents.size)
        found = mean_interval(values, documents, rng=rng, resamples=RESAMPLES)
        covered += found.low <= 0 <= found.high
    assert 0.9 <= covered / SIMULATIONS <= 0.98


@pytest.mark.parametrize("values", [[0] * 60, [1] * 60])
def test_a_share_of_none_or_all_is_not_certain(values, rng):
    found = share_interval(values, rng=rng)
    assert found.high - found.low == pytest.approx(1 - 0.025 ** (1 / 60))
    assert found.low <= found.mean <= found.high


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_the_interval_of_a_share_is_a_range_of_shares(values):
    found = share_interval(values, rng=np.random.default_rng(0), resamples=50)
    assert 0 <= found.low <= found.mean <= found.high <= 1


def test_the_general_bootstrap_agrees_with_that_of_the_mean(rng):
    values = rng.normal(size=DOCUMENTS.size)
    of_mean = mean_interval(values, DOCUMENTS, rng=np.random.default_rng(1))
    general = bootstrap_interval(np.mean, [values], DOCUMENTS, rng=np.random.default_rng(1))
    assert general == pytest.approx(of_mean)


def test_draws_for_which_a_statistic_is_undefined_are_left_out(rng):
    def mean_or_nan(x):
        return float("nan") if x.max() < 1 else float(x.mean())

    found = bootstrap_interval(mean_or_nan, [[0, 0, 0, 1]], rng=rng)
    assert found.low is not None
    assert found.high > 0.25


def test_a_comparison_counts_wins_ties_and_losses_of_the_second_system(rng):
    found = paired_comparison([0.5, 0.5, 0.5, 0.2], [0.1, 0.2, 0.5, 0.3], rng=rng)
    assert (found.wins, found.ties, found.losses, found.n) == (2, 1, 1, 4)
    assert found.difference == pytest.approx(-0.15)
    assert found.relative_reduction == pytest.approx(1 - 1.1 / 1.7)
    assert found.effect_size == pytest.approx((3 + 2 - 1) / 6)


def test_where_higher_is_better_the_same_scores_lose(rng):
    a, b = [0.5, 0.5, 0.5, 0.2], [0.1, 0.2, 0.5, 0.3]
    found = paired_comparison(a, b, rng=rng, lower_is_better=False)
    assert (found.wins, found.ties, found.losses) == (1, 1, 2)
    assert found.effect_size == pytest.approx(-4 / 6)


def test_identical_systems_do_not_differ(rng):
    found = paired_comparison([0.1, 0.4, 0.3], [0.1, 0.4, 0.3], rng=rng)
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
    assert (found.p, found.effect_size, found.ties) == (1.0, 0.0, 3)


def test_rounding_is_no_win(rng):
    found = paired_comparison([0.3, 0.3], [0.1 + 0.2, 0.3], rng=rng)
    assert found.ties == 2


def test_rounding_makes_no_gain_larger_than_another(rng):
    before, after = np.array([1] * 8 + [2] * 2), np.array([0] * 8 + [3] * 2)
    whole = paired_comparison(before, after, rng=rng)
    tenths = paired_comparison(before / 10, after / 10, rng=rng)
    assert (tenths.p, tenths.effect_size) == (whole.p, whole.effect_size)


def test_one_clause_gives_neither_interval_nor_test(rng):
    found = paired_comparison([0.5], [0.25], rng=rng)
    assert (found.low, found.high, found.p) == (None, None, None)
    assert found.relative_reduction == 0.5


def test_a_mean_of_zero_has_no_relative_reduction(rng):
    assert paired_comparison([0, 0], [0, 1], rng=rng).relative_reduction is None


def test_scores_that_are_no_pairs_are_refused(rng):
    with pytest.raises(ValueError, match="2 and 3 scores"):
        paired_comparison([1, 2], [1, 2, 3], rng=rng)
    with pytest.raises(ValueError, match="2 values but 3 clusters"):
        mean_interval([1, 2], ["a", "b", "c"], rng=rng)


@pytest.mark.parametrize(
    ("given_p", "adjusted"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.01, None], [0.01, None]),
    ],
)
def test_holm_adjusts_for_the_number_of_tests(given_p, adjusted):
    assert holm(given_p) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    by_p = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert by_p == sorted(by_p)
