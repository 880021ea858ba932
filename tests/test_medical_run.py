"""pipelines/medical.yaml on the demo's model, through real vLLM: what goes out is right by a reader of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets import load_from_disk

import thinkaug
from tests.conftest import Running
from thinkaug import build
from thinkaug.demo.claims import Reader
from thinkaug.demo.facts import knowledge, read_facts, world
from thinkaug.demo.index import build_demo_index
from thinkaug.ledger import balance
from thinkaug.pipeline import Plan
from thinkaug.records import Draft
from thinkaug.shards.validate import validate


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, writer: Running) -> Plan:
    folder = tmp_path_factory.mktemp("medical")
    index = build_demo_index(str(folder / "index"))
    return thinkaug.run(
        "medical",
        settings=[
            "stages.ingest.limit=16",
            f"stages.generate.options.index={index}",
            "stages.generate.candidates=3",
            f"stages.verify.index={index}",
        ],
        out=str(folder),
        engines={"writer": writer},
    )


def drafts(plan: Plan, label: str) -> Iterator[Draft]:
    [step] = [step for step in plan.steps if step.label == label]
    return step.folder.all_rows()


def labels(rows: Iterator[Draft]) -> list[bool]:
    """Whether each claim of the standing recall steps is right, by the frames of the grammar and the table."""
    reader = Reader(world(read_facts(knowledge() / "facts.tsv")))
    standing = (t.text for row in rows for t in row.thoughts if t.kind == "recall" and not t.drop)
    return [reader.true(claim) for text in standing for claim in reader.claims(text)]


def test_every_document_is_accounted_for_and_the_set_is_valid(plan: Plan) -> None:
    ledgers = [build.ledger_of(step) for step in plan.steps]
    assert ledgers[0].rows_in == 16
    assert balance(ledgers) == []
    assert validate(plan.shards).faults == ()


def test_the_model_errs_and_what_goes_out_does_not(plan: Plan) -> None:
    before, after = labels(drafts(plan, "score")), labels(drafts(plan, "prune"))
    assert not all(before)
    assert len(after) >= 10
    assert all(after)


def test_every_verdict_names_its_evidence_and_its_index(plan: Plan) -> None:
    claims = [claim for row in drafts(plan, "verify") for thought in row.thoughts for claim in thought.claims]
    decided = [claim for claim in claims if claim.verdict != "unknown"]
    assert len(decided) > 50
    assert all(claim.evidence and claim.evidence[0].quote and claim.judge == "facts" for claim in decided)
    assert len({claim.index for claim in claims}) == 1
    assert all(claim.reason for claim in claims if claim.verdict == "unknown")


def test_every_candidate_that_was_chosen_has_worth(plan: Plan) -> None:
    for row in drafts(plan, "prune"):
        worth = {(g.cut, g.candidate): g for g in row.generations}
        for thought in row.thoughts:
            if not thought.drop:
                chosen = worth[thought.cut, thought.candidate]
                assert chosen.worth is not None
                assert chosen.worth.gain - (chosen.worth.mismatched or 0.0) > 0
                assert chosen.reward is not None


def test_samples_hold_no_dropped_step(plan: Plan) -> None:
    dropped = {t.text for row in drafts(plan, "prune") for t in row.thoughts if t.drop == "contradicted"}
    standing = {t.text for row in drafts(plan, "prune") for t in row.thoughts if not t.drop}
    shown = "\n".join(sample["text"] for sample in load_from_disk(str(plan.shards))["train"])
    assert not [text for text in dropped - standing if f"\n{text}\n" in shown]


def test_the_card_counts_thoughts_by_fact_and_entity(plan: Plan) -> None:
    exposure = json.loads(Path(plan.shards, "stats.json").read_text())["exposure"]
    assert exposure["facts"] > 5
    assert len(exposure["entities"]) > 5
