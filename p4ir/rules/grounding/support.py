"""What supports a part of a rule: the grade of the support and the words that give it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

Span = tuple[int, int]
Grade = Literal["supported", "document", "convention", "ungrounded"]
GRADES: tuple[Grade, ...] = get_args(Grade)


class Support(NamedTuple):
    """The support of a node, or of a part of its label."""

    grade: Grade
    spans: tuple[Span, ...] = ()
    """Where the supporting words stand in the clause (start, end), in order."""
    note: str = ""
    """What is missing or different, in a few words; empty if nothing is."""


def ungrounded(note: str, spans: Iterable[Span] = ()) -> Support:
    """Return a support that is none, saying why."""
    return Support("ungrounded", merge_spans(spans), note)


def combine(supports: Iterable[Support]) -> Support:
    """Return the support of a whole from those of its parts.

    One ungrounded part makes the whole ungrounded; otherwise a document that helped is
    mentioned, and words of the clause count for more than a convention.
    """
    supports = list(supports)
    grades = {support.grade for support in supports}
    grade: Grade = next(
        (grade for grade in ("ungrounded", "document", "supported") if grade in grades),
        "convention",
    )
    spans = merge_spans(span for support in supports for span in support.spans)
    notes = dict.fromkeys(support.note for support in supports if support.note)
    return Support(grade, spans, "; ".join(notes))


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that touch, overlap or have a single character between them."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)
