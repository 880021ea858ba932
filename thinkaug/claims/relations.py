"""relations: `templates/relations/<name>.yaml` -> by which words a field's relations are known. Knows no facts.

The user's own file comes before a shipped one. The words of the language (what denies, what asks, what may never be a
name) stand in `relations/words/<language>.yaml`, which a file of relations names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from jinja2 import TemplateNotFound

from thinkaug import shipped
from thinkaug.claims.cues import Cue
from thinkaug.claims.language import Language, Words
from thinkaug.errors import UserError, unknown
from thinkaug.records import content_id
from thinkaug.settings import read_config
from thinkaug.templates import Templates
from thinkaug.yaml import read_yaml

World = Literal["closed", "open"]


@dataclass(frozen=True)
class Relation:
    """One relation between a subject and an object.

    Args:
        name: as the table of facts calls it.
        world: closed: where the table has facts about a subject, what it does not say is false; open: it may be true.
        transitive: whether what holds from a to b and from b to c holds from a to c.
        cues: words that say it, see `thinkaug.claims.cues`.
        denials: words that deny it.
        qualifiers: what may be said beside, each with the words that say it, and the relation with it.
    """

    name: str
    world: World = "open"
    transitive: bool = False
    cues: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Relations(Mapping[str, Relation]):
    """The relations of a field by name, in the order of their file, with the words of its language.

    Attributes:
        words: the language's.
        cues: those of all relations, ready to be looked for.
        digest: of all that shapes a reading.

    Raises:
        UserError: a cue cannot be understood; the message says which.
    """

    def __init__(self, relations: Mapping[str, Relation], words: Words, where: str = "relations") -> None:
        self._relations = dict(relations)
        self.words = words
        language = Language(words)
        self.cues = {name: tuple(_cues(each, language, where)) for name, each in relations.items()}
        self.digest = content_id(repr(self._relations), repr(words))

    def __getitem__(self, name: str) -> Relation:
        """The relation of that name."""
        return self._relations[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self._relations)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._relations)


@dataclass(frozen=True)
class _File:
    relations: Mapping[str, Mapping[str, object]]
    words: str = "english"


@dataclass(frozen=True)
class _Entry:
    """A relation as a file has it: its name is the key before it."""

    world: World
    cues: tuple[str, ...] = ()
    transitive: bool = False
    denials: tuple[str, ...] = ()
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_relations(name: str, templates: Templates) -> Relations:
    """The relations of that name.

    Raises:
        UserError: there is no such file, or it is not one of relations; the message names the nearest, or the place.
    """
    place = f"templates/relations/{name}.yaml"
    file = read_config(_File, _values(name, "relations", templates), place)
    words = read_config(Words, _values(file.words, "relations/words", templates), f"relations/words/{file.words}.yaml")
    found = {}
    for key, values in file.relations.items():
        entry = read_config(_Entry, values, f"{place}: {key}")
        if not (entry.cues or entry.denials or entry.qualifiers):
            raise UserError(f"{place}: {key}: no cues; write the words that say it, as `cues: [used in]`")
        found[key] = Relation(key, **{each.name: getattr(entry, each.name) for each in fields(entry)})
    return Relations(found, words, place)


def _cues(relation: Relation, language: Language, where: str) -> Iterator[Cue]:
    groups = [("", False, relation.cues), ("", True, relation.denials)]
    groups += [(value, False, cues) for value, cues in relation.qualifiers.items()]
    for qualifier, denies, cues in groups:
        for text in cues:
            try:
                yield Cue(text, language, qualifier=qualifier, denies=denies)
            except ValueError as error:
                raise UserError(f"{where}: {relation.name}: cue {text!r}: {error}") from error


def _values(name: str, folder: str, templates: Templates) -> object:
    place = f"{folder}/{name}.yaml"
    try:
        return read_yaml(templates.read(place))
    except TemplateNotFound as error:
        known = {path.stem for path in (shipped.root() / "templates" / folder).glob("*.yaml")}
        raise unknown("file of relations", name, known, f"templates/{folder}") from error
    except ValueError as error:
        raise UserError(f"templates/{place}: not valid YAML: {error}") from error
