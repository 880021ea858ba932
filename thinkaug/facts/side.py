"""side: the words of one text that the other has not -> those that are no other spelling, and how they are written.

Made only for two texts that differ. Knows nothing of what follows from it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.facts.merging import among, only
from thinkaug.facts.reading import read
from thinkaug.facts.spelling import misspellings, pieces, spelled
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.words import MARK, NUMBER, SINGLE, words_of

SHOWN = 8  # differing words, a side
_TRIED = 64  # words a side, in the order of the text: copies with more slips than that are hardly near duplicates
_PLACES_TRIED = 16  # of a word
_JOINED_LETTERS = 64  # hardly a word has more
_SHOWN_CHARS = 60
_SHORT_LETTERS = 4  # of such words a slip easily makes another one
_ACRONYM_LETTERS = 5
_ROMAN = frozenset(map(ord, "ivxlcdm"))
_DIGITS = frozenset(map(ord, "0123456789"))
_DENYING = ("a", "an", "in", "im", "un", "ab", "dis", "non")  # "a typical", "atypical"

Hashes = NDArray[np.uint64]


class Only(NamedTuple):
    """What one text has and the other has not."""

    content: Hashes
    numbers: Hashes


class Side:
    """One of two texts, given as its UTF-8."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.reading = raw, read(raw)
        self.words = self.reading.words
        self.spelled = spelled(raw, self.words)

    def places(self, value: int) -> list[int]:
        """Where a word stands."""
        places: list[int] = np.flatnonzero(self.words.hashes == np.uint64(value)).tolist()
        return places

    def in_order(self, values: Hashes) -> tuple[list[int], list[int]]:
        """These values in the order of the text, and where each stands first."""
        every, places = self.reading.content, self.reading.content_places
        inside = among(every, values)
        found: dict[int, int] = {}
        for value, place in zip(every[inside].tolist(), places[inside].tolist(), strict=True):
            found.setdefault(value, place)
        return list(found), list(found.values())

    def first_places(self, these: Only) -> list[int]:
        """Where the first of these words and numbers stand."""
        reading = self.reading
        places = _where(reading.content, reading.content_places, these.content)
        return sorted({*places, *_where(reading.numbers, reading.number_places, these.numbers)})[:_TRIED]

    def may_be_slip(self, place: int) -> bool:
        """Whether a word there may be a typing error or what it stands for: no number, code, Roman one or acronym."""
        if self.words.kinds[place] & (NUMBER | MARK | SINGLE):
            return False
        letters = set(self.spelled.letters(place))
        if letters & _DIGITS or letters <= _ROMAN:
            return False
        written = self.raw[self.words.starts[place] : self.words.ends[place]].decode("utf-8", "replace")
        return len(written) > _ACRONYM_LETTERS or len(written) == 1 or not written.isupper()

    def written(self, these: Only, frames: Hashes) -> tuple[str, ...]:
        """What of these is in the text, as it is written and in its order: some of it."""
        reading = self.reading
        spans: dict[int, tuple[int, int]] = {}
        for place in _where(reading.frames, reading.frame_places, frames):
            spans[place] = (place - 1, place + 1 if self.words.kinds[place] & NUMBER else place)
        for place in _where(reading.numbers, reading.number_places, these.numbers):
            spans[place] = (place, place + 1) if self.words.kinds[place] & NUMBER else (place - 1, place)
        for place in _where(reading.content, reading.content_places, these.content):
            spans[place] = (place, place + 1 if self.words.kinds[place] & SINGLE else place)
        return tuple(dict.fromkeys(self._between(*spans[place]) for place in sorted(spans)))[:SHOWN]

    def _between(self, first: int, last: int) -> str:
        start, end = self.words.starts[max(first, 0)], self.words.ends[min(last, len(self.words) - 1)]
        return " ".join(self.raw[start:end].decode("utf-8", "replace").split())[:_SHOWN_CHARS]


def explained(here: Side, mine: Only, there: Side, its: Only, known: Vocabulary) -> tuple[Only, Only]:
    """What is left on each side without other spellings of what the other side has."""
    joined, its_parts = _joined(here, mine, there)
    its_joined, parts = _joined(there, its, here)
    mine = Only(_without(mine.content, joined | parts), _without(mine.numbers, joined | parts))
    its = Only(_without(its.content, its_joined | its_parts), _without(its.numbers, its_joined | its_parts))
    left, its_left = _misspelt(here, mine.content, there, known), _misspelt(there, its.content, here, known)
    return Only(left, mine.numbers), Only(its_left, its.numbers)


def _joined(here: Side, mine: Only, there: Side) -> tuple[set[int], set[int]]:
    """Words here that are several in a row there, and those. Of bare numbers that says nothing: 25 and 2 5."""
    whole: set[int] = set()
    parts: set[int] = set()
    for place in here.first_places(mine):
        if here.words.kinds[place] & (NUMBER | SINGLE) or here.spelled.length(place) > _JOINED_LETTERS:
            continue
        first, last = pieces(here.spelled, place, there.spelled)
        if last - first < 2 or int(there.words.hashes[first]) in _denying():
            continue
        whole.add(int(here.words.hashes[place]))
        parts.update(map(int, there.words.hashes[first:last]))
    return whole, parts


def _misspelt(here: Side, content: Hashes, there: Side, known: Vocabulary) -> Hashes:
    """The words that are left without those that there are misspelt, or that are misspelt here."""
    kept: list[int] = []
    unexplained = 0
    for tried, (value, place) in enumerate(zip(*here.in_order(content), strict=True)):
        if tried < _TRIED and unexplained < SHOWN and _is_slip(here, value, place, there, known):
            continue
        kept.append(value)
        unexplained += 1
    return np.array(sorted(kept), np.uint64)


def _is_slip(here: Side, value: int, first: int, there: Side, known: Vocabulary) -> bool:
    places = here.places(value)[:_PLACES_TRIED]
    if not places or not here.may_be_slip(first):
        return False
    for place in places:
        for other in misspellings(here.spelled, place, there.spelled):
            if there.may_be_slip(other) and _differ_by_slip(here, place, there, int(other), known):
                return True
    return False


def _differ_by_slip(here: Side, place: int, there: Side, other: int, known: Vocabulary) -> bool:
    """Whether one of the two is a typing error: nobody else writes so, and its text does it once."""
    mine, its = here.words.hashes[place], there.words.hashes[other]
    common, its_common = known.established(np.array([mine, its], np.uint64)).tolist()
    wrong = not common and len(here.places(mine)) == 1
    its_wrong = not its_common and len(there.places(its)) == 1
    if max(here.spelled.length(place), there.spelled.length(other)) <= _SHORT_LETTERS:
        return (wrong and its_common) or (its_wrong and common)
    return wrong or its_wrong


def _where(values: Hashes, places: NDArray[np.int32], wanted: Hashes) -> list[int]:
    found: list[int] = places[among(values, wanted)].tolist()
    return found


def _without(values: Hashes, some: set[int]) -> Hashes:
    return only(values, np.array(sorted(some), np.uint64)) if some else values


@cache
def _denying() -> frozenset[int]:
    return frozenset(int(words_of(word).hashes[0]) for word in _DENYING)
