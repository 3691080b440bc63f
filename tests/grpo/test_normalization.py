"""Advantages from rewards, as TRL normalizes them and this trainer passes them on."""

import pytest
import torch
from trl import GRPOTrainer

REWARDS = torch.tensor([0.0, 0.2, 0.4, 1.0, 0.3, 0.3, 0.5, 0.5])
"""Of two clauses with four completions each, of which the means are both 0.4."""
CENTRED = REWARDS - 0.4
DEVIATIONS = {
    "none": torch.ones(8),
    "batch": (CENTRED.square().sum() / 7).sqrt().expand(8),
    "group": torch.tensor([(0.56 / 3) ** 0.5] * 4 + [(0.04 / 3) ** 0.5] * 4),
}


@pytest.fixture
def advantages(make_trainer, monkeypatch):
    """Return the advantages of a step whose completions have given rewards."""
    given = {}
    monkeypatch.setattr(GRPOTrainer, "_calculate_rewards", lambda *_: given["rewards"][:, None])
    monkeypatch.setattr("p4ir.grpo.trainer.is_cut", lambda ids, ends: False)
    made = {}

    def of(rewards, scale):
        given["rewards"] = rewards
        if not made:
            made["trainer"] = make_trainer("rewards={tree_similarity: 1}", "min_spread=0.01")
            made["rows"] = next(iter(made["trainer"].get_train_dataloader()))
        made["trainer"].scale_rewards = scale
        return made["trainer"]._generate_and_score_completions(made["rows"])["advantages"]

    return of


@pytest.mark.parametrize("scale", DEVIATIONS)
def test_advantages_are_those_reckoned_by_hand(advantages, scale):
    found = advantages(REWARDS, scale)
    torch.testing.assert_close(found, CENTRED / DEVIATIONS[scale], atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("scale", DEVIATIONS)
def test_a_constant_added_to_rewards_changes_nothing(advantages, scale):
    plain = advantages(REWARDS, scale)
    torch.testing.assert_close(advantages(REWARDS + 3, scale), plain, atol=1e-4, rtol=1e-4)
    if scale != "batch":  # where the deviation is of all rewards together
        of_one = REWARDS + torch.tensor([0.0, 3.0]).repeat_interleave(4)
        torch.testing.assert_close(advantages(of_one, scale), plain, atol=1e-4, rtol=1e-4)


def test_a_group_that_hardly_differs_has_no_advantage(advantages):
    flat = torch.tensor([0.0, 0.2, 0.3, 1.0, 0.5, 0.5, 0.501, 0.5])
    found = advantages(flat, "group")
    assert found[:4].abs().min() > 0.1
    assert not found[4:].any()
