import pytest

from p4ir.check.facts import Element
from p4ir.check.typed import building_of_rows
from p4ir.errors import FactsError
from p4ir.rules.units import Quantity


def row(element="", kind="", name="", value=""):
    return {"element": element, "type": kind, "property": name, "value": value}


def only(*rows) -> Element:
    (element,) = building_of_rows(rows).elements
    return element


def test_rows_of_one_element_belong_together():
    element = only(row("D1", "door", "width", "800 mm"), row("D1", "", "material", "timber"))
    assert element.types == ("door",)
    assert element.properties == {"width": Quantity(800, "mm"), "material": "timber"}


def test_a_number_is_one():
    element = only(row("S", "stair", "numberOfRisers", "14"), row("S", "", "slope", "1/12"))
    assert element.properties == {"numberOfRisers": Quantity(14, ""), "slope": Quantity(1 / 12, "")}


def test_yes_and_no_are_states():
    element = only(row("D1", "door", "external", "Yes"), row("D1", "door", "locked", "no"))
    assert element.properties == {"external": True, "locked": False}


def test_several_values_of_a_property_are_an_open_list():
    element = only(row("W", "wall", "material", "brick"), row("W", "", "material", "timber"))
    assert element.properties["material"] == ("brick", "timber")


def test_a_relation_to_another_element_is_one():
    building = building_of_rows([row("D1", "door", "within", "C"), row("C", "corridor")])
    assert building.by_id["D1"].relations == {"within": ("C",)}
    assert building.by_id["D1"].properties == {}


def test_the_name_of_a_relation_before_a_word_is_a_property():
    assert only(row("D1", "door", "above", "ground")).properties == {"above": "ground"}


def test_empty_rows_and_missing_cells_are_skipped():
    rows = [row(), {"element": None, "type": None}, row("S", "stair"), {"element": "S"}]
    assert only(*rows) == Element(id="S", types=("stair",))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "there are no facts yet"),
        ([row()], "there are no facts yet"),
        ([row("", "door", "width", "1 m")], "names no element"),
        ([row("D1", "", "width", "1 m")], "type"),
    ],
)
def test_what_is_missing_is_said(rows, said):
    with pytest.raises(FactsError, match=said):
        building_of_rows(rows)
