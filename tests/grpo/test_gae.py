import pytest
import torch

from p4ir.grpo.gae import advantages_and_returns, last_token_rewards, value_loss, whiten

MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
VALUES = torch.tensor([[0.1, 0.4, 0.2, 0.7, 0.5], [0.3, 0.6, 0.2, 9.0, 9.0]])


def test_the_reward_is_that_of_the_last_token():
    placed = last_token_rewards(torch.tensor([0.8, 0.5]), MASK)
    expected = torch.tensor([[0, 0, 0, 0, 0.8], [0, 0, 0.5, 0, 0]])
    assert torch.equal(placed, expected)
    assert last_token_rewards(torch.tensor([1.0]), torch.zeros(1, 3)).tolist() == [[0, 0, 0]]


def closed_form(rewards, values, decay):
    """The sum of all later errors, written out."""
    after = [*values[1:], 0.0]
    errors = [r + b - a for r, a, b in zip(rewards, values, after, strict=True)]
    steps = range(len(values))
    return [sum(decay ** (later - t) * errors[later] for later in steps if later >= t)
            for t in steps]  # fmt: skip


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.95, 1.0])
def test_advantages_are_those_of_the_closed_form(decay):
    rewards = last_token_rewards(torch.tensor([0.8, 0.5]), MASK)
    advantages, returns = advantages_and_returns(rewards, VALUES, MASK, decay)
    for row, length in enumerate((5, 3)):
        own = slice(0, length)
        expected = closed_form(rewards[row, own].tolist(), VALUES[row, own].tolist(), decay)
        assert advantages[row, own].tolist() == pytest.approx(expected, abs=1e-6)
        assert not advantages[row, length:].any()
        added = advantages[row, own] + VALUES[row, own]
        assert returns[row, own].tolist() == pytest.approx(added.tolist(), abs=1e-6)


def test_without_decay_the_return_of_each_token_is_the_reward():
    rewards = last_token_rewards(torch.tensor([0.8, 0.5]), MASK)
    _, returns = advantages_and_returns(rewards, VALUES, MASK, 1.0)
    assert torch.allclose(returns, torch.tensor([[0.8], [0.5]]) * MASK)


def test_whitened_advantages_have_mean_0_and_deviation_1_over_tokens():
    white = whiten(VALUES, MASK.float())
    own = white[MASK.bool()]
    assert own.mean() == pytest.approx(0, abs=1e-6)
    assert own.std(correction=0) == pytest.approx(1, abs=1e-4)
    assert not white[~MASK.bool()].any()


def test_the_value_loss_takes_the_worse_of_the_value_and_its_clipped_form():
    values, before = torch.tensor([[0.9, 0.1]]), torch.tensor([[0.5, 0.1]])
    returns, mask = torch.tensor([[1.0, 0.3]]), torch.tensor([[1.0, 1.0]])
    # 0.9 is held at 0.7: (0.7 − 1)² = 0.09 is worse than (0.9 − 1)²; the other is as it was.
    loss = value_loss(values, before, returns, mask, 0.2)
    assert loss.item() == pytest.approx(0.5 * (0.09 + 0.04) / 2)
    assert value_loss(values, before, returns, torch.zeros(1, 2), 0.2).item() == 0
