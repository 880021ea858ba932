"""How like two rows are, and what only one of them states. Reads texts again; knows no signatures, nor who stays."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from thinkaug.facts.guard import Difference, Facts, Guard
from thinkaug.facts.held import Held
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.words import buffers
from thinkaug.minhash import jaccards, shingle_sets
from thinkaug.stages.deduplicating.likely import Pairs
from thinkaug.stages.deduplicating.signed import Rows
from thinkaug.stages.deduplicating.texts import Texts

_BYTES_AT_ONCE = 64 << 20
_KNOWN_PAIRS = 1 << 14


class Judge:
    """Looks at pairs.

    Args:
        texts: the rows.
        shingle_words: words in a shingle.
        level: what tells near duplicates apart.
    """

    def __init__(self, texts: Texts, shingle_words: int, level: Literal["entities", "numbers", "off"]) -> None:
        self._texts, self._shingle_words, self._level = texts, shingle_words, level
        self._made: Guard | None = None
        self._compared = lru_cache(_KNOWN_PAIRS)(self._compare)
        self._facts = Held(self._facts_of)

    def _parts(self, left: Rows, right: Rows) -> Iterator[Pairs]:
        """The pairs, so many at a time as their texts are read at once."""
        weights = np.cumsum(self._texts.sizes(left) + self._texts.sizes(right)) // _BYTES_AT_ONCE
        edges = [0, *(np.flatnonzero(np.diff(weights)) + 1).tolist(), len(left)]
        for first, last in pairwise(edges):
            if first < last:
                yield left[first:last], right[first:last]

    def similarities(self, left: Rows, right: Rows) -> np.ndarray:
        """The Jaccard similarity of the shingles of each pair, float64."""
        found = [np.zeros(0)]
        for one, other in self._parts(left, right):
            rows, places = np.unique(np.concatenate([one, other]), return_inverse=True)
            sets = shingle_sets(self._texts.take(rows), shingle_words=self._shingle_words)
            found.append(jaccards(sets.offsets, sets.values, places[: len(one)], places[len(one) :]))
        return np.concatenate(found)

    def difference(self, row: int, other: int) -> Difference:
        """What only one of the two states; nothing where nothing is asked."""
        if self._level == "off":
            return Difference(False, False, False)
        if row < other:
            return self._compared(row, other)
        found = self._compared(other, row)
        return Difference(found.b_only, found.a_only, found.clash)

    def _compare(self, row: int, other: int) -> Difference:
        return self._guard().compare(self._facts(row), self._facts(other))

    def _facts_of(self, row: int) -> Facts:
        return self._guard().facts_of(self._texts.text(row))

    def differing_words(self, row: int, other: int) -> tuple[str, ...]:
        """What differs, as it is written, of both, for people; nothing where nothing is asked."""
        if self._level == "off":
            return ()
        return self._guard().differing_words(self._facts(row), self._facts(other))

    def states_all_of(self, keeper: int, row: int) -> bool:
        """Whether what the row states stands in the other too, and not otherwise."""
        found = self.difference(row, keeper)
        return not found.clash and not found.a_only

    def _guard(self) -> Guard:
        """The guard, made when first asked for: it goes once through all texts to know their words."""
        if self._made is None:
            assert self._level != "off"
            known = Vocabulary.empty()
            for piece in self._texts.pieces:
                known.add(*buffers(piece.texts))
            self._made = Guard(self._level, known)
        return self._made
