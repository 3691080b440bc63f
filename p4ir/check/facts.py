"""The facts of a building: elements with kinds, properties and relations.

Facts are open-world. What they do not say is unknown, not false: a list (the values of a
property, the elements that a relation leads to, all elements of a kind) tells what there
is and nothing of what there is not, unless it is declared complete. A property with a
single value, on the other hand, says that it has this value and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeGuard

from p4ir.errors import FactsError, RuleError
from p4ir.rules.units import Quantity, known_unit, parse_quantity

Value = Quantity | str | bool
"""What a property can be: a quantity (a number is one without a unit), a word, yes or no."""

Property = Value | tuple[Value, ...]
"""What an element's property holds: one value, or a list of them."""

_SLOPE = re.compile(r"1 ?(?::|in) ?(\d+(?:\.\d+)?)")
_CODE = re.compile(r"0\d")
_BESIDE = re.compile(r"(\d{2,4})/(\d{2,4})(?: ?(\D.*))?")
"""Numbers that may stand beside each other: minutes of fire resistance, a width and a depth."""

_SHOWN = 10
"""Number of problems named in a message; the error holds them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """Something in a building, or of it: a door, a room, a storey, the building itself."""

    id: str
    """Name of the element within its building."""
    types: tuple[str, ...]
    """What it is, in one or more words of the rules' kind, such as `fireDoor`."""
    name: str = ""
    """What people call it, such as `D1.04`."""
    global_id: str = ""
    """Its GlobalId in IFC, empty if there is none."""
    properties: Mapping[str, Property] = field(default_factory=dict)
    """Property: its value, or an open list of values."""
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Relation: the ids of the elements that it leads to, an open list."""
    complete: frozenset[str] = frozenset()
    """Lists of this element that hold all there is: a property, a relation, or a relation
    with a kind, such as `has door`."""
    partial: frozenset[str] = frozenset()
    """Properties whose lists have more members than are stated, such as an unknown one."""


@dataclass(frozen=True, kw_only=True)
class Building:
    """The elements of a building, and which of the lists of facts are complete.

    Raises:
        FactsError: two elements have one id, or a relation leads to none of them.
    """

    elements: tuple[Element, ...]
    name: str = ""
    source: str = ""
    """Where the facts come from, such as the name of a file."""
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A kind of element or of value: the more general kinds that it is one of."""
    complete: frozenset[str] = frozenset()
    """Kinds of which every element is listed, and what is complete in every element."""

    def __post_init__(self) -> None:
        problems = list(_problems(self.elements))
        if problems:
            raise refusal(self.source, problems)

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        """The elements by their ids."""
        return {element.id: element for element in self.elements}


def refusal(source: str, problems: Sequence[str]) -> FactsError:
    """Return the error that says what is wrong with the facts from a source."""
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    where = f"{source}: " if source else ""
    return FactsError(where + "; ".join(problems[:_SHOWN]) + more, tuple(problems))


def is_list(held: Property) -> TypeGuard[tuple[Value, ...]]:
    """Say whether a property holds a list; a quantity, though a tuple, is one value."""
    return isinstance(held, tuple) and not isinstance(held, Quantity)


def values_of(held: Property) -> tuple[Value, ...]:
    """Return the values that a property holds, one or a list."""
    return held if is_list(held) else (held,)  # type: ignore[return-value]


def quantity_in(text: str) -> Quantity | None:
    """Return the quantity or number that a text is; none of a code such as `007` or `30/30`.

    >>> quantity_in("860 mm"), quantity_in("14"), quantity_in("007"), quantity_in("D1")
    (Quantity(magnitude=860.0, unit='mm'), Quantity(magnitude=14.0, unit=''), None, None)
    >>> quantity_in("1:20"), quantity_in("1 in 20")
    (Quantity(magnitude=0.05, unit=''), Quantity(magnitude=0.05, unit=''))
    """
    slope = _SLOPE.fullmatch(text.strip())
    if slope and float(slope[1]):
        return Quantity(1 / float(slope[1]), "")
    if _CODE.match(text.strip()) or _beside(text):
        return None
    try:
        return parse_quantity(text)
    except RuleError:
        return None


def is_rating(text: str) -> bool:
    """Say whether a text is two numbers beside each other, no fraction and no slope.

    >>> [is_rating(text) for text in ("30/30", "1/12", "2/1")]
    [True, False, False]
    """
    return rating_in(text) == text


def rating_in(text: str) -> str | None:
    """Return the rating that a text is, without its unit, if it is one.

    >>> rating_in("60/30 min"), rating_in("60/30"), rating_in("100/50 mm"), rating_in("1/2 min")
    ('60/30', '60/30', None, None)
    """
    match = _beside(text)
    if match is None or known_unit(match[3] or "min") != "min":
        return None
    return f"{match[1]}/{match[2]}"


def _beside(text: str) -> re.Match[str] | None:
    """Match a text of two numbers beside each other: the first is no part of the second."""
    match = _BESIDE.fullmatch(text.strip())
    return match if match and int(match[1]) >= int(match[2]) else None


def _problems(elements: Iterable[Element]) -> Iterable[str]:
    elements = tuple(elements)
    ids: set[str] = set()
    for element in elements:
        if element.id in ids:
            yield f"two elements have the id {element.id[:40]!r}; give each its own"
        ids.add(element.id)
    for element in elements:
        for relation, targets in element.relations.items():
            for target in targets:
                if target not in ids:
                    yield (
                        f"element {element.id[:40]!r}: {relation!r} leads to {target[:40]!r}, "
                        "which is no element; list it, or write a property"
                    )
