import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from p4ir.rules.units import Quantity
from tests.check.ifc.models import Model, verdicts


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


def test_minutes_of_fire_resistance_beside_each_other_are_no_fraction():
    model = Model()
    wall = model.root("IfcWall")
    rating = model.property("FireRating", "IfcLabel", "60/30 min")
    model.define(wall, "Pset_WallCommon", rating)
    assert model.one().properties["fireRating"] == ("60/30",)
    rule = "if(exist(wall)),then(obligation(greaterThanEqual(wall.fireRating,30 min)))"
    assert verdicts(rule, model.read()) == ["unknown"]


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


def test_what_two_sets_of_one_name_disagree_about_is_unknown():
    model = Model()
    door = model.root("IfcDoor", OverallWidth=900.0)
    of_type = model.root(
        "IfcDoorType",
        HasPropertySets=[
            model.set("Pset_DoorCommon", model.property("SelfClosing", "IfcBoolean", True))
        ],
    )
    model.root("IfcRelDefinesByType", RelatedObjects=[door], RelatingType=of_type)
    for holds, width in ((False, 800.0), (True, 900.0)):
        model.define(
            door,
            "Pset_DoorCommon",
            model.property("SelfClosing", "IfcBoolean", holds),
            model.property("IsExternal", "IfcBoolean", True),
            model.property("HasVisionPanel", "IfcBoolean", holds),
        )
        model.define(
            door,
            "Qto_DoorBaseQuantities",
            model.make("IfcQuantityLength", Name="Width", LengthValue=width),
        )
    model.define(door, "Ours", model.property("HasVisionPanel", "IfcBoolean", True))
    # Neither the type nor another source says which of them is right.
    assert model.one().properties == {"external": True}
    for demand in ("is(door,selfClosing)", "greaterThanEqual(door.width,850 mm)"):
        found = verdicts(f"if(exist(door)),then(obligation({demand}))", model.read())
        assert found == ["unknown"]


def test_what_a_set_says_twice_and_differently_is_unknown():
    model = Model()
    door = model.root("IfcDoor")
    model.define(
        door,
        "Pset_DoorCommon",
        *(model.property("SelfClosing", "IfcBoolean", holds) for holds in (False, True)),
    )
    assert model.one().properties == {}
