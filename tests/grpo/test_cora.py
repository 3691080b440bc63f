import math

import pytest
import torch

from p4ir.grpo.cora import consistency_weight, split_advantages
from p4ir.grpo.options import CoraOptions

NAN = float("nan")


def test_the_split_advantages_are_those_of_a_hand_computation():
    task = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.9])
    consistency = torch.tensor([0.2, 0.4, 0.6, 0.8, 0.0, 1.0, 0.0, 1.0])
    # First group. Task: mean 1/4, deviation (n − 1) 1/2, so 1.5 and −0.5. Consistency: mean
    # 1/2, deviation sqrt(0.2 / 3). Second: task mean 0.6, deviation 0.2; consistency mean
    # 1/2, deviation sqrt(1 / 3).
    first, second = math.sqrt(0.2 / 3), math.sqrt(1 / 3)
    expected = [
        1.5 + 0.5 * -0.3 / first, -0.5 + 0.5 * -0.1 / first,
        -0.5 + 0.5 * 0.1 / first, -0.5 + 0.5 * 0.3 / first,
        -0.5 - 0.25 / second, -0.5 + 0.25 / second, -0.5 - 0.25 / second, 1.5 + 0.25 / second,
    ]  # fmt: skip
    found = split_advantages(task, consistency, 4, (1.0, 0.5), 0.01)
    assert found.tolist() == pytest.approx(expected, abs=2e-3)


def test_summed_first_the_denser_reward_would_decide():
    task = torch.tensor([1.0, 0.0, 0.0, 0.0]) * 0.1
    consistency = torch.tensor([0.0, 1.0, 0.5, 0.6])
    found = split_advantages(task, consistency, 4, (1.0, 0.5), 0.01)
    assert found.argmax() == 0
    assert (task + 0.5 * consistency).argmax() == 1


def test_a_part_that_hardly_differs_in_a_group_adds_nothing():
    consistency = torch.tensor([0.5, 0.501, 0.5, 0.5])
    task = torch.tensor([1.0, 0.0, 0.0, 1.0])
    found = split_advantages(task, consistency, 4, (1.0, 1.0), 0.01)
    alone = split_advantages(task, consistency, 4, (1.0, 0.0), 0.01)
    assert torch.equal(found, alone)
    assert alone.any()


def test_what_cannot_be_scored_has_no_advantage_and_no_part_in_the_mean():
    task = torch.tensor([1.0, 0.0, NAN, 0.5])
    found = split_advantages(task, torch.zeros(4), 4, (1.0, 0.0), 0.01)
    assert found.tolist() == pytest.approx([1.0, -1.0, 0.0, 0.0], abs=1e-3)


def test_the_weight_of_consistency_rises_and_falls():
    options = CoraOptions(consistency_weight=1.0, warm_up=0.0, decay_from=0.0, final=0.0)
    assert [consistency_weight(options, at) for at in (0.0, 0.25, 1.0)] == [1.0, 0.75, 0.0]
