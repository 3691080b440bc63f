"""Log-probabilities of tokens from logits, without a second table of the logits' size.

A log-softmax over the vocabulary writes a table of N × V floats and reads it again, and so
does its gradient: at 49,152 tokens a CPU waits for memory. Here a few rows at a time are
worked through while they are in the processor's cache, and what the gradient needs is
computed anew from the logits, which are there anyway.
"""

from __future__ import annotations

from typing import Any

import torch

_ROWS = 8
"""Rows at a time: 1.6 MB of float32 at 49,152 tokens."""


def token_likelihoods(
    logits: torch.Tensor, targets: torch.Tensor, temperature: float = 1.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ln p of each target token and the entropies, both with gradients.

    Args:
        logits: (N, V).
        targets: (N,) tokens.
        temperature: More than 0; what the logits are divided by.

    Returns:
        Two (N,) tensors of float32, in nats.
    """
    logps, entropies = _TokenLikelihoods.apply(logits, targets, temperature)
    return logps, entropies


class _TokenLikelihoods(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, logits: torch.Tensor, targets: torch.Tensor, temperature: float) -> Any:
        totals, logps, entropies = logits.new_empty((3, len(logits)), dtype=torch.float32)
        for rows in _slices(len(logits)):
            scores = logits[rows].float() / temperature
            totals[rows] = scores.logsumexp(-1)
            logps[rows] = scores.gather(1, targets[rows, None])[:, 0] - totals[rows]
            shares = (scores - totals[rows, None]).exp_()
            entropies[rows] = totals[rows] - shares.mul_(scores).sum(-1)
        ctx.save_for_backward(logits, targets, totals)
        ctx.temperature = temperature
        ctx.set_materialize_grads(False)
        return logps, entropies

    @staticmethod
    def backward(ctx: Any, of_logps: Any, of_entropies: Any) -> Any:
        logits, targets, totals = ctx.saved_tensors
        found = torch.zeros_like(logits)
        for rows in _slices(len(logits)):
            logs = (logits[rows].float() / ctx.temperature).sub_(totals[rows, None])
            shares = logs.exp()
            slope = torch.zeros_like(shares)
            if of_logps is not None:
                scaled = of_logps[rows, None] / ctx.temperature
                slope.sub_(shares * scaled).scatter_add_(1, targets[rows, None], scaled)
            if of_entropies is not None:
                scaled = of_entropies[rows, None] / ctx.temperature
                entropies = -(shares * logs).sum(-1, keepdim=True)
                slope.sub_(shares.mul_(logs.add_(entropies)) * scaled)
            found[rows] = slope
        return found, None, None


def _slices(length: int) -> list[slice]:
    return [slice(start, start + _ROWS) for start in range(0, length, _ROWS)]
