import json
import time
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.metrics import lrml_f1, lrml_precision_recall
from p4ir.rules import format_rule
from tests.rules.strategies import rules
from tests.shared_data import F1_VECTORS, needs_shared


@needs_shared
def test_agrees_with_the_public_scorer_case_by_case_and_over_the_corpus():
    vectors = json.loads(F1_VECTORS.read_text(encoding="utf-8"))
    scores = []
    for case in vectors["cases"]:
        score = lrml_precision_recall(case["prediction"], case["reference"])
        assert score.precision == pytest.approx(case["precision"], abs=1e-9)
        assert score.recall == pytest.approx(case["recall"], abs=1e-9)
        scores.append(score)
    assert lrml_f1(scores) == pytest.approx(vectors["corpus"]["lrml_f_score"], abs=1e-9)


RULE = "if(exist(door)),then(obligation(has(door,handle)))"


@pytest.mark.parametrize(
    ("prediction", "precision", "recall"),
    [
        (RULE, 1, 1),
        ("", 0, 0),
        ("no brackets at all", 0, 0),
        # if, exist and its entity (2); then, obligation, has and its entity (2): 9 in all.
        ("if(exist(door)),then(", 4 / 5, 4 / 9),
        ("if(exist(window)),then(obligation(has(door,handle)))", 5 / 9, 5 / 9),
    ],
)
def test_cases_that_can_be_counted_by_hand(prediction, precision, recall):
    score = lrml_precision_recall(prediction, RULE)
    assert score == (pytest.approx(precision), pytest.approx(recall))


@settings(max_examples=60, deadline=None)
@given(rules(), rules())
def test_shares_and_perfect_for_the_rule_itself(a, b):
    score = lrml_precision_recall(a, b)
    assert 0 <= score.precision <= 1
    assert 0 <= score.recall <= 1
    swapped = lrml_precision_recall(b, a)
    assert swapped.recall <= 1
    # A label without a letter or digit has no words, which nothing can share, and what stands
    # before a colon is cut as a clue.
    text = format_rule(a)
    if all(any(c.isalnum() for c in words) for words in a.words) and not set("':") & set(text):
        assert lrml_precision_recall(a, a) == (pytest.approx(1), pytest.approx(1))


_TEXTS = st.lists(st.sampled_from(["and(", "is(", "a b", "b", "c", ",", ")"]), max_size=60).map(
    "".join
)


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _TEXTS)
def test_many_elements_are_matched_as_few_are(a, b):
    few = lrml_precision_recall(a, b)
    with mock.patch("p4ir.metrics.lrml_f1._FEW", 0):
        assert lrml_precision_recall(a, b) == few


def test_a_prediction_that_hardly_ends_takes_no_minutes():
    a, b = (f"if(x),then({','.join(f'has({w}{i},{w})' for i in range(3000))})" for w in "ab")
    begin = time.process_time()
    assert lrml_precision_recall(a, b) == (3 / 9004, 3 / 9004)
    assert time.process_time() - begin < 8


def test_the_f1_is_the_harmonic_mean_of_the_means():
    assert lrml_f1([(1.0, 0.5), (0.5, 0.0)]) == pytest.approx(100 * 2 * 0.75 * 0.25 / 1.0)
    assert lrml_f1([(0.0, 0.0)]) == 0
