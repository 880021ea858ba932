"""thinkaug calibrate: figures against the test's own sums, what is refused, and what is left behind."""

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.toy_claims import build, drafts, truth, writer
from thinkaug.calibrate import calibrate, read_curve
from thinkaug.errors import UserError
from thinkaug.labels import read_labels
from thinkaug.measures.calibration import brier, expected_calibration_error
from thinkaug.plan import Plan
from thinkaug.records import Draft
from thinkaug.stage import seed_of

Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        return build(tmp_path_factory.mktemp("calibrate"), patch)


def claims(draft: Draft) -> list[tuple[float, bool]]:
    """The claims of a passage of one stretch, with the share of its four candidates that say the same."""
    found = [thought.claims[0] for thought in draft.thoughts if thought.kind == "recall"]
    votes = Counter(claim.object for claim in found)
    return [(votes[c.object] / len(found), c.object == str(truth(int(c.subject)))) for c in found]


def refusal(*arguments: Any, **settings: Any) -> str:
    with pytest.raises(UserError) as error:
        calibrate(*arguments, **settings)
    return str(error.value)


def test_raw_figures_are_those_of_the_documents_that_were_not_fitted_on(plan: Plan, tmp_path: Path) -> None:
    calibrate(plan, out=str(tmp_path))
    report = json.loads((tmp_path / "calibration.json").read_text())
    held = [d for d in drafts(plan, "judge") if seed_of(d.passage.document, "calibrate") % 2]
    confidence, right = zip(*(claim for draft in held for claim in claims(draft)), strict=True)
    assert 60 < len(right) < 180
    raw = report["scores"]["raw"]
    assert raw["count"] == len(right) == report["counts"]["measured_on"]
    assert raw["ece"] == pytest.approx(expected_calibration_error(confidence, right))
    assert raw["brier"] == pytest.approx(brier(confidence, right))
    fitted = read_curve(tmp_path / "calibration.json")(confidence)
    assert report["scores"]["fitted"]["ece"] == pytest.approx(expected_calibration_error(fitted, right))
    assert report["counts"] == {
        "claims": 240,
        "without_label": 0,
        "without_confidence": 0,
        "fitted_on": 240 - len(right),
        "measured_on": len(right),
    }


def test_fitting_mends_a_writer_that_boasts(plan: Plan, tmp_path: Path) -> None:
    calibrate(plan, out=str(tmp_path))
    scores = json.loads((tmp_path / "calibration.json").read_text())["scores"]
    assert scores["fitted"]["ece"] < scores["raw"]["ece"]
    assert scores["raw"]["auroc"] > 0.7


def test_tones_are_counted_over_all_claims(plan: Plan, tmp_path: Path) -> None:
    calibrate(plan, out=str(tmp_path))
    tones = json.loads((tmp_path / "calibration.json").read_text())["wrong_by_tone"]
    texts = [c for d in drafts(plan, "judge") for t in d.thoughts for c in t.claims]
    hedged = [c for c in texts if "may be" in c.text]
    assert tones["hedged"] == {
        "wrong": sum(c.verdict == "contradicted" for c in hedged),
        "count": len(hedged),
    }
    assert tones["not_hedged"]["count"] == 240 - len(hedged)


def test_the_same_files_are_left_behind_each_time(plan: Plan, tmp_path: Path) -> None:
    lines = calibrate(plan, out=str(tmp_path / "a"))
    calibrate(plan, out=str(tmp_path / "b"))
    for name in ("calibration.json", "reliability.png"):
        first = (tmp_path / "a" / name).read_bytes()
        assert first == (tmp_path / "b" / name).read_bytes()
        assert str(tmp_path).encode() not in first
    assert (tmp_path / "a" / "reliability.png").read_bytes().startswith(b"\x89PNG")
    assert any(line.startswith("raw ") for line in lines)
    assert any(line.startswith("fitted ") for line in lines)
    assert lines[-1].startswith(f"written: {tmp_path / 'a'}")


def test_by_default_the_files_lie_in_the_pipelines_folder(plan: Plan) -> None:
    calibrate(plan)
    assert (plan.root / "calibration" / "calibration.json").is_file()


def rows(plan: Plan) -> list[dict[str, Any]]:
    """A label for every claim: those of even drugs are right, whatever was said."""
    found = {
        (d.passage.id, c.text): int(c.subject) % 2 == 0
        for d in drafts(plan, "judge")
        for t in d.thoughts
        for c in t.claims
    }
    return [{"passage": passage, "claim": text, "label": label} for (passage, text), label in found.items()]


def write(path: Path, lines: list[dict[str, Any]]) -> str:
    path.write_text("\n".join(map(json.dumps, lines)))
    return str(path)


def test_labels_of_a_file_come_before_verdicts(plan: Plan, tmp_path: Path) -> None:
    calibrate(plan, labels=write(tmp_path / "labels.jsonl", rows(plan)), out=str(tmp_path))
    report = json.loads((tmp_path / "calibration.json").read_text())
    wrong = sum(rate["wrong"] for tone, rate in report["wrong_by_tone"].items() if tone != "not_hedged")
    assert (report["labels"], wrong) == ("labels.jsonl", 120)


def test_a_label_may_be_of_one_candidate_alone(plan: Plan, tmp_path: Path) -> None:
    lines = rows(plan)
    one = drafts(plan, "judge")[0]
    claim = next(t for t in one.thoughts if t.claims)
    here = {
        "passage": one.id,
        "claim": claim.claims[0].text,
        "cut": claim.cut,
        "candidate": claim.candidate,
        "label": "unknown",
    }
    calibrate(plan, labels=write(tmp_path / "l.jsonl", [*lines, here]), out=str(tmp_path))
    assert json.loads((tmp_path / "calibration.json").read_text())["counts"]["without_label"] == 1


def test_the_label_that_names_more_of_a_claim_counts(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"passage": "p", "claim": "So.", "label": False},
        {"passage": "p", "claim": "So.", "cut": 7, "label": True},
        {"passage": "p", "claim": "So.", "candidate": 2, "label": "unknown"},
    ]
    labels = read_labels(write(tmp_path / "l.jsonl", lines))
    assert [labels.of("p", cut, candidate, "so") for cut, candidate in ((0, 0), (7, 0), (0, 2), (7, 2))] == [
        False,
        True,
        None,
        True,
    ]
    assert labels.of("q", 7, 0, "so") is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not valid JSON"),
        ("[1]", "line 1: an object was expected"),
        ('{"passage": "p", "claim": "c", "lable": true}', "no field 'lable'; did you mean 'label'?"),
        (
            '{"passage": "p", "claim": "c"}',
            "label: true, false, supported, contradicted, unknown was expected, not None",
        ),
        ('{"passage": "p", "claim": "c", "label": "maybe"}', "not 'maybe'"),
        ('{"passage": "p", "claim": "c", "label": 1}', "not 1"),
        ('{"passage": "", "claim": "c", "label": true}', "passage: a text was expected"),
        ('{"passage": "p", "claim": 3, "label": true}', "claim: a text was expected"),
        ('{"passage": "p", "claim": "c", "label": true, "cut": true}', "cut: a whole number was expected"),
        ('{"passage": "p", "claim": "c", "label": true, "candidate": "0"}', "candidate: a whole number was expected"),
        (
            '{"passage":"p","claim":"c","label":true}\n{"passage":"p","claim":"C!","label":false}',
            "line 2: an earlier line",
        ),
        ("\n\n", "holds no labels"),
        ('{"passage": "elsewhere", "claim": "c", "label": true}', "0 of 240 claims have a label, by labels of l.jsonl"),
        ("[" * 100_000, "line 1: not valid JSON"),
    ],
)
def test_labels_that_are_none_are_refused(plan: Plan, tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "l.jsonl").write_text(line)
    assert message in refusal(plan, labels=str(tmp_path / "l.jsonl"), out=str(tmp_path))
    assert not (tmp_path / "calibration.json").exists()


def test_a_file_of_labels_that_cannot_be_read_is_refused(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in refusal(plan, labels=str(tmp_path / "l.jsonl"))
    assert "cannot be read" in refusal(plan, labels=str(tmp_path / "none.jsonl"))
    assert "cannot be read" in refusal(plan, labels=str(tmp_path))


def test_a_judge_cannot_be_measured_by_its_own_verdicts(plan: Plan) -> None:
    assert "--labels FILE" in refusal(plan, by="judge")
    assert "did you mean 'agreement'?" in refusal(plan, by="agreemant")


def test_a_judge_without_probabilities_is_refused(plan: Plan, tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.jsonl", rows(plan))
    assert "its judge gave no probabilities" in refusal(plan, by="judge", labels=labels)


def test_one_candidate_does_not_agree(tmp_path: Path, monkeypatch: Patch) -> None:
    alone = build(tmp_path, monkeypatch, candidates=1)
    assert "0 of 60 labelled claims have a confidence by agreement; set generate.candidates" in refusal(alone)


def test_few_labels_say_nothing(tmp_path: Path, monkeypatch: Patch) -> None:
    small = build(tmp_path, monkeypatch, documents=7)
    assert "28 of 28 claims have a label, by verdicts; fewer than 30 say nothing" in refusal(small)


def test_verdicts_that_decide_nothing_are_no_labels(tmp_path: Path, monkeypatch: Patch) -> None:
    blind = build(tmp_path, monkeypatch, stages=({"judge": {"blind": True}},))
    assert "0 of 240 claims have a label" in refusal(blind)


def test_where_all_are_right_nothing_can_be_told_apart(tmp_path: Path, monkeypatch: Patch) -> None:
    knowing = writer(lambda drug, chance: f"Drug {drug} is used in disease {truth(drug)}.")
    plan = build(tmp_path, monkeypatch, engines={"writer": knowing})
    assert "all 240 labelled claims are right" in refusal(plan)


def test_thoughts_without_claims_are_told(tmp_path: Path, monkeypatch: Patch) -> None:
    silent = writer(lambda drug, chance: f"Nobody knows of number {drug}, {chance.random()}.")
    plan = build(tmp_path, monkeypatch, engines={"writer": silent})
    assert "no thought of the build holds a claim" in refusal(plan)


def test_documents_that_cannot_be_parted_are_told(tmp_path: Path, monkeypatch: Patch) -> None:
    def split(drug: int, chance: Random) -> str:
        return f"Drug {drug} is used in disease {(truth(drug) + chance.randint(0, 1)) % 5}."

    plan = build(tmp_path, monkeypatch, engines={"writer": writer(split)}, documents=1, candidates=40)
    assert "come from 1 documents, and cannot be parted" in refusal(plan)


def test_a_build_that_has_not_come_so_far_is_told(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = build(tmp_path, monkeypatch, documents=2, until="generate")
    assert f"judge is not complete; run thinkaug run {plan.called} --until judge" in refusal(plan)
    unjudged = build(tmp_path, monkeypatch, documents=2, stages=("filter",))
    assert "no stage of toy finds claims; put verify into its stages" in refusal(unjudged)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"map": 3}', '{"map": {"x": [1], "y": []}}', '{"map": {"x": [0, 1], "y": [1, 0]}}']
)
def test_a_map_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(UserError, match="thinkaug calibrate"):
        read_curve(tmp_path / "c.json")
    with pytest.raises(UserError, match="cannot be read"):
        read_curve(tmp_path / "none.json")
