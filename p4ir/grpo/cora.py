"""CORA's hybrid advantage splitting, in the style of arXiv 2606.14691.

Task and consistency are normalized in the group separately and added only then,
A = α z(task) + β z(consistency), since of a sum the denser reward would decide the sign. β
rises at the start and falls later. The paper's judge is replaced by `grpo.consistency`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from p4ir.grpo.advantages import silence_flat_groups
from p4ir.grpo.consistency import inconsistent_share
from p4ir.grpo.trainer import Trainer

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe
    from p4ir.grpo.options import CoraOptions


def split_advantages(
    task: torch.Tensor,
    consistency: torch.Tensor,
    group: int,
    weights: tuple[float, float],
    min_spread: float,
) -> torch.Tensor:
    """Return α z(task) + β z(consistency), (B,).

    Args:
        task: (B,) rewards, groups one after the other; NaN where there is none.
        consistency: (B,) likewise.
        group: Completions a group.
        weights: α and β.
        min_spread: Least deviation of a group's values that teaches something.
    """
    parts = []
    for values, weight in zip((task, consistency), weights, strict=True):
        normalized = _normalize(values, group)
        parts.append(weight * silence_flat_groups(normalized, values, group, min_spread)[0])
    return parts[0] + parts[1]


def _normalize(values: torch.Tensor, group: int) -> torch.Tensor:
    grouped = values.view(-1, group)
    centred = grouped - grouped.nanmean(1, keepdim=True)
    known = (~centred.isnan()).sum(1, keepdim=True)
    variance = (centred**2).nansum(1, keepdim=True) / (known - 1).clamp(min=1)
    return (centred / (variance.sqrt() + 1e-4)).nan_to_num(nan=0.0).view(-1)


def consistency_weight(options: CoraOptions, progress: float) -> float:
    """Return β at a point of the run, 0 its start and 1 its end.

    >>> from p4ir.grpo.options import CoraOptions
    >>> [round(consistency_weight(CoraOptions(), at), 2) for at in (0, 0.05, 0.3, 0.75, 1)]
    [0.0, 0.25, 0.5, 0.3, 0.1]
    """
    if progress < options.warm_up:
        return options.consistency_weight * progress / options.warm_up
    if progress <= options.decay_from:
        return options.consistency_weight
    fallen = (progress - options.decay_from) / (1 - options.decay_from)
    return options.consistency_weight * (1 - (1 - options.final) * fallen)


class CoraTrainer(Trainer):
    """Splits the advantage into those of the task and of consistency."""

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Take the settings of the method."""
        super().set_up(recipe)
        self._options = recipe.options.cora
        self._column = list(recipe.rewards).index("consistency")

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Put the split advantages in place of those of the sum."""
        super().assign_credit(inputs, output)
        rewards = self._rewards
        weights = self.reward_weights.to(rewards.device).clone()
        weights[self._column] = 0.0
        task = (rewards * weights).nansum(1)
        consistency = rewards[:, self._column]
        progress = self.state.global_step / max(1, self.state.max_steps)
        beta = consistency_weight(self._options, progress)
        advantages = split_advantages(
            task, consistency, self.num_generations, (self._options.task_weight, beta),
            self.min_spread,
        )  # fmt: skip
        output["advantages"] = advantages[self.own(inputs)]
        self._log_metric("cora/consistency_weight", beta)
        known = consistency[~consistency.isnan()].tolist()
        self._log_metric("cora/inconsistent", inconsistent_share(known))
