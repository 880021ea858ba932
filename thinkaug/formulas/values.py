"""values: numbers as they are written, and reckoning with quantities: exact, and bounded.

A quantity is reckoned twice: in base units, and as it is written, for prose leaves units out ("0.5 x 70 = 35 mg").
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from math import factorial, isqrt
from unicodedata import numeric

from thinkaug.formulas.units import Dimensions, Unit, combine

MOST_DIGITS = 40  # of a number as it is written
MOST_BITS = 2048  # of a numerator or a denominator
MOST_FACTORIAL = 100
_PRECISION = 10**40  # of a root that is not whole
_MOST_EXPONENT = 300  # of 1e300


class Unclear(Exception):
    """Not a formula, or one that can be read in several ways."""


class OutOfBounds(Exception):
    """A formula without a value, or with one that is too large to be reckoned."""


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity: `plain` is the number as written, `base` the one in base units.

    `plain` is None where it means nothing (5 feet + 6 inches), `base` where the units do not fit (5 + 6 mg). `scale` is
    how many base units one of `plain` is. `step` is what one unit in the last digit of a literal is worth, in the
    measure of `plain`, and None for whatever was reckoned.
    """

    plain: Fraction | None
    base: Fraction | None
    dimensions: Dimensions = ()
    scale: Fraction = Fraction(1)
    step: Fraction | None = None
    percent: bool = False
    power_of_ten: bool = False


def mere(number: Fraction) -> Value:
    """A number without a unit that was reckoned."""
    return Value(number, number)


_ENGLISH = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d*(?:\.\d+)?"  # 1,234.5 and 1,00,000 and 1234.5
)
_SWAPPED = str.maketrans(",.", ".,")


def read_number(text: str, decimal_comma: bool = False) -> Value:
    """The number that a text of digits, commas, points, an exponent and a vulgar fraction stands for.

    Raises:
        Unclear: its commas and points are not set in that way.
        OutOfBounds: it has too many digits.
    """
    vulgar = Fraction(0)
    if not text[-1].isdecimal():
        vulgar, text = Fraction(numeric(text[-1])).limit_denominator(10), text[:-1] or "0"
    mantissa, _, exponent = text.lower().partition("e")
    if decimal_comma:
        mantissa = mantissa.translate(_SWAPPED)
    if not _ENGLISH.fullmatch(mantissa):
        raise Unclear(f"{text[:MOST_DIGITS]}: the commas")
    if len(mantissa) > MOST_DIGITS or abs(int(exponent or 0)) > _MOST_EXPONENT:
        raise OutOfBounds(f"a number of {len(text)} digits")
    mantissa = mantissa.replace(",", "")
    scale = Fraction(10) ** int(exponent or 0)
    step = Fraction(0) if vulgar else scale / 10 ** len(mantissa.partition(".")[2])
    number = Fraction(mantissa) * scale + vulgar
    return Value(number, number, step=step)


def negated(value: Value) -> Value:
    """The value with the other sign."""
    return replace(
        value,
        plain=-value.plain if value.plain is not None else None,
        base=-value.base if value.base is not None else None,
    )


def measured(value: Value, unit: Unit) -> Value:
    """So many of that unit."""
    return replace(
        value,
        base=_bounded(value.base * unit.factor) if value.base is not None else None,
        dimensions=combine(value.dimensions, unit.dimensions, 1),
        scale=_bounded(value.scale * unit.factor),
    )


def times(value: Value, number: Fraction) -> Value:
    """ "1.5 million": the number as written grows, and so does the worth of its last digit."""
    return replace(
        value,
        plain=_bounded(value.plain * number) if value.plain is not None else None,
        base=_bounded(value.base * number) if value.base is not None else None,
        step=value.step * number if value.step is not None else None,
    )


def add(left: Value, right: Value, sign: int) -> Value:
    """The sum, or with `sign` -1 the difference. Unlike units leave it without a base."""
    same_scale = left.scale == right.scale or left.dimensions != right.dimensions
    plain = base = None
    if left.plain is not None and right.plain is not None and same_scale:
        plain = _bounded(left.plain + sign * right.plain)
    if left.base is not None and right.base is not None and left.dimensions == right.dimensions:
        base = _bounded(left.base + sign * right.base)
    return Value(plain, base, left.dimensions or right.dimensions, left.scale, percent=left.percent and right.percent)


def multiply(left: Value, right: Value, power: int) -> Value:
    """The product, or with `power` -1 the quotient.

    Raises:
        OutOfBounds: division by zero, or too large.
    """
    left, right = _share(left), _share(right)
    if power < 0 and 0 in (right.plain, right.base):
        raise OutOfBounds("division by zero")
    plain = base = step = None
    if left.plain is not None and right.plain is not None:
        plain = _bounded(left.plain * right.plain**power)
        if left.step is not None and right.power_of_ten and power > 0:
            step = left.step * right.plain  # 3.7 x 10^3
    if left.base is not None and right.base is not None:
        base = _bounded(left.base * right.base**power)
    scale = _bounded(left.scale * right.scale**power)
    return Value(plain, base, combine(left.dimensions, right.dimensions, power), scale, step)


def _share(value: Value) -> Value:
    """20 % as a factor is 0.2, as written too."""
    if not value.percent:
        return value
    plain = value.plain / 100 if value.plain is not None else None
    return replace(value, plain=plain, scale=value.scale * 100, step=None, percent=False)


def raised(value: Value, power: Fraction) -> Value:
    """The value to that power; a broken power only of a mere number, and then as exact as a float.

    Raises:
        Unclear: the power of a quantity is broken.
        OutOfBounds: too large, or not a real number.
    """
    if value.plain is None or value.base is None:
        raise Unclear("a power of unlike units")
    if power.denominator == 2 and not value.dimensions:
        return raised(mere(square_root(value.plain)), Fraction(power.numerator))
    if power.denominator != 1:
        return mere(_broken_power(value, power))
    whole = int(power)
    if whole < 0 and not value.plain:
        raise OutOfBounds("division by zero")
    if abs(whole) * max(_bits(value.plain), _bits(value.scale), 2) > MOST_BITS:
        raise OutOfBounds("too large a power")
    return Value(
        value.plain**whole,
        _bounded(value.base**whole),
        combine((), value.dimensions, whole),
        value.scale**whole,
        power_of_ten=value.plain == 10 and not value.dimensions,
    )


def square_root(number: Fraction) -> Fraction:
    """Exact for squares, else to forty places.

    Raises:
        OutOfBounds: the number is negative.
    """
    if number < 0:
        raise OutOfBounds("a root of a negative number")
    above, below = isqrt(number.numerator), isqrt(number.denominator)
    if above**2 == number.numerator and below**2 == number.denominator:
        return Fraction(above, below)
    return _bounded(Fraction(isqrt(number.numerator * _PRECISION**2 // number.denominator), _PRECISION))


def product_up_to(number: Fraction) -> Fraction:
    """The factorial.

    Raises:
        OutOfBounds: the number is broken, negative or large.
    """
    if number.denominator != 1 or not 0 <= number <= MOST_FACTORIAL:
        raise OutOfBounds("no such factorial")
    return Fraction(factorial(int(number)))


def _broken_power(value: Value, power: Fraction) -> Fraction:
    if value.dimensions or value.plain is None:
        raise Unclear("a broken power of a quantity")
    try:
        return Fraction(float(value.plain) ** float(power))
    except (OverflowError, ZeroDivisionError, TypeError, ValueError) as error:  # TypeError: it came out complex
        raise OutOfBounds("no such power") from error


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _bounded(number: Fraction) -> Fraction:
    if _bits(number) > MOST_BITS:
        raise OutOfBounds("too large")
    return number
