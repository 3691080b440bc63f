"""Where the amounts of a rule stand in its clause, if that is certain, and others like them.

An amount is a quantity (`350 mm`), a count (`4`) or a slope (`1/12`) in a label of the
rule, quoted arithmetic included. It is *certain* if each number of that value in the
clause is this amount, printed in digits or as a small number in words, and if the
clause gives no other quantity of its dimension that the rule leaves out, and none in
brackets behind it, since that may be the same amount converted. Numbers of references
are never amounts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import NamedTuple

from p4ir.corpus.records import Record
from p4ir.errors import RuleError
from p4ir.rules import Rule
from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.units import (
    SPACING_UNITS,
    Quantity,
    compare,
    convertible,
    parse_quantity,
    same_magnitude,
)

COUNTED_UNITS = ("", "person", "storey")
"""Units that a rule leaves away: `50 persons` is `50`."""
_IN_QUOTES = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?: [A-Za-z%][\w/]*)?")
_SLOPE = re.compile(r"1(?P<joint> in | ?: ?)(?P<under>\d+(?:\.\d+)?)")
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z]+")
_IN_BRACKETS = re.compile(r"\s*\(\s*\d")
_GOES_ON = re.compile(r"[-/½¼¾⅓⅔⅛\d]| ?[x×] ?\d| (?:\d+/|hundred|thousand|and a )")
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_STEPS = (500, 250, 100, 50, 25, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.01)
_SLOPES = (4, 5, 6, 8, 10, 12, 14, 15, 16, 18, 20, 25, 30, 40, 48, 50, 60, 80, 100, 120)
_FIRE_MINUTES = (15, 30, 45, 60, 90, 120, 180, 240)
_LARGEST = {"percent": 100, "deg": 90, "degC": 95}
_TRIALS = 12


class AmountMention(NamedTuple):
    """A place in a clause where an amount is printed."""

    start: int
    end: int
    """Offset just past the digits; the unit is not part of it."""


class CertainAmount(NamedTuple):
    """An amount of a rule whose places in the clause are known for certain."""

    label: str
    """As in the rule: `350 mm`, `4`, `1/12`."""
    quantity: Quantity
    mentions: tuple[AmountMention, ...]


def certain_amounts(record: Record) -> Iterator[CertainAmount]:
    """Yield the amounts of a record's rule that stand in its clause for certain."""
    if record.rule is None:
        return
    labels = amounts_of(record.rule)
    codes = _codes_of(record.rule)
    prose = Prose(record.clause)
    references = {
        name.start for names in prose.names.values() for name in names if name.is_reference
    }
    for label, quantity in labels.items():
        digits = _DIGITS.search(label.removeprefix("1/"))
        if digits is None or any(digits[0] in code for code in codes) or quantity.magnitude == 1:
            continue
        if _may_be_converted(quantity, prose, labels):
            continue
        starts = _find_starts(quantity, prose, labels)
        mentions = [
            _read_mention(record.clause, start, quantity)
            for start in starts
            if start not in references
        ]
        if mentions and None not in mentions:
            yield CertainAmount(label, quantity, tuple(m for m in mentions if m))


def amounts_of(rule: Rule) -> dict[str, Quantity]:
    """Return the amounts in the labels of a rule, each as written."""
    found: dict[str, Quantity] = {}
    for label, arity in zip(rule.labels, rule.arities, strict=True):
        kind = leaf_kind(label)
        if arity or kind not in ("quantity", "number", "quoted"):
            continue
        for text in _IN_QUOTES.findall(label) if kind == "quoted" else [label]:
            try:
                found[text] = parse_quantity(text)
            except RuleError:
                continue
    return found


def replace_amounts(label: str, new: dict[str, str]) -> str:
    """Return a label of a rule with its amounts exchanged."""
    if label.startswith("'"):
        return _IN_QUOTES.sub(lambda match: new.get(match[0], match[0]), label)
    return new.get(label, label)


def _codes_of(rule: Rule) -> list[str]:
    """Return the labels that hold digits but are no amounts: `nfpa_13`, `type_4`, `ei30`."""
    return [
        label
        for label, arity in zip(rule.labels, rule.arities, strict=True)
        if not arity
        and leaf_kind(label) in ("reference", "entity", "entity.property")
        and any(map(str.isdigit, label))
    ]


def _may_be_converted(quantity: Quantity, prose: Prose, labels: dict[str, Quantity]) -> bool:
    """Whether the clause has a number of the same dimension that the rule leaves out."""
    return any(
        number.unit
        and convertible(number.unit, quantity.unit)
        and not any(_is_same(number, other) for other in labels.values())
        for number in prose.numbers
    )


def _find_starts(quantity: Quantity, prose: Prose, labels: dict[str, Quantity]) -> list[int]:
    """Return where the amount stands; nothing if one of the places may be something else."""
    starts: list[int] = []
    readings: dict[int, list[Number]] = {}
    for number in prose.numbers:
        readings.setdefault(number.start, []).append(number)
    for start, numbers in readings.items():
        if not any(same_magnitude(number.value, quantity.magnitude) for number in numbers):
            continue
        if any(not same_magnitude(number.value, quantity.magnitude) for number in numbers):
            return []
        if any(_IN_BRACKETS.match(prose.text, number.end) for number in numbers):
            return []
        if any(_is_same(number, quantity) for number in numbers):
            starts.append(start)
        elif not any(_is_same(n, other) for n in numbers for other in labels.values()):
            return []
    return starts


def _is_same(number: Number, quantity: Quantity) -> bool:
    if not same_magnitude(number.value, quantity.magnitude):
        return False
    if quantity.unit == "":
        return number.unit in COUNTED_UNITS
    return number.unit in (quantity.unit, SPACING_UNITS.get(quantity.unit))


def _read_mention(text: str, start: int, quantity: Quantity) -> AmountMention | None:
    """Read how the amount is printed; `None` if it is printed in a way not known for certain."""
    if quantity.unit == "" and quantity.magnitude < 1:
        slope = _SLOPE.match(text, start)
        is_whole = slope and not _GOES_ON.match(text, slope.end())
        return AmountMention(*slope.span("under")) if slope and is_whole else None
    match = _DIGITS.match(text, start) or _WORD.match(text, start)
    if match is None or _GOES_ON.match(text, match.end()):
        return None
    if match[0][0].isdigit():
        value = float(match[0].replace(",", ""))
    else:
        value = _WORDS.index(match[0].lower()) + 2 if match[0].lower() in _WORDS else 0
    before = text[start - 1 : start]
    if before in ("-", "−", "/", "x", "×") or not same_magnitude(value, quantity.magnitude):
        return None
    return AmountMention(*match.span())


def other_amounts(
    amounts: list[CertainAmount], others: list[Quantity], text: str, rng: random.Random
) -> dict[str, str] | None:
    """Return other amounts for some of a rule, by label, that compare as the old ones do.

    Args:
        amounts: those to exchange.
        others: the amounts of the rule that stay.
        text: the clause: an amount that it spells in words is exchanged for one that can be.
        rng: the source of chance.
    """
    for _ in range(_TRIALS):
        new = {amount.label: _another(amount, text, rng) for amount in amounts}
        pairs = [(a.quantity, parse_quantity(new[a.label])) for a in amounts]
        pairs += [(other, other) for other in others]
        if all(
            _order(a, b) == _order(new_a, new_b)
            for index, (a, new_a) in enumerate(pairs)
            for b, new_b in pairs[:index]
        ) and all(new[a.label] != a.label for a in amounts):
            return new
    return None


def _order(a: Quantity, b: Quantity) -> int | None:
    return compare(a, b) if convertible(a.unit, b.unit) else None


def _another(amount: CertainAmount, text: str, rng: random.Random) -> str:
    value, unit = amount.quantity
    is_spelled = any(text[m.start].isalpha() for m in amount.mentions)
    if unit == "" and value < 1:
        near = [under for under in _SLOPES if 0.4 < under * value < 2.5]
        return f"1/{rng.choice(near)}" if near else amount.label
    if is_spelled or (unit == "" and value <= 12 and value == int(value)):
        number: float = rng.randrange(2, 13)
    elif unit == "min" and value in _FIRE_MINUTES:
        number = rng.choice(_FIRE_MINUTES)
    else:
        step = next((s for s in _STEPS if _divides(s, value) and value / s >= 3), None)
        step = step or (0.1 if value < 1 else 1)
        steps = max(2, round(value / step))
        number = round(step * rng.randint(max(1, steps // 2), 2 * steps), 4)
        if number == 1 or number > _LARGEST.get(unit, number) >= value:
            number = value
    digits = _DIGITS.match(amount.label)
    return f"{number:.12g}{amount.label[digits.end() if digits else 0 :]}"


def _divides(step: float, value: float) -> bool:
    return same_magnitude(value / step, round(value / step))


def print_like(new: str, written: str) -> str:
    """Return an amount's number printed like another: in words, with decimals, with commas.

    >>> print_like("1250 mm", "1,100"), print_like("3 m", "2.0"), print_like("4", "two")
    ('1,250', '3.0', 'four')
    """
    number = float(parse_quantity(new.removeprefix("1/")).magnitude)
    if written[0].isalpha():
        word = _WORDS[int(number) - 2]
        return word.capitalize() if written[0].isupper() else word
    text = f"{number:.12g}"
    whole, _, decimals = text.partition(".")
    width = len(written.partition(".")[2])
    decimals = decimals.ljust(width, "0")
    if "," in written:
        whole = f"{int(whole):,}"
    return f"{whole}.{decimals}" if decimals else whole
