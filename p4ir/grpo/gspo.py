"""GSPO: the importance ratio of whole completions, after arXiv 2507.18071.

s_i = exp(mean_t(log π(o_t) − log π_old(o_t))), clipped to [1 − ε, 1 + ε_high]. While the
policy is still the one that sampled, s_i is 1 and the clip never acts: the method lives
from using rollouts again, so it makes one generation serve several optimizer steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from p4ir.grpo.method import Method

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe

_MINI_BATCHES = 4
"""Optimizer steps of one generation batch, as in the paper."""


def _reuse(trainer: Mapping[str, Any]) -> dict[str, Any]:
    if trainer.get("generation_batch_size"):
        return {}
    return {"steps_per_generation": _MINI_BATCHES * accumulation(trainer)}


def _check(recipe: GrpoRecipe) -> list[str]:
    if reuses_rollouts(recipe.trainer):
        return []
    return [
        "method gspo has no effect where each rollout serves one step only: set "
        "trainer.steps_per_generation above trainer.gradient_accumulation_steps, or "
        "trainer.num_iterations above 1"
    ]


def reuses_rollouts(trainer: Mapping[str, Any]) -> bool:
    """Say whether a rollout is learned from in more than one optimizer step."""
    if int(trainer.get("num_iterations") or 1) > 1:
        return True
    steps = int(trainer.get("steps_per_generation") or 0)
    if trainer.get("generation_batch_size"):
        per_device = int(trainer.get("per_device_train_batch_size", 8))
        steps = int(trainer["generation_batch_size"]) // per_device
    return steps > accumulation(trainer)


def accumulation(trainer: Mapping[str, Any]) -> int:
    """Return the micro-batches of an optimizer step."""
    return int(trainer.get("gradient_accumulation_steps") or 1)


GSPO = Method(
    changes=frozenset({"loss"}),
    needs={"loss_type": "grpo", "importance_sampling_level": "sequence"},
    usual={"beta": 0.0, "epsilon": 3e-4, "epsilon_high": 4e-4, "scale_rewards": "group"},
    derive=_reuse,
    check=_check,
)
