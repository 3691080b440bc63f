import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings

from p4ir.check import Building, Element, format_building, parse_building, read_building
from p4ir.check.facts import is_list, values_of
from p4ir.errors import FactsError
from p4ir.rules.units import Quantity
from tests.check.buildings import element, verdict
from tests.check.strategies import facts

SCHEMA = json.loads(files("p4ir.check").joinpath("facts.schema.json").read_text("utf-8"))


def written(**changes):
    """Return facts of one door with some changes; `...` leaves a key out."""
    door = {"id": "d", "type": "door", "properties": {"width": "860 mm"}}
    whole = {"format": "p4ir-building/1", "elements": [door]} | changes.pop("building", {})
    door |= changes
    return {key: value for key, value in whole.items() if value is not ...}


def door_of(**changes):
    (door,) = parse_building(json.dumps(written(**changes))).elements
    return door


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("860 mm", Quantity(860, "mm")),
        ("860 millimetres", Quantity(860, "mm")),
        ("1.5 W/m2/K", Quantity(1.5, "W/m2/K")),
        ("1/12", Quantity(1 / 12, "")),
        ("14", Quantity(14, "")),
        ("0.5", Quantity(0.5, "")),
        ("007", "007"),
        ({"value": "14"}, "14"),
        ({"value": "14", "unit": ""}, "14"),
        ({"value": 14, "unit": None}, Quantity(14, "")),
        ({"value": 0.86, "unit": "metres"}, Quantity(0.86, "m")),
        ({"value": "860 mm"}, "860 mm"),
        ({"value": 12}, Quantity(12, "")),
        (12, Quantity(12, "")),
        (True, True),
        ("timber", "timber"),
        ("100 mm x 100 mm", "100 mm x 100 mm"),
        ("860 furlongs", "860 furlongs"),
        ("60/30", "60/30"),
        ("60/30 min", "60/30"),
        ("60/30 minutes", "60/30"),
        ("100/50 mm", "100/50 mm"),
        ({"value": "60/30 min"}, "60/30"),
        ("120 min", Quantity(120, "min")),
        ("1/2 in", Quantity(0.5, "in")),
        ([], ()),
        (["1 m", "oak"], (Quantity(1, "m"), "oak")),
    ],
)
def test_values_are_quantities_words_or_states(value, read):
    assert door_of(properties={"p": value}).properties["p"] == read


@pytest.mark.parametrize("written", [None, "", "-", "?", "n/a", "NOTKNOWN", "unset", "Not known"])
def test_null_and_what_stands_for_an_unknown_value_say_nothing(written):
    assert door_of(properties={"p": written}).properties == {}


def test_a_key_that_stands_twice_is_refused_since_json_would_keep_the_last():
    facts = '{"format": "p4ir-building/1", "elements": [{"id": "d", "type": "door", "properties": '
    with pytest.raises(FactsError, match='"width" stands there twice'):
        parse_building(facts + '{"width": "700 mm", "width": "900 mm"}}]}')


def test_two_spellings_of_one_property_are_refused():
    with pytest.raises(FactsError, match="are one property"):
        door_of(properties={"clearWidth": "700 mm", "Clear width": "900 mm"})


def test_half_of_a_character_is_refused_in_one_line_and_a_whole_one_is_not():
    with pytest.raises(FactsError, match="half of a character"):
        parse_building('{"format": "p4ir-building/1", "name": "\\ud800", "elements": []}')
    whole = '{"format": "p4ir-building/1", "name": "\\ud83d\\ude00", "elements": []}'
    assert parse_building(whole).name == "\N{GRINNING FACE}"


def test_a_relation_to_a_single_id_is_complete_and_one_to_a_list_is_open():
    assert door_of(relations={"within": "d"}).complete == {"within"}
    assert door_of(relations={"within": ["d"]}).complete == set()


def test_a_quantity_is_one_value_and_no_list():
    assert not is_list(Quantity(1, "m"))
    assert values_of(Quantity(1, "m")) == (Quantity(1, "m"),)
    assert values_of(("a", "b")) == ("a", "b")


REFUSED = [
    (written(building={"format": "ifc"}), '"format" is "ifc", expected "p4ir-building/1"'),
    (written(building={"elements": ...}), '"elements" is nothing, expected a list'),
    (written(building={"elements": {}}), '"elements" is an object, expected a list'),
    (written(building={"doors": []}), 'the building: unknown key "doors"'),
    (written(building={"kinds": []}), 'the building: "kinds" is a list, expected an object'),
    (written(building={"complete": [1]}), '"complete" is a list, expected text or a list of texts'),
    (written(building={"elements": [3]}), "element 1 is a number, expected an object"),
    (written(building={"elements": [{"type": "x"}]}), 'element 1 has no "id"'),
    (written(type=[]), 'element "d" has no "type"'),
    (written(type=7), 'element "d": "type" is a number, expected text or a list of texts'),
    (written(width=1), 'element "d": unknown key "width"'),
    (written(properties=[]), 'element "d": "properties" is a list, expected an object'),
    (written(properties={"w": {"unit": "m"}}), 'element "d": "w": found "unit", expected "value"'),
    (written(properties={"w": [[1]]}), 'element "d": "w" is a list, expected a quantity, word'),
    (
        written(properties={"w": {"value": {}}}),
        'element "d": "w" is an object, expected a quantity',
    ),
    (
        written(properties={"w": {"value": "860", "unit": "mm"}}),
        'element "d": "w": "860" has a unit; write a number',
    ),
    (
        written(properties={"w": {"value": True, "unit": "mm"}}),
        'element "d": "w": true has a unit; write a number',
    ),
    (written(relations={"on": 5}), 'element "d": "on" is a number, expected text'),
    ([], 'found a list, expected an object with "elements"'),
]


@pytest.mark.parametrize(("facts", "message"), REFUSED)
def test_bad_facts_are_refused_and_so_they_are_by_the_schema(facts, message):
    with pytest.raises(FactsError) as caught:
        parse_building(json.dumps(facts), "b.json")
    assert str(caught.value).startswith(f"b.json: {message}")
    assert "\n" not in str(caught.value)
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(facts))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (written(relations={"on": ["x"]}), "element 'd': 'on' leads to 'x', which is no element"),
        (
            written(building={"elements": [{"id": "d", "type": "a"}] * 2}),
            "two elements have the id",
        ),
        (written(properties={"w": {"value": 1, "unit": "furlong"}}), 'unit "furlong" is not known'),
    ],
)
def test_what_no_schema_can_say_is_refused_too(facts, message):
    with pytest.raises(FactsError, match=message):
        parse_building(json.dumps(facts))


def test_all_that_is_wrong_is_said_at_once():
    doors = [{"id": f"d{n}", "type": 1} for n in range(30)]
    with pytest.raises(FactsError) as caught:
        parse_building(json.dumps(written(building={"elements": doors})))
    assert len(caught.value.problems) == 60
    assert str(caught.value).endswith("; and 50 more")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1, column 1: Expecting value, expected JSON"),
        (b"{", "line 1, column 2: "),
        (b"\xff\xfe{}", "no text in UTF-8"),
        (b"[" * 100_000, "nested too deep"),
        (b"1" * 5000, "a number has too many digits"),
    ],
)
def test_what_is_no_json_is_refused_in_one_line(data, message):
    with pytest.raises(FactsError, match=message):
        parse_building(data)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FactsError, match="cannot be read: No such file"):
        read_building(tmp_path / "none.json")


def test_huge_numbers_and_numbers_that_are_none_are_read():
    door = parse_building(
        json.dumps(written()).replace('"860 mm"', "[NaN, 1e999, 1" + "0" * 400 + "]")
    )
    values = door.elements[0].properties["width"]
    assert [str(value.magnitude) for value in values] == ["nan", "inf", "inf"]


@pytest.mark.parametrize("rating", ["60/30", "60/30 min", {"value": "60/30 min"}])
@pytest.mark.parametrize(
    ("demand", "found"),
    [
        ("equal(wall.fireRating,60/30)", "pass"),
        ("equal(wall.fireRating,'60/30 min')", "pass"),
        ("is(wall.fireRating,60/30 min)", "pass"),
        ("is(wall.fireRating,60/60)", "fail"),
        ("is(wall.fireRating,ei60)", "fail"),
        ("greaterThanEqual(wall.fireRating,30 min)", "unknown"),
    ],
)
def test_a_rating_in_minutes_is_the_rating(rating, demand, found):
    rule = f"if(exist(wall)),then(obligation({demand}))"
    assert verdict(rule, element("w", "wall", fireRating=rating)) == found


@pytest.mark.parametrize(("text", "read"), [("{0}", "inf"), ("{0}/{0}", "nan"), ("{0} mm", "inf")])
def test_texts_of_more_digits_than_python_converts_are_read(text, read):
    door = door_of(properties={"p": text.format("9" * 5000)})
    assert str(door.properties["p"].magnitude) == read


@settings(deadline=None)
@given(facts())
def test_what_is_written_is_valid_and_read_back_as_it_was(built):
    building = parse_building(json.dumps(built))
    text = format_building(building)
    jsonschema.validate(json.loads(text), SCHEMA)
    assert parse_building(text) == building


def test_everything_an_element_has_is_written():
    door = Element(id="d", types=("door", "exit"), name="D1", global_id="2O2Fr$t4X7Zf8NOew3FLOH",
                   properties={"w": Quantity(1, "m"), "size": "1 m", "n": Quantity(2, ""),
                               "type": ("a", "b"), "open": False},
                   relations={"on": ("d",)}, complete=frozenset({"type"}))  # fmt: skip
    building = Building(elements=(door,), name="B", source="s", kinds={"a": ("b", "c")},
                        complete=frozenset({"door"}))  # fmt: skip
    assert parse_building(format_building(building)) == building
