"""A group in which the reference is one of the completions.

What the policy draws differs by what it happens to get wrong, and where most of a rule is out of
its reach no draw shows the way: the least wrong one is a short one. With the reference among
them (Shen et al. 2016 have it in the subset over which they minimize risk; Yan et al. 2025 mix
in completions of a better policy) the group also says what to write, and how long that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4ir.grpo.trainer import Trainer
from p4ir.rules import parse_rule
from p4ir.training.data import completion_of

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe
    from p4ir.grpo.rollout import Rollouts


class ReferenceTrainer(Trainer):
    """Puts the reference in place of the last completion of each group."""

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Take how completions are written."""
        super().set_up(recipe)
        self._recipe = recipe

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        self._references = [row["reference"] for row in inputs]
        return super()._generate_and_score_completions(inputs)

    def roll_out(self, model: Any, prompts: list[list[int]], *more: Any) -> Rollouts:
        """Sample, and put references in, but for those that would be cut."""
        found = super().roll_out(model, prompts, *more)
        completions, self._own = list(found.completions), [True] * len(prompts)
        for last in range(self.group - 1, len(prompts), self.group):
            reference = self._tokens(self._references[last])
            if len(reference) <= self.max_completion_length:
                completions[last], self._own[last] = reference, False
        return found._replace(completions=completions)

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Log what the policy's own completions are worth; TRL's mean has references in it."""
        super().assign_credit(inputs, output)
        weights = self.reward_weights.to(self._rewards.device)
        rewards = (self._rewards * weights).nansum(1)
        self._log_metric("reference/own_reward", rewards[self._own].mean().item())

    def _tokens(self, reference: str) -> list[int]:
        tokenizer = self.processing_class
        text = completion_of(parse_rule(reference), self._recipe)
        tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return [*tokens, tokenizer.eos_token_id]
