"""status: what stands below the table of a pipeline that has run."""

import json
from pathlib import Path

import pytest

from thinkaug import build, summary

QUESTION = "How many eggs does a hen lay in a week if she lays one on each day but rests on every other Sunday?"


def test_items_that_were_found_are_counted_by_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"Hens are kept for eggs. {QUESTION} Nobody knows.", f"{QUESTION} Six or seven.", "Ducks lay fewer eggs."]
    (tmp_path / "texts.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    (tmp_path / "exam.jsonl").write_text(json.dumps({"id": "hen", "question": QUESTION, "answer": "6.5"}))
    stages = [
        {"ingest": {"paths": [str(tmp_path / "texts.jsonl")]}},
        {"decontaminate": {"sets": [str(tmp_path / "exam.jsonl")]}},
    ]
    (tmp_path / "toy.yaml").write_text(json.dumps({"stages": stages}))
    plan = build.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"))
    assert summary.print_status(plan)
    shown = capsys.readouterr().out
    assert "2 contaminated" in shown
    assert "decontaminate: exam: 1 items in 2 places: hen (2)" in shown
