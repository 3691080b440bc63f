"""Rollouts: completions sampled from the policy, a group for each prompt.

A group's prompt is run through the model once, and rows that have ended leave the batch,
since the longest completion of a batch is often three times as long as the mean. The
samples are drawn from the unwarped distribution at a temperature, as the loss assumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch

_WORTH_LEAVING = 0.8
"""Rows leave once this share or less of the batch is still writing: leaving copies the cache."""


class Feed(Protocol):
    """What a model is fed in place of the token that it has just written."""

    def __call__(
        self, step: int, rows: torch.Tensor, tokens: torch.Tensor, probabilities: torch.Tensor
    ) -> torch.Tensor:
        """Return input embeddings (b, 1, H) of the step's tokens.

        Args:
            step: Position in the completions, from 0.
            rows: (b,) numbers of the completions that are still being written.
            tokens: (b,) what was drawn for each.
            probabilities: (b, V) what it was drawn from.
        """


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    limit: int,
    temperature: float,
    ends: Sequence[int],
    padding: int,
    feed: Feed | None = None,
) -> list[list[int]]:
    """Sample a completion of each prompt; equal prompts in a row are computed once.

    Args:
        model: A causal language model in evaluation mode.
        prompts: Token ids of each prompt.
        limit: Longest completion, in tokens.
        temperature: More than 0.
        ends: Tokens that end a completion.
        padding: Token to pad prompts with.
        feed: What to read in place of the tokens written, if not those.

    Returns:
        Token ids of each completion, its end included; a completion that was cut has none.
        Torch's global generator draws them.
    """
    import torch

    completions: list[list[int]] = [[] for _ in prompts]
    rows = torch.arange(len(prompts), device=model.device)
    ends_tensor = torch.tensor(list(ends), device=model.device)
    with torch.inference_mode():
        logits, mask, cache = _read_prompts(model, prompts, padding)
        for step in range(limit):
            chances = (logits.float() / temperature).softmax(-1)
            tokens = torch.multinomial(chances, 1)
            for row, token in zip(rows.tolist(), tokens[:, 0].tolist(), strict=True):
                if row >= 0:
                    completions[row].append(token)
            rows = torch.where(torch.isin(tokens[:, 0], ends_tensor), -1, rows)
            writing = (rows >= 0).nonzero()[:, 0]
            if not len(writing):
                break
            if len(writing) <= _WORTH_LEAVING * len(rows):
                rows, tokens, mask = rows[writing], tokens[writing], mask[writing]
                chances = chances[writing]
                cache.batch_select_indices(writing)
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], 1)
            read = {"inputs_embeds": feed(step, rows, tokens[:, 0], chances)} if feed else {}
            logits = model(
                **(read or {"input_ids": tokens}),
                attention_mask=mask,
                position_ids=mask.sum(1, keepdim=True) - 1,
                past_key_values=cache,
            ).logits[:, -1]
    return completions


def _read_prompts(
    model: Any, prompts: Sequence[Sequence[int]], padding: int
) -> tuple[torch.Tensor, torch.Tensor, Any]:
    """Return each row's next logits (B, V), its mask (B, P) and the cache of all rows."""
    import torch
    from transformers import DynamicCache

    unique: list[Sequence[int]] = []
    repeats: list[int] = []
    for prompt in prompts:
        if unique and list(unique[-1]) == list(prompt):
            repeats[-1] += 1
        else:
            unique.append(prompt)
            repeats.append(1)
    width = max(len(prompt) for prompt in unique)
    ids = torch.full((len(unique), width), padding)
    mask = torch.zeros(len(unique), width, dtype=torch.long)
    for row, prompt in enumerate(unique):
        ids[row, width - len(prompt) :] = torch.tensor(list(prompt))
        mask[row, width - len(prompt) :] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    cache = DynamicCache(config=model.config)
    logits = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=(mask.cumsum(1) - 1).clamp(min=0),
        past_key_values=cache,
        logits_to_keep=1,
    ).logits[:, -1]
    again = torch.repeat_interleave(
        torch.arange(len(unique), device=model.device),
        torch.tensor(repeats, device=model.device),
    )
    cache.batch_select_indices(again)
    return logits[again], mask[again], cache
