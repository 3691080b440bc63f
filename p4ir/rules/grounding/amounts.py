"""Which words of a clause support a number, a quantity or a quoted expression.

A quantity needs its number and its unit together, in the clause's unit or in one that
converts to the same magnitude: `1.5 m` supports `1500 mm`, and `150 m` does not. What
numbers a paragraph, a table or a standard supports no quantity at all.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

from p4ir.errors import RuleError
from p4ir.rules.grounding.compounds import join_label
from p4ir.rules.grounding.entities import LITTLE_WORDS, support_words
from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.prose_units import header_units, read_unit
from p4ir.rules.grounding.references import support_reference
from p4ir.rules.grounding.scales import multiply_out
from p4ir.rules.grounding.support import Span, Support, combine, ungrounded
from p4ir.rules.numbers import UNSIGNED
from p4ir.rules.units import (
    SPACING_UNITS,
    Quantity,
    convert,
    convertible,
    known_unit,
    parse_quantity,
    same_magnitude,
    unit_of,
)

_SIZE_CODE = re.compile(r"(?:m|d|r|hd|hr|dn|ø)(\d+)")
_ON_CENTRES = re.compile(
    r"\b(?:cent(?:re|er)s?|c/c|o\.c|crs|ctrs|spac\w+|apart|intervals?|pitch)\b", re.IGNORECASE
)
_PER = re.compile(r"\b(?:an?|each|every|per|one|single)\s+", re.IGNORECASE)
_PART_OF_EXPRESSION = re.compile(
    r"(?P<reference>[A-Za-z][A-Za-z0-9]*_[\w.]+)"
    r"|(?P<variable>\bx\d+\b|\bvalue\b)"
    r"|(?P<over>\d+(?:\.\d+)?)(?: ?: ?|/| in )(?P<under>\d+(?:\.\d+)?)(?! ?[A-Za-z])"
    rf"|(?P<divisor>/ ?)?(?<![\w.])(?P<number>{UNSIGNED})"
    r"(?: ?(?P<unit>[A-Za-z%°][^\s*+(),-]*))?"
    r"|(?P<word>[A-Za-z][A-Za-z]+)"
)
_FRACTION_OF = re.compile(r"(\d+) ?\* ?x\d+ ?/ ?(\d+)")
_SPACED_RATIO = re.compile(r"(?<![/^] )(?<![\w.^/])(\d+) / (\d+)(?![\w.])")
_POWER = re.compile(r"\^ ?(?:0\.5|2|3)(?![\d.])")
_POWER_IN_WORDS = re.compile(
    r"\bsquare[ds]?\b(?! ?(?:m|f|inch|yard|cent))|\bcube[ds]?\b|\broots?\b|\bpower\b|[√^]"
)
_COUNTING_UNITS = ("person", "storey", "airChangesPerHour", "gauge", "series")
"""Units that a rule may leave out: what it measures says them, as `occupantLoad` and `gauge` do."""
_CONVENTION = Support("convention")


def support_quantity(label: str, prose: Prose) -> Support:
    """Return what supports a number with a unit, or a number alone."""
    label = multiply_out(label)
    try:
        quantity = parse_quantity(label)
    except RuleError:
        return _support_literally(label, prose)
    return _support_number(quantity, prose) if not quantity.unit else _support_unit(quantity, prose)


def support_expression(label: str, prose: Prose, document: str | None) -> Support:
    """Return what supports a quoted expression: each number, reference and word in it."""
    label = join_label(multiply_out(label))
    fraction = _FRACTION_OF.fullmatch(label)
    if fraction and float(fraction[2]):
        whole = _support_number(Quantity(float(fraction[1]) / float(fraction[2]), ""), prose)
        if whole.grade != "ungrounded":
            return whole
    label = _SPACED_RATIO.sub(partial(_join_ratio, prose), label)
    if _POWER_IN_WORDS.search(prose.text):
        label = _POWER.sub("", label)
    return combine(
        _support_part(match, prose, document) for match in _PART_OF_EXPRESSION.finditer(label)
    )


def _join_ratio(prose: Prose, ratio: re.Match[str]) -> str:
    """Write `2 / 3` as one number where the clause has that: two thirds."""
    over, under = float(ratio[1]), float(ratio[2])
    quantity = Quantity(over / under if under else 0, "")
    is_one = _support_number(quantity, prose).grade == "supported"
    return f"{ratio[1]}/{ratio[2]}" if is_one else ratio[0]


def _support_part(match: re.Match[str], prose: Prose, document: str | None) -> Support:
    if match["reference"]:
        return support_reference(match["reference"], prose, document)
    if match["variable"]:
        return _CONVENTION
    if match["word"]:
        return _support_word(match["word"], prose)
    if match["over"]:
        under = float(match["under"])
        return _support_number(Quantity(float(match["over"]) / under if under else 0, ""), prose)
    number, unit = match["number"], match["unit"] or ""
    try:
        value = parse_quantity(number)
    except RuleError as error:  # 1/0
        return ungrounded(str(error))
    if known_unit(unit):
        support = support_quantity(f"{number} {unit}", prose)
        # What a clause gives per person is multiplied by the number of persons.
        per = _find_per(parse_quantity(f"{number} {unit}"), prose)
        return Support("supported", (per,)) if per and support.grade == "ungrounded" else support
    support = _support_number(value, prose, anywhere=True)
    if support.grade == "ungrounded" and match["divisor"]:
        # Dividing by 5 is what a clause may call a fifth, or 20%.
        inverse = 1 / value.magnitude if value.magnitude else 0.0
        support = _support_number(Quantity(inverse, ""), prose)
    return combine([support, _support_word(unit, prose)])


def _find_per(quantity: Quantity, prose: Prose) -> Span | None:
    for number in prose.numbers:
        over = number.unit.rpartition("/")[0]
        if over and is_amount(number._replace(unit=over), quantity):
            return number.start, number.end
    return None


def _support_word(word: str, prose: Prose) -> Support:
    return support_words(word, prose) if word and word not in LITTLE_WORDS else _CONVENTION


def _support_number(quantity: Quantity, prose: Prose, anywhere: bool = False) -> Support:
    """Support a number without a unit; `anywhere`, also by one that has a unit in the clause."""
    value = quantity.magnitude
    exact = [
        (number.start, number.end)
        for number in prose.numbers
        if (not number.unit and _is_rounded(number.value, value))
        or (number.unit == "percent" and same_magnitude(number.value / 100, value))
    ]
    if exact:
        return Support("supported", tuple(exact[:1]))
    others = [number for number in prose.numbers if same_magnitude(number.value, value)]
    counts = others if anywhere else [number for number in others if number.unit in _COUNTING_UNITS]
    if counts:
        note = "" if anywhere else f"the clause gives it a unit, {counts[0].unit}"
        return Support("supported", ((counts[0].start, counts[0].end),), note)
    if value in (0, 1):
        return _CONVENTION
    has = f"has a unit in the clause, {others[0].unit}" if others else "not in the clause"
    return ungrounded(f"{value:.12g} {has}")


def _is_rounded(value: float, label: float) -> bool:
    """Whether a label is a number of the clause, or one third to two decimals or more."""
    if same_magnitude(value, label):
        return True
    decimals = len(f"{label:.12g}".partition(".")[2])
    return 2 <= decimals < 9 and len(f"{value:.12g}") > 9 and round(value, decimals) == label


def _support_unit(quantity: Quantity, prose: Prose) -> Support:
    same_value: list[Number] = []
    for number in prose.numbers:
        if is_amount(number, quantity) and (
            not quantity.is_spacing
            or number.unit == quantity.unit
            or _ON_CENTRES.search(prose.text)
        ):
            return Support("supported", ((number.start, number.end),))
        if same_magnitude(number.value, quantity.magnitude):
            same_value.append(number)
    for number in same_value:
        if not number.unit and (spans := _unit_elsewhere(number, quantity.unit, prose)):
            return Support("supported", spans)
    if quantity.magnitude == 1 and (span := _find_single(quantity.unit, prose.text)):
        return Support("supported", (span,))
    if quantity.unit == "mm":
        for code, names in prose.names.items():
            match = _SIZE_CODE.fullmatch(code)
            if match and same_magnitude(float(match[1]), quantity.magnitude):
                return Support("supported", ((names[0].start, names[0].end),), f"from {code}")
    if not same_value:
        return ungrounded(f"{quantity} not in the clause")
    others = {number.unit for number in same_value}
    instead = f"has {', '.join(sorted(others))} instead" if others != {""} else "has no unit there"
    return ungrounded(
        f"{quantity.magnitude:.12g} is in the clause, {quantity.unit} is not: it {instead}"
    )


def is_amount(number: Number, quantity: Quantity) -> bool:
    """Say whether a number of a clause is an amount, in its unit or in one that converts."""
    if number.unit == quantity.unit:
        return same_magnitude(number.value, quantity.magnitude)
    if not number.unit:
        # One half is 50 percent; but `one exit` is not 100 percent of anything.
        part = quantity.unit == "percent" and 0 < number.value < 1
        return part and same_magnitude(number.value * 100, quantity.magnitude)
    if not _are_convertible(number.unit, quantity.unit):
        return False
    converted = convert(Quantity(number.value, number.unit), quantity.unit)
    return same_magnitude(converted.magnitude, quantity.magnitude)


@lru_cache(maxsize=4096)
def _are_convertible(a: str, b: str) -> bool:
    return convertible(a, b)


def _unit_elsewhere(number: Number, unit: str, prose: Prose) -> tuple[Span, ...]:
    """Find the unit of a bare number before it (`Series 15`) or in a heading (`Height (mm)`)."""
    heads = prose.heads_before(number.start)
    if heads and known_unit(heads[0].lower()) == unit and len(heads[0]) > 2:
        return ((number.start - len(heads[0]) - 1, number.end),)
    base = SPACING_UNITS.get(unit, unit)
    return ((number.start, number.end),) if base in header_units(prose.text) else ()


def _find_single(unit: str, text: str) -> Span | None:
    """Find one of a unit without a numeral: `per hour`, `every second floor`."""
    for match in _PER.finditer(text):
        for start in match.span():
            read = read_unit(text, start)
            if read and read[0] == unit:
                return match.start(), read[1]
    return None


def _support_literally(label: str, prose: Prose) -> Support:
    """Support a code such as `500e`, or a number with a unit that is not known."""
    names = prose.names.get(label.replace(" ", "").lower())
    if names:
        return Support("supported", ((names[0].start, names[0].end),))
    unit = unit_of(label)
    try:
        value = parse_quantity(label.removesuffix(unit)).magnitude if unit else None
    except RuleError as error:  # 1/0 m
        return ungrounded(str(error))
    for number in prose.numbers:
        behind = prose.text[number.end :].lstrip(" -").lower()
        is_same = value is not None and not number.unit and same_magnitude(number.value, value)
        if is_same and behind.startswith(unit.lower()):
            return Support("supported", ((number.start, number.end),))
    return ungrounded(f"{label} not in the clause")
