"""openings: too many thoughts of the whole input begin alike. Remembers two 64-bit hashes of each thought, no words.

A model that is asked the same thing ten thousand times falls into a groove ("Let me think about what"), and a model
trained on that learns the groove. `measures.diversity` says by how much; here what is too much is taken out.
"""

from array import array
from hashlib import blake2b
from typing import Annotated

from annotated_types import Ge, Gt, Le

from thinkaug.records import Thinking
from thinkaug.words import words

_CHARS_A_WORD = 50  # what is read of a long thought; a longer word is cut, alike in all thoughts that begin with it


class _Openings:
    """The check, with what it has seen. Thoughts that are judged but were never observed do not count among all."""

    def __init__(self, n: int, max_share: float, min_count: int) -> None:
        self._n, self._max_share, self._min_count = n, max_share, min_count
        self._openings, self._thinkings = array("Q"), array("Q")
        self._last_kept: dict[int, int] | None = None

    def observe(self, thinking: Thinking) -> None:
        """Count a thought of the input. One without a word has no opening, but counts among all."""
        self._openings.append(self._opening(thinking))
        self._thinkings.append(_number(f"{thinking.passage.id}\n{thinking.cut}\n{thinking.candidate}"))
        self._last_kept = None

    def __call__(self, thinking: Thinking) -> str:
        """The verdict on one thought: "" or `common_opening`."""
        if self._last_kept is None:
            self._last_kept = self._count()
        last = self._last_kept.get(self._opening(thinking))
        if last is None:
            return ""
        own = _number(f"{thinking.passage.id}\n{thinking.cut}\n{thinking.candidate}")
        return "common_opening" if own > last else ""

    def _count(self) -> dict[int, int]:
        """For each opening that is too common, the largest hash among the thoughts that may keep it."""
        import numpy as np  # here: who only asks for help or a plan does not wait for it

        openings = np.frombuffer(self._openings, dtype=np.uint64)
        allowed = max(int(self._max_share * len(openings)), self._min_count - 1)
        found, counts = np.unique(openings, return_counts=True)
        common = found[(counts > allowed) & (found != _NO_WORDS)]
        if not len(common):
            return {}
        order = np.argsort(openings, kind="stable")
        ranked, thinkings = openings[order], np.frombuffer(self._thinkings, dtype=np.uint64)[order]
        last = {}
        for opening in common:
            start, end = np.searchsorted(ranked, opening), np.searchsorted(ranked, opening, side="right")
            hashes = np.sort(thinkings[start:end])
            last[int(opening)] = int(hashes[allowed - 1]) if allowed else -1
        return last

    def _opening(self, thinking: Thinking) -> int:
        first = words(thinking.text[: self._n * _CHARS_A_WORD])[: self._n]
        return _number("\n".join(first)) if first else _NO_WORDS


_NO_WORDS = 0


def _number(text: str) -> int:
    """64 bits of it, the same in every process; never 0."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def openings(
    *,
    n: Annotated[int, Ge(1)] = 4,
    max_share: Annotated[float, Gt(0), Le(1)] = 0.05,
    min_count: Annotated[int, Ge(2)] = 10,
) -> _Openings:
    """A check for thinking that begins as too many others do; it wants to observe all of them first.

    Reason: `common_opening`. Of the thoughts with an opening that is too common as many stay as the share allows: those
    whose passage id, cut and candidate have the smallest hashes. So which they are depends neither on the order of the
    input nor on its shards. The share is of all that were observed; it is not reckoned anew without the dropped.

    Args:
        n: words of an opening, as `thinkaug.words` counts them, so that case and punctuation do not matter. A shorter
            thought is its own opening.
        max_share: the largest share of all thoughts that may begin alike. Taken by us: of 4,775 answers of a model to
            medical questions a ninth began with "The patient's symptoms of", and no other opening took a twentieth.
        min_count: fewer than this many may begin alike however few thoughts there are.
    """
    return _Openings(n, max_share, min_count)
