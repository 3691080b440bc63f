"""Rollouts: completions sampled from the policy, a group for each prompt.

A group's prompt is run through the model once, and a row that has ended leaves the batch,
since the longest completion of a batch is often three times as long as the mean. The
samples are drawn from the unwarped distribution at a temperature, as the loss assumes,
unless they are held to a notation or unlikely tokens are not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.inference.rows import Prompt, Row

if TYPE_CHECKING:
    from p4ir.inference.constraint import Constraint


class Rollouts(NamedTuple):
    """What was sampled."""

    completions: list[list[int]]
    """Token ids of each, its end included; a completion that was cut has none."""
    steered: float
    """Share of tokens, 0 to 1, for which the policy's own draw was not allowed."""


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    limit: int,
    temperature: float,
    min_p: float = 0.0,
    ends: Sequence[int],
    constraint: Constraint | None = None,
    start: Callable[..., Row] = Row,
) -> Rollouts:
    """Sample a completion of each prompt; equal prompts in a row are computed once.

    Torch's global generator seeds the draws.

    Args:
        model: A causal language model in evaluation mode.
        prompts: Token ids of each prompt.
        limit: Longest completion, in tokens.
        temperature: More than 0.
        min_p: Tokens less than so many times as likely as the likeliest are not drawn; 0 to 1.
        ends: Tokens that end a completion.
        constraint: What completions are held to; `None` lets the policy write anything.
        start: Makes the row of a completion, in the order of the prompts.
    """
    import numpy as np
    import torch

    from p4ir.inference.decoder import Decoder
    from p4ir.inference.decoding import write

    seeds = torch.randint(2**62, (len(prompts),)).tolist()
    shared = [Prompt(tokens) for tokens, _ in groupby(map(list, prompts))]
    sizes = [len(list(group)) for _, group in groupby(map(list, prompts))]
    each = [prompt for prompt, size in zip(shared, sizes, strict=True) for _ in range(size)]
    rows = [
        start(
            prompt, ends=ends, limit=limit, guide=constraint.start() if constraint else None,
            temperature=temperature, min_p=min_p, rng=np.random.default_rng(seed), may_loop=True,
        )
        for prompt, seed in zip(each, seeds, strict=True)
    ]  # fmt: skip
    for _ in write(Decoder(model), rows, len(rows), limit):
        pass
    written = sum(len(row.tokens) for row in rows)
    return Rollouts([row.tokens for row in rows], sum(r.steered for r in rows) / max(1, written))
