import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.errors import RuleError
from p4ir.rules import parse_rule
from p4ir.rules.lint import lint
from p4ir.rules.units import (
    Quantity,
    compare,
    convert,
    convertible,
    is_known_unit,
    known_unit,
    parse_quantity,
    same_magnitude,
    unit_of,
)

QUANTITIES = [
    ("350 mm", 350, "mm"),
    ("1.5m", 1.5, "m"),
    ("-5 degC", -5, "degC"),
    ("5 percent", 5, "percent"),
    ("5%", 5, "percent"),
    ("600 mmCentres", 600, "mmCentres"),
    ("0.5 mCentres", 0.5, "mCentres"),
    ("10 l/person", 10, "l/person"),
    ("25 deg", 25, "deg"),
    ("6 airChangesPerHour", 6, "airChangesPerHour"),
    ("12 gauge", 12, "gauge"),
    ("5000 series", 5000, "series"),
    ("1 perEverySecondFloor", 1, "perEverySecondFloor"),
    ("2 kg/m2", 2, "kg/m2"),
    ("7 in", 7, "in"),
    ("36 inch", 36, "in"),
    ("1/2 in", 0.5, "in"),
    ("7 3/4 in", 7.75, "in"),
    ("-7¾ in", -7.75, "in"),
    ("½m", 0.5, "m"),
    ("2 ½", 2.5, ""),
    ("0.3 cfm/ft2", 0.3, "cfm/ft2"),
    ("8 litres/second/person", 8, "l/s/person"),
    ("3 storeys", 3, "storey"),
    ("20 MM", 20, "mm"),
    ("5 KN", 5, "kN"),
    ("5 mpa", 5, "MPa"),
    ("5 Metres", 5, "m"),
    ("0.25 W/m.K", 0.25, "W/m/K"),
    ("0.25 W/m2.K", 0.25, "W/m2/K"),
    ("8 l/s.person", 8, "l/s/person"),
    ("5 kN.m", 5, "kN.m"),
    ("12", 12, ""),
    ("1/8", 0.125, ""),
]
NO_QUANTITIES = [
    *"door mm 1/0 nzs_1 x0 1.2.3 ¾¾".split(),
    *("", "12 furlongs", "5 mm/furlong", "2 1/0 m"),
]

# The spellings of units in the rules that the notation comes from (docs/notation.md).
PUBLISHED_UNITS = (
    "mm m deg percent mmCentres m2 degC kN gauge kg/m2 series l kg ha mm2 MPa mCentres g/m2 "
    "l/person minute years days kPa airChangesPerHour perEverySecondFloor"
).split()

CONVERSIONS = [
    ("1.5 m", "mm", 1500),
    ("1 ft", "in", 12),
    ("7 in", "mm", 177.8),
    ("600 mmCentres", "m", 0.6),
    ("20 degC", "degF", 68),
    ("1 ha", "m2", 10_000),
    ("2 minutes", "s", 120),
    ("5 percent", "", 0.05),
    ("60 l/min", "l/s", 1),
    ("1 kPa", "N/m2", 1000),
    ("5 mW", "W", 0.005),
    ("1 cfm/ft2", "l/s/m2", 5.08),
    ("0.3 W/m.K", "W/m.degC", 0.3),
]
INCOMPARABLE = [
    ("mm", "mm2"),
    ("m", "kg"),
    ("deg", "percent"),
    ("deg", ""),
    ("gauge", "mm"),
    ("series", ""),
    ("person", ""),
    ("dBA", "dB"),
    ("airChangesPerHour", "Hz"),
    ("l/person", "l"),
    ("kg", "N"),
    ("furlong", "furlong"),
]


@pytest.mark.parametrize(("text", "magnitude", "unit"), QUANTITIES)
def test_a_quantity_is_a_magnitude_and_a_unit(text: str, magnitude: float, unit: str) -> None:
    assert parse_quantity(text) == Quantity(magnitude, unit)


@pytest.mark.parametrize("text", NO_QUANTITIES)
def test_what_is_no_quantity_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(RuleError) as error:
        parse_quantity(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("unit", PUBLISHED_UNITS)
def test_every_published_unit_is_known_and_converts_to_itself(unit: str) -> None:
    assert is_known_unit(unit)
    quantity = parse_quantity(f"3 {unit}")
    assert convert(quantity, unit) == quantity


@pytest.mark.parametrize(
    "unit", ["", "furlong", "e", "M", "a", "mm/", "/s", "mm/furlong", "mm m", "mN", "mPa"]
)
def test_other_units_are_not_known(unit: str) -> None:
    assert not is_known_unit(unit)


@pytest.mark.parametrize("unit", "ML Ml Mm Mm2 MG Mg mw Mw ML/s l/MG".split())
def test_a_unit_whose_case_may_say_a_thousandth_or_a_million_is_not_guessed(unit: str) -> None:
    assert not is_known_unit(unit)


@pytest.mark.parametrize("unit", PUBLISHED_UNITS)
def test_a_published_unit_can_be_compared_with_any_or_not(unit: str) -> None:
    assert [other for other in PUBLISHED_UNITS if convertible(unit, other)].count(unit) == 1


def test_spellings_of_one_unit_are_one_unit() -> None:
    spellings = "mm millimetre millimetres millimeters MM"
    assert {known_unit(spelling) for spelling in spellings.split()} == {"mm"}
    assert known_unit("degrees Celsius") == known_unit("°C") == "degC"


@pytest.mark.parametrize(("text", "unit", "magnitude"), CONVERSIONS)
def test_quantities_convert(text: str, unit: str, magnitude: float) -> None:
    converted = convert(parse_quantity(text), unit)
    assert converted.magnitude == pytest.approx(magnitude, rel=1e-9)
    assert converted.unit == (known_unit(unit) or "")


@pytest.mark.parametrize(("a", "b"), INCOMPARABLE)
def test_what_measures_different_things_does_not_convert(a: str, b: str) -> None:
    assert not convertible(a, b)
    assert not convertible(b, a)
    if is_known_unit(a):
        with pytest.raises(RuleError):
            convert(Quantity(1, known_unit(a) or ""), b)


@given(
    st.floats(-1e6, 1e6),
    st.sampled_from([("mm", "ft"), ("degC", "degF"), ("kPa", "psf"), ("day", "s")]),
)
def test_there_and_back_is_the_same_magnitude(magnitude: float, units: tuple[str, str]) -> None:
    here, there = units
    back = convert(convert(Quantity(magnitude, here), there), here)
    assert same_magnitude(back.magnitude, magnitude) or abs(back.magnitude - magnitude) < 1e-6


def test_quantities_compare_across_units_but_for_rounding() -> None:
    assert compare(parse_quantity("0.9 m"), parse_quantity("850 mm")) == 1
    assert compare(parse_quantity("0.3 m"), parse_quantity("300 mmCentres")) == 0
    assert compare(parse_quantity("0.1 m"), parse_quantity("4 in")) == -1
    with pytest.raises(RuleError):
        compare(parse_quantity("1 m"), parse_quantity("1 kg"))


def test_a_spacing_is_told_from_a_length() -> None:
    assert parse_quantity("600 mmCentres").is_spacing
    assert not parse_quantity("600 mm").is_spacing


def test_a_quantity_prints_as_a_label() -> None:
    assert str(parse_quantity("1.50 metres")) == "1.5 m"
    assert str(parse_quantity("0.125")) == "0.125"


def test_the_unit_as_written_is_what_follows_the_number() -> None:
    assert [unit_of(text) for text in ("350 mm", "1.5m", "12", "door")] == ["mm", "m", "", ""]


def test_lint_asks_the_same_table() -> None:
    rule = parse_rule("if(exist(door)),then(lessThan(door.width,3 furlongs))")
    assert [warning.code for warning in lint(rule)] == ["unknown-unit"]


def test_knowing_units_does_not_import_pint() -> None:
    code = (
        "import sys; from p4ir.rules.units import parse_quantity, is_known_unit; "
        "parse_quantity('1.5 m'); is_known_unit('l/s/person'); print('pint' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
