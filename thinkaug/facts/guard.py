"""guard: two texts -> what only one of them states, and where they contradict. Knows no corpus but its words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from thinkaug.facts.explaining import compared, denying, left_over
from thinkaug.facts.legible import bare, is_bare, legible
from thinkaug.facts.merging import clashing
from thinkaug.facts.reading import Reading, read
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.facts.wording import written
from thinkaug.lexing.letters import letters

Level = Literal["entities", "numbers"]

_BARE_WORDS = 30  # fewer may well do without punctuation
_EVERY = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a text states: about 15 bytes for each of the text.

    Args:
        raw: the legible text, UTF-8.
        bare: it has no punctuation, as if that had been taken out.
        reading: each thing that it states once.
    """

    raw: bytes
    bare: bool
    reading: Reading


@dataclass(frozen=True, slots=True)
class Difference:
    """What two texts state, compared.

    Args:
        a_only: the first states something that the second has nowhere.
        b_only: the second states something that the first has nowhere.
        clash: in one spot they state different things: another number, unit or sign, or one of them denies it.
    """

    a_only: bool
    b_only: bool
    clash: bool

    @property
    def apart(self) -> bool:
        """Whether neither can stand for the other."""
        return self.clash or (self.a_only and self.b_only)


_SAME = Difference(False, False, False)


class Guard:
    """Compares texts. Safe in several threads.

    Args:
        level: `numbers`: numbers, units, signs, negations; `entities`: all words too.
        known: the words of the corpus, so that a typing error can be told from a name.
    """

    def __init__(self, level: Level, known: Vocabulary) -> None:
        self._all_words, self._known = level == "entities", known

    def facts_of(self, text: str) -> Facts:
        """What a text states."""
        clear = legible(text)
        return _facts(clear, is_bare(clear))

    def compare(self, a: Facts, b: Facts) -> Difference:
        """The difference of two texts."""
        if a.raw == b.raw:
            return _SAME
        one, other = _alike(a, b)
        mine, its, clash = compared(one.reading, other.reading, *self._by())
        more = _states_more(one.reading, other.reading)
        its_more = _states_more(other.reading, one.reading)
        return Difference(mine or more, its or its_more, clash)

    def differing_words(self, a: Facts, b: Facts) -> tuple[str, ...]:
        """What differs, as it is written, of both, for people: the first few of each; those of the first come first."""
        if a.raw == b.raw:
            return ()
        a, b = _alike(a, b)
        mine, its = left_over(a.reading, b.reading, *self._by(), _EVERY)
        frames = clashing(a.reading.frames, b.reading.frames)
        here, there = a.reading.stated[mine], b.reading.stated[its]
        return *written(a.raw, here, frames), *written(b.raw, there, frames)

    def _by(self) -> tuple[bool, np.ndarray, np.ndarray, np.ndarray]:
        return self._all_words, letters().folds, self._known.tables, denying()


def _states_more(one: Reading, other: Reading) -> bool:
    return one.negations > other.negations or one.affirmations > other.affirmations


def _facts(text: str, bared: bool) -> Facts:
    raw = text.encode("utf-8", "surrogatepass")
    reading = read(raw)
    return Facts(raw, bared and len(reading.hashes) >= _BARE_WORDS, reading)


def _alike(a: Facts, b: Facts) -> tuple[Facts, Facts]:
    """Where one of the two has no punctuation, both without."""
    return (a, b) if a.bare == b.bare else (_unpunctuated(a), _unpunctuated(b))


def _unpunctuated(facts: Facts) -> Facts:
    if facts.bare:
        return facts
    return _facts(bare(facts.raw.decode("utf-8", "surrogatepass")), True)
