"""The trainer of stage two: TRL's GRPOTrainer, assembled with what rules need.

Departures from a plain run of the trainer:

1. A completion that was cut at the length limit is worth 0, whatever it says.
2. Groups whose rewards hardly differ have no advantages (`min_spread`).
3. Without a KL term, a completion whose advantage is 0 has no gradient and is left out of
   the pass through the model.
4. Rollouts by transformers come from a merged copy of the policy. Each prompt is computed
   once for its group, there and, on a CPU, in the loss.
5. Validation generates rules greedily and scores them; the best checkpoint is chosen by
   that, and the run may end early.
6. Rollouts may be held to the notation (`constrained`).
7. Every completion is kept with its rewards (`samples.jsonl` in the run's folder).
8. A checkpoint holds rollouts that later steps still learn from, so that a resumed run ends
   as the one that was not interrupted.
9. The guard is told which prompts were learned from, and may stop the run.

Methods (`p4ir.grpo.methods`) are its subclasses: they override `set_up`, `assign_credit`,
`policy_loss`, `roll_out`, `method_state` and `load_method_state`, and call what they override.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from accelerate.utils import gather_object
from trl import GRPOTrainer

from p4ir.grpo.advantages import silence_flat_groups
from p4ir.grpo.barren import BarrenSteps
from p4ir.grpo.guard.watch import EFFECTIVE_PROMPTS, TOP_SHARE, Guard
from p4ir.grpo.likelihood import completion_logits, logps_and_entropies
from p4ir.grpo.rollout import Rollouts, sample
from p4ir.grpo.samples import Samples
from p4ir.inference.constraint import Constraint
from p4ir.inference.rows import Row
from p4ir.models.signoff import METHOD_STATE
from p4ir.training.merged import merged_copy

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


class Trainer(GRPOTrainer):  # type: ignore[misc]
    """TRL's trainer with the departures that the module names."""

    generated: Any = None
    control: Any
    min_spread = 0.0
    share_prompts = True
    """Whether the loss runs equal prompts once, on a CPU; not where a method reads the model's
    inputs or hidden states row by row."""
    samples: Samples | None = None
    constraint: Constraint | None = None
    guard: Guard | None = None
    barren: BarrenSteps

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Take what a recipe says; called once, when the trainer stands."""
        self.min_spread = recipe.min_spread
        self.barren = BarrenSteps()

    def set_up_timed(self, recipe: GrpoRecipe) -> None:
        """Set up, and log what that took, in seconds, with the first step."""
        started = time.perf_counter()
        self.set_up(recipe)
        self._metrics["train"]["set_up_seconds"].append(time.perf_counter() - started)

    @property
    def group(self) -> int:
        """Completions of a clause, in training or in validation."""
        return int(self.num_generations if self.model.training else self.num_generations_eval)

    def own(self, inputs: Any) -> slice:
        """Return where this process's rows stand among those of all processes."""
        start = self.accelerator.process_index * len(inputs)
        return slice(start, start + len(inputs))

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Change a rollout's advantages, (B,) or (B, T), in place of those of the group.

        `inputs` are the B rows of the corpus; `output` holds TRL's tensors; the rewards of
        all processes are in `self._rewards`, and which of their completions came to an end in
        `self._ended`.
        """

    def policy_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """Return the loss of rows that all teach something."""
        return super()._compute_loss(model, inputs)

    def method_state(self) -> dict[str, Any]:
        """Return what a checkpoint must hold beside weights and optimizer, as plain data."""
        reused = self._step % (self.args.steps_per_generation * self.num_iterations) != 0
        return {
            "step": self._step,
            "rollouts": self._buffered_inputs if reused else None,
            "barren": self.barren.counts(),
        }

    def load_method_state(self, state: dict[str, Any]) -> None:
        """Take back what `method_state` returned."""
        self._step, self._buffered_inputs = state["step"], state["rollouts"]
        # A checkpoint of before these were counted has none.
        self.barren = BarrenSteps(**state.get("barren", {}))

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        super()._save_optimizer_and_scheduler(output_dir)
        torch.save(self.method_state(), self._state_file(output_dir))

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is not None:
            where = self.accelerator.device
            self.load_method_state(torch.load(self._state_file(checkpoint), where))

    def _state_file(self, folder: str) -> Path:
        return Path(folder) / METHOD_STATE.format(process=self.accelerator.process_index)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Score generated rules; TRL's own evaluation would only sample rewards."""
        scores = {f"eval_{name}": value for name, value in self.generated().items()}
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, scores
        )
        return scores

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log with what there is the share of steps that went into rewards."""
        logged = self._metrics["train"]
        in_rewards, in_steps = (logged.get(name) for name in ("reward_seconds", "step_time"))
        if in_rewards and in_steps:
            logged["frac_reward_time"].append(sum(in_rewards) / sum(in_steps))
        super().log(logs, start_time)

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> Any:
        started = time.perf_counter()
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        self._log_metric("reward_seconds", time.perf_counter() - started)
        cut = torch.tensor(
            [is_cut(ids, self.eos_token_ids) for ids in completion_ids_list],
            device=rewards.device,
        )
        cut = self.accelerator.gather(cut)
        self.barren.take_cut(bool(cut.all()), self.max_completion_length)
        self._ended = ~cut
        self._rewards = torch.where(cut[:, None] & ~rewards.isnan(), 0.0, rewards)
        return self._rewards

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        output = super()._generate_and_score_completions(inputs)
        weights = self.reward_weights.to(self._rewards.device)
        total = (self._rewards * weights).nansum(1)
        # Groups may lie across processes, so the flat ones are found among all.
        all_advantages = self.accelerator.gather(output["advantages"])
        kept, share = silence_flat_groups(all_advantages, total, self.group, self.min_spread)
        output["advantages"] = kept[self.own(inputs)]
        self._log_metric("frac_no_signal", share)
        self.assign_credit(inputs, output)
        if self.model.training:
            masses = _row_means(output["advantages"].abs(), output["completion_mask"])
            masses = self.accelerator.gather(masses)
            self.barren.take_flat(not masses.any(), self.min_spread, self.temperature)
            self._keep_samples(inputs, output)
            self._tell_the_guard(inputs, masses)
        return output

    def _tell_the_guard(self, inputs: Any, masses: Any) -> None:
        """Tell the guard, on every process, which prompts of all processes taught how much."""
        if self.guard is None:
            return
        share = self.guard.take_in(
            self.state.global_step,
            gather_object([row["prompt"] for row in inputs]),
            masses.tolist(),
        )
        if share is not None:
            self._log_metric(EFFECTIVE_PROMPTS, share.effective_prompts)
            self._log_metric(TOP_SHARE, share.top_share)

    def _keep_samples(self, inputs: Any, output: dict[str, Any]) -> None:
        if self.samples is None or not self.accelerator.is_main_process:
            return
        texts = self.processing_class.batch_decode(
            output["completion_ids"], skip_special_tokens=True
        )
        rewards = self._rewards[self.own(inputs)].T.tolist()
        self.samples.add(
            self.state.global_step,
            [row["id"] for row in inputs],
            texts,
            dict(zip(self.reward_func_names, rewards, strict=True)),
            _row_means(output["advantages"], output["completion_mask"]).tolist(),
        )

    def _generate_single_turn(
        self, prompt_ids: Any, images: Any, multimodal_fields: Any, *more: Any, **named: Any
    ) -> Any:
        if self.use_vllm or images is not None or not _is_alone(self):
            return super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, *more, **named
            )
        started = time.perf_counter()
        found = self.roll_out(merged_copy(self.model), prompt_ids)
        self._log_metric("rollout_seconds", time.perf_counter() - started)
        if self.constraint:
            self._log_metric("frac_steered", found.steered)
        return found.completions, None

    def roll_out(
        self, model: Any, prompts: list[list[int]], start: Callable[..., Row] = Row
    ) -> Rollouts:
        """Sample a completion of each prompt, each from a row that `start` makes."""
        return sample(
            model,
            prompts,
            limit=self.max_completion_length,
            temperature=self.temperature,
            min_p=self.min_p or 0.0,
            ends=self.eos_token_ids,
            constraint=self.constraint,
            start=start,
        )

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
        size, found = batch_size or len(input_ids), []
        for ids, mask in zip(input_ids.split(size), attention_mask.split(size), strict=True):
            with self.accelerator.autocast():
                logits = completion_logits(
                    model, ids, mask, logits_to_keep, share_prompts=self.share_prompts
                )
            found.append(logps_and_entropies(logits, ids, mask, logits_to_keep, self.temperature))
        logps, entropies = (torch.cat(part) for part in zip(*found, strict=True))
        return logps, entropies if compute_entropy else None, None

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        advantages = inputs["advantages"]
        teaching = advantages != 0 if advantages.ndim == 1 else advantages.any(1)
        # These losses are means over rows; the others are over tokens, and count them all. So do
        # what a KL term, an entropy bonus or a quantile of the entropies is about.
        counts_all = self.beta or self._entropy_bonus_enabled or self.top_entropy_quantile < 1
        if counts_all or self.loss_type not in ("grpo", "dr_grpo") or teaching.all():
            return self.policy_loss(model, inputs)
        teaching[0] |= not teaching.any()
        kept = {
            name: value[teaching] if _has_rows(value, len(teaching)) else value
            for name, value in inputs.items()
        }
        return self.policy_loss(model, kept) * teaching.float().mean()


def _is_alone(trainer: Any) -> bool:
    """Say whether the whole policy is on this process, unwrapped."""
    return trainer.accelerator.num_processes == 1 and not trainer.is_fsdp_enabled


def _has_rows(value: Any, rows: int) -> bool:
    return isinstance(value, torch.Tensor) and value.ndim > 0 and len(value) == rows


def _row_means(advantages: Any, mask: Any) -> Any:
    """Return the mean advantage of each completion, (B,)."""
    if advantages.ndim == 1:
        return advantages
    return (advantages * mask).sum(1) / mask.sum(1).clamp(min=1)


def is_cut(ids: Sequence[int], ends: Sequence[int]) -> bool:
    """Say whether a completion, given as its tokens, did not come to its end."""
    return not ids or ids[-1] not in ends
