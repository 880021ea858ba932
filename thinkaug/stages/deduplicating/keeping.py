"""Which rows of a component stay. Knows how rows are ranked and compared, nothing of how components are found.

In order of the ranking a row stays unless one that stays already states all that it states. So that nothing is said
twice, one that stays goes after all where a later one states all of it and more. A row is compared with at most `_MOST`
of those that stay; one that none of these stands for stays too: what is not seen costs room, not content.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from thinkaug.measures.exposure import Fact, facts_of
from thinkaug.stages.deduplicating.fates import KEPT_FOR_EXPOSURE, KEPT_FOR_FACTS, Fates
from thinkaug.stages.deduplicating.judging import Judge
from thinkaug.stages.deduplicating.texts import Texts

_MOST = 64


class Keeping(Protocol):
    """Settles the rows of one component, the highest ranked first; rows of earlier builds stay whatever they state."""

    def __call__(self, rows: Sequence[int]) -> None:
        """Write their fates."""


class ByFacts:
    """By what the guard finds. `variants` has the same number for rows that are never duplicates of each other."""

    def __init__(self, judge: Judge, fates: Fates, variants: np.ndarray | None) -> None:
        self._judge, self._fates, self._variants = judge, fates, variants

    def __call__(self, rows: Sequence[int]) -> None:
        """Write the fates of a component."""
        staying: list[int] = []
        for row in rows:
            if row < self._fates.earlier or self._stands_for(row, staying) is None:
                staying.append(row)
        # From the last on: of two that state the same, the one that ranks higher stays.
        for row in [row for row in staying[:_MOST] if row >= self._fates.earlier][::-1]:
            others = [other for other in staying if other != row]
            if self._stands_for(row, others) is not None:
                staying = others
        for row in rows:
            self._settle(row, staying, rows[0])

    def _settle(self, row: int, staying: list[int], name: int) -> None:
        self._fates.cluster[row] = name
        if row not in staying[:_MOST] and row >= self._fates.earlier:
            keeper = self._stands_for(row, [other for other in staying if other != row])
            if keeper is not None:
                self._fates.drop(row, keeper)
                return
        if row != staying[0] and row >= self._fates.earlier and not _is_variant(self._variants, row, staying[0]):
            self._fates.spare(row, KEPT_FOR_FACTS, staying[0])

    def _stands_for(self, row: int, staying: Sequence[int]) -> int | None:
        for keeper in staying[:_MOST]:
            if not _is_variant(self._variants, row, keeper) and self._judge.states_all_of(keeper, row):
                return keeper
        return None


class ByClaims:
    """By the claims of thoughts.

    A near duplicate that states a fact which none of its twins states is no duplicate: in the set phrases of a field a
    single other name makes another fact (`kept_for_facts`). One whose facts are all stated by twins stays while they
    are rare (`kept_for_exposure`).
    """

    def __init__(self, texts: Texts, judge: Judge, fates: Fates, variants: np.ndarray, exposures: int) -> None:
        self._texts, self._judge, self._fates, self._variants = texts, judge, fates, variants
        self._exposures = exposures
        self._met: Counter[Fact] = Counter()

    def meet(self, row: int) -> None:
        """A row that stays in any case: its facts are met once more."""
        self._met.update(self._facts(row))

    def __call__(self, rows: Sequence[int]) -> None:
        """Write the fates of a component."""
        twins: list[int] = []
        facts: dict[int, frozenset[Fact]] = {}
        for row in rows:
            self._fates.cluster[row] = rows[0]
            facts[row] = self._facts(row)
            others = [twin for twin in twins[:_MOST] if not _is_variant(self._variants, row, twin)]
            why = self._spared(row, others, facts) if others and row >= self._fates.earlier else ""
            if row < self._fates.earlier or not others or why:
                twins.append(row)
                self._met.update(facts[row])
                if why:
                    self._fates.spare(row, why, others[0])
            else:
                keeper = next((twin for twin in others if facts[row] <= facts[twin]), others[0])
                self._fates.drop(row, keeper)

    def _spared(self, row: int, twins: Sequence[int], facts: dict[int, frozenset[Fact]]) -> str:
        if not facts[row] <= frozenset[Fact]().union(*(facts[twin] for twin in twins)):
            return KEPT_FOR_FACTS
        if not any(self._judge.states_all_of(twin, row) for twin in twins):
            return KEPT_FOR_FACTS
        return KEPT_FOR_EXPOSURE if any(self._met[fact] < self._exposures for fact in facts[row]) else ""

    def _facts(self, row: int) -> frozenset[Fact]:
        draft = self._texts.draft(row)
        return facts_of(draft.thoughts) if draft is not None else frozenset()


def _is_variant(variants: np.ndarray | None, row: int, other: int) -> bool:
    return variants is not None and bool(variants[row] == variants[other])
