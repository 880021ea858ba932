"""json: a `.json` file, whichever it is: an array of records, one record, or JSON Lines under a wrong name."""

import codecs
import io
from collections.abc import Callable, Generator, Iterator
from hashlib import sha256
from typing import IO

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import Decode, checked, code_page, wide
from thinkaug.formats.json_text.lines import Reading, read_lines, read_record, reader
from thinkaug.formats.json_text.members import Members
from thinkaug.formats.json_text.values import is_json
from thinkaug.formats.lookahead import look_ahead
from thinkaug.sources import EXCERPT_CHARS, MOST_BYTES, Source, read_whole
from thinkaug.stage import Raw

_EVERY = "*"
_CLOSING = {b"[": b"]", b"{": b"}"}
_GOES_ON = ("{", "[", ",", ":")
"""A line that ends so is no whole value."""


def json(*, encoding: str = "", strict: bool = False, most_bytes: int = MOST_BYTES, records: str = "") -> Source:
    """The records of a JSON file: the members of an array, a single object, or those of JSON Lines.

    An array is read as a stream; its records have ids `name#1`, `name#2`, ... Where it breaks off, what came before
    stands and the rest is one reason. A single object that goes over several lines has the file's name as its id.

    Args:
        encoding: the file's, such as `cp1251`; empty finds it out.
        strict: take only what RFC 8259 allows.
        most_bytes: a larger record is passed over.
        records: of a file that is one object, the member whose value holds the records (`data` for
            `{"version": 1, "data": [...]}`), or `*` where each member is one (`{"17": {...}, "18": {...}}`). Of records
            that are members of an object, the name is the `id` where they have none of their own.
    """
    checked(encoding)

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        head, opened = look_ahead(file)
        reading = Reading(name, encoding, strict, most_bytes, EXCERPT_CHARS)
        codec = _codec(head, reading)
        beginning = head.decode(codec or "utf-8", "replace").removeprefix("\ufeff").lstrip()
        if beginning.startswith("["):
            yield from _array(_Stream(opened, head, codec, reading), reading)
        elif records and beginning.startswith("{"):
            yield from _inside(records, _Stream(opened, head, codec, reading), reading)
        elif _is_one_value(beginning):
            body = read_whole(opened, most_bytes)
            digest = sha256(body).hexdigest()
            yield from read_record(name, "the file", body, digest, reading, reader(head, reading))
        else:
            yield from read_lines(head, opened, reading)

    return read


def _codec(head: bytes, reading: Reading) -> str:
    """The encoding of all of the file where it is not UTF-8, as far as that is asked for or can be told; or empty."""
    codec = reading.encoding or ("" if reading.strict else wide(head) or code_page(head))
    return "" if codecs.lookup(codec or "utf-8").name == "utf-8" else codec


def _is_one_value(beginning: str) -> bool:
    """Whether it is an object over several lines: the first of them is none, and goes on or is not like the others."""
    first, *others = beginning.split("\n")
    if not beginning.startswith("{") or not others or is_json(first):
        return False
    return first.rstrip().endswith(_GOES_ON) or not any(is_json(line) for line in others)


class _Stream:
    """The members of a file; of one in another encoding as UTF-8, so that brackets can be found among its bytes."""

    def __init__(self, file: io.BufferedReader, head: bytes, codec: str, reading: Reading) -> None:
        source = _as_utf8(file, codec) if codec else file.read1
        self.members = Members(source, reading.most_bytes, reading.excerpt_chars)
        self.read: Decode = reader(head, reading)
        if codec:
            self.read = lambda body: (body.decode("utf-8", "surrogatepass"), codec)
        self._as_stored = not codec

    def digest(self, body: bytes) -> str:
        return sha256(body).hexdigest() if self._as_stored else ""


def _array(stream: _Stream, reading: Reading) -> Iterator[Raw]:
    stream.members.open()
    complete = yield from _each(stream, b"]", reading)
    if complete and (follows := stream.members.open()):
        wrong = Unreadable("not_json", f"something follows that begins with {follows!r}")
        yield reading.refused(f"{reading.name}#end", "after the array", wrong, b"")


def _inside(records: str, stream: _Stream, reading: Reading) -> Iterator[Raw]:
    bracket = stream.members.open()
    if records != _EVERY:
        bracket = stream.members.enter(records)
    if not bracket:
        raise Unreadable("no_records", f"no member '{records}' whose value is an array or an object")
    yield from _each(stream, _CLOSING[bracket], reading)


def _each(stream: _Stream, closing: bytes, reading: Reading) -> Generator[Raw, None, bool]:
    """The records up to the bracket `closing`, and whether there is one."""
    number = 0
    try:
        for number, member in enumerate(stream.members.each(closing), start=1):
            record, place, body = f"{reading.name}#{number}", f"record {number}", member.body
            if not member.whole:
                yield reading.refused(record, place, reading.too_long(), body)
            elif not body:
                yield reading.refused(record, place, Unreadable("not_json", "nothing stands beside a comma"), body)
            elif closing == b"]":
                yield from read_record(record, place, body, stream.digest(body), reading, stream.read)
            else:
                for raw in read_record(record, place, b"{%b}" % body, "", reading, stream.read):
                    yield _named(raw, place, body, reading)
    except Unreadable as error:
        yield reading.refused(f"{reading.name}#{number + 1}", f"after record {number}", error, b"")
        return False
    return True


def _named(raw: Raw, place: str, body: bytes, reading: Reading) -> Raw:
    """The record that is a member of an object, whose name becomes its id."""
    if raw.fields is None:
        return raw
    ((key, value),) = raw.fields.items()
    fields = {"id": key, **value} if isinstance(value, dict) else value
    return reading.taken(raw.id, place, fields, body, "", raw.mended)


def _as_utf8(file: io.BufferedReader, codec: str) -> Callable[[int], bytes]:
    """Reads the file as UTF-8; raises `Unreadable` at what is not in the encoding, after all that comes before."""
    errors = "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "strict"
    decoder = codecs.getincrementaldecoder(codec)(errors)
    fault: UnicodeDecodeError | None = None

    def read(size_bytes: int) -> bytes:
        nonlocal fault
        piece, text = b"more", ""
        while piece and not text:  # half a character gives none yet
            if fault:
                raise Unreadable("encoding", f"from there on it is not {codec}") from fault
            piece = file.read1(size_bytes)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                fault, text = error, error.object[: error.start].decode(codec, errors)
        return text.encode("utf-8", "surrogatepass")

    return read
