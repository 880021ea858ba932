"""language: what a sentence says apart from any field: which words deny, ask, suppose, and can be no name.

Phrases are put into signs of one character each, which no text can hold as words; the patterns of cues and clauses are
written with them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from thinkaug.claims.tokens import split

NOT, MORE, EXCEPT, CONTRAST, UNREAL, BREAK, PRONOUN, NUMBER = "\u00ac\u2248\u2216\u2260\u203d\u2016\u261e#"
_BEGINNINGS = frozenset((NOT, MORE, BREAK, PRONOUN, ","))

_ENDINGS = (("ies", "y"), ("ing", ""), ("ing", "e"), ("es", ""), ("ed", ""), ("s", ""), ("d", ""))
MOST_ENDING = 7  # letters that `*` in a cue stands for
_MOST_REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Words:
    """The lists of a language, as `relations/words/english.yaml` explains them."""

    passed_over: tuple[str, ...]
    alike: Mapping[str, tuple[str, ...]]
    auxiliaries: tuple[str, ...]
    negations: tuple[str, ...]
    more_than: tuple[str, ...]
    affirmed: tuple[str, ...]
    exceptions: tuple[str, ...]
    contrasts: tuple[str, ...]
    openings: tuple[str, ...]
    unreal: tuple[str, ...]
    joiners: tuple[str, ...]
    breaks: tuple[str, ...]
    pauses: tuple[str, ...]
    pronouns: tuple[str, ...]
    prepositions: tuple[str, ...]
    qualities: tuple[str, ...]
    endings: tuple[str, ...]
    plain: str


class Language:
    """The words of a language, made ready for look-up."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
        for sign, phrases in (
            ((), (*words.passed_over, *words.affirmed)),
            ((NOT,), words.negations),
            ((MORE,), words.more_than),
            ((EXCEPT,), words.exceptions),
            ((CONTRAST,), words.contrasts),
            ((UNREAL,), words.unreal),
            ((BREAK,), words.breaks),
            ((PRONOUN,), words.pronouns),
            *(((one,), many) for one, many in words.alike.items()),
        ):
            for phrase in phrases:
                parts = tuple(split(phrase).words)
                if parts:
                    self._phrases[parts[0]].append((parts, sign))
        for rows in self._phrases.values():
            rows.sort(key=lambda row: -len(row[0]))
        self._openings = frozenset(tuple(split(phrase).words) for phrase in words.openings)
        self._longest_opening = max(map(len, self._openings), default=0)
        self.joiners, self.pauses = frozenset(words.joiners), frozenset(words.pauses)
        self._beginnings = _BEGINNINGS | self.joiners | self.pauses
        self.auxiliaries = frozenset(words.auxiliaries)
        self.prepositions = frozenset(words.prepositions)
        self.closed = frozenset(
            word
            for group in (words.joiners, words.pauses, words.pronouns, words.prepositions, words.endings)
            for word in group
        )
        self._plain = {*words.plain.split(), *self.closed, *self.auxiliaries, *words.alike}
        self._remembered: dict[str, bool] = {}
        self._cue_words: set[str] = set()
        self._stems: tuple[str, ...] = ()
        self.qualities = frozenset(tuple(self.simplified(split(phrase).words)) for phrase in words.qualities)
        self.quality_ends = frozenset(quality[-1] for quality in self.qualities if quality)
        self._alone: dict[str, tuple[str, ...] | None] = {}

    def phrase(self, words: Sequence[str], at: int, end: int) -> tuple[int, tuple[str, ...]] | None:
        """The longest phrase that begins at word `at` and ends before `end`: its words, and the signs for it."""
        for parts, signs in self._phrases.get(words[at], ()):
            length = len(parts)
            if length == 1 or (at + length <= end and tuple(words[at : at + length]) == parts):
                return length, signs
        return None

    def alone(self, word: str) -> tuple[str, ...] | None:
        """The signs for a word or punctuation mark that means the same whatever follows it; None for all others."""
        if word in self._alone:
            return self._alone[word]
        rows = self._phrases.get(word)
        signs: tuple[str, ...] | None = (word,) if self.plain(word) or not word[0].isalnum() else None
        if rows:
            signs = rows[0][1] if len(rows[0][0]) == 1 else None  # the longest stands first
        if len(self._alone) < _MOST_REMEMBERED:
            self._alone[word] = signs
        return signs

    def simplified(self, words: Sequence[str]) -> Iterator[str]:
        """The words with the signs of their phrases."""
        at = 0
        while at < len(words):
            length, signs = self.phrase(words, at, len(words)) or (1, (words[at],))
            yield from signs
            at += length

    def is_closed(self, sign: str) -> bool:
        """Whether that is a small word, an auxiliary verb, or a sign: no part of a name, wherever it stands."""
        return sign in self.closed or sign in self.auxiliaries or not sign[0].isalnum()

    def begins(self, before: str) -> bool:
        """Whether behind that word or sign a statement may begin; behind nothing too."""
        return not before or before in self._beginnings or before.endswith("ly")

    def opens(self, words: Sequence[str]) -> bool:
        """Whether a sentence that begins with these words asks or supposes."""
        return any(tuple(words[:length]) in self._openings for length in range(1, self._longest_opening + 1))

    def plain(self, word: str) -> bool:
        """Whether that word is no part of a name: a word of the list, one of its inflections, an adverb, a phrase."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[word] = self._is_plain(word)
        return known

    def learn_cues(self, words: Iterable[str]) -> None:
        """Take the words of the cues for plain words too; `word*` with any ending."""
        words = set(words)
        self._cue_words |= {word for word in words if not word.endswith("*")}
        self._stems = tuple(sorted({*self._stems, *(word[:-1] for word in words if word.endswith("*"))}))
        self._remembered.clear()
        self._alone.clear()

    def cues(self, word: str) -> bool:
        """Whether that is a word of a cue."""
        if word in self._cue_words:
            return True
        return word.startswith(self._stems) and any(
            word.startswith(stem) and len(word) - len(stem) <= MOST_ENDING for stem in self._stems
        )

    def is_word(self, word: str) -> bool:
        """Whether that is a word of the language, so that alone it is no name."""
        return word in self._plain or word in self._phrases or word in self._cue_words or self._inflected(word)

    def _is_plain(self, word: str) -> bool:
        return self.is_word(word) or word.endswith("ly") or self.cues(word)

    def _inflected(self, word: str) -> bool:
        return any(
            word.endswith(ending) and (stem := word[: -len(ending)]) and stem + instead in self._plain
            for ending, instead in _ENDINGS
        )
