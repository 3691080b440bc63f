import math

import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.check.checking import check
from p4ir.check.ifc.mapping import read_mapping
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.units import Quantity
from tests.check.ifc.models import SCHEMAS, Model

WIDE_DOORS = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"


def verdicts(text, building):
    return [finding.verdict for finding in check([Entry(rule=parse_rule(text))], building)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_door_is_read_from_every_schema(schema):
    model = Model(schema)
    door = model.root("IfcDoor", Name="D1", OverallWidth=860.0)
    model.define(
        door,
        "Pset_DoorCommon",
        model.property("SelfClosing", "IfcBoolean", True),
        model.property("FireRating", "IfcLabel", "EI30"),
    )
    element = model.one()
    assert (element.types, element.name, element.global_id) == (("door",), "D1", door.GlobalId)
    assert element.properties["width"] == Quantity(860.0, "mm")
    assert element.properties["selfClosing"] is True
    assert element.properties["fireRating"] == ("EI30",)


def test_a_quantity_goes_before_an_attribute():
    model = Model()
    door = model.root("IfcDoor", OverallWidth=1000.0)
    width = model.make("IfcQuantityLength", Name="Width", LengthValue=860.0)
    model.define(door, "Qto_DoorBaseQuantities", width)
    assert model.one().properties["width"] == Quantity(860.0, "mm")


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
    assert verdicts(WIDE_DOORS, building) == ["unknown"]
    assert "declares no unit" in building.elements[0].properties["width"][0]


def test_without_quantities_a_size_is_unknown():
    model = Model()
    model.root("IfcDoor")
    assert verdicts(WIDE_DOORS, model.read()) == ["unknown"]


def test_what_a_type_says_holds_unless_the_occurrence_says_otherwise():
    model = Model()
    doors = [model.root("IfcDoor", Name=name) for name in ("inherits", "differs")]
    of_type = model.root(
        "IfcDoorType",
        HasPropertySets=[
            model.set(
                "Pset_DoorCommon",
                model.property("SelfClosing", "IfcBoolean", True),
                model.property("FireExit", "IfcBoolean", True),
            )
        ],
    )
    model.root("IfcRelDefinesByType", RelatedObjects=doors, RelatingType=of_type)
    model.define(doors[1], "Pset_DoorCommon", model.property("SelfClosing", "IfcBoolean", False))
    inherits, differs = model.read().elements
    assert (inherits.properties["selfClosing"], inherits.properties["fireExit"]) == (True, True)
    assert (differs.properties["selfClosing"], differs.properties["fireExit"]) == (False, True)


def test_materials_are_an_open_list_of_all_names_and_layers_have_a_thickness():
    model = Model()
    wall = model.root("IfcWall")
    layers = [
        model.make(
            "IfcMaterialLayer",
            Material=model.make("IfcMaterial", Name=name, Category=category),
            LayerThickness=thickness,
        )
        for name, category, thickness in (("Brick", None, 110.0), ("Oak", "timber", 90.0))
    ]
    layer_set = model.make("IfcMaterialLayerSet", MaterialLayers=layers, LayerSetName="W1")
    model.made_of(wall, layer_set)
    element = model.one()
    assert set(element.properties["material"]) == {"W1", "Brick", "Oak", "timber"}
    assert element.properties["thickness"] == Quantity(200.0, "mm")
    rule = "if(exist(wall)),then(obligation(is(wall.material,{})))"
    assert verdicts(rule.format("timber"), model.read()) == ["pass"]
    assert verdicts(rule.format("steel"), model.read()) == ["unknown"]


def test_a_choice_of_a_list_is_exact_and_an_unknown_logical_value_is_none():
    model = Model()
    door = model.root("IfcDoor")
    status = model.make(
        "IfcPropertyEnumeratedValue",
        Name="Status",
        EnumerationValues=[model.make("IfcLabel", "EXISTING")],
    )
    unsaid = model.property("IsLandmarked", "IfcLogical", "UNKNOWN")
    model.define(door, "Pset_DoorCommon", status, unsaid)
    properties = model.one().properties
    assert properties["status"] == "EXISTING"
    assert "landmarked" not in properties


def test_properties_that_the_mapping_does_not_name_keep_their_own_unless_sets_disagree():
    model = Model()
    door = model.root("IfcDoor")
    model.define(
        door,
        "Ours",
        model.property("Clear Width", "IfcLengthMeasure", 800.0),
        model.property("Colour", "IfcLabel", "red"),
        model.property("HasVisionPanel", "IfcBoolean", True),
        model.property("Leaf", "IfcLabel", "750 mm"),
    )
    model.define(door, "Theirs", model.property("Colour", "IfcLabel", "blue"))
    properties = model.one().properties
    assert properties["clearWidth"] == Quantity(800.0, "mm")
    assert properties["visionPanel"] is True
    assert properties["leaf"] == (Quantity(750.0, "mm"),)
    assert "colour" not in properties


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_spatial_structure_openings_and_boundaries_are_relations(schema):
    model = Model(schema)
    building = model.root("IfcBuilding", Name="B")
    storey = model.root("IfcBuildingStorey", Name="S")
    room = model.root("IfcSpace", Name="R", LongName="Bedroom 2")
    wall, door = model.root("IfcWall", Name="W"), model.root("IfcDoor", Name="D")
    opening = model.root("IfcOpeningElement", Name="O")
    for whole, part in ((building, storey), (storey, room)):
        model.root("IfcRelAggregates", RelatingObject=whole, RelatedObjects=[part])
    model.root(
        "IfcRelContainedInSpatialStructure", RelatingStructure=storey, RelatedElements=[wall, door]
    )
    model.root("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=opening)
    model.root("IfcRelFillsElement", RelatingOpeningElement=opening, RelatedBuildingElement=door)
    model.root(
        "IfcRelSpaceBoundary",
        RelatingSpace=room,
        RelatedBuildingElement=door,
        PhysicalOrVirtualBoundary="PHYSICAL",
        InternalOrExternalBoundary="INTERNAL",
    )
    facts = model.read()
    for text in (
        "if(exist(door)),then(obligation(and(within(door,storey),within(door,building))))",
        "if(exist(bedroom)),then(obligation(has(bedroom,door)))",
        "if(exist(wall)),then(obligation(has(wall,door)))",
        "if(exist(storey)),then(obligation(has(storey,room)))",
    ):
        assert verdicts(text, facts) == ["pass"], text
    assert next(e for e in facts.elements if e.name == "R").types == ("bedroom",)


def test_pipes_connect_by_their_ports():
    model = Model()
    pipes = [model.root("IfcPipeSegment", Name=name) for name in "ab"]
    ports = [model.root("IfcDistributionPort") for _ in pipes]
    for pipe, port in zip(pipes, ports, strict=True):
        model.root("IfcRelNests", RelatingObject=pipe, RelatedObjects=[port])
    model.root("IfcRelConnectsPorts", RelatingPort=ports[0], RelatedPort=ports[1])
    first, second = model.read().elements
    assert first.relations == {"connect": (second.id,)}


def test_in_ifc2x3_the_type_says_what_a_flow_terminal_is():
    model = Model("IFC2X3")
    terminal = model.root("IfcFlowTerminal")
    of_type = model.root("IfcSanitaryTerminalType", PredefinedType="TOILETPAN")
    model.root("IfcRelDefinesByType", RelatedObjects=[terminal], RelatingType=of_type)
    assert model.one().types == ("wcPan",)


def test_a_proxy_is_what_it_is_called():
    model = Model()
    model.root("IfcBuildingElementProxy", ObjectType="Fire extinguisher")
    assert model.one().types == ("fireExtinguisher",)


def test_a_class_that_the_mapping_does_not_name_keeps_its_own_name():
    model = Model()
    model.root("IfcSolarDevice")
    assert model.one().types == ("solarDevice",)


def test_elements_with_one_globalid_are_told_apart():
    model = Model()
    doors = [model.root("IfcDoor") for _ in range(2)]
    doors[1].GlobalId = doors[0].GlobalId
    ids = [element.id for element in model.read().elements]
    assert ids == [f"#{door.id()}" for door in doors]


def test_a_model_can_say_which_of_its_lists_are_complete():
    model = Model()
    building = model.root("IfcBuilding")
    stair = model.root("IfcStair")
    lists = (
        (building, "CompleteInModel", ["stair"]),
        (building, "Complete", ["has lift"]),
        (stair, "Complete", ["has handrail"]),
    )
    for element, name, values in lists:
        listed = [model.make("IfcLabel", value) for value in values]
        said = model.make("IfcPropertyListValue", Name=name, ListValues=listed)
        model.define(element, "P4ir", said)
    facts = model.read()
    assert facts.complete == {"stair"}
    assert [element.complete for element in facts.elements] == [{"has handrail"}, {"has lift"}]
    rule = "if(exist(stair)),then(obligation(has(stair,handrail)))"
    assert verdicts(rule, facts) == ["fail"]


def test_a_mapping_of_ones_own_adds_to_the_shipped_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "elements:\n"
        "  door:\n    properties:\n      clearWidth: Ours.ClearOpening\n"
        "  solarPanel:\n    classes: [IfcSolarDevice.SOLARPANEL]\n"
        "kinds:\n  solarPanel: [equipment]\n"
        "complete: [door]\n"
    )
    model = Model()
    door = model.root("IfcDoor", OverallWidth=900.0)
    model.define(door, "Ours", model.property("ClearOpening", "IfcLengthMeasure", 810.0))
    model.root("IfcSolarDevice", PredefinedType="SOLARPANEL")
    facts = model.read(read_mapping(path))
    panel, opened = sorted(facts.elements, key=lambda element: element.types, reverse=True)
    assert panel.types == ("solarPanel",)
    assert opened.properties["clearWidth"] == Quantity(810.0, "mm")
    assert opened.properties["width"] == Quantity(900.0, "mm")
    assert "door" in facts.complete
    assert facts.kinds["solarPanel"] == ("equipment",)
