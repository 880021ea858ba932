"""vocabulary: which words occur in more than one document, in fixed memory. Knows nothing of what they mean.

A word that nobody else uses may be a typing error. Each word has a place in each of two tables; there stands the mark
of the document that had it, or that it was in several. The marks come from the documents' bytes, so that copies of one
count once, and tables made of parts of a corpus, in any order, are put together to the same.

It errs in two ways. A word of one document is held for established if both its places are shared with words of other
documents: with n different words in the corpus, (1 - exp(-n / 4,194,304)) squared of them, that is 0.05 % at 100,000,
4.5 % at a million, 82 % at ten million. A word of two documents is missed where these have the same mark: 1 in 65,534.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import MARK, NUMBER, SINGLE, lex, mixed

_PLACES = 1 << 22
_SEVERAL = 0xFFFF
_PIECE_BYTES = 1 << 16
_SAMPLED_BYTES = 256
_PRIME = np.uint64(0x100000001B3)
_MET = 1 << 13  # most words of a text are of few, which are soon known and need no look at the tables


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The tables, 16 MB: uint16 (2, 4,194,304). To `add` from several threads, give each its own and merge them."""

    tables: NDArray[np.uint16]

    @classmethod
    def empty(cls) -> Self:
        """One of no documents."""
        return cls(np.zeros((2, _PLACES), np.uint16))

    def add(self, offsets: NDArray[Any], data: NDArray[np.uint8]) -> None:
        """Take in documents, as `lexing.words.buffers` gives them: offsets (documents + 1,) and their UTF-8."""
        table = letters()
        _add(data, offsets, table.folds, table.expansions, self.tables)

    def merged(self, other: "Vocabulary") -> "Vocabulary":
        """The vocabulary of the documents of both."""
        mine, its = self.tables, other.tables
        several = np.uint16(_SEVERAL)
        return Vocabulary(np.where(mine == 0, its, np.where((its == 0) | (its == mine), mine, several)))

    def established(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether each of these words, by its hash, occurs in two documents or more. Numbers and signs never do."""
        found: NDArray[np.bool_] = _established(hashes, self.tables)
        return found


@compiled
def _add(data: Any, offsets: Any, folds: Any, expansions: Any, tables: Any) -> None:
    hashes, starts = np.empty(_PIECE_BYTES, np.uint64), np.empty(_PIECE_BYTES, np.int64)
    ends, kinds = np.empty(_PIECE_BYTES, np.int64), np.empty(_PIECE_BYTES, np.uint8)
    met = np.zeros(_MET, np.uint64)  # words that are in several documents, by their last bits
    for row in range(len(offsets) - 1):
        place, end = int(offsets[row]), int(offsets[row + 1])
        mark = _mark(data, place, end)
        while place < end:
            stop = _piece_end(data, place, end)
            for word in range(lex(data, place, stop, folds, expansions, hashes, starts, ends, kinds)):
                value = hashes[word]
                at = np.int64(value & np.uint64(_MET - 1))
                if met[at] == value or kinds[word] & (NUMBER | MARK | SINGLE):
                    continue
                if _entered(value, mark, tables):
                    met[at] = value
            place = stop


@compiled
def _entered(value: Any, mark: int, tables: Any) -> bool:
    """Enter a word of a document, and say whether it is in several now."""
    several = True
    for table in range(2):
        at = _place(value, table)
        before = tables[table, at]
        if before == 0:
            tables[table, at] = mark
            several = False
        elif before != mark:
            tables[table, at] = _SEVERAL
        else:
            several = False
    return several


@compiled
def _established(hashes: Any, tables: Any) -> Any:
    found = np.empty(len(hashes), np.bool_)
    for word in range(len(hashes)):
        found[word] = is_established(hashes[word], tables)
    return found


@compiled
def is_established(value: Any, tables: Any) -> bool:
    """Whether a word, by its hash, occurs in two documents or more."""
    return bool(tables[0, _place(value, 0)] == _SEVERAL and tables[1, _place(value, 1)] == _SEVERAL)


@compiled
def _place(value: Any, table: int) -> Any:
    return np.int64((value >> np.uint64(32 * table)) & np.uint64(_PLACES - 1))


@compiled
def _mark(data: Any, start: int, end: int) -> Any:
    """1 to 65,534, from the length and from bytes spread over the document."""
    value = np.uint64(end - start)
    step = max((end - start) // _SAMPLED_BYTES, 1)
    for place in range(start, end, step):
        value = (value ^ np.uint64(data[place])) * _PRIME
    return np.int64(mixed(value) % np.uint64(_SEVERAL - 1)) + 1


@compiled
def _piece_end(data: Any, place: int, end: int) -> int:
    """Where a piece ends that fits: at the last space, or else between two characters."""
    if end - place <= _PIECE_BYTES:
        return end
    stop = place + _PIECE_BYTES
    while stop > place + _PIECE_BYTES // 2:
        if data[stop - 1] <= 0x20:
            return stop
        stop -= 1
    stop = place + _PIECE_BYTES
    while data[stop] & 0xC0 == 0x80 and stop > place + _PIECE_BYTES - 4:
        stop -= 1
    return stop
