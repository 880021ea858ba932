"""streams: a draft -> the text as a trainer reads it, and which of its pieces a match touches. Knows no items."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from thinkaug.records import Draft, Thought

BETWEEN = "\n"
"""What stands between two pieces, so that their words stay apart."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a stream: a step, by its place among the draft's thoughts, or expert text, where that is None."""

    step: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Stream:
    """Pieces in the order in which they are rendered; `starts` are their offsets in `text`, in code points."""

    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    text: str

    def steps(self, start: int, end: int) -> list[int]:
        """The steps that `text[start:end]` touches."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, max(start, end - 1)) - 1
        return [piece.step for piece in self.pieces[first : last + 1] if piece.step is not None]


def streams(draft: Draft) -> Iterator[Stream]:
    """The draft as it may be rendered: with the first thought that stands at each cut, with the second, and so on.

    Where a cut has fewer thoughts, its first stands there. A draft without thoughts has none.
    """
    ways = _candidates(draft)
    for number in range(max((len(found) for found in ways.values()), default=0)):
        yield _stream(draft, {cut: found[number] if number < len(found) else found[0] for cut, found in ways.items()})


def _candidates(draft: Draft) -> dict[int, list[list[int]]]:
    """By cut, the thoughts about it that stand, each as the places of its steps."""
    found: dict[int, dict[int, list[int]]] = {}
    for place, thought in enumerate(draft.thoughts):
        if _stands(thought):
            found.setdefault(thought.cut, {}).setdefault(thought.candidate, []).append(place)
    return {cut: list(candidates.values()) for cut, candidates in found.items()}


def _stands(thought: Thought) -> bool:
    return not thought.drop


def _stream(draft: Draft, chosen: dict[int, list[int]]) -> Stream:
    text = draft.passage.text
    at: dict[int, list[int]] = {}
    for cut, steps in sorted(chosen.items()):
        place = cut if draft.placement == "before" else cut + len(draft.passage.target(cut))
        at.setdefault(place, []).extend(steps)
    pieces: list[Piece] = []
    position = 0
    for place in sorted(at):
        pieces.append(Piece(None, text[position:place]))
        pieces += [Piece(step, draft.thoughts[step].text) for step in at[place]]
        position = place
    pieces.append(Piece(None, text[position:]))
    pieces = [piece for piece in pieces if piece.text]
    starts, offset = [], 0
    for piece in pieces:
        starts.append(offset)
        offset += len(piece.text) + len(BETWEEN)
    return Stream(tuple(pieces), tuple(starts), BETWEEN.join(piece.text for piece in pieces))
