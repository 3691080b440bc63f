"""The recipe of stage two, and its arithmetic, checked before a model is loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from p4ir.errors import RecipeError
from p4ir.grpo.guard.options import GuardOptions, check_options
from p4ir.grpo.limits import samples_elsewhere
from p4ir.grpo.methods import add_presets, check_methods
from p4ir.grpo.options import MethodOptions
from p4ir.rules.grammar import WITH_GRAMMAR
from p4ir.training.limits import is_number, processes
from p4ir.training.recipe import Recipe, check_trainer, load_recipe

OURS = (
    "output_dir", "logging_dir", "seed", "data_seed", "eval_strategy", "eval_steps",
    "save_strategy", "save_steps", "metric_for_best_model", "greater_is_better",
    "load_best_model_at_end", "reward_weights", "disable_tqdm", "remove_unused_columns",
)  # fmt: skip

_OTHER_DRAWS = {
    "top_p": 1.0, "top_k": 0, "repetition_penalty": 1.0, "generation_kwargs": None,
    "cache_implementation": None,
}  # fmt: skip
"""Options of TRL for draws that our own rollouts have not, with the values that change nothing."""

_COUNTS = (
    "max_steps", "num_generations", "per_device_train_batch_size", "gradient_accumulation_steps",
    "steps_per_generation", "generation_batch_size", "num_iterations",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GrpoRecipe(Recipe):
    """What a run of GRPO is made of."""

    method: str | list[str] = field(default_factory=list)
    """Methods of `p4ir.grpo.methods.METHODS`, a name or several; none: `trainer` alone decides."""
    options: MethodOptions = field(default_factory=MethodOptions)
    """Settings of the methods."""
    rewards: dict[str, float] = field(
        default_factory=lambda: {"tree_similarity": 1.0, "token_similarity": 1.0}
    )
    """Reward: its weight, 0 or more. The names are those of `p4ir.grpo.rewards.REWARDS`."""
    min_spread: float = 0.01
    """Groups whose rewards have a smaller standard deviation teach nothing: noise, not signal."""
    constrained: bool = False
    """Whether rollouts are held to the notation, so that each that ends is a rule; a draw that
    the grammar refuses is made among the others, and there samples differ from the distribution
    that the loss scores."""
    patience: int | None = None
    """Validations without a better one after which the run ends; null: it never ends early."""
    guard: GuardOptions = field(default_factory=GuardOptions)
    """What the guard looks for, and from where on it refuses (docs/guard.md)."""


def load(name: str, settings: Sequence[str] = ()) -> GrpoRecipe:
    """Read a recipe of this stage, by name or path.

    Raises:
        RecipeError: lists all that is wrong with it.
    """
    recipe = load_recipe(GrpoRecipe, name, "grpo", settings, add_presets)
    if problems := _check_rewards(recipe.rewards):
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))
    given = {count: recipe.trainer[count] for count in _COUNTS if count in recipe.trainer}
    problems += [
        f"trainer.{count} is {value!r}, expected a whole number"
        for count, value in given.items()
        if not isinstance(value, int)
    ]
    if problems:  # the checks below reckon with them
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))
    if recipe.adapter is None and recipe.lora is None:
        problems.append("give adapter (to start from stage one) or lora (to start anew)")
    problems += check_batches(recipe.trainer) + _check_constrained(recipe) + check_methods(recipe)
    problems += _check_draws(recipe.trainer)
    problems += check_options(recipe.guard)
    if problems:
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))
    _check_trainer(name, recipe)
    return recipe


def _check_trainer(name: str, recipe: GrpoRecipe) -> None:
    """Refuse options that TRL has not; importing it takes seconds, so this comes last."""
    from trl import GRPOConfig

    problems = check_trainer(recipe.trainer, GRPOConfig, OURS)
    if problems:
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))


def _check_rewards(rewards: Mapping[str, Any]) -> list[str]:
    """Return which rewards there are not, and which weights would teach what is bad."""
    from p4ir.grpo.rewards import REWARDS

    problems = [
        f"rewards.{reward} is not known; there are {', '.join(REWARDS)}"
        for reward in rewards
        if reward not in REWARDS
    ]
    problems += [
        f"rewards.{reward} is {weight!r}, expected a finite number of 0 or more: the better a "
        "completion, the higher is each reward"
        for reward, weight in rewards.items()
        if not is_number(weight) or not 0 <= weight < math.inf
    ]
    if not any(rewards.values()):
        problems.append("rewards: at least one needs a weight other than 0")
    return problems


def _check_constrained(recipe: GrpoRecipe) -> list[str]:
    """Return why rollouts cannot be held to the notation, if they are to be."""
    if not recipe.constrained:
        return []
    problems = []
    if recipe.notation not in WITH_GRAMMAR:
        there = ", ".join(WITH_GRAMMAR)
        problems.append(f"constrained: {recipe.notation} has no grammar; {there} have")
    if recipe.drafts:
        problems.append("constrained: no grammar has drafts; set one of the two to false")
    if samples_elsewhere(recipe.trainer):
        problems.append("constrained: only with rollouts by transformers in a single process")
    return problems


def _check_draws(trainer: Mapping[str, Any]) -> list[str]:
    """Return which options of TRL's draws our own rollouts do not have."""
    if samples_elsewhere(trainer):
        return []
    problems = [
        f"trainer.{option}: rollouts by transformers in a single process know temperature and "
        "min_p only"
        for option, usual in _OTHER_DRAWS.items()
        if trainer.get(option, usual) not in (None, usual)
    ]
    least = trainer.get("min_p")
    if least is not None and not (isinstance(least, int | float) and 0 <= least <= 1):
        problems.append(f"trainer.min_p is {least!r}, not a number from 0 to 1")
    return problems


def prompts_per_step(trainer: dict[str, Any]) -> int:
    """Return how many different clauses a generation batch holds."""
    return _generation_batch(trainer) // int(trainer.get("num_generations", 8))


def check_batches(trainer: dict[str, Any]) -> list[str]:
    """Return what does not fit in batch sizes, which count completions, and group size."""
    group, batch = int(trainer.get("num_generations", 8)), _generation_batch(trainer)
    if group < 2:
        return [f"trainer.num_generations is {group}: a group needs 2 completions or more"]
    if batch % group:
        return [
            f"a generation batch has {batch} completions (trainer.per_device_train_batch_size × "
            f"steps_per_generation × processes), which groups of {group} "
            "(trainer.num_generations) do not divide: change one of them"
        ]
    return []


def check_prompts(trainer: dict[str, Any], clauses: int) -> None:
    """Refuse fewer clauses than a generation batch needs; TRL would say something else.

    Raises:
        RecipeError: there are too few.
    """
    needed = prompts_per_step(trainer)
    if clauses < needed:
        raise RecipeError(
            f"a generation batch needs {needed} clauses, and the corpus has {clauses} to train on: "
            "lower trainer.per_device_train_batch_size or gradient_accumulation_steps, or raise "
            "trainer.num_generations"
        )


def _generation_batch(trainer: dict[str, Any]) -> int:
    if trainer.get("generation_batch_size"):
        return int(trainer["generation_batch_size"])
    per_device = int(trainer.get("per_device_train_batch_size", 8))
    steps = trainer.get("steps_per_generation") or trainer.get("gradient_accumulation_steps", 1)
    return per_device * int(steps) * processes()
