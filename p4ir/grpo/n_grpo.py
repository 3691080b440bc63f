"""N-GRPO: rollouts that wander among neighbouring meanings, after arXiv 2606.10768.

The paper mixes in the reasoning before an answer; here the answer is a rule, in which a
mixture can break the syntax, so the rate is low. The mixing itself is `grpo.mixing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from p4ir.grpo.mixing import Mixing, replay
from p4ir.grpo.rollout import Rollouts
from p4ir.grpo.trainer import Trainer
from p4ir.inference.rows import Row

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


class NGrpoTrainer(Trainer):
    """Samples through mixtures, and scores completions through the same ones."""

    share_prompts = False
    _mixing: Mixing | None = None
    _mixed: Any = None
    """Candidates and weights that the next pass through the model is to read."""

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Take the settings of the method."""
        super().set_up(recipe)
        self._mixing_options = recipe.options.n_grpo

    def roll_out(
        self, model: Any, prompts: list[list[int]], start: Callable[..., Row] = Row
    ) -> Rollouts:
        """Sample, reading mixtures; `start` is not asked, since each row keeps its own."""
        forbidden = [*self.processing_class.all_special_ids, *self.eos_token_ids]
        self._mixing = Mixing(model, self._mixing_options, forbidden)
        return super().roll_out(model, prompts, self._mixing.start)

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        self._mixing = self._mixed = None
        output = super()._generate_and_score_completions(inputs)
        output["mix_candidates"], output["mix_weights"] = self._mixed
        self._mixed = None
        return output

    def policy_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """Read in the loss what the rollout has read."""
        self._mixed = inputs["mix_candidates"], inputs["mix_weights"]
        try:
            return super().policy_loss(model, inputs)
        finally:
            self._mixed = None

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Have what the rollout has read at hand for methods that score it."""
        self._take_record(output["completion_ids"])
        super().assign_credit(inputs, output)

    def _take_record(self, completions: Any) -> None:
        assert self._mixing is not None
        self._mixed = self._mixing.record(completions)

    def _get_per_token_logps_and_entropies(
        self, model: Any, input_ids: Any, attention_mask: Any, logits_to_keep: int,
        *more: Any, **named: Any,
    ) -> Any:  # fmt: skip
        if self._mixed is None:  # old or reference policy, while a rollout is being scored
            self._take_record(input_ids[:, -logits_to_keep:])
        with replay(model, *self._mixed):
            return super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, *more, **named
            )
