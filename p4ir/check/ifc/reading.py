"""An IFC model read as the facts of a building.

Spatial structure, groups and all physical elements become elements; what they are called
and where their properties stand is the mapping's. What the mapping does not name is read
under its own name, so that a rule can speak of it, unless two sets disagree about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from p4ir.check.facts import Building, Element
from p4ir.check.ifc import values
from p4ir.check.ifc.kinds import ElementKinds, is_of
from p4ir.check.ifc.mapping import LAYERS, MATERIAL, IfcMapping, Source, default_mapping
from p4ir.check.ifc.model import open_model
from p4ir.check.ifc.names import rule_name
from p4ir.check.ifc.properties import Content, Definitions, Sets
from p4ir.check.ifc.relations import is_filled, read_relations
from p4ir.check.ifc.units import ProjectUnits
from p4ir.errors import FactsError, P4irError, first_line
from p4ir.rules.vocabulary import ARITIES

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file

    from p4ir.check.facts import Value
    from p4ir.check.ifc.values import Values

COMPLETE = Source("P4ir", "Complete")
"""The property that lists what a model, or an element of it, holds in full."""
COMPLETE_IN_MODEL = Source("P4ir", "CompleteInModel")
"""The property of the building that lists what the whole model holds in full."""

_WHAT = ("IfcElement", "IfcGroup", "IfcSpatialStructureElement", "IfcSpatialElement")
_NOT = ("IfcVirtualElement", "IfcGrid", "IfcAnnotation", "IfcPort")


def read_ifc(path: str | Path, mapping: IfcMapping | None = None) -> Building:
    """Read an IFC model as the facts of a building.

    Raises:
        ExtraError: ifcopenshell is not installed.
        FactsError: the file is no sound IFC 2x3, 4 or 4x3 model.
    """
    model = open_model(path)
    try:
        return building_of(model, mapping or default_mapping(), Path(path).name)
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        if isinstance(error, P4irError):
            raise
        # The reader takes entities that are not as their schema says, such as a door in a
        # list of properties.
        raise FactsError(f"{path}: the model is damaged: {first_line(error)}") from error


def building_of(model: file, mapping: IfcMapping, source: str = "") -> Building:
    """Return the facts of an open model."""
    reader = _Reader(model, mapping)
    entities = list(_entities(model))
    ids = _ids(entities)
    relations = read_relations(model, ids, frozenset(ARITIES))
    elements = tuple(
        reader.element(entity, ids[entity.id()], relations.get(ids[entity.id()], {}))
        for entity in entities
    )
    buildings = [entity for entity in entities if entity.is_a("IfcBuilding")]
    return Building(
        elements=elements,
        name=next((entity.Name for entity in buildings if entity.Name), ""),
        source=source,
        kinds=mapping.all_kinds,
        complete=mapping.complete.union(*map(reader.complete_in_model, buildings)),
    )


class _Reader:
    """Reads elements one by one, and keeps what they share."""

    def __init__(self, model: file, mapping: IfcMapping) -> None:
        self._mapping = mapping
        self._units = ProjectUnits(model)
        self._definitions = Definitions(model, self._units)
        self._kinds = ElementKinds(mapping, self._definitions)
        self._measures: dict[tuple[str, str], str] = {}

    def element(
        self, entity: entity_instance, id_: str, relations: dict[str, tuple[str, ...]]
    ) -> Element:
        sets = self._definitions.sets(entity)
        kinds = self._kinds.mapped(entity)
        return Element(
            id=id_,
            types=self._kinds.types(entity, kinds),
            name=_name(entity),
            global_id=entity.GlobalId or "",
            properties=self._properties(entity, kinds, sets),
            relations=relations,
            complete=_declared(sets, COMPLETE),
        )

    def complete_in_model(self, building: entity_instance) -> frozenset[str]:
        """Return what a building declares that the whole model holds in full."""
        return _declared(self._definitions.sets(building), COMPLETE_IN_MODEL)

    def _properties(
        self, entity: entity_instance, kinds: tuple[str, ...], sets: Sets
    ) -> dict[str, Value | Values]:
        names = dict.fromkeys(self._mapping.every.properties)
        for kind in kinds:
            names.update(dict.fromkeys(self._mapping.elements[kind].properties))
        found: Content = {}
        for name in names:
            for source in self._sources(kinds, name):
                said = self._said(entity, source, sets)
                # What sets of one name disagree about, no other source decides.
                if said is not None or (source.set and source.name in sets.get(source.set, ())):
                    found[name] = said
                    break
        for name, said in _unmapped(sets).items():
            found.setdefault(name, said)
        return {name: said for name, said in found.items() if said is not None}

    def _sources(self, kinds: tuple[str, ...], name: str) -> tuple[Source, ...]:
        for kind in kinds:
            if name in self._mapping.elements[kind].properties:
                return self._mapping.elements[kind].properties[name]
        return self._mapping.every.properties.get(name, ())

    def _said(self, entity: entity_instance, source: Source, sets: Sets) -> Value | Values | None:
        if source.set:
            return sets.get(source.set, {}).get(source.name)
        if source.name == MATERIAL:
            return self._definitions.materials(entity) or None
        if source.name == LAYERS:
            return self._definitions.layer_thickness(entity)
        if source.name == "PredefinedType":
            predefined = self._kinds.predefined(entity)
            return rule_name(predefined.capitalize()) or None
        content = getattr(entity, source.name, None)
        if content is None:
            return None
        return values.of_attribute(content, self._measure(entity, source.name), self._units)

    def _measure(self, entity: entity_instance, attribute: str) -> str:
        """Return the measure of an attribute, such as `IfcPositiveLengthMeasure`."""
        key = (entity.is_a(), attribute)
        if key not in self._measures:
            self._measures[key] = _measure(entity, attribute)
        return self._measures[key]


def _entities(model: file) -> Iterator[entity_instance]:
    seen: set[int] = set()
    for name in _WHAT:
        try:
            entities = model.by_type(name)
        except RuntimeError:
            continue  # the schema has no such class
        for entity in entities:
            is_left_out = any(is_of(entity, other) for other in _NOT) or is_filled(entity)
            if entity.id() not in seen and not is_left_out:
                seen.add(entity.id())
                yield entity


def _ids(entities: list[entity_instance]) -> dict[int, str]:
    """Return what findings call each element: its name, if no other has it, or its GlobalId.

    Where not even that is its own, it is the number of the entity in the file.
    """
    guids = Counter(entity.GlobalId for entity in entities)
    names = Counter(_name(entity) for entity in entities)
    ids: dict[int, str] = {}
    for entity in entities:
        name, guid = _name(entity), entity.GlobalId
        if name and names[name] == 1 and name not in guids and not name.startswith("#"):
            ids[entity.id()] = name
        else:
            ids[entity.id()] = guid if guid and guids[guid] == 1 else f"#{entity.id()}"
    return ids


def _unmapped(sets: Sets) -> dict[str, Value | Values]:
    """Return all properties under their own names, but those about which sets disagree."""
    found: dict[str, Value | Values] = {}
    unsure: set[str] = set()
    for set_name, content in sets.items():
        if set_name == COMPLETE.set:
            continue
        for name, said in content.items():
            word = rule_name(name, isinstance(said, bool))
            if said is None:
                unsure.update((word, rule_name(name, is_yes_or_no=True)))
            elif word and found.setdefault(word, said) != said:
                unsure.add(word)
    return {name: said for name, said in found.items() if name not in unsure}


def _declared(sets: Sets, source: Source) -> frozenset[str]:
    said = sets.get(source.set, {}).get(source.name, ())
    listed = (said,) if isinstance(said, str) else said if isinstance(said, tuple) else ()
    return frozenset(value for value in listed if isinstance(value, str))


def _name(entity: entity_instance) -> str:
    return entity.Name or getattr(entity, "LongName", None) or ""


def _measure(entity: entity_instance, attribute: str) -> str:
    for declared in entity.declaration.as_entity().all_attributes():
        if declared.name() == attribute:
            kind = declared.type_of_attribute().as_named_type()
            return str(kind.declared_type().name()) if kind else ""
    return ""
