"""What the properties, quantities and attributes of an IFC model say, as values of facts.

A number with a unit, a yes or no and a choice of a fixed list are exact: the element has
this value and no other. Free text and the names of materials are open lists: that a
designer wrote other words than the rule does not show that the element is something else.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from p4ir.check.facts import quantity_in, rating_in
from p4ir.check.names import says_nothing
from p4ir.rules.units import Quantity

if TYPE_CHECKING:
    from ifcopenshell import entity_instance

    from p4ir.check.facts import Value
    from p4ir.check.ifc.units import ProjectUnits

Values = tuple["Value", ...]
NO_UNIT = "{} (the model declares no unit for it)"
"""What stands for a size without a unit: a word, so that nothing can be compared with it."""


def of_property(prop: entity_instance, units: ProjectUnits) -> Value | Values | None:
    """Return what a property says; `None` if it is empty or of a kind that says no value."""
    if prop.is_a("IfcPropertySingleValue"):
        return _one(prop.NominalValue, prop.Unit, units)
    if prop.is_a("IfcPropertyEnumeratedValue"):
        reference = prop.EnumerationReference
        values = _several(prop.EnumerationValues, reference and reference.Unit, units)
        return values[0] if len(values) == 1 else values or None
    if prop.is_a("IfcPropertyListValue"):
        return _several(prop.ListValues, prop.Unit, units) or None
    if prop.is_a("IfcPropertyBoundedValue"):
        return _one(getattr(prop, "SetPointValue", None), prop.Unit, units)
    return None


def of_quantity(quantity: entity_instance, units: ProjectUnits) -> Value | Values | None:
    """Return what a simple quantity says; `None` for a complex one."""
    if not quantity.is_a("IfcPhysicalSimpleQuantity"):
        return None
    return _size(quantity[3], units.of_quantity(quantity.is_a(), quantity.Unit))


def of_attribute(value: Any, measure: str, units: ProjectUnits) -> Value | Values | None:
    """Return what an attribute says: a number by its measure, text, a choice, yes or no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _size(value, units.of_measure(measure, None))
    return _text(value) if isinstance(value, str) else None


def _several(values: Any, unit: entity_instance | None, units: ProjectUnits) -> Values:
    found: list[Value] = []
    for value in values or ():
        one = _one(value, unit, units)
        if isinstance(one, Quantity | bool | str):
            found.append(one)
        else:
            found.extend(one or ())
    return tuple(found)


def _one(
    value: entity_instance | None, unit: entity_instance | None, units: ProjectUnits
) -> Value | Values | None:
    if value is None:
        return None
    content = value.wrappedValue
    if isinstance(content, bool):
        return content
    if isinstance(content, int | float):
        return _size(content, units.of_measure(value.is_a(), unit))
    if isinstance(content, str) and not value.is_a("IfcLogical"):
        return _text(content)
    return None  # unknown, as a logical value may be


def _size(number: Any, unit: Any) -> Value | Values | None:
    if not isinstance(number, int | float):
        return None
    if unit is None:
        return (NO_UNIT.format(f"{number:.12g}"),)
    magnitude = number * unit.scale if math.isfinite(number) else math.nan
    return Quantity(float(magnitude), unit.unit)


def _text(text: str) -> Value | Values | None:
    """Return an open list with a text, or the number or quantity that it is."""
    text = text.strip()
    if says_nothing(text):
        return None
    quantity = quantity_in(text)
    return (rating_in(text) or text,) if quantity is None else quantity
