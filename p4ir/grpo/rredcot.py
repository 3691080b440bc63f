"""RREDCoT-style credit: a completion's reward, redistributed over its segments.

After arXiv 2606.06475 (return decomposition by the policy itself), of whose equations only
the outline is public. V(s≤k) values a completion after its segment k; the segment's credit
is d_k = V(s≤k) − V(s<k), where V at the end is the reward R, so that the prompt's value and
the credits sum to R.

Two ways to value: `potential`, exact here, since a partial rule is a rule: its tree
similarity to the reference (shaping by a potential, Ng et al. 1999); `self`, the policy's
own estimate over the group's answers y that go on from the same prefix,
Σ p(y | s≤k) R(y) / Σ p(y | s≤k), which needs no generation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from p4ir.grpo.segments import Segment, potentials, segment, token_ends
from p4ir.grpo.trainer import Trainer
from p4ir.rules import Rule, parse_rule

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


class Cut(NamedTuple):
    """A completion cut into segments."""

    rule: Rule | None
    segments: list[Segment]
    ends: list[int]
    """Tokens up to the end of each segment."""


def credits_of(values: Sequence[float], reward: float) -> list[float]:
    """Return the credit of the prompt and of each segment, which sum to the reward.

    Args:
        values: (K + 1,) of the empty completion and after each of K segments, at least one.
        reward: Of the whole completion, which takes the place of the last value.

    >>> credits_of([0.25, 0.5, 0.75], 1.0)
    [0.25, 0.25, 0.5]
    """
    reached = [*values[:-1], reward]
    return [values[0], *(b - a for a, b in pairwise(reached))]


def own_values(
    tokens: Sequence[Sequence[int]],
    logps: Sequence[Sequence[float]],
    rewards: Sequence[float],
    row: int,
    ends: Sequence[int],
) -> list[float]:
    """Return the policy's estimate of the reward before a completion and after each segment.

    Args:
        tokens: The group's completions, as tokens.
        logps: The policy's log-probability of each of those.
        rewards: Of each completion.
        row: The completion to value.
        ends: Tokens up to the end of each of its segments.
    """
    return [_estimate(tokens, logps, rewards, tokens[row][:end]) for end in (0, *ends)]


def _estimate(
    tokens: Sequence[Sequence[int]],
    logps: Sequence[Sequence[float]],
    rewards: Sequence[float],
    prefix: Sequence[int],
) -> float:
    start = len(prefix)
    answers = {
        tuple(answer): (math.fsum(logp[start:]), reward)
        for answer, logp, reward in zip(tokens, logps, rewards, strict=True)
        if list(answer[:start]) == list(prefix)
    }
    highest = max(logp for logp, _ in answers.values())
    weights = [math.exp(logp - highest) for logp, _ in answers.values()]
    values = [reward for _, reward in answers.values()]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


def spread(credits: Sequence[float], ends: Sequence[int], width: int) -> torch.Tensor:
    """Return the credit of each token's segment, (T,), 0 after the completion.

    Args:
        credits: Of each segment.
        ends: Tokens up to the end of each.
        width: T.
    """
    row = torch.zeros(width)
    start = 0
    for credit, end in zip(credits, ends, strict=True):
        row[start:end] = credit
        start = end
    return row


def normalize_credits(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Bring the credits of a group's segments to mean 0 and deviation 1, all together."""
    flat = torch.tensor([credit for row in rows for credit in row])
    mean, deviation = flat.mean().item(), flat.std(correction=0).item()
    return [[(credit - mean) / (deviation + 1e-4) for credit in row] for row in rows]


class RredcotTrainer(Trainer):
    """Gives each token the credit of its segment beside the group's advantage.

    `segment`: A_t = A + λ z(d_k). `to_go`: A_t = (1 − λ) A + λ z(d_k + … + d_K). z brings
    the segments of a group to mean 0 and deviation 1. Groups that teach nothing stay silent.
    """

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Take the settings of the method."""
        super().set_up(recipe)
        self._options = recipe.options.rredcot
        self._scale = recipe.rewards.get("tree_similarity", 0.0)

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Make the advantages (B, T)."""
        super().assign_credit(inputs, output)
        tokens = _unpadded(output["completion_ids"], output["completion_mask"])
        cuts = [self._cut(row, ids) for row, ids in zip(inputs, tokens, strict=True)]
        credits = self._credits(inputs, output, tokens, cuts)
        self._log_metric("segments", sum(len(cut.ends) for cut in cuts) / len(cuts))
        weight, is_to_go = self._options.weight, self._options.form == "to_go"
        if is_to_go:
            credits = [[sum(row[k:]) for k in range(len(row))] for row in credits]
        advantages, mask = output["advantages"], output["completion_mask"]
        extra = torch.zeros(mask.shape, device=advantages.device)
        for group in self._groups(inputs):
            if not advantages[group].any():
                continue  # it teaches nothing
            for row, scaled in zip(
                group, normalize_credits([credits[row] for row in group]), strict=True
            ):
                extra[row] = spread(scaled, cuts[row].ends, mask.size(1))
        kept = 1 - weight if is_to_go else 1.0
        output["advantages"] = (kept * advantages[:, None] + weight * extra) * mask

    def _groups(self, inputs: Any) -> list[list[int]]:
        """Return the rows of each group; one cut by the border of processes is two here."""
        groups: list[list[int]] = []
        for number, row in enumerate(inputs):
            is_same = number % self.num_generations and row["id"] == inputs[number - 1]["id"]
            groups[-1].append(number) if is_same else groups.append([number])
        return groups

    def _cut(self, row: Any, tokens: Sequence[int]) -> Cut:
        def length_of(count: int) -> int:
            return len(self.processing_class.decode(tokens[:count], skip_special_tokens=True))

        text = self.processing_class.decode(tokens, skip_special_tokens=True)
        rule, segments = segment(text, row["notation"], self._options.max_segments)
        return Cut(rule, segments, token_ends(segments, len(tokens), length_of))

    def _credits(
        self, inputs: Any, output: dict[str, Any], tokens: list[list[int]], cuts: list[Cut]
    ) -> list[list[float]]:
        total = (self._rewards * self.reward_weights.to(self._rewards.device)).nansum(1)
        rewards = total[self.own(inputs)].tolist()
        if self._options.credit == "potential":
            values = [self._potentials(*pair) for pair in zip(inputs, cuts, strict=True)]
        else:
            values = self._own_values(inputs, output, tokens, cuts, rewards)
        return [credits_of(*pair)[1:] for pair in zip(values, rewards, strict=True)]

    def _potentials(self, row: Any, cut: Cut) -> list[float]:
        if cut.rule is None or not row["reference"]:
            return [0.0] * (len(cut.segments) + 1)
        found = potentials(cut.rule, cut.segments, parse_rule(row["reference"]))
        return [self._scale * value for value in found]

    def _own_values(
        self,
        inputs: Any,
        output: dict[str, Any],
        tokens: list[list[int]],
        cuts: list[Cut],
        rewards: list[float],
    ) -> list[list[float]]:
        with torch.no_grad():
            logps = self._get_per_token_logps_and_entropies(
                self.model,
                torch.cat([output["prompt_ids"], output["completion_ids"]], 1),
                torch.cat([output["prompt_mask"], output["completion_mask"]], 1),
                output["completion_ids"].size(1),
                self.args.per_device_train_batch_size,
            )[0].tolist()
        return [
            own_values(
                [tokens[i] for i in group],
                [logps[i][: len(tokens[i])] for i in group],
                [rewards[i] for i in group],
                place,
                cuts[row].ends,
            )
            for group in self._groups(inputs)
            for place, row in enumerate(group)
        ]


def _unpadded(ids: torch.Tensor, mask: torch.Tensor) -> list[list[int]]:
    lengths = mask.sum(1).tolist()
    return [row[:length] for row, length in zip(ids.tolist(), lengths, strict=True)]
