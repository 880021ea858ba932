"""All rows -> what becomes of each: exact copies, signatures, likely pairs, components, who stays. Knows no files.

Columns are looked at batch by batch, likely pairs part by part; no object is made per row, but for rows that are likely
duplicates. The result does not depend on how rows are spread over shards, on the threads or on the memory there is.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from xxhash import xxh3_64_intdigest

from thinkaug.minhash import signatures, wordless
from thinkaug.stages.deduplicating.banding import banded, curve
from thinkaug.stages.deduplicating.config import Config
from thinkaug.stages.deduplicating.exact import digests
from thinkaug.stages.deduplicating.fates import KEPT_FOR_FACTS, Fates
from thinkaug.stages.deduplicating.groups import Groups
from thinkaug.stages.deduplicating.judging import Judge
from thinkaug.stages.deduplicating.keeping import ByClaims, ByFacts, Keeping
from thinkaug.stages.deduplicating.likely import Pairs, likely_pairs
from thinkaug.stages.deduplicating.near import NearPairs
from thinkaug.stages.deduplicating.ranking import Ranking, scores_of
from thinkaug.stages.deduplicating.signed import Rows, Signed
from thinkaug.stages.deduplicating.texts import Texts

_SIGNED_BYTES, _SIGNED_ROWS = 32 << 20, 1 << 14  # of texts that are signed at once
_MOST_APART = 8  # two rows of a template, each told apart from so many that are more alike, are apart unseen
_STANDARD_ERRORS = 4  # a pair whose estimate is further below the threshold is not read again: 1 in 30,000 is missed


class Looking:
    """What is known of all rows while it is found out."""

    def __init__(self, config: Config, texts: Texts, earlier: int) -> None:
        self._config, self._texts, self._earlier = config, texts, earlier
        count = len(texts)
        self._high, self._low = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
        self._lengths = np.zeros(count, np.int64)
        self._alive = np.zeros(count, np.bool_)  # neither an exact copy nor without words
        self._fates = Fates(count, earlier)
        self._variants = _variants(texts) if config.on != "text" else None

    def look(self, judge: Judge, note: Callable[[str], None]) -> Fates:
        """What becomes of each row, as `judge` compares them. `note` is told how signatures are banded."""
        config = self._config
        signed = None
        if config.near:
            cut, width = banded(config)
            note(curve(cut, width, config.threshold))
            signed = Signed(len(self._texts), config.permutations, cut, width, config.memory_mb * 1_000_000)
        self._read(signed)
        scores = scores_of(self._texts, self._earlier) if config.keeper == "best" else np.zeros(0)
        ranking = Ranking(config.keeper, self._earlier, self._lengths, scores, self._texts)
        self._copies(ranking)
        if signed is not None:
            groups = Groups(len(self._texts))
            apart = self._joined(self._near(signed, judge, groups), judge, groups)
            self._settled(groups, ranking, judge)
            self._told_apart(apart, ranking)
            self._fates.measure(judge.similarities)
        self._fates.follow()
        return self._fates

    def _read(self, signed: Signed | None) -> None:
        """Hash and sign all texts, some at a time."""
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        for first, strings in _stretches(self._texts):
            last = first
            for chunk in strings.chunks:
                here = slice(last, last + len(chunk))
                self._high[here], self._low[here], self._lengths[here] = digests(chunk)
                last += len(chunk)
            if signed is not None:
                made = signatures(
                    strings,
                    permutations=self._config.permutations,
                    shingle_words=self._config.shingle_words,
                    threads=threads,
                )
                signed.put(first, made)
                self._alive[first:last] = ~wordless(made)

    def _copies(self, ranking: Ranking) -> None:
        """Exact copies: all but one of each text go, whatever they state."""
        order = np.lexsort([self._low, self._high])
        order = order[self._lengths[order] > 0]
        same = (self._low[order][1:] == self._low[order][:-1]) & (self._high[order][1:] == self._high[order][:-1])
        inside = np.concatenate([[False], same]) | np.concatenate([same, [False]])
        begins = np.flatnonzero(inside & ~np.concatenate([[False], same]))
        for begin in begins.tolist():
            end = begin + 1
            while end < len(order) and same[end - 1]:
                end += 1
            first, *others = ranking.ordered(order[begin:end].tolist())
            for row in others:
                self._alive[row] = False
                if row >= self._earlier:
                    self._fates.exact[row] = True
                    self._fates.drop(row, first)

    def _near(self, signed: Signed, judge: Judge, groups: Groups) -> NearPairs:
        """The likely pairs whose similarity reaches the threshold; where nothing tells them apart, they are joined."""
        near = NearPairs(len(self._texts))
        for band in range(signed.bands):
            for pairs in likely_pairs(signed, band, self._alive, self._low):
                left, right = self._worth_a_look(signed, near, groups, *pairs)
                exactly = self._config.verify == "exact"
                similar = judge.similarities(left, right) if exactly else signed.estimates(left, right)
                reached = similar >= self._config.threshold
                if self._config.guarded_by != "off":
                    near.add(left[reached], right[reached], similar[reached])
                    continue
                for one, other in zip(left[reached].tolist(), right[reached].tolist(), strict=True):
                    groups.join(one, other)
        return near

    def _worth_a_look(self, signed: Signed, near: NearPairs, groups: Groups, left: Rows, right: Rows) -> Pairs:
        """The pairs that are not known, nor unlike for certain, nor variants of a passage, each once and in order."""
        different = left != right
        left, right = near.new(left[different], right[different])
        wanted = right >= self._earlier  # the larger number: two rows of earlier builds both stay
        wanted &= groups.roots(left) != groups.roots(right)
        if self._variants is not None:
            wanted &= self._variants[left] != self._variants[right]
        left, right = left[wanted], right[wanted]
        threshold = self._config.threshold
        error = (threshold * (1 - threshold) / self._config.permutations) ** 0.5
        likely = signed.estimates(left, right) >= threshold - _STANDARD_ERRORS * error
        return left[likely], right[likely]

    def _joined(self, near: NearPairs, judge: Judge, groups: Groups) -> list[tuple[int, int, float]]:
        """Join the rows of pairs that are not told apart, and return those that are.

        The most alike come first, so that the groups do not depend on the order of rows, and no pair within a group
        need be looked at.
        """
        apart = []
        told_apart: Counter[int] = Counter()
        for left, right, similar in near.by_likeness(self._low):
            if groups.root(left) == groups.root(right):
                continue
            is_settled = min(told_apart[left], told_apart[right]) >= _MOST_APART
            if is_settled or judge.difference(left, right).apart:
                apart.append((left, right, similar))
                told_apart.update((left, right))
            else:
                groups.join(left, right)
        return apart

    def _settled(self, groups: Groups, ranking: Ranking, judge: Judge) -> None:
        keeping: Keeping
        components: Sequence[list[int]] = [ranking.ordered(rows) for rows in groups.components()]
        if self._config.on == "thoughts":
            assert self._variants is not None
            keeping = by_claims = ByClaims(self._texts, judge, self._fates, self._variants, self._config.exposures)
            if self._config.exposures > 1:
                alone = self._alive.copy()
                alone[[row for rows in components for row in rows]] = False
                for row in np.flatnonzero(alone).tolist():
                    by_claims.meet(row)
            components = sorted(components, key=lambda rows: ranking.key(rows[0]))
        else:
            keeping = ByFacts(judge, self._fates, self._variants)
        for rows in components:
            keeping(rows)

    def _told_apart(self, apart: Sequence[tuple[int, int, float]], ranking: Ranking) -> None:
        """Of a pair that was told apart, and of which both stay, the one that would have gone is kept for its facts."""
        stays = self._fates.keeper == np.arange(self._fates.count)
        nearest: dict[int, tuple[float, int, int]] = {}
        rows = {row for left, right, _ in apart for row in (left, right)}
        ranks = {row: rank for rank, row in enumerate(ranking.ordered(rows))}
        for left, right, how in apart:
            if not (stays[left] and stays[right]) or self._fates.cluster[left] == self._fates.cluster[right]:
                continue
            other, row = sorted((left, right), key=ranks.__getitem__)
            found = (how, int(self._low[other]), other)
            if row >= self._earlier and found > nearest.get(row, (0.0, 0, 0)):
                nearest[row] = found
        for row, (_, _, other) in nearest.items():
            if not self._fates.why(row):
                self._fates.spare(row, KEPT_FOR_FACTS, other)


def _stretches(texts: Texts) -> Iterator[tuple[int, pa.ChunkedArray]]:
    """The texts in stretches of about `_SIGNED_BYTES`, each of one type, with the number of its first row."""
    held: list[Any] = []
    first, size = 0, 0
    for piece in texts.pieces:
        rows = sum(len(strings) for strings in held)
        if held and (size >= _SIGNED_BYTES or rows >= _SIGNED_ROWS or held[0].type != piece.texts.type):
            yield first, pa.chunked_array(held)
            first, held, size = first + rows, [], 0
        held.append(piece.texts)
        size += piece.texts.nbytes
    if held:
        yield first, pa.chunked_array(held)


def _variants(texts: Texts) -> np.ndarray:
    """A 64-bit hash of each row's passage: rows of one passage are variants, and wanted."""
    found = np.empty(len(texts), np.uint64)
    first = 0
    for piece in texts.pieces:
        for row, identity in enumerate(piece.ids.to_pylist(), start=first):
            found[row] = xxh3_64_intdigest(identity.encode())
        first += len(piece.ids)
    return found


def look(config: Config, texts: Texts, earlier: int, judge: Judge, note: Callable[[str], None]) -> Fates:
    """What becomes of each row: see `Looking`."""
    return Looking(config, texts, earlier).look(judge, note)
