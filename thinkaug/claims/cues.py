"""cues: "one form of {object} is {subject}" -> what finds it in a clause. Knows no relations and no facts.

A cue is words. `word*` takes any ending of at most seven letters, `...` stands for up to eight words, `[a|b c]` for
one of these and `[a|]` for `a` or nothing; `{subject}` and `{object}` are names, or lists of names ("a, b and c").
What the language passes over, such as articles, is left out of cue and clause alike, and commas, negations and adverbs
may stand between any two words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from thinkaug.claims.language import BREAK, MOST_ENDING, NOT, PRONOUN, Language
from thinkaug.claims.tokens import split

ELEMENT = "[\ue000-\uf8ff]"
"""What stands for a name, or for what could be one; these characters are no words."""
FIRST_ELEMENT, MOST_ELEMENTS = 0xE000, 0x1000

_PART = re.compile(r"\{(\w+)\}|(\.\.\.)|\[([^\[\]]*)\]|([^\s\[\]{}|]+)|([\[\]{}|])")
_BETWEEN = rf"(?: (?:[,{NOT}]|[a-z]+ly))*"
_GAP = rf"(?P<gap>(?: [^{BREAK} ]+){{0,8}}?)"
_SLOTS = ("subject", "object")


def listing(joiners: Iterable[str], behind: str = "") -> str:
    """A pattern for one element, or for a list of them that is joined before its last and has `behind` behind it."""
    joined = "|".join(map(re.escape, sorted(joiners)))
    return rf"{ELEMENT}(?:(?: , {ELEMENT})*(?: ,)? (?:{joined}) {ELEMENT}{behind})?"


@dataclass(frozen=True, slots=True)
class Found:
    """A cue at `[start, end)` of a row.

    Attributes:
        first: where its words begin, after a slot that it opens with.
        last: where they end, before a slot that it closes with.
        size: how many characters of words it has.
        subject: the stretch of the row in that slot, or empty; so `object`.
    """

    start: int
    end: int
    first: int
    last: int
    size: int
    subject: str
    object: str


class Cue:
    """One cue, ready to be looked for.

    Raises:
        ValueError: it is none; the message says why.
    """

    def __init__(self, text: str, language: Language, *, qualifier: str = "", denies: bool = False) -> None:
        self.text, self.qualifier, self.denies = text, qualifier, denies
        self.words: set[str] = set()
        self._language = language
        pattern, anchors, slots = [], [""], []
        parts = list(_parts(text))
        for index, (kind, content) in enumerate(parts):
            if kind == "slot":
                if content not in _SLOTS or content in slots:
                    known = "it stands there twice" if content in slots else "the slots are {subject} and {object}"
                    raise ValueError(f"{{{content}}}: {known}")
                slots.append(content)
                pattern.append("" if not index else _BETWEEN)
                pattern.append(self._slot(content, last=index == len(parts) - 1))
            elif kind == "gap":
                if _GAP in pattern or not 0 < index < len(parts) - 1:
                    raise ValueError("'...' stands once, between words")
                pattern.append(_GAP)
            else:
                choices = [tuple(language.simplified(_words(choice))) for choice in content.split("|")]
                self.words.update(word for choice in choices for word in choice)
                literal = "|".join(f"{_BETWEEN} ".join(map(_word, choice)) for choice in choices if choice)
                if not literal:
                    continue
                between = _BETWEEN if index else ""  # what stands before the cue is no part of it
                # The space before the words stands outside of them: so the search leaps from space to space.
                pattern.append(f"{between} (?:{literal})" if all(choices) else f"(?:{between} (?:{literal}))?")
                if all(choices):
                    rarest = [max(map(_anchor, choice), key=len) for choice in choices]
                    anchors = max(anchors, rarest, key=lambda each: min(map(len, each)))
        if not anchors[0]:
            raise ValueError("it has no words that are always there")
        self.anchors = tuple(anchors)
        self.slots = frozenset(slots)
        self.whole = len(slots) == len(_SLOTS)
        self.opens, self.closes = (part[1] if part[0] == "slot" else "" for part in (parts[0], parts[-1]))
        self._only_words = not slots and _GAP not in pattern
        self.bare = self.words <= language.auxiliaries
        self._pattern = re.compile(f"{''.join(pattern)}(?= )")

    def find(self, clause: str) -> Iterator[Found]:
        """Where it stands in a clause of words that are parted by single spaces."""
        for match in self._pattern.finditer(clause):
            if self._only_words:
                yield Found(*match.span(), *match.span(), match.end() - match.start(), "", "")
                continue
            groups = match.groupdict("")
            size = match.end() - match.start() - sum(map(len, groups.values()))
            first = match.end(self.opens) if self.opens else match.start()
            last = match.start(self.closes) if self.closes else match.end()
            yield Found(*match.span(), first, last, size, groups.get("subject", ""), groups.get("object", ""))

    def _slot(self, name: str, *, last: bool) -> str:
        pronoun = f"|{PRONOUN}" if name == "subject" else ""
        auxiliaries = "|".join(map(re.escape, sorted(self._language.auxiliaries)))
        # "a is b and c is d": what is followed by a verb begins the next statement.
        behind = f"(?! (?:{auxiliaries}) )" if last else ""
        return rf" (?P<{name}>{listing(self._language.joiners, behind)}{pronoun})"


class CueSearch:
    """Which of many cues may stand in a clause: those whose rarest word does."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._behind: dict[str, list[int]] = {}
        for index, cue in enumerate(cues):
            for anchor in cue.anchors:
                self._behind.setdefault(anchor, []).append(index)
        self._anchors = list(self._behind)
        self._automaton = AhoCorasick(self._anchors, MatchKind.Standard)

    def candidates(self, clause: str) -> set[int]:
        """The numbers of the cues to try."""
        found = {match[0] for match in self._automaton.find_matches_as_indexes(clause, overlapping=True)}
        return {index for anchor in found for index in self._behind[self._anchors[anchor]]}


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """What a cue is made of: ("slot", name), ("gap", "..."), ("words", choices)."""
    row: list[str] = []
    for match in _PART.finditer(text):
        slot, gap, choices, word, stray = match.groups()
        if stray:
            raise ValueError(f"'{stray}' stands alone")
        if word is not None:
            row.append(word)
            continue
        if row:
            yield "words", " ".join(row)
            row = []
        yield ("slot", slot) if slot else ("gap", gap) if gap else ("words", choices)
    if row:
        yield "words", " ".join(row)


def _words(text: str) -> list[str]:
    """The words of a choice; those with any ending keep their star."""
    found: list[str] = []
    for part in text.split():
        words = split(part.rstrip("*")).words
        if part.endswith("*") and words:
            words[-1] += "*"
        found += words
    return found


def _word(word: str) -> str:
    return f"{re.escape(word.rstrip('*'))}{f'[^ ]{{0,{MOST_ENDING}}}' if word.endswith('*') else ''}"


def _anchor(word: str) -> str:
    return f" {word.rstrip('*')}" if word.endswith("*") else f" {word} "
