"""Property sets, quantity sets and materials of a model's elements, read in one pass.

Relations are walked once for the whole model rather than once for each element. What an
element says itself takes the place of what its type says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from p4ir.check.ifc import values

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file

    from p4ir.check.facts import Value
    from p4ir.check.ifc.units import ProjectUnits
    from p4ir.check.ifc.values import Values

Content = dict[str, "Value | Values | None"]
"""Name of a property or quantity: what it says; `None` if it is there twice and disagrees."""
Sets = Mapping[str, Content]
"""What the sets of each name say."""


class Definitions:
    """What is attached to the elements of a model, by the number of the entity."""

    def __init__(self, model: file, units: ProjectUnits) -> None:
        self._units = units
        self._read: dict[int, tuple[str, Content]] = {}
        self._own: dict[int, dict[str, Content]] = defaultdict(dict)
        self._types: dict[int, entity_instance] = {}
        self._materials: dict[int, list[entity_instance]] = defaultdict(list)
        self._of_type: dict[int, Sets] = {}
        self._names: dict[int, tuple[str, ...]] = {}
        self._collect(model)

    def type_of(self, element: entity_instance) -> entity_instance | None:
        """Return the type that an element is an occurrence of."""
        return self._types.get(element.id())

    def sets(self, element: entity_instance) -> Sets:
        """Return the sets of an element, those of its type included."""
        own = self._own.get(element.id(), {})
        of_type = self._types.get(element.id())
        if of_type is None:
            return own
        inherited = self._type_sets(of_type)
        return {
            name: {**inherited.get(name, {}), **own.get(name, {})} for name in {**inherited, **own}
        }

    def materials(self, element: entity_instance) -> tuple[str, ...]:
        """Return the names and categories of an element's materials, each once."""
        names: dict[str, None] = {}
        for material in self._materials_of(element):
            if material.id() not in self._names:
                self._names[material.id()] = tuple(dict.fromkeys(_material_names(material)))
            names.update(dict.fromkeys(self._names[material.id()]))
        return tuple(names)

    def layer_thickness(self, element: entity_instance) -> Value | Values | None:
        """Return the sum of the thicknesses of an element's layers, if it has any."""
        for material in self._materials_of(element):
            layers = material.ForLayerSet if material.is_a("IfcMaterialLayerSetUsage") else material
            if layers is not None and layers.is_a("IfcMaterialLayerSet"):
                total = sum(layer.LayerThickness for layer in layers.MaterialLayers)
                return values.of_attribute(float(total), "IfcLengthMeasure", self._units)
        return None

    def _materials_of(self, element: entity_instance) -> list[entity_instance]:
        own = self._materials.get(element.id())
        if own is None and (of_type := self._types.get(element.id())) is not None:
            own = self._materials.get(of_type.id())
        return own or []

    def _type_sets(self, of_type: entity_instance) -> Sets:
        number = of_type.id()
        if number not in self._of_type:
            sets: dict[str, Content] = {}
            for definition in of_type.HasPropertySets or ():
                self._add(sets, definition)
            self._of_type[number] = sets
        return self._of_type[number]

    def _collect(self, model: file) -> None:
        for relation in model.by_type("IfcRelDefinesByType"):
            for element in relation.RelatedObjects or ():
                self._types[element.id()] = relation.RelatingType
        for relation in model.by_type("IfcRelDefinesByProperties"):
            for definition in _definitions(relation.RelatingPropertyDefinition):
                for element in relation.RelatedObjects or ():
                    self._add(self._own[element.id()], definition)
        for relation in model.by_type("IfcRelAssociatesMaterial"):
            if relation.RelatingMaterial is not None:
                for element in relation.RelatedObjects or ():
                    self._materials[element.id()].append(relation.RelatingMaterial)

    def _add(self, sets: dict[str, Content], definition: entity_instance) -> None:
        name, content = self._content(definition)
        for each, said in content.items():
            _note(sets.setdefault(name, {}), each, said)

    def _content(self, definition: entity_instance) -> tuple[str, Content]:
        number = definition.id()
        if number not in self._read:
            content: Content = {}
            if definition.is_a("IfcPropertySet"):
                for prop in definition.HasProperties or ():
                    said = values.of_property(prop, self._units)
                    if prop.Name and said is not None:
                        _note(content, prop.Name, said)
            elif definition.is_a("IfcElementQuantity"):
                for quantity in definition.Quantities or ():
                    said = values.of_quantity(quantity, self._units)
                    if quantity.Name and said is not None:
                        _note(content, quantity.Name, said)
            self._read[number] = (definition.Name or "", content)
        return self._read[number]


def _note(content: Content, name: str, said: Value | Values | None) -> None:
    """Note what a property says; which of two sets of one name is right, nobody knows."""
    if content.setdefault(name, said) != said:
        content[name] = None


def _definitions(definition: entity_instance | None) -> Iterable[entity_instance]:
    if definition is None:
        return ()
    if definition.is_a("IfcPropertySetDefinitionSet"):
        return tuple(definition.wrappedValue)
    return (definition,)


_INNER = ("ForLayerSet", "ForProfileSet", "Materials", "MaterialLayers", "MaterialProfiles",
          "MaterialConstituents", "Material")  # fmt: skip
"""Where a material, a set, a usage or a part of one leads to further materials."""


def _material_names(material: entity_instance) -> Iterable[str]:
    """Yield the names and categories of a material and all that it is made of, as IDS counts."""
    for attribute in ("Name", "Category", "LayerSetName"):
        text = getattr(material, attribute, None)
        if isinstance(text, str) and text.strip():
            yield text.strip()
    for attribute in _INNER:
        inner = getattr(material, attribute, None)
        for part in inner if isinstance(inner, tuple) else (inner,):
            if part is not None:
                yield from _material_names(part)
