"""diversity: the thoughts of a corpus -> how much they repeat each other. Knows nothing of records.

Words are those of `thinkaug.words`. All three fall, or rise, with the number of texts that they look at: compare
corpora by equal numbers.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from thinkaug.words import words

OPENINGS = 20
OPENING_WORDS = 3
BLEU_ORDER = 4


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much the thoughts of a corpus repeat each other. Shares in [0, 1]; None where too little was there.

    Args:
        thoughts: how many there are.
        compared: how many of them, drawn evenly, `distinct_1`, `distinct_2` and `self_bleu` look at.
        distinct_1: different words among all words.
        distinct_2: different pairs of words among all pairs.
        opening_share: thoughts that begin with one of the 20 commonest openings.
        self_bleu: how well a thought is foretold by the others.
    """

    thoughts: int
    compared: int
    distinct_1: float | None
    distinct_2: float | None
    opening_share: float | None
    self_bleu: float | None


def corpus_diversity(thoughts: Iterable[str], *, compared: int = 500, seed: int = 0) -> Diversity:
    """The diversity of a corpus, in one pass; of the thoughts only `compared` are held.

    Args:
        thoughts: the text of each, its steps a line each.
        compared: how many are drawn for the measures that compare words.
        seed: of the drawing; the same thoughts in the same order give the same figures.
    """
    drawn: list[str] = []
    openings: Counter[tuple[str, ...]] = Counter()
    random = np.random.default_rng(seed)
    count = 0
    for count, thought in enumerate(thoughts, 1):
        openings[_opening(thought)] += 1
        # Reservoir sampling (Vitter 1985, algorithm R): each is held with the same probability in the end.
        if count <= compared:
            drawn.append(thought)
        elif (place := int(random.integers(count))) < compared:
            drawn[place] = thought
    return Diversity(
        count, len(drawn), distinct(drawn, 1), distinct(drawn, 2), _commonest(openings, OPENINGS), self_bleu(drawn)
    )


def distinct(texts: Iterable[str], n: int) -> float | None:
    """`distinct-n`: different word n-grams among all n-grams of all texts together (Li et al. 2016, arXiv 1510.03055).

    Returns:
        A share in (0, 1]; None when there is no n-gram.
    """
    counts = Counter(chain.from_iterable(_grams(words(text), n) for text in texts))
    return len(counts) / counts.total() if counts else None


def opening_share(texts: Iterable[str], top: int = OPENINGS) -> float | None:
    """The share of the texts that begin with one of the `top` commonest openings: their first three words.

    Returns:
        A share in (0, 1]; None when there are no more texts than `top`, for then it is 1 whatever they say.
    """
    return _commonest(Counter(map(_opening, texts)), top)


def self_bleu(texts: Sequence[str], order: int = BLEU_ORDER) -> float | None:
    """Self-BLEU (Zhu et al. 2018, arXiv 1802.01886): the mean BLEU of each text with all others as references.

    `BLEU = exp(min(0, 1 - r / c)) * (p_1 ... p_m)^(1 / m)` (Papineni et al. 2002), with c words in the text, r in the
    other text nearest in length (the shorter of two), p_n the share of its n-grams that another text has, each at most
    as often as there, and m the smaller of `order` and c. Where no n-gram of an order is shared, BLEU is 0.

    Returns:
        A number in [0, 1]; None with fewer than two texts that hold a word.
    """
    found = [read for read in map(words, texts) if read]
    if len(found) < 2:
        return None
    precisions = np.stack([_precisions(found, n) for n in range(1, order + 1)])
    lengths = np.array([len(text) for text in found])
    with np.errstate(divide="ignore"):
        logs = np.log(precisions)
    logs[np.arange(1, order + 1)[:, None] > lengths] = 0.0  # a text too short has no n-gram of that order
    penalties = np.minimum(0.0, 1 - _nearest(lengths) / lengths)
    return float(np.exp(penalties + logs.sum(axis=0) / np.minimum(order, lengths)).mean())


def _precisions(texts: Sequence[tuple[str, ...]], n: int) -> NDArray[np.float64]:
    """The clipped precision of each text's n-grams against all others; 0 for a text that has none."""
    counts = [Counter(_grams(text, n)) for text in texts]
    # The most often that a text has an n-gram, and the most often that another one than that has it.
    most: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for place, mine in enumerate(counts):
        for gram, times in mine.items():
            first, owner, second = most.get(gram, (0, -1, 0))
            most[gram] = (times, place, first) if times > first else (first, owner, max(second, times))
    shares = []
    for place, mine in enumerate(counts):
        shared = 0
        for gram, times in mine.items():
            first, owner, second = most[gram]
            shared += min(times, second if owner == place else first)
        shares.append(shared / max(1, mine.total()))
    return np.array(shares)


def _nearest(lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each length, the nearest of the others."""
    order = np.argsort(lengths, kind="stable")
    ranked = lengths[order].astype(np.float64)
    below = np.concatenate(([-np.inf], ranked[:-1]))
    above = np.concatenate((ranked[1:], [np.inf]))
    nearest = np.empty_like(ranked)
    nearest[order] = np.where(ranked - below <= above - ranked, below, above)
    return nearest


def _commonest(openings: Counter[tuple[str, ...]], top: int) -> float | None:
    if openings.total() <= top:
        return None
    return sum(times for _, times in openings.most_common(top)) / openings.total()


def _opening(text: str) -> tuple[str, ...]:
    return words(text[:_OPENING_CHARS])[:OPENING_WORDS]


_OPENING_CHARS = 200


def _grams(found: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(found[start:] for start in range(n)), strict=False)
