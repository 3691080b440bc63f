"""Advantages that say nothing on how long a rule is to be.

Where half of a rule is wrong anyway, a shorter one is nearer to its reference: that is what a
policy learns first. A beam search does not need it, and what is missing is an error as well.
"""

from __future__ import annotations

from typing import Any

import torch

from p4ir.grpo.trainer import Trainer


def without_length(
    advantages: torch.Tensor, lengths: torch.Tensor, ended: torch.Tensor, group: int
) -> tuple[torch.Tensor, float]:
    """Take from advantages what the lengths of completions explain, by least squares.

    What is left does not go up or down with length: of a batch's completions that came to
    their end, the sum of advantage times length, less the mean length of the group, is 0. Of a
    single group with two that ended nothing is left.

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


class LengthNeutralTrainer(Trainer):
    """Leaves out of advantages what lengths explain."""

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Put what is left in place of the advantages of the group."""
        super().assign_credit(inputs, output)
        advantages, slope = without_length(
            self.accelerator.gather(output["advantages"]),
            self.accelerator.gather(output["completion_mask"].sum(1)),
            self._ended,
            self.group,
        )
        output["advantages"] = advantages[self.own(inputs)]
        self._log_metric("length_neutral/advantage_per_token", slope)
