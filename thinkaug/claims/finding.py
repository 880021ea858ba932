"""finding: a row -> the cues that count in it. Knows no statements.

Of two cues of different relations in one place the longer counts; of two as long, that of a relation which the table
holds, then the one that is written first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from thinkaug.claims.clauses import Row
from thinkaug.claims.cues import Cue, CueSearch, Found
from thinkaug.claims.language import BREAK, EXCEPT, MORE, NOT, PRONOUN, UNREAL, Language
from thinkaug.claims.relations import Relation, Relations

Kinds = tuple[frozenset[str], frozenset[str]]
"""Of the subjects and of the objects of a relation; empty where they are not known, a literal is of kind ""."""

_UNKNOWN: Kinds = (frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue of a relation in a row."""

    relation: Relation
    cue: Cue
    found: Found
    kinds: Kinds

    @property
    def held(self) -> bool:
        """Whether the table has facts of the relation; of one that it lacks only what is read whole is of use."""
        return bool(self.kinds[0])

    @property
    def whole(self) -> bool:
        """Whether the cue names both ends."""
        return self.cue.whole

    @property
    def literal(self) -> bool:
        """Whether the relation's objects are quantities."""
        return self.kinds[1] == frozenset(("",))


class Finding:
    """Finds cues; `kinds` are those of the relations that the table holds."""

    def __init__(self, relations: Relations, kinds: Mapping[str, Kinds], language: Language) -> None:
        self._cues = [(relations[name], cue) for name, cues in relations.cues.items() for cue in cues]
        self._ranks = {name: (name not in kinds, place) for place, name in enumerate(relations)}
        self._search = CueSearch([cue for _, cue in self._cues])
        self._kinds, self._language = kinds, language

    def hits(self, row: Row) -> list[Hit]:
        """The cues that count, in order of place."""
        found = []
        for index in self._search.candidates(row.text):
            relation, cue = self._cues[index]
            kinds = self._kinds.get(relation.name, _UNKNOWN)
            found += [hit for each in cue.find(row.text) if self._fits(row, hit := Hit(relation, cue, each, kinds))]
        if len(found) < 2:
            return found
        found.sort(key=lambda hit: (-hit.found.size, self._ranks[hit.relation.name], hit.found.start, hit.cue.text))
        chosen: list[Hit] = []
        for hit in found:
            if not any(_clash(row, hit, other) for other in chosen):
                chosen.append(hit)
        return sorted(chosen, key=lambda hit: hit.found.start)

    def _fits(self, row: Row, hit: Hit) -> bool:
        """Whether the names in a cue's slots are of its kinds, and no parts of something longer."""
        if not hit.cue.slots:
            return True
        known, met = False, []
        if hit.cue.bare and not all(row.at(sign).kinds for sign in row.signs(hit.found.object)):
            return False  # "a is painful"
        for signs, kinds in ((hit.found.subject, hit.kinds[0]), (hit.found.object, hit.kinds[1])):
            for sign in row.signs(signs):
                element = row.at(sign)
                if element.kinds and kinds and not element.kinds & kinds:
                    return False
                known |= bool(element.kinds)
                met.append(element.kinds)
        if not known and hit.whole and hit.found.subject != PRONOUN:
            return False
        if hit.relation.transitive and not hit.kinds[0] and len({kinds for kinds in met if kinds}) > 1:
            return False  # what is transitive joins things of one kind
        before = row.text[: hit.found.start].rpartition(" ")[2]
        if hit.cue.opens and hit.whole and not self._language.begins(before):
            return False  # "the indication of a is b" is no "a is b"
        behind = row.text[hit.found.end + 1 :].partition(" ")[0]
        may_follow = not behind or behind in (BREAK, EXCEPT, MORE, NOT, UNREAL, ",") or behind in self._language.closed
        return may_follow or not (hit.cue.closes and hit.whole)  # "a is a cancer risk" is no "a is a cancer"


def _clash(row: Row, one: Hit, other: Hit) -> bool:
    """Whether two cues claim the same words for the same names."""
    if one.found.first >= other.found.last or other.found.first >= one.found.last:
        return False
    if one.relation is other.relation and not (one.whole or other.whole):
        return False
    names = [set(row.signs(hit.found.subject + hit.found.object)) for hit in (one, other)]
    return names[0] <= names[1] or names[1] <= names[0]
