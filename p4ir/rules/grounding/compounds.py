"""Measures in two units: `6 ft 2 in` and `1 h 30 min` are one, `20 ft. 6 inch pipes` may be two."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.support import Span
from p4ir.rules.numbers import UNSIGNED, value_of
from p4ir.rules.units import known_unit

_LESSER = {"ft": ("in", 12), "h": ("min", 60), "min": ("s", 60)}
"""Unit: the one that may follow it, and how many of that make one of it."""
_GAP = re.compile(r"\.?,?[ \u00a0-](?:and )?|(?<=['’′])\s*[-–]?\s*")
_MARK = re.compile(r"['’′]")
_PLURALS = ("inches", "minutes", "seconds", "mins", "secs")
_TWO_BEFORE = re.compile(r"\b(?:between|both|either) $", re.IGNORECASE)
_TWO_BEHIND = re.compile(r"[^.;:]{0,40}\brespectively\b", re.IGNORECASE)
_BEHIND = re.compile(
    r"(?:\.(?= [a-z]))?(?:[ -](?:wide|high|long|deep|thick|tall|nominal|diameter|dia))?"
    r"[ -]([A-Za-z]+)"
)
"""What stands behind a measure, its last word being what it may be the measure of."""
_IN_LABEL = re.compile(
    rf"(?<![\w.])({UNSIGNED}) ?(ft|foot|feet|h|hours?|min|minutes?),? (?:and )?"
    rf"({UNSIGNED}) ?(in|inch|inches|min|minutes?|s|seconds?)\b"
)
_GOES_ON = frozenset(
    "wide high long deep thick tall nominal diameter clear apart centre centres center centers o c "
    "above below beneath under over beyond from at in into on of off or and nor but to by up x "
    "between within with without where wherever when whenever if unless until for per as than each "
    "is are be was has have shall must may should can will that which measured minimum maximum min "
    "max less more along across around behind before after outside inside away down back".split()
)
"""Words that a measure right before them does not measure, as `6 inch pipes` does the pipes."""


def join_label(label: str) -> str:
    """Return the label of a rule with its measures in two units in the lesser of them.

    >>> join_label("6 ft 2 in * x0"), join_label("1 h 30 min")
    ('74 in * x0', '90 min')
    """
    return _IN_LABEL.sub(_sum, label)


def _sum(match: re.Match[str]) -> str:
    lesser, times = _LESSER[str(known_unit(match[2]))]
    try:
        total = times * value_of(match[1]) + value_of(match[3])
    except ZeroDivisionError:
        return match[0]
    return f"{total:.12g} {lesser}" if known_unit(match[4]) == lesser else match[0]


def join_measures(text: str, numbers: Sequence[Number]) -> tuple[list[Number], tuple[Span, ...]]:
    """Make one number of those that are one measure in two units.

    Args:
        text: the clause.
        numbers: those in it, in order.

    Returns:
        The numbers, and where two may be one measure or two: there each of the readings is
        among the numbers.
    """
    joined = list(numbers)
    unclear: list[Span] = []
    for number in (number for number in numbers if number.unit in _LESSER):
        unit, times = _LESSER[number.unit]
        rest = _rest_of(text, number, numbers)
        if rest is None:
            continue
        if _is_one(text, number, rest):
            joined = [one for one in joined if not number.start <= one.start < rest.end]
        else:
            unclear.append((number.start, rest.end))
        value = math.copysign(times * abs(number.value) + abs(rest.value), number.value)
        joined.append(Number(value, unit, number.start, rest.end))
    return sorted(joined, key=lambda number: number.start), tuple(unclear)


def _rest_of(text: str, number: Number, numbers: Sequence[Number]) -> Number | None:
    """Return what can belong to a number as its inches do to feet; `None` if nothing does."""
    unit, times = _LESSER[number.unit]
    rest = next((one for one in numbers if one.unit == unit and one.start >= number.end), None)
    if rest is None or not number.value.is_integer() or abs(rest.value) >= times:
        return None
    gap = text[number.end : rest.start]
    is_sentence_end = gap.startswith(".") and text.endswith(
        ("feet", "foot", "hours"), 0, number.end
    )
    if is_sentence_end or not _GAP.fullmatch(text, number.end, rest.start):
        return None
    is_pair = "and" in gap and _TWO_BEFORE.search(text, 0, number.start)
    return None if is_pair or _TWO_BEHIND.match(text, rest.end) else rest


def _is_one(text: str, number: Number, rest: Number) -> bool:
    """Whether a number and the rest of it are one measure without doubt."""
    if text[rest.start : rest.end].lower().endswith(_PLURALS) or _MARK.match(text, number.end - 1):
        return True
    behind = _BEHIND.match(text, rest.end)
    return behind is None or behind[1].lower() in _GOES_ON
