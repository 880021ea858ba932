"""exposure: which facts thoughts state, and how many distinct thoughts state each. Knows nothing of stages or files.

Facts are learnt by meeting them often and in other words each time (arXiv 2411.12580), so how often is worth counting.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import mean, median
from typing import Any, NamedTuple

from thinkaug.records import Claim, Thought, content_id


class Fact(NamedTuple):
    """What a claim states, apart from its words: ids of what it speaks of, and whether it denies the relation."""

    subject: str
    relation: str
    object: str
    qualifier: str
    negated: bool


def fact_of(claim: Claim) -> Fact | None:
    """The fact that a claim states; None where it could not be read as one, or is contradicted."""
    if claim.verdict == "contradicted" or not (claim.subject and claim.relation and claim.object):
        return None
    return Fact(claim.subject, claim.relation, claim.object, claim.qualifier, claim.negated)


def facts_of(thoughts: Iterable[Thought]) -> frozenset[Fact]:
    """The facts that the thoughts that stand state."""
    claims = (claim for thought in thoughts if not thought.drop for claim in thought.claims)
    return frozenset(fact for claim in claims if (fact := fact_of(claim)))


class Exposure:
    """Adds up which thoughts state which supported facts. The same words, case and white space aside, are one thought.

    Memory holds 16 bytes a distinct thought of a fact.
    """

    def __init__(self) -> None:
        self._facts: dict[Fact, set[bytes]] = {}
        self._entities: dict[str, set[bytes]] = {}

    def add(self, thoughts: Iterable[Thought]) -> None:
        """Count the thoughts, all of which a trainer sees."""
        for thought in thoughts:
            facts = {fact for claim in thought.claims if claim.verdict == "supported" and (fact := fact_of(claim))}
            if not facts:
                continue
            words = bytes.fromhex(content_id(*thought.text.casefold().split()))
            for fact in facts:
                self._facts.setdefault(fact, set()).add(words)
                for entity in filter(_names_entity, (fact.subject, fact.object)):
                    self._entities.setdefault(entity, set()).add(words)

    def summary(self) -> Mapping[str, Any]:
        """For `stats.json`: how many facts, distinct thoughts a fact, and distinct thoughts by entity."""
        counts = [len(words) for words in self._facts.values()]
        histogram = Counter(counts)
        return {
            "facts": len(counts),
            "thoughts_per_fact": {
                "mean": round(mean(counts), 3) if counts else None,
                "median": median(counts) if counts else None,
                "max": max(counts, default=None),
                "histogram": {str(count): histogram[count] for count in sorted(histogram)},
            },
            "entities": {entity: len(words) for entity, words in sorted(self._entities.items())},
        }


def _names_entity(identity: str) -> bool:
    """Whether an object is the id of an entity, not a quantity such as "500 mg" that stands for itself."""
    return identity[0].isalpha() and not any(letter.isspace() for letter in identity)
