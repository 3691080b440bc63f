"""Rewards: what is measured, turned into numbers from 0 to 1 that GRPO can optimize.

Plain functions in TRL's signature: completions and the data set's columns in, one number
a completion out. Each calls `p4ir.metrics` or `p4ir.rules`; none measures anything
itself. A completion that does not parse is worth 0, with the reason in the log; where
there is no reference rule the reward is `None`, which TRL leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from p4ir.errors import RuleError, RuleSyntaxError, TrainingError, first_line
from p4ir.grpo.consistency import consistency
from p4ir.metrics import (
    lrml_precision_recall,
    normalized_token_levenshtein,
    normalized_tree_edit_distance,
)
from p4ir.metrics.false_positives import false_positives
from p4ir.metrics.lrml_f1 import f1
from p4ir.rules import Rule, parse_rule
from p4ir.rules.draft import blank_draft, read_draft
from p4ir.rules.grounding import ground

Rewards = list[float | None]


def tree_similarity_reward(
    completions: Sequence[str], notation: Sequence[str], reference: Sequence[str | None], **_: Any
) -> Rewards:
    """Return 1 − nTED to the reference rule, 0 at least."""
    return _compared(completions, notation, reference, _tree_similarity)


def token_similarity_reward(
    completions: Sequence[str], notation: Sequence[str], reference: Sequence[str | None], **_: Any
) -> Rewards:
    """Return 1 − nLev to the reference rule."""
    return _compared(completions, notation, reference, _token_similarity)


def lrml_f1_reward(
    completions: Sequence[str], notation: Sequence[str], reference: Sequence[str | None], **_: Any
) -> Rewards:
    """Return the LRML-F1 with the reference rule, which minds what is missing as well."""
    return _compared(completions, notation, reference, _lrml_f1)


def false_positive_reward(
    completions: Sequence[str], notation: Sequence[str], reference: Sequence[str | None], **_: Any
) -> Rewards:
    """Return the share of the predicted nodes that are in the reference rule."""
    return _compared(completions, notation, reference, _node_precision)


def validity_reward(
    completions: Sequence[str],
    notation: Sequence[str],
    log_extra: Callable[[str, list[str]], None] | None = None,
    **_: Any,
) -> Rewards:
    """Return 1 for a completion that parses strictly, else 0, and log why it does not."""
    read = [read_rule(text, how) for text, how in zip(completions, notation, strict=True)]
    if log_extra is not None:
        log_extra("problem", [problem for _, problem in read])
    return [float(rule is not None) for rule, _ in read]


def grounding_reward(
    completions: Sequence[str], notation: Sequence[str], clause: Sequence[str], **_: Any
) -> Rewards:
    """Return the share of the rule's leaves that the clause supports."""
    rules = [read_rule(text, how)[0] for text, how in zip(completions, notation, strict=True)]
    return [
        ground(rule, text).share if rule else 0.0 for rule, text in zip(rules, clause, strict=True)
    ]


def consistency_reward(
    completions: Sequence[str], notation: Sequence[str], clause: Sequence[str], **_: Any
) -> Rewards:
    """Return how far clause, draft (where there is one) and rule state the same facts."""
    rules = [read_rule(text, how)[0] for text, how in zip(completions, notation, strict=True)]
    return [
        consistency(source, read_draft(text), rule) if rule else 0.0
        for rule, text, source in zip(rules, completions, clause, strict=True)
    ]


REWARDS: dict[str, Callable[..., Rewards]] = {
    "tree_similarity": tree_similarity_reward,
    "token_similarity": token_similarity_reward,
    "lrml_f1": lrml_f1_reward,
    "validity": validity_reward,
    "grounding": grounding_reward,
    "false_positive": false_positive_reward,
    "consistency": consistency_reward,
}
"""Name in a recipe to reward."""


class CheckedReward:
    """A reward whose failure names it and the clause, in TRL's signature."""

    def __init__(self, reward: Callable[..., Rewards]) -> None:
        self._reward = reward
        self.__name__ = reward.__name__

    def __call__(self, completions: Sequence[str], **columns: Any) -> Rewards:
        """Return the reward of each completion.

        Raises:
            TrainingError: the reward raised, or gave what is no number.
        """
        try:
            rewards = self._reward(completions=completions, **columns)
        except Exception as error:
            what = f"{type(error).__name__}: {first_line(error)}"
            raise TrainingError(f"{self.__name__} failed: {what}") from error
        ids = columns.get("id") or [str(row) for row in range(len(completions))]
        for name, value in zip(ids, rewards, strict=False):
            if value is not None and not math.isfinite(value):
                raise TrainingError(
                    f"{self.__name__} gave {value} for a completion of clause {name}; a reward "
                    "is a number, or None where there is nothing to score"
                )
        return rewards


@lru_cache(maxsize=4096)
def read_rule(text: str, notation: str) -> tuple[Rule | None, str]:
    """Return the rule of a completion, or `None` and why there is none."""
    try:
        return parse_rule(blank_draft(text), notation), ""
    except (RuleSyntaxError, RuleError) as error:
        return None, str(error)


def _compared(
    completions: Sequence[str],
    notation: Sequence[str],
    reference: Sequence[str | None],
    similarity: Callable[[Rule, Rule], float],
) -> Rewards:
    rewards: Rewards = []
    for text, how, expected in zip(completions, notation, reference, strict=True):
        wanted = read_rule(expected, "lrml")[0] if expected else None
        rule = read_rule(text, how)[0]
        if wanted is None:
            rewards.append(None)
        else:
            rewards.append(similarity(rule, wanted) if rule else 0.0)
    return rewards


def _tree_similarity(rule: Rule, wanted: Rule) -> float:
    try:
        return max(0.0, 1.0 - normalized_tree_edit_distance(rule, wanted))
    except RuleError:  # too large to be compared
        return 0.0


def _token_similarity(rule: Rule, wanted: Rule) -> float:
    return 1.0 - normalized_token_levenshtein(rule, wanted)


def _lrml_f1(rule: Rule, wanted: Rule) -> float:
    return f1(*lrml_precision_recall(rule, wanted)) / 100


def _node_precision(rule: Rule, wanted: Rule) -> float:
    try:
        counts = false_positives(rule, wanted)
    except RuleError:
        return 0.0
    return 1.0 - counts.positives / counts.predicted
