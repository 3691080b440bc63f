import pytest
import torch

from p4ir.grpo.mixing import Mixing, replay
from p4ir.grpo.options import NGrpoOptions
from p4ir.grpo.rollout import sample
from p4ir.models import load_base


@pytest.fixture(scope="module")
def tiny():
    return load_base("tiny-random")


def roll(tiny, options, rows=6, limit=10, ends=(1,)):
    """Return completions, their mixtures and the probabilities that they were drawn by."""
    model, tokenizer = tiny
    prompts = [tokenizer(text)["input_ids"] for text in ["A door.\n", "Stairs and ramps.\n"]]
    prompts = [prompts[row // 3] for row in range(rows)]
    mixing, seen = Mixing(model, rows, options, [0, 1]), {}

    def feed(step, writing, tokens, chances):
        for row, token, chance in zip(writing.tolist(), tokens.tolist(), chances, strict=True):
            if row >= 0:
                seen[row, step] = chance[token].log().item()
        return mixing(step, writing, tokens, chances)

    torch.manual_seed(3)
    completions = sample(model, prompts, limit=limit, temperature=0.8, ends=ends, padding=0,
                         feed=feed)  # fmt: skip
    return prompts, completions, mixing, seen


def padded(prompts, completions):
    left, right = max(map(len, prompts)), max(map(len, completions))
    ids = torch.zeros(len(prompts), left + right, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
        ids[row, left - len(prompt) : left] = torch.tensor(prompt)
        ids[row, left : left + len(completion)] = torch.tensor(completion)
        mask[row, left - len(prompt) : left + len(completion)] = 1
    return ids, mask, right


def logps(model, ids, mask, width):
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    scores = (logits[:, -width - 1 : -1] / 0.8).log_softmax(-1)
    return scores.gather(2, ids[:, -width:, None])[..., 0]


@pytest.mark.parametrize("anchor", ["likeliest", "sampled"])
@pytest.mark.parametrize("ends", [(1,), tuple(range(1, 90))])
def test_a_replayed_rollout_has_the_probabilities_that_it_was_drawn_by(tiny, anchor, ends):
    options = NGrpoOptions(rate=0.6, candidates=3, anchor=anchor)
    prompts, completions, mixing, seen = roll(tiny, options, ends=ends)
    ids, mask, width = padded(prompts, completions)
    candidates, weights = mixing.record(ids[:, -width:])
    with torch.no_grad(), replay(tiny[0], candidates, weights):
        replayed = logps(tiny[0], ids, mask, width)
    with torch.no_grad():
        plain = logps(tiny[0], ids, mask, width)
    drawn = {place: value for place, value in seen.items() if place[1] < len(completions[place[0]])}
    assert len(drawn) > 6
    assert max(abs(replayed[place].item() - value) for place, value in drawn.items()) < 1e-5
    assert max(abs(plain[place].item() - value) for place, value in drawn.items()) > 1e-2


def test_chunks_of_a_replay_read_their_own_rows(tiny):
    prompts, completions, mixing, _ = roll(tiny, NGrpoOptions(rate=0.6, candidates=3))
    ids, mask, width = padded(prompts, completions)
    record = mixing.record(ids[:, -width:])
    with torch.no_grad(), replay(tiny[0], *record):
        whole = logps(tiny[0], ids, mask, width)
    with torch.no_grad(), replay(tiny[0], *record):
        parts = [logps(tiny[0], ids[rows], mask[rows], width) for rows in ([0, 1], [2, 3, 4, 5])]
    assert torch.allclose(torch.cat(parts), whole, atol=1e-5)


def test_at_rate_0_it_is_a_plain_rollout(tiny):
    prompts, completions, mixing, _ = roll(tiny, NGrpoOptions(rate=0.0))
    ids, _, width = padded(prompts, completions)
    candidates, weights = mixing.record(ids[:, -width:])
    assert torch.equal(candidates[..., 0], ids[:, -width:])
    assert torch.equal(weights[..., 0], torch.ones(weights.shape[:2]))


def test_a_mixture_is_of_the_anchor_and_its_nearest_tokens_by_their_probabilities(tiny):
    model, _ = tiny
    mixing = Mixing(model, 1, NGrpoOptions(rate=1.0, candidates=3), [0, 1])
    chances = torch.rand(1, model.config.vocab_size).softmax(-1)
    token = torch.tensor([40])
    vector = mixing(0, torch.tensor([0]), token, chances)
    anchor = chances[0].argmax().item()
    table = model.get_input_embeddings().weight.detach()
    near = torch.nn.functional.cosine_similarity(table[anchor][None], table, dim=-1)
    near[[0, 1, anchor]] = -2
    tokens = [anchor, *near.topk(2).indices.tolist()]
    weights = chances[0, tokens] / chances[0, tokens].sum()
    assert torch.allclose(vector[0, 0], weights @ table[tokens], atol=1e-6)
