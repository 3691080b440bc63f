"""How many parts of a kind an element has, as its properties state.

A property may give the number (`numberOfRisers: 14`), list the parts (`side: [left, right]`) or
say no more than that there is one or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from p4ir.check.facts import Element, Property, is_list, values_of
from p4ir.check.kinds import there_is
from p4ir.check.measures import is_count
from p4ir.check.population import Population
from p4ir.check.truth import FALSE, TRUE
from p4ir.rules.units import Quantity


class Count(NamedTuple):
    """How many parts there are, and what says so."""

    least: float
    most: float
    name: str
    """Key of a property, or `has` and the kind of the elements that are listed."""
    held: Property
    """What it holds: the value, or the ids of the elements."""

    @property
    def is_exact(self) -> bool:
        """Whether it says how many there are."""
        return self.least == self.most

    def __str__(self) -> str:
        return f"{self.name}: {self.least:g}{'' if self.is_exact else ' or more'}"


def stated_counts(population: Population, element: Element, kind: str) -> Iterator[Count]:
    """Yield what each property of an element that speaks of its parts of a kind says."""
    for called in (kind, f"number of {kind}", f"{kind} count"):
        for name in sorted(population.kinds.spellings(called)):
            held = population.properties[element.id].get(name)
            if held is not None:
                least, most = _bounds(held, is_open=population.is_open(element, name))
                yield Count(least, most, name, held)


def _bounds(held: Property, *, is_open: bool) -> tuple[float, float]:
    """Return how many things there are at least and at most by what a property of them holds."""
    if isinstance(held, Quantity) and is_count(held):
        return held.magnitude, held.magnitude
    truths = [there_is(value) for value in values_of(held)]
    least, most = truths.count(TRUE), len(truths) - truths.count(FALSE)
    if is_list(held) and not is_open:
        return least, most
    # Several words of an open list may be about one thing, and a single one about several.
    return min(least, 1), inf if most or is_open else 0
