"""Facts -> the demo corpus that is shipped, and the folder of facts. Knows no thoughts and no model."""

import json
from collections.abc import Iterable
from pathlib import Path

from thinkaug.demo.corpus import Note, corpus
from thinkaug.demo.facts import Fact, world, write_facts
from thinkaug.demo.sentences import Statement
from thinkaug.demo.splits import Splits, draw_splits, questions, write_questions, write_splits
from thinkaug.demo.voice import Voice

SAMPLES_SEED = 2
SOURCE = "thinkaug demo"


def write_knowledge(folder: Path, facts: tuple[Fact, ...]) -> Splits:
    """facts.tsv, splits.json and questions.jsonl of a table of facts."""
    splits = draw_splits(facts)
    folder.mkdir(parents=True, exist_ok=True)
    write_facts(folder / "facts.tsv", facts)
    write_splits(folder / "splits.json", splits)
    write_questions(folder / "questions.jsonl", questions(facts, splits))
    return splits


def sample_notes(facts: tuple[Fact, ...], splits: Splits) -> list[Note]:
    """The documents of the demo corpus, about all facts."""
    return corpus(world(facts, splits.held_out), Voice(SAMPLES_SEED))


def sample_rows(facts: tuple[Fact, ...], splits: Splits) -> Iterable[str]:
    """The demo corpus as JSON lines."""
    drug_facts = {fact.subject: fact for fact in facts if fact.relation == "used_in"}
    class_facts = {fact.subject: fact for fact in facts if fact.relation == "belongs_to"}

    def behind(statement: Statement) -> Iterable[str]:
        for subject in statement.subjects:
            if statement.sort == "disease":
                yield class_facts[subject].id
                continue
            use = drug_facts[subject]
            yield use.id
            if statement.sort == "conclusion":
                yield class_facts[use.object].id

    for note in sample_notes(facts, splits):
        row = {
            "text": note.text,
            "title": note.title,
            "source": SOURCE,
            "domain": "pharmacology",
            "language": "en",
            "license": "CC0-1.0",
            "meta": {
                "sort": note.shape,
                "statements": [statement.sort for statement in note.statements],
                "facts": list(dict.fromkeys(fact for statement in note.statements for fact in behind(statement))),
            },
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"


def write_samples(path: Path, facts: tuple[Fact, ...], splits: Splits) -> None:
    """The demo corpus as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(sample_rows(facts, splits)), encoding="utf-8")
