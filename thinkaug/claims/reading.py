"""reading: text -> the statements its sentences make. Knows no verdicts, and calls no model.

A sentence states a relation where one of the relation's cues stands, it neither asks nor supposes, and the names beside
the cue can be told apart: by their kinds, which the table of facts knows, or by the places that the cue gives them. In
doubt it states nothing, or something `ambiguous`: unresolved is better than wrong.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from thinkaug.claims import Statement
from thinkaug.claims.clauses import MOST_TOKENS, Element, Rows
from thinkaug.claims.language import Language
from thinkaug.claims.mentions import Names
from thinkaug.claims.relations import Relations
from thinkaug.claims.stating import Stating
from thinkaug.claims.tokens import split
from thinkaug.knowledge.facts import Facts, kind_of
from thinkaug.segmentation.boundaries import sentence_starts


class Reader:
    """Reads statements with the names and the kinds of a table of facts, and the cues of its relations.

    Making one takes about as long as reading all names once; it may be used for any number of texts.
    """

    def __init__(self, facts: Facts, relations: Relations) -> None:
        """Take the names from `facts` and the cues from `relations`."""
        self._language = Language(relations.words)
        self._language.learn_cues(word for cues in relations.cues.values() for cue in cues for word in cue.words)
        self._names = Names(facts.names(), self._language.is_word)
        self._rows = Rows(self._language, kind_of)
        self._stating = Stating(relations, {name: facts.kinds(name) for name in facts.relations}, self._language)

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements of all sentences of a step, in order, each once; none where it states nothing."""
        tokens = split(text)
        mentions = self._names.find(text, tokens)
        if not mentions:
            return ()
        places = [mention.first for mention in mentions]
        found: dict[Statement, None] = {}
        earlier: Sequence[Element] = ()
        starts = [0, len(text)] if _is_one_sentence(text) else [0, *sentence_starts(text), len(text)]
        for start, end in pairwise(starts):
            first, last = bisect_left(tokens.starts, start), bisect_left(tokens.starts, end)
            inside = mentions[bisect_left(places, first) : bisect_left(places, last)]
            if inside and inside[-1].end > last:
                inside.pop()  # a name that runs over the end of a sentence is none
            if not inside or last - first > MOST_TOKENS:
                earlier = ()
                continue
            if tokens.words[last - 1] == "?" or self._language.opens(tokens.words[first:last]):
                earlier = ()
                continue
            row = self._rows.row(text, tokens, inside, first, last)
            sentence = text[start:end].strip()
            stated, earlier = self._stating.read(row, sentence, earlier)
            found |= dict.fromkeys(stated)
        return tuple(found)


def _is_one_sentence(text: str) -> bool:
    """Whether it surely is one, told without looking closely."""
    return text.isascii() and "\n" not in text and not any(stop in text[:-1] for stop in ".!?")
