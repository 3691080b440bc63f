import math

import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.check import check
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
    ("name", "factor", "expected"),
    [
        ("FOOT", 0.3048, Quantity(3.0, "ft")),
        ("inch", 0.0254, Quantity(3.0, "in")),
        ("cubit", 0.5, Quantity(1.5, "m")),
    ],
)
def test_a_unit_that_is_defined_by_another_keeps_its_name_or_is_converted(name, factor, expected):
    model = Model(units=None)
    metre = model.make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
    ratio = model.make("IfcRatioMeasure", factor)
    unit = model.make(
        "IfcConversionBasedUnit",
        Dimensions=model.make("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0),
        UnitType="LENGTHUNIT",
        Name=name,
        ConversionFactor=model.make("IfcMeasureWithUnit", ratio, metre),
    )
    model.project.UnitsInContext = model.make("IfcUnitAssignment", Units=[unit])
    model.root("IfcDoor", OverallWidth=3.0)
    assert model.one().properties["width"] == expected


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
