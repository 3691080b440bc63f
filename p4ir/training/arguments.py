"""The arguments that the trainers of both stages are given alike."""

from __future__ import annotations

from typing import Any

from p4ir.models.hardware import has_fast_bf16
from p4ir.training.recipe import Recipe
from p4ir.training.run import Run


def trainer_arguments(recipe: Recipe, run: Run, every: float, logging_steps: int) -> dict[str, Any]:
    """Return the recipe's trainer settings with those that are ours, as TRL's configs name them.

    Args:
        recipe: What to train.
        run: Where checkpoints go.
        every: Steps between validations, each with a checkpoint.
        logging_steps: Steps between logs, unless the recipe says otherwise.
    """
    import torch

    options: dict[str, Any] = {
        "report_to": ["tensorboard"],
        "logging_steps": logging_steps,
        "save_total_limit": None if recipe.validation.keep == "average" else 2,
        "use_cpu": not torch.cuda.is_available(),
        "bf16": "auto",
        **recipe.trainer,
    }
    if options["bf16"] == "auto":
        options["bf16"] = has_fast_bf16("cpu" if options["use_cpu"] else "cuda")
    steps = max(1, round(every))
    return options | {
        "output_dir": str(run.checkpoints),
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "eval_strategy": "steps",
        "eval_steps": steps,
        "save_strategy": "steps",
        "save_steps": steps,
        "load_best_model_at_end": recipe.validation.keep == "best",
        # Of an average none is best: the best would be kept from `save_total_limit`.
        "metric_for_best_model": None
        if recipe.validation.keep == "average"
        else f"eval_{recipe.validation.metric}",
        "greater_is_better": False,
        "disable_tqdm": True,
    }
