"""Expressions and aggregates reckoned out, once the values of their terms are known."""

from __future__ import annotations

from p4ir.check.arithmetic import Expression, Name, Number
from p4ir.check.measures import ANY, Measure, Wanting, combine, compare_measures, measure_of


def reckon(expression: Expression, values: dict[str, Measure]) -> Measure | Wanting:
    """Return what an expression comes to, given what its names stand for."""
    if isinstance(expression, Number):
        return measure_of(expression.quantity)
    if isinstance(expression, Name):
        return values[expression.name]
    left = reckon(expression.left, values)
    if expression.operator in "+-" and isinstance(expression.right, Number):
        # `10 degC` more or less is no point of the scale.
        right = measure_of(expression.right.quantity, is_difference=True)
    else:
        right = reckon(expression.right, values)
    if isinstance(left, Wanting) or isinstance(right, Wanting):
        return left if isinstance(left, Wanting) else right
    return combine(expression.operator, left, right)


def total(operation: str, measures: list[Measure]) -> Measure | Wanting:
    """Return the sum (of counts, too), or the least or greatest, of some measures."""
    if operation in ("sum", "count"):
        result: Measure | Wanting = Measure(0.0, ANY)
        for measure in measures:
            if isinstance(result, Measure):
                result = combine("+", result, measure)
        return result
    if not measures:
        return Wanting("none-listed")
    best = measures[0]
    for measure in measures[1:]:
        order = compare_measures(measure, best)
        if isinstance(order, Wanting):
            return order
        if (order < 0) == (operation == "min") and order:
            best = measure
    return best
