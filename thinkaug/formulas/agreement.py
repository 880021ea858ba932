"""agreement: two quantities -> whether they agree. Knows nothing of text.

Numbers are compared in base units and as they are written, for prose leaves units out ("0.5 x 70 = 35 mg"), and turns
one unit into another by a bare number ("2 hours x 60 = 120 minutes").
"""

from fractions import Fraction
from typing import Literal

from thinkaug.formulas.evaluate import Signs
from thinkaug.formulas.units import convert_temperature, ratios
from thinkaug.formulas.values import Value

Agreement = Literal["agrees", "differs", "unsure"]

_CUSTOMARY_SLACK = Fraction(1, 10)  # nobody means 450 g to the gram when he says that a pound is 450 g
_SLACK = Fraction(1, 100)  # between two expressions with rounded numbers


def compare(value: Value, met: Signs, stated: Value, met_there: Signs, *, about: bool, lonely: bool) -> Agreement:
    """Whether the stated quantity is the value, rounded as its digits say.

    Args:
        value: what was reckoned.
        met: what was met while reckoning it.
        stated: what it is said to be.
        met_there: what was met while reading that.
        about: it is said to be so only nearly.
        lonely: nothing stands beside the two, so that even 5 g = 5 mg is surely meant.

    Returns:
        "unsure" where two bare quantities may stand for each other for other reasons (1 tablet = 5 mg, 7 = 53), and
        where a reader would call it neither right nor wrong.
    """
    if not met.operators and not met_there.operators:
        return _converted(value, met, stated, met_there, about, lonely)
    rough = bool({"/", "root", "^"} & set(met.operators))
    by_units: Agreement | None = None
    if value.base is not None and stated.base is not None and value.dimensions == stated.dimensions:
        by_units = _close(value.base, stated.base, _step(stated, stated.scale), rough, about)
    as_written: Agreement = "unsure"
    if value.plain is not None and stated.plain is not None:
        as_written = _close(value.plain, stated.plain, _step(stated, Fraction(1)), rough, about)
    if by_units == "agrees":
        return "agrees"
    if as_written == "agrees":
        return _only_as_written(value, met, stated, by_units is None)
    if "unsure" in (by_units, as_written) or _runs_on(value, met_there) or _part_of_a_whole(value, met, stated):
        return "unsure"
    if by_units is None and value.dimensions and stated.dimensions:
        return "unsure"
    assert value.plain is not None
    assert stated.plain is not None
    for factor in _left_out(value, met, stated, by_units is None):
        if _close(value.plain * factor, stated.plain, _step(stated, Fraction(1)), rough, about) == "agrees":
            return "unsure"
    return "unsure" if _customary(value, met, stated, met_there) else "differs"


def _converted(value: Value, met: Signs, stated: Value, met_there: Signs, about: bool, lonely: bool) -> Agreement:
    """5 g = 5000 mg. Bare numbers, and quantities in the same unit, are equal for reasons that nobody knows."""
    if value.plain is None or value.base is None or stated.base is None:
        return "unsure"
    if met.labels or not met.units or not stated.dimensions:
        return "unsure"
    degrees = convert_temperature(value.plain, value.dimensions, stated.dimensions)
    if value.dimensions != stated.dimensions:
        if degrees is None:
            return "unsure"
        return _close(degrees, stated.base, _step(stated, Fraction(1)), True, about)
    if value.scale == stated.scale:
        return "unsure"
    verdict = _close(value.base, stated.base, _step(stated, stated.scale), True, about)
    if verdict == "differs" and (_customary(value, met, stated, met_there) or not lonely or met_there.labels):
        return "unsure"
    return verdict


def _only_as_written(value: Value, met: Signs, stated: Value, unlike: bool) -> Agreement:
    """The numbers agree, the units do not: whether prose left a unit out, or somebody lost one."""
    if not met.units and not value.percent:
        return "agrees"
    if unlike:
        if value.base is None or stated.base is None or not (value.dimensions and stated.dimensions):
            return "agrees"
        above = tuple((name, power) for name, power in value.dimensions if power > 0)
        strict = (met.compound or set(met.operators) <= {"+", "-"}) and stated.dimensions != above
        return "differs" if strict and not (met.bare or met.labels) else "unsure"  # 960 mg/day / 2 = 480 mg a dose
    if value.percent != stated.percent and not (value.dimensions or 100 in met.bare):
        return "unsure"
    if not value.base or not stated.base:
        return "unsure"
    factor = abs(stated.base / value.base)
    return "agrees" if met.bare & {factor, 1 / factor} else "differs"


def _left_out(value: Value, met: Signs, stated: Value, unlike: bool) -> frozenset[Fraction]:
    """By what factors a number without its unit may be off."""
    of_shares = value.percent != stated.percent or (not value.dimensions and "/" in met.operators)
    shares = frozenset({Fraction(100), Fraction(1, 100)}) if of_shares else frozenset()
    if not unlike:
        return shares
    return shares | ratios(value.dimensions or stated.dimensions, value.scale if value.dimensions else stated.scale)


def _part_of_a_whole(value: Value, met: Signs, stated: Value) -> bool:
    """Whether it is no calculation: if 2/5 is 12 hectares."""
    if met.operators != ["/"] or met.units or stated.percent or value.plain is None or stated.plain is None:
        return False
    return abs(value.plain) < 1 <= abs(stated.plain)


def _runs_on(value: Value, met_there: Signs) -> bool:
    """12 + 5 = 17 - 3 = 14: equal as long as it is read aloud."""
    return bool(met_there.operators) and met_there.leading is not None and met_there.leading == value.plain


def _customary(value: Value, met: Signs, stated: Value, met_there: Signs) -> bool:
    """Whether it is a conversion of the kind that is seldom done with all digits, and not far off."""
    if value.base is None or stated.base is None or value.dimensions != stated.dimensions:
        return False
    mixed = len({unit.customary for unit in (*met.units, *met_there.units)}) == 2
    return mixed and abs(value.base - stated.base) <= _CUSTOMARY_SLACK * abs(stated.base)


def _step(stated: Value, scale: Fraction) -> Fraction | None:
    return stated.step * scale if stated.step is not None else None


def _close(value: Fraction, stated: Fraction, step: Fraction | None, rough: bool, about: bool) -> Agreement:
    """Whether `stated` is `value` rounded to a multiple of `step`; without a step it was reckoned, and is as exact.

    A tie may go up (2.5 -> 3) or to the even digit (2.5 -> 2). Unsure: cut off, or rounded up to a whole; only where
    `rough`, for a sum of decimals comes out even.
    """
    gap = abs(value - stated)
    if not gap:
        return "agrees"
    if step is None:
        return "unsure" if gap <= _SLACK * abs(stated) and (rough or about) else "differs"
    if not step:
        return "differs"
    tie_is_fair = abs(stated) > abs(value) or (stated / step) % 2 == 0
    if gap < step / 2 or (gap == step / 2 and tie_is_fair):
        return "agrees"
    if about:
        digit = step
        while stated and step >= 1 and stated % (digit * 10) == 0:
            digit *= 10
        if gap <= max(step / 2, min(digit * 3 / 2, abs(stated) / 5)):
            return "agrees"
    cut_off = abs(stated) < abs(value) or step == 1
    return "unsure" if rough and cut_off and gap < step else "differs"
