import pytest
import torch
from trl import GRPOTrainer

from p4ir.grpo.likelihood import groups

ROWS, PROMPT, COMPLETION = 6, 5, 7


@pytest.fixture
def trainer(make_trainer):
    trainer = make_trainer("trainer.temperature=0.7", "trainer.bf16=false")
    torch.manual_seed(0)
    for name, weight in trainer.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)
    return trainer


@pytest.fixture
def batch():
    torch.manual_seed(1)
    completion_mask = torch.ones(ROWS, COMPLETION, dtype=torch.long)
    completion_mask[2, 4:] = 0
    return {
        "prompt_ids": torch.randint(5, 200, (ROWS, PROMPT)),
        "prompt_mask": torch.ones(ROWS, PROMPT, dtype=torch.long),
        "completion_ids": torch.randint(5, 200, (ROWS, COMPLETION)),
        "completion_mask": completion_mask,
        "advantages": torch.tensor([0.5, 0.0, -1.0, 0.0, 0.0, 0.5]),
        "num_items_in_batch": completion_mask.sum(),
    }


def test_log_probabilities_and_entropies_are_those_of_trl(trainer, batch):
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    arguments = (trainer.model, ids, mask, COMPLETION, 4, True)
    ours = trainer._get_per_token_logps_and_entropies(*arguments)
    theirs = GRPOTrainer._get_per_token_logps_and_entropies(trainer, *arguments)
    counted = batch["completion_mask"].bool()
    for found, expected in zip(ours[:2], theirs[:2], strict=True):
        assert torch.allclose(found[counted], expected[counted], atol=1e-4)
    assert ours[0][counted].std() > 0.1


def test_completions_of_one_prompt_are_scored_as_if_each_stood_alone(trainer, batch):
    batch["prompt_ids"][[1, 3, 4]] = batch["prompt_ids"][0].clone()
    batch["prompt_ids"][5, 2:] = batch["prompt_ids"][0, 2:]
    batch["prompt_mask"][[0, 1, 3, 4], :2] = 0
    batch["completion_mask"][4, 1:] = 0
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    assert [len(group.ids) for group in groups(ids, mask, COMPLETION)] == [
        3 + 6 + 6 + 6 + 0,  # four completions, their last tokens not read; one has no other
        5 + 3,
        5 + 6,
    ]
    counted = batch["completion_mask"].bool()
    found = {}
    for share in (True, False):
        trainer.share_prompts = share
        logps, entropies, _ = trainer._get_per_token_logps_and_entropies(
            trainer.model, ids, mask, COMPLETION, None, True
        )
        found[share] = logps, entropies, gradient(trainer, logps[counted].sum())
    for shared, alone in zip(found[True], found[False], strict=True):
        assert torch.allclose(shared, alone, atol=1e-4)
    assert found[True][0][counted].std() > 0.1


def gradient(trainer, loss):
    trainer.model.zero_grad()
    loss.backward()
    return torch.cat([w.grad.flatten() for w in trainer.model.parameters() if w.requires_grad])


def test_leaving_out_completions_without_advantage_changes_no_gradient(trainer, batch):
    trained = gradient(trainer, trainer._compute_loss(trainer.model, batch))
    whole = gradient(trainer, GRPOTrainer._compute_loss(trainer, trainer.model, batch))
    assert torch.allclose(trained, whole, atol=1e-6)
    assert whole.abs().max() > 1e-4


def test_a_batch_without_any_advantage_has_a_loss_without_gradient(trainer, batch):
    batch["advantages"] = torch.zeros(ROWS)
    assert not gradient(trainer, trainer._compute_loss(trainer.model, batch)).any()
