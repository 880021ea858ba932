"""Weights moved to the predictions, within each document."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.training import shift_weights


def test_each_document_moves_by_itself() -> None:
    shifted = shift_weights([9, 0.5, 1, 9, 0.25, 9], [3, 2, 1])
    assert shifted.dtype == np.float32
    assert shifted.tolist() == [0.5, 1, 0, 0.25, 0, 0]


@given(st.lists(st.lists(st.floats(0, 1, width=32), max_size=5), max_size=5))
def test_entry_i_of_a_document_is_the_weight_of_its_token_after_i(documents: list[list[float]]) -> None:
    row = [weight for document in documents for weight in document]
    expected = [weight for document in documents for weight in [*document[1:], 0][: len(document)]]
    assert shift_weights(row, [len(document) for document in documents]).tolist() == expected


def test_the_row_that_was_given_stays_as_it_is() -> None:
    row = np.array([1, 2, 3], np.float32)
    shift_weights(row, np.array([3], np.int32))
    assert row.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("row", "lengths"), [([1, 2], [1]), ([1, 2], [3]), ([1], [2, -1]), ([], [1]), ([[1, 2]], [1]), ([1], [])]
)
def test_lengths_of_another_row_are_refused(row: list[float], lengths: list[int]) -> None:
    with pytest.raises(UserError, match="seq_lengths cover"):
        shift_weights(row, lengths)
