import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")

from tests.check.ifc.models import SCHEMAS, Model, verdicts


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
    model.bound(room, door)
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


def test_a_hole_that_something_else_fills_is_an_opening_all_the_same():
    model = Model()
    wall, hole = model.root("IfcWall", Name="W"), model.root("IfcOpeningElement", Name="O")
    louvre = model.root("IfcBuildingElementProxy", Name="L")
    model.root("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=hole)
    model.root("IfcRelFillsElement", RelatingOpeningElement=hole, RelatedBuildingElement=louvre)
    assert verdicts("if(exist(wall)),then(obligation(has(wall,opening)))", model.read()) == ["pass"]


WINDOWS = "if(exist(bedroom)),then(obligation(has(bedroom,window)))"


class Facade:
    """A wall with a window, and two bedrooms behind it."""

    def __init__(self, schema="IFC4"):
        self.model = model = Model(schema)
        self.rooms = [model.root("IfcSpace", Name=name, LongName="Bedroom") for name in "AB"]
        self.wall, self.hole = model.root("IfcWall"), model.root("IfcOpeningElement")
        self.window = model.root("IfcWindow", Name="W")
        model.root(
            "IfcRelVoidsElement",
            RelatingBuildingElement=self.wall,
            RelatedOpeningElement=self.hole,
        )
        model.root(
            "IfcRelFillsElement",
            RelatingOpeningElement=self.hole,
            RelatedBuildingElement=self.window,
        )

    def bound(self, room, element):
        self.model.bound(self.rooms[room], element)


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("through", ["window", "hole"])
def test_a_window_in_the_wall_of_two_rooms_is_in_the_one_that_it_bounds(schema, through):
    facade = Facade(schema)
    for room in (0, 1):
        facade.bound(room, facade.wall)
    facade.bound(1, getattr(facade, through))
    facts = facade.model.read()
    assert verdicts(WINDOWS, facts) == ["unknown", "pass"]
    assert verdicts("if(exist(bedroom)),then(obligation(has(bedroom,wall)))", facts) == ["pass"] * 2
    assert verdicts("if(exist(wall)),then(obligation(has(wall,window)))", facts) == ["pass"]


def test_a_window_of_its_own_place_is_in_no_other_room():
    facade = Facade()
    facade.bound(0, facade.wall)
    facade.model.root(
        "IfcRelContainedInSpatialStructure",
        RelatingStructure=facade.rooms[1],
        RelatedElements=[facade.window],
    )
    assert verdicts(WINDOWS, facade.model.read()) == ["unknown", "pass"]


@pytest.mark.parametrize(
    ("walls_of", "expected"), [((0,), ["pass", "unknown"]), ((0, 1), ["unknown", "unknown"])]
)
def test_without_a_boundary_a_window_is_in_the_room_of_its_wall_if_that_has_one(walls_of, expected):
    facade = Facade()
    for room in walls_of:
        facade.bound(room, facade.wall)
    assert verdicts(WINDOWS, facade.model.read()) == expected


def test_panels_of_a_curtain_wall_are_in_the_room_that_it_alone_bounds():
    facade = Facade()
    curtain, panel = facade.model.root("IfcCurtainWall"), facade.model.root("IfcPlate")
    facade.model.root("IfcRelAggregates", RelatingObject=curtain, RelatedObjects=[panel])
    facade.bound(0, curtain)
    rule = "if(exist(bedroom)),then(obligation(has(bedroom,plate)))"
    assert verdicts(rule, facade.model.read()) == ["pass", "unknown"]
    facade.bound(1, curtain)
    assert verdicts(rule, facade.model.read()) == ["unknown", "unknown"]


def test_what_covers_a_wall_may_be_on_its_other_side():
    facade = Facade()
    facade.bound(0, facade.wall)
    facade.model.root(
        "IfcRelCoversBldgElements",
        RelatingBuildingElement=facade.wall,
        RelatedCoverings=[facade.model.root("IfcCovering", PredefinedType="CLADDING")],
    )
    rule = "if(exist(bedroom)),then(obligation(has(bedroom,cladding)))"
    assert verdicts(rule, facade.model.read()) == ["unknown", "unknown"]


def test_pipes_connect_by_their_ports():
    model = Model()
    pipes = [model.root("IfcPipeSegment", Name=name) for name in "ab"]
    ports = [model.root("IfcDistributionPort") for _ in pipes]
    for pipe, port in zip(pipes, ports, strict=True):
        model.root("IfcRelNests", RelatingObject=pipe, RelatedObjects=[port])
    model.root("IfcRelConnectsPorts", RelatingPort=ports[0], RelatedPort=ports[1])
    first, second = model.read().elements
    assert first.relations == {"connect": (second.id,)}
