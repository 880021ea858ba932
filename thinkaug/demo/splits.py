"""Which diseases are held out from conclusions, which drug facts the writer never sees. Facts -> Splits, questions.

Both are drawn once, by a hash of the ids, and shipped. A class keeps some drugs in conclusions, or a student could
not know its name there; the withheld facts are spread evenly over the diseases.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from thinkaug.demo.facts import Fact
from thinkaug.demo.names import capital, plural

_HELD_OUT_DISEASES = 14
_FEWEST_DRUGS = 3  # of a disease that is held out, and left in conclusions about its class
_WITHHELD_ONE_IN = 3
_DRAW = "thinkaug demo 1"


@dataclass(frozen=True, slots=True)
class Splits:
    """Ids and their names. `held_out`: diseases without conclusions. `withheld`: drugs unknown to the writer model."""

    held_out: Mapping[str, str]
    withheld: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its known answer. `held_out` says that its disease is held out from conclusions.

    For a conclusion that means that the corpus never states the answer; drug and disease facts are always stated.
    """

    id: str
    kind: Literal["drug_disease", "disease_class", "conclusion"]
    question: str
    stem: str
    answer: str
    held_out: bool
    known_to_writer: bool
    facts: tuple[str, ...]


def draw_splits(facts: Iterable[Fact]) -> Splits:
    """The splits of a table of facts; the same table gives the same splits."""
    facts = list(facts)
    uses = [fact for fact in facts if fact.relation == "used_in"]
    groups = {fact.subject_id: fact.object_id for fact in facts if fact.relation == "belongs_to"}
    names = {fact.object_id: fact.object for fact in uses}
    drugs = Counter(fact.object_id for fact in uses)
    left = Counter(groups[fact.object_id] for fact in uses)
    held_out: dict[str, str] = {}
    for disease in sorted(names, key=_lot):
        count, group = drugs[disease], groups[disease]
        if len(held_out) < _HELD_OUT_DISEASES and count >= _FEWEST_DRUGS and left[group] - count >= _FEWEST_DRUGS:
            held_out[disease] = names[disease]
            left[group] -= count
    # A name inside another name would still be read in training: quinidine in quinidine barbiturate. And where only one
    # disease of a class is left in conclusions, the class gives it away: nothing would be withheld.
    left_over = Counter(groups[disease] for disease in names if disease not in held_out)
    eligible = [
        use
        for use in uses
        if not any(use.subject in other.subject for other in uses if other != use)
        and (use.object_id in held_out or left_over[groups[use.object_id]] > 1)
    ]
    eligible.sort(key=lambda use: (use.object_id in held_out, use.object_id, _lot(use.subject_id)))
    count = len(uses) // _WITHHELD_ONE_IN
    drawn = [eligible[number * len(eligible) // count] for number in range(count)]
    withheld = {use.subject_id: use.subject for use in drawn}
    return Splits(dict(sorted(held_out.items())), dict(sorted(withheld.items())))


def read_splits(path: Path) -> Splits:
    """The shipped splits."""
    return Splits(**json.loads(path.read_text(encoding="utf-8")))


def write_splits(path: Path, splits: Splits) -> None:
    """The splits as JSON, one id a line."""
    path.write_text(json.dumps(asdict(splits), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def questions(facts: Iterable[Fact], splits: Splits) -> Iterator[Question]:
    """Every question that the table answers: first hop, second hop, and both in one."""
    facts = list(facts)
    uses = [fact for fact in facts if fact.relation == "used_in"]
    diseases = {fact.object_id for fact in uses}
    places = {fact.subject_id: fact for fact in facts if fact.relation == "belongs_to"}
    for use in uses:
        drug, place = use.subject, places[use.object_id]
        held_out, known = use.object_id in splits.held_out, use.subject_id not in splits.withheld
        yield Question(
            f"drug_disease {use.subject_id}",
            "drug_disease",
            f"Which disease is {drug} used in?",
            f"{capital(drug)} is used in",
            use.object,
            held_out,
            known,
            (use.id,),
        )
        yield Question(
            f"conclusion {use.subject_id}",
            "conclusion",
            f"Among the medicines for which diseases does {drug} belong?",
            f"{capital(drug)} belongs among the medicines for",
            plural(place.object),
            held_out,
            known,
            (use.id, place.id),
        )
    for disease in sorted(diseases):
        place = places[disease]
        yield Question(
            f"disease_class {disease}",
            "disease_class",
            f"To which class of diseases does {place.subject} belong?",
            f"{capital(place.subject)} belongs to the",
            plural(place.object),
            disease in splits.held_out,
            True,
            (place.id,),
        )


def write_questions(path: Path, rows: Iterable[Question]) -> None:
    """The questions, one JSON object a line."""
    lines = [json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")


def _lot(identity: str) -> str:
    return blake2b(f"{_DRAW} {identity}".encode(), digest_size=8).hexdigest()
