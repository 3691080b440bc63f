"""Three-valued logic, and what a truth value rests on.

A statement about a building is true, false, or unknown (Kleene's strong logic). Unknown
comes in two shades: *unknown* proper, which more facts could settle, and *review*, which
only a person can, because the statement refers to another document. Where both meet,
unknown wins, since it asks for something that can be supplied.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from p4ir.check.findings import Code, Comparison, Fact, Missing


class Truth(IntEnum):
    """What is known of a statement. A conjunction is as true as its least part."""

    FALSE = 0
    UNKNOWN = 1
    REVIEW = 2
    TRUE = 3


FALSE, UNKNOWN, REVIEW, TRUE = Truth

_AS_DISJUNCT = {TRUE: 0, UNKNOWN: 1, REVIEW: 2, FALSE: 3}
_NEGATION = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN, REVIEW: REVIEW}

Item = Fact | Comparison | Missing
MAX_ITEMS = 40
"""Items that a reason holds at most: a person reads no more, and a sum may read thousands."""


class Outcome(NamedTuple):
    """A truth value with what was read, compared and missed on the way to it."""

    truth: Truth
    items: tuple[Item, ...] = ()


def unknown(code: Code, name: str, element: str = "", detail: str = "") -> Outcome:
    """Return an unknown outcome with the reason why."""
    return Outcome(UNKNOWN, (Missing(code, element, name, detail),))


def no_case(cases: int, *why: Item) -> Outcome:
    """Return the outcome of a demand with cases where none of them holds: for a person."""
    return Outcome(REVIEW, (Missing("no-case", "", f"{cases} cases"), *why))


def negation(outcome: Outcome) -> Outcome:
    """Return the outcome of the opposite statement."""
    return Outcome(_NEGATION[outcome.truth], outcome.items)


def conjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of all statements together; true if there are none.

    What it rests on is what the deciding statements rest on.
    """
    kept = list(outcomes)
    least = min((outcome.truth for outcome in kept), default=TRUE)
    return Outcome(least, _items(outcome for outcome in kept if outcome.truth is least))


def disjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of at least one of the statements; false if there are none."""
    kept: list[Outcome] = []
    best = FALSE
    for outcome in outcomes:
        kept.append(outcome)
        if _AS_DISJUNCT[outcome.truth] < _AS_DISJUNCT[best]:
            best = outcome.truth
            if best is TRUE:
                break
    return Outcome(best, _items(outcome for outcome in kept if outcome.truth is best))


def _items(outcomes: Iterable[Outcome]) -> tuple[Item, ...]:
    groups = [outcome.items for outcome in outcomes if outcome.items]
    if len(groups) <= 1:
        return groups[0] if groups else ()
    return tuple(dict.fromkeys(item for group in groups for item in group))[:MAX_ITEMS]
