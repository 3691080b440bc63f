"""Log-probabilities of a batch's completions, each prompt run through the model once.

The completions of a group go on from the same prompt, which is often longer than they are.
On a CPU a pass takes as long as it has tokens, so a group becomes one row: the prompt, then
its completions, each of which sees the prompt and itself. Rows are run one by one, which fills
nothing up. That changes no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch

from p4ir.training.head import causal_model, next_token_logits
from p4ir.training.likelihood import token_likelihoods

_UNSEEN = torch.finfo(torch.bfloat16).min
"""What masks; autocast may take it to bfloat16, whose range is a little less than float32's."""


class Group(NamedTuple):
    """The completions of one prompt in a batch, in one row."""

    ids: torch.Tensor
    """(L,) the prompt, then each completion without its last token, from which nothing is
    predicted that is asked for."""
    positions: torch.Tensor
    """(L,) each token's place in its own text."""
    parts: torch.Tensor
    """(L,) the row of the batch that a token is of; -1: the prompt."""
    before: dict[int, list[int]]
    """Row of the batch: where in this one the tokens stand that come before its completion's."""

    def seen(self) -> torch.Tensor:
        """Return (L, L) booleans: which tokens each token attends to."""
        allowed = (self.parts[:, None] == self.parts) | (self.parts == -1)
        return allowed.tril()


def groups(ids: torch.Tensor, mask: torch.Tensor, kept: int) -> Iterator[Group]:
    """Yield the groups of a batch whose last `kept` places are those of the completions.

    Args:
        ids: (B, P + kept) tokens, prompts filled up in front and completions behind.
        mask: (B, P + kept), 0 where they are filled up.
        kept: Places of the longest completion.
    """
    texts = [text[counted].tolist() for text, counted in zip(ids, mask.bool(), strict=True)]
    lengths = mask[:, :-kept].sum(1).tolist()
    rows: dict[tuple[int, ...], list[int]] = {}
    for row, (text, length) in enumerate(zip(texts, lengths, strict=True)):
        rows.setdefault(tuple(text[:length]), []).append(row)
    for prompt, members in rows.items():
        tokens, parts = list(prompt), [-1] * len(prompt)
        positions, before = list(range(len(prompt))), {}
        for row in members:
            completion = texts[row][len(prompt) :]
            read = completion[:-1]
            start = len(tokens)
            before[row] = [len(prompt) - 1, *range(start, start + len(read))][: len(completion)]
            tokens += read
            parts += [row] * len(read)
            positions += range(len(prompt), len(prompt) + len(read))
        yield Group(
            ids.new_tensor(tokens), ids.new_tensor(positions), ids.new_tensor(parts), before
        )


def completion_logits(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, kept: int, *, share_prompts: bool
) -> torch.Tensor:
    """Return (N, V) logits of the completions' tokens, in the order of the batch.

    Args:
        model: A causal language model, with an adapter or without.
        ids: As in `groups`.
        mask: As in `groups`.
        kept: As in `groups`.
        share_prompts: Whether equal prompts are run once. What else reads the model's inputs
            or hidden states then finds them packed.
    """
    if not share_prompts:
        wanted = mask.bool()
        wanted[:, :-kept] = False
        return next_token_logits(model, ids, mask, wanted)
    causal = causal_model(model)
    dtype = next(model.parameters()).dtype
    hidden: dict[int, torch.Tensor] = {}
    for group in groups(ids, mask, kept):
        unseen = ~group.seen()[None, None]
        attention = torch.zeros(unseen.shape, dtype=dtype, device=ids.device)
        states = causal.get_decoder()(
            input_ids=group.ids[None],
            attention_mask=attention.masked_fill(unseen, _UNSEEN),
            position_ids=group.positions[None],
            use_cache=False,
        ).last_hidden_state[0]
        hidden |= {row: states[before] for row, before in group.before.items()}
    logits: torch.Tensor = causal.get_output_embeddings()(
        torch.cat([hidden[row] for row in range(len(ids))])
    )
    return logits


def logps_and_entropies(
    logits: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor, kept: int, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return log-probabilities and entropies (B, kept) of the completions' tokens.

    Args:
        logits: (N, V), of `completion_logits`.
        ids: As in `groups`.
        mask: As in `groups`.
        kept: As in `groups`.
        temperature: More than 0; what the logits are divided by.
    """
    counted = mask[:, -kept:].bool()
    chosen, entropy = token_likelihoods(logits, ids[:, -kept:][counted], temperature)
    blank = torch.zeros(counted.shape, dtype=chosen.dtype, device=chosen.device)
    return blank.masked_scatter(counted, chosen), blank.masked_scatter(counted, entropy)
