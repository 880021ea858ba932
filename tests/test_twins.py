"""A plan without some of its stages, and one whose finished set is linked elsewhere: what controls are made of."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from thinkaug import pipeline
from thinkaug.build import run_step
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.plan import Plan

STAGES = ["segment", "dedup", "generate", {"dedup": {"on": "thoughts"}}, {"pack": {"count_tokens": False}}]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text": "Text number {number}."}}\n' for number in range(3)))
    stages = [{"ingest": {"paths": ["a.jsonl"]}}, *STAGES]
    (tmp_path / "toy.yaml").write_text(json.dumps({"name": "toy", "stages": stages}))
    return "toy.yaml"


def load(toy: str, *left_out: str) -> Plan:
    return pipeline.load(toy, engines={"writer": Scripted(lambda ask: "<recall>So.</recall>")}, left_out=left_out)


def test_what_is_left_out_is_gone_wherever_it_stands(toy: str) -> None:
    whole, less = load(toy), load(toy, "dedup")
    assert [step.label for step in whole.steps] == ["ingest", "segment", "dedup", "generate", "dedup.2", "pack"]
    assert [step.label for step in less.steps] == ["ingest", "segment", "generate", "pack"]
    assert less.steps[1].digest == whole.steps[1].digest
    assert less.steps[-1].digest != whole.steps[-1].digest


def test_what_does_not_stand_there_can_be_left_out(toy: str) -> None:
    assert [step.digest for step in load(toy, "prune").steps] == [step.digest for step in load(toy).steps]


def test_a_stage_that_others_read_from_cannot_be_left_out(toy: str) -> None:
    with pytest.raises(UserError, match="'generate' reads Passage, but 'dedup' before it writes Document"):
        load(toy, "segment")


def test_a_twin_is_linked_where_it_says_and_leaves_the_build_s_own_link_alone(toy: str) -> None:
    plan = load(toy)
    for step in plan.steps:
        run_step(plan, step)
    before = plan.shards.resolve()
    twin = replace(load(toy, "dedup"), link="controls/less")
    for step in twin.steps:
        run_step(twin, step)
    assert plan.shards.resolve() == before
    assert twin.shards == plan.root / "controls" / "less"
    assert twin.shards.resolve() == twin.steps[-1].folder.path.resolve() / "dataset"
    assert not twin.shards.readlink().is_absolute()
