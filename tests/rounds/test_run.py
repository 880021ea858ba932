"""Runs with rounds: each later one is written by a model that was trained on what all before it have written."""

import json
import re
import shutil
from pathlib import Path

import pytest

import thinkaug
from tests.rounds.toy import DOCUMENTS, LABELS, Home, Model, folders, rows, step, trained
from thinkaug import build, show, summary
from thinkaug.errors import UserError
from thinkaug.ledger import balance
from thinkaug.plan import Plan
from thinkaug.shards.validate import validate


def test_a_model_is_trained_on_finished_shards_while_no_other_is_open(done: tuple[Home, Plan]) -> None:
    assert done[0].happened == ["open base", "close base", f"train on {DOCUMENTS}", "open base+"]


def test_the_last_set_holds_the_samples_of_all_rounds(done: tuple[Home, Plan]) -> None:
    plan = done[1]
    samples = [*rows(plan, "pack@2")]
    assert len({sample.id for sample in samples}) == len(samples) == 2 * DOCUMENTS
    assert sum("What base holds" in sample.text for sample in samples) == DOCUMENTS
    assert sum("What base+ holds" in sample.text for sample in samples) == DOCUMENTS
    assert {json.loads(sample.meta)["model"] for sample in samples} == {"base", trained(plan).name}
    assert re.fullmatch(r"base\+r1-[0-9a-f]{8}", trained(plan).name)


def test_each_set_is_proved(done: tuple[Home, Plan]) -> None:
    plan = done[1]
    assert plan.shards.resolve() == (step(plan, "pack@2").folder.path / "dataset").resolve()
    assert validate(plan.shards).lines == [f"{plan.shards}: valid: {2 * DOCUMENTS} samples"]
    assert validate(step(plan, "pack@1").folder.path / "dataset").faults == ()


def test_the_ledger_balances_over_all_rounds(done: tuple[Home, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    plan = done[1]
    ledgers = [build.ledger_of(step) for step in plan.steps]
    assert balance(ledgers) == []
    assert (ledgers[-1].rows_in, list(ledgers[-1].sources)) == (2 * DOCUMENTS, ["filter@1", "filter@2"])
    stated = json.loads((plan.shards / "stats.json").read_text())["ledger"]
    assert [entry["sources"] for entry in stated] == [[source.label for source in step.sources] for step in plan.steps]
    assert summary.print_status(plan)
    out = capsys.readouterr().out
    assert all(label in out for label in LABELS)
    assert "the ledger balances over 8 of 8 stages" in out


@pytest.mark.parametrize("sources", [[], ["filter@2"], ["generate@1", "filter@2"], ["nothing"], "filter@1", 5])
def test_a_ledger_that_names_other_sources_is_no_proof(
    done: tuple[Home, Plan], tmp_path: Path, sources: object
) -> None:
    root = tmp_path / "set"
    shutil.copytree(done[1].shards, root)
    stats = json.loads((root / "stats.json").read_text())
    stats["ledger"][-1].update(sources=sources, rows_in=2 * DOCUMENTS)
    (root / "stats.json").write_text(json.dumps(stats))
    faults = [fault for fault in validate(root).faults if not fault.endswith("(SHA-256 differs)")]
    assert any("stats.json" in fault for fault in faults)


def test_the_folders_are_those_that_were_named_before_the_run(done: tuple[Home, Plan]) -> None:
    home, plan = done
    assert folders(home.load()) == folders(plan)
    assert all((home.root / name / "stage.json").is_file() for name in folders(plan).values())


def test_a_third_round_is_trained_on_all_before_it(home: Home) -> None:
    plan = home.run("rounds.count=3")
    assert home.happened[2::3] == [f"train on {DOCUMENTS}", f"train on {2 * DOCUMENTS}"]
    assert len({json.loads(sample.meta)["model"] for sample in rows(plan, "pack@3")}) == 3
    assert not validate(plan.shards).faults


def test_a_round_more_does_not_do_the_others_again(home: Home) -> None:
    home.run("rounds.count=1")
    first = len(home.journal)
    home.run()
    assert home.happened == ["open base", f"train on {DOCUMENTS}", "open base+"]
    assert len(home.journal) == 2 * first + 1


@pytest.mark.parametrize("label", LABELS)
def test_a_run_that_goes_on_does_nothing_twice(home: Home, done: tuple[Home, Plan], label: str) -> None:
    home.run(until=label)
    plan = home.run()
    assert home.journal.count("ask") == done[0].journal.count("ask") == 2 * DOCUMENTS
    assert [line for line in home.journal if line.startswith("train")] == [f"train on {DOCUMENTS}"]
    before = home.journal
    home.run()
    assert home.journal == before
    assert not validate(plan.shards).faults


def test_the_link_does_not_go_back_to_an_earlier_round(home: Home) -> None:
    plan = home.run(until="pack@1")
    assert plan.shards.resolve().parent == step(plan, "pack@1").folder.path.resolve()
    home.run()
    home.run(until="pack@1")
    assert plan.shards.resolve().parent == step(plan, "pack@2").folder.path.resolve()


def test_stages_run_one_by_one_through_all_rounds(home: Home) -> None:
    for stage in ("ingest", "segment", "generate"):
        build.run_next(home.load(), stage)
    with pytest.raises(
        UserError, match=r"generate@2: its input is not there: pack@1 is not complete; .*--until pack@1"
    ):
        build.run_next(home.load(), "generate")
    ran = [build.run_next(home.load(), stage).label for stage in ("filter", "pack", "generate", "filter", "pack")]
    assert ran == ["filter@1", "pack@1", "generate@2", "filter@2", "pack@2"]
    assert not validate(home.load().shards).faults


def test_what_is_left_of_a_round_waits_for_the_shards_before_it(home: Home) -> None:
    plan = home.run(until="generate@1")
    assert {step.label: build.left(plan, step) for step in plan.steps[2:]} == {
        "generate@1": "",
        "filter@1": "not begun",
        "pack@1": "waits for filter@1",
        "generate@2": "waits for pack@1",
        "filter@2": "waits for generate@2",
        "pack@2": "waits for filter@2",
    }


def test_a_first_round_that_was_made_again_otherwise_leads_to_another_second_one(home: Home) -> None:
    home.run()
    shutil.rmtree(home.root / "responses", ignore_errors=True)
    plan = home.load()
    step(plan, "generate@1").folder.forget("00001")
    # The model says something else though it is the same, as on a GPU.
    (home.path / "base" / "model.safetensors").write_text("BASE")
    same = Model(str(home.path / "base"), home.path / "journal")
    object.__setattr__(same, "identity", lambda: {"kind": "toy", "weights": "base"})
    plan = thinkaug.run(str(home.path / "toy.yaml"), out=home.out, engines={"writer": same})
    assert home.happened.count(f"train on {DOCUMENTS}") == 2
    assert (trained(plan).folder / "model.safetensors").read_text() == "BASE+"
    said = [sample.text for sample in rows(plan, "pack@2")]
    assert sum("What BASE holds" in text for text in said) == 2
    assert sum("What BASE+ holds" in text for text in said) == DOCUMENTS
    assert not validate(plan.shards).faults


def test_show_tells_the_rounds_apart(done: tuple[Home, Plan], capsys: pytest.CaptureFixture[str]) -> None:
    plan = done[1]
    for sample in rows(plan, "pack@2"):
        show.show(plan, sample.id)
        out = capsys.readouterr().out
        assert f"written by {json.loads(sample.meta)['model']} " in out
        assert ("What base+ holds" if "base+" in sample.text else "What base holds") in out
    show.show(plan, json.loads(sample.meta)["passage"])
    assert "What base+ holds" in capsys.readouterr().out
