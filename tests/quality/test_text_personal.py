"""Expert texts that hold personal data."""

import pytest

from thinkaug.errors import UserError
from thinkaug.plugins import made
from thinkaug.quality.personal import personal

TEXT = "Patient: SSN 536-90-4399, phone 212-736-5000; mail jane@who.int. Given 500 mg on 2019-12-31."


@pytest.mark.parametrize(
    "text",
    ["", "word", "0" * 500, "\u4e00\u4e01", "\u202e\u0627\u0644", "\u0301", "\ud800", "\U0001f468\u200d\U0001f469"],
)
def test_texts_without_any_pass(text: str) -> None:
    assert personal()(text) == ""


def test_more_than_at_most_is_too_much() -> None:
    assert personal()(TEXT) == "personal_data"
    assert personal(at_most=2)(TEXT) == "personal_data"
    assert personal(at_most=3)(TEXT) == ""


def test_only_the_kinds_of_the_options() -> None:
    assert personal(kinds=["iban", "credit_card"])(TEXT) == ""
    assert personal(kinds=["national_id"])(TEXT) == "personal_data"


def test_options_are_read_from_yaml() -> None:
    assert made("quality", "personal", {"at_most": 3}, "x")(TEXT) == ""
    with pytest.raises(UserError, match="kinds"):
        made("quality", "personal", {"kinds": ["ssn"]}, "x")
