"""facts: a statement and a table of facts -> the claim with its verdict. Knows nothing of text, models or stages.

    the table states it, or leads to it through a relation that carries on      supported
    the table denies it (a NOT row)                                             contradicted
    the table states it with another qualifier than the one that is named       contradicted
    the relation's world is closed, and the table knows other objects only      contradicted (local closed world)
    all else                                                                    unknown, with a reason

A statement that denies a fact is supported where the table denies it and contradicted where the table states it; that
the table is silent supports no denial. What is too general or too special is neither right nor wrong: an object that
stands above or below a true one through a transitive relation is unknown. Numbers with units agree as
`knowledge.quantities` says. The evidence is what decided: the facts that state it, or those that stand against it.

Reasons: those of the statement itself, unknown_relation, no_facts_of_subject, open_world, not_denied, broader_term,
narrower_term, same_entity, not_comparable, other_qualifier, qualifier_not_stated, conflicting_facts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from thinkaug.claims import Statement
from thinkaug.formulas.agreement import Agreement
from thinkaug.judges import decided, undecided
from thinkaug.knowledge.closure import Closure
from thinkaug.knowledge.facts import Fact, Facts
from thinkaug.knowledge.quantities import agreement, quantity
from thinkaug.knowledge.tokens import name_key
from thinkaug.records import Claim, Evidence, Verdict

_NAME = "facts"
_MOST_EVIDENCE = 8
_REMEMBERED = 1 << 16
_NO_VALUES = frozenset({"", "nan", "inf", "infinity"})


class Relation(Protocol):
    """What a judge needs to know of a relation."""

    @property
    def world(self) -> str:
        """`closed` where the table has all objects of each subject that it has any of, else `open`."""

    @property
    def transitive(self) -> bool:
        """Whether it carries on: of a to b and b to c follows a to c."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """A verdict, the facts that decided it, and the reason where it is unknown."""

    verdict: Verdict
    facts: Sequence[Fact] = ()
    reason: str = ""


def judge(facts: Facts, relations: Mapping[str, Relation]) -> Callable[[Statement], Claim]:
    """The function that judges one statement by a table.

    Args:
        facts: the table.
        relations: what each relation's world is, by its name in the table; others decide nothing.
    """
    table = _Table(facts, relations)

    def settle(statement: Statement) -> Claim:
        found = table.find(statement)
        evidence = _evidence(found.facts)
        if found.verdict == "unknown":
            return undecided(statement, found.reason, facts.digest, evidence)
        return decided(statement, found.verdict, _NAME, evidence, facts.digest)

    return settle


def _evidence(found: Iterable[Fact]) -> tuple[Evidence, ...]:
    """Each row once; of many the first."""
    kept = dict.fromkeys(Evidence(fact.entry, fact.quote, fact.source, fact.version) for fact in found)
    return tuple(kept)[:_MOST_EVIDENCE]


class _Table:
    """Facts and the rules of their relations."""

    def __init__(self, facts: Facts, relations: Mapping[str, Relation]) -> None:
        self._facts, self._relations = facts, relations
        transitive = [name for name, relation in relations.items() if relation.transitive]
        self._closures = {name: Closure(facts, [name]) for name in transitive}
        self._above = Closure(facts, transitive)
        self._sort = lru_cache(_REMEMBERED)(self._sort_of)

    def find(self, statement: Statement) -> _Finding:
        """The verdict on a statement."""
        if statement.reason:
            return _Finding("unknown", reason=statement.reason)
        relation = self._relations.get(statement.relation)
        if relation is None:
            return _Finding("unknown", reason="unknown_relation")
        rows = self._facts.of(statement.subject, statement.relation)
        same, unsure = self._same(rows, statement.object)
        found = self._by_rows(statement, same)
        if found is None and relation.transitive:
            found = self._by_closure(statement, relation)
        if found is not None:
            return found
        if unsure:
            return _Finding("unknown", unsure, "not_comparable")
        others = [fact for fact in rows if not fact.negated and fact.object != statement.subject]
        return self._by_absence(statement, relation, others)

    def _by_rows(self, statement: Statement, same: Sequence[Fact]) -> _Finding | None:
        """By the rows about this very subject, relation and object; None where there are none."""
        stated, denied = [fact for fact in same if not fact.negated], [fact for fact in same if fact.negated]
        if stated and denied:
            return _Finding("unknown", same, "conflicting_facts")
        if denied:
            return _Finding("supported" if statement.negated else "contradicted", denied)
        if not stated:
            return None
        agreements = [_qualified(fact.qualifier, statement.qualifier) for fact in stated]
        fitting = [fact for fact, found in zip(stated, agreements, strict=True) if found == "agrees"]
        if fitting:
            return _Finding("contradicted" if statement.negated else "supported", fitting)
        if "unsure" in agreements:
            comparable = all(fact.qualifier for fact in stated)
            return _Finding("unknown", stated, "not_comparable" if comparable else "qualifier_not_stated")
        if statement.negated:
            return _Finding("unknown", stated, "other_qualifier")
        return _Finding("contradicted", stated)

    def _by_closure(self, statement: Statement, relation: Relation) -> _Finding | None:
        """By what the relation leads to; None where it does not lead there."""
        if statement.subject == statement.object:
            return _Finding("unknown", reason="same_entity")
        closure = self._closures[statement.relation]
        if path := closure.path(statement.subject, statement.object):
            if statement.qualifier:
                return _Finding("unknown", path, "qualifier_not_stated")
            return _Finding("contradicted" if statement.negated else "supported", path)
        if relation.world == "closed" and not statement.negated:  # what stands below it cannot stand above it as well
            path = closure.path(statement.object, statement.subject)
            return _Finding("contradicted", path) if path else None
        return None

    def _by_absence(self, statement: Statement, relation: Relation, rows: Sequence[Fact]) -> _Finding:
        """By the other objects that the subject has; a table without any says nothing."""
        if not rows:
            return _Finding("unknown", reason="no_facts_of_subject")
        above = self._above.above(statement.object)
        for fact in rows:
            if statement.object in self._above.above(fact.object):
                return _Finding("unknown", (fact, *self._above.path(fact.object, statement.object)), "broader_term")
            # Of a transitive relation everything has the same top, so that to stand below a true object says nothing.
            if fact.object in above and not relation.transitive:
                return _Finding("unknown", (fact, *self._above.path(statement.object, fact.object)), "narrower_term")
        if statement.negated:
            return _Finding("unknown", rows, "not_denied")
        if relation.world != "closed":
            return _Finding("unknown", rows, "open_world")
        return _Finding("contradicted", rows)

    def _same(self, rows: Sequence[Fact], stated: str) -> tuple[list[Fact], list[Fact]]:
        """The rows with that object, and those of which nobody can tell."""
        same = [fact for fact in rows if fact.object == stated]
        if same and stated in self._facts:
            return same, []
        agreements = [self._agreement(fact.object, stated) for fact in rows]
        pairs = list(zip(rows, agreements, strict=True))
        return [fact for fact, found in pairs if found == "agrees"], [
            fact for fact, found in pairs if found == "unsure"
        ]

    def _agreement(self, known: str, stated: str) -> Agreement:
        """Whether two objects are the same; unlike sorts cannot be compared."""
        sort = self._sort(known)
        if sort != self._sort(stated) or sort == "nothing":
            return "unsure"
        if sort == "entity":
            return "agrees" if known == stated else "differs"
        return _literals(known, stated)

    def _sort_of(self, text: str) -> str:
        if text in self._facts:
            return "entity"
        if text.strip().lower().lstrip("+-") in _NO_VALUES:
            return "nothing"
        return "text" if quantity(text) is None else "quantity"


def _qualified(known: str, stated: str) -> Agreement:
    """Whether a fact has the qualifier that the statement names; one that names none fits all."""
    if not stated or known.casefold() == stated.casefold():
        return "agrees"
    return _literals(known, stated) if known else "unsure"


@lru_cache(_REMEMBERED)
def _literals(known: str, stated: str) -> Agreement:
    one, other = quantity(known), quantity(stated)
    if one is not None and other is not None:
        return agreement(one, other)
    if one is not None or other is not None:
        return "unsure"
    return "agrees" if name_key(known) == name_key(stated) else "differs"
