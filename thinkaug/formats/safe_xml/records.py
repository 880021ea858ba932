"""records: a file of XML -> its records as elements, whole where it can be, one by one where it must be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import IO, TYPE_CHECKING

from thinkaug.errors import Unreadable
from thinkaug.formats.safe_xml.parsing import parse
from thinkaug.formats.safe_xml.pieces import pieces
from thinkaug.formats.safe_xml.steps import Steps

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHUNK_BYTES = 1 << 20
_EXCERPT_CHARS = 10_000


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or why it cannot be read.

    Args:
        place: its number in the file, from 1; 0 where the file is this one record.
        element: the record, below its ancestors; None where there is a problem.
        mended: snake_case words for what had to be mended so that it could be read.
        sha256: of the file, where the file is this one record.
        problem: why it cannot be read.
        excerpt: how an unreadable record begins.
    """

    place: int
    element: "_Element | None"
    mended: tuple[str, ...] = ()
    sha256: str = ""
    problem: Unreadable | None = None
    excerpt: str = ""

    @property
    def kind(self) -> str:
        """The word for the problem; empty where there is none."""
        return self.problem.kind if self.problem else ""

    def named(self, file: str) -> str:
        """Its id in the file of that name."""
        return f"{file}#{self.place}" if self.place else file


@dataclass(frozen=True, slots=True)
class Records:
    """What is a record, and how it is looked for.

    Args:
        find: the records of a tree, from its root, in their order.
        steps: the way to a record in a stream; None where only a whole tree can tell.
        wanted: the same in words, for messages.
        most_bytes: a larger record, or without `steps` a larger file, is not read.
        encoding: of the file; empty finds it out.
    """

    find: "Callable[[_Element], list[_Element]]"
    steps: Steps | None
    wanted: str
    most_bytes: int
    encoding: str = ""

    def read(self, file: IO[bytes]) -> Iterator[Record]:
        """The records of a file, in its order.

        A file of up to `most_bytes` is parsed whole. A larger one is read record by record, and so is one that is not
        well-formed as a whole: what can be had of it is marked as mended, `xml_in_pieces`.

        Raises:
            Unreadable: nothing more can be read; `no_records` where there is none.
        """
        body = file.read(self.most_bytes + 1)
        if len(body) > self.most_bytes:
            if self.steps is None:
                raise Unreadable(
                    "too_long",
                    f"more than {self.most_bytes:,} bytes, and {self.wanted} is no simple path such as //item, by "
                    "which records could be read one by one; raise `most_bytes`",
                )
            yield from self._one_by_one(chain([body], iter(lambda: file.read(_CHUNK_BYTES), b"")), ())
            return
        try:
            whole = parse(body, self.encoding)
        except Unreadable as error:
            if self.steps is None:
                raise
            yield from self._one_by_one([body], ("xml_in_pieces",), error)
            return
        found = self.find(whole.root)
        if not found:
            raise Unreadable("no_records", f"nothing is {self.wanted}; the root is <{whole.root.tag}>")
        if found == [whole.root]:
            yield Record(0, whole.root, whole.mended, sha256(body).hexdigest())
            return
        for place, element in enumerate(found, start=1):
            yield Record(place, element, whole.mended)

    def _one_by_one(
        self, chunks: Iterable[bytes], mended: tuple[str, ...], why: Unreadable | None = None
    ) -> Iterator[Record]:
        """The records of a stream; `why` it could not be read whole is the reason where none is found."""
        place = 0
        for place, piece in enumerate(pieces(chunks, self.steps or (), self.most_bytes, self.encoding), start=1):
            try:
                parsed = piece.parse()
                element = next(iter(self.find(parsed.root)), None)
                if element is None:
                    raise Unreadable("xml", f"line {piece.line}: not {self.wanted} after all")
            except Unreadable as error:
                yield Record(place, None, problem=error, excerpt=piece.excerpt(_EXCERPT_CHARS))
            else:
                yield Record(place, element, mended + parsed.mended)
        if not place:
            raise why or Unreadable("no_records", f"nothing is {self.wanted}")
