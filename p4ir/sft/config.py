"""The recipe of stage one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from p4ir.errors import RecipeError
from p4ir.training.recipe import Recipe, check_trainer, load_recipe

OURS = (
    "output_dir", "logging_dir", "seed", "data_seed", "eval_strategy", "eval_steps",
    "save_strategy", "save_steps", "metric_for_best_model", "greater_is_better",
    "load_best_model_at_end", "completion_only_loss", "disable_tqdm", "dataset_text_field",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SftRecipe(Recipe):
    """What a supervised fine-tuning is made of."""


def load(name: str, settings: Sequence[str] = ()) -> SftRecipe:
    """Read a recipe of this stage, by name or path.

    Raises:
        RecipeError: lists all that is wrong with it.
    """
    recipe = load_recipe(SftRecipe, name, "sft", settings)
    from trl import SFTConfig

    problems = check_trainer(recipe.trainer, SFTConfig, OURS)
    if recipe.validation.keep == "average" and not (recipe.adapter or recipe.lora):
        problems.append("validation.keep: average is of adapters; give lora, or keep best or last")
    if problems:
        raise RecipeError(f"recipe {name}: " + "; ".join(problems))
    return recipe
