"""Check digits: numbers that were published as examples hold, and one changed digit is seen."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.personal import check_digits

Holds = Callable[[str], bool]

# Each from the authority's own examples, or well known as a test number.
VALID: list[tuple[Holds, str]] = [
    (check_digits.luhn, "4111111111111111"),
    (check_digits.luhn, "378282246310005"),
    (check_digits.luhn, "79927398713"),
    (check_digits.mod_97, "GB82WEST12345698765432"),
    (check_digits.mod_97, "DE89370400440532013000"),
    (check_digits.verhoeff, "2363"),
    (check_digits.verhoeff, "234123412346"),
    (check_digits.british_nhs, "9434765919"),
    (check_digits.british_nhs, "9434765870"),
    (check_digits.german_tax, "86095742719"),
    (check_digits.german_tax, "36574261809"),
    (check_digits.spanish, "12345678Z"),
    (check_digits.spanish, "X1234567L"),
    (check_digits.french, "295109912611193"),
    (check_digits.italian, "RSSMRA85T10A562S"),
    (check_digits.italian, "MRTMTT25D09F205Z"),
    (check_digits.brazilian, "39053344705"),
    (check_digits.brazilian, "11144477735"),
    (check_digits.chinese, "11010519491231002X"),
]
IDS = [f"{holds.__name__}-{number}" for holds, number in VALID]


@pytest.mark.parametrize(("holds", "number"), VALID, ids=IDS)
def test_published_numbers_hold(holds: Holds, number: str) -> None:
    assert holds(number)


@pytest.mark.parametrize(("holds", "number"), VALID, ids=IDS)
def test_every_single_wrong_digit_is_seen(holds: Holds, number: str) -> None:
    for place, digit in enumerate(number):
        if digit.isdecimal() and (holds, place) != (check_digits.brazilian, 0):
            changed = [number[:place] + other + number[place + 1 :] for other in "0123456789" if other != digit]
            # All of them promise that, but for the first digit of a CPF: where 10 counts as 0, two of them may pass.
            assert not any(map(holds, changed)), place


@pytest.mark.parametrize("number", ["234123412346", "2363"])
def test_verhoeff_sees_neighbours_that_change_places(number: str) -> None:
    for place in range(len(number) - 1):
        one, other = number[place], number[place + 1]
        if one != other:
            assert not check_digits.verhoeff(number[:place] + other + one + number[place + 2 :])


def test_eleven_equal_digits_are_no_cpf_and_no_tax_id() -> None:
    for digit in "0123456789":
        assert not check_digits.brazilian(digit * 11)
        assert not check_digits.german_tax(digit * 11)


def test_corsica_counts_as_19_and_18() -> None:
    for department in ("2A", "2B"):
        number = f"18502{department}004017"[:13]
        digits = int(number.replace("2A", "19").replace("2B", "18"))
        assert check_digits.french(f"{number}{97 - digits % 97:02d}")


@given(st.integers(0, 10**15 - 1))
def test_exactly_one_digit_completes_a_card(body: int) -> None:
    assert sum(check_digits.luhn(f"{body:015d}{digit}") for digit in range(10)) == 1


@given(st.integers(0, 10**11 - 1))
def test_exactly_one_digit_completes_an_aadhaar(body: int) -> None:
    assert sum(check_digits.verhoeff(f"{body:011d}{digit}") for digit in range(10)) == 1


@given(st.integers(0, 10**8 - 1))
def test_exactly_one_letter_completes_a_dni(body: int) -> None:
    assert sum(check_digits.spanish(f"{body:08d}{letter}") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1
