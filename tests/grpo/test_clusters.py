import itertools
import math

import numpy as np
import pytest
import torch

from p4ir.grpo.clusters import cluster, embed
from p4ir.models import load_base

RNG = np.random.default_rng(0)
CENTRES = np.repeat(np.eye(3, 6) * 10, 8, axis=0)
POINTS = CENTRES + RNG.normal(size=(24, 6)) * 0.1


def found(count=3, least=1, difficulties=None):
    difficulties = np.arange(24.0) if difficulties is None else difficulties
    return cluster(POINTS, difficulties, count=count, least=least, components=4, seed=0)


def test_clauses_that_are_alike_are_together_the_easy_ones_first():
    clusters = found(difficulties=-np.arange(24.0))
    assert sorted(clusters) == [list(range(7, -1, -1)), list(range(15, 7, -1)),
                                list(range(23, 15, -1))]  # fmt: skip


def test_clusters_that_are_too_small_join_their_neighbours():
    clusters = found(count=12, least=5)
    assert all(len(each) >= 5 for each in clusters)
    assert sorted(itertools.chain(*clusters)) == list(range(24))


def test_difficulty_is_the_mean_loss_of_the_reference_whatever_it_is_batched_with():
    model, tokenizer = load_base("tiny-random")
    prompts = ["A door.\n", "Stairs shall have rails on both sides.\n"]
    references = ["if\n has: x, y", "then"]
    vectors, difficulties = embed(model, tokenizer, prompts, references)
    for row, (prompt, reference) in enumerate(zip(prompts, references, strict=True)):
        head = tokenizer(prompt)["input_ids"]
        ids = torch.tensor([[*head, *tokenizer(reference)["input_ids"], 1]])
        with torch.no_grad():
            output = model(ids, output_hidden_states=True)
        scores = output.logits[0, len(head) - 1 : -1].log_softmax(-1)
        loss = -scores.gather(1, ids[0, len(head) :, None]).mean()
        assert difficulties[row] == pytest.approx(loss.item(), abs=1e-5)
        mean = output.hidden_states[-1][0].mean(0)
        assert vectors[row] == pytest.approx((mean / mean.norm()).numpy(), abs=1e-5)
    assert math.isclose(np.linalg.norm(vectors[0]), 1, abs_tol=1e-6)
