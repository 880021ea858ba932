"""quote: (entry's text, weighted words) -> the piece of the text that answers best. Knows no index."""

from collections.abc import Iterator, Mapping
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
    for piece in _pieces(text):
        weight = sum(weights.get(token, 0.0) for token in set(tokenize(piece)) & weights.keys())
        if weight > most:
            best, most = piece, weight
    return best


def _pieces(text: str) -> Iterator[str]:
    for start, end in pairwise((0, *sentence_starts(text), len(text))):
        sentence = text[start:end]
        for low, high in windows(sentence, MOST_CHARS):
            if piece := sentence[low:high].strip():
                yield piece
