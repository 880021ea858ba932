"""tokens: text -> its words, folded, and the punctuation between them, with their places. Knows no names.

A word is a run of letters, marks and digits; the 's of a genitive is left out, so that Parkinson disease and
Parkinson's disease are one. Punctuation counts where it parts: the comma of 1,4-dioxane does not.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import regex  # type: ignore[import-untyped,unused-ignore]

from thinkaug.knowledge.tokens import fold

_MOST_WORD_CHARS = 96  # nothing longer is a word, and sorting long runs of marks takes long

_ASCII = re.compile(r"([a-z0-9]+(?:'[a-z]+)*+)|([,;:.!?](?=\s|\Z)|[()\[\]])|(?<=\s)(--?)(?=\s)")
_ANY = regex.compile(
    r"(?V1)([\p{L}\p{M}\p{N}]++(?:['\u2019]\p{L}++)*+)"
    r"|([,;:.!?](?=\s|\Z)|[()\[\]\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u061f\u061b\u060c\u0964])"
    r"|(\u2014|(?<=\s)(?:--?|\u2013)(?=\s))"
)
_SIGNS = str.maketrans("\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u061f\u061b\u060c\u0964", ".,,;:?!?;,.")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and signs of a text, and where each begins and ends in it, in code points."""

    words: list[str]
    starts: list[int]
    ends: list[int]


def split(text: str) -> Tokens:
    """The tokens of a text, in order; a dash that parts is a comma."""
    words, starts, ends = [], [], []
    plain = text.isascii()
    for match in _ASCII.finditer(text.lower()) if plain else _ANY.finditer(text):
        start, end = match.span()
        kind = match.lastindex
        if kind == 1:
            word = match[1] if plain else _folded(match[1])
            if "'" in word and word.endswith("'s"):
                word = word[:-2]
            if not word:
                continue
        else:
            word = "," if kind == 3 else match[2].translate(_SIGNS)
        words.append(word)
        starts.append(start)
        ends.append(end)
    return Tokens(words, starts, ends)


@lru_cache(1 << 14)
def _folded(word: str) -> str:
    return "".join(fold(word[:_MOST_WORD_CHARS]).replace("\u2019", "'").split())
