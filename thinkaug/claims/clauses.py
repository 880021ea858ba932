"""clauses: a sentence -> a row of words and elements that cues can be looked for in. Knows no relations.

An element stands for a name, or for words that could be one that the facts lack. A name inside a longer one that they
lack ("pulmonary hypertension", "cancer pain" where only hypertension and cancer are known) is an element without an
entity: to read it as the shorter name would say something else.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thinkaug.claims.cues import ELEMENT, FIRST_ELEMENT, MOST_ELEMENTS
from thinkaug.claims.language import BREAK, CONTRAST, NOT, NUMBER, Language
from thinkaug.claims.mentions import Mention
from thinkaug.claims.tokens import Tokens

MOST_TOKENS = 400  # of a sentence; what is longer is none
_FEWEST_NAME_CHARS = 4  # of words that could be a name
_MOST_NAME_WORDS = 3  # that are strange, in a row
_HYPHENS = "-\u2010\u2011"
_ELEMENTS = re.compile(ELEMENT)
_LAPSED = "~"  # where an element was that says nothing


@dataclass(slots=True)
class Element:
    """What is named.

    Attributes:
        entities: their ids; more than one where the name is ambiguous, none where it is no known name.
        kinds: of those entities; they stay where a known name is only a part of an unknown one.
        denied: whether "not" stands before it: "in gout, not in asthma".
        placed: whether it stands where the name of a subject or object would.
    """

    entities: tuple[str, ...]
    kinds: frozenset[str]
    denied: bool = False
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence. `text` is its words, parted and surrounded by single spaces, elements as one character each."""

    text: str
    elements: Sequence[Element]

    def signs(self, text: str) -> list[str]:
        """The characters in a piece of the row that stand for elements."""
        return _ELEMENTS.findall(text)

    def names(self, start: int, end: int) -> bool:
        """Whether an element stands in that stretch of the row."""
        return _ELEMENTS.search(self.text, start, end) is not None

    def at(self, sign: str) -> Element:
        """The element that a character stands for."""
        return self.elements[ord(sign) - FIRST_ELEMENT]


class Rows:
    """Makes rows of sentences in one language; `kind_of` tells the kind of an entity."""

    def __init__(self, language: Language, kind_of: Callable[[str], str]) -> None:
        self._language, self._kind_of = language, kind_of
        joined = "|".join(map(re.escape, sorted(language.joiners)))
        self._aside = re.compile(rf"({ELEMENT}) , ({ELEMENT}) ,(?! (?:{joined}|{ELEMENT}) )")

    def row(self, text: str, tokens: Tokens, mentions: Sequence[Mention], first: int, end: int) -> Row:
        """The row of the sentence of tokens `first` up to `end`, with the mentions inside it."""
        elements: list[Element] = []
        signs = self._signs(text, tokens, mentions, first, end, elements)
        settled = f" {' '.join(self._settled(signs, elements))} "
        if settled.count(",") > 1:
            settled = self._aside.sub(lambda match: self._without_aside(match, elements), settled)
        return Row(settled, elements)

    def _signs(
        self, text: str, tokens: Tokens, mentions: Sequence[Mention], at: int, end: int, elements: list[Element]
    ) -> list[str]:
        """Words, signs and elements in order; what stands in round brackets is passed over."""
        language, words = self._language, tokens.words
        signs: list[str] = []
        following = iter(mentions)
        mention = next(following, None)
        depth = 0
        while at < end:
            while mention is not None and mention.first < at:
                mention = next(following, None)
            limit = mention.first if mention is not None else end
            word = words[at]
            if word in "()":
                depth = max(0, depth + (1 if word == "(" else -1))
                at += 1
            elif at == limit and mention is not None:
                if not depth:
                    kinds = frozenset(map(self._kind_of, mention.entities))
                    whole = not _compound(text, tokens, mention)
                    signs.append(_added(elements, Element(mention.entities if whole else (), kinds)))
                at = mention.end
            elif (alone := language.alone(word)) is not None:
                signs.extend(alone if not depth else ())
                at += 1
            elif (phrase := language.phrase(words, at, limit)) is not None:
                signs.extend(phrase[1] if not depth else ())
                at += phrase[0]
            elif language.plain(word):
                signs.extend((word,) if not depth else ())
                at += 1
            else:
                start = at
                at += 1
                while at < limit and words[at][0].isalnum() and not language.plain(words[at]):
                    at += 1
                if not depth:
                    signs.append(self._stranger(words[start:at], elements))
        return signs

    def _stranger(self, words: Sequence[str], elements: list[Element]) -> str:
        if sum(map(str.isalpha, "".join(words))) < _FEWEST_NAME_CHARS:
            return NUMBER
        return _added(elements, Element((), frozenset(), placed=len(words) <= _MOST_NAME_WORDS))

    def _settled(self, signs: list[str], elements: Sequence[Element]) -> list[str]:
        """Names that are parts of longer ones lose their entities, denials go to the names behind them."""
        language = self._language
        settled: list[str] = []
        skip = False
        for index, sign in enumerate(signs):
            if skip:
                skip = False
                continue
            if not _is_element(sign):
                settled.append(sign)
                continue
            element = elements[ord(sign) - FIRST_ELEMENT]
            before = settled[-1] if settled else BREAK
            after = signs[index + 1] if index + 1 < len(signs) else BREAK
            if element.kinds:
                while settled and settled[-1] in language.quality_ends and (length := self._quality(settled)):
                    del settled[-length:]
                if self._longer(settled, elements):
                    element.entities = ()
                before = settled[-1] if settled else BREAK
                if after == "of":
                    element.entities = ()
                if self._stranger_at(after, elements):
                    # Behind the first name of a clause comes its verb, unless a verb comes later.
                    third = signs[index + 2] if index + 2 < len(signs) else BREAK
                    if not language.begins(before) or third in language.auxiliaries or language.cues(third):
                        element.entities = ()
                        skip = True
                    else:
                        signs[index + 1] = _LAPSED
            if before == CONTRAST:
                settled.pop()
                continue
            element.placed &= bool(element.kinds) or self._placed(before)
            self._deny(settled, element, elements)
            settled.append(sign)
        return settled

    def _deny(self, settled: list[str], element: Element, elements: Sequence[Element]) -> None:
        """Take the "not" before a name, or before its preposition, or before the list that it stands in."""
        back = 2 if settled and settled[-1] in self._language.prepositions else 1
        if len(settled) >= back and settled[-back] == NOT:
            del settled[-back]
            element.denied = True
        elif len(settled) >= 2 and settled[-1] in self._language.joiners and _is_element(settled[-2]):
            element.denied = elements[ord(settled[-2]) - FIRST_ELEMENT].denied

    def _quality(self, settled: Sequence[str]) -> int:
        """How many words at the end are such as may stand before any name."""
        for length in (2, 1):
            if len(settled) >= length and tuple(settled[-length:]) in self._language.qualities:
                return length
        return 0

    def _longer(self, settled: list[str], elements: Sequence[Element]) -> bool:
        """Take what makes the name that follows a part of a longer one from the end, and say whether there was any."""
        for length in (1, 2):  # a strange word, or one with a plain word behind it
            sign = settled[-length] if len(settled) >= length else BREAK
            if not ((sign == NUMBER and length == 1) or self._stranger_at(sign, elements)):
                continue
            between = settled[-1] if length == 2 else ""
            if between and (self._language.is_closed(between) or self._language.cues(between)):
                continue
            del settled[-length:]
            return True
        return False

    def _placed(self, before: str) -> bool:
        language = self._language
        return language.begins(before) or before in language.prepositions or language.cues(before)

    def _without_aside(self, match: re.Match[str], elements: Sequence[Element]) -> str:
        """ "gout, a metabolic disease, is ...": what is set between commas is said beside, and is of the same kind."""
        one, other = (elements[ord(sign) - FIRST_ELEMENT] for sign in match.groups())
        return f"{match[1]} ," if one.kinds & other.kinds and one.denied == other.denied else match[0]

    def _stranger_at(self, sign: str, elements: Sequence[Element]) -> bool:
        return _is_element(sign) and not elements[ord(sign) - FIRST_ELEMENT].kinds


def _is_element(sign: str) -> bool:
    return "\ue000" <= sign <= "\uf8ff"  # no word begins with one of these characters


def _added(elements: list[Element], element: Element) -> str:
    """The sign of a further element."""
    if len(elements) == MOST_ELEMENTS:
        return _LAPSED
    elements.append(element)
    return chr(FIRST_ELEMENT + len(elements) - 1)


def _compound(text: str, tokens: Tokens, mention: Mention) -> bool:
    """Whether a hyphen ties the name to a word before or behind: cancer-free, HIV-positive."""
    start, end = tokens.starts[mention.first], tokens.ends[mention.end - 1]
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    tied_before = len(before) == 2 and before[1] in _HYPHENS and before[0].isalnum()
    return tied_before or (len(behind) == 2 and behind[0] in _HYPHENS and behind[1].isalnum())
