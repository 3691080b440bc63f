import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from p4ir.grpo.rredcot import credits_of, normalize_credits, own_values, spread

unit = st.floats(0, 2, allow_nan=False)


@given(st.lists(unit, min_size=2, max_size=9), unit)
def test_credits_sum_to_the_return(values, reward):
    credits = credits_of(values, reward)
    assert len(credits) == len(values)
    assert math.fsum(credits) == pytest.approx(reward, abs=1e-9)


def test_a_segment_s_credit_is_what_it_adds_to_the_value():
    assert credits_of([0.1, 0.4, 0.3, 0.8], 0.5) == pytest.approx([0.1, 0.3, -0.1, 0.2])


def test_the_policy_s_estimate_is_that_of_the_answers_which_go_on_from_the_prefix():
    tokens = [[5, 6, 1], [5, 7, 1], [8, 1]]
    logps = [[-1.0, -2.0, 0.0], [-1.0, -1.0, 0.0], [-3.0, 0.0]]
    rewards = [1.0, 0.5, 0.0]
    p = [math.exp(-3), math.exp(-2), math.exp(-3)]
    start = (p[0] * 1.0 + p[1] * 0.5) / sum(p)
    after_5 = (math.exp(-2) * 1.0 + math.exp(-1) * 0.5) / (math.exp(-2) + math.exp(-1))
    found = own_values(tokens, logps, rewards, 0, [1, 2, 3])
    assert found == pytest.approx([start, after_5, 1.0, 1.0])


def test_an_answer_sampled_twice_counts_once():
    twice = own_values([[5], [5], [6]], [[-1.0], [-1.0], [-1.0]], [1.0, 1.0, 0.0], 2, [1])
    assert twice == pytest.approx([0.5, 0.0])


def test_a_segment_s_tokens_share_its_credit():
    assert spread([0.5, -1.0], [2, 3], 5).tolist() == [0.5, 0.5, -1.0, 0.0, 0.0]


def test_the_credits_of_a_group_are_normalized_together():
    rows = normalize_credits([[0.0, 2.0], [4.0]])
    flat = torch.tensor([*rows[0], *rows[1]])
    assert flat.mean() == pytest.approx(0, abs=1e-6)
    assert flat.std(correction=0) == pytest.approx(1, abs=1e-3)
    assert normalize_credits([[1.0], [1.0]]) == [[0.0], [0.0]]
