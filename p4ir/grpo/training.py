"""GRPO from an adapter of stage one, by the rewards of a recipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import PrinterCallback
from trl import GRPOConfig

from p4ir.corpus.records import Record
from p4ir.grpo.config import GrpoRecipe, check_prompts
from p4ir.grpo.data import prompts
from p4ir.grpo.guard.watch import Guard
from p4ir.grpo.methods import trainer_class
from p4ir.grpo.rewards import REWARDS, CheckedReward
from p4ir.grpo.samples import Samples
from p4ir.inference.constraint import Constraint
from p4ir.training.adapter import save_adapter, start_policy
from p4ir.training.arguments import trainer_arguments
from p4ir.training.attention import attend_by_products
from p4ir.training.data import load_clauses
from p4ir.training.first_step import withdrawn_if_untrained
from p4ir.training.head import causal_model
from p4ir.training.loop import (
    End,
    Labels,
    kept_metrics,
    quiet_libraries,
    run_to_the_end,
    take_average,
)
from p4ir.training.progress import Progress, draw_curves
from p4ir.training.run import Run, TrainResult
from p4ir.training.shortages import shortages_explained
from p4ir.training.validation import validate

_CURVES = (
    "reward", "reward_std", "frac_no_signal", "completions/clipped_ratio",
    "completions/mean_length", "kl", "entropy", "eval_nted", "eval_nlev", "eval_lrml_f1",
    "eval_valid", "guard_effective_prompts", "guard_kl", "guard_entropy",
)  # fmt: skip


@contextmanager
def _subnormals_are_zeros() -> Iterator[None]:
    """Take floats below the smallest normal one for zeros, here and in threads started inside.

    At a temperature of 0.35 a quarter of the probabilities, and of the gradients from them, is
    that small, and a CPU takes forty times as long over such a product of matrices.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@_subnormals_are_zeros()
def train(recipe: GrpoRecipe, *, resume: bool = False) -> TrainResult:
    """Optimize a model for the recipe's rewards.

    Args:
        recipe: What to train, on what, how.
        resume: Go on from the run's newest checkpoint, if there is one.

    Raises:
        TrainingError: the run directory holds another run, is another process's or cannot be
            written, a reward fails, for ten steps there was nothing to learn from, or the guard
            refuses the data.
        RecipeError, CorpusError, ModelError: what the recipe names is missing or wrong.
    """
    from transformers import set_seed

    train_records, validation_records = load_clauses(recipe.corpus)
    check_prompts(recipe.trainer, len(train_records))
    run = Run(Path(recipe.output or "runs/grpo"))
    with run.begun(recipe, train_records, validation_records, resume):
        guard = Guard(recipe, run, train_records)
        with withdrawn_if_untrained(recipe, run), shortages_explained(run):
            guard.look_at_the_data()
            set_seed(recipe.seed)
            trainer = _trainer(recipe, run, train_records, validation_records)
            trainer.samples.go_on_from(run.latest_step() if resume else 0)
            trainer.set_up_timed(recipe)
            guard.watch(trainer, trainer.processing_class)
        with withdrawn_if_untrained(recipe, run, trainer):
            run_to_the_end(trainer, run, resume)
        if recipe.validation.keep == "average" and guard.kept_step is None:
            take_average(trainer, run)
        guard.restore()
        history = trainer.state.log_history
        draw_curves(history, (*_CURVES, *(f"rewards/{f.__name__}/mean" for f in REWARDS.values())),
                    run.curves)  # fmt: skip
        metrics = kept_metrics(guard.kept(history), recipe.validation)
        save_adapter(
            trainer.model, trainer.processing_class, recipe, run, "grpo", metrics, guard.sign
        )
        return TrainResult(
            output=run.output,
            adapter=run.adapter,
            metrics=metrics,
            steps=trainer.state.global_step,
            refused=guard.report.why_refused,
        )


def _trainer(
    recipe: GrpoRecipe, run: Run, train_records: list[Record], validation_records: list[Record]
) -> Any:
    """Assemble the trainer of the recipe's methods, on the policy to start from."""
    model, tokenizer, lora = start_policy(recipe.model, recipe.adapter, recipe.lora)
    with quiet_libraries(run):
        trainer = trainer_class(recipe)(
            model=model,
            processing_class=tokenizer,
            args=_arguments(recipe, run),
            reward_funcs=[CheckedReward(REWARDS[name]) for name in recipe.rewards],
            train_dataset=Dataset.from_list(prompts(train_records, recipe)),
            eval_dataset=Dataset.from_list(prompts(validation_records[:1], recipe)),
            peft_config=lora,
            callbacks=[Progress(("reward", "frac_no_signal", "kl", "completions/mean_length"))],
        )
    trainer.remove_callback(PrinterCallback)
    attend_by_products(causal_model(trainer.model), trainer.args.device)
    trainer.add_callback(End(f"eval_{recipe.validation.metric}", recipe.patience))
    trainer.add_callback(Labels(recipe, run, "grpo"))
    if recipe.constrained:
        trainer.constraint = Constraint(tokenizer, recipe.notation, trainer.eos_token_ids)
    trainer.samples = Samples(run.output / "samples.jsonl")
    trainer.generated = lambda: validate(
        trainer.model,
        tokenizer,
        validation_records,
        recipe.notation,
        recipe.corpus.clause_number,
        recipe.validation,
    )
    return trainer


def _arguments(recipe: GrpoRecipe, run: Run) -> GRPOConfig:
    arguments = trainer_arguments(recipe, run, recipe.validation.every, logging_steps=1)
    # TRL wants its evaluation, which ours replaces, to hold whole groups.
    group = arguments.get("num_generations_eval") or arguments.get("num_generations", 8)
    arguments.setdefault("per_device_eval_batch_size", group)
    return GRPOConfig(
        **arguments,
        reward_weights=list(recipe.rewards.values()),
        remove_unused_columns=False,
    )
