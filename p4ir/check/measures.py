"""Magnitudes that can be reckoned with and compared, whatever unit they are written in.

A `Measure` is a magnitude in base units with its dimensions, both from pint. What cannot
be reckoned (a length plus an area, a division by zero) is a `Wanting`, which says why.
Degrees Celsius and Fahrenheit are points of a scale, kelvins are how far these are apart: two
points have a difference and no sum, and no point is more or less than a difference.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from p4ir.check.arithmetic import Operator
from p4ir.check.findings import Code
from p4ir.rules.units import Quantity, pint_expression, pint_quantity

Dimensions = tuple[tuple[str, float], ...]
"""Base units, sorted, with their powers; none for a bare number."""

ANY: Dimensions = (("any", 1.0),)
"""The dimensions of the sum of nothing: zero, of whatever is asked for."""

RELATIVE, ABSOLUTE = 1e-9, 1e-15
"""Differences below which two magnitudes are the same: rounding, no more."""

COUNTING = frozenset({"person", "storey"})
"""Units of what is counted: twelve persons and the bare number twelve compare."""

_BEGINS = re.compile(r"[<>=≤≥]|[-+.,]?\d")


def is_meant_as_quantity(text: str) -> bool:
    """Say whether a text that is no quantity begins like one, or like a bound.

    >>> [is_meant_as_quantity(text) for text in ("0,84 m", ">= 900 mm", "steel")]
    [True, True, False]
    """
    return _BEGINS.match(text) is not None


def is_count(quantity: Quantity) -> bool:
    """Say whether a quantity tells how many of something there are: a whole number.

    >>> [is_count(Quantity(*pair)) for pair in ((14, ""), (60, "person"), (14.5, ""), (1, "mm"))]
    [True, True, False, False]
    """
    return quantity.unit in {"", *COUNTING} and float(quantity.magnitude).is_integer()


class Measure(NamedTuple):
    """A magnitude in base units."""

    magnitude: float
    dimensions: Dimensions
    unit: str = ""
    """A unit to show it in, as `p4ir.rules.units` spells it; empty for base units."""

    @property
    def is_point(self) -> bool:
        """Whether it is a point of a scale that begins somewhere: a temperature in degrees."""
        return _base_of(self.unit)[1] != 0

    @property
    def is_span(self) -> bool:
        """Whether it is a difference of temperatures that was reckoned, not read."""
        return not self.unit and self.dimensions == (("K", 1.0),)

    def __str__(self) -> str:
        return self.written()

    def written(self, digits: int = 6) -> str:
        """Write the measure in its own unit, rounded to some significant digits."""
        if self.dimensions == ANY:
            return f"{self.magnitude:.{digits}g}"
        scale, offset, dimensions = _base_of(self.unit)
        if dimensions != self.dimensions:
            powers = (
                f"{name}^{power:g}" if power != 1 else name for name, power in self.dimensions
            )
            return f"{self.magnitude:.{digits}g} {'·'.join(powers)}".rstrip()
        return f"{(self.magnitude - offset) / scale:.{digits}g} {self.unit}".rstrip()


class Wanting(NamedTuple):
    """Why there is no measure."""

    code: Code
    detail: str = ""


def measure_of(quantity: Quantity, *, is_difference: bool = False) -> Measure | Wanting:
    """Return a quantity in base units.

    Args:
        quantity: what to measure; its unit is one that `p4ir.rules.units` knows.
        is_difference: whether degrees are a difference of temperatures.
    """
    if not math.isfinite(quantity.magnitude):
        return Wanting("not-a-number", f"{quantity.magnitude}")
    scale, offset, dimensions = _base_of(quantity.unit)
    if is_difference and offset:
        return Measure(quantity.magnitude * scale, dimensions)
    return Measure(quantity.magnitude * scale + offset, dimensions, quantity.unit)


def compare_measures(a: Measure, b: Measure) -> int | Wanting:
    """Return −1, 0 or 1 as `a` is less than, equal to or greater than `b`.

    >>> one = measure_of(Quantity(0.9, "m")), measure_of(Quantity(850, "mm"))
    >>> compare_measures(*one)
    1
    """
    if not _are_alike(a, b):
        return Wanting("incomparable", f"{a} and {b}")
    if math.isclose(a.magnitude, b.magnitude, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return 0
    return -1 if a.magnitude < b.magnitude else 1


def combine(operator: Operator, a: Measure, b: Measure) -> Measure | Wanting:
    """Return what an operator makes of two measures."""
    try:
        result = _combined(operator, a, b)
    except ZeroDivisionError:
        return Wanting("division-by-zero", f"{a} {operator} {b}")
    except OverflowError:
        return Wanting("not-a-number", f"{a} {operator} {b}")
    if isinstance(result, Measure) and not math.isfinite(result.magnitude):
        return Wanting("not-a-number", f"{a} {operator} {b}")
    return result


def _combined(operator: Operator, a: Measure, b: Measure) -> Measure | Wanting:
    if operator in "+-":
        return _added(operator, a, b)
    if a.is_point or b.is_point:
        return Wanting("incomparable", f"{a} {operator} {b}")
    if operator == "*":
        unit = a.unit if not b.dimensions else b.unit if not a.dimensions else ""
        return Measure(a.magnitude * b.magnitude, _powers(a, b, 1), unit)
    if operator == "/":
        unit = a.unit if not b.dimensions else ""
        return Measure(a.magnitude / b.magnitude, _powers(a, b, -1), unit)
    if b.dimensions:
        return Wanting("incomparable", f"{a} ^ {b}")
    magnitude = a.magnitude**b.magnitude
    if isinstance(magnitude, complex):
        return Wanting("not-a-number", f"{a} ^ {b}")
    powers = ((name, round(power * b.magnitude, 9)) for name, power in a.dimensions)
    return Measure(magnitude, tuple(pair for pair in powers if pair[1]))


def _added(operator: Operator, a: Measure, b: Measure) -> Measure | Wanting:
    """Return the sum or the difference of two measures.

    Two points have only a difference; from a difference no point can be taken.
    """
    is_no_sum = b.is_point and (a.is_point if operator == "+" else not a.is_point)
    if is_no_sum or not _have_like_dimensions(a, b):
        return Wanting("incomparable", f"{a} {operator} {b}")
    is_from_b = a.dimensions == ANY or (b.dimensions and not a.dimensions) or b.is_point
    like = b if is_from_b else a
    if operator == "+":
        return Measure(a.magnitude + b.magnitude, like.dimensions, like.unit)
    unit = "" if a.is_point and b.is_point else like.unit
    return Measure(a.magnitude - b.magnitude, like.dimensions, unit)


def _powers(a: Measure, b: Measure, sign: int) -> Dimensions:
    if not b.dimensions:
        return a.dimensions
    powers = dict(a.dimensions)
    for name, power in b.dimensions:
        powers[name] = round(powers.get(name, 0.0) + sign * power, 9)
    return tuple(sorted(pair for pair in powers.items() if pair[1]))


def _are_alike(a: Measure, b: Measure) -> bool:
    """Say whether two measures can be compared."""
    return a.is_point == b.is_point and _have_like_dimensions(a, b)


def _have_like_dimensions(a: Measure, b: Measure) -> bool:
    """Say whether two measures are of one sort, whatever it is that one of them counts."""
    if a.dimensions == b.dimensions or ANY in (a.dimensions, b.dimensions):
        return True
    return a.dimensions == _uncounted(b.dimensions) or _uncounted(a.dimensions) == b.dimensions


def _uncounted(dimensions: Dimensions) -> Dimensions:
    """Return dimensions without what is counted: `m2` of `m2·person`, but not of `m2/person`."""
    if {name for name, _ in dimensions} <= COUNTING:
        return ()
    return tuple(pair for pair in dimensions if pair[0] not in COUNTING or pair[1] < 0)


@lru_cache(maxsize=4096)
def _base_of(unit: str) -> tuple[float, float, Dimensions]:
    """Return the scale and offset that take magnitudes in a unit to base units, and those."""
    quantity = pint_quantity()
    expression = pint_expression(unit) if unit else "dimensionless"
    try:
        zero, one = (quantity(x, expression).to_base_units() for x in (0.0, 1.0))
    except ValueError:
        # pint has no units with a number in them (`1/(2*storey)`): comparable to itself only.
        return 1.0, 0.0, ((unit, 1.0),)
    powers = ((str(name), float(power)) for name, power in one.unit_items())
    dimensions = tuple(sorted((_SYMBOLS.get(name, name), power) for name, power in powers))
    return one.magnitude - zero.magnitude, zero.magnitude, dimensions


_SYMBOLS = {"meter": "m", "kilogram": "kg", "second": "s", "kelvin": "K", "ampere": "A"}
