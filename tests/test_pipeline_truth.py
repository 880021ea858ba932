"""Plans with gate, verify, score and prune: each setting leads to a folder of its own, what cannot work is refused."""

from dataclasses import fields
from pathlib import Path

import pytest

from thinkaug import pipeline
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.plan import Plan
from thinkaug.yaml import read_yaml, write_yaml

JUDGED = """
stages:
  - ingest: {paths: [a.jsonl]}
  - segment
  - gate
  - generate: {candidates: 2}
  - verify: {index: index, relations: medicine}
  - score: {by: gain, leave_out: true}
  - prune
  - pack
"""
LABELS = ["ingest", "segment", "gate", "generate", "verify", "score", "prune", "pack"]
OTHER_SETTINGS: dict[str, dict[str, object]] = {
    "gate": {"procedural": {"at_least": 0.1}, "hardest": {"keep": 0.5}, "otherwise": "drop"},
    "verify": {
        "index": "more",
        "relations": "general",
        "claims": "list",
        "judges": ["source", "facts"],
        "engine": "other",
        "kinds": ["recall"],
        "found": 1,
        "prompts": "brief",
        "temperature": 0.5,
        "max_tokens": 9,
        "seed": 1,
    },
    "score": {
        "engine": "other",
        "style": {"markers": "none"},
        "seed": 1,
        "mismatched": False,
        "steps": True,
        "kinds": True,
        "max_batch_tokens": 9,
    },
    "prune": {
        "contradicted": "drop_candidate",
        "unsupported": "hedge",
        "choose": "reward",
        "keep": 2,
        "weights": {"leakage": 2},
        "limits": {"most_copied": 0.3},
        "worthless": "keep",
        "engine": "other",
        "prompts": "brief",
        "profile": "medicine",
        "max_tokens": 9,
        "index": "index",
        "relations": "medicine",
        "count_with": "other",
        "seed": 1,
    },
}
# Nothing is left to leave out where gains are not measured so, or not at all.
TRIED_ALONE = {("score", "by"), ("score", "leave_out")}
FACTS = (
    "subject_id subject relation object_id object\nDB1 aspirin used_in DOID:1 pain\nDOID:1 pain is_a DOID:2 symptom\n"
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text('{"text": "One."}\n')
    Path("facts.tsv").write_text(FACTS.replace(" ", "\t"))
    build_index(["facts.tsv"], "index")
    Path("more.tsv").write_text(f"{FACTS}DB2 codeine used_in DOID:1 pain\n".replace(" ", "\t"))
    build_index(["more.tsv"], "more")


def load(source: str = JUDGED, *settings: str) -> Plan:
    Path("toy.yaml").write_text(source)
    engines = {name: Scripted(lambda request: "<recall>It is so.</recall>", name=name) for name in ("writer", "other")}
    return pipeline.load("toy.yaml", settings, "", engines)


def refusal(source: str, *settings: str) -> str:
    with pytest.raises(UserError) as error:
        load(source, *settings)
    return str(error.value)


def changed(before: Plan, after: Plan) -> list[str]:
    folders = {step.label: step.folder.path.name for step in after.steps}
    return [step.label for step in before.steps if folders[step.label] != step.folder.path.name]


def test_every_setting_is_tried() -> None:
    known = {(name, field.name) for name in OTHER_SETTINGS for field in fields(pipeline.STAGES[name].config)}
    assert {(name, key) for name, keys in OTHER_SETTINGS.items() for key in keys} | TRIED_ALONE == known


@pytest.mark.parametrize(
    ("stage", "key", "value"),
    [(stage, key, value) for stage, keys in OTHER_SETTINGS.items() for key, value in keys.items()],
)
def test_another_setting_is_another_folder_from_there_on(stage: str, key: str, value: object) -> None:
    tree = read_yaml(JUDGED)
    place = LABELS.index(stage)
    entry = tree["stages"][place]
    tree["stages"][place] = {stage: {**(entry[stage] if isinstance(entry, dict) else {}), key: value}}
    assert changed(load(), load(write_yaml(tree))) == LABELS[place:]


def test_an_index_that_is_built_anew_from_other_facts_is_another_folder() -> None:
    before = load()
    build_index(["more.tsv"], "index")
    assert changed(before, load()) == LABELS[4:]


def test_relations_of_ones_own_are_another_folder() -> None:
    own = f"templates: own\n{JUDGED}"
    Path("own/relations").mkdir(parents=True)
    before = load(own)
    shipped = Path(pipeline.shipped.root() / "templates" / "relations" / "medicine.yaml").read_text()
    Path("own/relations/medicine.yaml").write_text(shipped.replace("disease behind", "malady behind"))
    assert changed(before, load(own)) == LABELS[4:]


@pytest.mark.parametrize(
    ("without", "settings", "told"),
    [
        ("verify", [], "prune: there are no verdicts to prune by; put verify before it"),
        ("score", ["stages.prune.choose=reward"], "put score (by: gain) before it"),
        ("", ["stages.prune.choose=em"], "put score (by: em) before it"),
        ("", ["stages.verify.index=nowhere"], "nowhere: no such folder; build it with: thinkaug index PATH"),
        ("", ["stages.verify.index=''"], "verify: index: name a folder made by thinkaug index"),
        ("", ["stages.verify.relations=medcine"], "no file of relations 'medcine'; did you mean 'medicine'?"),
        ("", ["stages.verify.judges=[fact]"], "judges"),
        ("", ["stages.prune.limits={most_copyed: 1}"], "did you mean 'most_copied'?"),
        ("", ["stages.prune.contradicted=repair"], "prune: index: a repair is verified before it may stay"),
        ("", ["stages.score.by=em", "stages.score.leave_out=false"], "set generate.measured: true"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_runs(without: str, settings: list[str], told: str) -> None:
    source = "\n".join(line for line in JUDGED.splitlines() if not (without and f"- {without}" in line))
    assert told in refusal(source, *settings)
