import pytest
import torch

from p4ir.grpo.rollout import sample
from p4ir.inference.constraint import Constraint
from p4ir.models import load_base
from p4ir.rules import parse_rule

LIMIT = 12


@pytest.fixture(autouse=True)
def exact(monkeypatch):
    """Calculate in float32, whatever the hardware prefers."""
    monkeypatch.setattr("p4ir.models.hardware.has_fast_bf16", lambda device="cpu": False)


@pytest.fixture(scope="module")
def tiny():
    return load_base("tiny-random")


@pytest.fixture(scope="module")
def prompts(tiny):
    texts = ["A door.\n", "Every stair shall have a handrail.\n", "Ramps.\n"]
    return [tiny[1](text)["input_ids"] for text in texts]


def draw(tiny, prompts, *, temperature=1.0, ends=(), seed=0, limit=LIMIT, **options):
    torch.manual_seed(seed)
    found = sample(tiny[0], prompts, limit=limit, temperature=temperature, ends=ends, **options)
    return found.completions


def test_almost_without_temperature_it_writes_what_greedy_decoding_writes(tiny, prompts):
    model, _ = tiny
    found = draw(tiny, prompts, temperature=1e-6)
    for prompt, completion in zip(prompts, found, strict=True):
        alone = model.generate(
            torch.tensor([prompt]), max_new_tokens=LIMIT, do_sample=False, eos_token_id=None,
            repetition_penalty=1.0,
        )  # fmt: skip
        assert completion == alone[0, len(prompt) :].tolist()


def test_rows_that_end_leave_without_disturbing_the_others(tiny, prompts):
    free = draw(tiny, prompts, temperature=1e-6)
    end = free[0][3]
    ended = draw(tiny, prompts, temperature=1e-6, ends=(end,))
    for whole, cut in zip(free, ended, strict=True):
        expected = whole[: whole.index(end) + 1] if end in whole else whole
        assert cut == expected
    assert len(ended[0]) < LIMIT


def test_a_group_s_completions_differ_and_a_seed_repeats_them(tiny, prompts):
    group = [prompts[0]] * 6 + [prompts[1]] * 6
    first = draw(tiny, group, seed=1)
    assert len({tuple(completion) for completion in first}) > 6
    assert draw(tiny, group, seed=1) == first
    assert draw(tiny, group, seed=2) != first


def test_unlikely_tokens_are_not_drawn_and_the_others_keep_their_shares(tiny, prompts):
    model, _ = tiny
    draws, min_p, temperature = 2000, 0.3, 1.5
    with torch.no_grad():
        logits = model(torch.tensor([prompts[0]])).logits[0, -1]
    expected = (logits / temperature).softmax(-1)
    expected[expected < min_p * expected.max()] = 0
    expected /= expected.sum()
    assert (expected > 0).sum() > 2
    found = draw(tiny, [prompts[0]] * draws, limit=1, min_p=min_p, temperature=temperature)
    counts = torch.bincount(torch.tensor(found)[:, 0], minlength=len(expected)) / draws
    assert not counts[expected == 0].any()
    assert torch.allclose(counts, expected, atol=0.03)


def test_samples_follow_the_model_s_probabilities(tiny, prompts):
    model, _ = tiny
    draws, at_once = 2000, 100
    with torch.no_grad():
        logits = model(torch.tensor([prompts[0]])).logits[0, -1]
    expected = (logits / 0.5).softmax(-1)
    found = [
        tokens
        for seed in range(draws // at_once)
        for tokens in draw(tiny, [prompts[0]] * at_once, temperature=0.5, limit=1, seed=seed)
    ]
    counts = torch.bincount(torch.tensor(found)[:, 0], minlength=len(expected)) / draws
    assert torch.allclose(counts, expected, atol=0.03)
    assert (counts > 0).sum() > 20


def test_held_to_a_notation_every_completion_is_a_rule_and_steering_is_counted(tiny, prompts):
    model, tokenizer = tiny
    end = tokenizer.eos_token_id
    torch.manual_seed(0)
    found = sample(
        model, [prompts[0]] * 4, limit=40, temperature=1.0, ends=[end],
        constraint=Constraint(tokenizer, "outline", [end]),
    )  # fmt: skip
    texts = [tokenizer.decode([t for t in each if t != end]) for each in found.completions]
    assert all(parse_rule(text, "outline") for text in texts)
    assert len(set(texts)) == 4
    assert 0 < found.steered <= 1


def test_a_completion_may_repeat_itself_as_the_policy_would(tiny, prompts):
    """What a loop breaker forbids, the policy could have drawn."""
    model, _ = tiny
    (found,) = draw(tiny, prompts[:1], temperature=1e-6, limit=60)
    alone = model.generate(
        torch.tensor([prompts[0]]), max_new_tokens=60, do_sample=False, eos_token_id=None,
        repetition_penalty=1.0,
    )  # fmt: skip
    assert found == alone[0, len(prompts[0]) :].tolist()
