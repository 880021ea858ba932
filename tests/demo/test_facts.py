"""The shipped table, splits and questions: well formed, disjoint, and what the public tables give."""

import json
from collections import Counter
from pathlib import Path

import pytest

from thinkaug.demo.facts import Fact, World, knowledge, read_facts
from thinkaug.demo.samples import write_knowledge
from thinkaug.demo.splits import Splits, draw_splits
from thinkaug.demo.tables import build_facts, trial_data
from thinkaug.errors import UserError


def test_the_table_is_well_formed(facts: tuple[Fact, ...]) -> None:
    assert len({fact.id for fact in facts}) == len(facts)
    for fact in facts:
        assert fact.relation in ("used_in", "form_of", "belongs_to")
        assert (fact.category in ("DM", "SYM")) == (fact.relation == "used_in")
        assert all((fact.subject_id, fact.subject, fact.object_id, fact.object, fact.source, fact.version))
        assert fact.subject == fact.subject.strip()
        assert "  " not in fact.subject


def test_every_drug_has_one_use_and_every_disease_one_place(facts: tuple[Fact, ...]) -> None:
    subjects = Counter((fact.subject_id, fact.relation) for fact in facts)
    assert set(subjects.values()) == {1}
    diseases = {fact.object_id for fact in facts if fact.relation == "used_in"}
    for relation in ("form_of", "belongs_to"):
        assert diseases <= {fact.subject_id for fact in facts if fact.relation == relation}


def test_a_name_stands_for_one_thing(facts: tuple[Fact, ...]) -> None:
    ids: dict[str, set[str]] = {}
    for fact in facts:
        ids.setdefault(fact.subject.lower(), set()).add(fact.subject_id)
        ids.setdefault(fact.object.lower(), set()).add(fact.object_id)
    assert all(len(found) == 1 for found in ids.values())


def test_splits_are_what_the_table_gives(facts: tuple[Fact, ...], splits: Splits) -> None:
    assert draw_splits(facts) == splits


def test_held_out_diseases_leave_their_class_in_conclusions(truth: World, splits: Splits) -> None:
    assert len(splits.held_out) == 14
    for disease in truth.held_out:
        assert truth.concluded(truth.diseases[disease].group)


def test_a_third_of_the_drugs_is_withheld(facts: tuple[Fact, ...], splits: Splits) -> None:
    drugs = {fact.subject_id for fact in facts if fact.relation == "used_in"}
    assert set(splits.withheld) < drugs
    assert 0.3 < len(splits.withheld) / len(drugs) < 0.36


def test_no_withheld_disease_can_be_told_from_the_class(truth: World, splits: Splits) -> None:
    for drug in splits.withheld.values():
        if truth.drugs[drug].disease not in truth.held_out:
            rivals = {other for other in truth.members(truth.group(drug)) if other not in truth.held_out}
            assert len(rivals) > 1, drug


def test_questions_agree_with_the_world(truth: World, splits: Splits) -> None:
    rows = [json.loads(line) for line in (knowledge() / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(row["kind"] for row in rows) == {
        "drug_disease": len(truth.drugs),
        "conclusion": len(truth.drugs),
        "disease_class": len(truth.diseases),
    }
    held_out = [row for row in rows if row["kind"] == "conclusion" and row["held_out"]]
    assert len(held_out) == sum(use.disease in truth.held_out for use in truth.drugs.values())
    assert {row["id"].split()[1] for row in rows if not row["known_to_writer"]} == set(splits.withheld)


def test_the_public_tables_still_give_the_shipped_files(tmp_path: Path) -> None:
    tables = trial_data() / "knowledge"
    if not tables.is_dir():
        pytest.skip(f"{tables} is absent; set THINKAUG_TRIAL_DATA")
    write_knowledge(tmp_path, build_facts(tables))
    for name in ("facts.tsv", "splits.json", "questions.jsonl"):
        assert (tmp_path / name).read_bytes() == (knowledge() / name).read_bytes()


def test_a_folder_without_tables_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="THINKAUG_TRIAL_DATA"):
        build_facts(tmp_path)


def test_a_term_with_ancestors_in_two_classes_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "pharmacotherapydb"
    folder.mkdir()
    (tmp_path / "HumanDO.tsv").write_text(
        "id\tlabel\tsubClassOf\n"
        "D:1\torgan disease\tdisease\nD:2\tskin disease\torgan disease\nD:3\tnerve disease\torgan disease\n"
        "D:4\tshingles\tskin disease\nD:4\tshingles\tnerve disease\nD:5\tacne\tskin disease\n",
        encoding="utf-8",
    )
    (folder / "indications.tsv").write_text(
        "doid_id\tdrugbank_id\tdisease\tdrug\tcategory\nD:4\tB:1\tzoster\tAciclovir\tDM\n"
        "D:5\tB:2\told name\tVitamin A\tSYM\nD:5\tB:3\told name\tWF10\tNOT\n",
        encoding="utf-8",
    )
    table = build_facts(tmp_path)
    assert [(fact.subject, fact.relation, fact.object) for fact in table] == [
        ("vitamin A", "used_in", "acne"),
        ("acne", "form_of", "skin disease"),
        ("acne", "belongs_to", "skin disease"),
    ]


def test_read_facts_refuses_a_table_with_other_columns(tmp_path: Path) -> None:
    (tmp_path / "facts.tsv").write_text("subject\tdose\naspirin\t1\n", encoding="utf-8")
    with pytest.raises(TypeError):
        read_facts(tmp_path / "facts.tsv")
