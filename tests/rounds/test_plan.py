"""Plans with rounds: which steps there are, what each reads and comes after, and what is refused."""

import pytest

from tests.rounds.toy import LABELS, Home, folders, labels, step, trained
from thinkaug import pipeline
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError


def test_what_no_model_shapes_is_one_step_for_all_rounds(home: Home) -> None:
    assert labels(home.load().steps) == LABELS


def test_each_step_knows_what_it_reads_and_what_it_comes_after(home: Home) -> None:
    plan = home.load()
    reads = {step.label: (labels(step.sources), labels(step.after)) for step in plan.steps}
    assert reads["ingest"] == ([], [])
    assert reads["generate@1"] == (["segment"], [])
    assert reads["generate@2"] == (["segment"], ["pack@1"])
    assert reads["pack@2"] == (["filter@1", "filter@2"], ["pack@1"])
    assert labels(plan.before(step(plan, "generate@2"))) == LABELS[:5]


def test_a_third_round_keeps_what_both_before_it_wrote(home: Home) -> None:
    plan = home.load("rounds.count=3")
    assert labels(step(plan, "pack@3").sources) == ["filter@1", "filter@2", "filter@3"]
    assert labels(step(plan, "generate@3").after) == ["pack@2"]


def test_one_round_is_a_pipeline_without_rounds(home: Home) -> None:
    once = home.load("rounds.count=1")
    assert labels(once.steps) == ["ingest", "segment", "generate", "filter", "pack"]
    assert folders(home.load("rounds=null")) == folders(once)


def test_more_rounds_leave_the_earlier_ones_where_they_are(home: Home) -> None:
    names = [[*folders(home.load(f"rounds.count={count}")).values()] for count in (1, 2, 3)]
    assert names[1][: len(names[0])] == names[0]
    assert names[2][: len(names[1])] == names[1]
    assert len(set(names[2])) == len(names[2])


def test_another_command_is_another_second_round_only(home: Home) -> None:
    before = home.load()
    home.edit("python ", "python -O ")
    after = home.load()
    assert [label for label, name in folders(before).items() if folders(after)[label] != name] == LABELS[5:]
    assert trained(before).folder != trained(after).folder
    assert trained(before).name != trained(after).name


def test_another_first_round_is_another_second_round(home: Home) -> None:
    before = home.load()
    after = home.load("stages.generate.seed=1")
    assert [label for label, name in folders(before).items() if folders(after)[label] != name] == LABELS[2:]
    assert trained(before).name != trained(after).name


def test_another_rendering_is_another_model(home: Home) -> None:
    assert trained(home.load()).name != trained(home.load("stages.pack.style.markers=none")).name


@pytest.mark.parametrize(
    ("name", "last"), [("generate", "generate@2"), ("generate@1", "generate@1"), ("pack", "pack@2"), ("", "pack@2")]
)
def test_until_goes_through_all_rounds_unless_one_is_named(home: Home, name: str, last: str) -> None:
    assert home.load().until(name)[-1].label == last


def test_a_second_stage_of_a_name_keeps_its_number(home: Home) -> None:
    home.edit("  - generate\n", "  - dedup\n  - generate\n  - dedup: {on: thoughts}\n")
    plan = home.load()
    assert {"dedup", "dedup.2@1", "dedup.2@2"} <= set(labels(plan.steps))
    assert plan.until("dedup.2")[-1].label == "dedup.2@2"
    assert plan.until("dedup.2@1")[-1].label == "dedup.2@1"


@pytest.mark.parametrize(
    ("rounds", "message"),
    [
        ("5", "rounds: expected settings as `key: value`, not 5"),
        ("{}", "rounds.train: field required"),
        ("{count: 0, train: 'x {shards} {out}'}", "rounds.count: input should be greater than 0, not 0"),
        ("{cuont: 2, train: x}", "rounds: no setting 'cuont'; did you mean 'count'?"),
        ("{train: 'cp {shards} {out}', engine: writr}", "rounds: engine: no engine 'writr'; did you mean 'writer'?"),
        ("{train: 'cp {shards} {out}', engine: plain}", "rounds: engine: 'plain' has no model that could be put in"),
        ("{train: 'cp {shards} {out}', engine: judge}", "rounds: engine: no stage before pack asks 'judge'"),
        ("{train: ''}", "rounds: train: a command was expected"),
        ("{train: 'cp {shards}'}", "rounds: train: it does not say {out}, the folder to write the model into"),
        ("{train: 'cp {out}'}", "rounds: train: it does not say {shards}, the finished data set to train on"),
        ("{train: 'cp {shards} {ot}'}", "rounds: train: it does not say {out}"),
        ('{train: "cp {shards} \'{out}"}', "rounds: train: No closing quotation"),
        ("{train: 'no-such-program {shards} {out}'}", "rounds: train: there is no program 'no-such-program' on the"),
    ],
)
def test_rounds_that_cannot_work_are_refused_before_the_first(home: Home, rounds: str, message: str) -> None:
    source = (home.path / "toy.yaml").read_text().partition("rounds:")[0]
    (home.path / "toy.yaml").write_text(f"{source}rounds: {rounds}\n")
    engines = {"writer": home.engine, "judge": home.engine, "plain": Scripted(lambda ask: "")}
    with pytest.raises(UserError) as error:
        pipeline.load(str(home.path / "toy.yaml"), out=home.out, engines=engines)
    assert str(error.value).startswith(f"{home.path / 'toy.yaml'}: {message}")


def test_a_model_that_is_served_elsewhere_is_not_trained_here(home: Home) -> None:
    home.edit("stages:", "engines: {writer: {kind: server, model: m, urls: ['http://localhost:1/v1']}}\nstages:")
    with pytest.raises(UserError, match="rounds: engine: 'writer' is served elsewhere, and a model that was trained"):
        home.load()


def test_rounds_without_a_pack_are_refused(home: Home) -> None:
    home.edit("  - pack\n", "")
    with pytest.raises(UserError, match="rounds: the next round's model is trained on shards; put pack at the end"):
        home.load()
