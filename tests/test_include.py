"""include: fragments put over a pipeline, what wins over what, and what is refused, with the fragment's name."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug import pipeline
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.overrides import put_all
from thinkaug.plan import Plan

WRITER = Scripted(lambda request: "<recall>It is so.</recall>", name="one")
WHOLE = """
include: INCLUDE
stages:
  - ingest: {paths: [a.jsonl]}
  - segment
  - dedup
  - generate: {temperature: 0.5, seed: 3}
  - dedup: {on: thoughts}
  - filter
  - pack: {style: {weights: {recall: 0.8, lookup: 0.0}, markers: none}}
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the pipeline; the working directory is another."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    Path("a.jsonl").write_text('{"text": "One."}\n')
    return tmp_path


def load(place: Path, include: str, *settings: str) -> Plan:
    (place / "toy.yaml").write_text(WHOLE.replace("INCLUDE", include))
    return pipeline.load(str(place / "toy.yaml"), settings, "", {"writer": WRITER})


def refusal(place: Path, include: str, *settings: str) -> str:
    with pytest.raises(UserError) as error:
        load(place, include, *settings)
    return str(error.value)


def config(plan: Plan, label: str) -> object:
    return next(step.config for step in plan.steps if step.label == label)


def test_a_fragment_is_put_over_the_pipeline_and_leaves_the_rest(place: Path) -> None:
    (place / "mix.yaml").write_text("# by hand\nstages: {pack: {style: {weights: {recall: 1.5, verification: 0.5}}}}")
    plan = load(place, "[mix.yaml]")
    style = config(plan, "pack").style  # type: ignore[attr-defined]
    assert dict(style.weights) == {"recall": 1.5, "lookup": 0.0, "verification": 0.5}
    assert style.markers == "none"
    assert config(plan, "generate").temperature == 0.5  # type: ignore[attr-defined]


def test_it_is_as_if_the_settings_had_been_given_on_the_command_line(place: Path) -> None:
    (place / "mix.yaml").write_text("stages: {generate: {temperature: 0.9, vary: []}, 4: {near: false}}")
    included = load(place, "mix.yaml")
    given_ = load(place, "[]", "stages.generate.temperature=0.9", "stages.generate.vary=[]", "stages.4.near=false")
    assert [step.digest for step in included.steps] == [step.digest for step in given_.steps]


def test_later_fragments_win_and_set_wins_over_all(place: Path) -> None:
    (place / "a.yaml").write_text("stages: {generate: {temperature: 0.1, seed: 1}}")
    (place / "b.yaml").write_text("stages: {generate: {temperature: 0.2}}")
    both = config(load(place, "[a.yaml, b.yaml]"), "generate")
    assert (both.temperature, both.seed) == (0.2, 1)  # type: ignore[attr-defined]
    told = config(load(place, "[a.yaml, b.yaml]", "stages.generate.temperature=0.3"), "generate")
    assert (told.temperature, told.seed) == (0.3, 1)  # type: ignore[attr-defined]


def test_paths_start_from_the_pipelines_folder_and_those_of_set_from_here(place: Path) -> None:
    (place / "mix.yaml").write_text("stages: {generate: {temperature: 0.1}}")
    Path("mix.yaml").write_text("stages: {generate: {temperature: 0.2}}")
    assert config(load(place, "[mix.yaml]"), "generate").temperature == 0.1  # type: ignore[attr-defined]
    plan = load(place, "[nowhere.yaml]", "include=[mix.yaml]")
    assert config(plan, "generate").temperature == 0.2  # type: ignore[attr-defined]
    assert "--set 'include=[mix.yaml]'" in plan.called
    absolute = load(place, f"[{place / 'mix.yaml'}]", "stages.generate.seed=4")
    assert config(absolute, "generate").temperature == 0.1  # type: ignore[attr-defined]


def test_what_a_fragment_names_with_nothing_in_it_stays(place: Path) -> None:
    (place / "mix.yaml").write_text("stages: {pack: {style: {weights: {}}}, generate: {}}\nengines: {}")
    assert [s.digest for s in load(place, "[mix.yaml]").steps] == [s.digest for s in load(place, "[]").steps]


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_fragment_changes_nothing(place: Path, text: str) -> None:
    (place / "mix.yaml").write_text(text)
    assert [s.digest for s in load(place, "[mix.yaml]").steps] == [s.digest for s in load(place, "null").steps]


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("stagse: {}", "mix.yaml: no key 'stagse'; did you mean 'stages'?"),
        (
            "stages: {pakc: {}, generate: {temperature: 1}, pac: {a: 1}}",
            "mix.yaml: stages.pac.a: no stage 'pac'; did you",
        ),
        (
            "stages: {dedup: {near: false}}",
            "mix.yaml: stages.dedup.near: stage 'dedup' stands more than once; say stages.2",
        ),
        ("stages: {generate: {temprature: 1}}", "stages[3] (with PLACE/mix.yaml).generate: no setting 'temprature'"),
        (
            "stages: {generate: {temperature: hot}}",
            "stages[3] (with PLACE/mix.yaml).generate.temperature: input should",
        ),
        ("stages: {generate: 5}", "mix.yaml: stages.generate: 'stages' holds no settings"),
        ("stages: {pack: {style: {weights: {recal: 1}}}}", "stages[6] (with PLACE/mix.yaml): pack: style: weights: no"),
        ("stages: [generate]", "mix.yaml: stages: a file that is included changes settings of stages"),
        ("stages:", "mix.yaml: stages: a file that is included changes settings of stages"),
        ("include: [other.yaml]", "mix.yaml: a file that is included may not include others"),
        ("engines: {other: {modle: x}}", "engines.other (with PLACE/mix.yaml): no setting 'modle'"),
        ("rounds: {count: 0}", "rounds (with PLACE/mix.yaml)"),
        ("[1, 2]", "mix.yaml: settings as `key: value` were expected; this is list"),
        ("a: [", "mix.yaml: not valid YAML"),
        ("a: 1\na: 2", "mix.yaml: not valid YAML"),
        ("stages: !!python/object/apply:os.getcwd []", "mix.yaml: not valid YAML"),
        ("name: ../up", "must be usable as the name of a folder"),
    ],
)
def test_a_fragment_that_does_not_fit_is_refused_by_name(place: Path, fragment: str, message: str) -> None:
    (place / "mix.yaml").write_text(fragment)
    assert message.replace("PLACE", str(place)) in refusal(place, "[mix.yaml]")


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("5", "include: expected a list of files, such as [mix.yaml], not 5"),
        ("[5]", "include: expected a list of files"),
        ('[""]', "include: expected a list of files"),
        ("{a: b}", "include: expected a list of files"),
        ("[https://example.org/mix.yaml]", "is no file of this machine; fetch it first"),
        ("[s3://bucket/mix.yaml]", "is no file of this machine"),
        ("[none.yaml]", "none.yaml cannot be read: No such file"),
        ("[.]", "cannot be read: Is a directory"),
    ],
)
def test_a_list_that_names_no_files_is_refused(place: Path, include: str, message: str) -> None:
    found = refusal(place, include)
    assert message in found
    assert found.startswith(f"{place / 'toy.yaml'}: include: ")


def test_a_fragment_that_is_no_text_is_refused(place: Path) -> None:
    (place / "mix.yaml").write_bytes(b"\xff\xfe\x00")
    assert "mix.yaml: not valid YAML" in refusal(place, "[mix.yaml]")


def test_a_pipeline_at_fault_is_not_blamed_on_a_fragment(place: Path) -> None:
    (place / "mix.yaml").write_text("stages: {generate: {temperature: 1}}")
    assert "stages[1].segment: no setting 'x'" in refusal(place, "[mix.yaml]", "stages.segment.x=1")


TREES = st.recursive(
    st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
).filter(lambda tree: isinstance(tree, dict))


@given(TREES)
def test_a_fragment_over_nothing_is_itself_without_what_is_empty(tree: dict[str, object]) -> None:
    def bare(value: object) -> object:
        if not isinstance(value, dict):
            return value
        inside = {key: bare(inner) for key, inner in value.items()}
        return {key: inner for key, inner in inside.items() if inner != {}}

    found: dict[str, object] = {}
    put_all(found, tree, "x")
    assert found == bare(tree)
