from dataclasses import replace

import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.check.ifc.mapping import read_mapping
from p4ir.rules.units import Quantity
from tests.check.ifc.models import SCHEMAS, Model, verdicts


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


@pytest.mark.parametrize(
    ("named", "verdict"),
    [("Door with window", []), ("Window", ["fail"]), ("Door window", ["fail"])],
)
def test_what_stands_behind_a_preposition_in_a_name_is_not_what_an_element_is(named, verdict):
    model = Model()
    proxy = model.root("IfcBuildingElementProxy", Name="D", ObjectType=named)
    model.define(proxy, "Ours", model.property("Width", "IfcLengthMeasure", 900.0))
    rule = "if(exist(window)),then(obligation(greaterThanEqual(window.width,1 m)))"
    assert [each for each in verdicts(rule, model.read()) if each == "fail"] == verdict


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


@pytest.mark.parametrize(
    ("class_", "named", "types"),
    [
        ("IfcSpace", {"LongName": "Stair 1"}, ("stairRoom",)),
        ("IfcSpace", {"LongName": "Staircase"}, ("staircaseRoom",)),
        ("IfcSpace", {"LongName": "WC"}, ("wcRoom",)),
        ("IfcSpace", {"ObjectType": "Shower", "LongName": "Bathroom"}, ("showerRoom", "bathroom")),
        ("IfcSpace", {"LongName": "Stair with window"}, ("room",)),
        ("IfcSpace", {"LongName": "Lift lobby"}, ("liftLobby",)),
        ("IfcZone", {"ObjectType": "Stair"}, ("stairZone",)),
        ("IfcZone", {"ObjectType": "Dwelling"}, ("dwelling", "zone")),
        ("IfcSystem", {"ObjectType": "Sprinkler"}, ("sprinklerSystem",)),
        ("IfcStair", {"ObjectType": "Fire stair"}, ("fireStair",)),
    ],
)
def test_a_place_that_is_called_after_what_it_holds_is_not_that(class_, named, types):
    model = Model()
    model.root(class_, **named)
    assert model.one().types == types


@pytest.mark.parametrize(
    ("class_", "named", "types"),
    [
        ("IfcDoor", "Bathroom", ("bathroomDoor", "door")),
        ("IfcDoor", "Door to bathroom", ("doorToBathroomDoor", "door")),
        ("IfcDoor", "Window", ("windowDoor", "door")),
        ("IfcDoor", "Window or door", ("door",)),
        ("IfcDoor", "Window with lock", ("door",)),
        ("IfcWall", "Stair", ("stairWall", "wall")),
        ("IfcWall", "Curtain wall", ("curtainWall",)),
        ("IfcSlab", "Landing", ("landing",)),
        ("IfcSlab", "Ground floor", ("groundFloor", "slab")),
        ("IfcFurniture", "Kitchen", ("kitchenFurniture", "furniture")),
        ("IfcFurniture", "Basin", ("basin", "furniture")),
        ("IfcOpeningElement", "Door", ("doorHole", "hole")),
        ("IfcTransportElement", "Lift", ("lift", "transportElement")),
        ("IfcTransportElement", "Stair", ("stairTransportElement", "transportElement")),
        ("IfcDoor", "Firecell", ("firecellDoor", "door")),
        ("IfcBuildingElementProxy", "Bathroom", ("bathroomBuildingElementProxy",)),
        ("IfcBuildingElementProxy", "Stair", ("stair",)),
        ("IfcBuildingElementProxy", "Firecell", ("firecell",)),
    ],
)
def test_a_thing_that_is_called_after_a_place_or_another_thing_is_not_that(class_, named, types):
    model = Model()
    model.root(class_, ObjectType=named)
    assert model.one().types == types


@pytest.mark.parametrize(
    ("named", "toilet", "basin"),
    [
        ({"Name": "Toilet"}, "pass", "fail"),
        ({"Name": "Wall hung toilet 2"}, "pass", "fail"),
        ({"ObjectType": "Toilet"}, "pass", "fail"),
        ({"Name": "S1", "PredefinedType": "TOILETPAN"}, "pass", "fail"),
        ({"Name": "S1", "PredefinedType": "WCSEAT"}, "pass", "fail"),
        ({"Name": "Basin"}, "fail", "pass"),
        ({"Name": "S1"}, "unknown", "unknown"),
        ({"Name": "Toilet roll holder"}, "unknown", "unknown"),
        ({"Name": "Bathroom"}, "unknown", "unknown"),
    ],
)
def test_a_sanitary_terminal_is_the_fixture_that_it_is_called(named, toilet, basin):
    model = Model()
    room = model.root("IfcSpace", LongName="Bathroom", Name="R")
    fixture = model.root("IfcSanitaryTerminal", **named)
    model.root(
        "IfcRelContainedInSpatialStructure", RelatingStructure=room, RelatedElements=[fixture]
    )
    facts = replace(model.read(), complete=frozenset({"has", "within", "room"}))
    rule = "if(exist(bathroom)),then(obligation(has(bathroom,{})))"
    assert [verdicts(rule.format(kind), facts) for kind in ("toilet", "basin")] == [
        [toilet],
        [basin],
    ]
    assert len(verdicts("if(exist(room)),then(obligation(is(room,lit)))", facts)) == 1


def test_the_door_of_a_bathroom_is_no_room_of_the_storey():
    model = Model()
    storey = model.root("IfcBuildingStorey")
    room, door = model.root("IfcSpace"), model.root("IfcDoor", ObjectType="Bathroom")
    model.root("IfcRelAggregates", RelatingObject=storey, RelatedObjects=[room])
    model.root(
        "IfcRelContainedInSpatialStructure", RelatingStructure=storey, RelatedElements=[door]
    )
    facts = replace(model.read(), complete=frozenset({"room", "within"}))
    rule = "if(exist(storey)),then(obligation(equal(count(storey.room),1)))"
    assert verdicts(rule, facts) == ["pass"]


def test_the_wall_of_a_stair_is_no_stair_without_handrails():
    model = Model()
    model.root("IfcWall", ObjectType="Stair")
    facts = replace(model.read(), complete=frozenset({"has", "stair"}))
    rule = "if(exist(stair)),then(obligation(has(stair,handrail)))"
    assert verdicts(rule, facts) == ["not applicable"]


def test_a_thing_may_be_called_by_any_kind_that_is_mapped_to_its_class(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("elements:\n  parapet:\n    classes: [IfcWall.PARAPET]\n")
    model = Model()
    model.root("IfcWall", ObjectType="Parapet")
    assert model.one(read_mapping(path)).types == ("parapet", "wall")


def test_what_a_place_holds_is_not_counted_with_the_place():
    model = Model()
    storey, stair = model.root("IfcBuildingStorey"), model.root("IfcStair")
    pan = model.root("IfcSanitaryTerminal", PredefinedType="TOILETPAN")
    for named, held in (("Stair 1", stair), ("WC", pan)):
        room = model.root("IfcSpace", LongName=named)
        model.root("IfcRelAggregates", RelatingObject=storey, RelatedObjects=[room])
        model.root(
            "IfcRelContainedInSpatialStructure", RelatingStructure=room, RelatedElements=[held]
        )
    facts = replace(model.read(), complete=frozenset({"stair", "wc", "within"}))
    for kind in ("stair", "wc"):
        rule = f"if(exist(storey)),then(obligation(greaterThanEqual(count(storey.{kind}),{{}})))"
        assert verdicts(rule.format(1), facts) == ["pass"]
        assert verdicts(rule.format(2), facts) == ["fail"]


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
