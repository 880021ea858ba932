"""quote: (entry's text, weighted words) -> the piece of the text that answers best. Knows no index."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from thinkaug.boundaries import sentence_starts, windows
from thinkaug.knowledge.tokens import Tokenizer

MOST_CHARS = 400


def quote(text: str, weights: Mapping[str, float], tokenize: Tokenizer) -> str:
    """The sentence, or piece of one longer than MOST_CHARS, that holds most of the weight; the first where several do.

    Args:
        text: an entry's.
        weights: how much each word of the query says; each counts once a piece.
        tokenize: how the text falls into such words.

    Returns:
        A piece of `text` letter for letter, without outer white space.
    """
    best, most = "", -1.0
    for piece, tokens in _pieces(text, tokenize):
        weight = sum(value for token, value in weights.items() if token in tokens)  # in one order, always
        if weight > most:
            best, most = piece, weight
    return best


@lru_cache(maxsize=4096)  # all candidates of a stretch look up the same few names
def _pieces(text: str, tokenize: Tokenizer) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((piece, frozenset(tokenize(piece))) for piece in _cut(text))


def _cut(text: str) -> Iterator[str]:
    for start, end in pairwise((0, *sentence_starts(text), len(text))):
        sentence = text[start:end]
        for low, high in windows(sentence, MOST_CHARS):
            if piece := sentence[low:high].strip():
                yield piece
