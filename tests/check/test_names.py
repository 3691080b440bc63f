import pytest

from p4ir.check.names import Kinds, key_of
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
        ("not oak", "timber", FALSE),
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
