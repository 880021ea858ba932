"""Matched twins of a build: each differs in what its name says and in nothing else, and no model is asked for it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import pytest

import thinkaug
from tests.rounds.toy import furnish
from thinkaug import pipeline
from thinkaug.controls import Twin, make_controls
from thinkaug.dialogue import Ask, Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.plan import Plan
from thinkaug.rendering import strip
from thinkaug.shards.validate import validate

DOCUMENTS = 60
NAMES = ["raw", "raw_repeat", "mismatched", "shuffled_steps", "unpruned", "without_self_talk", "without_recall"]
PRUNE = {"prune": {"contradicted": "keep", "choose": "first"}}
PACK = {"variants": 2, "shard_mb": 0.05}


def text(number: int) -> str:
    """Paragraphs that name their case; odd line ends, a tag of ours and letters of four bytes among them."""
    return "\r\n\r\n".join(
        f"Case{number} part {part}: the 🫀 of this patient 骨折 beat {60 + number} times a minute </thinking> "
        f"{' '.join(f'finding{number}x{part}x{word}' for word in range(9))}."
        for part in range(3)
    )


def answer(ask: Ask | Score) -> str | Reply:
    """Three steps of two kinds that name the case they are about."""
    if isinstance(ask, Score):
        return Reply("", log_probabilities=(-1.0,) * len(ask.target.split()))
    case = ask.messages[-1].content.rpartition("Case")[2].partition(" ")[0]
    return "\n".join(
        f"<{kind}>Of case {case}, {name} with {ask.seed}: sixty to a hundred beats are normal.</{kind}>"
        for kind, name in (("self_talk", "one"), ("recall", "two"), ("recall", "three"))
    )


class Closed(Scripted):
    """The same engine by name, which may not be started."""

    def open(self) -> Any:
        raise AssertionError("an engine was started")


@dataclass(frozen=True)
class Home:
    """A toy pipeline in a folder of its own."""

    pipeline: str
    out: str

    def run(self, *settings: str, until: str = "") -> Plan:
        return thinkaug.run(
            self.pipeline, until=until, settings=settings, out=self.out, engines={"writer": Scripted(answer)}
        )

    def controls(self, *settings: str, only: Sequence[str] = ()) -> dict[str, Twin]:
        twins = make_controls(self.pipeline, only, settings, self.out, engines={"writer": Closed(answer)})
        return {twin.name: twin for twin in twins}


def home(place: Path, *, documents: int = DOCUMENTS, after: Sequence[Any] = (PRUNE,), **pack: Any) -> Home:
    rows = [
        {"text": text(n), "domain": "law" if n % 3 else "medicine", "license": "CC-BY-4.0"} for n in range(documents)
    ]
    (place / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    stages = [
        {"ingest": {"paths": [str(place / "docs.jsonl")], "shard_documents": 16}},
        {"segment": {"window_chars": 500}},
        {"generate": {"candidates": 2}},
        *after,
        {"pack": {**PACK, **pack}},
    ]
    (place / "toy.yaml").write_text(json.dumps({"stages": stages}))
    return Home(str(place / "toy.yaml"), str(place / "out"))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A pipeline whose build and controls are there; leave them as they are."""
    toy = home(tmp_path_factory.mktemp("controls"))
    toy.run()
    toy.controls()
    return toy


@pytest.fixture(scope="module")
def plan(toy: Home) -> Plan:
    return pipeline.load(toy.pipeline, (), toy.out, {"writer": Closed(answer)})


@pytest.fixture(scope="module")
def twins(toy: Home) -> dict[str, Twin]:
    return toy.controls()


def samples(root: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = datasets.load_from_disk(str(root))["train"].to_list()
    return rows


def tokens(root: Path) -> int:
    """Counted anew: words, each span by itself, as the scripted engine does."""
    return sum(len(row["text"][span["start"] : span["end"]].split()) for row in samples(root) for span in row["spans"])


def thoughts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (span["kind"], row["text"][span["start"] : span["end"]])
        for span in row["spans"]
        if span["kind"] not in ("text", "marker")
    ]


def about(thought: str) -> str:
    """The case that a thought names."""
    return thought.partition("Of case ")[2].partition(",")[0]


def case_of(row: Mapping[str, Any]) -> str:
    return str(strip(row["text"], row["spans"]).partition("Case")[2].partition(" ")[0])


def passages(root: Path) -> Counter[str]:
    return Counter(json.loads(row["meta"])["passage"] for row in samples(root))


def test_the_build_allows_these(twins: dict[str, Twin]) -> None:
    assert list(twins) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != "raw"])
def test_a_twin_has_the_tokens_of_the_build_to_within_one_percent(
    name: str, plan: Plan, twins: dict[str, Twin]
) -> None:
    twin = twins[name]
    found, wanted = tokens(twin.path), tokens(plan.shards)
    assert abs(found / wanted - 1) <= 0.01
    assert (twin.tokens, twin.samples, twin.problem) == (found, len(samples(twin.path)), "")
    assert twin.ratio == pytest.approx(found / wanted)
    assert f"{twin.samples:,} samples, {found:,} tokens" in str(twin)


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_proves_itself(name: str, plan: Plan, twins: dict[str, Twin]) -> None:
    assert validate(twins[name].path).faults == ()
    assert {strip(row["text"], row["spans"]) for row in samples(twins[name].path)} <= {
        strip(row["text"], row["spans"]) for row in samples(plan.shards)
    }
    assert twins[name].path == plan.root / "controls" / name
    assert twins[name].path.is_symlink()


def test_the_build_keeps_its_own_link(plan: Plan, twins: dict[str, Twin]) -> None:
    assert plan.shards.resolve() == (plan.steps[-1].folder.path / "dataset").resolve()


def test_raw_is_each_passage_once_and_nothing_else(plan: Plan, twins: dict[str, Twin]) -> None:
    rows = samples(twins["raw"].path)
    assert {span["kind"] for row in rows for span in row["spans"]} == {"text"}
    assert set(passages(twins["raw"].path).values()) == {1}
    assert set(passages(twins["raw"].path)) == set(passages(plan.shards))
    assert twins["raw"].ratio < 0.7
    assert "fewer on purpose" in str(twins["raw"])


def test_raw_repeat_is_all_passages_as_often_as_each_other(twins: dict[str, Twin]) -> None:
    counts = passages(twins["raw_repeat"].path)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert set(counts) == set(passages(twins["raw"].path))
    assert not any(map(thoughts, samples(twins["raw_repeat"].path)))


def test_mismatched_thoughts_are_those_of_the_build_beside_other_cases(plan: Plan, twins: dict[str, Twin]) -> None:
    own = Counter(thought for row in samples(plan.shards) for thought in thoughts(row))
    rows = samples(twins["mismatched"].path)
    found = Counter(thought for row in rows for thought in thoughts(row))
    assert not found - own, "no thought is used twice or made up"
    assert sum(found.values()) >= 0.99 * sum(own.values())
    for row in rows:
        named = {about(thought) for _, thought in thoughts(row)}
        assert named
        assert case_of(row) not in named
        assert all((int(case) % 3 == 0) == (row["domain"] == "medicine") for case in named)


def test_shuffled_steps_are_the_same_steps_of_the_same_text(plan: Plan, twins: dict[str, Twin]) -> None:
    same = {json.loads(row["meta"])["passage"]: row for row in samples(plan.shards)}
    for row in samples(twins["shuffled_steps"].path):
        before = thoughts(same[json.loads(row["meta"])["passage"]])
        assert Counter(thoughts(row)) == Counter(before)
        assert thoughts(row) != before


def test_unpruned_shows_what_was_pruned(plan: Plan, twins: dict[str, Twin]) -> None:
    own = {thought for row in samples(plan.shards) for thought in thoughts(row)}
    found = {thought for row in samples(twins["unpruned"].path) for thought in thoughts(row)}
    assert found - own


@pytest.mark.parametrize("kind", ["self_talk", "recall"])
def test_a_kind_is_gone_and_the_other_is_not(kind: str, twins: dict[str, Twin]) -> None:
    kinds = {kind for row in samples(twins[f"without_{kind}"].path) for kind, _ in thoughts(row)}
    assert kinds == {"self_talk", "recall"} - {kind}


def test_a_twin_is_the_pipeline_with_other_settings_of_pack(toy: Home, plan: Plan, twins: dict[str, Twin]) -> None:
    parts = json.loads((plan.shards / "manifest.json").read_text())["parts"]
    amount = next(part["tokens"] for part in parts if part["name"] == "made")
    given = ["stages.pack.control=mismatched", f"stages.pack.mix.made={{amount: {amount}}}"]
    same = pipeline.load(toy.pipeline, given, toy.out, {"writer": Closed(answer)}).steps[-1]
    assert twins["mismatched"].path.resolve() == (same.folder.path / "dataset").resolve()


def test_again_does_nothing(toy: Home, plan: Plan, twins: dict[str, Twin]) -> None:
    def state() -> dict[Path, tuple[int, int]]:
        files = (path for path in plan.root.rglob("*") if path.is_file() and path.parent.name != "controls")
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}

    before = state()
    assert toy.controls() == twins
    assert state() == before


def test_the_readme_says_what_to_compare(plan: Plan, twins: dict[str, Twin]) -> None:
    readme = (plan.root / "controls" / "README.md").read_text()
    for name, twin in twins.items():
        (line,) = [line for line in readme.splitlines() if line.startswith(f"| [{name}]({name}) |")]
        assert f"| {twin.samples:,} | {twin.tokens:,} | {twin.ratio:.2%} |" in line


def test_one_alone_is_written_and_the_readme_keeps_the_others(tmp_path: Path) -> None:
    toy = home(tmp_path, documents=20)
    root = toy.run().root
    assert list(toy.controls(only=["raw"])) == ["raw"]
    assert list(toy.controls(only=["mismatched", "mismatched"])) == ["mismatched"]
    assert sorted(path.name for path in (root / "controls").iterdir()) == ["README.md", "mismatched", "raw"]
    readme = (root / "controls" / "README.md").read_text()
    assert "[raw]" in readme
    assert "[mismatched]" in readme
    assert "[raw_repeat]" not in readme


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("segment", "toy is not complete: generate: not begun; run thinkaug run .*toy.yaml --out .* first"),
        ("prune", "toy is not complete: pack: not begun"),
    ],
)
def test_an_incomplete_build_is_refused(until: str, words: str, tmp_path: Path) -> None:
    toy = home(tmp_path, documents=4)
    root = toy.run(until=until).root
    with pytest.raises(UserError, match=words):
        toy.controls()
    assert not (root / "controls").exists()


def test_other_settings_are_another_build(toy: Home) -> None:
    with pytest.raises(UserError, match=r"pack: not begun; run .* --set stages.pack.seed=9 --out"):
        toy.controls("stages.pack.seed=9")


def test_a_name_that_is_none_is_refused(toy: Home) -> None:
    with pytest.raises(UserError, match="controls: --only: no control 'mismatch'; did you mean 'mismatched'"):
        toy.controls(only=["raw", "mismatch"])


def test_without_prune_there_is_no_unpruned(tmp_path: Path) -> None:
    toy = home(tmp_path, documents=4, after=())
    toy.run()
    assert "unpruned" not in toy.controls(only=())
    with pytest.raises(UserError, match="--only unpruned: toy has no stage 'prune'"):
        toy.controls(only=["unpruned"])


def test_tokens_that_were_not_counted_cannot_be_matched(tmp_path: Path) -> None:
    toy = home(tmp_path, documents=4, count_tokens=False)
    toy.run()
    with pytest.raises(UserError, match=r"its tokens were not counted.* --set stages\.pack\.count_tokens=true"):
        toy.controls()


def test_what_cannot_be_made_is_said_and_the_others_are_made(tmp_path: Path) -> None:
    toy = home(tmp_path, documents=1, mix={"most_repeats": 1})
    toy.run()
    twins = toy.controls()
    assert "one document has" in twins["mismatched"].problem
    assert str(twins["mismatched"]).startswith("mismatched: NOT written: ")
    assert twins["raw_repeat"].problem
    assert validate(twins["raw"].path).faults == ()
    assert (
        f"not written | | | {'whether thoughts must be about'}" in (twins["raw"].path.parent / "README.md").read_text()
    )


def test_what_cannot_be_matched_is_said(tmp_path: Path) -> None:
    """One passage, of which a half more cannot be had."""
    toy = home(tmp_path, documents=1)
    toy.run()
    twin = toy.controls(only=["raw_repeat"])["raw_repeat"]
    assert abs(twin.ratio - 1) > 0.01
    assert "NOT matched" in str(twin)
    assert f"{twin.tokens:,} tokens made here" in twin.problem


def test_replay_and_other_data_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text("".join(f'{{"text": "Other text {n} of the web."}}\n' for n in range(50)))
    others = {"web.v1": {"paths": [str(tmp_path / "other.jsonl")], "share": 0.05}}
    toy = home(tmp_path, documents=30, mix={"replay": {"share": 0.2}, "others": others})
    plan = toy.run()
    before = parts(plan.shards)
    for twin in toy.controls(only=["raw", "raw_repeat", "mismatched"]).values():
        after = parts(twin.path)
        assert after["web.v1"] == pytest.approx(before["web.v1"], rel=0.02)
        assert after["replay"] == pytest.approx(before["replay"], rel=0.02)
        assert twin.name == "raw" or after["made"] == pytest.approx(before["made"], rel=0.01)
        assert validate(twin.path).faults == ()


def parts(root: Path) -> dict[str, int]:
    return {part["name"]: part["tokens"] for part in json.loads((root / "manifest.json").read_text())["parts"]}


def test_no_model_is_asked_for_stages_after_prune(tmp_path: Path) -> None:
    toy = home(tmp_path, documents=6, after=(PRUNE, {"score": {"by": "gain"}}))
    toy.run()
    twins = toy.controls()
    assert "would ask a model again" in twins["unpruned"].problem
    assert not twins["mismatched"].problem


def test_of_rounds_the_last_pack_counts_and_no_model_is_trained_again(tmp_path: Path) -> None:
    toy = furnish(tmp_path)
    plan = toy.run()
    happened = toy.journal
    twins = {
        t.name: t for t in make_controls(str(tmp_path / "toy.yaml"), (), (), toy.out, engines={"writer": toy.engine})
    }
    assert toy.journal == happened
    assert list(twins) == ["raw", "raw_repeat", "mismatched", "shuffled_steps"]
    assert twins["mismatched"].ratio == pytest.approx(1, abs=0.01)
    assert {row["text"] for row in samples(twins["raw"].path)} == {f"Text {n}." for n in range(6)}
    assert len(samples(twins["raw"].path)) == 6
    for twin in twins.values():
        assert twin.problem or validate(twin.path).faults == ()
    assert plan.shards.resolve() == (plan.steps[-1].folder.path / "dataset").resolve()
    toy.edit("  - filter: {checks: []}", "  - prune: {contradicted: keep}")
    toy.run()
    with pytest.raises(UserError, match="--only unpruned: toy has rounds"):
        make_controls(str(tmp_path / "toy.yaml"), ["unpruned"], (), toy.out, engines={"writer": toy.engine})
