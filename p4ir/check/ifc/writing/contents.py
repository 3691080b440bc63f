"""Properties, quantities and materials, as a model holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from p4ir.check.facts import Building, Element, Property, Value, is_list, values_of
from p4ir.check.ifc.mapping import MATERIAL, IfcMapping, Source
from p4ir.check.ifc.reading import COMPLETE, COMPLETE_IN_MODEL
from p4ir.check.ifc.templates import type_of
from p4ir.check.ifc.writing.draft import MEASURES, TRANSMITTANCE, Draft
from p4ir.rules.units import Quantity, convert, convertible

if TYPE_CHECKING:
    from ifcopenshell import entity_instance

OWN_SET = "P4ir_Properties"
"""The property set for what no standard set has a place for."""


class Contents:
    """Attaches what facts say to the entities of a model."""

    def __init__(self, draft: Draft, mapping: IfcMapping) -> None:
        self._draft = draft
        self._mapping = mapping
        self._materials: dict[str, entity_instance] = {}

    def attach(self, element: Element, kind: str, entity: entity_instance, all_: Building) -> None:
        """Attach what is said of an element, and to the building what is said of the whole."""
        sets: dict[str, list[entity_instance]] = defaultdict(list)
        complete = set(element.complete)
        for name, held in element.properties.items():
            source = self._source(kind, name, held)
            if source == Source("", MATERIAL):
                self._made_of(entity, [str(value) for value in values_of(held)])
                # The materials of a model are an open list, unless it says otherwise.
                complete |= set() if is_list(held) else {name}
            else:
                sets[source.set].append(self._content(source, held))
        if complete:
            sets[COMPLETE.set].append(self._list(COMPLETE, sorted(complete)))
        if entity.is_a("IfcBuilding") and all_.complete:
            sets[COMPLETE.set].append(self._list(COMPLETE_IN_MODEL, sorted(all_.complete)))
        for name, content in sets.items():
            self._define(entity, name, content)

    def _define(self, entity: entity_instance, name: str, content: list[entity_instance]) -> None:
        root = self._draft.root
        if content[0].is_a("IfcPhysicalQuantity"):
            made = root("IfcElementQuantity", Name=name, Quantities=content)
        else:
            made = root("IfcPropertySet", Name=name, HasProperties=content)
        root("IfcRelDefinesByProperties", RelatedObjects=[entity], RelatingPropertyDefinition=made)

    def _source(self, kind: str, name: str, held: Property) -> Source:
        for source in self._mapping.sources(kind, name):
            if source == Source("", MATERIAL):
                return source
            if source.set and (not _is_quantity_set(source) or _quantity_class(held)):
                return source
        return Source(OWN_SET, name[0].upper() + name[1:])

    def _content(self, source: Source, held: Property) -> entity_instance:
        make = self._draft.make
        if _is_quantity_set(source) and isinstance(held, Quantity):
            quantity, unit = _quantity_class(held)
            made = make(quantity, Name=source.name)
            made[3] = convert(held, unit).magnitude
            return made
        if is_list(held):
            return self._list(source, values_of(held))
        (value,) = values_of(held)
        written = self._value(source, value)
        if written.is_a("IfcLabel"):
            # A choice of a list is exact, where a text would be an open list.
            return make("IfcPropertyEnumeratedValue", Name=source.name, EnumerationValues=[written])
        return make("IfcPropertySingleValue", Name=source.name, NominalValue=written)

    def _list(self, source: Source, values: Iterable[Value]) -> entity_instance:
        written = [self._value(source, value) for value in values]
        return self._draft.make("IfcPropertyListValue", Name=source.name, ListValues=written)

    def _value(self, source: Source, value: Value) -> entity_instance:
        make = self._draft.make
        if isinstance(value, bool):
            return make("IfcBoolean", value)
        if isinstance(value, str):
            return make("IfcLabel", value)
        if not value.unit:
            whole = float(value.magnitude).is_integer()
            number = int(value.magnitude) if whole else value.magnitude
            return make("IfcInteger" if whole else "IfcReal", number)
        if value.unit == "deg":
            return make("IfcPlaneAngleMeasure", value.magnitude)
        if convertible(value.unit, TRANSMITTANCE):
            magnitude = convert(value, TRANSMITTANCE).magnitude
            return make("IfcThermalTransmittanceMeasure", magnitude)
        for each in MEASURES:
            if convertible(value.unit, each.unit):
                standard = type_of(source) or ""
                is_positive = standard == each.measure.replace("Ifc", "IfcPositive")
                name = standard if is_positive else each.measure
                return make(name, convert(value, each.unit).magnitude)
        # A unit that IFC has no measure for is written in words.
        return make("IfcLabel", str(value))

    def _made_of(self, entity: entity_instance, names: list[str]) -> None:
        for name in names:
            if name not in self._materials:
                self._materials[name] = self._draft.make("IfcMaterial", Name=name)
        materials = [self._materials[name] for name in names]
        if len(materials) == 1:
            made = materials[0]
        else:
            made = self._draft.make("IfcMaterialList", Materials=materials)
        self._draft.root("IfcRelAssociatesMaterial", RelatedObjects=[entity], RelatingMaterial=made)


def _is_quantity_set(source: Source) -> bool:
    return source.set.startswith("Qto_")


def _quantity_class(held: Property) -> tuple[str, str]:
    """Return the class of quantity that holds a size, and its unit; empty if none does."""
    if isinstance(held, Quantity) and held.unit:
        for each in MEASURES:
            if each.quantity and convertible(held.unit, each.unit):
                return each.quantity, each.unit
    return "", ""
