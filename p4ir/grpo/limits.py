"""What the methods' settings may be, and what each method asks of the rest of a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from p4ir.grpo.gspo import reuses_rollouts
from p4ir.training.limits import processes

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


def samples_elsewhere(trainer: Mapping[str, Any]) -> bool:
    """Say whether rollouts are not our own: by vLLM, or by TRL where several processes train."""
    return bool(trainer.get("use_vllm")) or processes() > 1


def check_rredcot(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for reward redistribution."""
    options = recipe.options.rredcot
    problems = _at_least("rredcot.max_segments", options.max_segments, 2)
    if options.form == "to_go":
        problems += _within("rredcot.weight", options.weight)
    else:
        problems += _at_least("rredcot.weight", options.weight, 0)
    if options.credit == "potential" and recipe.rewards.get("tree_similarity", 0) <= 0:
        problems.append(
            "options.rredcot.credit potential shapes the reward tree_similarity: give it a "
            "weight above 0, or take credit self"
        )
    return problems


def check_ads(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for adaptive data scheduling."""
    from p4ir.grpo.config import prompts_per_step

    options, prompts = recipe.options.ads, prompts_per_step(recipe.trainer)
    problems = _within("ads.alpha", options.alpha) + _within("ads.band", options.band, 0.5)
    problems += _at_least("ads.components", options.components, 1)
    if options.active is not None and (options.active < 1 or prompts % options.active):
        problems.append(
            f"options.ads.active is {options.active}, which does not divide the {prompts} "
            "prompts of a generation batch"
        )
    if options.clusters is not None:
        problems += _at_least("ads.clusters", options.clusters, options.active or 1)
    if int(recipe.trainer.get("max_steps", -1)) < 1:
        problems.append(
            "method ads chooses clauses itself, so that epochs mean nothing: set trainer.max_steps"
        )
    return problems


def check_ppo(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for a critic."""
    options = recipe.options.ppo
    problems = _within("ppo.gae_lambda", options.gae_lambda)
    problems += _at_least("ppo.value_weight", options.value_weight, 0)
    problems += _at_least("ppo.value_clip", options.value_clip, 0)
    problems += _at_least("ppo.value_rate", options.value_rate, 0)
    problems += _at_least("ppo.warm_up", options.warm_up, 0)
    if not reuses_rollouts(recipe.trainer):
        problems.append(
            "method ppo clips a ratio that is 1 where each rollout serves one step only: set "
            "trainer.num_iterations above 1"
        )
    return problems


def check_n_grpo(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for mixing embeddings."""
    options = recipe.options.n_grpo
    problems = _within("n_grpo.rate", options.rate)
    problems += _at_least("n_grpo.candidates", options.candidates, 2)
    why = "feeds embeddings to the model that it samples from"
    return problems + _samples_itself(recipe, "n_grpo", why)


def check_reference(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for references among the completions."""
    from p4ir.grpo.methods import method_names

    apart = {
        "ads": "takes a clause that the policy fails for one that it now and then masters",
        "length_neutral": "takes from the reference what its length explains",
    }
    others = apart.keys() & set(method_names(recipe.method))
    return [f"method {name} {apart[name]}: do not combine it with reference" for name in others] + (
        _samples_itself(recipe, "reference", "puts completions among those that it samples")
    )


def _samples_itself(recipe: GrpoRecipe, method: str, why: str) -> list[str]:
    if not samples_elsewhere(recipe.trainer):
        return []
    return [
        f"method {method} {why}, which needs rollouts by transformers in one process: set "
        "trainer.use_vllm to false and do not launch several processes"
    ]


def check_cora(recipe: GrpoRecipe) -> list[str]:
    """Return what is wrong for hybrid advantage splitting."""
    options = recipe.options.cora
    problems = _within("cora.final", options.final) + _within("cora.warm_up", options.warm_up)
    problems += _at_least("cora.task_weight", options.task_weight, 0)
    problems += _at_least("cora.consistency_weight", options.consistency_weight, 0)
    if not options.warm_up <= options.decay_from < 1:
        problems.append(
            f"options.cora.decay_from is {options.decay_from}, expected at least "
            f"options.cora.warm_up ({options.warm_up}) and less than 1"
        )
    if "consistency" not in recipe.rewards:
        problems.append("method cora needs rewards.consistency; its weight may be 0")
    if not any(weight for name, weight in recipe.rewards.items() if name != "consistency"):
        problems.append("method cora needs a reward of the task beside consistency")
    return problems


def _within(name: str, value: float, most: float = 1) -> list[str]:
    ok = 0 <= value <= most
    return [] if ok else [f"options.{name} is {value}, expected 0 to {most:g}"]


def _at_least(name: str, value: float, least: float) -> list[str]:
    ok = value >= least
    return [] if ok else [f"options.{name} is {value}, expected at least {least:g}"]
