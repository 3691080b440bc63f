import numpy as np
import pytest
import torch

from p4ir.grpo.mixing import Mixing, replay
from p4ir.grpo.options import NGrpoOptions
from p4ir.grpo.rollout import sample
from p4ir.inference.decoder import mix_embeddings
from p4ir.inference.rows import Prompt
from p4ir.models import load_base

pytestmark = pytest.mark.usefixtures("exact")


@pytest.fixture(scope="module")
def tiny():
    return load_base("tiny-random")


def roll(tiny, options, rows=6, limit=10, ends=(1,)):
    """Return completions, their mixtures and the log-probabilities that they were drawn by."""
    model, tokenizer = tiny
    prompts = [tokenizer(text)["input_ids"] for text in ["A door.\n", "Stairs and ramps.\n"]]
    prompts = [prompts[row // 3] for row in range(rows)]
    mixing, seen, made = Mixing(model, options, [0, 1]), {}, []

    def start(*arguments, **settings):
        row, number = mixing.start(*arguments, **settings), len(made)
        made.append(row)
        choose = row.choose

        def note(scores, token):
            chosen = choose(scores, token)
            seen[number, len(row.tokens)] = (scores / 0.8).log_softmax(-1)[chosen].item()
            return chosen

        row.choose = note
        return row

    torch.manual_seed(3)
    found = sample(model, prompts, limit=limit, temperature=0.8, ends=ends, start=start)
    return prompts, found.completions, mixing, seen


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
    mixing = Mixing(model, NGrpoOptions(rate=1.0, candidates=3), [0, 1])
    scores = torch.rand(model.config.vocab_size)
    tokens, weights = mixing.around(40, scores)
    table = model.get_input_embeddings().weight.detach()
    near = torch.nn.functional.cosine_similarity(table[40][None], table, dim=-1)
    near[[0, 1, 40]] = -2
    assert list(tokens) == [40, *near.topk(2).indices.tolist()]
    chances = scores.softmax(-1)[list(tokens)]
    assert weights == pytest.approx((chances / chances.sum()).tolist())
    assert mixing.around(1, scores) is None


def test_the_table_itself_is_asked_since_some_models_scale_in_it(tiny):
    class Scaled(torch.nn.Embedding):
        def forward(self, ids):
            return super().forward(ids) * 3

    table = Scaled(5, 2)
    mixed = mix_embeddings(table, torch.tensor([[1, 2]]), torch.tensor([[0.25, 0.75]]))
    expected = 3 * (0.25 * table.weight[1] + 0.75 * table.weight[2])
    assert torch.allclose(mixed[0], expected)


@pytest.mark.parametrize(("anchor", "first"), [("likeliest", 40), ("sampled", 50)])
def test_a_mixture_is_around_its_anchor_and_weighed_at_the_temperature(tiny, anchor, first):
    model, _ = tiny
    mixing = Mixing(model, NGrpoOptions(rate=1.0, candidates=2, anchor=anchor), [0, 1])
    row = mixing.start(
        Prompt([5]), ends=(1,), limit=3, temperature=0.5, rng=np.random.default_rng(0)
    )
    scores = torch.rand(model.config.vocab_size)
    scores[40] = 2.0
    row.choose(scores, 50)
    tokens, weights = row.mixtures[0]
    chances = (scores[list(tokens)] / 0.5).softmax(-1)
    assert tokens[0] == first
    assert weights == pytest.approx(chances.tolist())
