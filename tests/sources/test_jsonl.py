"""jsonl: every good line comes through, whatever stands between; the rest has its line and its reason."""

import gzip
import io
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources import EXCERPT_CHARS
from thinkaug.sources.jsonl import jsonl
from thinkaug.stage import Raw

GOOD = b'{"text": "A good row."}'
FIELDS = {"text": "A good row."}
RUSSIAN = "Врач назначил больному лечение, но через три дня боль вернулась."


def read(body: bytes, **options: Any) -> list[Raw]:
    return list(jsonl(**options)(io.BytesIO(body), "a"))


def said(raws: list[Raw]) -> list[tuple[str, Any]]:
    """Ids, with the fields or the kind of what stands aside."""
    return [(raw.id, raw.kind if raw.fields is None else raw.fields) for raw in raws]


def test_good_lines_are_as_they_are() -> None:
    found = read(GOOD + b"\r\n\n" + GOOD)
    assert found == [Raw(f"a#{number}", FIELDS, sha256=sha256(GOOD).hexdigest()) for number in (1, 3)]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_lines_are_numbered_whatever_ends_them(line_end: bytes) -> None:
    body = line_end.join([GOOD, b"", b"# comment", GOOD, b"[1]"])
    assert said(read(body)) == [("a#1", FIELDS), ("a#3", "not_json"), ("a#4", FIELDS), ("a#5", "not_object")]
    assert {raw.sha256 for raw in read(body) if raw.fields} == {sha256(GOOD).hexdigest()}
    assert not any(raw.mended for raw in read(body))


ASIDE = {
    "cut off": (b'{"text": "cut o', "not_json"),
    "Python": (b"{'text': None}", "not_json"),
    "comma": (b'{"text": "x",}', "not_json"),
    "comment": (b"# a comment", "not_json"),
    "junk": (b"\x00\x01\xfe\xff", "not_json"),
    "deep": (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    "deep and cut off": (b"[" * 100_000, "too_deep"),
    "array": (b'["text"]', "not_object"),
    "string": (b'"text"', "not_object"),
    "number": (b"5", "not_object"),
    "null": (b"null", "not_object"),
}


@pytest.mark.parametrize(("bad", "kind"), ASIDE.values(), ids=ASIDE)
def test_a_bad_line_stands_aside_with_its_number_and_its_beginning(bad: bytes, kind: str) -> None:
    _, raw, last = read(b"\n".join([GOOD, bad, GOOD]))
    assert (raw.id, raw.fields, raw.kind) == ("a#2", None, kind)
    assert raw.problem.startswith("line 2: ")
    assert raw.raw == bad.decode("utf-8", "backslashreplace")[:EXCERPT_CHARS]
    assert raw.sha256 == sha256(bad).hexdigest()
    assert last.fields == FIELDS


MENDED = {
    "control characters": (b'{"text": "a\tb\0c"}', "a\tb\0c", "lenient_json"),
    "lone surrogate": (b'{"text": "a \\ud800"}', "a \ud800", "lenient_json"),
    "NaN": (b'{"text": "a", "n": NaN}', "a", "lenient_json"),
    "5000 digits": (b'{"text": "a", "n": ' + b"1" * 5000 + b"}", "a", "lenient_json"),
    "Western": (b'{"text": "caf\xe9 \x97 \x9d"}', "café — \x9d", "encoding_cp1252"),
    "Cyrillic": (f'{{"text": "{RUSSIAN}"}}'.encode("cp1251"), RUSSIAN, "encoding_cp1251"),
    "UTF-16 in one line": ('{"text": "é"}'.encode("utf-16-be"), "é", "encoding_utf_16_be"),
}


@pytest.mark.parametrize(("bad", "text", "word"), MENDED.values(), ids=MENDED)
def test_a_line_that_can_be_mended_comes_in_and_says_so(bad: bytes, text: str, word: str) -> None:
    _, raw, last = read(b"\n".join([GOOD, bad, GOOD]))
    assert raw.fields is not None
    assert (raw.id, raw.fields["text"], raw.mended) == ("a#2", text, (word,))
    assert last == Raw("a#3", FIELDS, sha256=sha256(GOOD).hexdigest())


@pytest.mark.parametrize("bad", [line for line, *_ in MENDED.values()], ids=MENDED)
def test_strictly_it_stands_aside(bad: bytes) -> None:
    found = read(b"\n".join([GOOD, bad, GOOD]), strict=True)
    assert [raw.fields for raw in found] == [FIELDS, None, FIELDS]
    assert found[1].kind in ("not_json", "encoding")


def test_objects_on_one_line_are_numbered_below_it() -> None:
    found = read(GOOD + b"\n" + GOOD * 2 + b" " + GOOD + b"\n" + GOOD)
    assert said(found) == [(f"a#{place}", FIELDS) for place in ("1", "2.1", "2.2", "2.3", "3")]
    assert found[1].mended == ("lenient_json",)


def test_of_objects_on_one_line_only_the_one_cut_off_is_lost() -> None:
    assert said(read(GOOD * 2 + GOOD[:9])) == [("a#1.1", FIELDS), ("a#1.2", FIELDS), ("a#1.3", "not_json")]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_of_utf16_is_read_line_by_line(codec: str, mark: str) -> None:
    texts = ["é", "Ċ", "\u0a0a \u0d0d", "\U0001f600"]  # their bytes hold those of line ends
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    found = read((mark + "\n".join([*lines, "no json", GOOD.decode()])).encode(codec))
    word = f"encoding_{codec.replace('-', '_')}"
    assert said(found) == [
        *((f"a#{n}", {"text": text}) for n, text in enumerate(texts, start=1)),
        ("a#5", "not_json"),
        ("a#6", FIELDS),
    ]
    assert {raw.mended for raw in found if raw.fields} == {(word,)}
    assert found[0].sha256 == sha256(lines[0].encode(codec)).hexdigest()


def test_a_beginning_in_utf16_does_not_cost_the_lines_in_utf8_after_it() -> None:
    body = '{"text": "x"}\n'.encode("utf-16") + b"\n" + GOOD + b"\n" + GOOD
    assert said(read(body))[-2:] == [("a#3", FIELDS), ("a#4", FIELDS)]


def test_a_beginning_that_only_looks_like_utf16_does_not_make_the_file_so() -> None:
    body = b"\xff\xfe" + b"junk\n\0" * 15_000 + b"\n" + GOOD
    assert said(read(body))[-1] == ("a#15002", FIELDS)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp037"])
def test_an_encoding_without_the_byte_of_a_line_feed_can_be_asked_for(encoding: str) -> None:
    body = f"{GOOD.decode()}\n\n{GOOD.decode()}\n".encode(encoding)
    assert [(raw.id, raw.fields, raw.mended) for raw in read(body, encoding=encoding)] == [
        ("a#1", FIELDS, ()),
        ("a#3", FIELDS, ()),
    ]


def test_the_encoding_asked_for_is_kept_to() -> None:
    body = '{"text": "да"}\n'.encode("cp1251") + '{"text": "да"}\n'.encode()
    assert [raw.fields for raw in read(body, encoding="cp1251")] == [{"text": "да"}, {"text": "РґР°"}]
    assert said(read(body, encoding="utf-8")) == [("a#1", "encoding"), ("a#2", {"text": "да"})]


def test_a_file_that_breaks_off_inside_a_character_says_after_which_line() -> None:
    found: list[Raw] = []
    with pytest.raises(Unreadable, match="after line 1: not utf-16-le") as error:
        found.extend(jsonl()(io.BytesIO((GOOD.decode() + "\n").encode("utf-16-le") + b"{"), "a"))
    assert error.value.kind == "encoding"


def test_an_unknown_encoding_is_refused_when_the_source_is_made() -> None:
    with pytest.raises(UserError, match="no text encoding 'uft-8'; did you mean 'utf"):
        jsonl(encoding="uft-8")


def test_short_lines_of_a_file_in_another_page_go_with_the_long_ones() -> None:
    texts = ["да", RUSSIAN, "нет"]
    body = "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts).encode("cp1251")
    assert [raw.fields for raw in read(body)] == [{"text": text} for text in texts]


class Endless(io.RawIOBase):
    """A good line, one of 100 MB that is never in memory as a whole, and a good line."""

    def __init__(self, filler: bytes, line_end: bytes, codec: str) -> None:
        good = GOOD.decode().encode(codec)
        self._pieces: Iterator[bytes] = iter([good, line_end, *[filler] * 100, line_end, good, line_end])
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._rest = self._rest or next(self._pieces, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
def test_a_line_of_100_megabytes_is_passed_over_in_bounded_memory(codec: str) -> None:
    file = Endless(("x" * (1 << 19)).encode(codec).ljust(1 << 20, b"x"), "\n".encode(codec), codec)
    tracemalloc.start()
    found = list(jsonl(most_bytes=2 << 20)(file, "a"))  # type: ignore[arg-type]  # an IO as far as it is used
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said(found) == [("a#1", FIELDS), ("a#2", "too_long"), ("a#3", FIELDS)]
    assert found[1].problem == "line 2: more than 2,097,152 bytes; raise `most_bytes` to read it"
    assert len(found[1].raw) <= EXCERPT_CHARS
    assert peak < 32 << 20


def test_the_longest_line_allowed_is_read() -> None:
    size = len(GOOD)
    assert said(read(GOOD + b"\n" + GOOD, most_bytes=size)) == [("a#1", FIELDS), ("a#2", FIELDS)]
    assert said(read(GOOD + b"\n" + GOOD + b" ", most_bytes=size)) == [("a#1", FIELDS), ("a#2", "too_long")]
    assert said(read(GOOD + b" " * 99 + b"\n" + GOOD, most_bytes=size)) == [("a#1", "too_long"), ("a#2", FIELDS)]


def test_what_comes_before_a_fault_of_the_file_is_given() -> None:
    packed = gzip.compress(b"\n".join(b'{"text": "%d"}' % number for number in range(100_000)))[:150_000]
    found: list[Raw] = []
    with pytest.raises(EOFError):
        found.extend(jsonl()(gzip.GzipFile(fileobj=io.BytesIO(packed)), "a"))  # type: ignore[arg-type]
    assert all(raw.fields for raw in found)
    there = zlib.decompressobj(wbits=31).decompress(packed).count(b"\n")
    assert len(found) == there


@settings(max_examples=300)
@given(
    st.lists(st.binary(max_size=30) | st.text(max_size=10).map(lambda text: text.encode("utf-16")), max_size=8),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"{\0", b"\r", b"{\r\r"]),
)
def test_whatever_bytes_stand_between_every_good_line_comes_through(bad: list[bytes], first: bytes) -> None:
    body = first + b"".join(line.replace(b"\n", b"") + b"\n" + GOOD + b"\n" for line in bad)
    found = [raw.id for raw in read(body) if raw.fields == FIELDS and not raw.mended]
    assert found == [f"a#{2 * number}" for number in range(1, len(bad) + 1)]
