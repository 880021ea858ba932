"""The meta of a row: what users have in it is read, and comes out as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.metas import read_meta, with_entries

TEXT = st.text() | st.just("\ud800") | st.just("a\udfffb")  # json escapes them
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_was_written_is_read(values: dict[str, Any]) -> None:
    text = json.dumps(values)
    assert read_meta(text) == values
    assert read_meta(with_entries(text, copy=2)) == {**values, "copy": 2}
    with_entries(text, copy=2).encode()  # it can be stored


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", '"a"', "null"])
def test_what_is_no_object_says_nothing(text: str) -> None:
    assert read_meta(text) == {}
    assert json.loads(with_entries(text, part="web")) == {"part": "web"}


def test_nan_is_read() -> None:
    assert str(read_meta('{"a": NaN}')["a"]) == "nan"
    assert read_meta(with_entries('{"a": NaN}', b=1))["b"] == 1
