"""Tolerances: `900 mm ± 5 mm` allows what is between 895 and 905 mm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.support import Span
from p4ir.rules.units import Quantity, convert, convertible

_SIGN = re.compile(r"\s*\(?(?:±|\+ ?/ ?[-−–]|plus(?: or |/)minus\b)\s*", re.IGNORECASE)


class Tolerance(NamedTuple):
    """By how much a number may differ from what is stated."""

    by: Number
    """The number behind the sign."""
    limits: tuple[Number, Number]
    """The least and the most; both stand where the stated number and its tolerance do."""

    @property
    def span(self) -> Span:
        """Where the stated number and its tolerance stand."""
        return self.limits[0].start, self.limits[0].end


def tolerances_in(text: str, numbers: Iterable[Number]) -> list[Tolerance]:
    """Return the tolerances that a text states.

    Args:
        text: the clause.
        numbers: those in it, in order.
    """
    # Of `± 10 min` both 10 and 10 min are read: the one with its unit counts.
    read = {each.start: each for each in sorted(numbers, key=lambda each: bool(each.unit))}
    return [
        Tolerance(by, (_limit(number, by, -much), _limit(number, by, much)))
        for number, by in pairwise(sorted(read.values(), key=lambda each: each.start))
        if _SIGN.fullmatch(text, number.end, by.start)
        and (much := _difference(number, by)) is not None
    ]


def half_taken(tolerances: Iterable[Tolerance], taken: Sequence[Span]) -> list[Span]:
    """Return where a tolerance stands of which a rule has the one limit without the other.

    Args:
        tolerances: those of a clause.
        taken: what supports the labels of the rule, of each label once.
    """
    return [
        (each.by.start, each.by.end)
        for each in tolerances
        if taken.count(each.span) == 1 and (each.by.start, each.by.end) not in taken
    ]


def _limit(number: Number, by: Number, difference: float) -> Number:
    return Number(number.value + difference, number.unit, number.start, by.end)


def _difference(number: Number, by: Number) -> float | None:
    """Return a tolerance in the unit of the number; `None` where it measures something else."""
    if by.unit in ("", number.unit):
        return by.value
    if by.unit == "percent":
        return number.value * by.value / 100
    if not convertible(by.unit, number.unit):
        return None
    # As a difference: 2 K are 2 °C.
    much, none = (convert(Quantity(each, by.unit), number.unit) for each in (by.value, 0.0))
    return much.magnitude - none.magnitude
