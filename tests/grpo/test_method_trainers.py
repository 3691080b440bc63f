"""What the methods' trainers make of a batch, at the tiny recipe."""

import pytest
import torch

from p4ir.errors import TrainingError
from p4ir.grpo.cora import split_advantages
from p4ir.grpo.gae import value_loss
from p4ir.grpo.rredcot import Cut, normalize_credits
from p4ir.rules import format_rule, parse_rule
from tests.grpo.learning import learn_letters, letters_reward


def generate(trainer, numbers=(0, 1)):
    """Roll out some clauses; completions count as ended, and their reward is their length."""
    rows = [dict(trainer.train_dataset[n]) for n in numbers for _ in range(4)]
    torch.manual_seed(0)
    return trainer._generate_and_score_completions(rows)


@pytest.fixture
def make(make_trainer, monkeypatch):
    def make(*settings):
        learn_letters(monkeypatch.setattr, monkeypatch.setitem)
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


def set_head(trainer):
    """Have the critic say something else of every prefix."""
    torch.nn.init.normal_(trainer.model.value_head.weight)


def read_values(trainer, output):
    ids = torch.cat([output["prompt_ids"], output["completion_ids"]], 1)
    mask = torch.cat([output["prompt_mask"], output["completion_mask"]], 1)
    return trainer._read_values(ids, mask, output["completion_ids"].size(1))


def test_a_value_is_that_of_what_stands_before_its_token(make):
    trainer = make("method=ppo")
    set_head(trainer)
    output = generate(trainer)
    before = read_values(trainer, output)
    output["completion_ids"][:, -1] += 1
    assert torch.equal(read_values(trainer, output), before)
    output["completion_ids"][:, -2] += 1
    after = read_values(trainer, output)
    assert torch.equal(after[:, :-1], before[:, :-1])
    assert not torch.allclose(after[:, -1], before[:, -1], atol=1e-3)


@pytest.mark.parametrize("methods", ["[ppo, n_grpo]", "[n_grpo, ppo]"])
def test_the_critic_reads_the_mixtures_that_were_sampled_through(make, methods):
    trainer = make(f"method={methods}", "options.n_grpo.rate=0.7", "options.ppo.value_weight=1")
    set_head(trainer)
    output = generate(trainer)
    mask = output["completion_mask"]
    trainer._mixed = output["mix_candidates"], output["mix_weights"]
    assert torch.allclose(output["old_values"], read_values(trainer, output) * mask, atol=1e-5)
    trainer._mixed = output["completion_ids"][..., None], torch.ones(8, 12, 1)
    plain = read_values(trainer, output) * mask
    assert not torch.allclose(output["old_values"], plain, atol=1e-3)


def test_cora_goes_on_where_consistency_alone_teaches(make):
    def even(completions, **_):
        return [0.5] * len(completions)

    trainer = make("method=cora", "options.cora.warm_up=0")
    task, consistency = trainer.reward_funcs
    task._reward, consistency._reward = even, letters_reward
    for _ in range(12):
        assert generate(trainer)["advantages"].any()
    consistency._reward = even
    for _ in range(9):
        generate(trainer)
    with pytest.raises(TrainingError, match="nothing can be learned"):
        generate(trainer)


def test_cora_splits_the_rewards_of_the_task_from_consistency(make):
    trainer = make(
        "method=cora", "rewards={consistency: 0.7, tree_similarity: 2, validity: 1}",
        "options.cora.consistency_weight=0.6",
    )  # fmt: skip
    trainer.state.global_step, trainer.state.max_steps = 3, 10
    torch.manual_seed(1)
    given = torch.rand(8, 3)
    trainer._rewards = given
    output = {"advantages": torch.zeros(8)}
    trainer.assign_credit([{}] * 8, output)
    task = 2 * given[:, 1] + given[:, 2]
    expected = split_advantages(task, given[:, 0], 4, (1.0, 0.6), trainer.min_spread)
    assert torch.allclose(output["advantages"], expected)


def test_length_neutral_advantages_do_not_go_with_length(make):
    trainer = make("method=length_neutral")
    output = generate(trainer)
    assert trainer._ended.all()
    lengths = output["completion_mask"].sum(1).float().view(2, 4)
    deviations = lengths - lengths.mean(1, keepdim=True)
    assert deviations.any()
    assert trainer._pending_metrics["length_neutral/advantage_per_token"][-1] != 0
    assert (output["advantages"].view(2, 4) * deviations).sum() == pytest.approx(0, abs=1e-4)


def test_the_last_completion_of_each_group_is_the_reference(make):
    long = "trainer.max_completion_length=77"
    trainer = make("method=reference", "trainer.num_generations=4", long)
    output = generate(trainer)
    rules = [parse_rule(trainer.train_dataset[n]["reference"]) for n in (0, 1)]
    tokenizer = trainer.processing_class
    expected = [
        [*tokenizer(format_rule(rule, "outline"))["input_ids"], tokenizer.eos_token_id]
        for rule in rules
    ]
    written = [
        ids[mask.bool()].tolist()
        for ids, mask in zip(output["completion_ids"], output["completion_mask"], strict=True)
    ]
    fits = [len(reference) <= 77 for reference in expected]
    assert [a == b for a, b in zip(written[3::4], expected, strict=True)] == fits
    assert fits == [False, True]
    assert not any(row in expected for place, row in enumerate(written) if place % 4 < 3)
    own = trainer._rewards[[0, 1, 2, 3, 4, 5, 6], 0].mean().item()
    assert trainer._pending_metrics["reference/own_reward"][-1] == pytest.approx(own)


def test_a_reference_has_the_draft_that_stage_one_taught(make):
    trainer = make("method=reference", "drafts=true", "trainer.max_completion_length=300")
    output = generate(trainer)
    text = trainer.processing_class.decode(output["completion_ids"][3], skip_special_tokens=True)
    assert text.startswith("<think>")
    assert text.endswith(format_rule(parse_rule(trainer.train_dataset[0]["reference"]), "outline"))


def test_success_is_the_share_of_the_most_that_the_rewards_could_be(make):
    trainer = make("method=ads", "rewards={tree_similarity: 2, validity: 1, consistency: 0}")
    nan = float("nan")
    trainer._rewards = torch.tensor([[0.5, 1.0, 1.0]] * 4 + [[nan, 0.25, 0.0]] * 4)
    assert trainer._success_rates() == pytest.approx([2 / 3, 0.25])


@pytest.mark.parametrize(("form", "kept"), [("segment", 1.0), ("to_go", 0.75)])
def test_rredcot_spreads_credits_in_groups_that_teach_and_in_no_others(make, form, kept):
    settings = ("options.rredcot.weight=0.25", f"options.rredcot.form={form}")
    trainer = make("method=rredcot", *settings)
    credits = [[0.1 * row, 0.5 - 0.2 * row] for row in range(8)]
    trainer._cut = lambda row, tokens: Cut(None, [], [5, len(tokens)])
    trainer._credits = lambda *_: credits
    seen = {}
    assign = trainer.assign_credit

    def silence_the_second(inputs, output):
        output["advantages"][4:] = 0
        seen["plain"] = output["advantages"].clone()
        assign(inputs, output)

    trainer.assign_credit = silence_the_second
    output = generate(trainer)
    if form == "to_go":
        credits = [[first + second, second] for first, second in credits]
    for row, (first, second) in enumerate(normalize_credits(credits[:4])):
        mask = output["completion_mask"][row]
        expected = torch.full((mask.size(0),), second)
        expected[:5] = first
        expected = (kept * seen["plain"][row] + 0.25 * expected) * mask
        assert torch.allclose(output["advantages"][row], expected, atol=1e-5)
    assert not output["advantages"][4:].any()


def test_rredcot_s_potential_is_in_units_of_the_reward(make):
    trainer = make("method=rredcot", "rewards={tree_similarity: 2}")
    row = trainer.train_dataset[0]
    text = format_rule(parse_rule(row["reference"]), row["notation"])
    tokens = trainer.processing_class(text)["input_ids"]
    cut = trainer._cut(row, tokens)
    values = trainer._potentials(row, cut)
    assert len(values) == len(cut.ends) + 1 > 3
    assert cut.ends[-1] == len(tokens)
    assert 0 <= values[0] < values[-1] == 2


def test_n_grpo_s_loss_reads_what_each_of_its_rows_has_read(make):
    settings = ("options.n_grpo.rate=0.7", "trainer.num_iterations=2", "trainer.beta=0")
    trainer = make("method=[n_grpo, grpo]", *settings)
    output = generate(trainer)
    mixed = output["mix_weights"][..., 0] < 1
    special = set(trainer.processing_class.all_special_ids)
    assert special.isdisjoint(output["mix_candidates"][mixed].flatten().tolist())
    rows = torch.tensor([6, 1, 3, 0])  # a micro-batch of the shuffled rollouts
    batch = {
        name: value[rows] if isinstance(value, torch.Tensor) and value.ndim else value
        for name, value in output.items()
    }
    batch["advantages"] = torch.ones(4)
    # The policy is the one that sampled, so every ratio is 1.
    assert trainer._compute_loss(trainer.model, batch).item() == pytest.approx(-1, abs=1e-5)


@pytest.mark.parametrize("detach", [True, False])
def test_ppo_s_value_loss_is_weighed_clipped_and_kept_from_the_policy_if_wanted(make, detach):
    trainer = make(
        "method=ppo", "options.ppo.warm_up=1", "options.ppo.value_weight=0.5",
        "options.ppo.value_clip=0.3", f"options.ppo.detach={str(detach).lower()}",
    )  # fmt: skip
    set_head(trainer)
    output = generate(trainer)
    output["old_values"] = output["old_values"] - 1
    mask = output["completion_mask"].float()
    values = read_values(trainer, output)
    expected = 0.5 * value_loss(values, output["old_values"], output["returns"], mask, 0.3)
    loss = trainer._compute_loss(trainer.model, output)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-3)  # the critic warms up
    trainer.state.global_step = 1
    output["advantages"] = torch.zeros_like(output["advantages"])
    trainer._compute_loss(trainer.model, output).backward()
    grown = [
        weight.grad.abs().max().item()
        for name, weight in trainer.model.named_parameters()
        if "lora_B.default" in name and weight.grad is not None
    ]
    assert (max(grown, default=0.0) > 1e-6) != detach
