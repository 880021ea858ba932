"""pieces: a clause -> the parts of it that each say one thing. Knows no relations and no entities.

Only where both sides of a comma, an "and" and the like have a cue and a name of their own is the clause parted there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from thinkaug.claims.language import BREAK


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` up to `end` of a row; `opened` by that pause, or "" where a clause begins."""

    start: int
    end: int
    opened: str = ""


def clauses(row: str) -> Iterator[Piece]:
    """The clauses of a row: what stands between two breaks, its spaces included."""
    start = 0
    while (at := row.find(f" {BREAK} ", start)) >= 0:
        yield Piece(start, at + 1)
        start = at + 2
    yield Piece(start, len(row))


def pieces(row: str, clause: Piece, pauses: frozenset[str], complete: Callable[[int, int], bool]) -> list[Piece]:
    """The pieces of a clause; `complete` says whether a stretch of the row has a cue and a name."""
    found: list[Piece] = []
    pending: Piece | None = None
    for stretch in _stretches(row, clause, pauses):
        whole = Piece(pending.start, stretch.end, pending.opened) if pending else stretch
        if complete(whole.start, whole.end):
            found.append(whole)
            pending = None
        elif found:
            found[-1] = Piece(found[-1].start, stretch.end, found[-1].opened)
        else:
            pending = whole
    return found


def _stretches(row: str, clause: Piece, pauses: frozenset[str]) -> Iterator[Piece]:
    """The clause, cut after every pause."""
    start, at, opened = clause.start, clause.start, ""
    words = row[clause.start : clause.end].split()
    for word in words if not pauses.isdisjoint(words) else ():
        begin = row.index(word, at)
        at = begin + len(word)
        if word in pauses:
            yield Piece(start, begin, opened)
            start, opened = at, word
    yield Piece(start, clause.end, opened)
