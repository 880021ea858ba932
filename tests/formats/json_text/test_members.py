"""members: the members of an array come one by one, however the bytes arrive, in bounded memory."""

import io
import json
import tracemalloc
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.formats.json_text.members import Member, Members

TEXTS = st.text(st.sampled_from('ab"\\[]{},:é\n\u2028'), max_size=12)
ROWS = st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2) | st.integers(), max_size=3) | TEXTS


def by_pieces(body: bytes, size: int) -> Callable[[int], bytes]:
    """Reads no more than `size` bytes at a time."""
    file = io.BytesIO(body)
    return lambda room: file.read(min(room, size))


def members(body: bytes, most_bytes: int = 1 << 20, size: int = 1 << 20) -> list[Member]:
    stream = Members(by_pieces(body, size), most_bytes, kept_bytes=20)
    assert stream.open() == b"["
    return list(stream.each(b"]"))


@given(st.lists(ROWS, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]))
def test_members_are_those_of_the_array_however_the_bytes_arrive(rows: list[object], size: int, indent: int) -> None:
    body = json.dumps(rows, ensure_ascii=False, indent=indent).encode()
    assert [json.loads(member.body) for member in members(body, size=size)] == rows


@given(st.lists(ROWS, max_size=5), st.integers(1, 40))
def test_a_member_too_long_costs_no_other(rows: list[object], size: int) -> None:
    written = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    found = members(b"[" + b",".join(written) + b"]", most_bytes=15, size=size)
    assert [member.whole for member in found] == [len(body) <= 15 for body in written]
    assert all(body.startswith(member.body) for body, member in zip(written, found, strict=True))


def test_an_array_far_larger_than_what_is_held_streams() -> None:
    row = b'{"text": "%s"},' % (b"x" * 1000)
    pieces = chain([b"["], (row * 100 for _ in range(600)), [b'{"text": ""}]'])
    stream = Members(lambda room: next(pieces, b""), 1 << 20, 100)
    tracemalloc.start()
    stream.open()
    count = sum(1 for _ in stream.each(b"]"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_001
    assert peak < 4 << 20


@pytest.mark.parametrize("inside", [b"x", b"\\\\", b'\\"', b"[{"], ids=["letters", "backslashes", "quotes", "brackets"])
def test_a_member_larger_than_what_is_held_is_passed_over(inside: bytes) -> None:
    left = 400

    def read(room: int) -> bytes:
        nonlocal left
        left -= 1
        return {399: b'[{"a": "', 0: b'"}, 5]'}.get(left, inside * 100_000 if left > 0 else b"")

    tracemalloc.start()
    stream = Members(read, 1 << 20, 10)
    stream.open()
    found = list(stream.each(b"]"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(member.body[:6], member.whole) for member in found] == [(b'{"a": ', False), (b"5", True)]
    assert peak < 8 << 20


@pytest.mark.parametrize("cut", [b"", b"{", b'{"a', b'{"a": "\\', b"1, ", b'{"a": 1}'])
def test_a_text_that_ends_too_early_says_so(cut: bytes) -> None:
    with pytest.raises(Unreadable, match="the file ends inside of what begins with") as error:
        members(b"[1, " + cut)
    assert error.value.kind == "truncated"


def test_another_bracket_than_the_one_to_come_is_an_error() -> None:
    with pytest.raises(Unreadable, match="] was expected, not }") as error:
        members(b"[1, 2}")
    assert error.value.kind == "not_json"


@pytest.mark.parametrize(
    ("body", "wanted"), [(b"[]", []), (b"[ ]", []), (b"[1,]", [b"1", b""]), (b"[,1]", [b"", b"1"])]
)
def test_nothing_beside_a_comma_is_a_member_of_nothing(body: bytes, wanted: list[bytes]) -> None:
    assert [member.body for member in members(body)] == wanted


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_member_of_an_object_is_entered_by_its_name(size: int) -> None:
    body = b'{"data": 5, "x": {"data": [0]}, "t": "\\"data\\": [", "d\\u0061ta" : [1, 2], "data": [3]}'
    stream = Members(by_pieces(body, size), 100, 100)
    stream.open()
    assert stream.enter("data") == b"["
    assert [member.body for member in stream.each(b"]")] == [b"1", b"2"]


def test_a_member_that_there_is_not_is_not_entered() -> None:
    stream = Members(by_pieces(b'{"a": [1], "b": 2}', 5), 100, 100)
    stream.open()
    assert stream.enter("data") == b""
