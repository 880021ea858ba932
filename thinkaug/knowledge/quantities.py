"""quantities: text -> a number with its unit, and whether two of them agree. Knows nothing of facts.

`120 min` agrees with `2 h`, `0.5 g` with `500 mg`, `37 °C` with `98.6 °F`. Reckoning, rounding and units are those of
`thinkaug.formulas`; ranges, formulas, and numbers that something else stands beside are no quantities.
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from thinkaug.formulas.agreement import Agreement, compare
from thinkaug.formulas.evaluate import Evaluator, Signs
from thinkaug.formulas.tokens import simplified, tokenise
from thinkaug.formulas.units import convert_temperature
from thinkaug.formulas.values import OutOfBounds, Unclear, Value, mere

_MOST_CHARS = 60
_ABOUT = re.compile(r"(?:about|approximately|approx\.?|around|roughly|nearly|circa|ca\.?|[~\u2248])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, or with the thing that is counted; `about` is whether it is said to be near only."""

    value: Value
    signs: Signs
    about: bool


@lru_cache(1 << 14)
def quantity(text: str) -> Quantity | None:
    """The quantity that the whole text is; None where it is none."""
    if len(text) > _MOST_CHARS:
        return None
    text = text.strip()
    near = _ABOUT.match(text)
    found = tokenise(simplified(text[near.end() :] if near else text))
    reader = Evaluator(found)
    try:
        value = reader.read()
    except (Unclear, OutOfBounds):
        return None
    if reader.at < len(found) or reader.signs.operators or reader.signs.doubtful:
        return None
    return Quantity(value, reader.signs, near is not None)


def agreement(known: Quantity, stated: Quantity) -> Agreement:
    """Whether what is stated is what is known, rounded as its own digits say.

    Returns:
        "unsure" where the two cannot be compared: a length and a mass, or a bare number and one with a unit.
    """
    one, other = known.signs, stated.signs
    about = known.about or stated.about
    if known.value.dimensions != stated.value.dimensions:
        degrees = known.value.base
        if degrees is None or convert_temperature(degrees, known.value.dimensions, stated.value.dimensions) is None:
            return "unsure"
        return compare(known.value, one, stated.value, other, about=about, lonely=True)
    if _measure(known) != _measure(stated):
        return "unsure"
    assert known.value.base is not None
    assert stated.value.plain is not None
    converted = mere(known.value.base / stated.value.scale)
    there = replace(stated.value, base=stated.value.plain, dimensions=(), scale=Fraction(1))
    # Taken for the outcome of a sum: what merely stands beside another need not be equal to it.
    return compare(converted, replace(one, operators=["+"]), there, other, about=about, lonely=True)


def _measure(of: Quantity) -> tuple[bool, bool, tuple[str, ...]]:
    """What two quantities of the same dimensions share where they are of the same sort: 5 mg/kg is not 5."""
    return bool(of.signs.units), of.value.percent, tuple(label.lower().removesuffix("s") for label in of.signs.labels)
