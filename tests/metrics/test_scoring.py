import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.metrics.scoring import METRICS, f1_of_means, reduce, score
from p4ir.rules import parse_rule
from p4ir.rules.builder import RuleBuilder
from p4ir.rules.tree import MAX_DEPTH

DOOR = "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,850 mm)))"
REFERENCE = parse_rule(DOOR)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize(
    "text",
    [
        DOOR,
        DOOR.replace("(", " ( ").replace(",", " ,\n "),
        "if(exist(door)), then(obligation(greater than equal(door.clear width, 850 mm)))",
        "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,850mm)))",
        "  " + DOOR + "  ",
    ],
)
def test_the_same_rule_spelt_otherwise_is_exact(text):
    found = score(text, REFERENCE)
    assert (found.ted, found.nted, found.lev, found.nlev) == (0, 0.0, 0, 0.0)
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert found.exact
    assert found.valid
    assert found.size == found.reference_size == REFERENCE.size == 9


def test_a_rule_scores_as_its_text_does():
    other = "if(exist(gate)),then(obligation(lessThan(gate.width,900 mm)))"
    assert score(parse_rule(other), REFERENCE) == score(other, REFERENCE)


@pytest.mark.parametrize("text", ["", "   ", "a door shall be 850 mm wide", "if then ,"])
def test_text_without_any_bracket_is_as_far_as_can_be(text):
    found = score(text, REFERENCE)
    assert (found.nted, found.nlev) == (1.0, 1.0)
    assert (found.ted, found.lev) == (REFERENCE.size, len(REFERENCE.tokens))
    assert (found.valid, found.exact, found.size) == (False, False, 0)


def test_conditions_in_another_order_are_exact_only_without_regard_to_order():
    wanted = parse_rule("if(and(exist(door),exist(gate))),then(is(x,y))")
    found = score("if(and(exist(gate),exist(door))),then(is(x,y))", wanted)
    assert not found.exact
    assert found.exact_unordered


def test_a_missing_last_bracket_costs_no_distance_but_the_rule_is_neither_valid_nor_exact():
    found = score(DOOR[:-1], REFERENCE)
    assert (found.ted, found.lev) == (0, 0)
    assert not found.valid
    assert not found.exact


def test_brackets_in_any_text_are_read_leniently():
    found = score("Here is the rule: " + DOOR + " I hope that it helps.", REFERENCE)
    assert not found.valid
    assert 0 < found.nted < 0.5


def test_text_too_deep_to_be_a_rule_still_has_a_distance():
    found = score("if(" * (MAX_DEPTH + 5), REFERENCE)
    assert 0.9 < found.nted < 2
    assert not found.valid


def test_a_tree_too_large_to_be_compared_is_as_far_as_can_be():
    huge = parse_rule(f"if(exist(door)),then(and({','.join(['a'] * 6000)}))")
    found = score("if(a),then(and(" + ",".join(["b"] * 6000) + "))", huge)
    assert (found.ted, found.nted, found.valid) == (huge.size, 1.0, True)


def test_a_rule_without_a_conclusion_is_not_valid():
    half = RuleBuilder().open("if").open("exist").leaf("door").build()
    assert not score(half, REFERENCE).valid


@given(st.text(alphabet="if(then)x, '5.", max_size=60))
def test_any_text_has_a_score_in_range(text):
    found = score(text, REFERENCE)
    assert 0 <= found.nted < 2
    for value in (found.nlev, found.precision, found.recall):
        assert 0 <= value <= 1
    assert found.valid or not found.exact


def test_a_corpus_gives_every_metric_with_its_interval(rng):
    scores = [score(text, REFERENCE) for text in (DOOR, "", DOOR[:-1], "if(a(b)),then(c)")]
    found = reduce(scores, rng=rng)
    assert tuple(found) == METRICS
    assert found["valid"].mean == 0.5
    assert found["exact"].mean == 0.25
    assert found["nted"].mean == pytest.approx(np.mean([s.nted for s in scores]))
    assert all(f.n == 4 and f.low <= f.mean <= f.high for f in found.values())


def test_the_f1_of_a_corpus_is_of_mean_precision_and_mean_recall(rng):
    scores = [score(text, REFERENCE) for text in (DOOR, "")]
    assert reduce(scores, rng=rng)["lrml_f1"].mean == pytest.approx(50.0)
    assert f1_of_means(np.array([0.5, 0.0]), np.array([0.75, 0.0])) == pytest.approx([60.0, 0.0])


def test_intervals_stay_within_what_a_metric_can_be(rng):
    scores = [score(text, REFERENCE) for text in (DOOR, "", DOOR, "x")]
    found = reduce(scores, ["a", "a", "a", "b"], rng=rng)
    assert all(f.low >= 0 for f in found.values())
    assert found["nted"].high <= 2
    assert all(found[m].high <= 1 for m in ("nlev", "exact", "exact_unordered", "valid"))
    assert found["lrml_f1"].high <= 100


def test_one_clause_has_scores_but_no_interval(rng):
    found = reduce([score(DOOR, REFERENCE)], rng=rng)
    assert all(f.low is None and f.high is None for f in found.values())
