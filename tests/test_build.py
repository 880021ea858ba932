"""Builds: what is done is not done again, and what was made of an input that is no more is."""

import json
import shutil
from pathlib import Path

import pytest

import thinkaug
from thinkaug import build
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.pipeline import load
from thinkaug.plan import Plan, Step
from thinkaug.shards.validate import validate

PIPELINE = """
name: toy
stages:
  - ingest: {paths: [PATH], shard_documents: 2}
  - segment
  - generate
  - filter: {checks: []}
  - pack
"""


class Writer:
    """Counts what it is asked, and always says the same."""

    def __init__(self, thought: str) -> None:
        self.asked = 0
        self.thought = thought
        self.engine = Scripted(self.answer)

    def answer(self, ask: Ask) -> str:
        self.asked += 1
        return f"<recall>{self.thought}</recall>"


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": f"Text {n}."}) + "\n" for n in range(6)))
    place = tmp_path / "toy.yaml"
    place.write_text(PIPELINE.replace("PATH", str(tmp_path / "in.jsonl")))
    return place


def run(pipeline: Path, writer: Writer, until: str = "") -> Plan:
    return thinkaug.run(str(pipeline), until=until, out=str(pipeline.parent), engines={"writer": writer.engine})


def step(plan: Plan, name: str) -> Step:
    return next(step for step in plan.steps if step.label == name)


def rendered(plan: Plan) -> list[str]:
    packed = step(plan, "pack").folder
    return [row.text for manifest in packed.manifests() for file in manifest.files for row in packed.rows(file.path)]


def test_a_finished_build_asks_nothing_again(pipeline: Path) -> None:
    writer = Writer("a first thought")
    run(pipeline, writer)
    assert writer.asked == 6
    run(pipeline, writer)
    assert writer.asked == 6


def test_only_the_missing_shard_is_generated_and_what_depends_on_it_follows(pipeline: Path) -> None:
    plan = run(pipeline, Writer("a first thought"))
    shutil.rmtree(plan.root / "responses")  # else the replies are found there
    step(plan, "generate").folder.forget("00001")
    later = Writer("another thought")  # as a model on a GPU may say the second time
    plan = run(pipeline, later)
    assert later.asked == 2
    assert sum("another thought" in text for text in rendered(plan)) == 2
    assert sum("a first thought" in text for text in rendered(plan)) == 4
    assert not validate(plan.shards).faults


def test_replies_outlive_the_folder_they_were_used_for(pipeline: Path) -> None:
    plan = run(pipeline, Writer("a first thought"))
    before = rendered(plan)
    shutil.rmtree(step(plan, "generate").folder.path)
    later = Writer("another thought")
    assert rendered(run(pipeline, later)) == before
    assert later.asked == 0


@pytest.mark.parametrize(("reuse", "asked"), [(False, 5), (True, 0)])
def test_replies_to_other_units_are_looked_through_when_that_is_wanted(pipeline: Path, reuse: bool, asked: int) -> None:
    run(pipeline, Writer("a first thought"))
    pipeline.write_text(pipeline.read_text().replace("shard_documents: 2", "shard_documents: 1"))
    later = Writer("another thought")
    out, engines = str(pipeline.parent), {"writer": later.engine}
    # The first of the new units has the name and one passage of an old one: that reply serves it either way.
    thinkaug.run(str(pipeline), out=out, engines=engines, reuse=reuse)
    assert later.asked == asked


def test_a_manifest_whose_input_is_no_more_is_taken_away(pipeline: Path) -> None:
    plan = run(pipeline, Writer("a first thought"))
    folder = step(plan, "filter").folder
    extra = folder.path / "manifest" / "00003.json"
    extra.write_bytes((folder.path / "manifest" / "00002.json").read_bytes().replace(b'"00002"', b'"00003"'))
    run(pipeline, Writer("a first thought"))
    assert not extra.exists()


def test_asking_what_is_left_changes_nothing(pipeline: Path) -> None:
    plan = run(pipeline, Writer("a first thought"))
    place = step(plan, "segment").folder.path / "manifest" / "00000.json"
    manifest = json.loads(place.read_text())
    place.write_text(json.dumps({**manifest, "inputs": ["of another input"]}))
    before = place.read_bytes()
    assert build.left(plan, step(plan, "segment")) == "1 of 3 shards"
    assert place.read_bytes() == before


@pytest.mark.parametrize(("changed", "after", "left"), [("generate", "filter", "1 of 3"), ("filter", "pack", "3 of 3")])
def test_who_saw_all_shards_is_done_again_when_one_has_changed(
    pipeline: Path, changed: str, after: str, left: str
) -> None:
    plan = run(pipeline, Writer("a first thought"))
    place = step(plan, changed).folder.path / "manifest" / "00001.json"
    manifest = json.loads(place.read_text())
    manifest["files"][0]["sha256"] = "of other rows"
    place.write_text(json.dumps(manifest))
    assert build.left(plan, step(plan, after)) == f"{left} shards"


def test_what_is_left(pipeline: Path) -> None:
    plan = run(pipeline, Writer("a first thought"), until="segment")
    assert [build.left(plan, step) for step in plan.steps] == [
        "",
        "",
        "not begun",
        "waits for generate",
        "waits for filter",
    ]


def test_one_stage_alone_wants_its_input(pipeline: Path) -> None:
    writer = Writer("a first thought")
    plan = load(str(pipeline), out=str(pipeline.parent), engines={"writer": writer.engine})
    with pytest.raises(UserError, match=r"segment is not complete; run thinkaug run .* --until segment"):
        build.run_next(plan, "generate")
    assert build.run_next(plan, "ingest").label == "ingest"


def test_nothing_through_is_an_error_that_says_where_to_look(pipeline: Path) -> None:
    silent = Scripted(lambda ask: "I would rather not.")
    with pytest.raises(
        UserError, match=r"generate: nothing came through: 6 rows in; quarantined: malformed 6 .*quarantine"
    ):
        thinkaug.run(str(pipeline), out=str(pipeline.parent), engines={"writer": silent})


def test_an_empty_corpus_is_an_error(pipeline: Path) -> None:
    (pipeline.parent / "in.jsonl").write_text("\n\n")
    with pytest.raises(UserError, match="ingest: nothing came in"):
        run(pipeline, Writer("a first thought"))


@pytest.mark.parametrize("style", ["{markers: none}", "{kinds: [self_talk]}", "{weights: {recall: 0}}"])
def test_another_rendering_costs_no_generated_token(style: str, pipeline: Path) -> None:
    first, writer = run(pipeline, Writer("a first thought")), Writer("another thought")
    old = first.shards.resolve()
    settings, engines = [f"stages.pack.style={style}"], {"writer": writer.engine}
    second = thinkaug.run(str(pipeline), out=str(pipeline.parent), settings=settings, engines=engines)
    assert writer.asked == 0
    assert second.shards.resolve() != old  # the link points at the latest
    assert old.is_dir()
    assert not validate(second.shards).faults
