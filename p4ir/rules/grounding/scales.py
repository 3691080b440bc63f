"""Words that multiply the number before them: `2.5 million`, `3 hundred thousand`."""

from __future__ import annotations

import math
import re

from p4ir.rules.numbers import UNSIGNED, value_of

_VALUES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
SCALE = rf"(?i:(?:(?:[ \u00a0]+|-)(?:{'|'.join(_VALUES)})\b){{1,4}})"
"""Pattern of the words behind a number that multiply it, the space before them included."""
_SCALE = re.compile(SCALE)
_AT_END = re.compile(rf"{SCALE}\Z")
_MULTIPLIED = re.compile(rf"(?<![\w.])(?P<number>{UNSIGNED})(?P<scale>{SCALE})")
_WORD = re.compile(r"[a-z]+")


def scale_of(words: str | None) -> int:
    """Return what words multiply by: 1 if there are none, 100,000 for ` hundred thousand`."""
    return math.prod(_VALUES[word] for word in _WORD.findall((words or "").lower()))


def read_scale(text: str, start: int) -> tuple[int, int]:
    """Return what the words at an offset multiply by, and where they end; 1 if there are none."""
    match = _SCALE.match(text, start)
    return (scale_of(match[0]), match.end()) if match else (1, start)


def scale_at_end(number: str) -> int:
    """Return what the last words of a number in words multiply by: 100 for `two hundred`."""
    match = _AT_END.search(number)
    return scale_of(match[0]) if match else 1


def multiply_out(label: str) -> str:
    """Return the label of a rule with its numbers multiplied by the words behind them.

    >>> multiply_out("2.5 million dollars"), multiply_out("-3 hundred"), multiply_out("1 in 2")
    ('2500000 dollars', '-300', '1 in 2')
    """
    return _MULTIPLIED.sub(_product, label)


def _product(match: re.Match[str]) -> str:
    try:
        number = value_of(match["number"])
    except ZeroDivisionError:
        return match[0]
    digits = f"{number * scale_of(match['scale']):.6f}"
    return digits.rstrip("0").removesuffix(".")
