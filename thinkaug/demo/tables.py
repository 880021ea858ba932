"""CC0 tables -> facts. The only module that reads the trial data; everything later needs the shipped facts.tsv alone.

Drugs come from PharmacotherapyDB: those with exactly one indicated disease (DM or SYM). Diseases are matched to the
Disease Ontology by id, not by name, since names change between releases; the ontology's present name is the one used.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from thinkaug import shipped
from thinkaug.demo.facts import Fact
from thinkaug.errors import UserError

INDICATIONS = ("PharmacotherapyDB", "catalog 2016-03-10")
ONTOLOGY = ("Disease Ontology", "2026-07-31")
# The root itself ("disease") has no row, so the third level from the root is the second from the end of a path.
_CLASS_FROM_END = 2

# Labels of the ontology that lack an article inside a sentence.
_SPELLING = {"autoimmune disease of endocrine system": "autoimmune disease of the endocrine system"}


def trial_data() -> Path:
    """The folder of the public tables: $THINKAUG_TRIAL_DATA, else ../shared/data beside the checkout."""
    return Path(os.environ.get("THINKAUG_TRIAL_DATA") or shipped.root().parent / "shared" / "data")


def build_facts(tables: Path) -> tuple[Fact, ...]:
    """All facts, sorted by relation and subject id.

    Args:
        tables: the folder `knowledge` of the trial data.

    Raises:
        UserError: the tables are not there.
    """
    if not (tables / "HumanDO.tsv").is_file():
        raise UserError(f"{tables}: no HumanDO.tsv; set THINKAUG_TRIAL_DATA to the folder that holds knowledge/")
    ontology = _Ontology(tables / "HumanDO.tsv")
    uses = [row for row in _single_uses(tables) if ontology.group(row["doid_id"])]
    diseases = sorted({row["doid_id"] for row in uses})
    parents = sorted({ontology.parent(disease) for disease in diseases})
    facts = [
        Fact(
            row["drugbank_id"],
            _drug_name(row["drug"]),
            "used_in",
            row["doid_id"],
            ontology.name(row["doid_id"]),
            row["category"],
            *INDICATIONS,
        )
        for row in uses
    ]
    facts += [ontology.fact(disease, "form_of", ontology.parent(disease)) for disease in diseases]
    placed = dict.fromkeys([*diseases, *parents])
    facts += [
        ontology.fact(disease, "belongs_to", group)
        for disease in placed
        if (group := ontology.group(disease)) and group != disease
    ]
    order = ("used_in", "form_of", "belongs_to")
    return tuple(sorted(facts, key=lambda fact: (order.index(fact.relation), fact.subject_id)))


def _single_uses(tables: Path) -> Iterator[dict[str, str]]:
    by_drug: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(tables / "pharmacotherapydb" / "indications.tsv"):
        if row["category"] in ("DM", "SYM"):
            by_drug[row["drugbank_id"]].append(row)
    return (rows[0] for rows in by_drug.values() if len(rows) == 1)


def _drug_name(name: str) -> str:
    """Generic names are common nouns: `Vitamin C` -> `vitamin C`, `WF10` as it is."""
    return " ".join(word if word.isupper() else word[0].lower() + word[1:] for word in name.split())


class _Ontology:
    """is_a of the Disease Ontology, by id."""

    def __init__(self, path: Path) -> None:
        rows = list(_rows(path))
        self._names = {row["id"]: row["label"] for row in rows}
        ids = {row["label"]: row["id"] for row in rows}
        self._parents: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["subClassOf"] in ids:
                self._parents[row["id"]].append(ids[row["subClassOf"]])

    def name(self, term: str) -> str:
        label = self._names[term]
        return _SPELLING.get(label, label)

    def parent(self, term: str) -> str:
        return self._parents[term][0]

    def group(self, term: str) -> str:
        """The one ancestor (or the term itself) at the third level; empty where there is none or more than one."""
        found = {path[-_CLASS_FROM_END] for path in self._paths(term) if len(path) >= _CLASS_FROM_END}
        return found.pop() if len(found) == 1 else ""

    def fact(self, subject: str, relation: str, target: str) -> Fact:
        return Fact(subject, self.name(subject), relation, target, self.name(target), "", *ONTOLOGY)  # type: ignore[arg-type]

    def _paths(self, term: str) -> Iterator[list[str]]:
        if term in self._names and not self._parents[term]:
            yield [term]
        for parent in self._parents[term]:
            for path in self._paths(parent):
                yield [term, *path]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
