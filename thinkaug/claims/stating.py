"""stating: a row of words and elements -> the statements it makes. Knows no text, no tokens and no names.

Cues that name both ends are read as they stand; the others with the names in their piece of the clause.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from thinkaug.claims import Statement
from thinkaug.claims.clauses import Element, Row
from thinkaug.claims.cues import listing
from thinkaug.claims.denying import UNCLEAR, deciding, negated, qualifier
from thinkaug.claims.finding import Finding, Hit, Kinds
from thinkaug.claims.language import EXCEPT, NOT, PRONOUN, UNREAL, Language
from thinkaug.claims.pieces import Piece, clauses, pieces
from thinkaug.claims.quantities import quantities
from thinkaug.claims.relations import Relations
from thinkaug.knowledge.facts import kind_of

_Said = list[tuple[Element, ...]]  # the lists of names in a stretch


class Stating:
    """Reads rows with the cues of `relations`; `kinds` are those of subjects and objects of the relations held."""

    def __init__(self, relations: Relations, kinds: Mapping[str, Kinds], language: Language) -> None:
        self._finding = Finding(relations, kinds, language)
        self._language = language
        self._lists = re.compile(listing(language.joiners))

    def read(self, row: Row, sentence: str, earlier: Sequence[Element]) -> tuple[list[Statement], Sequence[Element]]:
        """What a row states, and what "it" may mean in the next one; `earlier` is what it may mean in this one."""
        hits = self._finding.hits(row)
        if not hits:
            return [], _alone(row)
        stated: list[Statement] = []
        subjects: Sequence[Element] = ()
        carried: _Said = []
        for clause in clauses(row.text):
            within = row.text[clause.start : clause.end]
            if UNREAL in within or (EXCEPT in within and NOT in within):
                continue
            own = [hit for hit in hits if clause.start <= hit.found.start < clause.end]
            for hit in own:
                if hit.whole:
                    new, subjects = self._whole(row, clause, hit, own, sentence, subjects or earlier)
                    stated += new
            words = [hit for hit in own if not hit.whole]
            denied_before = False
            for piece in self._pieces(row, clause, own) if words else ():
                inside = [hit for hit in words if piece.start <= hit.found.start < piece.end]
                said = self._said(row, piece.start, piece.end)
                if denied_before and piece.opened == "and" and not self._has_verb(row, piece):
                    carried = []  # does not treat a and ease b
                for relation in dict.fromkeys(hit.relation.name for hit in inside):
                    of_it = [hit for hit in inside if hit.relation.name == relation]
                    meant = subjects or earlier
                    new, meant = self._piece(row, piece, of_it, said, carried, sentence, meant)
                    stated += new
                    subjects = meant or subjects
                    denied_before = any(each.negated for each in new)
                carried = said or carried
        return _agreed(stated), subjects or _alone(row)

    def _pieces(self, row: Row, clause: Piece, hits: Sequence[Hit]) -> list[Piece]:
        def complete(start: int, end: int) -> bool:
            return any(start <= hit.found.start < end for hit in hits) and row.names(start, end)

        return pieces(row.text, clause, self._language.pauses, complete)

    def _said(self, row: Row, start: int, end: int) -> _Said:
        lists = self._lists.finditer(row.text, start, end)
        return [tuple(row.at(sign) for sign in row.signs(match[0])) for match in lists]

    def _has_pronoun(self, row: Row, piece: Piece) -> bool:
        return f" {PRONOUN} " in row.text[piece.start : piece.end]

    def _has_verb(self, row: Row, piece: Piece) -> bool:
        return bool(self._language.auxiliaries & set(row.text[piece.start : piece.end].split()[:2]))

    def _whole(
        self, row: Row, clause: Piece, hit: Hit, others: Sequence[Hit], sentence: str, meant: Sequence[Element]
    ) -> tuple[list[Statement], Sequence[Element]]:
        subjects = meant if hit.found.subject == PRONOUN else [row.at(sign) for sign in row.signs(hit.found.subject)]
        objects = [row.at(sign) for sign in row.signs(hit.found.object)]
        begin = max((other.found.end for other in others if other.found.end <= hit.found.start), default=clause.start)
        sign = negated(row.text, max(begin, clause.start), hit)
        stated = list(_crossed(hit, subjects, objects, hit.cue.qualifier, [sign] * len(objects), sentence))
        return stated, subjects

    def _piece(
        self,
        row: Row,
        piece: Piece,
        hits: Sequence[Hit],
        said: _Said,
        carried: _Said,
        sentence: str,
        earlier: Sequence[Element],
    ) -> tuple[list[Statement], Sequence[Element]]:
        """What the cues of one relation say in a piece, and about what."""
        main, sign = deciding(row.text, piece.start, hits)
        first = min(main, key=lambda hit: hit.found.start)
        subjects, objects = self._ends(row, piece, first, said, earlier)
        strangers = [names for names in said if all(element.placed and not element.kinds for element in names)]
        if not subjects:
            subjects = self._missing(row, piece, first, strangers, carried, earlier)
            strangers = []
        if first.literal:
            objects = [(Element((text,), frozenset(("",))),) for text in quantities(sentence)]
            if NOT in row.text[first.found.end : piece.end]:
                sign = UNCLEAR if sign else NOT  # "the dose is not 5 mg": no element stands there to take the denial
        elif not objects and len(strangers) == 1:
            objects = strangers
        elif not objects and not strangers and self._has_pronoun(row, piece):
            objects = _of_kind([tuple(earlier)], first.kinds[1])
        if not subjects or not objects:
            return [], ()
        said_beside = qualifier(row.text, piece.start, main)
        stated: list[Statement] = []
        behind = row.text[max(hit.found.end for hit in main) : piece.end]
        turned = {id(row.at(each)) for each in row.signs(behind.partition(" but ")[2])} if sign == NOT else set()
        groups = [_parted(names, turned) for names in (subjects, objects)]
        if any(len(affirmed) > 1 or len(denied) > 1 for affirmed, denied in groups):
            if first.held:
                stated.append(_ambiguous(first, subjects, objects, said_beside, sentence))
        else:
            one = [element for names in subjects for element in names]
            other = [element for names in objects for element in names]
            polarities = ["" if id(element) in turned else sign for element in other]
            stated += _crossed(first, one, other, said_beside, polarities, sentence)
        return stated, subjects[0] if len(subjects) == 1 else ()

    def _ends(self, row: Row, piece: Piece, hit: Hit, said: _Said, earlier: Sequence[Element]) -> tuple[_Said, _Said]:
        """The lists of subjects and of objects: by kind where that tells them apart, else by place."""
        one, other = hit.kinds
        subjects, objects = (
            [tuple(map(row.at, row.signs(end)))] if end else [] for end in (hit.found.subject, hit.found.object)
        )
        if one and other and not one & other:
            return subjects or _of_kind(said, one), objects or _of_kind(said, other)
        if objects and earlier:
            return [tuple(earlier)], objects
        before, behind = self._said(row, piece.start, hit.found.start), self._said(row, hit.found.end, piece.end)
        return subjects or before[-1:], objects or behind[:1]

    def _missing(
        self,
        row: Row,
        piece: Piece,
        hit: Hit,
        strangers: _Said,
        carried: _Said,
        earlier: Sequence[Element],
    ) -> _Said:
        """What a piece without a subject may speak about: a stranger, what was spoken of before, what "it" means."""
        if len(strangers) == 1:
            return strangers
        if strangers:
            return []
        kind = hit.kinds[0]
        known = [names for names in _of_kind(carried, kind) if any(element.entities for element in names)]
        if known:
            return known if len(known) == 1 else []
        return _of_kind([tuple(earlier)], kind) if self._has_pronoun(row, piece) else []


def _of_kind(said: _Said, kinds: frozenset[str]) -> _Said:
    """The names of these kinds, list by list; every known name, where the kinds are not known."""
    found = []
    for names in said:
        chosen: list[Element] = []
        fits = next((bool(each.kinds & kinds or not kinds) for each in names if each.kinds), False)
        for each in names:
            # A name that is unknown is one of those that it stands between in a list.
            fits = bool(each.kinds & kinds or not kinds) if each.kinds else fits
            if fits:
                chosen.append(each)
        if any(each.kinds for each in chosen):
            found.append(tuple(chosen))
    return found


def _parted(said: _Said, turned: Set[int]) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """The lists that differ, among what goes with the cue and among what does not: "not a", or "but a" after "not"."""
    lists: tuple[set[tuple[str, ...]], set[tuple[str, ...]]] = (set(), set())
    for names in said:
        key = tuple(entity for each in names for entity in each.entities or (f"?{id(each)}",))
        lists[names[0].denied or id(names[0]) in turned].add(key)
    return lists


def _crossed(
    hit: Hit,
    subjects: Sequence[Element],
    objects: Sequence[Element],
    said_beside: str,
    polarities: Sequence[str],
    sentence: str,
) -> Iterator[Statement]:
    """One statement for every subject and object."""
    for one in subjects:
        subject, why_subject = _resolved(one, hit.kinds[0], "unknown_subject")
        for other, polarity in zip(objects, polarities, strict=True):
            object_, why_object = _resolved(other, hit.kinds[1], "unknown_object")
            known = one.kinds or other.kinds
            if not known or any(
                element.kinds and kinds and not element.kinds & kinds
                for element, kinds in zip((one, other), hit.kinds, strict=True)
            ):
                continue
            reason = "ambiguous" if polarity == UNCLEAR else why_subject or why_object
            if not hit.held and (reason or subject == object_):
                continue
            denied = (bool(polarity) or one.denied or other.denied) and reason != "ambiguous"
            yield Statement(sentence, subject, hit.relation.name, object_, said_beside, denied, reason)


def _ambiguous(hit: Hit, subjects: _Said, objects: _Said, said_beside: str, sentence: str) -> Statement:
    """A statement of what can still be told."""
    ends = []
    for said, kinds in zip((subjects, objects), hit.kinds, strict=True):
        found = {_resolved(element, kinds, "")[0] for names in said for element in names}
        ends.append(found.pop() if len(found) == 1 else "")
    return Statement(sentence, ends[0], hit.relation.name, ends[1], said_beside, False, "ambiguous")


def _resolved(element: Element, kinds: frozenset[str], why: str) -> tuple[str, str]:
    """The one entity of these kinds that an element names, or why there is not one."""
    if "" in element.kinds:
        return element.entities[0], ""
    found = [entity for entity in element.entities if not kinds or kind_of(entity) in kinds]
    if len(found) == 1:
        return found[0], ""
    return "", "ambiguous" if found else why


def _agreed(stated: Sequence[Statement]) -> list[Statement]:
    """The statements, each once: where one affirms what another denies, neither; without what a fuller one says."""
    if len(stated) < 2:
        return list(stated)
    signs: dict[tuple[str, ...], set[bool]] = {}
    for each in stated:
        signs.setdefault((each.subject, each.relation, each.object, each.qualifier), set()).add(each.negated)
    found: dict[Statement, None] = {}
    for each in stated:
        both = len(signs[each.subject, each.relation, each.object, each.qualifier]) == 2
        fuller = not each.qualifier and any(
            (other.subject, other.relation, other.object, other.negated)
            == (each.subject, each.relation, each.object, each.negated)
            and other.qualifier
            for other in stated
        )
        if both:
            each = Statement(each.text, each.subject, each.relation, each.object, each.qualifier, False, "ambiguous")
        if not fuller:
            found[each] = None
    return list(found)


def _alone(row: Row) -> Sequence[Element]:
    """What a row speaks about where it states nothing: the one thing it names."""
    known = {element.entities: element for element in row.elements if element.entities}
    return tuple(known.values()) if len(known) == 1 else ()
