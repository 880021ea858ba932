"""The demo as a newcomer runs it: shipped texts, shipped model, real vLLM, all stages."""

import json
from pathlib import Path

import pytest
from datasets import load_from_disk

import thinkaug
from tests.conftest import Running
from thinkaug import build, shipped
from thinkaug.ledger import balance
from thinkaug.pipeline import Plan
from thinkaug.records import STEP_KINDS
from thinkaug.shards.validate import validate


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, writer: Running) -> Plan:
    return thinkaug.run("demo", out=str(tmp_path_factory.mktemp("demo")), engines={"writer": writer})


def test_every_document_is_accounted_for(plan: Plan) -> None:
    ledgers = [build.ledger_of(step) for step in plan.steps]
    documents = Path(shipped.locate("shipped:samples/demo.jsonl")).read_text(encoding="utf-8").splitlines()
    assert ledgers[0].rows_in == len(documents)
    assert balance(ledgers) == []
    assert validate(plan.shards).faults == ()


def test_nearly_all_of_it_comes_through(plan: Plan) -> None:
    first, last = (build.ledger_of(plan.steps[place]) for place in (0, -1))
    assert last.rows_out >= 0.9 * first.rows_in


def test_samples_hold_thoughts_of_every_kind_and_the_expert_text(plan: Plan) -> None:
    samples = load_from_disk(str(plan.shards))["train"]
    kinds = {span["kind"] for sample in samples for span in sample["spans"]}
    assert kinds == {*STEP_KINDS, "marker", "text"}
    documents = Path(shipped.locate("shipped:samples/demo.jsonl")).read_text(encoding="utf-8").splitlines()
    texts = {json.loads(line)["text"] for line in documents}
    assert all(thinkaug.strip(sample["text"], sample["spans"]) in texts for sample in samples)


def test_the_card_counts_what_the_shards_hold(plan: Plan) -> None:
    stats = json.loads((plan.shards / "stats.json").read_text())
    samples = load_from_disk(str(plan.shards))["train"]
    chars = sum(len(sample["text"]) for sample in samples)
    assert sum(kind["chars"] for kind in stats["kinds"].values()) == chars
    manifest = json.loads((plan.shards / "manifest.json").read_text())
    assert sum(shard["chars"] for shard in manifest["shards"]) == chars
    assert sum(shard["tokens"] for shard in manifest["shards"]) > 0
