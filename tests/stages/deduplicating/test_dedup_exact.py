"""Texts that differ in case and white space only have one hash, others have others."""

import re
from unicodedata import normalize

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.stages.deduplicating.exact import digests


def hashes(*texts: str) -> list[tuple[int, int]]:
    found = digests(pa.array(texts, pa.string()))
    return list(zip(found.high.tolist(), found.low.tolist(), strict=True))


def plain(text: str) -> str:
    """What is compared, said another way: no space but between two letters, digits or marks."""
    folded = normalize("NFC", text).casefold()
    tokens = re.split(r"\s+", folded.strip())
    joined = tokens[0]
    for token in tokens[1:]:
        joined += (" " if is_word(joined[-1:]) and is_word(token[:1]) else "") + token
    return joined


def is_word(char: str) -> bool:
    return bool(re.match(r"[\w\u0300-\u036f\u0900-\u0903\u093a-\u094f\u3099\u309a]", char))


LETTERS = st.text(
    st.sampled_from(
        "aAbß ﬁİi\u0301\u0307e\u00e9\u00c9\u0327\u1100\u1161\u11a8가 \t\n\u00a0한,.!-0٣Σσς中क\u094dॐか\u3099🙂"
    )
)


@settings(max_examples=400, deadline=None)
@given(LETTERS, LETTERS)
def test_hashes_are_equal_where_the_compared_texts_are(one: str, other: str) -> None:
    first, second = hashes(one, other)
    assert (first == second) == (plain(one) == plain(other))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_case_and_spelling_of_letters_make_no_difference(text: str) -> None:
    spelled = normalize("NFD", text)
    assert len(set(hashes(text, normalize("NFC", text), spelled, f"\n {spelled}\t"))) == 1
    assert len(set(hashes(text, normalize("NFC", text).casefold()))) == 1


def test_lengths_are_of_what_is_compared() -> None:
    texts = ["  A \n b. C ", "", " \u2028", "e\u0301", "ﬁ", "👩‍⚕️"]
    assert digests(pa.array(texts)).lengths.tolist() == [5, 0, 0, 1, 2, 4]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_slice_and_a_null_are_read_where_they_lie(kind: pa.DataType) -> None:
    strings = pa.array(["x", "One.", None, "one."], kind).slice(1)
    found = digests(strings)
    assert found.low[0] == found.low[2] != found.low[1]
    assert found.lengths.tolist() == [4, 0, 4]


def test_no_two_of_many_texts_meet() -> None:
    assert len(set(hashes(*(f"{n} {n * n}" for n in range(20_000))))) == 20_000


def test_one_character_a_million_times_is_counted() -> None:
    assert len(set(hashes("a" * 1_000_000, "a" * 999_999))) == 2
