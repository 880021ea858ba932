"""values: strict is RFC 8259, exactly; lenient goes no further than what is meant beyond doubt."""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.formats.json_text.values import MOST_DEPTH, Mended, lenient, strict

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES)
def test_what_python_writes_is_read_back_strictly_and_leniently(value: object) -> None:
    text = json.dumps(value)
    assert strict(text.encode()) == value or "\\ud" in text  # lone surrogates are not Unicode
    assert lenient(text) == Mended((value,))


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**24 + 1, 10**300 + 7])
@pytest.mark.parametrize("around", ["{}", '{{"id": {}}}', '{{"meta": {{"ids": [1, {}]}}}}'])
def test_whole_numbers_are_exact(number: int, around: str) -> None:
    text = around.format(number)
    assert strict(text.encode()) == json.loads(text)


def test_a_large_float_stays_one() -> None:
    assert strict(b"[6.02e23, 1e300]") == [6.02e23, 1e300]


LENIENT = {
    "a tab and a line feed in a string": ('{"a": "x\ty\nz"}', {"a": "x\ty\nz"}),
    "a NUL in a string": ('{"a": "x\0y"}', {"a": "x\0y"}),
    "NaN": ('{"a": NaN}', {"a": "NaN"}),
    "Infinity": ('{"a": [Infinity, -Infinity]}', {"a": ["Infinity", "-Infinity"]}),
    "a number past all floats": ('{"a": 1e999, "b": -1E400}', {"a": "1e999", "b": "-1E400"}),
    "5,000 digits": ('{"a": ' + "7" * 5000 + "}", {"a": "7" * 5000}),
    "400 digits": ('{"a": ' + "7" * 400 + "}", {"a": int("7" * 400)}),
    "a lone surrogate": ('{"a": "\\ud83d x \\udc00"}', {"a": "\ud83d x \udc00"}),
}


@pytest.mark.parametrize(("text", "value"), LENIENT.values(), ids=LENIENT)
def test_what_is_meant_beyond_doubt_is_taken_leniently_and_not_strictly(text: str, value: object) -> None:
    with pytest.raises(Unreadable) as refused:
        strict(text.encode())
    assert refused.value.kind == "not_json"
    assert lenient(text) == Mended((value,))


REFUSED = {
    "Python's repr": "{'a': 'b'}",
    "Python's words": '{"a": None, "b": True}',
    "a comma before the end": '{"a": 1,}',
    "two commas": "[1,,2]",
    "a comment": '{"a": 1} // one',
    "a comment inside": '{/* one */ "a": 1}',
    "a comment line": "# one",
    "a string cut off": '{"a": "b',
    "an object cut off": '{"a": "b"',
    "no quotes": "{a: 1}",
    "a bracket too many": '{"a": 1}}',
    "a comma between objects": '{"a": 1}, {"b": 2}',
    "a word after it": '{"a": 1} end',
    "values that are no objects": '{"a": 1} "x"',
    "arrays one after another": "[1] [2]",
    "numbers one after another": "2012 11 05",
    "a wrong escape": '{"a": "\\x41"}',
    "hexadecimal": '{"a": 0x10}',
    "a plus sign": '{"a": +1}',
    "a leading zero": '{"a": 01}',
    "nothing": "",
    "white space": " \n",
    "a form feed outside": '{\f"a": 1}',
    "a NUL outside": '{"a": 1}\0',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_would_be_a_guess_is_refused(text: str) -> None:
    for read in (lambda: strict(text.encode()), lambda: lenient(text)):
        with pytest.raises(Unreadable) as refused:
            read()
        assert refused.value.kind == "not_json"


def test_objects_one_after_another_are_taken_and_one_cut_off_at_the_end_is_named() -> None:
    assert lenient('{"a": 1}{"b": 2} \r\n{"c": 3}') == Mended(({"a": 1}, {"b": 2}, {"c": 3}))
    found = lenient('{"a": 1}{"b": 2}{"c": ')
    assert found.values == ({"a": 1}, {"b": 2})
    assert "Expecting value" in found.rest


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 1000, 1500, 100_000, 1_000_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_nesting_too_deep_is_a_reason(depth: int, brackets: str) -> None:
    opening, closing = brackets[:-1], brackets[-1]
    text = opening * depth + ("1" if len(brackets) > 2 else "") + closing * depth
    for read in (lambda: strict(text.encode()), lambda: lenient(text)):
        with pytest.raises(Unreadable) as refused:
            read()
        assert refused.value.kind == "too_deep"


def test_nesting_that_is_not_too_deep_can_be_written_again() -> None:
    body = b"[" * MOST_DEPTH + b"]" * MOST_DEPTH
    assert json.dumps(strict(body)) == body.decode()


def test_bytes_that_are_not_utf8_are_named_by_their_place() -> None:
    with pytest.raises(Unreadable, match="byte 8 is not UTF-8") as refused:
        strict(b'{"a": "\xe9"}')
    assert refused.value.kind == "encoding"


def test_of_two_members_with_one_name_the_last_is_taken() -> None:
    assert strict(b'{"a": 1, "a": 2}') == {"a": 2}


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    for read in (lambda: strict(text.encode("utf-8", "surrogatepass")), lambda: lenient(text).values):
        with suppress(Unreadable):
            assert not isinstance(found := read(), float) or math.isfinite(found)
