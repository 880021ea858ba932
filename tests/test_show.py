"""show: the verdicts under each step and the worth of each candidate, from a pipeline that verifies."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from thinkaug import build, show
from thinkaug.engines.scripted import Scripted
from thinkaug.knowledge.command import build as build_index
from thinkaug.records import Claim, Draft, Evidence, Generation, Passage, Thought, Worth
from thinkaug.verdicts import claim_line, worth_line

TABLE = (
    "subject_id\tsubject\trelation\tobject_id\tobject\n"
    "DB1\tallopurinol\tused_in\tD:1\tgout\n"
    "DB2\tsalbutamol\tused_in\tD:2\tasthma\n"
)
REPLY = "<self_talk>What is it for?</self_talk>\n<recall>Allopurinol is used in asthma.</recall>"


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `thinkaug show` prints, on a terminal with colours, after a run with verify."""
    (tmp_path / "facts.tsv").write_text(TABLE)
    (tmp_path / "texts.jsonl").write_text(json.dumps({"text": "Allopurinol is used in gout."}))
    build_index([str(tmp_path / "facts.tsv")], str(tmp_path / "index"), ["text={subject} {relation} {object}"])
    stages = [
        {"ingest": {"paths": [str(tmp_path / "texts.jsonl")]}},
        "segment",
        "generate",
        {"verify": {"index": str(tmp_path / "index"), "relations": "medicine", "judges": ["facts", "source"]}},
    ]
    (tmp_path / "toy.yaml").write_text(json.dumps({"stages": stages}))
    writer = {"writer": Scripted(lambda ask: REPLY)}
    plan = build.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"), engines=writer)
    assert dict(build.ledger_of(plan.steps[-1]).tally)["contradicted"] == 1
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    (passage,) = plan.steps[1].folder.all_rows()
    show.show(plan, passage.id)
    return capsys.readouterr().out


def test_a_verdict_stands_under_its_step_with_what_decided_it(shown: str) -> None:
    step = shown.index("[recall] Allopurinol is used in asthma.")
    verdict = shown.index("\u2717 Allopurinol is used in asthma.  contradicted by facts: [")
    assert step < verdict < shown.index("Allopurinol is used in gout.\n", verdict)
    assert '"allopurinol is used in gout" (index ' in shown


def test_a_verdict_has_its_own_colour(shown: str) -> None:
    assert "\x1b[1;31m      \u2717 Allopurinol" in shown


def test_a_line_says_what_is_known_and_no_more() -> None:
    right = Claim("A.", "supported", "passages", 0.974, (Evidence("E1", "q" * 500),), "0123456789ab")
    assert claim_line(right) == (
        f'\u2713 A.  supported 0.97 by passages: [E1] "{"q" * 160}..." (index 01234567)',
        "green",
    )
    assert claim_line(Claim("A.", reason="open_world")) == ("? A.  unknown (open_world)", "dim")


def test_what_a_candidate_is_worth_is_one_line_before_its_steps() -> None:
    worth = Worth("m", 12, 0.5, mismatched=0.125, containment=0.0, named_first=0.25)
    steps = tuple(Thought(0, number, "recall", f"step {number}", gain=0.5, gain_alone=-0.25) for number in (0, 1))
    generations = (
        Generation(0, 0, 7, "stop", 1, 1, worth=worth, reward=0.375),
        Generation(0, 1, 7, "stop", 1, 1, worth=replace(worth, mismatched=None, containment=None, named_first=None)),
    )
    passage = Passage("p", "d", 0, "Text.", "", (0,), "")
    lines = show._draft(Draft(passage, "interleaved", "m", steps, generations)).plain.splitlines()
    assert lines == [
        "  candidate 0: IG +0.500, IG - mismatched +0.375, containment 0.00, named first 0.25, reward +0.375",
        "  [recall] step 0  (IG +0.500, alone -0.250)",
        "  candidate 1: IG +0.500",
        "  [recall] step 1  (IG +0.500, alone -0.250)",
        "Text.",
    ]
    assert worth_line(Generation(0, 0, 7, "stop", 1, 1)) == ""


def test_a_step_that_was_dropped_stays_red_with_its_verdicts() -> None:
    claim = Claim("A.", "contradicted", "facts")
    thoughts = (
        Thought(0, 0, "recall", "A.", drop="contradicted", claims=(claim,)),
        Thought(0, 0, "recall", "B.", written="C."),
    )
    said = show._draft(Draft(Passage("p", "d", 0, "Text.", "", (0,), ""), "interleaved", "m", thoughts, ()))
    assert "  [recall, dropped: contradicted] A.\n      \u2717 A.  contradicted by facts\n" in said.plain
    assert "  [recall] B.  (was: C.)\n" in said.plain
    assert said.spans[0].style == "red"


def test_what_was_written_cannot_steer_the_terminal() -> None:
    claim = Claim("\x1b[2J", "supported", "facts", evidence=(Evidence("\x07", "\x1b]0;x\x07"),))
    thought = Thought(0, 0, "recall", "A.", claims=(claim,))
    said = show._draft(Draft(Passage("p", "d", 0, "Text.", "", (0,), ""), "interleaved", "m", (thought,), ())).plain
    assert not {"\x1b", "\x07"} & set(said)
