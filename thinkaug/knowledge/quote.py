"""quote: (entry's text, weighted words) -> the piece of the text that answers best. Knows no index."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from thinkaug.knowledge.tokens import Tokenizer
from thinkaug.segmentation.boundaries import sentence_starts, windows

MOST_CHARS = 400


def quote(text: str, pieces: Iterable[tuple[int, int]], weights: Mapping[str, float], tokenize: Tokenizer) -> str:
    """The piece that holds most of the weight; the first where several do.

    Args:
        text: an entry's.
        pieces: where its pieces lie, see `cut`.
        weights: how much each word of the query says; each counts once a piece.
        tokenize: how the text falls into such words.

    Returns:
        A piece of `text` letter for letter; empty where there is none.
    """
    best, most = "", -1.0
    for start, end in pieces:
        piece = text[start:end]
        tokens = set(tokenize(piece))
        weight = sum(value for token, value in weights.items() if token in tokens)  # in one order, always
        if weight > most:
            best, most = piece, weight
    return best


def cut(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end, and the parts of those longer than MOST_CHARS, without white space outside."""
    for start, end in pairwise((0, *sentence_starts(text), len(text))):
        sentence = text[start:end]
        for low, high in windows(sentence, MOST_CHARS):
            piece = sentence[low:high]
            if bare := piece.strip():
                begin = start + low + len(piece) - len(piece.lstrip())
                yield begin, begin + len(bare)
