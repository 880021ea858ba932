"""status --examples: what was taken out, and why, in the words of the row."""

import json
from pathlib import Path

import pytest

from thinkaug import build
from thinkaug.engines.scripted import Scripted
from thinkaug.examples import examples
from thinkaug.plan import Plan

GOOD = "<self_talk>What must be weighed here before anything is given at all?</self_talk>"
BAD = "<self_talk>I'm sorry, but as an AI language model I cannot provide medical advice.</self_talk>"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    lines = [
        *['{"text": "Warfarin is given once a day."}'] * 3,
        '{"text": ""}',
        "no json \x1b[31m",
        '{"text": "Heparin is given under the skin."}',
        *[json.dumps({"text": "Insulin " + "is measured " * 100})] * 2,
    ]
    (tmp_path / "texts.jsonl").write_text("\n".join(lines))
    stages = [
        {"ingest": {"paths": [str(tmp_path / "texts.jsonl")]}},
        "segment",
        "generate",
        {"filter": {"checks": ["refusal"], "without_thoughts": "raw"}},
        {"filter": {"checks": [{"length": {"min_words": 2}}], "without_thoughts": "raw"}},
    ]
    (tmp_path / "toy.yaml").write_text(json.dumps({"stages": stages}))
    writer = Scripted(lambda ask: BAD if "Heparin" in str(ask.messages) else GOOD)
    return build.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"), engines={"writer": writer})


def test_every_reason_has_its_examples(plan: Plan) -> None:
    lines = list(examples(plan, 5))
    heads = [line for line in lines if not line.startswith(" ")]
    assert {"ingest: duplicate: 3 of 3", "ingest: empty: 1 of 1", "filter: thought_refusal: 1 of 1"} <= set(heads)
    refused = lines[lines.index("filter: thought_refusal: 1 of 1") + 2]
    assert refused.strip().startswith("I'm sorry, but as an AI language model")


def test_a_thought_is_an_example_of_the_stage_that_took_it_out(plan: Plan) -> None:
    assert not [line for line in examples(plan, 5) if line.startswith("filter.2: thought_")]


def test_no_more_than_asked_for(plan: Plan) -> None:
    lines = list(examples(plan, 1))
    assert "ingest: duplicate: 1 of 3" in lines
    for place, line in enumerate(lines):
        if not line.startswith(" "):
            assert lines[place + 1].startswith("  ")
            assert lines[place + 2].startswith("    ")
            assert place + 3 == len(lines) or not lines[place + 3].startswith(" ")


def test_lines_are_short_and_steer_no_terminal(plan: Plan) -> None:
    lines = list(examples(plan, 5))
    assert all(len(line) < 300 for line in lines)
    assert not [line for line in lines if "\x1b" in line]
    assert [line for line in lines if "no json \u241b[31m" in line]
