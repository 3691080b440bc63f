"""What is read from the text of a clause: numbers, units, names, words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.rules.grounding.number_words import spelled_numbers
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.prose_units import read_unit
from p4ir.rules.grounding.stems import stem

NUMBERS = [
    ("a gap of 12 mm", [(12, "mm")]),
    ("a gap of 12mm", [(12, "mm")]),
    ("1,250 mm and 1 000 mm", [(1250, "mm"), (1000, "mm")]),
    ("2 100 mm bolts", [(2100, "mm"), (2, ""), (100, "mm")]),
    ("2½ in. wide", [(2.5, ""), (2.5, "in")]),
    ("7 1/2 inches", [(7.5, "in")]),
    ("2 feet 9 inches", [(33, "in")]),
    ("25 x 1.5 mm strips", [(25, "mm"), (1.5, "mm")]),
    ("between 16.5 and 19 mm", [(16.5, "mm"), (19, "mm")]),
    ("two or three metres", [(2, "m"), (3, "m")]),
    ("half an hour", [(0.5, "h")]),
    ("a slope of 1 in 12 or 1:14.5", [(1 / 12, ""), (1 / 14.5, "")]),
    ("1 unit vertical in 12 units horizontal", [(1 / 12, "")]),
    ("one unit vertical in 12 units horizontal", [(1, ""), (1 / 12, ""), (12, "")]),
    ("a third of it", [(1 / 3, "")]),
    ("-5°C to 40 °C", [(-5, "degC"), (40, "degC")]),
    ("8 l/s per person", [(8, "l/s/person")]),
    ("0.3 litres of fresh air per second for each square metre", [(0.3, "l/s/m2")]),
    ("0.7 W/(m2 K)", [(0.7, "W/m2/K")]),
    ("0.7 W/m2.K, or 0.7 W/m²·K. The roof", [(0.7, "W/m2/K"), (0.7, "W/m2/K")]),
    ("2.8 m2K/W, 2.8 m².K/W or 2.8 m² K/W", [(2.8, "m2.K/W")] * 3),
    ("5 kN.m or 5 kN·m", [(5, "kN.m")] * 2),
    ("0.04 W/m.K", [(0.04, "W/m/K")]),
    ("gates of 2 m.In rain", [(2, "m")]),
    ("600 mm centres", [(600, "mmCentres")]),
    ("12-gauge screws", [(12, "gauge")]),
    ("20% greater", [(20, "percent"), (1.2, "")]),
    ("316 in accordance with", [(316, ""), (316, "in")]),
    ("at least .85 m", [(0.85, "m")]),
    ("0,9 m and 1,25 m", [(0.9, "m"), (1.25, "m")]),
    ("3,4 and 5 persons", [(3, "person"), (3, ""), (4, "person"), (5, "person")]),
    ("a pane of 1100x1400mm", [(1100, "mm"), (1400, "mm")]),
    ("⅜ inch or 1⅝ inches", [(0.375, "in"), (1.625, "in")]),
    ("1 ½ metres", [(1.5, "m")]),
    ("60 ºC or 60˚C", [(60, "degC"), (60, "degC")]),
    ("100 m^2", [(100, "m2")]),
    ("10\u2009000 mm", [(10000, "mm")]),
    ("6 feet, 8 inches", [(80, "in")]),
    ("two (2) hours", [(2, "h")]),
    ("2 (two) hours", [(2, "h"), (2, "")]),
    ("for 2 (three) hours", [(2, ""), (3, "")]),
    ("headroom of 7'-6\"", [(90, "in")]),
    ("headroom of 7’–6 1/2”", [(90.5, "in")]),
    ("headroom of 7′6½″", [(90.5, "in")]),
    ("6 feet 8 1/2 inches", [(80.5, "in")]),
    ('doors marked "EXIT" shall be 36" wide', [(36, "in")]),
    ('a 12"x12" tile', [(12, "in"), (12, "in")]),
    ("1,000 (one thousand) m", [(1000, "m"), (1000, "")]),
    ("a wall 8' high and 36\" wide", [(8, "ft"), (36, "in")]),
    ('walls ‘of 12’ or of "no more than 3" rows', [(12, ""), (3, "")]),
    ("the 1990's walls", [(1990, "")]),
    ("a cost of 2.5 million or 1,5 billion", [(2500000, ""), (1.5e9, "")]),
    ("1.2 thousand square metres", [(1200, "m2")]),
    ("2½ million litres", [(2500000, "l")]),
    ("minus 3 hundred", [(-300, "")]),
    ("two (2) million; half a million litres", [(2000000, ""), (500000, "l")]),
    ("five parts per million", [(5, "")]),
    ("1.5 hundred thousand litres", [(150000, "l")]),
    ("1/2 million or 3 1/2 thousand litres", [(500000, "l"), (3500, "l")]),
    ("1 in 2 million or 1:2 thousand", [(5e-7, ""), (1 / 2000, "")]),
    ("5 in 2 million or 1 in 10,000", [(2.5e-6, ""), (1e-4, "")]),
    ("one in 10 thousand", [(1, ""), (1e-4, ""), (10000, "")]),
    ("one in 10,000", [(1, ""), (1e-4, ""), (10000, "")]),
    # Whether the lesser number of a range shares the scale is unclear, and so is a half of what.
    ("1-2 million litres; 2 to 3 million", [(2e6, "l"), (3e6, "")]),
    ("1, 2 and 3 million litres", [(3e6, "l")]),
    ("five to six hundred mm", [(600, "mm")]),
    ("between fifty and one hundred persons", [(50, "person"), (100, "person")]),
    ("500 to 2 thousand mm", [(500, "mm"), (2000, "mm")]),
    ("1 million and 2 million litres", [(1e6, "l"), (2e6, "l")]),
    ("minus five °C, and Minus two thirds", [(-5, "degC"), (-2 / 3, "")]),
    ("a 1-in-20 slope, or one-in-10", [(1 / 20, ""), (1, ""), (1 / 10, ""), (10, "")]),
    ("38 deg C at terminus 5", [(38, "degC"), (5, "")]),
    ("6 ft. 8 in. high", [(80, "in")]),
    ("100 sq. ft., 100 cu. ft. and 10 sq. m.", [(100, "ft2"), (100, "ft3"), (10, "m2")]),
    ("100 sq. ft. per person", [(100, "ft2/person")]),
    ("20 ± 2 °C", [(20, "degC"), (2, "degC"), (18, "degC"), (22, "degC")]),
    ("10 mm +/- 1 mm", [(10, "mm"), (1, "mm"), (9, "mm"), (11, "mm")]),
    ("40 mm ± 5%", [(40, "mm"), (5, "percent"), (38, "mm"), (42, "mm")]),
    ("2 m (± 10 mm)", [(2, "m"), (10, "mm"), (1.99, "m"), (2.01, "m")]),
    ("5 °C ± 2 kelvin", [(5, "degC"), (2, "K"), (3, "degC"), (7, "degC")]),
    ("five mm plus or minus 1 mm", [(5, "mm"), (1, "mm"), (4, "mm"), (6, "mm")]),
    ("3 feet and 6 inches above", [(42, "in")]),
    ("six feet two inches", [(74, "in")]),
    ("minus 6 ft 2 in", [(-74, "in")]),
    (
        "5 h ± 30 min",
        [(5, ""), (5, "h"), (30, ""), (30, "min"), (4.5, "h"), (5.5, "h")],
    ),
    ("where fewer than 50, 36 inches", [(50, "in"), (50, ""), (36, "in")]),
    ("31 l/s for three and 37 l/s for 4", [(31, "l/s"), (3, ""), (37, "l/s"), (4, "")]),
    ("15 yrs, 6 ac/h", [(15, "year"), (6, "airChangesPerHour")]),
    ("350 degree-hours, 5 foot-candles", [(350, ""), (5, "")]),
    ("1 hour 30 minutes or 2 min 5 s", [(90, "min"), (125, "s")]),
    ("a 1 h 30 min test", [(1, ""), (1, "h"), (90, "min"), (30, ""), (30, "min")]),
    ("6 ft. 2 in. The gate", [(74, "in")]),
    ("a 6 ft 2 inch wide clear gap", [(74, "in")]),
    ("sheds 20 feet apart. 6 inches of sand", [(20, "ft"), (6, "in")]),
    ("sheds within 20 feet. 6 inches of sand", [(20, "ft"), (6, "in")]),
    ("every 3 ft. 18 inch pipes", [(3, "ft"), (18, "in")]),
    ("2.5 ft 6 in. apart", [(2.5, "ft"), (6, ""), (6, "in")]),
    ("between 3 feet and 6 inches", [(3, "ft"), (6, "in")]),
    ("of 3 feet and 6 inches respectively", [(3, "ft"), (6, "in")]),
    ("every 20 ft. 6 inch pipes", [(20, "ft"), (246, "in"), (6, "in")]),
    ("every 20 feet 6-inch PVC pipes", [(20, "ft"), (246, "in"), (6, "in")]),
    ("20 ft. 6 in. wide straps", [(20, "ft"), (246, "in"), (6, ""), (6, "in")]),
    ("increased by 50%", [(50, "percent"), (1.5, "")]),
    ("reduced by at least 20%", [(20, "percent"), (0.8, "")]),
    ("5 billion" + " billion" * 40, [(5e36, "")]),
    ("a million and a half litres; 2 thousand and a half litres; 3 m", [(3, "m")]),
]

NO_NUMBERS = [
    "4.2.1 Pipes are laid",
    "Pipes; 4.2 Fittings are sealed",
    "see Table 7 and Figures 8(a), 9 and 10",
    "Paragraphs 2.1 and 3.4",
    "NZS 1234.2, AS/NZS 99 and BS EN 988",
    "D12 bars of Grade 500E",
    "2) the second item",
    "Doors comply with 3.2.1a.",
    "see 9.1.3a",
    "E2/AS1 9.1.3c",
    "2.1.3b) Doors",
    "3.2.1a Doors",
    "P = 3.2.1w",
    "P 4.11 In any school",
    "XA 2 At every building",
    "U 1 Any building",
    "between 22:00 and 07:00, or at 7:30 am",
]

NAMES = [
    ("Tables 3 to 6", {"3", "4", "5", "6"}, "tables"),
    ("Paragraphs 2.1, 2.2 and 2.3", {"2.1", "2.2", "2.3"}, "paragraphs"),
    ("Types 5 and 7 pumps", {"5", "7"}, "types"),
    ("AS/NZS 1234.2", {"1234.2"}, "nzs"),
    ("Appendix E", {"e"}, "appendix"),
    ("§ 30 and 31", {"30", "31"}, "section"),
    ("a) Be lined (Figure 8), or b) be vented", {"8"}, "figure"),
]

SAME_STEM = [
    "install installs installed installing installation installer",
    "galvanised galvanized",
    "comply complies complied compliance",
    "occupy occupied occupant occupancy",
    "reduce reduced reduction",
    "expose exposed exposure",
    "tie ties",
    "café cafe cafés",
    "centre centers",
    "fix fixed fixing fixings",
    "protect protective protection",
]
OTHER_STEMS = ["door floor", "wall well", "pipe pump", "roof room", "beam beacon", "gate grate"]

SPELLED = [
    ("twenty-five", 25),
    ("one hundred and twenty", 120),
    ("two thousand five hundred", 2500),
    ("a million two hundred thousand", 1_200_000),
    ("one and a half", 1.5),
    ("two thirds", 2 / 3),
    ("three quarters", 0.75),
    ("one sixty-fifth", 1 / 65),
    ("twice", 2),
    ("a dozen", 12),
    ("both", 2),
]


@pytest.mark.parametrize(("text", "numbers"), NUMBERS)
def test_numbers_are_read_with_their_units(text: str, numbers: list[tuple[float, str]]) -> None:
    found = [(number.value, number.unit) for number in Prose(text).numbers]
    assert [unit for _, unit in found] == [unit for _, unit in numbers]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in numbers])


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_names_something_measures_nothing(text: str) -> None:
    assert Prose(text).numbers == []


@pytest.mark.parametrize(("text", "names", "head"), NAMES)
def test_names_carry_the_word_before_their_list(text: str, names: set[str], head: str) -> None:
    prose = Prose(text)
    assert names <= set(prose.names)
    assert {prose.names[name][0].head for name in names} == {head}


def test_the_clause_s_own_number_and_headings_are_sections() -> None:
    prose = Prose("3.2.1 Drains; 3.3 Sumps shall be 3.5 m deep.")
    assert prose.names["3.2.1"][0].is_section
    assert prose.names["3.3"][0].is_section
    assert "3.5" not in prose.names


@pytest.mark.parametrize(
    "text",
    [
        "A 2 Leaf door",
        "NO 3 DOORS",
        "DN 50 Pipes",
        "R 2.6 batts",
        "M 8 Bolts",
        "A door has 4.11 m",
        "X 4 m wide",
    ],
)
def test_a_number_behind_a_word_or_a_code_is_no_section(text: str) -> None:
    assert Prose(text).numbers


def test_a_paragraph_with_a_letter_is_a_name() -> None:
    prose = Prose("Doors shall comply with Paragraph 3.2.1a.")
    assert [name.head for name in prose.names["3.2.1a"]] == ["paragraph"]


def test_spans_are_those_of_the_number_and_its_unit() -> None:
    text = "at least 8 litres per second per person."
    (number,) = Prose(text).numbers
    assert text[number.start : number.end] == "8 litres per second per person"


@pytest.mark.parametrize(("text", "value"), SPELLED)
def test_numbers_in_words_are_read(text: str, value: float) -> None:
    (number,) = spelled_numbers(text)
    assert number.value == pytest.approx(value)


@pytest.mark.parametrize("text", ["someone", "the second storey", "intent", "a third-party", ""])
def test_words_that_hold_a_number_word_are_no_numbers(text: str) -> None:
    assert all(number.value < 1 for number in spelled_numbers(text))


@pytest.mark.parametrize("words", SAME_STEM)
def test_forms_of_one_word_share_a_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", OTHER_STEMS)
def test_other_words_do_not(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 2


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    prose = Prose(text)
    for number in prose.numbers:
        assert 0 <= number.start < number.end <= len(text)
    for name in (name for names in prose.names.values() for name in names):
        assert 0 <= name.start < name.end <= len(text)
    read_unit(text, 0)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "1 " * 5_000,
        "1" + " " * 20_000 + "2 m",
        "(" * 20_000,
        "Table 1, " * 2_000,
        "1) " * 10_000,
        "a million and a half, " * 2_000,
        "1, 2 million, " * 2_000,
    ],
    ids=["one word", "numbers", "spaces", "brackets", "references", "items", "halves", "scales"],
)
def test_hostile_texts_take_no_longer_than_their_length_allows(text: str) -> None:
    begin = time.process_time()
    Prose(text)
    assert time.process_time() - begin < 2
