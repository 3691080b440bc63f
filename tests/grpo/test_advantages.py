import pytest
import torch

from p4ir.grpo.advantages import silence_flat_groups


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
