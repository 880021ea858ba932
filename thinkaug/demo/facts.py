"""The table of facts and what it says: facts.tsv -> Fact, World. Knows nothing of wording.

Three relations: a drug is `used_in` a disease (category DM, disease-modifying, or SYM, symptomatic), a disease is a
`form_of` its parent in the Disease Ontology, and a disease or such a parent `belongs_to` a class, which is its
ancestor at the third level from the root.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from thinkaug import shipped

Relation = Literal["used_in", "form_of", "belongs_to"]
Effect = Literal["DM", "SYM"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the table. Names are spelt as inside a sentence; `category` is DM or SYM for `used_in`, else empty."""

    subject_id: str
    subject: str
    relation: Relation
    object_id: str
    object: str
    category: str
    source: str
    version: str

    @property
    def id(self) -> str:
        """Subject, relation and object by their ids: names may change between releases, ids do not."""
        return f"{self.subject_id} {self.relation} {self.object_id}"


COLUMNS = tuple(Fact.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Use:
    """What a drug is used in, and whether it changes the disease or eases its symptoms."""

    disease: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Place:
    """Where a disease stands: the parent it is a form of, and its class. They may be the same."""

    parent: str
    group: str


@dataclass(frozen=True)
class World:
    """Who treats what and what belongs where, by name, in the order of the table.

    `held_out` are the diseases about whose drugs no conclusion is drawn; `invented` the drugs that do not exist.
    """

    drugs: Mapping[str, Use]
    diseases: Mapping[str, Place]
    held_out: frozenset[str] = field(default=frozenset())
    invented: frozenset[str] = field(default=frozenset())

    def group(self, drug: str) -> str:
        """The class of the disease that the drug is used in."""
        return self.diseases[self.drugs[drug].disease].group

    def used_in(self, disease: str) -> list[str]:
        """The drugs used in a disease."""
        return [drug for drug, use in self.drugs.items() if use.disease == disease]

    def members(self, group: str) -> list[str]:
        """The diseases of a class."""
        return [disease for disease, place in self.diseases.items() if place.group == group]

    def groups(self) -> list[str]:
        """All classes."""
        return list(dict.fromkeys(place.group for place in self.diseases.values()))

    def concluded(self, group: str) -> list[str]:
        """The drugs about which a conclusion may be drawn, of one class."""
        open_diseases = {disease for disease in self.members(group) if disease not in self.held_out}
        return [drug for drug, use in self.drugs.items() if use.disease in open_diseases]


def knowledge() -> Path:
    """The shipped folder of facts, splits and questions."""
    return shipped.root() / "data" / "knowledge"


def read_facts(path: Path) -> tuple[Fact, ...]:
    """The table, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Fact(**row) for row in csv.DictReader(file, delimiter="\t"))  # type: ignore[arg-type]


def write_facts(path: Path, facts: Iterable[Fact]) -> None:
    """The table as tab-separated values with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows([getattr(fact, column) for column in COLUMNS] for fact in facts)


def world(facts: Iterable[Fact], held_out: Iterable[str] = (), without: Iterable[str] = ()) -> World:
    """What the facts say. `held_out` are disease ids, `without` the ids of drugs to leave out."""
    facts, without, held = list(facts), set(without), set(held_out)
    groups = {fact.subject_id: fact.object for fact in facts if fact.relation == "belongs_to"}
    return World(
        drugs={
            fact.subject: Use(fact.object, fact.category)  # type: ignore[arg-type]  # DM or SYM, as a test holds
            for fact in facts
            if fact.relation == "used_in" and fact.subject_id not in without
        },
        diseases={
            fact.subject: Place(fact.object, groups[fact.subject_id]) for fact in facts if fact.relation == "form_of"
        },
        held_out=frozenset(fact.subject for fact in facts if fact.subject_id in held),
    )
