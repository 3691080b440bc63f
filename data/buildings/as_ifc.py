"""Write the facts of a building as an IFC model: python as_ifc.py house.json [SCHEMA]…

What the mapping of p4ir has a place for stands there: classes, property sets, quantities,
materials, the spatial structure. For what IFC has none, there is the property set `P4ir`
and assignments with the name of a relation, which p4ir reads too (docs/ifc.md). The model
has no geometry. The same facts give the same bytes.
"""

from __future__ import annotations

import sys
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid

from p4ir.check.facts import Building, Element, Value
from p4ir.check.ids.measures import type_of
from p4ir.check.ifc.mapping import MATERIAL, IfcClass, Source, default_mapping
from p4ir.check.ifc.reading import COMPLETE, COMPLETE_IN_MODEL
from p4ir.check.names import key_of
from p4ir.rules.units import Quantity, convert, convertible

SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")
WRITTEN = "2026-01-01T00:00:00"

_UNITS = [
    ("LENGTHUNIT", "MILLI", "METRE", "mm", "IfcLengthMeasure", "IfcQuantityLength"),
    ("AREAUNIT", None, "SQUARE_METRE", "m2", "IfcAreaMeasure", "IfcQuantityArea"),
    ("VOLUMEUNIT", None, "CUBIC_METRE", "m3", "IfcVolumeMeasure", "IfcQuantityVolume"),
    ("MASSUNIT", "KILO", "GRAM", "kg", "IfcMassMeasure", "IfcQuantityWeight"),
    ("TIMEUNIT", None, "SECOND", "s", "IfcTimeMeasure", "IfcQuantityTime"),
    ("FORCEUNIT", "KILO", "NEWTON", "kN", "IfcForceMeasure", ""),
    ("PRESSUREUNIT", "KILO", "PASCAL", "kPa", "IfcPressureMeasure", ""),
    ("POWERUNIT", None, "WATT", "W", "IfcPowerMeasure", ""),
    ("ILLUMINANCEUNIT", None, "LUX", "lx", "IfcIlluminanceMeasure", ""),
    ("THERMODYNAMICTEMPERATUREUNIT", None, "DEGREE_CELSIUS", "degC",
     "IfcThermodynamicTemperatureMeasure", ""),
]  # fmt: skip
_RADIANS_PER_DEGREE = 0.017453292519943295
_CONTAINERS = ("IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcSpace")
_OWN_SET = "P4ir_Properties"
_STRUCTURE = ("IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcSpace", "IfcZone")


class Writer:
    """Writes one building."""

    def __init__(self, building: Building, schema: str) -> None:
        self._building = building
        self._model = ifcopenshell.file(schema=schema)
        self._mapping = default_mapping()
        self._entities: dict[str, Any] = {}
        self._contained: set[str] = set()
        self._materials: dict[str, Any] = {}
        self._guids = 0
        self._owner = self._owner_history() if schema == "IFC2X3" else None

    def write(self) -> ifcopenshell.file:
        """Return the model."""
        project = self._root("IfcProject", Name=self._building.name or "building")
        project.UnitsInContext = self._units()
        for element in self._building.elements:
            self._entities[element.id] = self._entity(element)
        for element in self._building.elements:
            self._define(element)
        for element in self._building.elements:
            self._relate(element)
        sites = [e for e in self._entities.values() if e.is_a("IfcSite")]
        top = sites or [e for e in self._entities.values() if e.is_a("IfcBuilding")]
        self._root("IfcRelAggregates", RelatingObject=project, RelatedObjects=top)
        header = self._model.header.file_name
        header.name, header.time_stamp = f"{self._building.name}.ifc", WRITTEN
        return self._model

    # entities ----------------------------------------------------------------------------

    def _entity(self, element: Element) -> Any:
        kind, known = self._class_of(element)
        name = known.name if self._exists(known.name) else ""
        attributes: dict[str, Any] = {"Name": element.name or element.id}
        if element.global_id:
            attributes["GlobalId"] = element.global_id
        if not name and self._exists(f"{known.name}Type"):
            # IFC 2x3 says by the type of a flow terminal what it is.
            entity = self._root("IfcFlowTerminal", **attributes)
            of_type = self._root(f"{known.name}Type", Name=_spelled(kind))
            of_type.PredefinedType = known.predefined_type or "NOTDEFINED"
            self._root("IfcRelDefinesByType", RelatedObjects=[entity], RelatingType=of_type)
        else:
            entity = self._root(name or "IfcBuildingElementProxy", **attributes)
            if known.predefined_type and hasattr(entity, "PredefinedType"):
                entity.PredefinedType = known.predefined_type
            elif known.predefined_type or not name:
                kind = ""
        words = [word for word in element.types if word != kind]
        if words:
            self._say(entity, _spelled(words[0]))
        return entity

    def _say(self, entity: Any, text: str) -> None:
        attribute = "LongName" if entity.is_a("IfcSpace") else "ObjectType"
        setattr(entity, attribute, text)

    def _class_of(self, element: Element) -> tuple[str, IfcClass]:
        """Return the mapped kind that fits best, and its class; a proxy if none does."""
        kinds = self._mapping.known_kinds
        fitting: list[tuple[bool, int, str]] = []
        for kind, mapped in self._mapping.elements.items():
            for word in element.types:
                names = [kind, *mapped.also] if mapped.classes else []
                if any(kinds.is_one(key_of(word), key_of(name)) for name in names):
                    # The more kinds there are above it, the more exactly it says what this is.
                    fitting.append((kind == word, len(kinds.above(key_of(kind))), kind))
        if not fitting:
            return "", IfcClass("IfcBuildingElementProxy")
        kind = max(fitting)[-1]
        return kind, self._mapping.elements[kind].classes[0]

    def _root(self, name: str, **attributes: Any) -> Any:
        guid = attributes.pop("GlobalId", None) or self._guid()
        more = {"OwnerHistory": self._owner} if self._owner is not None else {}
        made = self._model.create_entity(name, GlobalId=guid, **more, **attributes)
        for position, declared in enumerate(made.declaration.as_entity().all_attributes()):
            if made[position] is None and not declared.optional():
                self._fill(made, position, declared)
        return made

    def _fill(self, made: Any, position: int, declared: Any) -> None:
        """Give an attribute that a schema demands, and facts do not have, a neutral value."""
        kind = declared.type_of_attribute().as_named_type()
        choices = kind.declared_type().as_enumeration_type() if kind else None
        for choice in ("NOTDEFINED", "ELEMENT", "INTERNAL") if choices else ():
            if choice in choices.enumeration_items():
                made[position] = choice
                return

    def _guid(self) -> str:
        self._guids += 1
        of = uuid.uuid5(uuid.NAMESPACE_URL, f"p4ir:{self._building.name}:{self._guids}")
        return ifcopenshell.guid.compress(of.hex)

    def _exists(self, name: str) -> bool:
        schema = ifcopenshell.ifcopenshell_wrapper.schema_by_name(self._model.schema_identifier)
        try:
            declared = schema.declaration_by_name(name)
        except RuntimeError:
            return False
        return not declared.as_entity().is_abstract()

    def _owner_history(self) -> Any:
        make = self._model.create_entity
        who = make("IfcOrganization", Name="p4ir")
        person = make("IfcPerson", FamilyName="p4ir")
        user = make("IfcPersonAndOrganization", ThePerson=person, TheOrganization=who)
        program = make("IfcApplication", who, "1", "p4ir", "p4ir")
        return make(
            "IfcOwnerHistory",
            OwningUser=user,
            OwningApplication=program,
            ChangeAction="ADDED",
            CreationDate=0,
        )

    def _units(self) -> Any:
        make = self._model.create_entity
        units = [
            make("IfcSIUnit", UnitType=kind, Prefix=prefix, Name=name)
            for kind, prefix, name, *_ in _UNITS
        ]
        radian = make("IfcSIUnit", UnitType="PLANEANGLEUNIT", Name="RADIAN")
        ratio = make("IfcPlaneAngleMeasure", _RADIANS_PER_DEGREE)
        units.append(
            make(
                "IfcConversionBasedUnit",
                Dimensions=make("IfcDimensionalExponents", 0, 0, 0, 0, 0, 0, 0),
                UnitType="PLANEANGLEUNIT",
                Name="DEGREE",
                ConversionFactor=make("IfcMeasureWithUnit", ratio, radian),
            )
        )
        return make("IfcUnitAssignment", Units=units)

    # properties --------------------------------------------------------------------------

    def _define(self, element: Element) -> None:
        kind, _ = self._class_of(element)
        sets: dict[str, list[Any]] = defaultdict(list)
        for name, said in element.properties.items():
            source = self._source(kind, name)
            if source.name == MATERIAL and not source.set:
                self._made_of(element, [str(value) for value in _values(said)])
            else:
                sets[source.set].append(self._property(source, said))
        if element.complete:
            sets[COMPLETE.set].append(self._list(COMPLETE, sorted(element.complete)))
        entity = self._entities[element.id]
        if entity.is_a("IfcBuilding") and self._building.complete:
            said_of_all = sorted(self._building.complete)
            sets[COMPLETE.set].append(self._list(COMPLETE_IN_MODEL, said_of_all))
        for name, content in sets.items():
            self._attach(entity, name, [each for each in content if each is not None])

    def _attach(self, entity: Any, name: str, content: list[Any]) -> None:
        is_quantities = content[0].is_a("IfcPhysicalQuantity")
        made = (
            self._root("IfcElementQuantity", Name=name, Quantities=content)
            if is_quantities
            else self._root("IfcPropertySet", Name=name, HasProperties=content)
        )
        self._root(
            "IfcRelDefinesByProperties", RelatedObjects=[entity], RelatingPropertyDefinition=made
        )

    def _source(self, kind: str, name: str) -> Source:
        for source in self._mapping.sources(kind, name):
            if source.set or source.name == MATERIAL:
                return source
        return Source(_OWN_SET, name[0].upper() + name[1:])

    def _property(self, source: Source, said: Value | tuple[Value, ...]) -> Any:
        if source.set.startswith("Qto_") and isinstance(said, Quantity):
            for *_, unit, _, quantity in _UNITS:
                if quantity and said.unit and convertible(said.unit, unit):
                    magnitude = convert(said, unit).magnitude
                    made = self._model.create_entity(quantity, Name=source.name)
                    made[3] = magnitude
                    return made
        if _is_list(said):
            return self._list(source, said)
        value = self._value(said, source)
        if value.is_a("IfcLabel"):
            # A choice of a list is exact, where a text would be an open list.
            return self._model.create_entity(
                "IfcPropertyEnumeratedValue", Name=source.name, EnumerationValues=[value]
            )
        return self._model.create_entity(
            "IfcPropertySingleValue", Name=source.name, NominalValue=value
        )

    def _list(self, source: Source, said: Any) -> Any:
        values = [self._value(value, source) for value in said]
        return self._model.create_entity(
            "IfcPropertyListValue", Name=source.name, ListValues=values
        )

    def _value(self, said: Value, source: Source) -> Any:
        make = self._model.create_entity
        if isinstance(said, bool):
            return make("IfcBoolean", said)
        if isinstance(said, str):
            return make("IfcLabel", said)
        if said.unit == "deg":
            return make("IfcPlaneAngleMeasure", said.magnitude)
        for *_, unit, measure, _ in _UNITS:
            if said.unit and convertible(said.unit, unit):
                standard = type_of(source)
                positive = standard == "IfcPositiveLengthMeasure" and measure == "IfcLengthMeasure"
                name = "IfcPositiveLengthMeasure" if positive else measure
                return make(name, convert(said, unit).magnitude)
        if not said.unit and float(said.magnitude).is_integer():
            return make("IfcInteger", int(said.magnitude))
        # A unit that IFC has no measure for is written in words.
        return make("IfcLabel", str(said)) if said.unit else make("IfcReal", said.magnitude)

    def _made_of(self, element: Element, names: list[str]) -> None:
        for name in names:
            if name not in self._materials:
                self._materials[name] = self._model.create_entity("IfcMaterial", Name=name)
        made = [self._materials[name] for name in names]
        material = made[0]
        if len(made) > 1:
            material = self._model.create_entity("IfcMaterialList", Materials=made)
        self._root(
            "IfcRelAssociatesMaterial",
            RelatedObjects=[self._entities[element.id]],
            RelatingMaterial=material,
        )

    # relations ---------------------------------------------------------------------------

    def _relate(self, element: Element) -> None:
        for relation, targets in element.relations.items():
            for target in targets:
                source, other = self._entities[element.id], self._entities[target]
                if relation in ("has", "include", "contain"):
                    if not self._is_within(target, other, source):
                        self._assign(source, relation, other)
                elif relation in ("within", "partOf"):
                    if not self._is_within(element.id, source, other):
                        self._assign(source, relation, other)
                elif relation == "connect" and _both(source, other, "IfcElement"):
                    self._root(
                        "IfcRelConnectsElements", RelatingElement=source, RelatedElement=other
                    )
                else:
                    self._assign(source, relation, other)

    def _is_within(self, id_: str, inner: Any, outer: Any) -> bool:
        """Put an element into another as IFC does, once; say whether that was possible."""
        if id_ in self._contained:
            return False
        if inner.is_a("IfcElement") and outer.is_a() in _CONTAINERS:
            self._root(
                "IfcRelContainedInSpatialStructure",
                RelatedElements=[inner],
                RelatingStructure=outer,
            )
        elif outer.is_a("IfcGroup"):
            self._root("IfcRelAssignsToGroup", RelatedObjects=[inner], RelatingGroup=outer)
        elif inner.is_a() in _CONTAINERS or _both(inner, outer, "IfcElement"):
            if outer.is_a() not in _STRUCTURE and not outer.is_a("IfcElement"):
                return False
            self._root("IfcRelAggregates", RelatingObject=outer, RelatedObjects=[inner])
        else:
            return False
        self._contained.add(id_)
        return True

    def _assign(self, source: Any, relation: str, target: Any) -> None:
        self._root(
            "IfcRelAssignsToProduct",
            Name=relation,
            RelatedObjects=[source],
            RelatingProduct=target,
        )


def _values(said: Value | tuple[Value, ...]) -> tuple[Value, ...]:
    return said if _is_list(said) else (said,)


def _is_list(said: Value | tuple[Value, ...]) -> bool:
    return isinstance(said, tuple) and not isinstance(said, Quantity)


def _both(a: Any, b: Any, name: str) -> bool:
    return bool(a.is_a(name) and b.is_a(name))


def _spelled(word: str) -> str:
    """Write a word of the rules as people do: `fireDoor` as `Fire door`."""
    return key_of(word).capitalize()


def main(path: str, *schemas: str) -> None:
    """Write models beside a file of facts."""
    from p4ir.check import read_building

    facts = Path(path)
    building = read_building(facts)
    for schema in schemas or ("IFC4",):
        target = facts.with_name(f"{facts.stem}.{schema.lower()}.ifc")
        Writer(building, schema).write().write(str(target))
        print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
