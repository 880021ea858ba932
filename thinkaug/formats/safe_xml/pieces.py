"""pieces: a stream of XML -> its records, each with what stands around it, in bounded memory.

Every record is parsed by itself, so one that is not well-formed costs no other, a file that is cut gives what is
before the cut, and of several roots in one file each is read. Knows nothing of fields.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import chain

from thinkaug.errors import Unreadable
from thinkaug.formats.safe_xml.markup import Token, tokens
from thinkaug.formats.safe_xml.parsing import MOST_LEVELS, Parsed, tree
from thinkaug.formats.safe_xml.prolog import declared_encoding, decoded, read_doctype
from thinkaug.formats.safe_xml.steps import Steps, matches

MOST_AROUND_BYTES = 1 << 16
"""How much of what stands before a record in one of its ancestors is kept for it."""

_PLAIN = re.compile(r"utf-8(-sig)?|ascii|iso8859.*|cp125\d|koi8.*|mac.*")
"""Encodings in which every byte of ASCII is that character: their markup can be found without decoding."""

_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)

_SPACE = re.compile(r"""\sxmlns(?::([^\s=]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, slots=True)
class Piece:
    """One record as it stands in its file.

    Args:
        body: its bytes; of one that is too long, how it begins.
        before: the start tags of its ancestors, with what stands before it in them.
        after: their end tags.
        line: where it begins, from 1.
        own: entities that the document declares itself.
        outside: the DOCTYPE names a DTD that lies elsewhere.
        refused: why it is not to be parsed at all; None where it is.
        encoding: what was asked for.
        declared: what the file says of itself.
    """

    body: bytes
    before: bytes
    after: bytes
    line: int
    own: frozenset[str]
    outside: bool
    refused: Unreadable | None
    encoding: str
    declared: str

    def excerpt(self, most_chars: int) -> str:
        """How it begins, for a person who looks for what is wrong."""
        return self.body[: 4 * most_chars].decode("utf-8", "backslashreplace")[:most_chars]

    def parse(self) -> Parsed:
        """The tree of the record below its ancestors; its root is the root of the file.

        Raises:
            Unreadable: as `thinkaug.formats.safe_xml.parse` does, or what it is `refused` for.
        """
        if self.refused:
            raise self.refused
        record, repaired = decoded(self.body, self.encoding, self.declared)
        before, _ = decoded(self.before, self.encoding, self.declared)
        after, _ = decoded(self.after, self.encoding, self.declared)
        whole = (before + record + after).encode("utf-8", "surrogatepass")
        first_line = self.line - before.count("\n")  # so that a message names the record's own lines
        root, filled = tree(whole, self.own, self.outside, first_line)
        return Parsed(root, repaired + filled)


@dataclass(slots=True)
class _Open:
    """An element that is open and no record: its start tag, and what of it is kept for the records in it."""

    name: bytes
    tag: bytes
    known_as: tuple[str, str]
    spaces: dict[str, str]
    kept: list[bytes] = field(default_factory=list)
    size: int = 0
    full: bool = False
    holds_records: bool = False

    def keep(self, body: bytes) -> None:
        """Keep what stands in it, white space between records aside, which would fill it up."""
        if self.full or body.isspace():
            return
        self.kept.append(body)
        self.size += len(body)
        if self.size > MOST_AROUND_BYTES:
            self.let_go()

    def let_go(self) -> None:
        """Keep nothing from here on: better nothing than a last sibling that is not the last."""
        self.full = True
        self.kept.clear()


def pieces(chunks: Iterable[bytes], steps: Steps, most_bytes: int, encoding: str = "") -> Iterator[Piece]:
    """The elements that the steps lead to, in the order of the file; those within another are part of it.

    Args:
        chunks: the file.
        steps: the way to a record.
        most_bytes: a record may be so large.
        encoding: of the file; empty goes by byte order mark and declaration.

    Raises:
        Unreadable: the file ends inside an element, or its DOCTYPE cannot be accepted.
    """
    reader = _Reader(steps, most_bytes, encoding)
    for token in tokens(reader.plain(chunks)):
        yield from reader.take(token)
    reader.end()


class _Reader:
    """Where in the file we are: the elements that are open, and the record that is gathered."""

    def __init__(self, steps: Steps, most_bytes: int, encoding: str) -> None:
        self._steps, self._most_bytes, self._encoding = steps, most_bytes, encoding
        self._declared = ""
        self._line = 1
        self._open: list[_Open] = []
        self._own: frozenset[str] = frozenset()
        self._outside = False
        self._record: list[bytes] = []  # empty: none is open
        self._inside: list[bytes] = []  # names of elements open in the record, itself first
        self._deeper = 0  # elements open in the record below those
        self._began, self._size = 0, 0
        self._stray = False  # told of already, and no tag since

    def plain(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks in an encoding that holds ASCII, as they are wherever possible."""
        coming = iter(chunks)
        first = next(coming, b"")
        name = self._encoding or _marked(first) or declared_encoding(first) or "utf-8"
        if _PLAIN.fullmatch(codecs.lookup(name).name):
            self._declared = name
            yield first.removeprefix(codecs.BOM_UTF8)
            yield from coming
            return
        self._encoding, self._declared = "", "utf-8"
        decoder = codecs.getincrementaldecoder(name)("replace")
        for chunk in chain([first], coming):
            yield decoder.decode(chunk).removeprefix("\ufeff").encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", True).encode("utf-8", "surrogatepass")

    def take(self, token: Token) -> Iterator[Piece]:
        """Go on by one token; yields the record that it ends."""
        line = self._line
        self._line += token.body.count(b"\n")
        if token.kind not in ("text", "stray"):
            self._stray = False
        if self._record:
            yield from self._within(token)
        elif token.kind == "stray":
            yield from self._beside(token, line)
        elif token.kind == "start" or token.kind == "empty":
            yield from self._begin(token, line)
        elif token.kind == "end":
            self._close(token)
        elif self._open:
            self._open[-1].keep(token.body)
        elif token.kind == "doctype":
            found = read_doctype(token.body, 0)
            self._own, self._outside = found.own, found.outside

    def _beside(self, token: Token, line: int) -> Iterator[Piece]:
        """A `<` outside of all records that begins no tag: the tag that it was to be may have begun one."""
        if self._open:
            self._open[-1].let_go()
        if not self._stray:
            self._stray, self._began, self._record = True, line, [token.body]
            yield self._piece(Unreadable("xml", f"line {line}: a '<' that begins no tag, outside of all records"))

    def _begin(self, token: Token, line: int) -> Iterator[Piece]:
        element = self._opened(token)
        if self._is_record(element):
            for above in self._open:
                above.holds_records = True
            self._record, self._inside = [token.body], [token.name]
            self._began, self._size = line, len(token.body)
            if token.kind == "empty":
                yield self._piece()
            return
        if token.kind == "empty":
            if self._open:
                self._open[-1].keep(token.body)
            return
        if len(self._open) >= MOST_LEVELS:
            raise Unreadable("xml", f"line {line}: elements lie more than {MOST_LEVELS} deep in each other")
        self._open.append(element)

    def _is_record(self, element: _Open) -> bool:
        return matches(self._steps, [*(above.known_as for above in self._open), element.known_as])

    def _within(self, token: Token) -> Iterator[Piece]:
        if token.kind == "end" and token.name not in self._inside and self._closes_above(token):
            yield self._piece()  # it has no end tag of its own: for the parser to refuse
            self._close(token)
            return
        self._size += len(token.body)
        if self._size <= self._most_bytes:
            self._record.append(token.body)
        if token.kind == "start" and (self._deeper or len(self._inside) > MOST_LEVELS):
            self._deeper += 1  # counted only: the parser will refuse it
        elif token.kind == "end" and self._deeper:
            self._deeper -= 1
        elif token.kind == "start":
            self._inside.append(token.name)
        elif token.kind == "end" and token.name in self._inside:
            while self._inside.pop() != token.name:
                pass
            if not self._inside:
                yield self._piece()

    def _closes_above(self, token: Token) -> bool:
        return any(above.name == token.name for above in self._open)

    def _close(self, token: Token) -> None:
        if not self._closes_above(token):
            return
        while (closed := self._open.pop()).name != token.name:
            pass
        if not self._open or closed.holds_records:
            return
        if closed.full:
            self._open[-1].let_go()
        else:
            self._open[-1].keep(closed.tag + b"".join(closed.kept) + token.body)

    def _piece(self, refused: Unreadable | None = None) -> Piece:
        if self._size > self._most_bytes:
            most = f"more than {self._most_bytes:,} bytes; raise `most_bytes` to read it"
            refused = Unreadable("too_long", f"line {self._began}: {most}")
        piece = Piece(
            body=b"".join(self._record),
            before=b"".join(above.tag + b"".join(above.kept) for above in self._open),
            after=b"".join(b"</" + above.name + b">" for above in reversed(self._open)),
            line=self._began,
            own=self._own,
            outside=self._outside,
            refused=refused,
            encoding=self._encoding,
            declared=self._declared,
        )
        self._record, self._inside, self._deeper, self._size = [], [], 0, 0
        return piece

    def _opened(self, token: Token) -> _Open:
        spaces = self._open[-1].spaces if self._open else {"xml": "http://www.w3.org/XML/1998/namespace"}
        if b"xmlns" in token.attributes:
            declared = _SPACE.findall(token.attributes.decode("utf-8", "replace"))
            spaces = spaces | {prefix: unescape(double or single) for prefix, double, single in declared}
        prefix, _, local = token.name.decode("utf-8", "replace").rpartition(":")
        return _Open(token.name, token.body, (spaces.get(prefix, ""), local), spaces)

    def end(self) -> None:
        """The stream is at its end: nothing may be open."""
        if self._record:
            name = self._inside[0].decode("utf-8", "replace")
            raise Unreadable("xml", f"line {self._line}: the file ends inside <{name}>, begun in line {self._began}")
        if self._open:
            name = self._open[-1].name.decode("utf-8", "replace")
            raise Unreadable("xml", f"line {self._line}: the file ends inside <{name}>")


def _marked(first: bytes) -> str:
    return next((name for mark, name in _MARKED if first.startswith(mark)), "")
