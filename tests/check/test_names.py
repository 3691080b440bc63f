import pytest

from p4ir.check.names import Kinds, key_of, says_there_is, tails_of
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
    ],
)
def test_spellings_of_one_name_share_a_key(names):
    assert len({key_of(name) for name in names}) == 1


@pytest.mark.parametrize(("a", "b"), [("glass", "glas"), ("stair", "stairway"), ("gas", "ga")])
def test_different_names_have_different_keys(a, b):
    assert key_of(a) != key_of(b)


def test_a_kind_is_what_its_declarations_and_its_last_words_lead_to():
    kinds = Kinds({"bedroom": ["habitableRoom"], "roof-light": ["window"]})
    assert kinds.above("bedroom") == {"bedroom", "habitable room", "room"}
    assert kinds.is_one("flat roof light", "window")
    assert not kinds.is_one("window", "roof light")


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
    ],
)
def test_a_value_says_what_its_last_words_say_unless_it_denies_them(value, word, said):
    assert Kinds({"oak": ["timber"]}).says(key_of(value), key_of(word)) is said


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
    ],
)
def test_a_text_says_whether_there_is_a_thing(text, said):
    assert says_there_is(text) is said
