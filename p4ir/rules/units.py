"""What a unit is: its spellings, and which magnitudes are the same.

The table of spellings is plain text, so that asking whether a unit is known costs nothing.
Conversion is pint's, imported when first asked for. The domain's own units are units too:
`mmCentres` and `mCentres` say how far apart things stand on centres, `airChangesPerHour` is a rate,
`person`, `storey`, `gauge`, `series`, `deg`, `perEverySecondFloor` convert to themselves alone.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.errors import RuleError
from p4ir.rules.numbers import NUMBER, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

TOLERANCE = 1e-9
"""Relative difference below which two magnitudes are the same: rounding, no more."""

# unit = pint's expression: other spellings, those of several words with `_` for the space
_TABLE = """
mm = millimeter: millimetre millimetres millimeter millimeters
cm = centimeter: centimetre centimetres centimeter centimeters
m = meter: metre metres meter meters
km = kilometer: kilometre kilometres kilometer kilometers
in = inch: inch inches in. " ″
ft = foot: foot feet ft. ′
yd = yard: yard yards
mi = mile: mile miles
mm2 = mm**2: mm² sq_mm square_millimetre square_millimetres square_millimeters
cm2 = cm**2: cm² square_centimetres square_centimeters
m2 = m**2: m² sq_m sqm square_metre square_metres square_meter square_meters
ha = hectare: hectare hectares
in2 = inch**2: in² sq_in square_inch square_inches
ft2 = foot**2: ft² sq_ft square_foot square_feet
m3 = m**3: m³ cubic_metre cubic_metres cubic_meter cubic_meters
mm3 = mm**3: mm³ cubic_millimetres
dm3 = decimeter**3: dm³
ft3 = foot**3: ft³ cu_ft cubic_foot cubic_feet
l = liter: L litre litres liter liters
ml = milliliter: mL millilitre millilitres milliliter milliliters
gal = gallon: gallon gallons
kg = kilogram: kgs kilogram kilograms
g = gram: gram grams
mg = milligram: milligram milligrams
t = metric_ton: tonne tonnes
lb = pound: lbs pound pounds
N = newton: newton newtons
kN = kilonewton: kilonewton kilonewtons
MN = meganewton:
lbf = pound_force:
Pa = pascal: pascal pascals
kPa = kilopascal: kilopascal kilopascals
MPa = megapascal: megapascal megapascals
GPa = gigapascal: gigapascal
bar = bar:
psi = psi:
psf = pound_force/foot**2:
deg = plane_degree: ° degree degrees
degC = degC: °C ℃ degrees_Celsius degrees_C deg_C celsius
degF = degF: °F ℉ degrees_Fahrenheit degrees_F deg_F fahrenheit
K = kelvin: kelvin
m2K = m**2*kelvin: m²K
mK = m*kelvin:
percent = percent: % per_cent percentage
ppm = ppm:
s = second: sec second seconds
min = minute: mins minute minutes
h = hour: hr hrs hour hours
day = day: days
week = week: weeks
month = month: months
year = year: years yr yrs
W = watt: watt watts
kW = kilowatt: kilowatt kilowatts
MW = megawatt: megawatts
mW = milliwatt: milliwatt milliwatts
J = joule: joule joules
kJ = kilojoule: kilojoules
MJ = megajoule: megajoule megajoules
kWh = kilowatt_hour: kilowatt_hours
V = volt: volt volts
kV = kilovolt: kilovolts
A = ampere: amp amps ampere amperes
Hz = hertz: hertz
lx = lux: lux
lm = lumen: lumen lumens
dB = sound_level: decibel decibels
dBA = sound_level_a: dB(A)
gpm = gallon/minute: gallons_per_minute
cfm = foot**3/minute: cubic_feet_per_minute
fpm = foot/minute: feet_per_minute
mph = mile/hour: miles_per_hour
person = person: persons people occupant occupants pers.
storey = storey: storeys story stories
gauge = gauge: gage ga
series = series:
mmCentres = millimeter: mm_centres mm_centers mm_centre mm_center mm_crs mm_ctrs mm_c/c mm_o.c.
mCentres = meter: m_centres m_centers m_crs m_c/c metre_centres metres_centres meter_centers
airChangesPerHour = air_change/hour: air_changes_per_hour air_changes_an_hour ACH ac/h
perEverySecondFloor = 1/second_storey: per_every_second_floor every_second_floor
"""
_OWN_UNITS = (
    "plane_degree sound_level sound_level_a person storey second_storey gauge series air_change"
).split()
SPACING_UNITS = {"mmCentres": "mm", "mCentres": "m"}
"""Units of how far apart things stand on centres, each with the length it is in."""


def _read_table() -> tuple[dict[str, str], dict[str, str]]:
    expressions, spellings = {}, {}
    for line in _TABLE.strip().splitlines():
        unit, rest = line.split(" = ")
        expression, _, others = rest.partition(":")
        expressions[unit] = expression
        for spelling in (unit, *others.split()):
            spellings[spelling.replace("_", " ")] = unit
    # `MM` and `kpa` are read too; a single letter means something else in capitals, `mw` two units.
    for spelling, unit in list(spellings.items()):
        if len(spelling) > 1 and spelling.lower() != "mw":
            spellings.setdefault(spelling.lower(), unit)
    return expressions, spellings


_EXPRESSIONS, _SPELLINGS = _read_table()
_MILLI_OR_MEGA = re.compile(r"m[A-Z]|M[glmGL][23]?\Z")
"""Units of which the case says whether they are thousandths or millions: `mN`, `mPa`, `ML`."""
_QUANTITY = re.compile(rf"({NUMBER}) ?(\D.*)?")


class Quantity(NamedTuple):
    """A magnitude with its unit, as `350 mm`, or without one, as `1/8`."""

    magnitude: float
    unit: str
    """The unit's own spelling here (`m` for `metres`), empty for a bare number."""

    def __str__(self) -> str:
        return f"{self.magnitude:.12g} {self.unit}".rstrip()

    @property
    def is_spacing(self) -> bool:
        """Whether it says how far apart things stand on centres."""
        return self.unit in SPACING_UNITS


def parse_quantity(text: str) -> Quantity:
    """Parse the label of a quantity or a number of a rule.

    Raises:
        RuleError: it is no number, or its unit is not known.

    >>> parse_quantity("600 mmCentres")
    Quantity(magnitude=600.0, unit='mmCentres')
    >>> str(parse_quantity("1.5m")), str(parse_quantity("1/8"))
    ('1.5 m', '0.125')
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise RuleError(f"{text[:40]!r} is no quantity; write a number and a unit, as in '350 mm'")
    number, written = match.groups()
    unit = known_unit(written) if written else ""
    if unit is None:
        raise RuleError(f"unit {written[:40]!r} of {text[:40]!r} is not known; use mm, m2, kPa, …")
    try:
        return Quantity(value_of(number), unit)
    except ZeroDivisionError:
        raise RuleError(f"{text[:40]!r} divides by zero") from None


def unit_of(quantity: str) -> str:
    """Return the unit of a quantity as written: `mm` of `350 mm`; empty if there is none."""
    match = _QUANTITY.fullmatch(quantity)
    return match[2] or "" if match else ""


def is_known_unit(unit: str) -> bool:
    """Say whether a unit, simple or a quotient such as `l/s/person`, is understood."""
    return known_unit(unit) is not None


@lru_cache(maxsize=4096)
def known_unit(unit: str) -> str | None:
    """Return a unit in its own spelling here, `None` if it is not known.

    >>> known_unit("metres"), known_unit("litres/person"), known_unit("furlongs")
    ('m', 'l/person', None)
    >>> known_unit("W/m2.K"), known_unit("MM"), known_unit("mN"), known_unit("ML")
    ('W/m2/K', 'mm', None, None)
    """
    unit = unit.strip()
    simple = _SPELLINGS.get(unit)
    if simple is None and len(unit) > 1 and not _MILLI_OR_MEGA.match(unit):
        simple = _SPELLINGS.get(unit.lower())
    if simple:
        return simple
    for sign in "/.":
        if sign in unit:
            over, *under = (known_unit(part) for part in unit.split(sign))
            if over is None or None in under:
                return None
            # What follows a stroke is divided by, up to its end: `W/m2.K` is `W/m2/K`.
            rest = (str(part).replace(".", "/") if sign == "/" else str(part) for part in under)
            return sign.join((over, *rest))
    return None


def convertible(a: str, b: str) -> bool:
    """Say whether magnitudes in two units can be compared; an unknown unit never can.

    >>> convertible("mm", "ft"), convertible("mmCentres", "m"), convertible("mm", "mm2")
    (True, True, False)
    """
    first, second = (known_unit(unit) if unit else "" for unit in (a, b))
    if first is None or second is None:
        return False
    return first == second or _conversion(first, second) is not None


def convert(quantity: Quantity, unit: str) -> Quantity:
    """Return the same quantity in another unit.

    Raises:
        RuleError: the unit is not known, or measures something else.

    >>> convert(parse_quantity("1.5 m"), "mm")
    Quantity(magnitude=1500.0, unit='mm')
    """
    target = known_unit(unit) if unit else ""
    if target is None:
        raise RuleError(f"unit {unit[:40]!r} is not known; use mm, m2, kPa, …")
    if target == quantity.unit:
        return quantity
    factors = _conversion(quantity.unit, target)
    if factors is None:
        raise RuleError(f"{quantity} cannot be converted to {unit or 'a bare number'}")
    scale, offset = factors
    return Quantity(quantity.magnitude * scale + offset, target)


def compare(a: Quantity, b: Quantity) -> int:
    """Return −1, 0 or 1 as `a` is less than, equal to or greater than `b`.

    Raises:
        RuleError: they measure different things.

    >>> compare(parse_quantity("0.9 m"), parse_quantity("850 mm"))
    1
    """
    other = convert(b, a.unit).magnitude
    if same_magnitude(a.magnitude, other):
        return 0
    return -1 if a.magnitude < other else 1


def same_magnitude(a: float, b: float) -> bool:
    """Say whether two magnitudes in one unit differ by no more than rounding."""
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


@lru_cache(maxsize=4096)
def _conversion(a: str, b: str) -> tuple[float, float] | None:
    """Return the scale and offset that take magnitudes in `a` to `b`, `None` if none do."""
    from pint.errors import DimensionalityError, OffsetUnitCalculusError

    quantity, here, there = pint_quantity(), pint_expression(a), pint_expression(b)
    try:
        offset, one = (quantity(x, here).to(there).magnitude for x in (0.0, 1.0))
    except (DimensionalityError, OffsetUnitCalculusError):
        return None
    return one - offset, offset


def pint_expression(unit: str) -> str:
    """Write a unit, in its own spelling here, for pint."""
    parts = [
        f"({_EXPRESSIONS[factor]})" if factor else "dimensionless"
        for quotient in unit.split("/")
        for factor in quotient.split(".")
    ]
    signs = [" * " if sign == "." else " / " for sign in re.findall(r"[/.]", unit)]
    text = "".join(part + sign for part, sign in zip(parts, [*signs, ""], strict=True))
    # A temperature inside a quotient is a difference.
    return text if len(parts) == 1 else text.replace("(deg", "(delta_deg")


@lru_cache(maxsize=1)
def pint_quantity() -> Callable[[float, str], Any]:
    """Return what makes pint's quantities of magnitudes and of units written for pint."""
    import pint

    registry: Any = pint.UnitRegistry()
    for unit in _OWN_UNITS:
        registry.define(f"{unit} = [{unit}]")
    return registry.Quantity  # type: ignore[no-any-return]
