"""dedup: exact and near duplicates out, the first one stays. Passage -> Passage or Draft -> Draft; knows no model."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal
from unicodedata import normalize

from annotated_types import Gt, Lt
from xxhash import xxh32_intdigest

from thinkaug.records import Draft, Passage, content_id
from thinkaug.stage import Dropped, Kept, Outcome, Services, Shard, Stage, Work

# Signs are tokens too: without them "x < 0" and "x > 0" would be the same text.
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Config:
    """What counts as a duplicate.

    Args:
        on: compare the expert `text`, or the `thoughts`; two questions with different answers.
        near: False compares exactly only; case and white space aside, as always.
        threshold: rows whose estimated Jaccard similarity of shingles reaches it are near duplicates.
        shingle_words: words and signs in a shingle.
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
            tokens = _TOKEN.findall(normalize("NFC", _compared(row, config.on)).casefold())
            if not tokens:
                continue
            normal = content_id(*tokens)
            if normal in exact:
                twins[shard.unit, place] = "exact_duplicate", exact[normal]
                continue
            exact[normal] = row.id
            if config.near and (keeper := near.twin_or_add(row.id, _shingles(tokens, config.shingle_words))):
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


def _refuses(config: Config, row: type) -> str:
    return (
        "on: thoughts: there are none yet; put it after generate" if (config.on, row) == ("thoughts", Passage) else ""
    )


def _compared(row: Any, on: str) -> str:
    if on == "text":
        text: str = row.text if isinstance(row, Passage) else row.passage.text
        return text
    return "\n".join(thought.text for thought in row.thoughts if not thought.drop)


def _shingles(tokens: list[str], size: int) -> set[str]:
    """All runs of `size` tokens; a shorter text is one shingle."""
    return {" ".join(tokens[start : start + size]) for start in range(max(1, len(tokens) - size + 1))}


dedup = Stage(
    name="dedup", version=1, reads=(Passage, Draft), writes=None, config=Config, start=_start, refuses=_refuses
)
