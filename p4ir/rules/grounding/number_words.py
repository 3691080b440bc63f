"""Numbers spelled in words: `three`, `twenty-five`, `one half`, `twice`, `single`.

Cardinals below a billion, fractions, multiples, and the words that count without
being numerals (`both`, `pair`). Ordinals are no numbers: the second storey is not two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_CARDINALS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
}
_ORDINALS = (
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth"
).split()
_PARTS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ORDINALS, 3)},
    **{f"{word[:-1]}ieth": 10 * value for value, word in enumerate(_TENS, 2)},
    **{
        f"{tens}-{ordinal}": 10 * ten + one
        for ten, tens in enumerate(_TENS, 2)
        for one, ordinal in enumerate(_ORDINALS[:7], 3)
    },
    "half": 2,
    "quarter": 4,
    "hundredth": 100,
    "thousandth": 1000,
}
_PARTS |= {part + "s": value for part, value in _PARTS.items()}
_OTHERS: dict[str, float] = {
    "once": 1, "single": 1, "twice": 2, "double": 2, "doubled": 2, "both": 2, "pair": 2,
    "pairs": 2, "triple": 3, "dozen": 12, "half": 0.5, "quarter": 0.25,
}  # fmt: skip


def _any(words: list[str] | dict[str, int] | dict[str, float]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_BELOW_100 = rf"(?:{_any(_TENS)}(?:[ -]{_any(_ONES[1:10])})?|{_any(_ONES)})"
_BELOW_1000 = rf"(?:(?:{_BELOW_100}|an?)[ -]hundred(?:[ -](?:and[ -])?{_BELOW_100})?|{_BELOW_100})"
_BELOW_MILLION = (
    rf"(?:(?:{_BELOW_1000}|an?)[ -]thousand(?:[ -](?:and[ -])?{_BELOW_1000})?|{_BELOW_1000})"
)
_CARDINAL = (
    rf"(?:(?:{_BELOW_1000}|an?)[ -]million(?:[ -](?:and[ -])?{_BELOW_MILLION})?|{_BELOW_MILLION})"
)
_NUMBER = re.compile(
    rf"(?P<over>{_CARDINAL}|an?)[ -](?P<under>{_any(_PARTS)})\b"
    rf"|(?P<whole>{_CARDINAL})\b"
    rf"(?:[ -]and[ -](?P<more>an?|{_any(_ONES)})[ -](?P<part>{_any(_PARTS)})\b)?"
    rf"|(?P<other>{_any(_OTHERS)})\b",
    re.IGNORECASE,
)
_UNCLEAR = re.compile(
    rf"\b(?:hundred|thousand|million|billion)[ -]and[ -](?:an?|{_any(_ONES)})[ -]{_any(_PARTS)}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+")
_FIRST_WORDS = {*_ONES, *_TENS, *_OTHERS, "a", "an"}


class SpelledNumber(NamedTuple):
    """A number in words, and where it stands in the text."""

    value: float
    start: int
    end: int


def spelled_numbers(text: str) -> list[SpelledNumber]:
    """Return the numbers that a text spells in words, in order.

    >>> [number.value for number in spelled_numbers("twenty-five pipes, each one half full")]
    [25.0, 0.5]
    """
    numbers: list[SpelledNumber] = []
    for word in _WORD.finditer(text):
        if word[0].lower() not in _FIRST_WORDS or (numbers and word.start() < numbers[-1].end):
            continue
        match = _NUMBER.match(text, word.start())
        if match:
            numbers.append(SpelledNumber(_value(match), *match.span()))
    return numbers


def unclear_spans(text: str) -> list[tuple[int, int]]:
    """Return where it is unclear what a part is of: `million and a half`."""
    return [match.span() for match in _UNCLEAR.finditer(text)]


def _value(match: re.Match[str]) -> float:
    part = {name: text.lower() for name, text in match.groupdict().items() if text}
    if "other" in part:
        return float(_OTHERS[part["other"]])
    if "under" in part:
        return _cardinal(part["over"]) / _PARTS[part["under"]]
    more = _cardinal(part["more"]) / _PARTS[part["part"]] if "more" in part else 0
    return _cardinal(part["whole"]) + more


def _cardinal(text: str) -> float:
    total = current = 0
    for word in re.split(r"[ -]", text):
        if word == "hundred":
            current *= 100
        elif word in ("thousand", "million"):
            total, current = total + current * (1000 if word == "thousand" else 10**6), 0
        elif word != "and":
            current += _CARDINALS.get(word, 1)  # `a`, `an`
    return float(total + current)
