"""calibration: ECE, Brier, AUROC and the isotonic fit, against sums done by hand."""

import builtins
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.measures.calibration import Bin, auroc, brier, expected_calibration_error, reliability
from thinkaug.measures.isotonic import Curve, fit_isotonic

PROBABILITY = st.floats(0, 1, allow_subnormal=False)
FORECASTS = st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=60).map(
    lambda pairs: ([c for c, _ in pairs], [r for _, r in pairs])
)
COARSE = st.lists(st.tuples(st.sampled_from([0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=60).map(
    lambda pairs: ([c for c, _ in pairs], [r for _, r in pairs])
)


def test_ece_weighs_the_gap_of_each_bin_by_its_share() -> None:
    confidence, right = [0.9] * 4 + [0.5] * 6, [True] * 3 + [False] + [True] * 2 + [False] * 4
    expected = 0.4 * abs(3 / 4 - 0.9) + 0.6 * abs(2 / 6 - 0.5)
    assert expected_calibration_error(confidence, right) == pytest.approx(expected)


def test_bins_hold_the_same_number_where_no_two_are_equal() -> None:
    confidence = [number / 100 for number in range(1, 91)]
    assert [point.count for point in reliability(confidence, [True] * 90)] == [6] * 15
    assert [point.count for point in reliability(confidence, [True] * 90, bins=4)] == [22, 23, 22, 23]


def test_equal_confidences_are_in_one_bin_whatever_their_order() -> None:
    confidence, right = [0.25] * 50 + [1.0] * 50, [False, True] * 25 + [True] * 50
    points = reliability(confidence, right)
    assert points == (Bin(50, 0.25, 0.5), Bin(50, 1.0, 1.0))
    assert reliability(confidence[::-1], right[::-1]) == points


@given(FORECASTS)
def test_ece_is_a_share_and_the_bins_hold_all(forecasts: tuple[list[float], list[bool]]) -> None:
    assert 0 <= expected_calibration_error(*forecasts) <= 1
    points = reliability(*forecasts)
    assert sum(point.count for point in points) == len(forecasts[0])
    assert 1 <= len(points) <= 15
    assert [p.confidence for p in points] == sorted(p.confidence for p in points)


@given(COARSE, st.randoms())
def test_the_order_of_forecasts_is_of_no_account(forecasts: tuple[list[float], list[bool]], chance: Any) -> None:
    pairs = list(zip(*forecasts, strict=True))
    chance.shuffle(pairs)
    shuffled = [c for c, _ in pairs], [r for _, r in pairs]
    for measure in (expected_calibration_error, brier, auroc):
        first, second = measure(*forecasts), measure(*shuffled)  # type: ignore[operator]
        assert first == second or first == pytest.approx(second)


def test_brier_is_the_mean_squared_distance() -> None:
    assert brier([0.9, 0.2], [True, False]) == pytest.approx((0.01 + 0.04) / 2)
    assert brier([0.5, 0.5, 0.5], [True, False, True]) == 0.25


def test_auroc_counts_pairs_and_a_tie_as_half() -> None:
    # Pairs (right, wrong): 0.9 > 0.5, 0.9 > 0.9 tied, 0.4 < 0.5, 0.4 < 0.9
    assert auroc([0.9, 0.4, 0.5, 0.9], [True, True, False, False]) == pytest.approx((1 + 0.5) / 4)
    assert auroc([0.1, 0.2, 0.8], [False, False, True]) == 1.0
    assert auroc([0.3] * 4, [True, False, True, False]) == 0.5


@given(COARSE)
def test_auroc_is_that_of_all_pairs_and_symmetric(forecasts: tuple[list[float], list[bool]]) -> None:
    confidence, right = forecasts
    found = auroc(confidence, right)
    good = [c for c, r in zip(confidence, right, strict=True) if r]
    bad = [c for c, r in zip(confidence, right, strict=True) if not r]
    if not good or not bad:
        assert found is None
        return
    pairs = sum((g > b) + (g == b) / 2 for g in good for b in bad) / (len(good) * len(bad))
    assert found == pytest.approx(pairs)
    assert auroc([1 - c for c in confidence], [not r for r in right]) == pytest.approx(pairs)
    assert auroc([1 - c for c in confidence], right) == pytest.approx(1 - pairs)


@pytest.mark.parametrize(
    ("confidence", "right", "message"),
    [
        ([], [], "no forecasts"),
        ([0.5], [], "1 confidences, but 0 outcomes"),
        ([1.01], [True], "not a probability"),
        ([-0.1], [True], "not a probability"),
        ([math.nan], [True], "not a probability"),
        ([math.inf], [True], "not a probability"),
        ([0.5], [2], "neither right nor wrong"),
        ([0.5], [math.nan], "neither right nor wrong"),
    ],
)
def test_what_is_no_forecast_is_refused(confidence: list[float], right: list[Any], message: str) -> None:
    for measure in (expected_calibration_error, brier, auroc, reliability):
        with pytest.raises(ValueError, match=message):
            measure(confidence, right)  # type: ignore[operator]


def test_there_is_at_least_one_bin() -> None:
    with pytest.raises(ValueError, match="0 bins"):
        reliability([0.5], [True], bins=0)


def test_a_fit_pools_what_does_not_rise() -> None:
    curve = fit_isotonic([0.1, 0.2, 0.3, 0.4], [False, True, False, True])
    assert curve([0.1, 0.2, 0.3, 0.4]) == pytest.approx([0.0, 0.5, 0.5, 1.0])
    assert curve([0.0, 0.35, 1.0]) == pytest.approx([0.0, 0.75, 1.0])


@given(FORECASTS)
def test_a_fit_never_worsens_brier_on_what_it_was_fitted_on(forecasts: tuple[list[float], list[bool]]) -> None:
    confidence, right = forecasts
    curve = fit_isotonic(confidence, right)
    assert brier(curve(confidence), right) <= brier(confidence, right) + 1e-9


@given(FORECASTS)
def test_a_fitted_map_rises_and_gives_probabilities(forecasts: tuple[list[float], list[bool]]) -> None:
    curve = fit_isotonic(*forecasts)
    values = curve([number / 50 for number in range(51)])
    assert values == sorted(values)
    assert 0 <= min(values) <= max(values) <= 1
    assert Curve(tuple(curve.x), tuple(curve.y))(forecasts[0]) == curve(forecasts[0])


def test_a_fit_halves_the_error_of_a_boaster_on_claims_that_it_has_not_seen() -> None:
    chance = np.random.default_rng(0)
    confidence = chance.choice([0.25, 0.5, 0.75, 1.0], 2000)
    right = chance.random(2000) < confidence**3
    curve = fit_isotonic(confidence[:1000].tolist(), right[:1000].tolist())
    held = confidence[1000:].tolist(), right[1000:].tolist()
    assert expected_calibration_error(curve(held[0]), held[1]) < expected_calibration_error(*held) / 2


@pytest.mark.parametrize(("confidence", "right"), [([], []), ([0.5], [])])
def test_nothing_cannot_be_fitted(confidence: list[float], right: list[bool]) -> None:
    with pytest.raises(ValueError, match="isotonic"):
        fit_isotonic(confidence, right)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=r"pip install thinkaug\[calibrate\]"):
        fit_isotonic([0.5], [True])
