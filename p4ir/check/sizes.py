"""Sizes in several directions: `50 x 100 mm` is `50 mm x 100 mm`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from p4ir.check.measures import Measure, compare_measures, measure_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.units import Quantity, known_unit

_BY = re.compile(r"\s*x\s*(?=\d)")
_EXTENT = re.compile(r"(\d+(?:\.\d+)?) ?(\D*)")


def says_size(value: str, asked: str) -> Truth | None:
    """Say whether a value says a size; `None` if it is no size that is asked.

    A unit that stands once is that of all numbers. Without a unit, in another order, with more
    or fewer numbers or in a text that is no size it is unknown whether the same is meant.

    >>> [says_size(value, "50 mm x 100 mm").name for value in ("50 x 100 mm", "5 cm x 0.1 m")]
    ['TRUE', 'TRUE']
    >>> [says_size(value, "50 mm x 100 mm").name for value in ("45 x 90 mm", "50 x 100", "4 in")]
    ['FALSE', 'UNKNOWN', 'UNKNOWN']
    """
    wanted = _extents(asked)
    if wanted is None:
        return None
    found = _extents(value)
    if found is None:
        return UNKNOWN if any(map(str.isdigit, value)) else FALSE
    if len(found) != len(wanted):
        return UNKNOWN
    if _are_same(found, wanted):
        return TRUE
    are_turned = _are_same(sorted(found), sorted(wanted))
    is_unit_left_out = any(not one.dimensions for one in (*found, *wanted))
    return UNKNOWN if are_turned or is_unit_left_out else FALSE


def is_size(text: str) -> bool:
    """Say whether a text is a size.

    >>> [is_size(text) for text in ("50 x 100 mm", "50 mm", "5 x glass")]
    [True, False, False]
    """
    return _extents(text) is not None


@lru_cache(maxsize=1 << 12)
def _extents(text: str) -> tuple[Measure, ...] | None:
    """Return how far a size goes in each direction; `None` of a text that is no size."""
    matches = [_EXTENT.fullmatch(part.strip()) for part in _BY.split(text)]
    found = [(float(match[1]), match[2].strip()) for match in matches if match]
    units = {unit: known_unit(unit) for _, unit in found if unit}
    if len(found) < max(2, len(matches)) or None in units.values():
        return None
    common = next(iter(units.values())) if len(units) == 1 else ""
    measures = (measure_of(Quantity(size, units.get(unit) or common or "")) for size, unit in found)
    return tuple(one for one in measures if isinstance(one, Measure))


def _are_same(found: Sequence[Measure], wanted: Sequence[Measure]) -> bool:
    return all(compare_measures(*pair) == 0 for pair in zip(found, wanted, strict=True))
