"""units: "mg/kg/day" -> a factor and dimensions. Knows nothing of numbers or of the text around them.

The table is our own. pint 0.25 takes 0.4 s to import and 0.14 s more to read its definitions, where the whole command
line has to answer in one; and it reads prose as units ("pH" is a picohenry, "fat" a femto-technical-atmosphere, "units"
are micronits) while "IU" and "mEq" are unknown to it. Here is only what is meant by hardly anything else. So "in", "M",
"cal", "pt" are no units; a month has no fixed number of days; a pint or a cup has no fixed number of millilitres.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

Dimensions = tuple[tuple[str, int], ...]
"""Names of dimensions with their powers, sorted by name, no power 0. Empty for a mere number."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How many base units one of it is. `customary` units are seldom converted with all their digits."""

    factor: Fraction
    dimensions: Dimensions
    customary: bool = False

    def __mul__(self, other: "Unit") -> "Unit":
        """The unit of the product of two quantities."""
        joined = combine(self.dimensions, other.dimensions, 1)
        return Unit(self.factor * other.factor, joined, self.customary or other.customary)

    def __pow__(self, power: int) -> "Unit":
        """The unit of a quantity raised to a small whole power, negative for "per"."""
        return Unit(self.factor**power, combine((), self.dimensions, power), self.customary)


def combine(one: Dimensions, other: Dimensions, power: int) -> Dimensions:
    """The dimensions of `one` times `other` to that power."""
    powers = dict(one)
    for name, exponent in other:
        powers[name] = powers.get(name, 0) + power * exponent
    return tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))


NONE = Unit(Fraction(1), ())

_PREFIXES = {"k": 3, "h": 2, "d": -1, "c": -2, "m": -3, "\u00b5": -6, "\u03bc": -6, "u": -6, "n": -9, "p": -12}
_PREFIX_WORDS = {"kilo": 3, "deci": -1, "centi": -2, "milli": -3, "micro": -6, "nano": -9}
# symbol, its words, prefixes of the symbol, dimension, base units in one
_METRIC = [
    ("g", "gram gramme", "km\u00b5\u03bcunp", (("mass", 1),), Fraction(1, 1000)),
    ("m", "meter metre", "kdcm\u00b5\u03bcun", (("length", 1),), Fraction(1)),
    ("L", "liter litre", "dcm\u00b5\u03bcun", (("length", 3),), Fraction(1, 1000)),
    ("l", "", "dcm\u00b5\u03bcu", (("length", 3),), Fraction(1, 1000)),
    ("s", "second", "m\u00b5\u03bcun", (("time", 1),), Fraction(1)),
    ("mol", "mole", "m\u00b5\u03bcunp", (("amount", 1),), Fraction(1)),
    ("Eq", "equivalent", "m", (("equivalents", 1),), Fraction(1)),
    ("Osm", "", "m", (("osmoles", 1),), Fraction(1)),
    ("Pa", "pascal", "kh", (("pressure", 1),), Fraction(1)),
    ("J", "joule", "k", (("energy", 1),), Fraction(1)),
    ("Hz", "hertz", "k", (("time", -1),), Fraction(1)),
    ("IU", "", "m\u00b5\u03bcu", (("international units", 1),), Fraction(1)),
]
# names, dimension, base units in one
_OTHER = [
    ("mcg", "mass", Fraction(1, 10**9)),
    ("Kg KG kgs", "mass", Fraction(1)),
    ("gm gms", "mass", Fraction(1, 1000)),
    ("tonne tonnes", "mass", Fraction(1000)),
    ("lb lbs pound pounds", "mass", Fraction("0.45359237")),
    ("oz ounce ounces", "mass", Fraction("0.45359237") / 16),
    ("inch inches", "length", Fraction("0.0254")),
    ("ft foot feet", "length", Fraction("0.3048")),
    ("yd yard yards", "length", Fraction("0.9144")),
    ("mile miles", "length", Fraction("1609.344")),
    ("sec secs", "time", Fraction(1)),
    ("min mins minute minutes", "time", Fraction(60)),
    ("h hr hrs hour hours", "time", Fraction(3600)),
    ("d day days", "time", Fraction(86400)),
    ("wk wks week weeks", "time", Fraction(7 * 86400)),
    ("month months", "calendar", Fraction(1)),
    ("yr yrs year years", "calendar", Fraction(12)),
    ("decade decades", "calendar", Fraction(120)),
    ("tsp teaspoon teaspoons", "kitchen", Fraction(1)),
    ("tbsp tablespoon tablespoons", "kitchen", Fraction(3)),
    ("cup cups", "kitchen", Fraction(48)),
    ("pint pints", "kitchen", Fraction(96)),
    ("quart quarts", "kitchen", Fraction(192)),
    ("gallon gallons", "kitchen", Fraction(768)),
    ("mmHg", "pressure", Fraction("133.322387415")),
    ("cmH2O", "pressure", Fraction("98.0665")),
    ("atm", "pressure", Fraction(101325)),
    ("mbar", "pressure", Fraction(100)),
    ("kcal", "energy", Fraction(4184)),
    ("U unit units", "international units", Fraction(1)),
    ("\u00b0C", "celsius", Fraction(1)),
    ("\u00b0F", "fahrenheit", Fraction(1)),
    ("K", "kelvin", Fraction(1)),
]
_CUSTOMARY = {"lb", "oz", "inch", "ft", "yd", "mile", "atm"}
_ALIASES = {
    **{"C": "\u00b0C", "Celsius": "\u00b0C", "celsius": "\u00b0C", "kelvin": "K"},
    **{"F": "\u00b0F", "Fahrenheit": "\u00b0F", "fahrenheit": "\u00b0F"},
}


def _table() -> Iterator[tuple[str, Unit]]:
    for symbol, words, prefixes, dimension, factor in _METRIC:
        yield symbol, Unit(factor, dimension)
        for prefix in prefixes:
            yield prefix + symbol, Unit(factor * Fraction(10) ** _PREFIXES[prefix], dimension)
        for word in words.split():
            for prefix, power in {"": 0, **_PREFIX_WORDS}.items():
                unit = Unit(factor * Fraction(10) ** power, dimension)
                yield from ((prefix + word + plural, unit) for plural in ("", "s"))
    for names, name, factor in _OTHER:
        for spelling in names.split():
            yield spelling, Unit(factor, ((name, 1),), names.split()[0] in _CUSTOMARY)
    per_litre = Unit(Fraction(1000), (("length", -3),))
    for symbol, power in (("mM", -3), ("\u00b5M", -6), ("\u03bcM", -6), ("uM", -6), ("nM", -9)):
        yield symbol, Unit(Fraction(10) ** power, (("amount", 1),)) * per_litre
    yield "mph", Unit(Fraction("1609.344") / 3600, (("length", 1), ("time", -1)), True)
    yield "cc", Unit(Fraction(1, 10**6), (("length", 3),))
    for symbol in ("m", "dm", "cm", "mm"):
        scale = Fraction(10) ** {"m": 0, "dm": -1, "cm": -2, "mm": -3}[symbol]
        for power in (2, 3):
            yield f"{symbol}{power}", Unit(scale**power, (("length", power),))


_UNITS = dict(_table())


def unit(name: str) -> Unit | None:
    """The unit of that symbol or word, symbols in their own case; None when it is none, or may be something else."""
    name = _ALIASES.get(name, name)
    return _UNITS.get(name) or (_UNITS.get(name.lower()) if len(name) > 3 else None)


@cache
def ratios(dimensions: Dimensions, factor: Fraction) -> frozenset[Fraction]:
    """How many of a unit with that factor other units of its dimensions hold, and parts of it: 60, 1/24, 1000."""
    found = {known.factor / factor for known in _UNITS.values() if known.dimensions == dimensions}
    return frozenset(ratio for ratio in found if ratio != 1 and 1 in (ratio.numerator, ratio.denominator))


_TO_KELVIN = {
    (("celsius", 1),): (Fraction(1), Fraction("273.15")),
    (("fahrenheit", 1),): (Fraction(5, 9), Fraction("459.67") * 5 / 9),
    (("kelvin", 1),): (Fraction(1), Fraction(0)),
}


def convert_temperature(degrees: Fraction, dimensions: Dimensions, wanted: Dimensions) -> Fraction | None:
    """A temperature in another scale; None when either is no temperature. 0 degrees are not nothing: scales shift."""
    if dimensions not in _TO_KELVIN or wanted not in _TO_KELVIN:
        return None
    factor, shift = _TO_KELVIN[dimensions]
    into, back = _TO_KELVIN[wanted]
    return (degrees * factor + shift - back) / into
