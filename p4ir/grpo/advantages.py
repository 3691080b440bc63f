"""Groups that teach nothing.

Rewards from distances are continuous: a group's rewards almost never agree exactly, and
scaling by the group's own deviation would blow a difference of 0.001 up to unit size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def silence_flat_groups(
    advantages: torch.Tensor, rewards: torch.Tensor, group: int, min_spread: float
) -> tuple[torch.Tensor, float]:
    """Set the advantages of groups to 0 whose rewards hardly differ.

    Args:
        advantages: (B,) of completions, groups one after the other.
        rewards: (B,) weighted sums; NaN where a completion could not be scored.
        group: completions a group.
        min_spread: least standard deviation of a group that teaches something.

    Returns:
        The advantages, shape (B,), and the share of groups without signal, in [0, 1].
    """
    import torch

    known = torch.nan_to_num(rewards, nan=0.0).view(-1, group)
    flat = known.std(1, correction=0) < min_spread
    kept = advantages.clone()
    kept.view(-1, group)[flat] = 0.0
    return kept, flat.float().mean().item()
