"""dedup: exact and near duplicates out, the first one stays. Passage -> Passage or Draft -> Draft; knows no model."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from annotated_types import Gt, Lt
from xxhash import xxh32_intdigest

from thinkaug.errors import UserError
from thinkaug.records import Draft, Passage, content_id
from thinkaug.stage import Dropped, Kept, Outcome, Services, Shard, Stage, Work

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Config:
    """What counts as a duplicate.

    Args:
        on: compare the expert `text`, or the `thoughts`; two questions with different answers.
        near: False compares exactly only (case, punctuation and white space aside).
        threshold: rows whose estimated Jaccard similarity of word shingles reaches it are near duplicates.
        shingle_words: words in a shingle.
        permutations: MinHash permutations; the estimate's standard error is about 1 / sqrt(permutations).
    """

    on: Literal["text", "thoughts"] = "text"
    near: bool = True
    threshold: Annotated[float, Gt(0), Lt(1)] = 0.8
    shingle_words: Annotated[int, Gt(0)] = 5
    permutations: Annotated[int, Gt(1)] = 128


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    twins = _twins(config, everything)

    def work(shard: Shard) -> Iterator[Outcome]:
        for place, row in enumerate(shard):
            if found := twins.get((shard.unit, place)):
                reason, keeper = found
                yield Dropped(row, reason, detail=f"of {keeper}")
            else:
                yield Kept(row, (row,))

    return work


def _twins(config: Config, everything: Iterable[Shard]) -> dict[tuple[str, int], tuple[str, str]]:
    """(unit, place) of every row that goes -> why, and the id of the row that stays for it."""
    exact: dict[str, str] = {}
    near = _NearIndex(config.threshold, config.permutations)
    twins: dict[tuple[str, int], tuple[str, str]] = {}
    for shard in everything:
        for place, row in enumerate(shard):
            words = _WORD.findall(_compared(row, config.on).casefold())
            if not words:
                continue
            normal = content_id(*words)
            if normal in exact:
                twins[shard.unit, place] = "exact_duplicate", exact[normal]
                continue
            exact[normal] = row.id
            if config.near and (keeper := near.twin_or_add(row.id, _shingles(words, config.shingle_words))):
                twins[shard.unit, place] = "near_duplicate", keeper
                exact[normal] = keeper
    return twins


class _NearIndex:
    """The rows that stay, by MinHash-LSH; candidates of a band are checked against the estimated similarity."""

    def __init__(self, threshold: float, permutations: int) -> None:
        from datasketch import MinHash, MinHashLSH

        self._signature = partial(MinHash, num_perm=permutations, hashfunc=xxh32_intdigest, scheme="affine32")
        self._lsh = MinHashLSH(threshold=threshold, num_perm=permutations)
        self._threshold = threshold
        self._keepers: list[str] = []
        self._signatures: list[Any] = []

    def twin_or_add(self, row: str, shingles: set[str]) -> str | None:
        """The first row that stays and is near enough; if there is none, this row stays."""
        signature = self._signature()
        signature.update_batch([shingle.encode() for shingle in shingles])
        for number in sorted(map(int, self._lsh.query(signature))):
            if signature.jaccard(self._signatures[number]) >= self._threshold:
                return self._keepers[number]
        self._lsh.insert(len(self._keepers), signature)
        self._keepers.append(row)
        self._signatures.append(signature)
        return None


def _compared(row: Passage | Draft, on: str) -> str:
    if on == "text":
        return row.text if isinstance(row, Passage) else row.passage.text
    if isinstance(row, Passage):
        raise UserError("dedup: on: thoughts: there are none yet; put this stage after generate")
    return "\n".join(thought.text for thought in row.thoughts if not thought.drop)


def _shingles(words: list[str], size: int) -> set[str]:
    """All runs of `size` words; a shorter text is one shingle."""
    return {" ".join(words[start : start + size]) for start in range(max(1, len(words) - size + 1))}


dedup = Stage(name="dedup", version=1, reads=(Passage, Draft), writes=None, config=Config, start=_start)
