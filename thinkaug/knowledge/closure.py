"""closure: an entity -> all that stands above it through relations that carry on, and the facts that lead there.

If a is a kind of b, and b of c, then c stands above a. Cycles are walked once. Knows nothing of claims.
"""

from collections import deque
from collections.abc import Collection, Mapping
from functools import lru_cache

from thinkaug.knowledge.facts import Fact, Facts

_REMEMBERED = 1 << 16  # entities, what stands above which stays at hand


class Closure:
    """Walks up through some relations; denied facts are no way up. Threads may share it."""

    def __init__(self, facts: Facts, relations: Collection[str]) -> None:
        """Take the relations, by name, through which to walk."""
        self._facts, self._relations = facts, tuple(sorted(relations))
        self.above = lru_cache(_REMEMBERED)(self._walk)

    def path(self, start: str, end: str) -> tuple[Fact, ...]:
        """The fewest facts that lead from `start` up to `end`, in order; empty where none do, or the two are one."""
        above = self.above(start)
        steps: list[Fact] = []
        while end in above:
            steps.append(above[end])
            end = steps[-1].subject
        return tuple(reversed(steps))

    def _walk(self, start: str) -> Mapping[str, Fact]:
        """All that stands above it, the nearest first, each with the fact that led there. The start itself is none."""
        found: dict[str, Fact] = {}
        ahead = deque([start])
        while ahead:
            entity = ahead.popleft()
            for relation in self._relations:
                for fact in self._facts.of(entity, relation):
                    if not fact.negated and fact.object != start and fact.object not in found:
                        found[fact.object] = fact
                        ahead.append(fact.object)
        return found
