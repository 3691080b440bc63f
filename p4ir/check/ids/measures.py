"""Sizes in the units of IDS, which compares in SI whatever unit a model declares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from p4ir.check.ids.refusals import RefusedError
from p4ir.check.ifc.templates import type_of
from p4ir.errors import RuleError
from p4ir.rules.units import Quantity, convert, convertible

if TYPE_CHECKING:
    from p4ir.check.ifc.mapping import Source

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


def is_surely_text(source: Source) -> bool:
    """Say whether a property is known to be text."""
    return type_of(source) in _TEXT


def is_number(source: Source) -> bool:
    """Say whether a property is known to be a count or another number without a unit."""
    return _OF_TYPE.get(type_of(source) or "") == ""


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
