"""The functors of the notation, with the number of arguments that each takes.

After the functors and arities counted in the NZBC-LRML data (docs/notation.md). The
vocabulary is open: an unknown functor is a lint warning, never an error.
"""

from __future__ import annotations

DEONTICS = frozenset({"obligation", "permission", "prohibition"})
LOGIC = frozenset({"and", "or", "not"})
COMPARISONS = frozenset({"equal", "greaterThan", "greaterThanEqual", "lessThan", "lessThanEqual"})
AGGREGATES = frozenset({"count", "sum", "min", "max"})
REFERENCES = frozenset({"asPer", "complyWith"})

MANY = 10_000

_BINARY = (
    "is has define asPer complyWith for include equal greaterThan greaterThanEqual "
    "lessThan lessThanEqual towards inBetween within applyTo above below into by "
    "requires partOf adjacent through on cause against similarTo awayFrom outside "
    "before after exclude prevent around accept approve exposedTo screenedFrom "
    "disconnect behind in onto over avoid"
).split()

ARITIES: dict[str, tuple[int, int]] = {
    "if": (1, 1),
    "then": (1, 1),
    "and": (2, MANY),
    "or": (2, MANY),
    "not": (1, 1),
    "obligation": (1, 1),
    "permission": (1, 1),
    "prohibition": (1, 1),
    "loop": (2, 2),
    "forEach": (1, 1),
    "exist": (1, 1),
    "count": (1, 1),
    "max": (1, 1),
    "min": (1, 1),
    "sum": (1, 1),
    "topOf": (1, 1),
    "compare": (1, 1),
    "intersect": (1, 1),
    "connect": (1, 2),
    "adjoin": (1, 2),
    "test": (1, 2),
    **dict.fromkeys(_BINARY, (2, 2)),
}
"""Functor: fewest and most arguments."""
