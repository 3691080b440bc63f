import pytest

from p4ir.check.names import key_of, says_there_is, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN


@pytest.mark.parametrize(
    "names",
    [
        ("fireDoor", "FireDoor", "fire door", "Fire-doors", "fire_door", "FIRE DOOR"),
        ("uValue", "u value"),
        ("storeys", "storey"),
        ("lobbies", "lobby"),
        ("glass",),
        ("r-2", "R 2"),
        ("Painted timber.", "painted timber", "Painted.Timber"),
        ("Ext. door", "ext door"),
        ("e.g. timber", "e.g timber"),
        ("timber+steel", "timber + steel"),
        ("A2-s1", "a2 s1"),
    ],
)
def test_spellings_of_one_name_share_a_key(names):
    assert len({key_of(name) for name in names}) == 1


@pytest.mark.parametrize(
    "name",
    ["0.5", "2.5 m", "-0.5 m", "1.2.3", "n.a.", "n.a", "2+1", "+5", "a+", "a++", "ei 30+", "r+1",
     "a+ class", "stair no. 2"],
)  # fmt: skip
def test_full_stops_and_signs_of_numbers_and_classes_stay(name):
    assert key_of(name) == name


@pytest.mark.parametrize(("a", "b"), [("glass", "glas"), ("stair", "stairway"), ("gas", "ga")])
def test_different_names_have_different_keys(a, b):
    assert key_of(a) != key_of(b)


@pytest.mark.parametrize(
    ("kind", "meant", "denied", "unclear"),
    [
        ("door with window", ["door with window", "door"], [], []),
        ("doors to fire stair", ["doors to fire stair"], [], ["door", "fire stair", "stair"]),
        ("shut off valve", ["shut off valve", "off valve", "valve"], [], []),
        ("roll in shower", ["roll in shower"], [], ["roll", "shower"]),
        ("door none", ["door none"], [], ["door"]),
        ("room no 2", ["room no 2", "no 2", "2"], [], []),
        ("cupboard under stair", ["cupboard under stair", "cupboard"], [], []),
        ("semi detached house", ["semi detached house", "house"], ["detached house"], []),
        ("flight of stair", ["flight of stair", "flight"], [], ["stair"]),
        ("half landing", ["half landing"], [], ["landing"]),
        ("kitchen or living room", ["kitchen or living room"], [],
         ["kitchen", "living room", "room"]),
        ("kitchen and dining room",
         ["kitchen and dining room", "kitchen", "dining room", "room"], [], []),
        ("door other than fire door",
         ["door other than fire door", "door"], ["fire door"], ["door"]),
        ("walk in shower", ["walk in shower", "in shower", "shower"], [], []),
    ],
)  # fmt: skip
def test_a_name_says_what_a_thing_is_in_front_of_a_preposition(kind, meant, denied, unclear):
    assert tails_of(kind) == (tuple(meant), tuple(denied), tuple(unclear))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("oak", TRUE),
        ("non-slip", TRUE),
        ("steel, not painted", TRUE),
        ("none", FALSE),
        ("nO", FALSE),
        ("notProvided", FALSE),
        ("none required", UNKNOWN),
        ("nothing", UNKNOWN),
        ("N/A - exempt", UNKNOWN),
        ("TBC by architect", UNKNOWN),
        ("to be determined", UNKNOWN),
        ("handrail missing", UNKNOWN),
        ("removed", UNKNOWN),
        ("demolished", UNKNOWN),
        ("required", UNKNOWN),
        ("steel, proposed", UNKNOWN),
        ("pending", UNKNOWN),
        ("optional", UNKNOWN),
        ("To be confirmed.", UNKNOWN),
        ("None.", FALSE),
        ("F", FALSE),
    ],
)
def test_a_text_says_whether_there_is_a_thing(text, said):
    assert says_there_is(text) is said
