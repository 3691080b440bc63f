import pytest
import torch

from p4ir.grpo.length_neutral import without_length


def test_what_length_explains_is_taken_from_advantages():
    lengths = torch.tensor([10, 20, 30, 40, 50, 70])
    by_length = -0.01 * (lengths - torch.tensor([20, 20, 20, 160 / 3, 160 / 3, 160 / 3]))
    content = torch.tensor([0.1, -0.2, 0.1, 0.0, 0.0, 0.0])  # does not go with length
    left, slope = without_length(by_length + content, lengths, torch.ones(6, dtype=bool), 3)
    assert slope == pytest.approx(-0.01)
    assert left.tolist() == pytest.approx(content.tolist(), abs=1e-6)


def test_a_cut_completion_and_a_silent_group_keep_their_advantages():
    advantages = torch.tensor([0.5, 0.2, -0.7, 0.0, 0.0, 0.0])
    lengths = torch.tensor([10, 20, 900, 10, 20, 30])
    ended = torch.tensor([True, True, False, True, True, True])
    left, slope = without_length(advantages, lengths, ended, 3)
    assert slope == pytest.approx(-0.03)
    assert left.tolist() == pytest.approx([0.35, 0.35, -0.7, 0, 0, 0])


def test_completions_of_one_length_are_left_alone():
    advantages = torch.tensor([0.5, -0.5])
    left, slope = without_length(advantages, torch.tensor([7, 7]), torch.ones(2, dtype=bool), 2)
    assert (left.tolist(), slope) == ([0.5, -0.5], 0)
