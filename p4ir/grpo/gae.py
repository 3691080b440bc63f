"""Generalized advantage estimation and the clipped value loss (Schulman et al. 2016, 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def last_token_rewards(rewards: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return rewards (B, T) that are 0 but at each completion's last token.

    Args:
        rewards: (B,) of whole completions; one without tokens gets none.
        mask: (B, T), 1 for the tokens of a completion, which come first.
    """
    placed = rewards.new_zeros(mask.shape)
    last = mask.sum(1).long() - 1
    rows = (last >= 0).nonzero()[:, 0]
    placed[rows, last[rows]] = rewards[rows]
    return placed


def advantages_and_returns(
    rewards: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, decay: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return advantages and returns, (B, T) each, without discount.

    δ_t = r_t + V_{t+1} − V_t; A_t = Σ_l λ^l δ_{t+l}; the return is A_t + V_t.

    Args:
        rewards: (B, T) of tokens.
        values: (B, T) before each token; after the last one the value is 0.
        mask: (B, T), 1 for the tokens of a completion, which come first.
        decay: λ, in [0, 1].
    """
    import torch

    mask = mask.to(values.dtype)
    values = values * mask
    after = torch.cat([values[:, 1:], values.new_zeros(len(values), 1)], 1)
    errors = (rewards + after - values) * mask
    advantages = torch.zeros_like(values)
    later = values.new_zeros(len(values))
    for step in reversed(range(values.size(1))):
        later = errors[:, step] + decay * later * mask[:, step]
        advantages[:, step] = later
    return advantages, advantages + values


def whiten(advantages: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Bring the advantages of all tokens to mean 0 and deviation 1, (B, T); 0 elsewhere."""
    count = mask.sum().clamp(min=1)
    mean = (advantages * mask).sum() / count
    centred = (advantages - mean) * mask
    return centred / ((centred**2).sum() / count + 1e-8).sqrt()


def value_loss(
    values: torch.Tensor, before: torch.Tensor, returns: torch.Tensor, mask: torch.Tensor,
    clip: float,
) -> torch.Tensor:  # fmt: skip
    """Return the mean over tokens of ½ max((V − R)², (V_clip − R)²).

    V_clip is V held within `clip` of its value at rollout, `before`.
    """
    held = before + (values - before).clamp(-clip, clip)
    worse = ((values - returns) ** 2).maximum((held - returns) ** 2)
    return 0.5 * (worse * mask).sum() / mask.sum().clamp(min=1)
