import math

import pytest
import torch

LOW, HIGH = 3e-4, 4e-4


@pytest.mark.parametrize(
    ("shift", "advantage", "ratio"),
    [
        (2e-4, 1.0, math.exp(2e-4)),  # within the clip: the ratio itself
        (1e-3, 1.0, 1 + HIGH),  # better than before by more than allowed: clipped
        (-1e-3, -1.0, 1 - LOW),
        (1e-3, -1.0, math.exp(1e-3)),  # the clip never makes a loss smaller
        (-1e-3, 1.0, math.exp(-1e-3)),
    ],
)
def test_the_ratio_is_the_mean_over_the_completion_and_is_clipped(
    make_trainer, shift, advantage, ratio
):
    trainer = make_trainer("method=gspo")
    torch.manual_seed(0)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    batch = {
        "prompt_ids": torch.randint(5, 200, (2, 3)),
        "prompt_mask": torch.ones(2, 3, dtype=torch.long),
        "completion_ids": torch.randint(5, 200, (2, 4)),
        "completion_mask": mask,
        "advantages": torch.tensor([advantage, advantage]),
        "num_items_in_batch": mask.sum(),
    }
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    attention = torch.cat([batch["prompt_mask"], mask], 1)
    now = trainer._get_per_token_logps_and_entropies(trainer.model, ids, attention, 4)[0].detach()
    # The tokens differ; only their mean over the completion's own tokens is `shift`.
    uneven = torch.tensor([[2.0, 0.0, 1.5, 0.5], [0.5, 1.5, 9.0, 9.0]])
    batch["old_per_token_logps"] = now - shift * uneven
    loss = trainer._compute_loss(trainer.model, batch)
    assert loss.item() == pytest.approx(-ratio * advantage, abs=1e-6)
