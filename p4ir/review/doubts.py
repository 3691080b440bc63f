"""What there is to doubt about a rule under review, and which rule comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from p4ir.review.records import ReviewedRule
from p4ir.rules.doubts import UNSURE, Doubt, word_doubts
from p4ir.rules.grounding import ground
from p4ir.rules.lint import lint
from p4ir.rules.mismatches import mismatches

LOW = 0.6
"""Confidence of a whole rule below which it is said."""


def doubts_of(reviewed: ReviewedRule) -> list[Doubt]:
    """Return what is doubtful about a rule, the loud first.

    What the model said of its own certainty counts only while the rule is as it wrote it.
    """
    if reviewed.rule is None:
        return [Doubt("loud", reviewed.problem or "no rule was made out")]
    grounding = ground(reviewed.rule, reviewed.clause, reviewed.document or None)
    return word_doubts(
        mismatches(reviewed.rule, reviewed.clause, grounding),
        lint(reviewed.rule),
        grounding.ungrounded,
        () if reviewed.is_edited else _said_by_model(reviewed),
    )


def count_doubts(doubts: Sequence[Doubt]) -> str:
    """Return how many doubts are of which mark, such as `2 ! 1 ?`; empty if there are none."""
    counts = Counter(doubt.mark for doubt in doubts)
    return " ".join(f"{count} {mark}" for mark, count in counts.items())


def next_to_review(rules: Sequence[ReviewedRule], id: str) -> str:
    """Return the id of the draft after a rule, or of the first; the rule's own if none is left."""
    ids = [rule.id for rule in rules]
    start = ids.index(id) + 1 if id in ids else 0
    ordered = [*rules[start:], *rules[:start]]
    return next((rule.id for rule in ordered if rule.status == "draft" and rule.id != id), id)


def _said_by_model(reviewed: ReviewedRule) -> list[str]:
    said = [reviewed.problem] if reviewed.problem else []
    if reviewed.confidence is not None and reviewed.confidence < LOW:
        said.append(f"the model is not sure: confidence {reviewed.confidence:.2f}")
    labels = reviewed.rule.labels if reviewed.rule else ()
    if len(labels) == len(reviewed.node_confidence):
        pairs = zip(labels, reviewed.node_confidence, strict=True)
        unsure = [label for label, confidence in pairs if confidence < UNSURE]
        if unsure:
            said.append(f"the model is not sure of {', '.join(dict.fromkeys(unsure))}")
    return said
