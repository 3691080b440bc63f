"""Small IFC models, made by hand with ifcopenshell."""

from __future__ import annotations

from pathlib import Path

import ifcopenshell
import ifcopenshell.guid

from p4ir.check import check
from p4ir.check.ifc.mapping import default_mapping
from p4ir.check.ifc.reading import building_of
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")
MILLIMETRES = ("LENGTHUNIT", "MILLI", "METRE")


def verdicts(text, building):
    """Return the verdicts of a rule, one for each finding."""
    return [finding.verdict for finding in check([Entry(rule=parse_rule(text))], building)]


class Model:
    """A model that grows by calls."""

    def __init__(self, schema="IFC4", units=(MILLIMETRES,)):
        self.file = ifcopenshell.file(schema=schema)
        self.project = self.root("IfcProject", Name="project")
        if units is not None:
            made = [self.make("IfcSIUnit", UnitType=t, Prefix=p, Name=n) for t, p, n in units]
            self.project.UnitsInContext = self.make("IfcUnitAssignment", Units=made)

    def make(self, name, *values, **attributes):
        return self.file.create_entity(name, *values, **attributes)

    def root(self, name, **attributes):
        return self.make(name, GlobalId=ifcopenshell.guid.new(), **attributes)

    def property(self, name, measure, value, unit=None):
        return self.make(
            "IfcPropertySingleValue", Name=name, NominalValue=self.make(measure, value), Unit=unit
        )

    def define(self, element, name, *content):
        """Attach a property set, or a quantity set where the content is quantities."""
        made = self.set(name, *content)
        self.root(
            "IfcRelDefinesByProperties", RelatedObjects=[element], RelatingPropertyDefinition=made
        )

    def set(self, name, *content):
        if content[0].is_a("IfcPhysicalQuantity"):
            return self.root("IfcElementQuantity", Name=name, Quantities=content)
        return self.root("IfcPropertySet", Name=name, HasProperties=content)

    def made_of(self, element, material):
        self.root("IfcRelAssociatesMaterial", RelatedObjects=[element], RelatingMaterial=material)

    def bound(self, room, element):
        self.root(
            "IfcRelSpaceBoundary",
            RelatingSpace=room,
            RelatedBuildingElement=element,
            PhysicalOrVirtualBoundary="PHYSICAL",
            InternalOrExternalBoundary="INTERNAL",
        )

    def read(self, mapping=None):
        return building_of(self.file, mapping or default_mapping())

    def one(self, mapping=None):
        """Return the only element of the model."""
        (element,) = self.read(mapping).elements
        return element
