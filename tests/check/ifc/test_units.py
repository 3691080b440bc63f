import math

import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.check import check
from p4ir.check.ifc.units import UnitOf, unit_of
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.units import Quantity
from tests.check.ifc.models import Model

WIDE_DOORS = Entry(
    rule=parse_rule("if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))")
)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((("LENGTHUNIT", "MILLI", "METRE"),), Quantity(2.0, "mm")),
        ((("LENGTHUNIT", None, "METRE"),), Quantity(2.0, "m")),
        ((("LENGTHUNIT", "CENTI", "METRE"),), Quantity(2.0, "cm")),
        ((("LENGTHUNIT", "MICRO", "METRE"),), Quantity(2e-6, "m")),
        ((("LENGTHUNIT", "MEGA", "METRE"),), Quantity(2e6, "m")),
    ],
)
def test_a_length_has_the_unit_that_the_project_declares(units, expected):
    model = Model(units=units)
    model.root("IfcDoor", OverallWidth=2.0)
    width = model.one().properties["width"]
    assert width.unit == expected.unit
    assert width.magnitude == pytest.approx(expected.magnitude)


@pytest.mark.parametrize(
    ("kind", "base", "name", "factor", "expected"),
    [
        ("LENGTHUNIT", "METRE", "FOOT", 0.3048, UnitOf(1.0, "ft")),
        ("LENGTHUNIT", "METRE", "inch", 0.0254, UnitOf(1.0, "in")),
        ("LENGTHUNIT", "METRE", "cubit", 0.5, UnitOf(0.5, "m")),
        ("MASSUNIT", "GRAM", "POUND", 453.59, UnitOf(1.0, "lb")),
        ("PLANEANGLEUNIT", "RADIAN", "DEGREE", 0.01745329, UnitOf(1.0, "deg")),
        # What another kind of unit, or another country's, is called is not what is meant.
        ("FORCEUNIT", "NEWTON", "POUND", 4.448, UnitOf(4.448, "N")),
        ("PLANEANGLEUNIT", "RADIAN", "MINUTE", math.pi / 10800, UnitOf(1 / 60, "deg")),
        ("VOLUMEUNIT", "CUBIC_METRE", "GALLON", 0.004546, UnitOf(0.004546, "m3")),
        # Of degrees a factor does not say where they begin.
        ("THERMODYNAMICTEMPERATUREUNIT", "KELVIN", "FAHRENHEIT", 5 / 9, UnitOf(1.0, "degF")),
        ("THERMODYNAMICTEMPERATUREUNIT", "KELVIN", "MINUTE", 5 / 9, None),
    ],
)
def test_a_unit_keeps_its_name_if_that_means_what_its_factor_says_or_is_converted(
    kind, base, name, factor, expected
):
    model = Model()
    unit = model.make(
        "IfcConversionBasedUnit",
        UnitType=kind,
        Name=name,
        ConversionFactor=model.make(
            "IfcMeasureWithUnit",
            model.make("IfcRatioMeasure", factor),
            model.make("IfcSIUnit", UnitType=kind, Name=base),
        ),
    )
    found = unit_of(unit)
    if expected is None:
        assert found is None
    else:
        assert found.unit == expected.unit
        assert found.scale == pytest.approx(expected.scale)


def test_a_unit_that_only_has_a_name_is_none():
    model = Model()
    unit = model.make("IfcContextDependentUnit", UnitType="LENGTHUNIT", Name="brick")
    assert unit_of(unit) is None


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        ("THERMALTRANSMITTANCEUNIT", "KILO GRAM 1, KELVIN -1, SECOND -3", UnitOf(1.0, "W/m2K")),
        ("THERMALTRANSMITTANCEUNIT", "WATT 1, METRE -2, KELVIN -1", UnitOf(1.0, "W/m2K")),
        ("THERMALRESISTANCEUNIT", "KILO GRAM -1, KELVIN 1, SECOND 3", UnitOf(1.0, "m2K/W")),
        ("PLANARFORCEUNIT", "KILO GRAM 1, METRE -1, SECOND -2", UnitOf(1.0, "Pa")),
        ("PLANARFORCEUNIT", "GRAM 1, METRE -1, SECOND -2", UnitOf(0.001, "Pa")),
        ("PLANARFORCEUNIT", "KILO NEWTON 1, METRE -2", UnitOf(1000.0, "Pa")),
        ("MASSDENSITYUNIT", "KILO GRAM 1, METRE -3", UnitOf(1.0, "kg/m3")),
        ("MASSDENSITYUNIT", "MEGA GRAM 1, METRE -3", UnitOf(1000.0, "kg/m3")),
    ],
)
def test_a_unit_that_is_made_of_others_is_converted_whatever_these_are(kind, parts, expected):
    unit = derived(Model(), kind, parts)
    assert unit_of(unit) == (pytest.approx(expected.scale), expected.unit)


def test_a_factor_in_a_unit_that_is_made_of_others_is_one_in_that():
    model = Model()
    unit = model.make(
        "IfcConversionBasedUnit",
        UnitType="FORCEUNIT",
        Name="kip",
        ConversionFactor=model.make(
            "IfcMeasureWithUnit",
            model.make("IfcRatioMeasure", 4448222.0),
            derived(model, "USERDEFINED", "GRAM 1, METRE 1, SECOND -2"),
        ),
    )
    assert unit_of(unit) == (pytest.approx(4448.222), "N")


def derived(model, kind, parts):
    elements = []
    for part in parts.split(", "):
        *prefix, name, exponent = part.split()
        unit = model.make("IfcSIUnit", Prefix=(*prefix, None)[0], Name=name)
        elements.append(model.make("IfcDerivedUnitElement", Unit=unit, Exponent=int(exponent)))
    return model.make("IfcDerivedUnit", Elements=elements, UnitType=kind)


def test_a_property_with_its_own_unit_is_read_in_that():
    model = Model()
    metre = model.make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
    railing = model.root("IfcRailing", PredefinedType="GUARDRAIL")
    height = model.property("Height", "IfcPositiveLengthMeasure", 1.1, metre)
    model.define(railing, "Pset_RailingCommon", height)
    element = model.one()
    assert element.types == ("guard",)
    assert element.properties["height"] == Quantity(1.1, "m")


def test_angles_are_read_in_degrees_and_masses_in_kilograms():
    model = Model(units=(("PLANEANGLEUNIT", None, "RADIAN"), ("MASSUNIT", "KILO", "GRAM")))
    slab = model.root("IfcSlab")
    model.define(
        slab, "Pset_SlabCommon", model.property("PitchAngle", "IfcPlaneAngleMeasure", math.pi / 6)
    )
    weight = model.make("IfcQuantityWeight", Name="NetWeight", WeightValue=40.0)
    model.define(slab, "Qto_SlabBaseQuantities", weight)
    pitch = model.one().properties["pitch"]
    assert (pytest.approx(pitch.magnitude), pitch.unit) == (30.0, "deg")
    assert model.one().properties["netWeight"] == Quantity(40.0, "kg")


def test_without_units_no_size_can_be_compared_and_nothing_passes():
    model = Model(units=None)
    model.root("IfcDoor", OverallWidth=860.0)
    building = model.read()
    assert [finding.verdict for finding in check([WIDE_DOORS], building)] == ["unknown"]
    assert "declares no unit" in building.elements[0].properties["width"][0]


def test_without_quantities_a_size_is_unknown():
    model = Model()
    model.root("IfcDoor")
    assert [finding.verdict for finding in check([WIDE_DOORS], model.read())] == ["unknown"]
