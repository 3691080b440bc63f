import pytest
import torch

from p4ir.grpo.advantages import silence_flat_groups, without_length


def test_a_group_whose_rewards_hardly_differ_teaches_nothing():
    rewards = torch.tensor([0.500, 0.501, 0.2, 0.8])
    advantages = torch.tensor([-1.0, 1.0, -1.0, 1.0])
    kept, share = silence_flat_groups(advantages, rewards, group=2, min_spread=0.01)
    assert kept.tolist() == [0, 0, -1, 1]
    assert share == 0.5
    assert advantages.tolist() == [-1, 1, -1, 1]


def test_adding_a_constant_to_a_group_changes_nothing():
    rewards, advantages = torch.rand(12), torch.randn(12)
    shifted = rewards + torch.tensor([0.0, 3.0, -5.0]).repeat_interleave(4)
    for spread in (0.0, 0.2, 0.3):
        plain, plain_share = silence_flat_groups(advantages, rewards, 4, spread)
        moved, moved_share = silence_flat_groups(advantages, shifted, 4, spread)
        assert torch.equal(plain, moved)
        assert plain_share == moved_share


def test_the_spread_is_the_standard_deviation_of_the_group():
    rewards = torch.tensor([0.0, 0.2, 0.0, 0.2])  # deviation 0.1
    advantages = torch.ones(4)
    assert silence_flat_groups(advantages, rewards, 4, 0.099)[1] == 0
    assert silence_flat_groups(advantages, rewards, 4, 0.101)[1] == 1


@pytest.mark.parametrize("nothing", [float("nan"), 0.0])
def test_a_group_that_could_not_be_scored_is_flat(nothing):
    kept, share = silence_flat_groups(torch.zeros(2), torch.full((2,), nothing), 2, 0.01)
    assert share == 1
    assert kept.tolist() == [0, 0]


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
