"""Consistency of clause, draft and rule, without a model: do they state the same facts?

In the style of CORA (arXiv 2606.14691), whose judge is a trained classifier. Here it is
counted: what the rule names must stand in the text, and every amount in the text must be in
the rule; likewise, amounts alone, between clause and draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from p4ir.corpus.prompts import make_prompt
from p4ir.rules import Rule
from p4ir.rules.grounding import ground
from p4ir.rules.grounding.prose import Prose


def consistency(clause: str, draft: str, rule: Rule) -> float:
    """Return how far clause, draft and rule agree, in [0, 1]; an empty draft counts nothing."""
    clause = make_prompt(clause, "drop").strip()
    agreed = [_rule_and_text(rule, clause)]
    if draft:
        agreed += [_rule_and_text(rule, draft), _amounts(clause, draft)]
    return sum(agreed) / len(agreed)


def _rule_and_text(rule: Rule, text: str) -> float:
    """Return the mean of two shares: the rule's leaves in the text, its amounts in the rule."""
    grounding = ground(rule, text)
    amounts = Prose(text).numbers
    if not amounts:
        return grounding.share
    used = [span for node in grounding.nodes for span in node.spans]
    found = [
        any(start < number.end and number.start < end for start, end in used) for number in amounts
    ]
    return (grounding.share + sum(found) / len(found)) / 2


def _amounts(clause: str, draft: str) -> float:
    ours, theirs = (
        Counter((number.value, number.unit) for number in Prose(text).numbers)
        for text in (clause, draft)
    )
    if not ours and not theirs:
        return 1.0
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total())


def inconsistent_share(scores: Sequence[float]) -> float:
    """Return the share of completions in which not everything agrees, in [0, 1]."""
    return sum(score < 1 for score in scores) / len(scores) if scores else 0.0
