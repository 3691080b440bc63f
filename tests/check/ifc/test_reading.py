import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.check.checking import check
from p4ir.check.ifc.mapping import read_mapping
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.units import Quantity
from tests.check.ifc.models import SCHEMAS, Model


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


@pytest.mark.parametrize("said", ["NOTKNOWN", "UNSET", "n/a", "-"])
def test_what_stands_for_an_unknown_value_says_nothing(said):
    model = Model()
    door = model.root("IfcDoor")
    status = model.make(
        "IfcPropertyEnumeratedValue",
        Name="Status",
        EnumerationValues=[model.make("IfcLabel", said)],
    )
    model.define(door, "Pset_DoorCommon", status, model.property("FireRating", "IfcLabel", said))
    rules = ("has(door,fireRating)", "is(door.status,new)")
    for rule in rules:
        found = verdicts(f"if(exist(door)),then(obligation({rule}))", model.read())
        assert found == ["unknown"]


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
    assert properties["leaf"] == Quantity(750.0, "mm")
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
    # What a door fills is no second opening.
    assert "O" not in [e.name for e in facts.elements]
    assert next(e for e in facts.elements if e.name == "D").relations["partOf"] == ("W",)


def test_a_hole_that_nothing_fills_is_an_opening_of_its_wall():
    model = Model()
    wall, hole = model.root("IfcWall", Name="W"), model.root("IfcOpeningElement", Name="O")
    model.root("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=hole)
    assert verdicts("if(exist(wall)),then(obligation(has(wall,opening)))", model.read()) == ["pass"]


@pytest.mark.parametrize(
    ("named", "verdict"),
    [("Door with window", []), ("Window", ["fail"]), ("Door window", ["fail"])],
)
def test_what_stands_behind_a_preposition_in_a_name_is_not_what_an_element_is(named, verdict):
    model = Model()
    model.root("IfcDoor", Name="D", ObjectType=named, OverallWidth=900.0)
    rule = "if(exist(window)),then(obligation(greaterThanEqual(window.width,1 m)))"
    assert [each for each in verdicts(rule, model.read()) if each == "fail"] == verdict


def test_a_hole_that_something_else_fills_is_an_opening_all_the_same():
    model = Model()
    wall, hole = model.root("IfcWall", Name="W"), model.root("IfcOpeningElement", Name="O")
    louvre = model.root("IfcBuildingElementProxy", Name="L")
    model.root("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=hole)
    model.root("IfcRelFillsElement", RelatingOpeningElement=hole, RelatedBuildingElement=louvre)
    assert verdicts("if(exist(wall)),then(obligation(has(wall,opening)))", model.read()) == ["pass"]


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


def test_an_element_is_called_by_its_name_if_that_is_its_own():
    model = Model()
    doors = [model.root("IfcDoor", Name=name) for name in ("D1", "D2", "D2", "", "#7")]
    ids = [element.id for element in model.read().elements]
    assert ids == ["D1", *(door.GlobalId for door in doors[1:])]


def test_a_name_that_is_anothers_globalid_is_not_taken_for_it():
    model = Model()
    door = model.root("IfcDoor")
    other = model.root("IfcDoor", Name=door.GlobalId)
    assert [element.id for element in model.read().elements] == [door.GlobalId, other.GlobalId]


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
