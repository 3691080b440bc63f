"""GRPO by TRL's GRPOTrainer, from an adapter of stage one.

Departures from a plain run of the trainer:

1. Rewards are the project's metrics, weighted by the recipe.
2. A completion that was cut at the length limit is worth 0, whatever it says.
3. Groups whose rewards hardly differ have no advantages (`min_spread`).
4. Validation generates rules greedily and scores them; the best checkpoint is chosen by
   that, and the run may end early.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import EarlyStoppingCallback, PrinterCallback
from trl import GRPOConfig, GRPOTrainer

from p4ir.errors import TrainingError
from p4ir.grpo.advantages import silence_flat_groups
from p4ir.grpo.config import GrpoRecipe, check_prompts
from p4ir.grpo.data import prompts
from p4ir.grpo.rewards import REWARDS
from p4ir.models import load_base, load_with_adapter
from p4ir.models.hardware import has_fast_bf16
from p4ir.training.adapter import save_adapter
from p4ir.training.data import load_clauses
from p4ir.training.loop import best_metrics, quiet_libraries, run_to_the_end
from p4ir.training.progress import Progress, draw_curves
from p4ir.training.run import Run, TrainResult
from p4ir.training.validation import validate

_ALL_CUT_STEPS = 10
_CURVES = (
    "reward", "reward_std", "frac_no_signal", "completions/clipped_ratio",
    "completions/mean_length", "kl", "entropy", "eval_nted", "eval_nlev", "eval_lrml_f1",
    "eval_valid",
)  # fmt: skip


def train(recipe: GrpoRecipe, *, resume: bool = False) -> TrainResult:
    """Optimize a model for the recipe's rewards.

    Args:
        recipe: What to train, on what, how.
        resume: Go on from the run's newest checkpoint, if there is one.

    Raises:
        TrainingError: the run directory holds another run or cannot be written, or all
            completions were cut for ten steps.
        RecipeError, CorpusError, ModelError: what the recipe names is missing or wrong.
    """
    from transformers import set_seed

    train_records, validation_records = load_clauses(recipe.corpus)
    check_prompts(recipe.trainer, len(train_records))
    run = Run(Path(recipe.output or "runs/grpo"))
    run.start(recipe, train_records, validation_records, resume)
    set_seed(recipe.seed)
    model, tokenizer, lora = _policy(recipe)
    with quiet_libraries(run):
        trainer = _Trainer(
            model=model,
            processing_class=tokenizer,
            args=_arguments(recipe, run),
            reward_funcs=[REWARDS[name] for name in recipe.rewards],
            train_dataset=Dataset.from_list(prompts(train_records, recipe)),
            eval_dataset=Dataset.from_list(prompts(validation_records[:1], recipe)),
            peft_config=lora,
            callbacks=[Progress(("reward", "frac_no_signal", "kl", "completions/mean_length"))],
        )
    trainer.remove_callback(PrinterCallback)
    if recipe.patience is not None:
        trainer.add_callback(EarlyStoppingCallback(recipe.patience))
    trainer.min_spread = recipe.min_spread
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
    draw_curves(history, (*_CURVES, *(f"rewards/{f.__name__}/mean" for f in REWARDS.values())),
                run.curves)  # fmt: skip
    metrics = best_metrics(history, f"eval_{recipe.validation.metric}")
    save_adapter(trainer.model, tokenizer, recipe, run, "grpo", metrics)
    return TrainResult(
        output=run.output, adapter=run.adapter, metrics=metrics, steps=trainer.state.global_step
    )


class _Trainer(GRPOTrainer):  # type: ignore[misc]
    """TRL's trainer with the departures that the module names."""

    generated: Any = None
    control: Any
    min_spread = 0.0
    _all_cut = 0

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        scores = {f"eval_{name}": value for name, value in self.generated().items()}
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, scores
        )
        return scores

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> Any:
        import torch

        started = time.perf_counter()
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        self._log_metric("reward_seconds", time.perf_counter() - started)
        ends = self.processing_class.eos_token_id
        cut = torch.tensor(
            [is_cut(ids, ends) for ids in completion_ids_list], device=rewards.device
        )
        cut = self.accelerator.gather(cut)
        self._stop_if_all_are_cut(bool(cut.all()))
        self._rewards = torch.where(cut[:, None] & ~rewards.isnan(), 0.0, rewards)
        return self._rewards

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        output = super()._generate_and_score_completions(inputs)
        weights = self.reward_weights.to(self._rewards.device)
        total = (self._rewards * weights).nansum(1)
        start = self.accelerator.process_index * len(inputs)
        group = self.num_generations if self.model.training else self.num_generations_eval
        # Groups may lie across processes, so the flat ones are found among all.
        all_advantages = self.accelerator.gather(output["advantages"])
        kept, share = silence_flat_groups(all_advantages, total, group, self.min_spread)
        output["advantages"] = kept[start : start + len(inputs)]
        self._log_metric("frac_no_signal", share)
        return output

    def _stop_if_all_are_cut(self, all_cut: bool) -> None:
        self._all_cut = self._all_cut + 1 if all_cut else 0
        if self._all_cut == _ALL_CUT_STEPS:
            raise TrainingError(
                f"for {_ALL_CUT_STEPS} steps every completion was cut at its length limit, so "
                "that nothing can be learned: raise trainer.max_completion_length (now "
                f"{self.max_completion_length}) or start from an adapter that ends its rules"
            )


def is_cut(ids: Sequence[int], end: int) -> bool:
    """Say whether a completion, given as its tokens, did not come to its end."""
    return not ids or ids[-1] != end


def _policy(recipe: GrpoRecipe) -> tuple[Any, Any, Any]:
    """Return the model to train, its tokenizer, and LoRA's settings if it has no adapter yet."""
    from peft import LoraConfig

    if recipe.adapter is not None:
        model, tokenizer = load_with_adapter(recipe.adapter, base=recipe.model, trainable=True)
        return model, tokenizer, None
    model, tokenizer = load_base(recipe.model)
    return model, tokenizer, LoraConfig(task_type="CAUSAL_LM", **(recipe.lora or {}))


def _arguments(recipe: GrpoRecipe, run: Run) -> GRPOConfig:
    import torch

    options = dict(recipe.trainer)
    use_cpu = options.setdefault("use_cpu", not torch.cuda.is_available())
    if options.get("bf16", "auto") == "auto":
        options["bf16"] = has_fast_bf16("cpu" if use_cpu else "cuda")
    every = max(1, round(recipe.validation.every))
    return GRPOConfig(
        **{"report_to": ["tensorboard"], "logging_steps": 1, "save_total_limit": 2} | options,
        reward_weights=list(recipe.rewards.values()),
        output_dir=str(run.checkpoints),
        seed=recipe.seed,
        data_seed=recipe.seed,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{recipe.validation.metric}",
        greater_is_better=False,
        disable_tqdm=True,
        remove_unused_columns=False,
    )
