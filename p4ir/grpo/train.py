"""GRPO by TRL's GRPOTrainer, from an adapter of stage one.

Departures from a plain run of the trainer:

1. Rewards are the project's metrics, weighted by the recipe.
2. A completion that was cut at the length limit is worth 0, whatever it says.
3. Groups whose rewards hardly differ have no advantages (`min_spread`).
4. Without a KL term, a completion whose advantage is 0 has no gradient and is left out of
   the pass through the model.
5. Rollouts by transformers come from a merged copy of the policy, each prompt computed once.
6. Validation generates rules greedily and scores them; the best checkpoint is chosen by
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
from p4ir.grpo.rollout import sample
from p4ir.models.hardware import has_fast_bf16
from p4ir.training.adapter import save_adapter, start_policy
from p4ir.training.data import load_clauses
from p4ir.training.head import next_token_logits
from p4ir.training.loop import best_metrics, quiet_libraries, run_to_the_end
from p4ir.training.merged import merged_copy
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
    model, tokenizer, lora = start_policy(recipe.model, recipe.adapter, recipe.lora)
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

    def _generate_single_turn(
        self, prompt_ids: Any, images: Any, multimodal_fields: Any, *more: Any, **named: Any
    ) -> Any:
        if self.use_vllm or images is not None or not _is_alone(self):
            return super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, *more, **named
            )
        started = time.perf_counter()
        completions = sample(
            merged_copy(self.model),
            prompt_ids,
            limit=self.max_completion_length,
            temperature=self.temperature,
            ends=self.eos_token_ids,
            padding=self.processing_class.pad_token_id,
        )
        self._log_metric("rollout_seconds", time.perf_counter() - started)
        return completions, None

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: Any,
        attention_mask: Any,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **more: Any,
    ) -> Any:
        if self.args.device.type != "cpu":
            return super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, batch_size, compute_entropy,
                **more,
            )  # fmt: skip
        parts = [
            self._logps(model, ids, mask, logits_to_keep)
            for ids, mask in zip(
                input_ids.split(batch_size or len(input_ids)),
                attention_mask.split(batch_size or len(input_ids)),
                strict=True,
            )
        ]
        import torch

        logps, entropies = (torch.cat(part) for part in zip(*parts, strict=True))
        return logps, entropies if compute_entropy else None, None

    def _logps(self, model: Any, ids: Any, mask: Any, kept: int) -> tuple[Any, Any]:
        """Return log-probabilities and entropies (B, kept) of the completions' tokens."""
        import torch

        wanted = mask.bool()
        wanted[:, :-kept] = False
        with self.accelerator.autocast():
            logits = next_token_logits(model, ids, mask, wanted)
        scores = (logits.float() / self.temperature).log_softmax(-1)
        chosen = scores.gather(1, ids[wanted][:, None])[:, 0]
        with torch.no_grad():
            entropy = -(scores.exp() * scores).sum(-1)
        blank = torch.zeros(wanted.shape, dtype=chosen.dtype, device=chosen.device)
        return (
            blank.masked_scatter(wanted, chosen)[:, -kept:],
            blank.masked_scatter(wanted, entropy)[:, -kept:],
        )

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        advantages = inputs["advantages"]
        teaching = advantages != 0
        # These losses are means over rows; the others are over tokens, and count them all.
        if self.beta or self.loss_type not in ("grpo", "dr_grpo") or teaching.all():
            return super()._compute_loss(model, inputs)
        teaching[0] |= not teaching.any()
        kept = {
            name: value[teaching] if _has_rows(value, len(teaching)) else value
            for name, value in inputs.items()
        }
        return super()._compute_loss(model, kept) * teaching.float().mean()

    def _stop_if_all_are_cut(self, all_cut: bool) -> None:
        self._all_cut = self._all_cut + 1 if all_cut else 0
        if self._all_cut == _ALL_CUT_STEPS:
            raise TrainingError(
                f"for {_ALL_CUT_STEPS} steps every completion was cut at its length limit, so "
                "that nothing can be learned: raise trainer.max_completion_length (now "
                f"{self.max_completion_length}) or start from an adapter that ends its rules"
            )


def _is_alone(trainer: Any) -> bool:
    """Say whether the whole policy is on this process, unwrapped."""
    return trainer.accelerator.num_processes == 1 and not trainer.is_fsdp_enabled


def _has_rows(value: Any, rows: int) -> bool:
    import torch

    return isinstance(value, torch.Tensor) and value.ndim > 0 and len(value) == rows


def is_cut(ids: Sequence[int], end: int) -> bool:
    """Say whether a completion, given as its tokens, did not come to its end."""
    return not ids or ids[-1] != end


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
