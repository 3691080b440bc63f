"""Supervised fine-tuning by TRL's SFTTrainer, scored on generated rules while it runs.

Departures from a plain run of the trainer: the loss is on the completion only; at each
validation rules are generated and compared, and the best checkpoint is chosen by that,
not by the loss; the result is an adapter that loads with plain PEFT. Torch and TRL are
imported in the functions: a recipe or corpus that is no good is refused before.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from p4ir.corpus.records import Record
from p4ir.models.adapters import find_adapter
from p4ir.models.signoff import check_signed_off
from p4ir.sft.config import SftRecipe
from p4ir.sft.data import training_pairs
from p4ir.training.adapter import save_adapter, start_policy
from p4ir.training.arguments import trainer_arguments
from p4ir.training.data import load_clauses
from p4ir.training.first_step import withdrawn_if_untrained
from p4ir.training.limits import processes
from p4ir.training.run import Run, TrainResult
from p4ir.training.shortages import shortages_explained
from p4ir.training.validation import validate

if TYPE_CHECKING:
    from trl import SFTConfig

    from p4ir.sft.trainer import Trainer

_CURVES = (
    "loss", "eval_loss", "eval_nted", "eval_nlev", "eval_lrml_f1", "eval_exact", "eval_valid",
)  # fmt: skip


def train(recipe: SftRecipe, *, resume: bool = False) -> TrainResult:
    """Fine-tune a model on clauses and their rules.

    Args:
        recipe: What to train, on what, how.
        resume: Go on from the run's newest checkpoint, if there is one.

    Raises:
        TrainingError: the run directory holds another run, is another process's or cannot be
            written.
        RecipeError, CorpusError, ModelError: what the recipe names is missing or wrong.
    """
    train_records, validation_records = load_clauses(recipe.corpus)
    if recipe.adapter is not None:
        check_signed_off(find_adapter(recipe.adapter).folder)
    run = Run(Path(recipe.output or "runs/sft"))
    with run.begun(recipe, train_records, validation_records, resume):
        with withdrawn_if_untrained(recipe, run), shortages_explained(run):
            trainer = _make_trainer(recipe, run, train_records, validation_records)

        from p4ir.training.loop import kept_metrics, run_to_the_end, take_average
        from p4ir.training.progress import draw_curves

        with withdrawn_if_untrained(recipe, run, trainer):
            run_to_the_end(trainer, run, resume)
        if recipe.validation.keep == "average":
            take_average(trainer, run)
        history = trainer.state.log_history
        draw_curves(history, _CURVES, run.curves)
        metrics = kept_metrics(history, recipe.validation)
        save_adapter(trainer.model, trainer.processing_class, recipe, run, "sft", metrics)
        return TrainResult(
            output=run.output, adapter=run.adapter, metrics=metrics, steps=trainer.state.global_step
        )


def _make_trainer(
    recipe: SftRecipe, run: Run, train_records: list[Record], validation_records: list[Record]
) -> Trainer:
    from datasets import Dataset
    from transformers import PrinterCallback, set_seed

    from p4ir.sft.trainer import Trainer
    from p4ir.training.attention import attend_by_products
    from p4ir.training.head import causal_model
    from p4ir.training.loop import End, Labels, quiet_libraries
    from p4ir.training.progress import Progress

    set_seed(recipe.seed)
    model, tokenizer, lora = start_policy(recipe.model, recipe.adapter, recipe.lora)
    pairs = training_pairs(train_records, recipe)
    with quiet_libraries(run):
        trainer = Trainer(
            model=model,
            processing_class=tokenizer,
            args=_arguments(recipe, run, len(pairs)),
            train_dataset=Dataset.from_list(pairs),
            eval_dataset=Dataset.from_list(training_pairs(validation_records, recipe)),
            peft_config=lora,
            callbacks=[Progress(("loss", "mean_token_accuracy"))],
        )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(End(f"eval_{recipe.validation.metric}"))
    trainer.add_callback(Labels(recipe, run, "sft"))
    attend_by_products(causal_model(trainer.model), trainer.args.device)
    trainer.generated = lambda: validate(
        trainer.model,
        tokenizer,
        validation_records,
        recipe.notation,
        recipe.corpus.clause_number,
        recipe.validation,
    )
    return trainer


def _arguments(recipe: SftRecipe, run: Run, pairs: int) -> SFTConfig:
    from trl import SFTConfig

    batch = (
        recipe.trainer.get("per_device_train_batch_size", 8)
        * recipe.trainer.get("gradient_accumulation_steps", 1)
        * processes()
    )
    every = recipe.validation.every * math.ceil(pairs / batch)
    return SFTConfig(
        **trainer_arguments(recipe, run, every, logging_steps=5), completion_only_loss=True
    )
