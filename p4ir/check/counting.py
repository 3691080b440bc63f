"""How many parts of a kind an element has: as properties state, and as they are listed.

Facts that say it in several ways must agree; where more are listed than stated, nobody knows
which is so.
"""

from __future__ import annotations

from typing import NamedTuple

from p4ir.check.facts import Element, Property, is_list, values_of
from p4ir.check.findings import Missing
from p4ir.check.index import Index, count_names, there_is
from p4ir.check.measures import is_count
from p4ir.check.truth import FALSE, TRUE, UNKNOWN
from p4ir.rules.units import Quantity


class Count(NamedTuple):
    """How many parts there are, and what says so."""

    number: float
    name: str
    """Key of a property, or `has` and the kind of the elements that are listed."""
    held: Property
    """What it holds: the value, or the ids of the elements."""


def count_parts(index: Index, element: Element, kind: str) -> Count | Missing:
    """Count the parts of an element, or say why it is not known how many there are."""
    name, listed = f"has {kind}", index.related("has", element, kind)
    stated = _stated(index, element, kind)
    if isinstance(stated, Missing):
        return stated
    numbers = {count.number for count in stated}
    are_more_listed = min(numbers, default=len(listed.sure)) < len(listed.sure)
    if are_more_listed or len(numbers) > 1 or index.contradicts(element, kind):
        said = [f"{count.name}: {count.number:g}" for count in stated]
        said += [f"{len(listed.sure)} listed"] * bool(listed.sure)
        return Missing("contradiction", element.id, name, ", ".join(said))
    if stated:
        return stated[0]
    if listed.maybe or not index.lists_all("has", element, kind):
        return Missing("list-open", element.id, name, f"{len(listed.sure)} listed")
    return Count(float(len(listed.sure)), name, tuple(part.id for part in listed.sure))


def _stated(index: Index, element: Element, kind: str) -> list[Count] | Missing:
    """Return what properties say; of a list that holds all there is, the members that are there."""
    counts = list[Count]()
    for name in (each for one in count_names(kind) for each in sorted(index.kinds.spellings(one))):
        held = index.properties[element.id].get(name)
        if held is None:
            continue
        if isinstance(held, Quantity):
            counts += [Count(held.magnitude, name, held)] * is_count(held)
        elif not is_list(held):
            counts += [Count(0, name, held)] * (FALSE in map(there_is, values_of(held)))
        elif index.is_complete(element, name):
            truths = list(map(there_is, held))
            if UNKNOWN in truths:
                return Missing("ambiguous", element.id, name, f"{len(held)} values")
            counts.append(Count(truths.count(TRUE), name, held))
    return counts
