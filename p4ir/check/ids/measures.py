"""The standard property sets' types of value, and sizes in the units of IDS.

IDS compares measures in SI units, whatever unit a model declares. What a standard
property measures is known from the templates of buildingSMART that ifcopenshell ships.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from p4ir.check.ids.refusals import RefusedError
from p4ir.errors import RuleError
from p4ir.rules.units import Quantity, convert, convertible

if TYPE_CHECKING:
    from p4ir.check.ifc.mapping import Source

SCHEMAS = {"IFC4": "IFC4", "IFC4X3": "IFC4X3_ADD2", "IFC2X3": "IFC2X3"}
"""A schema as ifcopenshell names it, and as IDS does."""

_SI = ("m", "m2", "m3", "kg", "N", "Pa", "s", "W", "J", "V", "A", "Hz", "lx", "lm", "m/s", "m3/s",
       "kg/m3", "kg/m2", "N/m", "W/m2", "W/m2K", "W/mK", "m2K/W", "")  # fmt: skip
_RADIANS = "rad"
_OF_TYPE = {
    "IfcLengthMeasure": "m", "IfcPositiveLengthMeasure": "m", "IfcNonNegativeLengthMeasure": "m",
    "Q_LENGTH": "m", "IfcAreaMeasure": "m2", "Q_AREA": "m2", "IfcVolumeMeasure": "m3",
    "Q_VOLUME": "m3", "IfcMassMeasure": "kg", "Q_WEIGHT": "kg", "IfcForceMeasure": "N",
    "IfcPressureMeasure": "Pa", "IfcTimeMeasure": "s", "Q_TIME": "s", "IfcPowerMeasure": "W",
    "IfcIlluminanceMeasure": "lx", "IfcLinearVelocityMeasure": "m/s",
    "IfcVolumetricFlowRateMeasure": "m3/s", "IfcThermalTransmittanceMeasure": "W/m2K",
    "IfcPlanarForceMeasure": "Pa", "IfcPlaneAngleMeasure": _RADIANS,
    "IfcPositivePlaneAngleMeasure": _RADIANS, "IfcCountMeasure": "", "Q_COUNT": "",
    "IfcInteger": "", "IfcReal": "", "IfcRatioMeasure": "", "IfcPositiveRatioMeasure": "",
    "IfcNormalisedRatioMeasure": "",
}  # fmt: skip
_YES_OR_NO = frozenset({"IfcBoolean", "IfcLogical"})
_TEXT = frozenset({"IfcLabel", "IfcText", "IfcIdentifier"})


def in_si(quantity: Quantity, source: Source) -> float:
    """Return a size as IDS compares it.

    Raises:
        RefusedError: IDS has no unit for it, or the property measures something else.
    """
    unit, magnitude = _si_of(quantity)
    type_ = type_of(source)
    if type_ is None:
        return magnitude
    if type_ not in _OF_TYPE:
        kind = "text" if type_ in _TEXT else "yes or no" if type_ in _YES_OR_NO else type_
        raise RefusedError("measure", f"{source} is {kind} and {quantity} is not")
    if _OF_TYPE[type_] != unit:
        shown = _OF_TYPE[type_] or "a bare number"
        raise RefusedError("measure", f"{source} is in {shown} and {quantity} is not")
    return magnitude


def is_yes_or_no(source: Source) -> bool:
    """Say whether a property is yes or no, as far as is known."""
    type_ = type_of(source)
    return type_ is None or type_ in _YES_OR_NO


def is_text(source: Source) -> bool:
    """Say whether a property is text, as far as is known."""
    type_ = type_of(source)
    return type_ is None or type_ in _TEXT


def _si_of(quantity: Quantity) -> tuple[str, float]:
    if quantity.unit == "deg":
        return _RADIANS, math.radians(quantity.magnitude)
    for unit in _SI:
        # Not across `person` or `K`: programs do not shift temperatures to kelvins.
        if convertible(quantity.unit, unit):
            try:
                return unit, convert(quantity, unit).magnitude
            except RuleError:
                break
    raise RefusedError("unit", str(quantity))


@lru_cache(maxsize=4096)
def type_of(source: Source) -> str | None:
    """Return the type of a standard property or quantity; `None` if it is no standard one."""
    for schema in SCHEMAS:
        template = _templates(schema).get_by_name(source.set)
        for prop in template.HasPropertyTemplates if template else ():
            if prop.Name == source.name:
                return str(_value_type(prop))
    return None


def _value_type(prop: Any) -> str | None:
    if prop.TemplateType is not None and prop.TemplateType.startswith("Q_"):
        return str(prop.TemplateType)
    return prop.PrimaryMeasureType  # type: ignore[no-any-return]


@lru_cache(maxsize=len(SCHEMAS))
def _templates(schema: str) -> Any:
    from ifcopenshell.util.pset import PsetQto

    return PsetQto(schema)
