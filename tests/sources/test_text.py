"""text: a file is one record, as it is; bytes that are no text are refused."""

import io
import struct
import zlib
from hashlib import sha256
from typing import Any

import pytest

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources.text import text
from thinkaug.stage import Raw


def read(body: bytes, name: str = "notes/On gout.md", **options: Any) -> Raw:
    (raw,) = text(**options)(io.BytesIO(body), name)
    return raw


def test_a_file_is_one_record_as_it_is() -> None:
    body = "# Gout\r\n\r\nIt hurts — très.\n".encode()
    fields = {"text": body.decode(), "title": "On gout"}
    assert read(body) == Raw("notes/On gout.md", fields, sha256=sha256(body).hexdigest())


@pytest.mark.parametrize(("codec", "word"), [("cp1252", "encoding_cp1252"), ("utf-16-le", "encoding_utf_16_le")])
def test_a_file_in_another_encoding_comes_in_and_says_so(codec: str, word: str) -> None:
    raw = read("It hurts “très”.\n".encode(codec))
    assert (raw.fields, raw.mended) == ({"text": "It hurts “très”.\n", "title": "On gout"}, (word,))


def test_the_encoding_asked_for_is_used_or_the_place_is_named() -> None:
    raw = read("да".encode("koi8_r"), encoding="koi8_r")
    assert raw.fields is not None
    assert (raw.fields["text"], raw.mended) == ("да", ())
    with pytest.raises(Unreadable, match="byte 3: not utf-8") as error:
        read(b"caf\xe9", encoding="utf-8")
    assert error.value.kind == "encoding"
    with pytest.raises(UserError, match="no text encoding 'koi9'"):
        text(encoding="koi9")


BINARY = {
    "zeros": b"\0" * 5000,
    "a text and a page of zeros": b"words" + b"\0" * 4096,
    "packed": zlib.compress(bytes(range(256)) * 50 + b"abc" * 3000, 9) + zlib.compress(str(list(range(9999))).encode()),
    "numbers": struct.pack("<500i", *range(500)),
    "a PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0\\r\xa8f",
}


@pytest.mark.parametrize("body", BINARY.values(), ids=BINARY)
def test_bytes_that_are_no_text_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="no text") as error:
        read(body)
    assert error.value.kind == "binary"


@pytest.mark.parametrize("odd", ["\0", "\x1b[31mred\x1b[0m", "a\tb\fc\vd\r\n", "\x07\x08"])
def test_odd_characters_in_a_text_do_not_make_it_binary(odd: str) -> None:
    raw = read(f"A text of some length, as people write them, with {odd} in it.".encode() * 3)
    assert raw.fields is not None
    assert odd in raw.fields["text"]


def test_a_file_too_large_is_not_read() -> None:
    assert read(b"12345", most_bytes=5).fields is not None
    with pytest.raises(Unreadable, match="more than 5 bytes") as error:
        read(b"123456", most_bytes=5)
    assert error.value.kind == "too_long"
