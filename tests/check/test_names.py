import pytest

from p4ir.check.names import Kinds, key_of


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
