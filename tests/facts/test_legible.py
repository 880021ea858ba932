"""What a web page or a wrong encoding put into a text."""
# ruff: noqa: E501 - one case a line

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.facts.legible import bare, is_bare, legible


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("", ""), ("a < b > c", "a < b > c"), ("x <b and c> d", "x <b and c> d"), ("n<m and i>j", "n<m and i>j"),
        ("<p class='x' id=3>Yes</P>", " Yes "), ("H<sub>2</sub>O", "H2O"), ("on<br/>off", "on off"),
        ("p &lt; 5 &amp; q", "p < 5 & q"), ("AT&T; a&b", "AT&T; a&b"), ("&#8805;5 &#x2265;5", "≥5 ≥5"), ("&lt;p&gt;", "<p>"),
        ("womanâ€™s", "woman’s"), ("Ménière", "Ménière"), ("<unknown x='1'>", "<unknown x='1'>"), ("\ud800é", "\ud800é"),
    ],
)  # fmt: skip
def test_legible(text: str, clear: str) -> None:
    assert legible(text) == clear


def test_a_text_is_bare_without_any_punctuation_of_any_script() -> None:
    assert [is_bare(text) for text in ("ONE two 3", "", "one, two", "一二。", "50%", "a_b", "x–y")] == [True, True] + [
        False
    ] * 5
    assert bare("It is 2.5, so.") == "It is 25 so"
    assert bare("It is 2.5 so") == "It is 2.5 so"


@settings(deadline=None)
@given(st.text())
def test_anything_is_read(text: str) -> None:
    assert isinstance(legible(text), str)
