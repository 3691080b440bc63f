"""What there is to doubt about a rule under review, in lines for the one who reviews it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from p4ir.review.linked_html import DOUBT
from p4ir.review.records import ReviewedRule
from p4ir.rules.grounding import ground
from p4ir.rules.lint import lint
from p4ir.rules.mismatches import mismatches

LOW = 0.6
"""Confidence of a whole rule below which it is said."""

Severity = Literal["loud", "quiet"]
_MARKS: dict[Severity, str] = {"loud": "!", "quiet": "?"}


class Doubt(NamedTuple):
    """One reason to look twice."""

    severity: Severity
    """`loud` where the rule is probably wrong, `quiet` where it may be."""
    text: str

    @property
    def mark(self) -> str:
        """`!` if it is loud, `?` if it is quiet."""
        return _MARKS[self.severity]


def doubts_of(reviewed: ReviewedRule) -> list[Doubt]:
    """Return what is doubtful about a rule, the loud first.

    What the model said of its own certainty counts only while the rule is as it wrote it.
    """
    if reviewed.rule is None:
        return [Doubt("loud", reviewed.problem or "no rule was made out")]
    grounding = ground(reviewed.rule, reviewed.clause, reviewed.document or None)
    loud = mismatches(reviewed.rule, reviewed.clause, grounding)
    others = [node.label for node in grounding.ungrounded if not node.is_invented]
    quiet = [warning.message for warning in lint(reviewed.rule)]
    if others:
        quiet.append(f"no words of the clause support {', '.join(dict.fromkeys(others))}")
    if not reviewed.is_edited:
        quiet += _said_by_model(reviewed)
    return [
        *(Doubt("loud", text) for text in loud),
        *(Doubt("quiet", text) for text in dict.fromkeys(quiet)),
    ]


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
        unsure = [label for label, confidence in pairs if confidence < DOUBT]
        if unsure:
            said.append(f"the model is not sure of {', '.join(dict.fromkeys(unsure))}")
    return said
