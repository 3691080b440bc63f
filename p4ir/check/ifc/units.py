"""The units of an IFC model, in the spelling of `p4ir.rules.units`.

A value keeps the unit that the project declares (`860 mm`), so that what a finding
shows is what the model says. A unit without a spelling here, or whose name is another
unit's (a `POUND` of force, a gallon that is not the American one), is converted to SI by
the scale that the model itself gives. Where the project declares no unit, there is none,
and no size can be compared: nothing is guessed.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from p4ir.rules.units import Quantity, convert, convertible, known_unit

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file

_PREFIXES = {
    None: "", "GIGA": "G", "MEGA": "M", "KILO": "k", "DECI": "d", "CENTI": "c", "MILLI": "m",
}  # fmt: skip
_SYMBOLS = {
    "METRE": "m", "SQUARE_METRE": "m2", "CUBIC_METRE": "m3", "GRAM": "g", "SECOND": "s",
    "NEWTON": "N", "PASCAL": "Pa", "WATT": "W", "JOULE": "J", "VOLT": "V", "AMPERE": "A",
    "HERTZ": "Hz", "LUX": "lx", "LUMEN": "lm", "KELVIN": "K", "DEGREE_CELSIUS": "degC",
}  # fmt: skip
_SI = {
    "LENGTHUNIT": "m", "AREAUNIT": "m2", "VOLUMEUNIT": "m3", "TIMEUNIT": "s", "FORCEUNIT": "N",
    "PRESSUREUNIT": "Pa", "POWERUNIT": "W", "ENERGYUNIT": "J", "FREQUENCYUNIT": "Hz",
    "ELECTRICVOLTAGEUNIT": "V", "ELECTRICCURRENTUNIT": "A", "ILLUMINANCEUNIT": "lx",
    "LUMINOUSFLUXUNIT": "lm", "LINEARVELOCITYUNIT": "m/s", "VOLUMETRICFLOWRATEUNIT": "m3/s",
    "MASSDENSITYUNIT": "kg/m3", "PLANARFORCEUNIT": "Pa", "HEATFLUXDENSITYUNIT": "W/m2",
    "THERMALTRANSMITTANCEUNIT": "W/m2K", "THERMALRESISTANCEUNIT": "m2K/W",
    "THERMALCONDUCTANCEUNIT": "W/mK", "LINEARFORCEUNIT": "N/m", "AREADENSITYUNIT": "kg/m2",
    "MASSUNIT": "kg", "PLANEANGLEUNIT": "deg",
}  # fmt: skip
_TEMPERATURE = "THERMODYNAMICTEMPERATUREUNIT"
_TEMPERATURES = frozenset({"degC", "degF", "K"})
_DEGREES_PER_RADIAN = 57.29577951308232
_GRAMS_PER_KILOGRAM = 1000.0
_SAME = 1e-3
"""Relative difference up to which a name and a factor mean one unit: programs round factors."""
_QUANTITIES = {
    "IfcQuantityLength": "LENGTHUNIT", "IfcQuantityArea": "AREAUNIT",
    "IfcQuantityVolume": "VOLUMEUNIT", "IfcQuantityWeight": "MASSUNIT",
    "IfcQuantityTime": "TIMEUNIT", "IfcQuantityCount": "", "IfcQuantityNumber": "",
}  # fmt: skip
_BARE_MEASURES = frozenset({
    "IfcReal", "IfcInteger", "IfcPositiveInteger", "IfcCountMeasure", "IfcNumericMeasure",
    "IfcRatioMeasure", "IfcPositiveRatioMeasure", "IfcNormalisedRatioMeasure", "IfcMonetaryMeasure",
    "IfcParameterValue", "IfcContextDependentMeasure", "IfcDescriptiveMeasure", "IfcPHMeasure",
})  # fmt: skip
_SPECIAL_MEASURES = {"IfcSoundPowerLevelMeasure": "dB", "IfcSoundPressureLevelMeasure": "dB"}


class UnitOf(NamedTuple):
    """How a magnitude of a model is written here: times `scale`, then `unit`."""

    scale: float
    unit: str


BARE = UnitOf(1.0, "")
"""A number without a unit: a count, a ratio."""


class ProjectUnits:
    """The units that a model declares for its measures.

    `of_measure` and `of_quantity` return `None` where a unit is needed and not declared.
    """

    def __init__(self, model: file) -> None:
        self._declared: dict[str, UnitOf] = {}
        for assignment in model.by_type("IfcUnitAssignment"):
            for unit in assignment.Units or ():
                kind = getattr(unit, "UnitType", None)
                if kind is not None and (found := unit_of(unit)) is not None:
                    self._declared.setdefault(str(kind), found)

    def of_measure(self, measure: str, own: entity_instance | None) -> UnitOf | None:
        """Return the unit of a property's value by the name of its measure (`IfcLengthMeasure`)."""
        if own is not None:
            return unit_of(own)
        if measure in _BARE_MEASURES:
            return BARE
        if measure in _SPECIAL_MEASURES:
            return UnitOf(1.0, _SPECIAL_MEASURES[measure])
        return self._declared.get(_unit_type(measure))

    def of_quantity(self, quantity: str, own: entity_instance | None) -> UnitOf | None:
        """Return the unit of a quantity by its class (`IfcQuantityLength`)."""
        if own is not None:
            return unit_of(own)
        kind = _QUANTITIES.get(quantity)
        return BARE if kind == "" else self._declared.get(kind or "")


def unit_of(unit: entity_instance) -> UnitOf | None:
    """Return how magnitudes in an IFC unit are written here; `None` if they cannot be."""
    if unit.is_a("IfcSIUnit"):
        return _of_si(unit)
    if unit.is_a("IfcConversionBasedUnit"):
        return _of_name(unit)
    return _by_scale(unit)


def _of_si(unit: entity_instance) -> UnitOf | None:
    name, prefix = str(unit.Name), unit.Prefix
    if name in _SYMBOLS and prefix in _PREFIXES:
        spelled = known_unit(_PREFIXES[prefix] + _SYMBOLS[name])
        # `Mm` would be read as a spelling of `mm`: only a spelling as it stands is sure.
        if spelled == _PREFIXES[prefix] + _SYMBOLS[name]:
            return UnitOf(1.0, spelled)
    return _by_scale(unit)


def _of_name(unit: entity_instance) -> UnitOf | None:
    """Return the unit of a name, if that means what the unit's factor says."""
    spelled = known_unit(str(unit.Name).lower().replace("_", " "))
    if unit.UnitType == _TEMPERATURE:
        # Where a scale of degrees begins, its name says and no factor does.
        return UnitOf(1.0, spelled) if spelled in _TEMPERATURES else None
    if str(unit.UnitType) not in _SI:  # persons: there is nothing that the factor could say
        return UnitOf(1.0, spelled) if spelled else None
    in_si = _by_scale(unit)
    if in_si is None or spelled is None or not convertible(spelled, in_si.unit):
        return in_si
    named = convert(Quantity(1.0, spelled), in_si.unit).magnitude
    return UnitOf(1.0, spelled) if math.isclose(named, in_si.scale, rel_tol=_SAME) else in_si


def _by_scale(unit: entity_instance) -> UnitOf | None:
    """Convert to SI by the scale that the model gives."""
    kind = str(unit.UnitType)
    if kind not in _SI:
        return None
    try:
        scale = _scale(unit)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None  # a unit without the conversion factor that defines it
    return UnitOf(scale * _DEGREES_PER_RADIAN if kind == "PLANEANGLEUNIT" else scale, _SI[kind])


def _scale(unit: entity_instance) -> float:
    """Return how many of SI's own units a unit is, however it is made of others.

    ifcopenshell's scales of derived units are to grams where these are made of masses, and to
    nothing in particular where a factor is in derived units.
    """
    from ifcopenshell.util.unit import get_unit_scale

    if unit.is_a("IfcDerivedUnit"):
        return math.prod(_scale(each.Unit) ** int(each.Exponent) for each in unit.Elements)
    if unit.is_a("IfcConversionBasedUnit"):
        factor = unit.ConversionFactor
        return float(factor.ValueComponent.wrappedValue) * _scale(factor.UnitComponent)
    if not unit.is_a("IfcSIUnit"):
        raise ValueError(f"{unit.is_a()} says nothing of its size")
    scale = float(get_unit_scale(unit))
    return scale / _GRAMS_PER_KILOGRAM if unit.Name == "GRAM" else scale


@lru_cache(maxsize=512)
def _unit_type(measure: str) -> str:
    from ifcopenshell.util.unit import get_measure_unit_type

    return str(get_measure_unit_type(measure))
