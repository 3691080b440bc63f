"""A group in which the reference is one of the completions.

What the policy draws differs by what it happens to get wrong, and where most of a rule is out of
its reach no draw shows the way: the least wrong one is a short one. With the reference among
them (Shen et al. 2016 have it in the subset over which they minimize risk; Yan et al. 2025 mix
in completions of a better policy) the group also says what to write, and how long that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4ir.grpo.trainer import Trainer
from p4ir.rules import format_rule, parse_rule

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe
    from p4ir.grpo.rollout import Rollouts


class ReferenceTrainer(Trainer):
    """Puts the reference in place of the last completion of each group."""

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Have each clause's reference at hand as tokens."""
        super().set_up(recipe)
        tokenizer = self.processing_class
        rules = [
            format_rule(parse_rule(row["reference"]), recipe.notation) + tokenizer.eos_token
            for row in self.train_dataset
        ]
        prompts = tokenizer(list(self.train_dataset["prompt"]))["input_ids"]
        self._references = dict(
            zip(map(tuple, prompts), tokenizer(rules)["input_ids"], strict=True)
        )

    def roll_out(self, model: Any, prompts: list[list[int]], *more: Any) -> Rollouts:
        """Sample, and put references in, but for those that would be cut."""
        found = super().roll_out(model, prompts, *more)
        completions = list(found.completions)
        for last in range(self.group - 1, len(prompts), self.group):
            reference = self._references[tuple(prompts[last])]
            if len(reference) <= self.max_completion_length:
                completions[last] = reference
        return found._replace(completions=completions)

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Log what the policy's own completions are worth; TRL's mean has references in it."""
        super().assign_credit(inputs, output)
        weights = self.reward_weights.to(self._rewards.device)
        rewards = (self._rewards * weights).nansum(1).view(-1, self.group)
        self._log_metric("reference/own_reward", rewards[:, :-1].mean().item())
