"""The numbers that measure or count in a text: `1,250 mm`, `7 1/2 in`, `1 in 8`, `two metres`."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from p4ir.rules.grounding.number_words import spelled_numbers, unclear_spans
from p4ir.rules.grounding.prose_units import UnitInProse, read_unit
from p4ir.rules.grounding.scales import SCALE, read_scale, scale_at_end, scale_of
from p4ir.rules.numbers import FRACTIONS

_NUMERAL = re.compile(rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)*|\.\d+|[{FRACTIONS}]")
_DECIMAL_COMMA = re.compile(r"(?:0,\d+|\d+,\d{1,2})(?![\d,])")
_SPACED_THOUSANDS = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d.,]*\d)")
_SPACED_FRACTION = re.compile(rf"[ \u00a0\u2009\u202f]?([{FRACTIONS}])")
_MIXED = re.compile(r"(?:(\d+)[ -])?(\d{1,3})[/⁄](\d{1,3})(?![\d/]|\.\d)")
_RATIO = re.compile(
    r"(\d+(?:\.\d+)?)(?:\s?:\s?| units? vertical (?:in|to) | in |-in-)"
    rf"(\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?![\d.]*\d)({SCALE})?(?: units? horizontal)?"
)
_IN = re.compile(r"[ -]in[ -]")
_SPELLED_IN = re.compile(r" in |-in-| units? vertical (?:in|to) ")
_SPELLED_IN_NUMERAL = re.compile(
    r"(?:-in-|(?: units? vertical)? (?:in|to) )"
    rf"([1-9]\d*(?:,\d{{3}})*)\b({SCALE})?(?: units? horizontal)?"
)
_ARTICLE = re.compile(r"(?: of)? an?(?= )")
_CHANGE = re.compile(
    r"(?: of [a-z ]{1,20})?\s(?:(greater|more|increase|higher|longer)|less|lower|reduc)"
)
_CHANGED_BY = re.compile(
    r"\b(?:(increas(?:e|es|ed|ing))|(?:reduc|decreas)(?:e|es|ed|ing)) by "
    r"(?:(?:at (?:least|most)|up to) )?$"
)
_LONGEST_CHANGE = 24
_MINUS = re.compile(r"(?<!plus or )(?<!plus/)\bminus $", re.IGNORECASE)
_IN_DIGITS = re.compile(r" ?\((\d+)\)")
"""What may repeat a number behind its word: `two (2) hours`."""
_IN_WORDS = re.compile(r" ?\(([A-Za-z -]+)\)")
"""What may repeat a number in words: `2 (two) hours`."""
_LONGEST_GAP = 20
_SHARES_UNIT = re.compile(r"\s*(?:x|×|by|and|or|to|and/or|through|,|-|–|/|\+|±|\s)+\s*")
_SPELLED_SHARES_UNIT = re.compile(r"\s+(?:and|or|to|by)\s+")


class Number(NamedTuple):
    """A number that measures or counts."""

    value: float
    unit: str
    """Unit in its own spelling (`p4ir.rules.units`), empty if it has none."""
    start: int
    end: int
    """Offset in the text just past the number and the unit beside it."""
    scale: int = 1
    """What `million` or its like at its end has multiplied the value by."""


class Numeral(NamedTuple):
    """Digits as they stand in a text, and what they may be read as."""

    raw: str
    start: int
    end: int
    unit: UnitInProse | None
    """The unit right behind the digits, or behind `million` and its like."""
    is_scaled: bool
    """Whether `million` or its like multiplies it."""

    @property
    def measures(self) -> bool:
        """Whether what stands behind makes an amount of it without doubt."""
        return self.is_scaled or (self.unit is not None and not self.unit.is_ambiguous)


def read_numeral(text: str, start: int) -> Numeral:
    """Read the digits at an offset, where there are some."""
    decimal = _DECIMAL_COMMA.match(text, start)
    if decimal:
        numeral = _numeral(text, decimal[0], start, decimal.end())
        if numeral.measures:  # `1,25 m`, but not `grades 4,5 and 6`
            return numeral
    match = _NUMERAL.match(text, start)
    if match is None:
        raise ValueError(f"no digits at offset {start}")
    return _numeral(text, match[0], start, _past_words(text, match[0], match.end()))


def _numeral(text: str, raw: str, start: int, end: int) -> Numeral:
    scale, past = read_scale(text, end)
    return Numeral(raw, start, end, read_unit(text, past), scale > 1)


def _past_words(text: str, raw: str, end: int) -> int:
    """Return the offset past a numeral and the words that repeat it: `2 (two) hours`."""
    words = _IN_WORDS.match(text, end)
    digits = raw.replace(",", "")
    if words and digits.isdigit():
        spelled = spelled_numbers(words[1])
        if spelled and spelled[0] == (float(digits), 0, len(words[1])):
            return words.end()
    return end


def numbers_at(text: str, numeral: Numeral) -> list[Number]:
    """Return the number that begins with a numeral, in each of its readings.

    >>> numbers_at("1 in 8", read_numeral("1 in 8", 0))
    [Number(value=0.125, unit='', start=0, end=6, scale=1)]
    """
    raw, start, end, *_ = numeral
    for pattern in (_MIXED, _RATIO):
        match = pattern.match(text, start)
        value = _ratio(match) if match else None
        if match and value is not None:
            return _readings(text, value, start, match.end())
    if raw in FRACTIONS:
        return _readings(text, unicodedata.numeric(raw), start, end)
    is_decimal = _DECIMAL_COMMA.fullmatch(raw)
    value = float(raw.replace(",", "." if is_decimal else ""))
    part = _SPACED_FRACTION.match(text, end)
    if part:
        return _readings(text, value + unicodedata.numeric(part[1]), start, part.end())
    numbers = _readings(text, value, start, end)
    spaced = _SPACED_THOUSANDS.match(text, start)
    if spaced:
        thousands = _readings(text, float("".join(spaced[0].split())), start, spaced.end())
        # `1 000 mm` is nothing else, but `2 100 mm bolts` may be two of 100 mm.
        return thousands if text[end + 1] == "0" else [*thousands, *numbers]
    return numbers + _changes(text, numbers)


def _changes(text: str, numbers: list[Number]) -> list[Number]:
    """Return what a percentage makes with the words about it: 1.2 of `20% greater`."""
    changes = []
    for value, unit, start, end, _ in numbers:
        change = _change(text, start, end) if unit == "percent" else None
        if change:
            factor = 1 + value / 100 if change[1] else 1 - value / 100
            changes.append(Number(factor, "", start, max(end, change.end())))
    return changes


def _change(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return what makes a change of a percentage; its first group is there where it adds."""
    behind = _CHANGE.match(text, end)
    return behind or _CHANGED_BY.search(text, max(0, start - _LONGEST_CHANGE), start)


def spelled_numbers_in(text: str) -> list[Number]:
    """Return the numbers that a text spells in words, `one in eight` among them."""
    numbers: list[Number] = []
    last = None
    for value, start, end in spelled_numbers(text):
        value = -value if _is_minus(text, start) else value
        if last and start < last.end:  # the million of half a million
            continue
        digits = _IN_DIGITS.match(text, end)
        if digits and float(digits[1]) == abs(value):
            end = digits.end()
        article = _ARTICLE.match(text, end) if value < 1 else None  # half an hour, half a million
        scale, past = read_scale(text, article.end() if article else end)
        if scale > 1:
            value, end = value * scale, past
        unit = read_unit(text, past)
        scale = scale_at_end(text[start:end])
        if unit and not unit.is_ambiguous:
            numbers.append(Number(value, unit.unit, start, unit.end, scale))
        else:
            numbers.append(Number(value, "", start, end, scale))
        if last and value and _SPELLED_IN.fullmatch(text[last.end : start]):
            numbers.append(Number(last.value / value, "", last.start, end))
        ratio = _SPELLED_IN_NUMERAL.match(text, end)
        if ratio:
            under = float(ratio[1].replace(",", "")) * scale_of(ratio[2])
            numbers.append(Number(value / under, "", start, ratio.end()))
        last = Number(value, "", start, end)
    return numbers


def without_unclear(text: str, numbers: list[Number]) -> list[Number]:
    """Leave out what is read in `a million and a half`: a half may be of one or of a million."""
    unclear = {offset for span in unclear_spans(text) for offset in range(*span)}
    return [number for number in numbers if unclear.isdisjoint(range(number.start, number.end))]


def share_units(text: str, numbers: list[Number]) -> list[Number]:
    """Give numbers without a unit that of the next in their list: `25 x 1.5 mm`.

    A number that may share `million` or its like too is left out: the 1 of `1-2 million litres`.
    """
    shared: list[Number] = []
    following = None
    for number in sorted(numbers, key=lambda number: number.start)[::-1]:
        if following and _is_listed(text, number, following):
            multiplied = number.value * following.scale
            if number.scale == 1 < following.scale and multiplied < following.value:
                following = number._replace(value=multiplied, scale=following.scale)
                continue
            if "," in text[number.end : following.start]:  # `fewer than 50, 36 inches are enough`
                shared.append(number)
            number = number._replace(unit=following.unit)
        shared.append(number)
        following = number
    return shared[::-1]


def _is_listed(text: str, number: Number, following: Number) -> bool:
    """Whether a number without a unit stands in a list right before another number."""
    written = text[number.start : number.end]
    if number.unit or ":" in written or _IN.search(written):
        return False
    gap = text[number.end : following.start]
    is_spelled = not written[0].isdigit()
    if is_spelled and text[following.start].isdigit():
        return False  # `31 l/s for three and 37 l/s for four`
    shares = _SPELLED_SHARES_UNIT if is_spelled else _SHARES_UNIT
    return bool(gap.strip()) and len(gap) < _LONGEST_GAP and bool(shares.fullmatch(gap))


def _readings(text: str, value: float, start: int, end: int) -> list[Number]:
    """Return a number with the unit behind it, and without it where that is no certain unit.

    `million` and its like, right behind it, multiply it.
    """
    scale, end = read_scale(text, end)
    value *= -scale if _is_negative(text, start) else scale
    unit = read_unit(text, end)
    readings = [Number(value, unit.unit, start, unit.end, scale)] if unit else []
    if unit is None or unit.is_ambiguous:
        readings.insert(0, Number(value, "", start, end, scale))
    return readings


def _ratio(match: re.Match[str]) -> float | None:
    """Return the value of `7 1/2`, `1/8`, `1:8` or `1 in 2 million`; `None` if it is no ratio."""
    if match.re is _MIXED:
        whole, over, under = float(match[1] or 0), float(match[2]), float(match[3])
    else:
        whole, over = 0.0, float(match[1])
        under = float(match[2].replace(",", "")) * scale_of(match[3])
        if _IN.search(match[0]) and over >= under:
            return None
    return whole + over / under if under else None


def _is_negative(text: str, start: int) -> bool:
    if _is_minus(text, start):
        return True
    before = text[max(0, start - 2) : start]
    return before[-1:] in ("-", "−", "–") and (len(before) == 1 or before[-2] in " (\n")


def _is_minus(text: str, start: int) -> bool:
    return _MINUS.search(text, max(0, start - 7), start) is not None
