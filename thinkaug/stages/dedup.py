"""dedup: exact and near duplicates out, the first one stays. Passage -> Passage or Draft -> Draft; knows no model."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal
from unicodedata import normalize

from annotated_types import Ge, Gt, Lt
from xxhash import xxh32_intdigest

from thinkaug.measures.exposure import Fact, facts_of
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
        exposures: of thoughts: a near duplicate stays while one of the facts it states was kept fewer than so many
            times; 1 keeps none for that. Facts are the claims that `verify` found, but for contradicted ones.
    """

    on: Literal["text", "thoughts"] = "text"
    near: bool = True
    threshold: Annotated[float, Gt(0), Lt(1)] = 0.8
    shingle_words: Annotated[int, Gt(0)] = 5
    permutations: Annotated[int, Gt(1)] = 128
    exposures: Annotated[int, Ge(1)] = 1


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    twins, spared = _twins(config, everything)

    def work(shard: Shard) -> Iterator[Outcome]:
        for place, row in enumerate(shard):
            if found := twins.get((shard.unit, place)):
                reason, keeper = found
                yield Dropped(row, reason, detail=f"of {keeper}")
            else:
                why = spared.get((shard.unit, place), "")
                yield Kept(row, (row,), {why: 1} if why else {})

    return work


_Place = tuple[str, int]
"""The unit of a row, and its place in it."""


def _twins(config: Config, everything: Iterable[Shard]) -> tuple[dict[_Place, tuple[str, str]], dict[_Place, str]]:
    """Every row that goes -> why, and the id of the row that stays for it; every near duplicate that stays -> why.

    A near duplicate that states a fact which none of its twins states is no duplicate: in the set phrases of a field a
    single other name makes another fact (`kept_for_facts`). One whose facts are all stated by a twin stays while they
    are rare (`kept_for_exposure`). Copies that are exact teach nothing new, and always go.
    """
    exact: dict[str, str] = {}
    near = _NearIndex(config.threshold, config.permutations)
    kept: Counter[Fact] = Counter()
    twins: dict[_Place, tuple[str, str]] = {}
    spared: dict[_Place, str] = {}
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
            facts = facts_of(row.thoughts) if config.on == "thoughts" else frozenset()
            if config.near:
                signature = near.signature(_shingles(tokens, config.shingle_words))
                found = near.twins(signature)
                is_new = not facts <= frozenset[Fact]().union(*(twin.facts for twin in found))
                is_rare = any(kept[fact] < config.exposures for fact in facts)
                if found and not is_new and not is_rare:
                    keeper = next((twin for twin in found if facts <= twin.facts), found[0])
                    twins[shard.unit, place] = "near_duplicate", keeper.row
                    exact[normal] = keeper.row
                    continue
                if found:
                    spared[shard.unit, place] = "kept_for_facts" if is_new else "kept_for_exposure"
                near.add(_Keeper(row.id, signature, facts))
            kept.update(facts)
    return twins, spared


@dataclass(frozen=True, slots=True)
class _Keeper:
    """A row that stays: its id, its MinHash, the facts it states."""

    row: str
    signature: Any
    facts: frozenset[Fact]


class _NearIndex:
    """The rows that stay, by MinHash-LSH; candidates of a band are checked against the estimated similarity."""

    def __init__(self, threshold: float, permutations: int) -> None:
        from datasketch import MinHash, MinHashLSH

        self._empty = partial(MinHash, num_perm=permutations, hashfunc=xxh32_intdigest, scheme="affine32")
        self._lsh = MinHashLSH(threshold=threshold, num_perm=permutations)
        self._threshold = threshold
        self._keepers: list[_Keeper] = []

    def signature(self, shingles: set[str]) -> Any:
        """The MinHash of some shingles."""
        signature = self._empty()
        signature.update_batch([shingle.encode() for shingle in shingles])
        return signature

    def twins(self, signature: Any) -> list[_Keeper]:
        """The rows that are near enough, in the order in which they came."""
        near = (self._keepers[number] for number in sorted(map(int, self._lsh.query(signature))))
        return [keeper for keeper in near if signature.jaccard(keeper.signature) >= self._threshold]

    def add(self, keeper: _Keeper) -> None:
        """This row stays too."""
        self._lsh.insert(len(self._keepers), keeper.signature)
        self._keepers.append(keeper)


def _refuses(config: Config, row: type) -> str:
    if (config.on, row) == ("thoughts", Passage):
        return "on: thoughts: there are none yet; put it after generate"
    if config.on == "text" and config.exposures > 1:
        return "exposures: facts are counted in thoughts; say on: thoughts, after verify"
    return ""


def _compared(row: Any, on: str) -> str:
    if on == "text":
        text: str = row.text if isinstance(row, Passage) else row.passage.text
        return text
    return "\n".join(thought.text for thought in row.thoughts if not thought.drop)


def _shingles(tokens: list[str], size: int) -> set[str]:
    """All runs of `size` tokens; a shorter text is one shingle."""
    return {" ".join(tokens[start : start + size]) for start in range(max(1, len(tokens) - size + 1))}


dedup = Stage(
    name="dedup", version=2, reads=(Passage, Draft), writes=None, config=Config, start=_start, refuses=_refuses
)
