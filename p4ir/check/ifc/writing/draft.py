"""A model of IFC in the making: its project, its units, and entities with identities."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.check.ifc.model import import_ifcopenshell

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file

WRITTEN = "2026-01-01T00:00:00"
"""The date in the header: the same facts give the same bytes."""
_RADIANS_PER_DEGREE = 0.017453292519943295


class Measure(NamedTuple):
    """A unit of the project and what is measured in it."""

    kind: str
    prefix: str | None
    name: str
    unit: str
    """Its spelling in rules."""
    measure: str
    quantity: str = ""
    """The class of quantities in it; empty if there is none."""


MEASURES = (
    Measure("LENGTHUNIT", "MILLI", "METRE", "mm", "IfcLengthMeasure", "IfcQuantityLength"),
    Measure("AREAUNIT", None, "SQUARE_METRE", "m2", "IfcAreaMeasure", "IfcQuantityArea"),
    Measure("VOLUMEUNIT", None, "CUBIC_METRE", "m3", "IfcVolumeMeasure", "IfcQuantityVolume"),
    Measure("MASSUNIT", "KILO", "GRAM", "kg", "IfcMassMeasure", "IfcQuantityWeight"),
    Measure("TIMEUNIT", None, "SECOND", "s", "IfcTimeMeasure", "IfcQuantityTime"),
    Measure("FORCEUNIT", "KILO", "NEWTON", "kN", "IfcForceMeasure"),
    Measure("PRESSUREUNIT", "KILO", "PASCAL", "kPa", "IfcPressureMeasure"),
    Measure("POWERUNIT", None, "WATT", "W", "IfcPowerMeasure"),
    Measure("ILLUMINANCEUNIT", None, "LUX", "lx", "IfcIlluminanceMeasure"),
    Measure(
        "THERMODYNAMICTEMPERATUREUNIT",
        None,
        "DEGREE_CELSIUS",
        "degC",
        "IfcThermodynamicTemperatureMeasure",
    ),
)
TRANSMITTANCE = "W/m2K"
"""The one unit of the project that is made of others."""


class Draft:
    """A model that grows."""

    def __init__(self, name: str, schema: str) -> None:
        self._name = name
        self._made = 0
        self.model: file = import_ifcopenshell().file(schema=schema)
        self._owner = self._owner_history() if schema == "IFC2X3" else None
        self.project = self.root("IfcProject", Name=name or "building")
        self.project.UnitsInContext = self._units()
        self.project.RepresentationContexts = [self._context()]
        header = self.model.header.file_name
        header.name, header.time_stamp = f"{name}.ifc", WRITTEN

    def make(self, name: str, *values: Any, **attributes: Any) -> entity_instance:
        """Add an entity without an identity."""
        return self.model.create_entity(name, *values, **attributes)

    def root(self, name: str, key: str = "", **attributes: Any) -> entity_instance:
        """Add an entity with an identity.

        Args:
            name: its class.
            key: what its GlobalId is made of; the number of entities so far if not given.
            attributes: its attributes.
        """
        self._made += 1
        more = {"OwnerHistory": self._owner} if self._owner is not None else {}
        guid = attributes.pop("GlobalId", "") or self._guid(key or f"#{self._made}")
        made = self.make(name, GlobalId=guid, **more, **attributes)
        for position, declared in enumerate(made.declaration.as_entity().all_attributes()):
            if made[position] is None and not declared.optional():
                _fill(made, position, declared)
        return made

    def has_class(self, name: str) -> bool:
        """Say whether the schema has a class of which there can be entities."""
        try:
            declared = self._schema.declaration_by_name(name)
        except RuntimeError:
            return False
        return not declared.as_entity().is_abstract()

    @cached_property
    def _schema(self) -> Any:
        wrapper = import_ifcopenshell().ifcopenshell_wrapper
        return wrapper.schema_by_name(self.model.schema_identifier)

    def _guid(self, key: str) -> str:
        of = uuid.uuid5(uuid.NAMESPACE_URL, f"p4ir:{self._name}:{key}")
        from ifcopenshell.guid import compress

        return str(compress(of.hex))

    def _owner_history(self) -> entity_instance:
        make = self.make
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

    def _context(self) -> entity_instance:
        make = self.make
        origin = make("IfcCartesianPoint", (0.0, 0.0, 0.0))
        return make(
            "IfcGeometricRepresentationContext",
            ContextType="Model",
            CoordinateSpaceDimension=3,
            WorldCoordinateSystem=make("IfcAxis2Placement3D", Location=origin),
        )

    def _units(self) -> entity_instance:
        make = self.make
        units = [
            make("IfcSIUnit", UnitType=each.kind, Prefix=each.prefix, Name=each.name)
            for each in MEASURES
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
        units.append(self._transmittance())
        return make("IfcUnitAssignment", Units=units)

    def _transmittance(self) -> entity_instance:
        make = self.make
        factors = [
            ("POWERUNIT", "WATT", 1),
            ("AREAUNIT", "SQUARE_METRE", -1),
            ("THERMODYNAMICTEMPERATUREUNIT", "KELVIN", -1),
        ]
        elements = [
            make("IfcDerivedUnitElement", make("IfcSIUnit", UnitType=kind, Name=name), exponent)
            for kind, name, exponent in factors
        ]
        kind = "THERMALTRANSMITTANCEUNIT"
        return make("IfcDerivedUnit", Elements=elements, UnitType=kind)


def _fill(made: Any, position: int, declared: Any) -> None:
    """Give an attribute that a schema demands, and facts do not have, a neutral value."""
    kind = declared.type_of_attribute().as_named_type()
    choice_of = kind.declared_type().as_enumeration_type() if kind else None
    choices = choice_of.enumeration_items() if choice_of else ()
    for choice in ("NOTDEFINED", "ELEMENT", "INTERNAL"):
        if choice in choices:
            made[position] = choice
            return
