"""Units as they stand in prose, behind a number: `metres`, `°C`, `litres per person`."""

from __future__ import annotations

import re
from typing import NamedTuple

from p4ir.rules.units import known_unit

_WORD = re.compile(
    r"[\s\-]*(c/c|ac/h\b|o\.c\b|dB\(A\)|[°º˚]\s?[CF]\b|[^\W\d_]+(?:\^?[23](?!\.?\d)|[²³])?|[%°℃℉″′]|(?<=\d)(?:['’](?!\w*[A-Za-z])|[\"”]))\.?"
)
_OPEN_QUOTATION = re.compile(r"(?<!\w)['‘\"“](?=\w)[^'’\"”]*\Z")
_PER = re.compile(
    r"\.?(?: of(?: [a-z]+){1,4}?)??\s*(?:/|\b(?:for )?(?:per|each|every)\b"
    r"|\ban?(?=\s+(?:day|hour|minute|person|second)\b))\s*"
)
_IN_BRACKETS = re.compile(r"\(\s*([^\W\d][^()]{0,20})\s*\)|\bin ([a-z][a-z²³23/]+)\b")
_TIMES = re.compile(r"[·⋅*](?=[A-Za-z])|\.(?=(?:mm|m[23²³]?|K|h|s|person)\b)|(?<=m[2²])\s?(?=K\b)")
"""What stands between the factors of a unit: `kN·m`, `m2.K`, `m2 K`."""
_GOES_ON = re.compile(r"-(?:hour|day|candle|pound)s?\b")
"""What makes another unit of one, which is none that is known: `degree-hours`."""
_IN_PRODUCT = re.compile(r"\(([^()]{1,12})\)")
_MARKS = frozenset("'’\"”")
"""What are feet or inches right behind digits, and elsewhere the end of a quotation."""
_TYPED = str.maketrans({"º": "°", "˚": "°", "^": None, "'": "′", "’": "′", "”": '"'})
"""What stands for another sign where somebody typed it: the ordinal `º`, `m^2`, `8'`."""
_AMBIGUOUS = frozenset({"in", "A", "V", "K", "W", "N", "J", "l", "h", "t", "g", "s", "min"})
"""Units whose spelling is more often something else: `304 in accordance with`."""


class UnitInProse(NamedTuple):
    """A unit that stands in a text."""

    unit: str
    """Its own spelling in `p4ir.rules.units`."""
    end: int
    """Offset just past it."""
    is_ambiguous: bool = False
    """Whether it may as well be another word."""


def read_unit(text: str, start: int) -> UnitInProse | None:
    """Read the unit at an offset, `None` if there is none.

    >>> read_unit("50 litres per person", 2)
    UnitInProse(unit='l/person', end=20, is_ambiguous=False)
    """
    found = _read_product(text, start)
    while found and (per := _PER.match(text, found.end)):
        under = _read_product(text, per.end()) or _read_bracketed(text, per.end())
        if under is None:
            break
        found = UnitInProse(str(known_unit(f"{found.unit}/{under.unit}")), under.end)
    return found


def header_units(text: str) -> frozenset[str]:
    """Return the units that a text states for numbers elsewhere: `(mm)`, `in metres`.

    >>> sorted(header_units("Height (mm): 350; weights in kilograms"))
    ['kg', 'mm']
    """
    found = [match[1] or match[2] for match in _IN_BRACKETS.finditer(text)]
    units = (known_unit(" ".join(written.split()).replace("/ ", "/")) for written in found)
    return frozenset(unit for unit in units if unit)


def _read_product(text: str, start: int) -> UnitInProse | None:
    found = _read_simple(text, start)
    while found and (times := _TIMES.match(text, found.end)):
        factor = _read_simple(text, times.end())
        if factor is None:
            break
        found = UnitInProse(f"{found.unit}.{factor.unit}", factor.end)
    return found


def _read_simple(text: str, start: int) -> UnitInProse | None:
    words: list[str] = []
    ends: list[int] = []
    end = start
    while len(words) < 4 and (match := _WORD.match(text, end)):
        if match[1] in _MARKS and _OPEN_QUOTATION.search(text[:start]):
            break
        words.append("".join(match[1].translate(_TYPED).split()))
        ends.append(match.end(1))
        end = match.end() if words[-1].lower() in ("sq", "cu") else match.end(1)
    for count in range(len(words), 0, -1):
        unit = known_unit(" ".join(words[:count]))
        if unit and not _GOES_ON.match(text, ends[count - 1]):
            written = text[start : ends[count - 1]].strip(" -")
            return UnitInProse(unit, ends[count - 1], written in _AMBIGUOUS)
    return None


def _read_bracketed(text: str, start: int) -> UnitInProse | None:
    """Read the product under a fraction line: `(m2 K)` of `W/(m2 K)`."""
    match = _IN_PRODUCT.match(text, start)
    units = [known_unit(part) for part in re.split(r"[\s·.]+", match[1].strip())] if match else []
    if match is None or None in units:
        return None
    return UnitInProse("/".join(str(unit) for unit in units), match.end())
