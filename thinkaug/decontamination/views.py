"""views: what of a row is searched, and the hits there. Knows the records; not how items are matched.

Of a passage the context is searched too, so that an item that begins in it and ends in the passage is found whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from thinkaug.decontamination.hits import SPAN_CHARS, Hit
from thinkaug.decontamination.items import Item
from thinkaug.decontamination.streams import Stream, streams
from thinkaug.records import Document, Draft, Passage

On = Literal["text", "thoughts", "both"]
Row = Document | Passage | Draft
_CONTEXT_CHARS = 4000


@dataclass(frozen=True, slots=True)
class View:
    """A text to be searched: expert text after `context` characters that are another row's, or a stream."""

    text: str
    context: int = 0
    stream: Stream | None = None


class Found(Protocol):
    """What `thinkaug.decontamination.matching.Match` has."""

    @property
    def item(self) -> Item:
        """Which."""

    @property
    def rule(self) -> str:
        """How it was found."""

    @property
    def start(self) -> int:
        """In code points."""

    @property
    def end(self) -> int:
        """Likewise, exclusive."""

    @property
    def share(self) -> float:
        """Of the item's runs."""


Find = Callable[[str], Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a row.

    Args:
        text: hits in its expert text.
        thoughts: hits in its thoughts.
        steps: the places of the steps that hold those.
    """

    text: tuple[Hit, ...] = ()
    thoughts: tuple[Hit, ...] = ()
    steps: frozenset[int] = frozenset()


def views(row: Row, on: On) -> list[View]:
    """The texts of a row that are searched."""
    if isinstance(row, Document):
        return [View(row.text)]
    passage = row.passage if isinstance(row, Draft) else row
    context = passage.context[-_CONTEXT_CHARS:]
    found = [] if on == "thoughts" else [View(context + passage.text, len(context))]
    if isinstance(row, Draft) and on != "text":
        found += [View(stream.text, stream=stream) for stream in streams(row)]
    return found


def look(row: Row, suspected: Iterable[View], find: Find, action: str) -> Seen:
    """What stands in the views of a row that may hold something."""
    in_text: list[Hit] = []
    in_thoughts: list[Hit] = []
    steps: set[int] = set()
    known: set[tuple[str, str, frozenset[int]]] = set()
    for view in suspected:
        for match in find(view.text):
            if view.stream is None:
                if match.end > view.context:
                    in_text.append(_hit(row, match, view, "text", action))
                continue
            carrying = frozenset(_carrying(view.stream, match, find))
            key = (match.item.set, match.item.id, carrying)
            if carrying and key not in known:
                known.add(key)
                steps |= carrying
                in_thoughts.append(_hit(row, match, view, "thought", action))
    return Seen(tuple(in_text), tuple(in_thoughts), frozenset(steps))


def _carrying(stream: Stream, match: Found, find: Find) -> Iterator[int]:
    """The steps that hold a part of the match. Where expert text holds the item by itself, those that hold it too."""
    touched = stream.steps(match.start, match.end)
    if not touched:
        return
    bare = "".join(piece.text for piece in stream.pieces if piece.step is None)
    if not _holds(find(bare), match.item):
        yield from touched
        return
    words = {piece.step: piece.text for piece in stream.pieces if piece.step is not None}
    if _holds(find("\n".join(words[step] for step in touched)), match.item):
        yield from touched


def _holds(matches: Iterable[Found], item: Item) -> bool:
    return any(match.item == item for match in matches)


def _hit(row: Row, match: Found, view: View, where: str, action: str) -> Hit:
    start, end = max(0, match.start - view.context), match.end - view.context
    span = view.text[match.start : match.end][:SPAN_CHARS]
    return Hit(row.id, match.item.set, match.item.id, where, start, end, span, match.share, match.rule, action)
