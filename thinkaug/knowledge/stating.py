"""stating: a row's fields -> the facts it states, in its own ids and names. Knows nothing of other rows.

A row states facts in one of these ways; the first that it has the columns for counts:

1. The user's `fact_*` templates, where the row has the columns of every one that is set. What is not set is as usual.
2. The links of its format: OBO's `is_a` and `relationship` lines.
3. Columns for relation and object, `subject_id subject relation object_id object category`, as far as there are.
4. A column that is called like a relation, as in `id label subClassOf`: each value of it is an object by name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from thinkaug.knowledge.readers import Found
from thinkaug.knowledge.template import Template, read_template
from thinkaug.knowledge.wording import Config, as_text


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as a row states it; ids and names may be empty, but never both of one end.

    `by_name` is whether the row has no columns for ids at all, so that names are all there is to tell things apart.
    """

    subject_id: str
    subject: str
    relation: str
    object_id: str
    object: str
    qualifier: str
    negated: bool
    by_name: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says: facts, and the `(id, name)` of what it is about, where it has an id of its own.

    `incomplete` counts facts of which an end or the relation is empty, `not_unicode` those that hold a lone surrogate.
    """

    facts: tuple[Stated, ...] = ()
    about: tuple[str, str] = ("", "")
    incomplete: int = 0
    not_unicode: int = 0


_PARTS = ("subject_id", "subject", "relation", "object_id", "object", "qualifier")
_USUAL: Mapping[str, tuple[str, ...]] = {
    "subject_id": ("{subject_id}",),
    "subject": ("{subject}",),
    "relation": ("{relation}", "{predicate}"),
    "object_id": ("{object_id}",),
    "object": ("{object}",),
    "qualifier": ("{qualifier}", "{category}"),
}
_OWN = {"subject_id": ("{id}",), "subject": ("{label}", "{name}", "{title}", "{term}")}
_RELATION_COLUMNS = {
    "is_a": "is_a",
    "subClassOf": "is_a",
    "part_of": "part_of",
    "form_of": "form_of",
    "used_in": "used_in",
}
_DENY = ("NOT",)

State = Callable[[Found], Said]
Templates = Mapping[str, Sequence[Template]]


def stating(config: Config) -> State:
    """How rows state facts under these settings.

    Raises:
        UserError: a template cannot be read.
    """
    mine = {part: templates for part in _PARTS if (templates := getattr(config, f"fact_{part}"))}
    named = {part for part in mine if part.startswith("subject")}
    rest = {**_USUAL, **({part: (*_USUAL[part], *_OWN[part]) for part in _OWN} if not named else {})}
    own, usual, users = _read(_OWN), _read(_USUAL), _read({**rest, **mine})
    denying = {value.strip().casefold() for value in (*config.deny, *_DENY)}

    def said(found: Found) -> Said:
        if found.fields is None:
            return Said()
        row = _Row(found.fields)
        stated: Iterator[Stated]
        if mine and all(row.has(users[part]) for part in mine) and row.has(users["relation"]):
            stated, about = iter([row.stated(users, denying)]), ("", "")
        elif found.links:
            about = row.about(own)
            links = ((link.relation, link.target, link.name) for link in found.links)
            stated = (Stated(*about, relation, target, name, "", False, False) for relation, target, name in links)
        elif row.has(usual["relation"]) and (row.has(usual["object"]) or row.has(usual["object_id"])):
            stated, about = iter([row.stated(usual, denying)]), ("", "")
        elif columns := [column for column in _RELATION_COLUMNS if column in found.fields]:
            about = row.about(own)
            by_name = not row.has(own["subject_id"])
            ends = ((_RELATION_COLUMNS[column], name) for column in columns for name in row.values(column))
            stated = (Stated(*about, relation, "", name, "", False, by_name) for relation, name in ends)
        else:
            return Said()
        return _sorted_out(list(stated), about if _storable(*about) else ("", ""))

    return said


def _sorted_out(stated: Sequence[Stated], about: tuple[str, str]) -> Said:
    """The facts that can be kept, and how many cannot."""
    whole = [
        fact
        for fact in stated
        if fact.relation and (fact.subject_id or fact.subject) and (fact.object_id or fact.object)
    ]
    kept = tuple(
        fact
        for fact in whole
        if _storable(fact.subject_id, fact.subject, fact.relation, fact.object_id, fact.object, fact.qualifier)
    )
    return Said(kept, about, len(stated) - len(whole), len(whole) - len(kept))


def _storable(*texts: str) -> bool:
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _read(parts: Mapping[str, Sequence[str]]) -> Templates:
    return {part: [read_template(text, f"index: fact_{part}") for text in texts] for part, texts in parts.items()}


class _Row:
    """The fields of a row, seen through templates."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def has(self, templates: Sequence[Template]) -> bool:
        return any(template.applies(self._fields) for template in templates)

    def filled(self, templates: Sequence[Template]) -> str:
        template = next((template for template in templates if template.applies(self._fields)), None)
        return template.fill(lambda column: as_text(self._fields.get(column))) if template else ""

    def values(self, column: str) -> list[str]:
        value = self._fields[column]
        listed = value if isinstance(value, list | tuple) else [value]
        return [text for each in listed if (text := as_text(each))]

    def about(self, own: Templates) -> tuple[str, str]:
        return self.filled(own["subject_id"]), self.filled(own["subject"])

    def stated(self, templates: Templates, denying: set[str]) -> Stated:
        subject_id, subject, relation, object_id, object_, qualifier = (self.filled(templates[part]) for part in _PARTS)
        negated = qualifier.casefold() in denying
        by_name = not (self.has(templates["subject_id"]) or self.has(templates["object_id"]))
        qualifier = "" if negated else qualifier
        return Stated(subject_id, subject, relation, object_id, object_, qualifier, negated, by_name)
