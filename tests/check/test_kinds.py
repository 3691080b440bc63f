import pytest

from p4ir.check.kinds import Kinds, default_kinds
from p4ir.check.names import key_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN
from tests.check.buildings import building, element, verdicts


def test_a_kind_is_what_its_declarations_and_its_last_words_lead_to():
    kinds = Kinds({"bedroom": ["habitableRoom"], "roof-light": ["window"]})
    assert kinds.above("bedroom") == {"bedroom", "habitable room", "room"}
    assert kinds.is_one("flat roof light", "window")
    assert not kinds.is_one("window", "roof light")


def test_declarations_add_to_those_before():
    kinds = Kinds({"bedroom": ["room"]}, {"Bedrooms": ["habitableRoom"], "loft": ["bedroom"]})
    assert kinds.above("loft") == {"loft", "bedroom", "room", "habitable room"}


def test_a_name_in_two_words_is_that_in_one():
    kinds = Kinds({"handrail": ["rail"]}, spelled=["smokedetector"])
    assert "handrail" in kinds.above("steel hand rail")
    assert "smokedetector" in kinds.above("smoke detector")
    assert "ground" not in kinds.above("g round")


def test_a_declaration_may_take_back_what_the_last_words_say():
    kinds = Kinds(default_kinds())
    for other in ("boilerHouse", "old boiler house", "pumpHouse"):
        assert not kinds.is_one(key_of(other), "house")
    for home in ("house", "Detached house", "town house"):
        assert kinds.is_one(key_of(home), "dwelling")
    assert not kinds.is_one("storey", "floor")


@pytest.mark.parametrize(
    ("declared", "storeys"), [("groundFloor", 1), ("floor", 2), ("upperFloor", 0)]
)
@pytest.mark.parametrize("asked", ["storey", "story"])
def test_what_a_building_declares_goes_before_what_floors_commonly_are(asked, declared, storeys):
    facts = building(
        element("b", "building"),
        element("g", "groundFloor", within="b"),
        element("f", "floor", within="g"),
        kinds={declared: ["storey"]},
        complete=["has", "within", "storey"],
    )
    rule = f"if(exist(building)),then(obligation(equal(count(building.{asked}),{storeys})))"
    assert verdicts(rule, facts) == {"b": "pass"}


@pytest.mark.parametrize(
    ("value", "word", "said"),
    [
        ("fire escape", "escape", TRUE),
        ("away from escape", "escape", FALSE),
        ("away from fire escape", "escape", UNKNOWN),
        ("not escape", "escape", FALSE),
        ("timber, not treated, combustible", "combustible", UNKNOWN),
        ("not treated oak", "timber", UNKNOWN),
        ("not oak", "timber", UNKNOWN),
        ("not timber", "oak", FALSE),
        ("not steel", "timber", UNKNOWN),
        ("other than steel", "timber", UNKNOWN),
        ("neither timber nor steel", "steel", FALSE),
        ("timber instead of steel", "timber", TRUE),
        ("timber instead of steel", "steel", FALSE),
        ("isn't enclosed", "enclosed", UNKNOWN),
        ("partially enclosed", "enclosed", UNKNOWN),
        ("to be enclosed", "enclosed", UNKNOWN),
        ("against escape", "escape", UNKNOWN),
        ("opposite to escape", "escape", UNKNOWN),
        ("timber or steel", "steel", UNKNOWN),
        ("timber/steel", "timber", UNKNOWN),
        ("timber and steel", "timber", TRUE),
        ("timber frame", "timber", UNKNOWN),
        ("timber frame", "steel", FALSE),
        ("timber (encapsulated)", "timber", UNKNOWN),
        ("oak panelling", "timber", UNKNOWN),
        ("cast in situ concrete", "concrete", TRUE),
        ("timber without gaps", "timber", TRUE),
        ("sprinklered: no", "sprinklered", UNKNOWN),
        ("sprinklered - none", "sprinklered", UNKNOWN),
        ("sprinklered (partly)", "sprinklered", UNKNOWN),
        ("timber, not treated", "timber", UNKNOWN),
        ("stair no 2", "stair", UNKNOWN),
        ("non-combustible", "combustible", FALSE),
        ("non-slip tile", "tile", TRUE),
        ("non-slip tile", "slip tile", FALSE),
        ("other than fire door", "fire door", FALSE),
        ("notable timber", "timber", TRUE),
        ("EI 30", "ei30", TRUE),
        ("EI-30", "ei30", TRUE),
        ("not EI30", "ei30", FALSE),
        ("1 20", "12 0", FALSE),
        ("non-combustible", "noncombustible", TRUE),
        ("noncombustible", "combustible", FALSE),
        ("plasterboard", "plasterBoard", TRUE),
        ("Painted timber.", "timber", TRUE),
        ("galv. steel", "steel", TRUE),
        ("approx. timber", "timber", UNKNOWN),
        ("timber+steel", "timber", TRUE),
        ("Timber.Pine", "timber", UNKNOWN),
        ("A+", "a", FALSE),
    ],
)
def test_a_value_says_what_its_last_words_say_unless_it_denies_them(value, word, said):
    assert Kinds({"oak": ["timber"]}).says(key_of(value), key_of(word)) is said


def test_a_rating_beside_a_state_agrees_with_it():
    door = element("d", "door", state="fireRated", fireRated="30 min")
    rule = "if(exist(door)),then(obligation(is(door,fireRated)))"
    assert verdicts(rule, building(door)) == {"d": "pass"}


def test_one_element_that_is_several_leaves_open_what_is_between_them():
    wall = element("w", "wall", height="1 m", relations={"inBetween": ["f"]})
    facts = building(wall, element("f", "flats"), complete=["inBetween", "flat", "wall"])
    rule = "if(inBetween(wall,flats)),then(obligation(greaterThanEqual(wall.height,2 m)))"
    assert verdicts(rule, facts) == {"w": "unknown"}
