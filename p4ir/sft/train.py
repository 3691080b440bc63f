"""Supervised fine-tuning by TRL's SFTTrainer, scored on generated rules while it runs.

Departures from a plain run of the trainer: the loss is on the completion only; at each
validation rules are generated and compared, and the best checkpoint is chosen by that,
not by the loss; the result is an adapter that loads with plain PEFT.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback
from trl import SFTConfig, SFTTrainer

from p4ir.models.hardware import has_fast_bf16
from p4ir.sft.config import SftRecipe
from p4ir.sft.data import training_pairs
from p4ir.training.adapter import save_adapter, start_policy
from p4ir.training.data import load_clauses
from p4ir.training.head import next_token_logits
from p4ir.training.loop import kept_metrics, quiet_libraries, run_to_the_end
from p4ir.training.progress import Progress, draw_curves
from p4ir.training.run import Run, TrainResult
from p4ir.training.validation import validate

_CURVES = (
    "loss", "eval_loss", "eval_nted", "eval_nlev", "eval_lrml_f1", "eval_exact", "eval_valid",
)  # fmt: skip


def train(recipe: SftRecipe, *, resume: bool = False) -> TrainResult:
    """Fine-tune a model on clauses and their rules.

    Args:
        recipe: What to train, on what, how.
        resume: Go on from the run's newest checkpoint, if there is one.

    Raises:
        TrainingError: the run directory holds another run, or cannot be written.
        RecipeError, CorpusError, ModelError: what the recipe names is missing or wrong.
    """
    from transformers import set_seed

    train_records, validation_records = load_clauses(recipe.corpus)
    run = Run(Path(recipe.output or "runs/sft"))
    run.start(recipe, train_records, validation_records, resume)
    set_seed(recipe.seed)
    model, tokenizer, lora = start_policy(recipe.model, recipe.adapter, recipe.lora)
    pairs = training_pairs(train_records, recipe)
    with quiet_libraries(run):
        trainer = _Trainer(
            model=model,
            processing_class=tokenizer,
            args=_arguments(recipe, run, len(pairs)),
            train_dataset=Dataset.from_list(pairs),
            eval_dataset=Dataset.from_list(training_pairs(validation_records, recipe)),
            peft_config=lora,
            callbacks=[Progress(("loss", "mean_token_accuracy"))],
        )
    trainer.remove_callback(PrinterCallback)
    trainer.generated = lambda: validate(
        trainer.model,
        tokenizer,
        validation_records,
        recipe.notation,
        recipe.corpus.clause_number,
        recipe.validation,
    )
    run_to_the_end(trainer, run, resume)
    history = trainer.state.log_history
    draw_curves(history, _CURVES, run.curves)
    metrics = kept_metrics(history, recipe.validation)
    save_adapter(trainer.model, tokenizer, recipe, run, "sft", metrics)
    return TrainResult(
        output=run.output, adapter=run.adapter, metrics=metrics, steps=trainer.state.global_step
    )


class _Trainer(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer, whose evaluation also generates and scores rules."""

    generated: Any = None

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        scores = {f"eval_{name}": value for name, value in self.generated().items()}
        self.log(scores)
        return metrics | scores

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the mean negative log-likelihood of the completions' tokens."""
        if self.args.device.type != "cpu":
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        from torch.nn.functional import cross_entropy

        counted = inputs["labels"] != -100
        targets = inputs["labels"][counted]
        with self.accelerator.autocast():
            logits = next_token_logits(
                model, inputs["input_ids"], inputs.get("attention_mask"), counted
            )
        total = cross_entropy(logits.float(), targets, reduction="sum")
        accuracy = (logits.argmax(-1) == targets).float().mean()
        mode = "train" if self.model.training else "eval"
        self._metrics[mode]["mean_token_accuracy"].append(accuracy.item())
        count = counted.sum() if num_items_in_batch is None else num_items_in_batch
        loss = total / count
        return (loss, {"loss": loss}) if return_outputs else loss


def _arguments(recipe: SftRecipe, run: Run, pairs: int) -> SFTConfig:
    import torch

    options = dict(recipe.trainer)
    use_cpu = options.setdefault("use_cpu", not torch.cuda.is_available())
    if options.get("bf16", "auto") == "auto":
        options["bf16"] = has_fast_bf16("cpu" if use_cpu else "cuda")
    batch = options.get("per_device_train_batch_size", 8) * options.get(
        "gradient_accumulation_steps", 1
    )
    every = max(1, round(recipe.validation.every * math.ceil(pairs / batch)))
    return SFTConfig(
        **{"report_to": ["tensorboard"], "logging_steps": 5, "save_total_limit": 2} | options,
        output_dir=str(run.checkpoints),
        seed=recipe.seed,
        data_seed=recipe.seed,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        load_best_model_at_end=recipe.validation.keep == "best",
        metric_for_best_model=f"eval_{recipe.validation.metric}",
        greater_is_better=False,
        completion_only_loss=True,
        disable_tqdm=True,
    )
