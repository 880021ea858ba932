"""facts: an entity -> what is known of it, and names -> entities. Reads what `fact_files` wrote; stays memory-mapped.

Opened by `Index.facts`. Nothing is read at opening but the schemas; a look-up touches the pages it leads to, and what
is known of the latest entities stays at hand. Threads may share it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any

from thinkaug.knowledge import layout
from thinkaug.knowledge.sorted_texts import SortedTexts
from thinkaug.knowledge.texts import Texts

_REMEMBERED = 1 << 16  # entities, whose facts and names stay at hand: about 1 kB each
_BATCH_ROWS = 1000
_TEXTS = ("relation", "object", "qualifier", "entry", "quote", "source", "version")
_NAMESPACE = re.compile(r"([^\W\d_]+)[_-]?\d+\Z")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as a table states it, or denies it.

    Args:
        subject: id of the entity it is about; its name, where the table has no ids.
        relation: as the table calls it.
        object: id of an entity, or a literal such as `500 mg`, and any name that could not be told to be an entity's.
        qualifier: what is said beside, such as a category of the relation; empty where nothing is.
        negated: whether the table denies the fact: a NOT row.
        entry: id of the entry whose row states it.
        quote: what that row says, letter for letter; of a long text the sentence about subject and object.
        source: of the entry.
        version: of the entry.
    """

    subject: str
    relation: str
    object: str
    qualifier: str
    negated: bool
    entry: str
    quote: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What facts speak about. `name` is what it is called first of all; it may be empty, and is no synonym."""

    id: str
    name: str
    synonyms: tuple[str, ...]


def kind_of(entity: str) -> str:
    """The namespace of an id: `DOID:1` -> `DOID`, `DB00122` -> `DB`; empty for whatever else, literals too."""
    space, colon, _ = entity.partition(":")
    if colon:
        return space
    match = _NAMESPACE.match(entity)
    return match[1] if match else ""


class Facts:
    """The facts of an open index. `digest` is the index's: it covers the files, the settings, the program's version."""

    def __init__(self, folder: Path, digest: str, counts: Mapping[str, Any]) -> None:
        """Use `Index.facts`; `counts` is what `index.json` says of the facts."""
        self.digest = digest
        self._counts = counts
        self._facts = SortedTexts(folder / layout.FACTS)
        self._texts = [Texts(self._facts.batch.column(name)) for name in _TEXTS]
        self._entities = SortedTexts(folder / layout.ENTITIES)
        self._about = lru_cache(_REMEMBERED)(self._read_about)
        self._row_of = lru_cache(_REMEMBERED)(self._find_row)
        self._kinds = {
            relation: (frozenset(each["subjects"]), frozenset(each["objects"]))
            for relation, each in counts["relations"].items()
        }

    def __len__(self) -> int:
        """How many facts there are."""
        return len(self._facts)

    def __contains__(self, entity: object) -> bool:
        """Whether that is the id of an entity."""
        return isinstance(entity, str) and self._row_of(entity) is not None

    @property
    def entities(self) -> int:
        """How many entities there are."""
        return len(self._entities)

    @property
    def relations(self) -> frozenset[str]:
        """The names of all relations that some fact has."""
        return frozenset(self._kinds)

    def names(self) -> Iterator[tuple[str, str]]:
        """Every `(name, id of its entity)`, in order of id; a name of several entities comes once for each of them."""
        batch = self._entities.batch
        for start in range(0, batch.num_rows, _BATCH_ROWS):
            columns = batch.slice(start, _BATCH_ROWS).to_pydict()
            for entity, name, synonyms in zip(columns["id"], columns["name"], columns["synonyms"], strict=True):
                yield from ((each, entity) for each in (name, *synonyms) if each)

    def name_of(self, entity: str) -> str:
        """What an entity is called first of all; what is none, or has no name, is its own name."""
        row = self._row_of(entity)
        return (self._entities.batch.column("name")[row].as_py() or entity) if row is not None else entity

    def of(self, subject: str, relation: str) -> tuple[Fact, ...]:
        """All facts with that subject and relation, in order of object; those that are denied too."""
        return self._about(subject).get(relation, ())

    def kinds(self, relation: str) -> tuple[frozenset[str], frozenset[str]]:
        """The kinds of what stands as its subject, and as its object; a literal is of kind ""."""
        return self._kinds.get(relation, (frozenset(), frozenset()))

    def _read_about(self, subject: str) -> dict[str, tuple[Fact, ...]]:
        found = self._facts.find(_stored(subject))
        if not found:
            return {}
        columns = [texts.some(found) for texts in self._texts]
        negated = self._facts.batch.column("negated").slice(found.start, len(found)).to_pylist()
        gathered: defaultdict[str, list[Fact]] = defaultdict(list)
        for no, relation, object_, qualifier, entry, quote, source, version in zip(negated, *columns, strict=True):
            name, origin, edition = intern(relation), intern(source), intern(version)
            gathered[name].append(Fact(subject, name, object_, qualifier, no, entry, quote, origin, edition))
        return {relation: tuple(facts) for relation, facts in gathered.items()}

    def _find_row(self, entity: str) -> int | None:
        found = self._entities.find(_stored(entity))
        return found.start if found else None


def _stored(text: str) -> str:
    """The text as it may stand in the index: a lone surrogate does not."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
