"""What is found near one place is what is found in the whole text."""

from bisect import bisect_left, bisect_right

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkaug.segmentation.outline import Outline

MARKS = ["...", "…", "...", "(a)", ")", "”", "。", "「行く。」", "$x$", "$y.$", "`a. B`", "é", "e\u0301", "\\item"]
WORDS = st.sampled_from(
    [
        "one",
        "Two",
        "Dr.",
        "e.g.",
        "Fig.",
        "1.",
        "2.",
        "A.",
        "B.",
        "i.e.",
        "U.S.",
        "end.",
        "End?",
        "3.14",
        "word",
        *MARKS,
    ]
)
SPACES = st.sampled_from([" ", " ", " ", "  ", "\n", "\n- ", "\n2. ", " [3] ", '." ', ". ", "? "])
LONG_TEXTS = st.lists(st.tuples(WORDS, SPACES), min_size=60, max_size=260).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)


def first(starts: list[int], low: int, high: int) -> int:
    index = bisect_left(starts, low)
    return starts[index] if index < len(starts) and starts[index] < high else 0


def last(starts: list[int], low: int, high: int) -> int:
    index = bisect_right(starts, high)
    return starts[index - 1] if index and starts[index - 1] >= low else 0


@settings(max_examples=300, deadline=None)
@given(LONG_TEXTS, st.integers(1, 900), st.integers(1, 400))
@example("Dr. A. B. " * 60, 300, 50)
@example("A. 1. " * 90, 200, 300)
@example("word " * 60 + "1. A. B. C. D. E. F. The end. " * 6, 350, 300)
def test_the_first_sentence_is_that_of_the_whole_text(text: str, low: int, length: int) -> None:
    high = min(len(text), low + length)
    low = min(low, high)
    assert Outline(text).first_sentence(low, high) == first(Outline(text).sentences(), low, high)


@settings(max_examples=300, deadline=None)
@given(LONG_TEXTS.map(lambda text: text.replace("\n", " ")), st.integers(1, 900), st.integers(1, 400))
@example("Dr. A. B. " * 60, 300, 50)
@example("one " * 40 + "end. [3, 4, 5, 6, 7, 8, 9] Two " + "one " * 40, 1, 164)
@example("word " * 60 + "1. A. B. C. D. E. F. The end. " * 6, 350, 300)
def test_the_last_sentence_is_that_of_the_whole_text(text: str, low: int, length: int) -> None:
    high = min(len(text) - 1, low + length)
    low = min(low, high)
    assert Outline(text).last_sentence(low, high) == last(Outline(text).sentences(), low, high)


@pytest.mark.parametrize(("high", "expected"), [(40, "- Two"), (34, "- Two"), (20, "- One"), (8, "")])
def test_an_item_is_preferred_to_the_sentences_in_it(high: int, expected: str) -> None:
    text = "Do this:\n- One. It helps.\n- Two. It helps too.\n"
    start = Outline(text).last_sentence(1, high)
    assert (text[start : start + 5] if start else "") == expected
