"""Plans: what is refused, and which folder which settings lead to."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug import pipeline
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.plan import Plan
from thinkaug.stage import EngineSpec
from thinkaug.strategies import interleaved
from thinkaug.yaml import read_yaml, write_yaml

WRITER = Scripted(lambda request: "<recall>It is so.</recall>", name="one")
WHOLE = """
name: toy
templates: own
stages:
  - ingest: {paths: [a.jsonl]}
  - segment
  - dedup
  - generate
  - dedup: {on: thoughts}
  - filter
  - decontaminate: {sets: [exam.jsonl]}
  - pack
"""
LABELS = ["ingest", "segment", "dedup", "generate", "dedup.2", "filter", "decontaminate", "pack"]
WEIGHED = """
stages:
  - ingest: {paths: [a.jsonl]}
  - segment
  - generate: {strategy: latent, temperature: 1, measured: true}
  - score
  - pack
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two inputs and templates of the user's own, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"text": "One."}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "Two."}\n')
    for name in ("exam", "oral"):
        question = f"Of how many people should a panel in a written or {name} examination consist?"
        (tmp_path / f"{name}.jsonl").write_text(f'{{"question": "{question}", "answer": "Three."}}\n')
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "repair.j2").write_text("{% block user %}Again: {{ problem }}{% endblock %}")
    return tmp_path


def load(source: str = WHOLE, *settings: str, engines: Mapping[str, EngineSpec] | None = None, out: str = "") -> Plan:
    Path("toy.yaml").write_text(source)
    other = Scripted(WRITER.answer, name="other")
    return pipeline.load("toy.yaml", settings, out, engines or {"writer": WRITER, "other": other})


def refusal(source: str = WHOLE, *settings: str) -> str:
    with pytest.raises(UserError) as error:
        load(source, *settings)
    return str(error.value)


def digests(plan: Plan) -> dict[str, str]:
    return {step.label: step.folder.path.name for step in plan.steps}


def changed(before: Plan, after: Plan) -> list[str]:
    return [label for label, folder in digests(before).items() if digests(after)[label] != folder]


def stages(*lines: str) -> str:
    return "\n".join(["stages:", *(f"- {line}" for line in lines)])


INGEST = "ingest: {paths: [a.jsonl]}"


# What, where and what next.


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "toy.yaml: a pipeline has keys name, out, templates, engines, stages, rounds, include; this is NoneType"),
        (
            "- ingest",
            "toy.yaml: a pipeline has keys name, out, templates, engines, stages, rounds, include; this is list",
        ),
        ("a: [1", "toy.yaml: not valid YAML: "),
        ("name: a\nname: b", "toy.yaml: not valid YAML: "),
        ("name: !!python/object/apply:os.getcwd []", "toy.yaml: not valid YAML: "),
        ("nmae: x", "toy.yaml: no key 'nmae'; did you mean 'name'?"),
        ("1: x", "toy.yaml: no key '1'; known: engines, include, name, out, rounds, stages, templates"),
        ("name: x", "toy.yaml: stages: expected a list of stages; known: ingest, segment,"),
        ("stages: []", "toy.yaml: stages: expected a list of stages"),
        ("stages: {ingest: {}}", "toy.yaml: stages: expected a list of stages"),
        ("stages: [5]", "toy.yaml: stages[0]: one stage with its settings was expected"),
        ("stages: [{}]", "toy.yaml: stages[0]: one stage with its settings was expected"),
        ("stages: [null]", "toy.yaml: stages[0]: one stage with its settings was expected"),
        ("stages: [{ingest: {}, segment: {}}]", "toy.yaml: stages[0]: one stage with its settings was expected"),
        (stages("ingset"), "toy.yaml: stages[0]: no stage 'ingset'; did you mean 'ingest'?"),
        (stages(INGEST, "5: {}"), "toy.yaml: stages[1]: no stage '5'; known: decontaminate, dedup,"),
        ("templates: nowhere\n" + stages(INGEST), "templates: nowhere: no such folder"),
    ],
)
def test_a_pipeline_that_is_none_is_refused(source: str, message: str) -> None:
    assert refusal(source).startswith(message)


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "/tmp", "a/", '"a\\0b"', '"a\\nb"'])
def test_a_name_that_is_no_folder_name_is_refused(name: str) -> None:
    assert "must be usable as the name of a folder" in refusal(f"name: {name}\n{stages(INGEST)}")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["segment"], "stages[0]: 'segment' reads Document, but nothing stands before it"),
        ([INGEST, "pack"], "stages[1]: 'pack' reads Draft, but 'ingest' before it writes Document"),
        ([INGEST, "generate"], "stages[1]: 'generate' reads Passage, but 'ingest' before it writes Document"),
        ([INGEST, "gate"], "stages[1]: 'gate' reads Passage, but 'ingest' before it writes Document"),
        ([INGEST, "segment", "filter"], "stages[2]: filter: there are no thoughts yet, and nothing else is named"),
        ([INGEST, "segment", "dedup", "pack"], "stages[3]: 'pack' reads Draft, but 'dedup' before it writes Passage"),
        ([INGEST, "segment", "generate", "generate"], "stages[3]: 'generate' reads Passage, but 'generate' before it"),
        (
            [INGEST, INGEST],
            "stages[1]: 'ingest' reads source files, and so stands first, but 'ingest' before it writes Document",
        ),
    ],
)
def test_stages_that_do_not_fit_are_refused(lines: list[str], message: str) -> None:
    assert refusal(stages(*lines)).startswith(f"toy.yaml: {message}")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("stages.ingest.pahts=[x]", "stages[0].ingest: no setting 'pahts'; did you mean 'paths'?"),
        ("stages.ingest.paths=a.jsonl", "stages[0].ingest.paths: input should be a valid tuple, not 'a.jsonl'"),
        ("stages.ingest.paths=[nowhere.jsonl]", "stages[0]: ingest: paths: nowhere.jsonl: no such file"),
        ("stages.ingest.paths=['*.parquet']", "stages[0]: ingest: paths: *.parquet: no such file"),
        ("stages.ingest.paths=['shipped:nowhere']", "stages[0]: shipped:nowhere: nothing of that name is shipped"),
        ("stages.ingest.paths=['shipped:../x']", "stages[0]: shipped:../x: a shipped name may not leave"),
        ("stages.ingest.paths=['nosuch://x']", "stages[0]: ingest: paths: nosuch://x: "),
        ("stages.ingest.format=jsom", "stages[0]: ingest: format: no file in sources/ named 'jsom'; did you mean"),
        ("stages.ingest.fields={txt: body}", "stages[0]: ingest: fields: no document field 'txt'; did you mean 'text'"),
        ("stages.ingest.limit=0", "stages[0].ingest.limit: input should be greater than 0, not 0"),
        ("stages.segment.cuts=word", "stages[1].segment.cuts: input should be 'paragraph', 'sentence' or 'poisson'"),
        ("stages.segment=false", "stages[1].segment: expected settings as `key: value`, not False"),
        ("stages.generate.tempratur=1", "stages[3].generate: no setting 'tempratur'; did you mean 'temperature'?"),
        ("stages.generate.temperature=hot", "stages[3].generate.temperature: input should be a valid number"),
        ("stages.generate.strategy=intrleaved", "stages[3]: generate: strategy: no file in strategies/ named 'intr"),
        ("stages.generate.engine=writr", "stages[3]: generate: engine: no engine 'writr'; did you mean 'writer'?"),
        ("stages.generate.options.befor=1", "stages[3]: generate: options of interleaved: no setting 'befor'; did you"),
        ("stages.filter.checks=[lenght]", "stages[5]: filter: checks[0]: no file in checks/ named 'lenght'; did you"),
        ("stages.filter.checks=[{length: {min_word: 1}}]", "stages[5]: filter: checks[0].length: no option 'min_word'"),
        ("stages.filter.checks=[{length: {min_words: x}}]", "stages[5]: filter: checks[0].length.min_words: "),
        ("stages.filter.checks=[{}]", "stages[5]: filter: checks[0]: one check with its options was expected"),
        ("stages.pack.count_with=nobody", "stages[7]: pack: count_with: no engine 'nobody'; known: other, writer"),
        ("stages.pack.style.marker=none", "stages[7].pack.style: no setting 'marker'; did you mean 'markers'?"),
        ("stages.pack.style.weights={tetx: 1}", "stages[7]: pack: style: weights: no kind of span 'tetx'; did you"),
        ("stages.pack.style.weights={text: 0}", "stages[7]: pack: style: weights: text may not be 0"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_its_place(setting: str, message: str) -> None:
    stage, value = setting.removeprefix("stages.").split("=", 1)
    index = next(index for index, label in enumerate(LABELS) if label == stage.split(".")[0])
    tree = read_yaml(WHOLE)
    if stage in LABELS:
        tree["stages"][index] = {stage: read_yaml(value)}
        assert refusal(write_yaml(tree)).startswith(f"toy.yaml: {message}")
    else:
        assert refusal(WHOLE, setting).startswith(f"toy.yaml: {message}")


@pytest.mark.parametrize(
    ("engines", "message"),
    [
        ("[writer]", "toy.yaml: engines: expected `name: {model: ...}`, not ['writer']"),
        ("{writer: 5}", "toy.yaml: engines.writer: expected settings as `key: value`, not 5"),
        ("{writer: }", "toy.yaml: engines.writer: expected settings as `key: value`, not None"),
        ("{writer: {kind: vlm, model: x}}", "toy.yaml: engines.writer: no kind of engine 'vlm'; did you mean 'vllm'?"),
        ("{writer: {kind: scripted}}", "toy.yaml: engines.writer: no kind of engine 'scripted'"),
        ("{writer: {kind: 3}}", "toy.yaml: engines.writer: no kind of engine '3'"),
        ("{writer: {kind: vllm}}", "toy.yaml: engines.writer.model: field required"),
        ("{writer: {modle: x}}", "toy.yaml: engines.writer: no setting 'modle'; did you mean 'model'?"),
        ("{writer: {model: x, max_model_len: 0}}", "toy.yaml: engines.writer.max_model_len: input should be greater"),
    ],
)
def test_an_engine_that_is_none_is_refused(engines: str, message: str) -> None:
    assert refusal(f"engines: {engines}\n{WHOLE}").startswith(message)


@pytest.mark.parametrize("model", ["./nowhere", "empty", "shipped:nowhere"])
def test_a_model_that_cannot_be_had_is_refused_before_any_run(
    model: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "empty").mkdir()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    Path("toy.yaml").write_text(f"engines: {{writer: {{model: '{model}'}}}}\n{WHOLE}")
    with pytest.raises(UserError, match=r"^toy\.yaml: stages\[3\]: engines\.writer: .*" + model.removeprefix("./")):
        pipeline.load("toy.yaml")


def test_a_template_that_cannot_work_is_refused(place: Path) -> None:
    (place / "own" / "repair.j2").write_text("{% block user %}{{ problm }}{% endblock %}")
    message = "toy.yaml: stages[3]: templates/repair.j2: no variable 'problm'; did you mean 'problem'?"
    assert refusal() == message


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("temperature", "write it as key=value"),
        ("=1", "write it as key=value"),
        ("stages.generate", "write it as key=value"),
        ("stages.ingest.limit=[", "the value is not valid YAML"),
        ("stages.ingest.limit=!!python/name:os.getcwd ''", "the value is not valid YAML"),
        ("stages.dedup.near=false", "stage 'dedup' stands more than once; say stages.2 or stages.4"),
        ("stages.ingets.limit=3", "no stage 'ingets'; did you mean 'ingest'?"),
        ("stages.99.limit=3", "no stage '99'; known: "),
        ("stages.-1.limit=3", "no stage '-1'; known: "),
        ("stages.².limit=3", "no stage '²'; known: "),
        ("stages..limit=3", "no stage ''; known: "),
        ("stages.ingest=5", "holds no settings"),
        ("stages.ingest.paths.0=x", "holds no settings"),
        ("name.x=1", "holds no settings"),
        ("name.x.y=1", "there are no settings at 'x'"),
    ],
)
def test_a_bad_set_is_refused_in_its_own_words(setting: str, message: str) -> None:
    told = refusal(WHOLE, setting)
    assert told.startswith(f"--set {setting}: ")
    assert message in told


@pytest.mark.parametrize("stage", ["{}", "null", "5", "[a]", "{a: 1, b: 2}"])
@pytest.mark.parametrize("key", ["stages.x.y", "stages.0.y", "stages.a.y"])
def test_a_set_over_a_broken_pipeline_is_refused_too(stage: str, key: str) -> None:
    assert refusal(f"stages: [{stage}]", f"{key}=1")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["stages", "ingest", "0", "dedup", ".", "=", "name", "{", "[", "x", "²"]) | st.text(max_size=2)
    )
)
def test_any_set_is_taken_or_refused(pieces: list[str]) -> None:
    try:
        load(WHOLE, "".join(pieces))
    except UserError:
        return


def test_a_pipeline_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match=r"no pipeline 'dmeo'; did you mean 'demo'\?"):
        pipeline.load("dmeo")


def test_a_pipeline_that_is_not_utf8_is_refused(place: Path) -> None:
    (place / "bad.yaml").write_bytes(b"name: \xff")
    with pytest.raises(UserError, match=r"bad\.yaml: not valid YAML"):
        pipeline.load(str(place / "bad.yaml"))


def test_an_unknown_last_stage_is_refused() -> None:
    with pytest.raises(UserError, match=r"pipeline toy: no stage 'dedup\.3'; did you mean 'dedup"):
        load().until("dedup.3")


# What a plan is.


def test_a_set_goes_over_what_the_yaml_says() -> None:
    plan = load(WHOLE, "stages.generate.temperature=0", "stages.4.near=false", "stages.pack.style.weights.recall=0.5")
    assert next(step.config for step in plan.steps if step.label == "generate").temperature == 0
    assert [step.config.near for step in plan.steps if step.stage.name == "dedup"] == [True, False]
    assert plan.steps[-1].config.style.weights == {"recall": 0.5}


def test_a_stage_that_stands_twice_has_labels_of_its_own() -> None:
    assert [step.label for step in load().steps] == LABELS


@pytest.mark.parametrize(("last", "count"), [("", 8), ("dedup", 5), ("dedup.2", 5), ("generate", 4), ("ingest", 1)])
def test_until_takes_the_steps_up_to_the_last_of_that_name(last: str, count: int) -> None:
    assert [step.label for step in load().until(last)] == LABELS[:count]


def test_a_folder_is_named_by_stage_and_digest() -> None:
    for step in load(out="builds").steps:
        assert step.folder.path == Path("builds/toy") / f"{step.stage.name}-{step.digest[:8]}"


def test_what_shaped_a_folder_is_told() -> None:
    *_, before, last = load().steps
    assert (last.shaped_by["stage"], last.shaped_by["upstream"]) == ("pack", before.digest)


def test_a_plan_touches_nothing() -> None:
    before = sorted(str(path) for path in Path().rglob("*"))
    load()
    assert sorted(str(path) for path in Path().rglob("*") if path.name != "toy.yaml") == before


# Promise 4: another setting is another folder, for that stage and all after it.

OTHER_SETTINGS = {
    "ingest": {
        "paths": ["b.jsonl"],
        "format": "text",
        "fields": {"title": "name"},
        "defaults": {"domain": "d"},
        "options": {"jsonl": {"strict": True}},
        "keep": ["year"],
        "hygiene": {"mojibake": False},
        "min_chars": 2,
        "duplicates": "keep",
        "keep_languages": ["en"],
        "keep_licenses": ["CC0-1.0"],
        "follow_links": True,
        "shard_documents": 7,
        "limit": 1,
    },
    "segment": {
        "window_chars": 50,
        "window_tokens": {"writer": 9},
        "context_chars": 5,
        "cuts": "sentence",
        "poisson_mean": 3,
        "poisson_most": 5,
        "stretch_chars": 3,
    },
    "dedup": {
        "near": False,
        "threshold": 0.5,
        "shingle_words": 2,
        "permutations": 16,
        "bands": 2,
        "rows": 3,
        "verify": "estimate",
        "keeper": "first",
        "guard": "off",
        "against": ["a.jsonl"],
        "memory_mb": 7,
    },
    "generate": {
        "engine": "other",
        "strategy": "skeleton",
        "options": {"before_chars": 7},
        "prompts": "brief",
        "profile": "medicine",
        "vary": ["persona"],
        "candidates": 2,
        "temperature": 0.1,
        "top_p": 0.5,
        "top_k": 5,
        "max_tokens": 9,
        "constrained": True,
        "seed": 1,
    },
    "filter": {
        "checks": ["loop"],
        "without_thoughts": "raw",
        "texts": ["personal"],
        "texts_action": "mark",
        "mask": ["email"],
        "judge": {"rubric": {"useful": "Does it help?"}},
    },
    "decontaminate": {
        "sets": ["oral.jsonl"],
        "on": "thoughts",
        "action": "mark",
        "margin_chars": 5,
        "min_chars": 7,
        "matching": {"ngram_words": 9},
    },
    "pack": {
        "style": {"markers": "none"},
        "style.placement": "after",
        "style.kinds": ["recall"],
        "style.weights": {"recall": 0.5},
        "style.prior": 0.25,
        "style.seed": 1,
        "tokenizer": "shipped:model",
        "revision": "other",
        "eos": "<|user|>",
        "window_tokens": 64,
        "count_tokens": False,
        "mix": {"unit": "chars", "replay": {"share": 0.1}},
        "control": "shuffled_steps",
        "variants": 2,
        "seed": 1,
        "shard_mb": 1,
        "count_with": "other",
    },
}
# Only the second dedup has a choice of what it compares; what is measured must be drawn without changes to its odds;
# routes need a gate (tests/stages/test_routes.py); another layout needs a tokenizer.
TRIED_ALONE = {
    *(("generate", "measured"), ("generate", "routes"), ("dedup", "on"), ("dedup", "exposures"), ("pack", "layout")),
}
ELSEWHERE = {"gate", "verify", "score", "prune"}  # test_pipeline_truth.py: they need an index, verdicts, gains
OTHER_WEIGHING = {"engine": "other", "style": {"markers": "none"}, "seed": 1}


def test_every_setting_of_every_stage_is_tried() -> None:
    stages = {name: stage for name, stage in pipeline.STAGES.items() if name not in ELSEWHERE}
    known = {(name, field.name) for name, stage in stages.items() for field in fields(stage.config)}
    tried = {(name, key.split(".")[0]) for name, keys in OTHER_SETTINGS.items() for key in keys}
    assert tried | TRIED_ALONE == known
    style = get_type_hints(pipeline.STAGES["pack"].config)["style"]
    assert is_dataclass(style)
    assert {field.name for field in fields(style)} == {"placement", "prior", "markers", "kinds", "weights", "seed"}


@pytest.mark.parametrize(
    ("stage", "key", "value"),
    [(stage, key, value) for stage, keys in OTHER_SETTINGS.items() for key, value in keys.items()],
)
def test_another_setting_is_another_folder_from_there_on(stage: str, key: str, value: object) -> None:
    index = LABELS.index(stage)
    setting = f"stages.{index}.{key}={write_inline(value)}"
    assert changed(load(), load(WHOLE, setting)) == LABELS[index:]


def write_inline(value: object) -> str:
    return repr(value).replace("False", "false").replace("True", "true")


@pytest.mark.parametrize(("key", "value"), OTHER_WEIGHING.items())
def test_another_weighing_is_another_folder_from_there_on(key: str, value: object) -> None:
    after = load(WEIGHED, f"stages.score.{key}={write_inline(value)}")
    assert changed(load(WEIGHED), after) == ["score", "pack"]


def test_thoughts_that_were_not_measured_cannot_be_weighed() -> None:
    told = refusal(WEIGHED, "stages.generate.measured=false")
    assert told.startswith("toy.yaml: stages[3]: score: by em needs the log-probability of each thought; set generate.")


def test_what_is_measured_is_another_folder() -> None:
    unchanged = ["stages.generate.strategy=latent", "stages.generate.temperature=1"]
    assert changed(load(WHOLE, *unchanged), load(WHOLE, *unchanged, "stages.generate.measured=true")) == LABELS[3:]


def test_another_setting_of_the_second_of_two_leaves_the_first_alone() -> None:
    assert changed(load(), load(WHOLE, "stages.4.threshold=0.5")) == LABELS[4:]
    assert changed(load(), load(WHOLE, "stages.4.on=text")) == LABELS[4:]
    assert changed(load(), load(WHOLE, "stages.4.exposures=2")) == LABELS[4:]


def test_thoughts_cannot_be_compared_before_there_are_any() -> None:
    with pytest.raises(UserError, match=r"stages\[2\]: dedup: on: thoughts: .* put it after generate"):
        load(WHOLE, "stages.2.on=thoughts")


def append(path: str, text: str) -> Callable[[pytest.MonkeyPatch], None]:
    def change(monkeypatch: pytest.MonkeyPatch) -> None:
        with Path(path).open("a") as file:
            file.write(text)

    return change


def raise_version(stage: str) -> Callable[[pytest.MonkeyPatch], None]:
    def change(monkeypatch: pytest.MonkeyPatch) -> None:
        newer = replace(pipeline.STAGES[stage], version=99)
        monkeypatch.setitem(pipeline.STAGES, stage, newer)  # type: ignore[arg-type]  # a dict

    return change


def raise_strategy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interleaved, "interleaved", replace(interleaved.interleaved, version=99))


@pytest.mark.parametrize(
    ("change", "first"),
    [
        pytest.param(append("a.jsonl", '{"text": "More."}\n'), "ingest", id="input"),
        pytest.param(append("own/repair.j2", " "), "generate", id="template"),
        pytest.param(raise_strategy, "generate", id="strategy"),
        *(
            pytest.param(raise_version(name), name, id=f"version of {name}")
            for name in pipeline.STAGES
            if name in LABELS
        ),
    ],
)
def test_another_input_template_or_code_is_another_folder_from_there_on(
    change: Callable[[pytest.MonkeyPatch], None], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load()
    change(monkeypatch)
    assert changed(before, load()) == LABELS[LABELS.index(first) :]


def test_a_template_of_the_users_own_is_another_folder(place: Path) -> None:
    before = load()
    shipped = Path(pipeline.shipped.root() / "templates" / "interleaved.j2").read_text()
    (place / "own" / "interleaved.j2").write_text(shipped)
    assert changed(before, load()) == []
    (place / "own" / "interleaved.j2").write_text(shipped.replace("block user", "block  user"))
    assert changed(before, load()) == LABELS[3:]


def test_one_byte_more_in_a_folder_of_inputs_is_another_folder(place: Path) -> None:
    (place / "texts").mkdir()
    (place / "texts" / "one.txt").write_text("One.")
    source = WHOLE.replace("a.jsonl", "texts")
    before = load(source)
    (place / "texts" / "two.txt").write_text("")
    assert changed(before, load(source)) == LABELS


def test_another_engine_is_another_folder() -> None:
    after = load(engines={"writer": replace(WRITER, name="two")})
    assert changed(load(), after) == LABELS[3:]


def model(path: str, weights: str = "w") -> str:
    Path(path).mkdir(parents=True, exist_ok=True)
    Path(path, "config.json").write_text("{}")
    Path(path, "model.safetensors").write_text(weights)
    return path


def load_model(path: str, more: str = "") -> Plan:
    Path("toy.yaml").write_text(f"engines: {{writer: {{model: {path}{more}}}}}\n{WHOLE}")
    return pipeline.load("toy.yaml")


@pytest.mark.parametrize(
    "more", [", max_model_len: 99", ", dtype: float16", ", chat_options: {a: 1}", ", options: {quantization: fp8}"]
)
def test_settings_of_the_model_that_shape_its_replies_are_another_folder(more: str) -> None:
    assert changed(load_model(model("m")), load_model("m", more)) == LABELS[3:]


def test_other_weights_are_another_folder() -> None:
    before = load_model(model("m", "old"))
    assert changed(before, load_model(model("m", "new"))) == LABELS[3:]


def test_another_chat_template_is_another_folder(place: Path) -> None:
    model("m")
    (place / "chat.jinja").write_text("one")
    before = load_model("m", ", chat_template: chat.jinja")
    (place / "chat.jinja").write_text("two")
    assert changed(before, load_model("m", ", chat_template: chat.jinja")) == LABELS[3:]


# What rows must hold beyond their type.


def with_needs(monkeypatch: pytest.MonkeyPatch, **offers: str) -> None:
    """`filter` needs a `mark` from now on; the named stages offer what is said."""
    needs: dict[str, Any] = {"needs": lambda config: {"mark": "its drafts hold no mark; put a marker before it"}}
    monkeypatch.setitem(pipeline.STAGES, "filter", replace(pipeline.STAGES["filter"], **needs))  # type: ignore[arg-type]
    for name, feature in offers.items():
        offering = replace(pipeline.STAGES[name], offers=lambda config, feature=feature: frozenset({feature}))
        monkeypatch.setitem(pipeline.STAGES, name, offering)  # type: ignore[arg-type]  # a dict


@pytest.mark.parametrize("offers", [{}, {"pack": "mark"}, {"filter": "mark"}, {"generate": "remark"}])
def test_a_stage_whose_needs_nothing_before_it_meets_is_refused(
    monkeypatch: pytest.MonkeyPatch, offers: dict[str, str]
) -> None:
    with_needs(monkeypatch, **offers)
    assert refusal() == "toy.yaml: stages[5]: filter: its drafts hold no mark; put a marker before it"


@pytest.mark.parametrize("offers", [{"generate": "mark"}, {"ingest": "mark", "generate": "other"}])
def test_a_need_may_be_met_by_any_stage_before(monkeypatch: pytest.MonkeyPatch, offers: dict[str, str]) -> None:
    with_needs(monkeypatch, **offers)
    assert [step.label for step in load().steps] == LABELS


# And what shapes nothing is no other folder.


def test_the_same_pipeline_leads_to_the_same_folders() -> None:
    assert digests(load()) == digests(load())


def test_where_builds_go_and_what_they_are_called_is_not_in_the_digest() -> None:
    plain = digests(load())
    assert digests(load(out="/elsewhere")) == plain
    assert digests(load(f"out: there\n{WHOLE}")) == plain
    assert digests(load(WHOLE.replace("toy", "other"))) == plain


def test_where_the_program_is_called_from_is_not_in_the_digest(place: Path) -> None:
    source = WHOLE
    for name in ("a.jsonl", "exam.jsonl", "own"):
        source = source.replace(name, str(place / name))
    plain = digests(load(source))
    (place / "deep").mkdir()
    os.chdir(place / "deep")
    assert digests(load(source)) == plain


def test_how_many_are_in_flight_is_not_in_the_digest() -> None:
    assert changed(load(), load(engines={"writer": replace(WRITER, window=1)})) == []


@pytest.mark.parametrize("option", ["max_num_seqs: 3", "gpu_memory_utilization: 0.5", "enforce_eager: true"])
def test_how_fast_the_model_runs_is_not_in_the_digest(option: str) -> None:
    assert changed(load_model(model("m")), load_model("m", f", options: {{{option}}}")) == []


def test_where_the_model_lies_is_not_in_the_digest() -> None:
    assert changed(load_model(model("here/m")), load_model(model("there/m"))) == []


def test_a_default_written_out_is_the_same_folder() -> None:
    assert changed(load(), load(WHOLE, "stages.generate.temperature=0.7", "stages.segment.cuts=paragraph")) == []


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_is_not_in_the_digest(random: Any) -> None:
    tree = read_yaml(WHOLE)
    for stage in OTHER_SETTINGS:
        if stage == "ingest":
            tree["stages"][0]["ingest"].update(
                {"defaults": {"domain": "d", "title": "t"}, "limit": 3, "format": "jsonl"}
            )
        elif stage != "dedup":
            keys = {key: value for key, value in OTHER_SETTINGS[stage].items() if "." not in key}
            keys.pop("window_chars", None)  # a window is counted in tokens or in characters
            tree["stages"][LABELS.index(stage)] = {stage: keys}
    assert digests(load(write_yaml(shuffled(tree, random)))) == digests(load(write_yaml(tree)))


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(inner, random) for inner in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}
