"""The shipped corpus: what the grammar makes now, every fact in it, no held-out conclusion given away."""

import json
from functools import cache
from typing import Any

from thinkaug import shipped
from thinkaug.demo.facts import Fact, World
from thinkaug.demo.names import plural
from thinkaug.demo.samples import sample_notes, sample_rows
from thinkaug.demo.splits import Splits
from thinkaug.demo.stretches import stretches
from thinkaug.records import Document, Passage
from thinkaug.stage import Kept
from thinkaug.stages.segment import Config as SegmentConfig
from thinkaug.stages.segment import segment


@cache
def rows() -> list[dict[str, Any]]:
    path = shipped.root() / "data" / "samples" / "demo.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_shipped_corpus_is_what_the_grammar_makes(facts: tuple[Fact, ...], splits: Splits) -> None:
    path = shipped.root() / "data" / "samples" / "demo.jsonl"
    assert "".join(sample_rows(facts, splits)) == path.read_text(encoding="utf-8")


def test_every_fact_about_a_drug_or_disease_is_stated(facts: tuple[Fact, ...], truth: World) -> None:
    stated = {fact for row in rows() for fact in row["meta"]["facts"]}
    wanted = {
        fact.id
        for fact in facts
        if fact.relation == "used_in" or (fact.relation == "belongs_to" and fact.subject in truth.diseases)
    }
    assert stated == wanted


def test_no_document_names_a_held_out_drug_and_its_class(truth: World) -> None:
    held_out = [drug for drug, use in truth.drugs.items() if use.disease in truth.held_out]
    assert len(held_out) > 100
    for row in rows():
        said = f" {row['title']} {row['text']} ".lower()
        for drug in held_out:
            if drug.lower() in said:
                group = truth.group(drug)
                rest = said.replace(truth.drugs[drug].disease.lower(), "")
                assert group not in rest, row["text"]
                assert plural(group) not in rest, row["text"]


def test_conclusions_name_no_disease_and_cover_all_drugs_that_are_not_held_out(truth: World) -> None:
    concluded: set[str] = set()
    for row in rows():
        paragraphs = row["text"].split("\n\n")
        assert len(paragraphs) == len(row["meta"]["statements"])
        for sort, text in zip(row["meta"]["statements"], paragraphs, strict=True):
            if sort == "conclusion":
                assert not any(disease.lower() in text.lower() for disease in truth.diseases), text
                concluded |= {drug for drug in truth.drugs if drug.lower() in text.lower()}
    open_drugs = {drug for drug, use in truth.drugs.items() if use.disease not in truth.held_out}
    assert open_drugs <= concluded
    # a longer name may contain a shorter one
    assert all(any(drug in other for other in open_drugs) for drug in concluded - open_drugs)


def test_the_segmenter_cuts_at_every_paragraph(facts: tuple[Fact, ...], splits: Splits) -> None:
    services: Any = None
    work = segment.start(SegmentConfig(), services, ())
    notes = sample_notes(facts, splits)
    documents: Any = [Document(note.title, note.text) for note in notes]
    for note, outcome in zip(notes, work(documents), strict=True):
        assert isinstance(outcome, Kept)
        passages = [row for row in outcome.rows if isinstance(row, Passage)]
        assert [(p.before(cut), p.target(cut)) for p in passages for cut in p.cuts] == stretches(note)


def test_documents_are_short_and_differ() -> None:
    assert 350 <= len(rows()) <= 450
    assert 600 <= sum(row["text"].count("\n\n") + 1 for row in rows()) <= 800
    assert len({row["text"] for row in rows()}) == len(rows())
    for row in rows():
        assert row["title"]
        assert row["license"] == "CC0-1.0"
        assert row["language"] == "en"
        assert 1 <= row["text"].count("\n\n") + 1 <= 4
        assert "  " not in row["text"]
        assert row["text"] == row["text"].strip()
