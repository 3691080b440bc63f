"""The values of terms: what a property, a count or an expression comes to in a building."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from p4ir.check.binding import Bindings, Held
from p4ir.check.facts import Element, Property, is_list, values_of
from p4ir.check.findings import Code, Fact, Missing
from p4ir.check.formulas import (
    Aggregate,
    Arithmetic,
    Constant,
    Defined,
    Entity,
    Given,
    Odd,
    Path,
    Term,
    Word,
)
from p4ir.check.index import Index
from p4ir.check.measures import Measure, Wanting, measure_of
from p4ir.check.namesakes import is_member
from p4ir.check.reckoning import reckon, total
from p4ir.check.truth import FALSE, MAX_ITEMS, REVIEW, TRUE, UNKNOWN, Item, Outcome, conjunction
from p4ir.rules.units import Quantity

Reckoned = Measure | str | bool

_SLOPES = frozenset("slope gradient pitch fall crossfall inclination incline".split())
"""Last words of properties of which a sign says which way, and a rule how steep."""


class Reading(NamedTuple):
    """What a term comes to."""

    values: tuple[Reckoned, ...] = ()
    items: tuple[Item, ...] = ()
    open: Missing | None = None
    """Why there may be more values."""
    are_alternatives: bool = False
    """Whether only one of the values is meant, and it is not said which."""
    wanting: Outcome | None = None
    """Why there is no value at all."""


class Members(NamedTuple):
    """The elements of a set."""

    elements: tuple[Element, ...]
    open: Missing | None
    """Why there may be more."""


def _wanting(code: Code, name: str, element: str = "", detail: str = "") -> Reading:
    return Reading(wanting=Outcome(UNKNOWN, (Missing(code, element, name, detail),)))


class Reader:
    """Reads terms, given what their variables are bound to."""

    def __init__(
        self,
        index: Index,
        members: Callable[[str, Bindings], Members],
        holds: Callable[[str, Element, Bindings], Outcome],
    ) -> None:
        """Read from an index.

        Args:
            index: the building.
            members: finds the elements that an unbound variable ranges over.
            holds: says whether an element is among those that an aggregate means.
        """
        self._index = index
        self._members = members
        self._holds = holds

    def read(self, term: Term, bound: Bindings) -> Reading:
        """Return what a term comes to."""
        match term:
            case Constant(quantity):
                return _measured(quantity, term.text)
            case Word(_, text):
                return Reading((text.strip("'"),))
            case Path(variable, name):
                return self._path(variable, name, term.text, bound)
            case Entity(variable):
                return self._bare(variable, term.text, bound)
            case Defined():
                return self._defined(term, bound)
            case Arithmetic():
                return self._arithmetic(term, bound)
            case Aggregate():
                return self._aggregate(term, bound)
            case Given(reference, text):
                missing = Missing("reference", "", text, reference)
                return Reading(wanting=Outcome(REVIEW, (missing,)))
            case Odd(code, text):
                return _wanting(code, text)

    def property(self, element: Element, name: str, text: str) -> Reading:
        """Return the values of a property."""
        held = self._index.properties[element.id].get(name)
        listed = () if held is None else values_of(held)
        if held is None or not listed:
            return _wanting("fact-missing", name, element.id, text)
        reckoned: list[Reckoned] = []
        for value in listed:
            measured = measure_of(value) if isinstance(value, Quantity) else value
            if isinstance(measured, Wanting):
                return _wanting(measured.code, name, element.id, measured.detail)
            if isinstance(measured, Measure) and measured.magnitude < 0 and _is_slope(name):
                return _wanting("ambiguous", name, element.id, str(measured))
            reckoned.append(measured)
        is_open = self._index.is_open(element, name)
        return Reading(
            tuple(reckoned),
            (Fact(element.id, name, shown(held)),),
            Missing("list-open", element.id, name, f"{len(listed)} listed") if is_open else None,
        )

    def _path(self, variable: str, name: str, text: str, bound: Bindings) -> Reading:
        holder = bound.elements.get(variable)
        if holder is None:
            return _wanting("ambiguous", text)
        if isinstance(holder, Held):
            return _wanting("fact-missing", text, holder.element.id)
        return self.property(holder, name, text)

    def _bare(self, variable: str, text: str, bound: Bindings) -> Reading:
        """Read a thing that is itself a quantity: a distance, a load, an occupant load."""
        holder = bound.elements.get(variable)
        if holder is None:
            return _wanting("ambiguous", text)
        if isinstance(holder, Held):
            return self.property(holder.element, holder.name, text)
        return self.property(holder, "value", text)

    def _defined(self, term: Defined, bound: Bindings) -> Reading:
        """Read the alternatives that define a variable, all of which must be known."""
        readings = [self.read(one, bound) for one in term.terms]
        lacking = [reading.wanting for reading in readings if reading.wanting is not None]
        if lacking:
            return Reading(wanting=conjunction(lacking))
        return Reading(
            tuple(value for reading in readings for value in reading.values),
            tuple(item for reading in readings for item in reading.items),
            next((reading.open for reading in readings if reading.open), None),
            are_alternatives=len(readings) > 1,
        )

    # arithmetic --------------------------------------------------------------------------

    def _arithmetic(self, term: Arithmetic, bound: Bindings) -> Reading:
        values: dict[str, Measure] = {}
        items: list[Item] = []
        lacking: list[Outcome] = []
        for name, one in term.names.items():
            reading = self.single(one, name, bound)
            if reading.wanting is not None:
                lacking.append(reading.wanting)
                continue
            (value,) = reading.values
            if isinstance(value, Measure):
                values[name] = value
                items.extend(reading.items)
            else:
                lacking.append(_unlike(name, str(value)))
        if lacking:
            return Reading(wanting=min(lacking, key=lambda outcome: outcome.truth))
        result = reckon(term.expression, values)
        if isinstance(result, Wanting):
            return _wanting(result.code, term.text, detail=result.detail)
        return Reading((result,), tuple(items))

    def single(self, term: Term, name: str, bound: Bindings) -> Reading:
        """Read a term that must have one value."""
        reading = self.read(term, bound)
        if reading.wanting is None and reading.open:
            return Reading(wanting=Outcome(UNKNOWN, (reading.open,)))
        if reading.wanting is None and len(reading.values) != 1:
            return _wanting("ambiguous", name, detail=f"{len(reading.values)} values")
        return reading

    # aggregates --------------------------------------------------------------------------

    def _aggregate(self, term: Aggregate, bound: Bindings) -> Reading:
        of, variable = term.of, term.of.variable
        holder = bound.elements.get(variable)
        if isinstance(holder, Held):
            return _wanting("not-understood", term.text)
        if holder is not None and isinstance(of, Path):
            if term.operation == "count":
                return self._count_parts(holder, of)
            if self._is_of_itself(holder, of, bound):
                return _aggregated(term, [self.property(holder, of.name, of.text)])
        if holder is not None:
            bound = bound.without(variable)
        members = self._filtered(variable, bound)
        if isinstance(members, Outcome):
            return Reading(wanting=members)
        if isinstance(of, Entity) and term.operation == "count":
            counted = Measure(float(len(members)), ())
            return Reading((counted,), (Fact("", f"count {variable}", f"{counted}"),))
        if isinstance(of, Entity):
            return _aggregated(term, [self.property(one, "value", of.text) for one in members])
        if term.operation == "count":
            return _aggregated(term, [self._count_parts(one, of) for one in members])
        return _aggregated(term, [self.property(one, of.name, of.text) for one in members])

    def _is_of_itself(self, holder: Element, of: Path, bound: Bindings) -> bool:
        """Say whether an aggregate is about the values of a bound element alone.

        It is where the element has a list of them, or is what the rule is about: in a loop, or
        as all that is bound. Of an opening that a wall has, the sum is over all that it has.
        """
        held = self._index.properties[holder.id].get(of.name)
        others = any(one is not holder for one in bound.elements.values())
        return (held is not None and is_list(held)) or is_member(of.variable) or not others

    def _filtered(self, variable: str, bound: Bindings) -> list[Element] | Outcome:
        """Return the elements that an aggregate ranges over, or why they are not known."""
        members = self._members(variable, bound)
        if members.open is not None:
            return Outcome(UNKNOWN, (members.open,))
        kept = []
        for element in members.elements:
            outcome = self._holds(variable, element, bound)
            if outcome.truth is TRUE:
                kept.append(element)
            elif outcome.truth is not FALSE:
                return outcome
        return kept

    def _count_parts(self, element: Element, of: Path) -> Reading:
        """Count the parts of an element: stated as a number, or listed, all of them."""
        count = self._index.count_parts(element, of.name)
        if isinstance(count, Missing):
            return Reading(wanting=Outcome(UNKNOWN, (count,)))
        if isinstance(count.held, Quantity):
            return self.property(element, count.name, of.text)
        held = shown(values_of(count.held)[:MAX_ITEMS]) or "none"
        return Reading((Measure(count.least, ()),), (Fact(element.id, count.name, held),))


def shown(held: Property) -> str:
    """Write what a property holds as the facts do."""
    written = ("true" if one is True else "false" if one is False else str(one)
               for one in values_of(held))  # fmt: skip
    return ", ".join(written)


def beside(term: Term, reading: Reading, other: Reading) -> Reading:
    """Return what a term comes to beside another: `5 degC` beside a difference is one too."""
    values = [value for value in other.values if isinstance(value, Measure)]
    if isinstance(term, Constant) and values and all(value.is_span for value in values):
        return _measured(term.quantity, term.text, is_difference=True)
    return reading


def _is_slope(name: str) -> bool:
    return name.split()[-1] in _SLOPES


def _measured(quantity: Quantity, text: str, *, is_difference: bool = False) -> Reading:
    measured = measure_of(quantity, is_difference=is_difference)
    if isinstance(measured, Wanting):
        return _wanting(measured.code, text, detail=measured.detail)
    return Reading((measured,))


def _unlike(name: str, found: str) -> Outcome:
    return Outcome(UNKNOWN, (Missing("not-a-quantity", "", name, found),))


def _aggregated(term: Aggregate, readings: list[Reading]) -> Reading:
    """Return the sum, or the least or greatest, of all that was read."""
    items: list[Item] = []
    measures: list[Measure] = []
    for reading in readings:
        if reading.wanting is not None:
            return reading
        if reading.open is not None:
            return Reading(wanting=Outcome(UNKNOWN, (reading.open,)))
        for value in reading.values:
            if not isinstance(value, Measure):
                return Reading(wanting=_unlike(term.text, str(value)))
            measures.append(value)
        items.extend(reading.items)
    result = total(term.operation, measures)
    if isinstance(result, Wanting):
        return _wanting(result.code, term.text, detail=result.detail)
    return Reading((result,), tuple(items[:MAX_ITEMS]))
