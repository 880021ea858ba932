"""minhash: Arrow strings -> MinHash signatures, sets of shingles, likenesses. Knows nothing of which texts are dropped.

A shingle is a run of words as `lexing` finds them; a text with fewer words is one shingle of all of them, one without
words has none and is like no other. The hash of a shingle is the polynomial of its words' hashes modulo 2^64, mixed,
of which the upper 32 bits; the signature is what `datasketch.MinHash(scheme="affine32", hashfunc=shingle_hash)` makes
of the shingles.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import buffers, words_in
from thinkaug.shingling import EMPTY, cut, roll, shingle, shingle_rows

PERMUTATIONS = 112
SHINGLE_WORDS = 5
SEED = 1
_PIECE_BYTES = 1 << 14  # a text is lexed so much at a time: its words stay in the core's cache
_STRETCH_BYTES = 1 << 20  # what a thread takes on at once; of a longer text, each stretch apart
_NODES = 96  # of the quadrature in `bands`

Hashes = NDArray[np.uint32]
Result = TypeVar("Result")

_NONE: Hashes = np.zeros(0, np.uint32)
_UNSIGNED: Hashes = np.zeros((2, 0), np.uint32)  # no permutations
_UNSIGNED.flags.writeable = False  # as those that are: one type, compiled once


class Likeness(NamedTuple):
    """How signatures are banded: two texts are candidates if all `rows` values of one of `bands` agree."""

    bands: int
    rows: int


class Sets(NamedTuple):
    """Sets of shingle hashes: that of text i is `values[offsets[i] : offsets[i + 1]]`, uint32, sorted, unique."""

    offsets: NDArray[np.int64]
    values: Hashes


def signatures(
    strings: Any,
    *,
    permutations: int = PERMUTATIONS,
    shingle_words: int = SHINGLE_WORDS,
    seed: int = SEED,
    threads: int = 1,
) -> Hashes:
    """The signatures (rows, permutations) of the texts, uint32; of a null as of an empty text.

    Args:
        strings: an Arrow string or large string array, or a chunked one.
        permutations: how many hash values a text gets.
        shingle_words: how many words a shingle is of.
        seed: of the permutations, as in datasketch.
        threads: how many work at once; they change nothing in the result. A long text is shared among them.

    Raises:
        TypeError: they are no strings.
    """
    _check(permutations, shingle_words)
    whole = np.full((len(strings), permutations), EMPTY, np.uint32)
    first = 0
    for chunk in _chunks(strings):
        _sign(chunk, shingle_words, _permutations(permutations, seed), threads, whole[first : first + len(chunk)])
        first += len(chunk)
    return whole


def shingles(text: str, *, shingle_words: int = SHINGLE_WORDS) -> Hashes:
    """The set of the text's shingle hashes, sorted."""
    _check(1, shingle_words)
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    return _set(data, 0, len(data), shingle_words)


def shingle_sets(strings: Any, *, shingle_words: int = SHINGLE_WORDS) -> Sets:
    """The sets of many texts, given as to `signatures`: for the exact likeness of pairs, see `jaccards`."""
    _check(1, shingle_words)
    found: list[Hashes] = []
    for chunk in _chunks(strings):
        data, starts, ends = _places(chunk)
        found += [_set(data, start, end, shingle_words) for start, end in zip(starts, ends, strict=True)]
    offsets = np.zeros(len(found) + 1, np.int64)
    np.cumsum([len(each) for each in found], out=offsets[1:])
    return Sets(offsets, np.concatenate(found) if found else np.zeros(0, np.uint32))


def shingle_texts(text: str, *, shingle_words: int = SHINGLE_WORDS) -> list[bytes]:
    """The text's shingles as UTF-8, in order, repeated ones too: what `shingle_hash` is for. Slow, for a few texts."""
    _check(1, shingle_words)
    raw = text.encode("utf-8", "surrogatepass")
    words = words_in(raw)
    last = min(shingle_words, len(words)) - 1
    begins = words.starts[: len(words) - last] if len(words) else words.starts
    return [raw[start:end] for start, end in zip(begins.tolist(), words.ends[max(last, 0) :].tolist(), strict=True)]


def shingle_hash(shingle: bytes) -> int:
    """The 32-bit hash of a shingle given as UTF-8: a stretch of the text, or its words with spaces between."""
    words = words_in(shingle).hashes
    value = np.zeros(1, np.uint32)
    roll(words, len(words), max(len(words), 1), value)
    return int(value[0])


def as_minhash(signature: Hashes, *, seed: int = SEED) -> Any:
    """The signature as a `datasketch.MinHash`, which can be updated with more shingles."""
    from datasketch import MinHash

    made = _permutations(len(signature), seed)
    return MinHash(seed=seed, hashfunc=shingle_hash, hashvalues=signature.copy(), permutations=made, scheme="affine32")


def wordless(signed: Hashes) -> NDArray[np.bool_]:
    """Which rows (rows,) of signatures are of texts without words: they agree with each other and yet mean nothing."""
    return np.asarray((signed == EMPTY).all(axis=1), np.bool_)


def estimate(left: Hashes, right: Hashes) -> float:
    """The Jaccard similarity of two texts by their signatures: the share of equal values; 0 where one has no words."""
    if (left == EMPTY).all() or (right == EMPTY).all():
        return 0.0
    return float(np.mean(left == right))


def s_curve(bands: int, rows: int, similarity: float) -> float:
    """The probability `1 - (1 - s^r)^b` that two texts of that similarity agree in a band.

    Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.2.
    """
    return float(1 - (1 - similarity**rows) ** bands)


@cache
def bands(
    threshold: float,
    permutations: int = PERMUTATIONS,
    *,
    false_positive_weight: float = 0.5,
    false_negative_weight: float = 0.5,
) -> Likeness:
    """The bands and rows, together at most `permutations`, that tell pairs above a similarity from those below best.

    Least is the weighted sum of the area below the S-curve up to the threshold (false candidates) and of that above it
    from there on (missed pairs), as in `datasketch.MinHashLSH`: Zhu et al., LSH Ensemble, 2016, section 5.5.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold is from 0 to 1, not {threshold}")
    _check(permutations, 1)
    shapes = [(b, r) for b in range(1, permutations + 1) for r in range(1, permutations // b + 1)]
    b, r = (np.array(side, float)[:, None] for side in zip(*shapes, strict=True))
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    below, above = threshold * (nodes + 1) / 2, threshold + (1 - threshold) * (nodes + 1) / 2
    false = (1 - (1 - below**r) ** b) @ weights * threshold / 2
    missed = ((1 - above**r) ** b) @ weights * (1 - threshold) / 2
    return Likeness(*shapes[int(np.argmin(false * false_positive_weight + missed * false_negative_weight))])


@compiled
def jaccard(left: Any, right: Any) -> float:
    """The Jaccard similarity of two sorted arrays without repetition; 0 where both are empty."""
    i, j, both = 0, 0, 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        both += a == b
        i += a <= b
        j += b <= a
    either = len(left) + len(right) - both
    return both / either if either else 0.0


@compiled
def jaccards(offsets: Any, values: Any, left: Any, right: Any) -> Any:
    """The Jaccard similarities, float64 (pairs,), of `Sets` by pairs of row numbers, int64 (pairs,) each."""
    found = np.empty(len(left), np.float64)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        found[pair] = jaccard(values[offsets[a] : offsets[a + 1]], values[offsets[b] : offsets[b + 1]])
    return found


def _check(permutations: int, shingle_words: int) -> None:
    if permutations < 1 or shingle_words < 1:
        raise ValueError(f"at least one permutation and one word, not {permutations} and {shingle_words}")


@cache
def _permutations(count: int, seed: int) -> Hashes:
    """The multipliers and the summands, uint32 (2, count), as datasketch draws them."""
    from datasketch import MinHash

    made = np.ascontiguousarray(MinHash(num_perm=count, seed=seed, scheme="affine32").permutations, np.uint32)
    made.flags.writeable = False
    return made


def _chunks(strings: Any) -> Iterator[Any]:
    yield from strings.chunks if isinstance(strings, pa.ChunkedArray) else [strings]


def _places(strings: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The bytes, and where in them each text starts and ends; a null ends where it starts, whatever lies there."""
    offsets, data = buffers(strings)
    data = data.view()
    data.flags.writeable = False  # whether Arrow's buffer is: one type, compiled once
    starts, ends = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64)
    if strings.null_count:
        nulls = strings.is_null().to_numpy(zero_copy_only=False)
        ends[nulls] = starts[nulls]
    return data, starts, ends


def _sign(strings: Any, words: int, made: Hashes, threads: int, signed: Hashes) -> None:
    """Write the signatures of an array: rows in runs of about a stretch, and long texts in stretches by themselves."""
    data, starts, ends = _places(strings)
    sizes = ends - starts
    if not sizes.any():
        return
    table = letters()
    is_long = sizes > 2 * _STRETCH_BYTES

    def rows(first: int, last: int) -> None:
        shingle_rows(data, starts[first:last], ends[first:last], *table, words, _PIECE_BYTES, made, signed[first:last])

    def stretch(row: int, start: int, stop: int) -> tuple[int, Hashes]:
        least = np.full(signed.shape[1], EMPTY, np.uint32)
        shingle(data, start, stop, int(ends[row]), False, *table, words, _PIECE_BYTES, made, least, _NONE)
        return row, least

    tasks: list[Callable[[], tuple[int, Hashes] | None]] = []
    run = np.cumsum(sizes) // _STRETCH_BYTES
    edges = np.flatnonzero(np.diff(run) | is_long[1:] | is_long[:-1]) + 1
    for first, last in pairwise([0, *edges.tolist(), len(sizes)]):
        if is_long[first]:
            bounds = _stretches(data, int(starts[first]), int(ends[first]))
            tasks += [partial(stretch, first, start, stop) for start, stop in pairwise(bounds)]
        else:
            tasks.append(partial(rows, first, last))
    for done in _each(tasks, threads):
        if done is not None:
            row, least = done
            np.minimum(signed[row], least, out=signed[row])
    for row in np.flatnonzero(is_long & wordless(signed)).tolist():  # fewer words than a shingle has, in all that
        rows(row, row + 1)


def _stretches(data: NDArray[np.uint8], start: int, end: int) -> list[int]:
    """Where a long text is cut for the threads, its start and end included."""
    bounds = [start]
    while bounds[-1] < end:
        bounds.append(int(cut(data, bounds[-1], end, _STRETCH_BYTES, letters().folds)))
    return bounds


def _each(tasks: Sequence[Callable[[], Result]], threads: int) -> Iterator[Result]:
    if threads == 1:
        yield from (task() for task in tasks)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda task: task(), tasks)


def _set(data: NDArray[np.uint8], start: int, end: int, words: int) -> Hashes:
    """The sorted unique hashes of one text."""
    if start == end:
        return _NONE
    kept = np.empty(end - start, np.uint32)
    count = shingle(data, start, end, end, True, *letters(), words, _PIECE_BYTES, _UNSIGNED, _NONE, kept)
    return np.unique(kept[:count])
