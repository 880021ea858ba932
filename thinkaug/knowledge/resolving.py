"""resolving: what all rows stated, in their own ids and names -> facts about entities. Knows nothing of files.

A name without an id is that of the entity that is called so: spelt the same before folded the same, first names before
synonyms. A name of several entities, or of none, stays a literal; as a subject it cannot be told, and its fact is left
out, unless the table has no ids at all: there a name that is no quantity is an entity's, and its id.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from thinkaug.knowledge.entry import Entry
from thinkaug.knowledge.facts import Entity, Fact, kind_of
from thinkaug.knowledge.quantities import quantity
from thinkaug.knowledge.quote import MOST_CHARS, cut, quote
from thinkaug.knowledge.stating import Said, Stated
from thinkaug.knowledge.tokens import name_key, tokens


@dataclass(frozen=True)
class Resolved:
    """Facts in order of subject, relation and object, entities in order of id.

    `left_out` counts facts that were stated and are not there, `literals` objects by name that are no entity's, by
    reason.
    """

    facts: tuple[Fact, ...]
    entities: tuple[Entity, ...]
    left_out: Mapping[str, int]
    literals: Mapping[str, int]

    def kinds(self) -> dict[str, dict[str, object]]:
        """By relation: how many facts, and the kinds of subjects and objects, in order."""
        ids = {entity.id for entity in self.entities}
        subjects, objects = defaultdict(set), defaultdict(set)
        for fact in self.facts:
            subjects[fact.relation].add(kind_of(fact.subject))
            objects[fact.relation].add(kind_of(fact.object) if fact.object in ids else "")
        counts = Counter(fact.relation for fact in self.facts)
        return {
            relation: {
                "facts": counts[relation],
                "subjects": sorted(subjects[relation]),
                "objects": sorted(objects[relation]),
            }
            for relation in sorted(counts)
        }


class Statements:
    """Collects what the rows state, in the order of the files; `resolve` when all were read."""

    def __init__(self) -> None:
        self._stated: list[tuple[Stated, Entry]] = []
        self._own: dict[str, dict[str, None]] = {}  # id -> what its own row calls it
        self._given: defaultdict[str, dict[str, None]] = defaultdict(dict)  # id -> what facts call it
        self._entries: defaultdict[str, tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))
        self._lost: Counter[str] = Counter()

    def take(self, said: Said, entry: Entry | None) -> None:
        """Take one row. `entry` is what it became, also where the index keeps another of that id; None where nothing.

        Without an entry there is nothing to quote, so that its facts are none; what it calls its own id still counts.
        """
        own_id, own_name = said.about
        if own_id:
            self._own.setdefault(own_id, {}).update({own_name: None} if own_name else {})
        self._lost.update(incomplete=said.incomplete, not_unicode=said.not_unicode)
        if entry is None:
            self._lost["no_entry"] += len(said.facts)
            return
        titles, synonyms = self._entries[entry.id]
        titles.update({entry.title: None} if entry.title else {})
        synonyms.update(dict.fromkeys(entry.synonyms))
        for fact in said.facts:
            self._stated.append((fact, entry))
            for entity, name in ((fact.subject_id, fact.subject), (fact.object_id, fact.object)):
                if entity:
                    self._given[entity].update({name: None} if name else {})

    def resolve(self) -> Resolved:
        """Tell names to be entities', and leave out what is stated twice."""
        called = {entity: self._names(entity) for entity in sorted({*self._own, *self._given})}
        find = _finder(called)
        unnamed: dict[str, str] = {}  # key of a name that is its own id -> the spelling that came first

        def itself(name: str) -> str:
            entity = unnamed.setdefault(name_key(name), name)
            called.setdefault(entity, ([entity], []))
            return entity

        lost, literals = self._lost.copy(), Counter[str]()
        kept: dict[tuple[str, str, str, str, bool], Fact] = {}
        for stated, entry in self._stated:
            subject, problem = (stated.subject_id, "") if stated.subject_id else find(stated.subject)
            if problem == "unknown" and stated.by_name:
                subject, problem = itself(stated.subject), ""
            if problem:
                lost[f"{problem}_subject"] += 1
                continue
            object_, problem = (stated.object_id, "") if stated.object_id else find(stated.object)
            if problem == "unknown" and stated.by_name and quantity(stated.object) is None:
                object_, problem = itself(stated.object), ""
            if problem:
                object_ = stated.object
                literals[problem if quantity(object_) is None else "quantity"] += 1
            key = (subject, stated.relation, object_, stated.qualifier, stated.negated)
            if key in kept:
                lost["stated_twice"] += 1
                continue
            said = _quoted(entry, f"{stated.subject} {stated.object or stated.object_id}")
            kept[key] = Fact(*key, entry.id, said, entry.source, entry.version)
        entities = (
            Entity(entity, names[0] if names else "", (*names[1:], *synonyms))
            for entity, (names, synonyms) in sorted(called.items())
        )
        facts = tuple(kept[key] for key in sorted(kept))
        return Resolved(facts, tuple(entities), _counted(lost), _counted(literals))

    def _names(self, entity: str) -> tuple[list[str], list[str]]:
        """Its first names, the best before the others, and its synonyms; none twice."""
        titles, synonyms = self._entries.get(entity, ({}, {}))
        first = {**titles, **self._own.get(entity, {}), **self._given.get(entity, {})}
        return list(first), [name for name in synonyms if name not in first]


def _finder(called: Mapping[str, tuple[list[str], list[str]]]) -> Callable[[str], tuple[str, str]]:
    """`name -> (id, "")`, or `("", "ambiguous" or "unknown")`."""
    spelt, folded, others = (defaultdict[str, set[str]](set) for _ in range(3))
    for entity, (names, synonyms) in called.items():
        for name in names:
            spelt[name].add(entity)
            folded[name_key(name)].add(entity)
        for name in synonyms:
            others[name_key(name)].add(entity)

    def find(name: str) -> tuple[str, str]:
        key = name_key(name)
        for among in (spelt.get(name), folded.get(key), others.get(key)):
            if among:
                return (next(iter(among)), "") if len(among) == 1 else ("", "ambiguous")
        return "", "unknown"

    return find


def _quoted(entry: Entry, ends: str) -> str:
    if len(entry.text) <= MOST_CHARS:
        return entry.text
    return quote(entry.text, cut(entry.text), dict.fromkeys(tokens(ends), 1.0), tokens)


def _counted(counts: Iterable[str] | Counter[str]) -> dict[str, int]:
    return {reason: count for reason, count in Counter(counts).most_common() if count}
