"""What the variables of a formula are bound to."""

from __future__ import annotations

from typing import NamedTuple

from p4ir.check.facts import Element
from p4ir.check.formulas import Filter


class Held(NamedTuple):
    """A thing that the facts name only as a property of an element: a load, a distance."""

    element: Element
    name: str


class Bindings(NamedTuple):
    """The elements of variables, and what is said of the variables of aggregates."""

    elements: dict[str, Element | Held]
    filters: tuple[Filter, ...] = ()

    def each(self) -> tuple[Element, ...]:
        """Return the elements that variables are bound to, each once."""
        elements = (one.element if isinstance(one, Held) else one for one in self.elements.values())
        return tuple({element.id: element for element in elements}.values())

    def with_element(self, variable: str, element: Element | Held) -> Bindings:
        """Return these bindings and one more."""
        return Bindings({**self.elements, variable: element}, self.filters)

    def without(self, variable: str) -> Bindings:
        """Return these bindings but one."""
        rest = {name: element for name, element in self.elements.items() if name != variable}
        return Bindings(rest, self.filters)

    def with_filters(self, filters: tuple[Filter, ...]) -> Bindings:
        """Return these bindings with more said of the variables of aggregates."""
        return Bindings(self.elements, (*filters, *self.filters))

    def filter_of(self, variable: str) -> Filter | None:
        """Return what is said of a variable that an aggregate ranges over."""
        return next((one for one in self.filters if one.variable == variable), None)
