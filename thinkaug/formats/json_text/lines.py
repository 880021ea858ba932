"""lines: a file of one JSON object a line -> Raw. Knows nothing of field names, nor of where the file comes from."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import Decode, decode, decoder, mended, wide
from thinkaug.formats.json_text.values import is_json, lenient, strict
from thinkaug.stage import Raw

_SKIP_BYTES = 1 << 20
_BLANK = " \t\r\n"
_BYTEWISE = "latin-1"  # gives back the same bytes
_JSON_WORDS = {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read.

    Args:
        name: the file's name, with which ids begin.
        encoding: the file's; empty finds it out, line by line where it must.
        strict: take only what RFC 8259 allows.
        most_bytes: a longer record is passed over.
        excerpt_chars: how much of an unreadable record is kept.
    """

    name: str
    encoding: str
    strict: bool
    most_bytes: int
    excerpt_chars: int

    def refused(self, record: str, place: str, error: Unreadable, body: bytes, digest: str = "") -> Raw:
        """The record that stands for one that cannot be read; `body` is at least its beginning."""
        excerpt = body[: self.excerpt_chars].decode("utf-8", "backslashreplace")[: self.excerpt_chars]
        return Raw(record, None, f"{place}: {error}", excerpt, error.kind, digest)

    def taken(self, record: str, place: str, value: Any, body: bytes, digest: str, words: tuple[str, ...] = ()) -> Raw:
        """The record that a value is, or what stands for it where it is no object."""
        if isinstance(value, dict):
            return Raw(record, value, sha256=digest, mended=words)
        found = _JSON_WORDS.get(type(value), "a number")
        error = Unreadable("not_object", f"a JSON object was expected, not {found}")
        return self.refused(record, place, error, body, digest)

    def too_long(self) -> Unreadable:
        """Of a record of more than `most_bytes`."""
        return Unreadable("too_long", f"more than {self.most_bytes:,} bytes; raise `most_bytes` to read it")


def reader(head: bytes, reading: Reading) -> Decode:
    """How pieces of a file that begins with `head` are decoded."""
    if reading.encoding or reading.strict:
        return partial(decode, encoding=reading.encoding or "utf-8")
    return decoder(head)


def read_lines(head: bytes, file: io.BufferedReader, reading: Reading) -> Iterator[Raw]:
    """The objects of a file that begins with `head`. Blank lines are no records. Ids carry the line number, from 1.

    Of several objects on line 3 the ids end in `#3.1`, `#3.2`. Raises `Unreadable` where no line end can be found.
    """
    codec, end = _shape(head, reading)
    if codec:
        return _read_text(file, codec, end, reading, reader(head, reading))
    return _read_bytes(file, reading, reader(head, reading))


def _read_bytes(file: io.BufferedReader, reading: Reading, read: Decode) -> Iterator[Raw]:
    name, most, plain = reading.name, reading.most_bytes, reading.encoding in ("", "utf-8")
    for number, line in enumerate(iter(partial(file.readline, most + 1), b""), start=1):
        record, place = f"{name}#{number}", f"line {number}"
        if len(line) > most and not line.endswith(b"\n"):
            yield reading.refused(record, place, reading.too_long(), line)
            while line and not line.endswith(b"\n"):
                line = file.readline(_SKIP_BYTES)
            continue
        body = line.rstrip(b"\r\n")
        digest = sha256(body).hexdigest()
        if plain:
            try:
                value = strict(line)
            except Unreadable:
                pass  # what is wrong with it is found out below
            else:
                yield reading.taken(record, place, value, body, digest)
                continue
        yield from read_record(record, place, body, digest, reading, read)


def _read_text(file: io.BufferedReader, codec: str, end: str, reading: Reading, read: Decode) -> Iterator[Raw]:
    """For files whose line ends are not the byte of a line feed: UTF-16, or a carriage return alone."""
    name, most, errors = reading.name, reading.most_bytes, _errors(codec)
    lines = io.TextIOWrapper(file, codec, errors, newline=end)
    read = read if codec == _BYTEWISE else lambda body: (body.decode(codec, errors), reading.encoding or codec)
    number = 0
    try:
        for number, line in enumerate(iter(partial(lines.readline, most + 1), ""), start=1):
            body = line.removeprefix("\ufeff").rstrip("\r\n").encode(codec, errors)
            if len(line) > most and not line.endswith(end):
                yield reading.refused(f"{name}#{number}", f"line {number}", reading.too_long(), body)
                while line and not line.endswith(end):
                    line = lines.readline(_SKIP_BYTES)
                continue
            digest = sha256(body).hexdigest()
            yield from read_record(f"{name}#{number}", f"line {number}", body, digest, reading, read)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", f"after line {number}: not {codec}") from error
    finally:
        lines.detach()


def read_record(record: str, place: str, body: bytes, digest: str, reading: Reading, read: Decode) -> Iterator[Raw]:
    """The records of a piece of a file that has to be decoded first, or mended: none, one, or several objects."""
    try:
        text, name = read(body)
        if not text.strip(_BLANK):
            return
        values, rest, words = _values(text, reading.strict)
    except UnicodeDecodeError as error:
        wrong = Unreadable("encoding", f"byte {error.start + 1} is not {error.encoding}")
        yield reading.refused(record, place, wrong, body, digest)
        return
    except Unreadable as error:
        yield reading.refused(record, place, error, body, digest)
        return
    words = (*mended(name, reading.encoding), *words)
    several = len(values) > 1 or rest
    for count, value in enumerate(values, start=1):
        yield reading.taken(f"{record}.{count}" if several else record, place, value, body, digest, words)
    if rest:
        yield reading.refused(f"{record}.{len(values) + 1}", place, Unreadable("not_json", rest), body, digest)


def _values(text: str, only_strict: bool) -> tuple[tuple[Any, ...], str, tuple[str, ...]]:
    """The values of a text, what is wrong with its end, and the word for what was mended. Raises `Unreadable`."""
    try:
        return (strict(text.encode("utf-8", "surrogatepass")),), "", ()
    except Unreadable:
        if only_strict:
            raise
    found = lenient(text)
    return found.values, found.rest, ("lenient_json",)


def _shape(head: bytes, reading: Reading) -> tuple[str, str]:
    """The codec to find lines by, and what a line ends with; both empty where the byte of a line feed ends it."""
    if reading.encoding:
        codec = codecs.lookup(reading.encoding.removesuffix("-sig")).name
        if codec in ("utf-16", "utf-32"):  # encoded by these, every line would get a mark
            codec = wide(head) or f"{codec}-le"
        return ("", "") if "\n".encode(codec) == b"\n" else (codec, "\n")
    codec = wide(head)
    if codec not in ("", "utf-8") and not reading.strict and not _holds_json(head, _BYTEWISE, "\n"):
        return (codec, "\n") if _holds_json(head, codec, "\n") else ("", "")
    if b"\n" not in head and b"\r" in head and _holds_json(head, _BYTEWISE, "\r"):
        return _BYTEWISE, "\r"
    return "", ""


def _holds_json(head: bytes, codec: str, end: str) -> bool:
    """Whether it is JSON if read so: odd bytes at its beginning must not cost all the rest."""
    first, *others = head.decode(codec, "replace").removeprefix("\ufeff").split(end)
    if not others and codec != _BYTEWISE:  # the head is less than a line
        return first.lstrip().startswith("{")
    return any(map(is_json, (first, *others)))


def _errors(codec: str) -> str:
    return "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "strict"
