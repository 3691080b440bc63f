"""How a label writes a number: `350`, `-2.5`, `1/8`, `7 3/4`, `7¾`."""

from __future__ import annotations

import unicodedata

FRACTIONS = "½¼¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
"""Signs that are a fraction by themselves."""
UNSIGNED = rf"(?:\d+ \d+/\d+|(?:\d+ ?)?[{FRACTIONS}]|\d+(?:\.\d+)?(?:/\d+)?)"
"""Pattern of a number without its sign."""
NUMBER = f"-?{UNSIGNED}"
"""Pattern of a number."""


def value_of(number: str) -> float:
    """Return the value of a number that is written as `NUMBER` says.

    Raises:
        ZeroDivisionError: it is a fraction of zero parts.

    >>> value_of("-7 3/4"), value_of("7¾"), value_of("1/8")
    (-7.75, 7.75, 0.125)
    """
    digits = number.removeprefix("-")
    sign = -1 if digits != number else 1
    if digits[-1] in FRACTIONS:
        return sign * (float(digits[:-1] or 0) + unicodedata.numeric(digits[-1]))
    whole, _, part = digits.rpartition(" ")
    over, _, under = part.partition("/")
    return sign * (float(whole or 0) + float(over) / float(under or 1))
