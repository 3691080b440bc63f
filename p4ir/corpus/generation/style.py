"""The manner of a document: its modal verb, how it prints amounts, which lists it makes."""

from __future__ import annotations

import random
from itertools import count
from typing import NamedTuple, Self

from p4ir.corpus.english import plural
from p4ir.corpus.generation.domain import Size

IMPERIAL = frozenset("in in2 ft ft2 ft/s lb gal gpm cfm fpm psi psf degF".split())
_SHORT = {
    "deg": "°", "degC": " °C", "degF": " °F", "percent": "%", "m2": " m²", "mm2": " mm²",
    "m3": " m³", "in2": " sq in", "ft2": " sq ft", "l": " L", "lux": " lux", "years": " years",
    "days": " days", "m3/h": " m³/h", "kg/m2": " kg/m²", "kg/m3": " kg/m³", "kN/m2": " kN/m²",
    "W/m2": " W/m²", "W/m2/K": " W/m²/K", "m2K/W": " m²K/W", "l/s/person": " l/s/person",
    "airChangesPerHour": " air changes per hour", "min": " min", "h": " h",
}  # fmt: skip
_LONG = {
    "mm": "millimetres", "m": "metres", "in": "inches", "ft": "feet", "m2": "square metres",
    "ft2": "square feet", "l": "litres", "kg": "kilograms", "kN": "kilonewtons", "s": "seconds",
    "min": "minutes", "h": "hours", "deg": "degrees", "percent": "per cent", "N": "newtons",
    "degC": "degrees Celsius", "degF": "degrees Fahrenheit", "lb": "pounds", "gal": "gallons",
    "dB": "decibels", "l/s": "litres per second", "gpm": "gallons per minute", "V": "volts",
    "cfm": "cubic feet per minute", "m/s": "metres per second", "l/s/person":
    "litres per second per person", "Pa": "pascals", "kW": "kilowatts", "A": "amperes",
}  # fmt: skip
_AMBIGUOUS = frozenset("min h in l s A V N".split())
"""Units that may be another word: each number gets its own."""
_SPELLED = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SINGLE = {"in": "inch", "ft": "foot"}
_MILLIMETRES = {"in": 25.4, "ft": 304.8}


class Style(NamedTuple):
    """How one clause is worded, apart from what it says."""

    modal: str
    long_units: bool
    thousands: str
    imperial: bool
    converts: bool
    """Whether imperial lengths are given in millimetres too."""
    spells: bool
    """Whether small counts are words."""
    marker: str
    """Format of the markers of lists, with `{}` for the letter."""
    variables: count[int]
    """Numbers for variables, none used twice in one clause."""

    @classmethod
    def draw(cls, rng: random.Random) -> Self:
        """Draw a style at random."""
        imperial = rng.random() < 0.22
        return cls(
            modal=rng.choices(("shall", "must", "should"), (60, 28, 12))[0],
            long_units=rng.random() < (0.6 if imperial else 0.15),
            thousands="," if imperial or rng.random() < 0.3 else "",
            imperial=imperial,
            converts=imperial and rng.random() < 0.25,
            spells=rng.random() < 0.8,
            marker=rng.choice(("{})", "({})", "{})", "({})", "{}.")),
            variables=count(100),
        )

    def variable(self) -> str:
        """Return a variable that the clause has not used yet."""
        return f"x{next(self.variables)}"

    def unit_of(self, size: Size, rng: random.Random) -> str:
        """Choose the unit of a size: imperial ones go with each other where there are any."""
        units = [unit for unit in size.values if (unit in IMPERIAL) == self.imperial]
        return rng.choice(units or [unit for unit in size.values if unit not in IMPERIAL])

    def amount(self, value: str, unit: str, *, converts: bool = True) -> str:
        """Print an amount: `1,200 mm`, `30°`, `1 in 12`."""
        if value.startswith("1/"):
            return f"1 in {value[2:]}"
        whole, dot, decimals = value.partition(".")
        number = f"{int(whole):,}".replace(",", self.thousands if len(whole) > 3 else ",")
        number += dot + decimals
        if not unit:
            return number
        if self.long_units and unit in _LONG:
            single = unit in _MILLIMETRES and float(value) < 1
            return f"{number} {_SINGLE[unit] if single else _LONG[unit]}"
        text = number + _SHORT.get(unit, f" {unit}")
        if self.converts and converts and unit in _MILLIMETRES:
            return f"{text} ({round(float(value) * _MILLIMETRES[unit])} mm)"
        return text

    def span(self, low: str, high: str, unit: str, *, shared: bool) -> tuple[str, str]:
        """Print two amounts; `shared`, the unit only behind the second if that is clear."""
        is_shared = shared and unit not in _AMBIGUOUS and "/" not in low
        lower = self.amount(low, "" if is_shared else unit, converts=False)
        return lower, self.amount(high, unit, converts=False)

    def number(self, value: str) -> str:
        """Print a count: in words if it is small and the style spells."""
        return _SPELLED[int(value)] if self.spells and int(value) <= 12 else value

    def counted(self, value: str, noun: str) -> str:
        """Print so many of something."""
        return f"{self.number(value)} {noun if value == '1' else plural(noun)}"


def quantity(value: str, unit: str) -> str:
    """Write an amount as rules do: `1200 mm`, `1/12`."""
    return f"{value} {unit}" if unit else value
