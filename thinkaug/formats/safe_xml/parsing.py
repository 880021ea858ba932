"""parsing: one document, whole in memory -> its tree. The one place where lxml is handed bytes."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import TYPE_CHECKING

from thinkaug.errors import Unreadable
from thinkaug.formats.safe_xml.prolog import decoded, read_prolog

if TYPE_CHECKING:
    from lxml.etree import XMLParser, XMLSyntaxError, XPath, _Element

MOST_LEVELS = 256
"""Elements may lie so deep in each other: what reads a tree recurses."""

_USED = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_BUILT_IN = frozenset(["amp", "lt", "gt", "quot", "apos"])
_INCLUDE = "{http://www.w3.org/2001/XInclude}include"
_UNDEFINED, _LIMIT = 26, 114  # libxml2's numbers: no such entity; a limit of its own
_NAME = re.compile(r"Entity '(.*?)' not defined", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and snake_case words for what had to be mended so that it could be read."""

    root: "_Element"
    mended: tuple[str, ...] = ()


def parse(body: bytes, encoding: str = "") -> Parsed:
    """The tree of a whole document, without comments and processing instructions.

    A DTD that the DOCTYPE names is not loaded; entities that it would define as HTML does become their characters.

    Args:
        body: the document.
        encoding: it is in this one; empty goes by byte order mark and declaration, and finds it out where they lie.

    Raises:
        Unreadable: `entity` where an entity is used that the document declares itself, or that nobody declares, or
            where part of it lies elsewhere; `xml` where it is not well-formed or nested too deep; `encoding`.
    """
    words, mended = decoded(body, encoding)
    utf8 = words.encode("utf-8", "surrogatepass")  # the parser refuses what is no character
    prolog = read_prolog(utf8)
    first = utf8.count(b"\n", 0, prolog.end) + 1
    root, filled = tree(utf8[prolog.end :], prolog.own, prolog.outside, first)
    return Parsed(root, mended + filled)


def tree(body: bytes, own: Collection[str], outside: bool, first_line: int = 1) -> tuple["_Element", tuple[str, ...]]:
    """The root element that `body`, in UTF-8 and without a prolog, consists of, and what had to be mended.

    Args:
        body: from the root's `<` on.
        own: names of entities that the document declared itself.
        outside: HTML's entities may be used, for a DTD elsewhere was named; otherwise they count as mended.
        first_line: the line in which `body` begins, for messages.

    Raises:
        Unreadable: as `parse` does.
    """
    from lxml.etree import XMLSyntaxError

    used = {name.decode("ascii") for name in _USED.findall(body)} - _BUILT_IN - set(own)
    known = {name: html5[f"{name};"] for name in sorted(used) if f"{name};" in html5}
    filled: tuple[str, ...] = ()
    try:
        try:
            root = _root(body, known if outside else {})
        except XMLSyntaxError as error:
            if _code(error) != _UNDEFINED or outside or not known:
                raise
            root = _root(body, known)
            filled = ("html_entities",)
    except XMLSyntaxError as error:
        raise _reason(error, own, first_line) from error
    if _too_deep()(root):
        raise Unreadable("xml", f"elements lie more than {MOST_LEVELS} deep in each other")
    included = next(root.iter(_INCLUDE), None) if b"XInclude" in body else None
    if included is not None:
        raise Unreadable(
            "entity", f"an XInclude stands here for {included.get('href', '')[:200]!r}, which is not loaded"
        )
    return root, filled


def _root(body: bytes, known: dict[str, str]) -> "_Element":
    """Parsed below a DOCTYPE of ours: a second one, which a scan of the prolog might have missed, is then an error."""
    from lxml import etree

    # Character by character, so that `&LT;` is a character of the text and no markup.
    entities = "".join(
        f'<!ENTITY {name} "{"".join(f"&#38;#{ord(character)};" for character in value)}">'
        for name, value in known.items()
    )
    return etree.fromstring(f"<!DOCTYPE _ [{entities}]>".encode() + body, _parser())


def _parser() -> "XMLParser":
    from lxml import etree

    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities="internal",  # type: ignore[arg-type]  # ours; there are no others
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


@cache
def _too_deep() -> "XPath":
    from lxml import etree

    return etree.XPath(f"boolean({'/*' * (MOST_LEVELS + 1)})")


def _code(error: "XMLSyntaxError") -> int:
    return int(getattr(error, "code", 0) or 0)


def _reason(error: "XMLSyntaxError", own: Collection[str], first_line: int) -> Unreadable:
    line = first_line + (error.lineno or 1) - 1
    said = (error.msg or "not well-formed").split(", line ")[0].strip()
    if _code(error) == _UNDEFINED:
        name = found[1] if (found := _NAME.search(said)) else "?"
        why = "is declared by the document itself and not expanded" if name in own else "is defined nowhere"
        return Unreadable("entity", f"line {line}: entity '{name[:100]}' {why}")
    if _code(error) == _LIMIT:
        return Unreadable("xml", f"line {line}: {re.split(', (?:use|try) XML_PARSE_HUGE', said)[0]}")
    return Unreadable("xml", f"line {line}: {said}")
