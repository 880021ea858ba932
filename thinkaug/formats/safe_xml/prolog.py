"""prolog: what stands before the root: the declaration of the encoding, and the DOCTYPE. Knows no elements."""

import codecs
import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import decode, mended

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_NO_XML = re.compile(r"idna|punycode|undefined|utf[_-]?7|.*escape|mbcs|oem")
"""Codecs of Python's that no XML is written in, some of them slow or lossy."""

_ASCII = bytes(range(32, 127))

_MISC = re.compile(rb"\s++|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_LITERAL = rb"""(?:"[^"]*"|'[^']*')"""
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[^\s\[>]+\s*(?P<outside>(?:SYSTEM|PUBLIC)(?:\s*" + _LITERAL + rb")++)?+\s*")
_SUBSET = re.compile(
    rb"\s++|<!--.*?-->|<\?.*?\?>|(?P<parameter>%[^;\s]+;)|(?P<markup><![A-Z]+(?:[^\"'>]++|" + _LITERAL + rb")*+>)",
    re.DOTALL,
)
_ENTITY = re.compile(rb"<!ENTITY\s+(?!%)(?P<name>\S+)\s+(?P<value>" + _LITERAL + rb")?")


@dataclass(frozen=True, slots=True)
class Doctype:
    """What of a DOCTYPE is of interest.

    Args:
        end: offset of the first byte after it.
        own: the entities that the document declares itself, those aside that only say what HTML says too.
        outside: it names a DTD that lies elsewhere, which may define more.
    """

    end: int
    own: frozenset[str] = frozenset()
    outside: bool = False


def declared_encoding(body: bytes) -> str:
    """The encoding that an XML declaration at the beginning of `body` names; empty where none is, or none of use."""
    found = _DECLARED.match(body[:1024])
    name = found[1].decode("ascii").lower() if found else ""
    if not name or _NO_XML.fullmatch(name):
        return ""
    try:
        holds_ascii = _ASCII.decode(name) == _ASCII.decode("ascii")  # it must: the declaration itself is in it
    except (LookupError, UnicodeDecodeError):
        return ""
    return name if holds_ascii else ""


def decoded(body: bytes, encoding: str = "", declared: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of `body`, and the word for what had to be mended: it is not in the encoding that it declares.

    A byte order mark is above the declaration, as the standard has it; `encoding` is above both.

    Raises:
        Unreadable: it is not in the `encoding` that was asked for.
    """
    if encoding:
        try:
            return decode(body, encoding)[0], ()
        except UnicodeDecodeError as error:
            raise Unreadable("encoding", f"byte {error.start}: not {encoding}") from error
    if body.startswith(_MARKS):
        return decode(body)[0], ()
    try:
        return body.decode(declared or declared_encoding(body) or "utf-8"), ()
    except UnicodeDecodeError:
        words, found = decode(body)
    return words, mended(found)


def read_prolog(body: bytes) -> Doctype:
    """What stands before the root of a document in UTF-8; its `end` is where the root begins.

    Raises:
        Unreadable: no root follows, the DOCTYPE is not well-formed, or it uses a parameter entity.
    """
    at, found = 0, Doctype(0)
    while at < len(body):
        misc = _MISC.match(body, at)
        if misc:
            at = misc.end()
        elif body.startswith(b"<!DOCTYPE", at) and not found.end:
            found = read_doctype(body, at)
            at = found.end
        else:
            break
    if not body.startswith(b"<", at):
        raise Unreadable("xml", f"line {line_at(body, at)}: a root element was expected")
    return Doctype(at, found.own, found.outside)


def read_doctype(body: bytes, at: int) -> Doctype:
    """The DOCTYPE that begins at `at`.

    Raises:
        Unreadable: it is not well-formed, or uses a parameter entity.
    """
    head = _DOCTYPE.match(body, at)
    end = head.end() if head else at
    own: set[str] = set()
    if head and body.startswith(b"[", end):
        end += 1
        while item := _SUBSET.match(body, end):
            if item["parameter"]:
                name = item["parameter"].decode("utf-8", "replace")
                raise Unreadable("entity", f"line {line_at(body, end)}: the parameter entity {name} is not expanded")
            own.update(_own_entity(item["markup"] or b""))
            end = item.end()
        closed = re.compile(rb"\]\s*").match(body, end)
        end = closed.end() if closed else end
    if not head or not body.startswith(b">", end):
        raise Unreadable("xml", f"line {line_at(body, end)}: the DOCTYPE is not well-formed")
    return Doctype(end + 1, frozenset(own), bool(head["outside"]))


def _own_entity(markup: bytes) -> list[str]:
    entity = _ENTITY.match(markup)
    if not entity:
        return []
    name = entity["name"].decode("utf-8", "replace")
    if entity["value"]:
        value = unescape(unescape(entity["value"][1:-1].decode("utf-8", "replace")))
        if value == html5.get(f"{name};"):  # `<!ENTITY nbsp "&#160;">` says nothing new
            return []
    return [name]


def line_at(body: bytes, at: int) -> int:
    """The number of the line, from 1, in which the offset lies."""
    return body.count(b"\n", 0, at) + 1
