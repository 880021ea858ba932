"""Which words occur in more than one document."""
# ruff: noqa: E501 - one case a line

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts.conftest import vocabulary
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.words import buffers, words_of


def knows(known: Vocabulary, word: str) -> bool:
    return bool(known.established(words_of(word).hashes).all())


def test_a_word_is_established_by_a_second_document() -> None:
    known = vocabulary("The drug, the DRUG again", "a drug for Ménière", "meniere was a doctor")
    assert [knows(known, word) for word in ("drug", "DRUG", "Meniere", "the", "again", "unheard")] == [True, True, True, False, False, False]  # fmt: skip


def test_copies_of_a_document_establish_nothing() -> None:
    known = vocabulary(*["A speciall case"] * 5)
    assert not knows(known, "speciall")
    assert knows(vocabulary("A speciall case", "A speciall case."), "speciall")


def test_numbers_and_single_letters_are_not_counted() -> None:
    known = vocabulary("5 mg < 不", "5 mg < 不 ...")
    assert [knows(known, word) for word in ("mg", "5", "<", "不")] == [True, False, False, False]


def test_nothing_is_established_in_an_empty_one() -> None:
    known = vocabulary()
    known.add(*buffers(pa.array([None, "", " "], pa.large_string())))
    assert not known.tables.any()
    assert known.established(np.empty(0, np.uint64)).tolist() == []


@settings(max_examples=30, deadline=None)
@given(
    documents=st.lists(st.text("ab cé\n", max_size=12) | st.text(max_size=12), max_size=8),
    parts=st.integers(0, 8),
    order=st.randoms(use_true_random=False),
)
def test_parts_in_any_order_make_the_same(documents: list[str], parts: int, order: object) -> None:
    documents = [text.encode("utf-8", "replace").decode() for text in documents]
    whole = vocabulary(*documents)
    merged = vocabulary(*documents[parts:]).merged(vocabulary(*documents[:parts]))
    assert np.array_equal(whole.tables, merged.tables)
    order.shuffle(documents)  # type: ignore[attr-defined]
    assert np.array_equal(whole.tables, vocabulary(*documents).tables)
    assert np.array_equal(whole.tables, whole.merged(Vocabulary.empty()).tables)
    assert np.array_equal(whole.tables, whole.merged(whole).tables)


@pytest.mark.parametrize("filling", ["lo ", "lo", "不", "e\u0301"])
def test_a_long_document_is_read_in_pieces(filling: str) -> None:
    long = filling * 100_000 + " speciall"
    known = vocabulary(long, "the speciall one, l, o")
    assert knows(known, "speciall")
    assert not knows(known, "one")
    if filling == "lo ":
        assert not knows(known, "o"), "cut between words"


def test_slices_of_arrow_strings_are_read_where_they_are() -> None:
    known = Vocabulary.empty()
    known.add(*buffers(pa.array(["left out", "drug left", "drug", "out"]).slice(1, 2)))
    assert [knows(known, word) for word in ("drug", "left", "out")] == [True, False, False]
