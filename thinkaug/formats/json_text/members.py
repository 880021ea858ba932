"""members: a stream of bytes -> the bytes of each member of a JSON array or object, one after another.

Knows brackets, strings and commas, and nothing of what else makes JSON: each member is still to be read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson

from thinkaug.errors import Unreadable

_READ_BYTES = 1 << 18
_TOKEN = re.compile(rb'["\[\]{},]')
_KEY = re.compile(rb'\s*+("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+:\s*+(\S)', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_FEW = 32
_BLANK = b" \t\r\n"
_SPACE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+")  # a byte order mark is none of the text
_LONGEST_KEY_BYTES = 1 << 16
_ENDS = (b",", b"]", b"}")
_DEEPER = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_SHOWN_BYTES = 60


@dataclass(frozen=True, slots=True)
class Member:
    """What stands between two commas. `whole` is false where it was too long: then `body` is its beginning."""

    body: bytes
    whole: bool = True


class Members:
    """A JSON text as a stream, of which at most about twice `most_bytes` are in memory.

    Args:
        read: gives the next bytes of the text, at most so many; none at its end.
        most_bytes: a longer member, with the white space around it, is passed over.
        kept_bytes: how much is kept of it.
    """

    def __init__(self, read: Callable[[int], bytes], most_bytes: int, kept_bytes: int) -> None:
        self._read, self._most_bytes, self._kept_bytes = read, most_bytes, kept_bytes
        self._buffer, self._place = b"", 0

    def open(self) -> bytes:
        """Pass the next bracket and give it; or the byte that stands there instead; or nothing at the end."""
        while (place := self._after_space()) == len(self._buffer) and self._more(place):
            pass
        first = self._buffer[place : place + 1]
        self._place = place + len(first)
        return first

    def enter(self, key: str) -> bytes:
        """Inside an object, go forward to its member `key` and pass the bracket of its value; gives that bracket.

        Nothing is given where the object has no such member. Raises `Unreadable` where the text ends before.
        """
        end = b","
        while end == b",":
            found = _KEY.match(self._buffer, self._place)
            if found is None and len(self._buffer) - self._place < _LONGEST_KEY_BYTES and self._more(self._place):
                continue
            if found and found[2] in (b"[", b"{") and _is(found[1], key):
                self._place = found.end()
                return found[2]
            _, end = self._next(0)
        return b""

    def each(self, closing: bytes) -> Iterator[Member]:
        """The members up to the bracket `closing`, which is passed.

        Raises:
            Unreadable: the text ends before it (`truncated`), or another bracket stands in its place (`not_json`).
        """
        end, alone = b",", True
        while end == b",":
            member, end = self._next(self._most_bytes)
            if member.body or end == b"," or not alone:
                yield member
            alone = False
        if end != closing:
            raise Unreadable("not_json", f"{closing.decode()} was expected, not {end.decode()}")

    def _next(self, most_bytes: int) -> tuple[Member, bytes]:
        """What stands before the next comma or closing bracket of this depth, and which of them it is."""
        start = place = self._place
        depth, in_string = 0, False
        beginning: bytes | None = None  # of a member that is too long: all else of it is let go
        while True:
            if in_string:
                if end := _string_end(self._buffer, place):
                    place, in_string = end, False
                    continue
            elif token := _TOKEN.search(self._buffer, place):
                place, what = token.end(), token[0]
                if what == b'"':
                    in_string = True
                elif depth or what not in _ENDS:
                    depth += _DEEPER.get(what, 0)
                else:
                    body = self._buffer[start : token.start()].strip(_BLANK)
                    self._place = place
                    if beginning is None and len(body) > most_bytes:
                        beginning = body[: self._kept_bytes]
                    return (Member(body) if beginning is None else Member(beginning, whole=False)), what
                continue
            if beginning is None and len(self._buffer) - start > most_bytes:
                beginning = self._buffer[start : start + self._kept_bytes].strip(_BLANK)
            if beginning is not None:  # whether the next byte is escaped is all that must still be known
                start = len(self._buffer) - (_slashes(self._buffer, len(self._buffer)) % 2 if in_string else 0)
            place = len(self._buffer) - start
            if not self._more(start):
                raise _cut_off(self._buffer if beginning is None else beginning)
            start = 0

    def _after_space(self) -> int:
        found = _SPACE.match(self._buffer, self._place)
        return found.end() if found else self._place

    def _more(self, start: int) -> bool:
        """Let go of what stands before `start` and read on, as much again as is left; false at the end of the text."""
        rest = self._buffer[start:]
        self._buffer, self._place = rest, 0
        pieces, room = [rest], max(_READ_BYTES, len(rest))
        while room > 0 and (piece := self._read(room)):
            pieces.append(piece)
            room -= max(len(piece), _READ_BYTES)  # a small file must not wait for what fails after it
        self._buffer = b"".join(pieces)
        return len(self._buffer) > len(rest)


def _string_end(text: bytes, place: int) -> int:
    """Where the string that goes on at `place` is over; 0 where the text ends before."""
    quote = text.find(b'"', place)
    if quote < 0:
        return 0
    if not _slashes(text, quote) % 2:
        return quote + 1
    rest = _REST_OF_STRING.match(text, quote + 1)  # where one quote is escaped, more are: slower, but all in one go
    return rest.end() if rest else 0


def _slashes(text: bytes, place: int) -> int:
    """How many backslashes stand before `place`."""
    for far in (_FEW, place):
        near = text[max(place - far, 0) : place]
        count = len(near) - len(near.rstrip(b"\\"))
        if count < far:
            break
    return count


def _is(quoted: bytes, key: str) -> bool:
    try:
        return bool(orjson.loads(quoted) == key)
    except orjson.JSONDecodeError:
        return False


def _cut_off(beginning: bytes) -> Unreadable:
    shown = beginning[:_SHOWN_BYTES].decode("utf-8", "backslashreplace").strip()
    return Unreadable("truncated", f"the file ends inside of what begins with {shown!r}")
