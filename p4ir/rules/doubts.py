"""What there is to doubt about a rule, in lines for the one who looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from p4ir.rules.grounding import GroundedNode
from p4ir.rules.lint import Warning

UNSURE = 0.5
"""Confidence of a node below which it is marked."""

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


def word_doubts(
    mismatches: Iterable[str],
    warnings: Iterable[Warning],
    ungrounded: Iterable[GroundedNode],
    said: Iterable[str] = (),
) -> list[Doubt]:
    """Return in words what is doubtful about a rule, the loud first, each once.

    Args:
        mismatches: What rule and clause say otherwise (`p4ir.rules.mismatches`).
        warnings: What `p4ir.rules.lint` finds.
        ungrounded: The nodes that no words of the clause support.
        said: What the model's completion gives to doubt.
    """
    quiet = [warning.message for warning in warnings]
    labels = dict.fromkeys(node.label for node in ungrounded if not node.is_invented)
    if labels:
        quiet.append(f"no words of the clause support {', '.join(labels)}")
    return [
        *(Doubt("loud", text) for text in mismatches),
        *(Doubt("quiet", text) for text in dict.fromkeys([*quiet, *said])),
    ]
