"""What advantages are not to teach: chance, and how long a rule is.

Rewards from distances are continuous: a group's rewards almost never agree exactly, and
scaling by the group's own deviation would blow a difference of 0.001 up to unit size. And where
half of a rule is wrong anyway, a shorter one is nearer to its reference: that is what a policy
learns first.
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


def without_length(
    advantages: torch.Tensor, lengths: torch.Tensor, ended: torch.Tensor, group: int
) -> tuple[torch.Tensor, float]:
    """Take from advantages what the lengths of completions explain, by least squares.

    What is left does not go up or down with length: of a batch's completions that came to
    their end, the sum of advantage times length, less the mean length of the group, is 0.

    Args:
        advantages: (B,) of completions, groups one after the other; groups of zeros stay so.
        lengths: (B,) in tokens.
        ended: (B,) bool; what was cut keeps its advantage, and has no part in the fit.
        group: completions a group.

    Returns:
        The advantages, shape (B,), and the slope, advantage a token.
    """
    takes_part = ended.view(-1, group) & advantages.view(-1, group).any(1, keepdim=True)
    known = lengths.view(-1, group).to(advantages.dtype) * takes_part
    mean = known.sum(1, keepdim=True) / takes_part.sum(1, keepdim=True).clamp(min=1)
    deviations = ((known - mean) * takes_part).flatten()
    squares = deviations.square().sum()
    slope = (advantages * deviations).sum() / squares if squares else squares
    return advantages - slope * deviations, slope.item()
