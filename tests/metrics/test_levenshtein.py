import random

import Levenshtein
import pytest
from hypothesis import given, settings

from p4ir.metrics import (
    normalized_token_levenshtein,
    token_levenshtein,
    token_levenshteins,
)
from p4ir.rules import parse_rule
from tests.rules.strategies import random_rule, rules


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("if(a),then(b)", "if(a),then(b)", 0),
        ("if(a),then(b)", "if(a),then(c)", 1),
        ("if(a),then(b)", "if(a),then(b(c))", 3),
        ("if(a),then(b c)", "if(a),then(bC)", 0),
        ("if(a),then(0.05 m)", "if(a),then(0.5 m)", 1),  # a decimal number is one token
        ("if(a),then(e2_as1)", "if(a),then(e2_as2)", 1),
        ("if(a),then('x + 1')", "if(a),then(x + 1)", 2),  # quotes are tokens
    ],
)
def test_distances_that_can_be_counted_by_hand(a, b, distance):
    assert token_levenshtein(parse_rule(a), parse_rule(b)) == distance


def test_agrees_with_the_independent_implementation():
    rng = random.Random(1)
    for _ in range(1000):
        a, b = random_rule(rng), random_rule(rng)
        assert token_levenshtein(a, b) == Levenshtein.distance(a.tokens, b.tokens)


@settings(max_examples=100, deadline=None)
@given(rules(), rules(), rules())
def test_it_is_a_metric_and_normalized_by_the_longer_list(a, b, c):
    assert token_levenshtein(a, a) == 0
    assert token_levenshtein(a, b) == token_levenshtein(b, a)
    assert token_levenshtein(a, c) <= token_levenshtein(a, b) + token_levenshtein(b, c)
    longer = max(len(a.tokens), len(b.tokens))
    assert normalized_token_levenshtein(a, b) == token_levenshtein(a, b) / longer
    assert 0 <= normalized_token_levenshtein(a, b) <= 1


def test_many_pairs_at_once_are_the_same_one_by_one():
    rng = random.Random(2)
    pairs = [(random_rule(rng), random_rule(rng)) for _ in range(20)]
    assert token_levenshteins(pairs).tolist() == [token_levenshtein(a, b) for a, b in pairs]
