"""markup: a stream of bytes -> its tags and what stands between, in bounded memory, well-formed or not.

Made to find where records begin and end; what they hold is for the parser to judge. For encodings that hold ASCII.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal, NamedTuple

from thinkaug.errors import Unreadable
from thinkaug.formats.safe_xml.prolog import read_doctype

MOST_TAG_BYTES = 1 << 20
"""What follows a longer tag, or DOCTYPE, is not read."""

_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_OPENS = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_LONGEST_OPENING = len(b"<![CDATA[")
_NAME = rb"""[A-Za-z_:\x80-\xff][^\s/><"'=]*"""
_INSIDE = rb"""(?:[^<>"'/]++|"[^"<]*+"|'[^'<]*+'|/(?!>))*+"""  # no `<` in a value: a lost quote ends with its tag
_TAG = re.compile(rb"<(/)?(" + _NAME + rb")(" + _INSIDE + rb")(/)?>")
_TAG_BEGINS = re.compile(rb"</?(?:" + _NAME + _INSIDE + rb"""(?:"[^"<]*+|'[^'<]*+|/)?)?\Z""")


class Token(NamedTuple):
    """A piece of the stream; together they are all of it. `stray` is a `<` that begins nothing."""

    kind: Literal["text", "start", "empty", "end", "doctype", "stray"]
    body: bytes
    name: bytes = b""
    attributes: bytes = b""


def tokens(chunks: Iterable[bytes]) -> Iterator[Token]:
    """The tokens of a stream. Long stretches of text, comments and CDATA come in several.

    Raises:
        Unreadable: a tag is too long, or a DOCTYPE is not well-formed or uses a parameter entity.
    """
    buffer, until = b"", b""
    for chunk, last in chain(((chunk, False) for chunk in chunks), [(b"", True)]):
        buffer += chunk
        at = 0
        while at < len(buffer):
            if until:
                end = buffer.find(until, at)
                stop = end + len(until) if end >= 0 else len(buffer) if last else len(buffer) - len(until) + 1
                if stop > at:
                    yield Token("text", buffer[at:stop])
                at = max(at, stop)
                if end < 0:
                    break
                until = b""
                continue
            start = buffer.find(b"<", at)
            if start != at:
                stop = start if start >= 0 else len(buffer)
                yield Token("text", buffer[at:stop])
                at = stop
                continue
            if not last and len(buffer) - at < _LONGEST_OPENING:
                break
            if opening := _OPENS.match(buffer, at):
                until = _ENDS[opening[0]]
                yield Token("text", opening[0])
                at = opening.end()
                continue
            final = last or len(buffer) - at >= MOST_TAG_BYTES
            token = _tag(buffer, at, final)
            if token is None and not last and _begins(buffer, at):
                if final:
                    raise Unreadable("xml", f"a tag of more than {MOST_TAG_BYTES:,} bytes: what follows is not read")
                break  # its end may be in the next chunk
            token = token or Token("stray", b"<")
            yield token
            at += len(token.body)
        buffer = buffer[at:]


def _begins(buffer: bytes, at: int) -> bool:
    """Whether it may be a tag or DOCTYPE that goes on behind the buffer."""
    return buffer.startswith(b"<!DOCTYPE", at) or _TAG_BEGINS.match(buffer, at) is not None


def _tag(buffer: bytes, at: int, final: bool) -> Token | None:
    if buffer.startswith(b"<!DOCTYPE", at):
        try:
            return Token("doctype", buffer[at : read_doctype(buffer, at).end])
        except Unreadable as error:
            if final or error.kind == "entity":
                raise
            return None
    found = _TAG.match(buffer, at)
    if not found:
        return None
    kind: Literal["start", "empty", "end"] = "end" if found[1] else "empty" if found[4] else "start"
    return Token(kind, found[0], found[2], found[3])
