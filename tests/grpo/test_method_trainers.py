"""What the methods' trainers make of a batch, at the tiny recipe."""

import pytest
import torch

from p4ir.grpo.rewards import REWARDS
from p4ir.grpo.rredcot import normalize_credits


def generate(trainer, numbers=(0, 1)):
    """Roll out some clauses; completions count as ended, and their reward is their length."""
    rows = [dict(trainer.train_dataset[n]) for n in numbers for _ in range(4)]
    torch.manual_seed(0)
    return trainer._generate_and_score_completions(rows)


@pytest.fixture
def make(make_trainer, monkeypatch):
    def letters(completions, **_):
        return [sum(c.isalpha() for c in text) / 12 for text in completions]

    def make(*settings):
        monkeypatch.setattr("p4ir.grpo.trainer.is_cut", lambda ids, ends: False)
        monkeypatch.setitem(REWARDS, "tree_similarity", letters)
        return make_trainer("rewards={tree_similarity: 1, consistency: 0}", *settings)

    return make


def test_ads_rolls_out_what_its_schedule_draws_and_the_schedule_learns(make, tmp_path):
    trainer = make("method=ads", "options.ads.clusters=3")
    before = trainer.schedule.state()
    generate(trainer)
    after = trainer.schedule.state()
    drawn = [after["clusters"][k][before["positions"][k][0]] for k in after["drawn"]]
    lines = (tmp_path / "run/samples.jsonl").read_text().splitlines()
    ids = [trainer.train_dataset[clause]["id"] for clause in drawn]
    assert [id in line for id, line in zip([i for i in ids for _ in range(4)], lines, strict=True)]
    assert after["p"] != before["p"]
    assert after["draws"] == 1


def test_ppo_s_returns_are_the_reward_where_nothing_is_known_yet(make):
    trainer = make("method=ppo", "options.ppo.gae_lambda=1")
    output = generate(trainer)
    mask = output["completion_mask"]
    reward = trainer._rewards[:, :1]
    assert torch.allclose(output["returns"], reward * mask)  # the head says 0 at first
    own = output["advantages"][mask.bool()]
    assert own.mean() == pytest.approx(0, abs=1e-5)
    assert own.std(correction=0) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("step", "learns"), [(0, False), (5, True)])
def test_ppo_warms_the_critic_up_before_the_policy_learns(make, step, learns):
    trainer = make("method=ppo", "options.ppo.warm_up=3")
    output = generate(trainer)
    trainer.state.global_step = step
    # The head is 0, through which the value loss says nothing to the policy.
    trainer._compute_loss(trainer.model, output).backward()
    moved = any(
        weight.grad is not None and weight.grad.abs().max() > 1e-8
        for name, weight in trainer.model.named_parameters()
        if "lora_" in name and "default" in name
    )
    assert moved == learns
    assert trainer.model.value_head.weight.grad.abs().max() > 0


def test_the_value_head_learns_at_a_rate_of_its_own_and_is_no_part_of_the_adapter(make):
    from peft import get_peft_model_state_dict

    trainer = make("method=ppo", "options.ppo.value_rate=0.123")
    trainer.create_optimizer()
    head = list(trainer.model.value_head.parameters())
    rates = {g["lr"] for g in trainer.optimizer.param_groups for p in g["params"]
             if any(p is own for own in head)}  # fmt: skip
    assert rates == {0.123}
    assert not any("value_head" in name for name in get_peft_model_state_dict(trainer.model))


@pytest.mark.parametrize("credit", ["potential", "self"])
def test_rredcot_gives_each_token_the_group_s_advantage_and_its_segment_s_credit(make, credit):
    trainer = make("method=rredcot", f"options.rredcot.credit={credit}")
    seen = {}
    credits = trainer._credits
    trainer._credits = lambda *a: seen.setdefault("credits", credits(*a))
    trainer.assign_credit, assign = (
        lambda inputs, output: (
            seen.update(plain=output["advantages"].clone()), assign(inputs, output)
        ),
        trainer.assign_credit,
    )  # fmt: skip
    output = generate(trainer)
    for group in (slice(0, 4), slice(4, 8)):
        scaled = normalize_credits(seen["credits"][group])
        for row, own in zip(range(group.start, group.stop), scaled, strict=True):
            # No random completion is a rule: each is one segment.
            expected = (seen["plain"][row] + 0.5 * own[0]) * output["completion_mask"][row]
            assert torch.allclose(output["advantages"][row], expected, atol=1e-5)
    assert output["advantages"].any()


def test_n_grpo_s_old_probabilities_are_those_of_what_was_read(make):
    settings = ("method=n_grpo", "options.n_grpo.rate=0.7", "trainer.num_iterations=2")
    trainer = make(*settings)
    output = generate(trainer)
    ids = torch.cat([output["prompt_ids"], output["completion_ids"]], 1)
    mask = torch.cat([output["prompt_mask"], output["completion_mask"]], 1)
    assert (output["mix_weights"][..., 0] < 1).any()
    trainer._mixed = output["mix_candidates"], output["mix_weights"]
    again = trainer._get_per_token_logps_and_entropies(trainer.model, ids, mask, 12)[0]
    trainer._mixed = output["completion_ids"][..., None], torch.ones(8, 12, 1)
    plain = trainer._get_per_token_logps_and_entropies(trainer.model, ids, mask, 12)[0]
    kept = output["completion_mask"].bool()
    assert torch.allclose(output["old_per_token_logps"][kept], again[kept], atol=1e-5)
    assert not torch.allclose(plain[kept], again[kept], atol=1e-3)
