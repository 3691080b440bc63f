import math

import pytest

from p4ir.check.measures import Measure, Wanting, combine, compare_measures, measure_of
from p4ir.rules.units import Quantity, parse_quantity


def measure(text):
    found = measure_of(parse_quantity(text))
    assert isinstance(found, Measure)
    return found


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [("1 m", "1000 mm", 0), ("0.1 m", "101 mm", -1), ("12 person", "12", 0), ("5 %", "1/20", 0),
     ("1 W/m2/K", "0.9 W/m2/K", 1), ("20 degC", "68 degF", 0)],
)  # fmt: skip
def test_measures_compare_across_units(a, b, order):
    assert compare_measures(measure(a), measure(b)) == order


@pytest.mark.parametrize(("a", "b"), [("1 m", "1 kg"), ("1 m", "1 m2"), ("1 m", "1"),
                                      ("1 person", "1 storey"), ("45 deg", "1"),
                                      ("20 K", "8 degC"), ("8 degF", "20 K"),
                                      ("1 m2/person", "1 m2"),
                                      ("1 l/s/person", "1 l/s")])  # fmt: skip
def test_what_measures_different_things_cannot_be_compared(a, b):
    found = compare_measures(measure(a), measure(b))
    assert isinstance(found, Wanting)
    assert found.code == "incomparable"


@pytest.mark.parametrize(
    ("a", "operator", "b", "result"),
    [("1 m", "+", "500 mm", "1.5 m"), ("1 m", "-", "500 mm", "0.5 m"), ("2 m", "*", "3 m", "6 m2"),
     ("6 m2", "/", "2 m", "3 m"), ("20 l", "*", "12", "240 l"), ("2 m", "^", "2", "4 m2"),
     ("9 m2", "^", "0.5", "3 m"), ("60 m2", "/", "2 m2", "30"),
     ("1.5 m2", "*", "10 person", "15 m2"), ("1.5 m2/person", "*", "10 person", "15 m2"),
     ("30 degC", "-", "10 degC", "20 K"), ("30 degC", "-", "10 K", "20 degC"),
     ("10 K", "+", "30 degC", "40 degC"), ("68 degF", "-", "10 degC", "10 K")],
)  # fmt: skip
def test_measures_are_reckoned_with(a, operator, b, result):
    found = combine(operator, measure(a), measure(b))
    assert isinstance(found, Measure)
    assert compare_measures(found, measure(result)) == 0


@pytest.mark.parametrize(
    ("a", "operator", "b", "code"),
    [("1 m", "/", "0 m", "division-by-zero"), ("0", "^", "-1", "division-by-zero"),
     ("1 m", "+", "1 kg", "incomparable"), ("2", "^", "1 m", "incomparable"),
     ("20 degC", "+", "20 degC", "incomparable"), ("20 K", "-", "20 degC", "incomparable"),
     ("2", "*", "20 degC", "incomparable"), ("20 degC", "/", "10 degC", "incomparable"),
     ("20 degC", "^", "2", "incomparable"), ("-2", "^", "0.5", "not-a-number"),
     ("10", "^", "999", "not-a-number")],
)  # fmt: skip
def test_what_cannot_be_reckoned_says_why(a, operator, b, code):
    found = combine(operator, measure(a), measure(b))
    assert isinstance(found, Wanting)
    assert found.code == code


@pytest.mark.parametrize("magnitude", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_measure(magnitude):
    found = measure_of(Quantity(magnitude, "m"))
    assert isinstance(found, Wanting)
    assert found.code == "not-a-number"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("860 mm", "860 mm"), ("20 degC", "20 degC"), ("0.125", "0.125"),
     ("1 perEverySecondFloor", "1 perEverySecondFloor")],
)  # fmt: skip
def test_a_measure_is_shown_in_the_unit_that_it_was_written_in(text, shown):
    assert str(measure(text)) == shown


def test_a_measure_without_a_unit_of_its_own_is_shown_in_base_units():
    found = combine("*", measure("2 m"), measure("300 cm"))
    assert str(found) == "6 m^2"
