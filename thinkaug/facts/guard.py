"""guard: two texts -> what only one of them states, and where they contradict. Knows no corpus but its words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from thinkaug.facts.legible import bare, is_bare, legible
from thinkaug.facts.merging import clashing, only
from thinkaug.facts.reading import read
from thinkaug.facts.side import Hashes, Only, Side, explained
from thinkaug.facts.vocabulary import Vocabulary

Level = Literal["entities", "numbers"]

_BARE_WORDS = 30  # fewer may well do without punctuation


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a text states.

    Args:
        raw: the legible text, UTF-8.
        bare: it has no punctuation, as if that had been taken out.
        content: the hashes of its words, uint64, sorted, each once; of letter pairs in scripts without spaces.
        numbers: likewise, of its numbers.
        frames: what fills which frame, uint64, sorted, as often as it does.
        negations: how many.
        affirmations: how many.
    """

    raw: bytes
    bare: bool
    content: Hashes
    numbers: Hashes
    frames: Hashes
    negations: int
    affirmations: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What two texts state, compared.

    Args:
        a_only: the first states something that the second has nowhere.
        b_only: the second states something that the first has nowhere.
        clash: in one spot they state different things: another number, unit or sign, or one of them denies it.
        words: what differs, as it is written, of both, for people: the first few.
    """

    a_only: bool
    b_only: bool
    clash: bool
    words: tuple[str, ...]

    @property
    def apart(self) -> bool:
        """Whether neither can stand for the other."""
        return self.clash or (self.a_only and self.b_only)


_SAME = Difference(False, False, False, ())


class Guard:
    """Compares texts. Safe in several threads.

    Args:
        level: `numbers`: numbers, units, signs, negations; `entities`: all words too.
        known: the words of the corpus, so that a typing error can be told from a name.
    """

    def __init__(self, level: Level, known: Vocabulary) -> None:
        self._words_count, self._known = level == "entities", known

    def facts_of(self, text: str) -> Facts:
        """What a text states."""
        clear = legible(text)
        return _facts(clear, is_bare(clear))

    def compare(self, a: Facts, b: Facts) -> Difference:
        """The difference of two texts; of `words`, those of the first stand first."""
        if a.raw == b.raw:
            return _SAME
        if a.bare != b.bare:
            a, b = _unpunctuated(a), _unpunctuated(b)
        numbers, its_numbers = only(a.numbers, b.numbers), only(b.numbers, a.numbers)
        content: Hashes = np.empty(0, np.uint64)
        its_content = content
        if self._words_count:
            content, its_content = only(a.content, b.content), only(b.content, a.content)
        clash = clashing(a.frames, b.frames)
        words: tuple[str, ...] = ()
        if len(numbers) or len(its_numbers) or len(content) or len(its_content) or len(clash):
            here, there = Side(a.raw), Side(b.raw)
            left, its_left = explained(here, Only(content, numbers), there, Only(its_content, its_numbers), self._known)
            numbers, its_numbers = left.numbers, its_left.numbers
            content, its_content = left.content, its_left.content
            words = (*here.written(left, clash), *there.written(its_left, clash))
        more = a.negations > b.negations or a.affirmations > b.affirmations
        its_more = b.negations > a.negations or b.affirmations > a.affirmations
        return Difference(
            a_only=bool(len(numbers) or len(content)) or more,
            b_only=bool(len(its_numbers) or len(its_content)) or its_more,
            clash=bool(len(clash)),
            words=words,
        )


def _facts(text: str, bared: bool) -> Facts:
    raw = text.encode("utf-8", "surrogatepass")
    reading = read(raw)
    return Facts(
        raw=raw,
        bare=bared and len(reading.words) >= _BARE_WORDS,
        content=np.unique(reading.content),
        numbers=np.unique(reading.numbers),
        frames=np.sort(reading.frames),
        negations=reading.negations,
        affirmations=reading.affirmations,
    )


def _unpunctuated(facts: Facts) -> Facts:
    if facts.bare:
        return facts
    return _facts(bare(facts.raw.decode("utf-8", "surrogatepass")), True)
