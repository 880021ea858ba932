"""The command line: frozen commands and flags, exit codes, one line an error, and what each command prints."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

import thinkaug
from thinkaug import cli, show
from thinkaug.dialogue import Ask
from thinkaug.engines import vllm
from thinkaug.engines.scripted import ScriptedEngine
from thinkaug.pipeline import STAGES
from thinkaug.plan import Plan
from thinkaug.records import Draft, Evidence, Execution, Passage, Thought

_ANY = {"--help"}
_BUILD = {"--set", "--out", "--limit", *_ANY}
FLAGS = {
    "run": {"--until", "--reuse", "--strict", *_BUILD},
    "ingest": {"--strict", *_BUILD},
    "segment": {"--strict", *_BUILD},
    "dedup": {"--strict", *_BUILD},
    "decontaminate": {"--strict", *_BUILD},
    "gate": {"--reuse", "--strict", *_BUILD},
    "generate": {"--reuse", "--strict", *_BUILD},
    "verify": {"--reuse", "--strict", *_BUILD},
    "score": {"--reuse", "--strict", *_BUILD},
    "prune": {"--reuse", "--strict", *_BUILD},
    "filter": {"--strict", *_BUILD},
    "pack": {"--strict", *_BUILD},
    "status": {"--examples", *_BUILD},
    "show": {"--cluster", *_BUILD},
    "calibrate": {"--by", "--labels", "--results", *_BUILD},
    "profile": {"--results", *_BUILD},
    "pairs": {"--results", *_BUILD},
    "controls": {"--only", *_BUILD},
    "export": {"--to", "--out", "--tokenizer", *_ANY},
    "validate": _ANY,
    "index": {"--out", "--set", *_ANY},
    "serve-check": {"--set", *_ANY},
    "gc": {"--set", "--out", "--yes", *_ANY},
}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command line in this process."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["thinkaug", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return Done(int(end.value.code or 0), out, err)

    return run


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    script = "from thinkaug.cli import main; main()"
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)


def answer(ask: Ask) -> str:
    target = ask.messages[1].content
    if "unreadable" in target:
        return "Certainly! No tags today."
    if "refused" in target:
        return "<self_talk>I'm sorry, but I cannot help with that request.</self_talk>"
    return "<self_talk>What must be weighed before the dose is set?</self_talk><recall>Urate comes of purines.</recall>"


class Scripted:
    """The settings of a vLLM engine, answered by a script: its builds lie where those of the YAML's engine would."""

    def __init__(self, config: vllm.Config) -> None:
        self.name = config.name
        self.identity, self.count_tokens = config.identity, config.count_tokens

    def open(self) -> ScriptedEngine:
        return ScriptedEngine(answer, 4)


ROWS = {
    "kept": "Gout is treated with allopurinol, which lowers urate.",
    "other": "\n\n".join(
        f"{drug} is given in an attack, within a day of its onset, and for no longer than that attack lasts."
        for drug in ("Colchicine", "Prednisolone")
    ),
    "copy": "gout is treated  with ALLOPURINOL, which lowers urate.",
    "unreadable": "This one is unreadable to the writer, whatever the reason may be.",
    "refused": "This one is refused by the writer, whatever the reason may be.",
}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, a model that is never loaded, a pipeline and its finished build."""
    home = tmp_path_factory.mktemp("cli")
    rows = [json.dumps({"text": text, "title": title}) for title, text in ROWS.items()]
    (home / "docs.jsonl").write_text("\n".join([*rows, "{not json"]))
    model = home / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(model / "tokenizer.json"))
    tree = {
        "name": "toy",
        "out": str(home / "builds"),
        "engines": {"writer": {"model": str(model)}},
        "stages": [
            {"ingest": {"paths": [str(home / "docs.jsonl")]}},
            "segment",
            {"dedup": {"near": False}},
            "generate",
            {"filter": {"checks": ["refusal"]}},
            "pack",
        ],
    }
    (home / "toy.yaml").write_text(json.dumps(tree))
    writer = Scripted(vllm.Config(model=str(model)))
    thinkaug.run(str(home / "toy.yaml"), engines={"writer": writer})
    return home


@pytest.fixture(scope="session")
def toy(home: Path) -> Path:
    """The pipeline."""
    return home / "toy.yaml"


@pytest.fixture(scope="session")
def plan(toy: Path) -> Plan:
    """The pipeline's plan."""
    from thinkaug.pipeline import load

    return load(str(toy))


def rows_of(plan: Plan, label: str) -> dict[str, Any]:
    """The rows that a step wrote, by title."""
    folder = next(step.folder for step in plan.steps if step.label == label)
    rows = [row for manifest in folder.manifests() for file in manifest.files for row in folder.rows(file.path)]
    return {row.title if hasattr(row, "title") else row.passage.title: row for row in rows}


def test_commands_and_flags_are_frozen() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    found = {
        name: {flag for option in command.get_params(typer.Context(command)) for flag in option.opts if flag[0] == "-"}
        for name, command in commands.items()
    }
    assert found == FLAGS


def test_every_stage_is_a_command() -> None:
    assert set(cli.STAGE_HELP) == set(STAGES)


@pytest.mark.parametrize("command", ["", *FLAGS])
def test_help_names_every_flag(call: Call, command: str) -> None:
    done = call(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert all(flag in done.out for flag in FLAGS.get(command, FLAGS))


def test_help_works_in_a_process_of_its_own() -> None:
    done = process("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Run a whole pipeline, or what is left of it." in done.stdout


def test_the_command_line_loads_nothing_heavy_before_a_command_runs() -> None:
    heavy = ["pyarrow", "datasets", "jinja2", "pydantic", "vllm", "torch", "transformers", "numpy"]
    script = f"import sys, thinkaug, thinkaug.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_user_error_is_one_line_without_a_traceback() -> None:
    done = process("run", "nowhere.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"thinkaug: .*no pipeline 'nowhere\.yaml'.*\n", done.stderr)


ERRORS = {
    "a pipeline that is not there": (["run", "nowhere"], "no pipeline 'nowhere'"),
    "a stage that is not in the pipeline": (["run", "TOY", "--until", "pak"], "no stage 'pak'; did you mean 'pack'?"),
    "a limit of nothing": (["run", "TOY", "--limit", "0"], "stages[0].ingest.limit: input should be greater than 0"),
    "a setting without a value": (["status", "TOY", "--set", "name"], "--set name: write it as key=value"),
    "a setting that does not exist": (
        ["status", "TOY", "--set", "stages.segment.window=9"],
        "no setting 'window'; did you mean 'window_chars'?",
    ),
    "a model that does not exist": (["run", "TOY", "--set", "engines.writer.model=/no/model"], "engines.writer: "),
    "an id that does not exist": (["show", "TOY", "ffffffffffff"], "show: no row with an id that begins with 'ffffff"),
    "a build that has not run": (["show", "TOY", "--out", "NEW"], "has the pipeline run?"),
    "a stage whose input is not there": (
        ["generate", "TOY", "--out", "NEW"],
        "generate: its input is not there: dedup is not complete; run thinkaug run TOY --out NEW --until dedup",
    ),
    "a data set that is none": (["validate", "NEW"], "NEW: not a finished data set"),
}


@pytest.mark.parametrize(("arguments", "message"), ERRORS.values(), ids=ERRORS)
def test_an_error_says_what_and_where_and_exits_2(
    call: Call, toy: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    def filled(word: str) -> str:
        return word.replace("TOY", str(toy)).replace("NEW", str(tmp_path / "new"))

    done = call(*map(filled, arguments))
    assert (done.code, done.out) == (2, "")
    assert filled(message) in done.err
    assert done.err.startswith("thinkaug: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["rum"], ["run"], ["run", "demo", "--util", "pack"], ["run", "demo", "--limit", "x"]]
)
def test_a_wrong_call_exits_2_without_a_traceback(call: Call, arguments: list[str]) -> None:
    done = call(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "Usage" in done.err


def test_a_finished_pipeline_is_not_run_again(call: Call, toy: Path, plan: Plan) -> None:
    before = {path: path.stat().st_mtime_ns for path in plan.root.rglob("*.*") if path.is_file()}
    done = call("run", toy)
    assert done.code == 0
    assert {path: path.stat().st_mtime_ns for path in plan.root.rglob("*.*") if path.is_file()} == before
    assert "starting engine" not in done.out


def test_a_run_ends_with_where_the_shards_are_and_what_was_quarantined(call: Call, toy: Path, plan: Plan) -> None:
    lines = call("run", toy).out.splitlines()
    assert f"shards:  {plan.shards}" in lines
    assert lines[-1] == f"2 rows are quarantined; thinkaug status {toy} says where and why"


@pytest.mark.parametrize(("strict", "code"), [([], 0), (["--strict"], 1)])
def test_quarantined_rows_fail_a_strict_run_only(call: Call, toy: Path, strict: list[str], code: int) -> None:
    assert call("run", toy, *strict).code == code
    assert call("pack", toy, *strict).code == code


def test_a_strict_run_without_quarantined_rows_exits_0(call: Call, toy: Path, tmp_path: Path) -> None:
    assert call("run", toy, "--until", "segment", "--limit", 5, "--strict", "--out", tmp_path).code == 0
    assert call("run", toy, "--until", "segment", "--limit", 6, "--strict", "--out", tmp_path).code == 1


def test_until_stops_after_that_stage(call: Call, toy: Path, tmp_path: Path) -> None:
    done = call("run", toy, "--until", "segment", "--out", tmp_path)
    assert done.code == 0
    assert sorted(path.name.split("-")[0] for path in (tmp_path / "toy").iterdir()) == ["ingest", "segment"]


def test_a_limit_reads_so_many_records(call: Call, toy: Path, tmp_path: Path) -> None:
    assert "ingest: 2 rows in, 2 out" in call("ingest", toy, "--limit", 2, "--out", tmp_path).out


def test_stages_run_one_by_one(call: Call, toy: Path, tmp_path: Path) -> None:
    for stage in ("ingest", "segment", "dedup"):
        done = call(stage, toy, "--out", tmp_path)
        assert done.code == 0
        assert f"\n{stage}: " in f"\n{done.out}"
    assert "dedup: 5 rows in, 4 out; dropped 1 exact_duplicate" in done.out


def test_a_set_leads_to_another_folder(call: Call, toy: Path, tmp_path: Path) -> None:
    for width in (100, 200):
        call("run", toy, "--until", "segment", "--out", tmp_path, "--set", f"stages.segment.window_chars={width}")
    assert len(list((tmp_path / "toy").glob("segment-*"))) == 2
    assert len(list((tmp_path / "toy").glob("ingest-*"))) == 1


def test_status_says_what_became_of_every_row(call: Call, toy: Path) -> None:
    done = call("status", toy)
    assert done.code == 0
    for said in ("1 not_json", "1 exact_duplicate", "1 malformed", "1 refusal", "balances over 6 of 6 stages"):
        assert said in done.out


def test_status_says_where_the_quarantined_rows_are(call: Call, toy: Path, plan: Plan) -> None:
    out = call("status", toy).out
    for step in (plan.steps[0], plan.steps[3]):
        assert f"quarantined at {step.label}: {step.folder.path / 'quarantine'}" in out


def test_status_of_a_build_that_has_not_begun_says_so(call: Call, toy: Path, tmp_path: Path) -> None:
    done = call("status", toy, "--out", tmp_path)
    assert done.code == 0
    assert "not begun" in done.out
    assert "waits for ingest" in done.out
    assert not list(tmp_path.iterdir())


def test_status_of_a_build_under_way_says_what_is_left(call: Call, toy: Path, tmp_path: Path) -> None:
    call("run", toy, "--until", "segment", "--out", tmp_path)
    out = call("status", toy, "--out", tmp_path).out
    assert "balances over 2 of 6 stages" in out
    assert "waits for dedup" in out


def test_status_of_a_ledger_that_does_not_balance_exits_1(call: Call, toy: Path, plan: Plan, tmp_path: Path) -> None:
    shutil.copytree(plan.root, tmp_path / "toy", symlinks=True)
    (manifest,) = (tmp_path / "toy" / plan.steps[3].folder.path.name / "manifest").iterdir()
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "quarantined": {}}))
    done = call("status", toy, "--out", tmp_path)
    assert done.code == 1
    assert "the ledger does not balance: generate: 4 rows in, but 3 kept + 0 dropped + 0 quarantined" in done.out


def test_show_prints_the_expert_text_with_its_thoughts(call: Call, toy: Path, plan: Plan) -> None:
    done = call("show", toy, rows_of(plan, "filter")["kept"].id)
    assert done.code == 0
    assert done.out.endswith(
        "  [self_talk] What must be weighed before the dose is set?\n"
        "  [recall] Urate comes of purines.\n"
        f"{ROWS['kept']}\n"
    )


def test_show_puts_each_thought_before_the_stretch_it_leads_to(call: Call, toy: Path, plan: Plan) -> None:
    steps = "  [self_talk] What must be weighed before the dose is set?\n  [recall] Urate comes of purines.\n"
    first, second = ROWS["other"].split("\n\n")
    out = call("show", toy, rows_of(plan, "filter")["other"].id).out
    assert out.endswith(f"\n{steps}{first}\n\n{steps}{second}\n")


@pytest.mark.parametrize(("placement", "order"), [("before", "PA"), ("after", "AP")])
def test_show_has_every_kind_at_its_place_with_what_is_known_of_it(placement: Any, order: str) -> None:
    steps = (
        Thought(0, 0, "lookup", "gout"),
        Thought(0, 0, "observation", "It hurts.", evidence=(Evidence("DOID:13189", "It hurts."),)),
        Thought(0, 0, "prose", "P: 2 + 2 = 5.", executed=(Execution("2 + 2", "5", "4", "fails"),)),
    )
    passage = Passage("p", "d", 0, "A: the text.", "", (0,), "")
    said = show._draft(Draft(passage, "grounded", "m", steps, (), placement)).plain
    assert "[observation] It hurts.  (DOID:13189)" in said
    assert "(2 + 2 is 4, not 5)" in said
    assert sorted("AP", key=lambda letter: said.index(f"{letter}: ")) == list(order)


def test_show_colours_thoughts_by_kind_on_a_terminal(
    call: Call, toy: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = call("show", toy, rows_of(plan, "filter")["kept"].id).out
    assert "\x1b[36m  [self_talk]" in out
    assert "\x1b[33m  [recall]" in out
    assert f"\n{ROWS['kept']}" in out


@pytest.mark.parametrize("length", [8, 32])
def test_show_takes_the_beginning_of_an_id_of_passage_document_or_sample(
    call: Call, toy: Path, plan: Plan, length: int
) -> None:
    passage = rows_of(plan, "filter")["kept"].passage
    folder = plan.steps[-1].folder
    samples = [row for manifest in folder.manifests() for file in manifest.files for row in folder.rows(file.path)]
    (sample,) = (row.id for row in samples if json.loads(row.meta)["passage"] == passage.id)
    shown = {call("show", toy, identity[:length]).out for identity in (passage.id, passage.document, sample)}
    assert len(shown) == 1
    assert ROWS["kept"] in shown.pop()


def test_show_without_an_id_shows_a_passage_of_the_shards(call: Call, toy: Path) -> None:
    out = call("show", toy).out
    assert "[self_talk]" in out
    assert ROWS["kept"] in out or ROWS["other"] in out


def test_show_says_of_a_copy_what_it_is_a_copy_of(call: Call, toy: Path, plan: Plan) -> None:
    passages = rows_of(plan, "segment")
    out = call("show", toy, passages["copy"].id).out
    assert ROWS["copy"] in out
    assert f"dropped at dedup: exact_duplicate of {passages['kept'].id}" in out


def test_show_prints_the_raw_reply_of_a_quarantined_passage(call: Call, toy: Path, plan: Plan) -> None:
    out = call("show", toy, rows_of(plan, "segment")["unreadable"].id).out
    assert "quarantined at generate: malformed: text outside the tags" in out
    assert "\nCertainly! No tags today.\n" in out


def test_show_says_why_a_passage_was_filtered_out(call: Call, toy: Path, plan: Plan) -> None:
    out = call("show", toy, rows_of(plan, "generate")["refused"].id).out
    assert ROWS["refused"] in out
    assert "dropped at filter: refusal" in out


def test_show_finds_a_record_that_never_became_a_document(call: Call, toy: Path) -> None:
    out = call("show", toy, "docs.jsonl#6").out
    assert "quarantined at ingest: not_json: line 6: " in out
    assert "{not json" in out


def test_validate_of_a_sound_set_exits_0(call: Call, plan: Plan) -> None:
    done = call("validate", plan.shards)
    assert (done.code, done.out) == (0, f"{plan.shards}: valid: 2 samples\n")


def test_validate_of_a_changed_byte_exits_1_and_names_the_shard(call: Call, plan: Plan, tmp_path: Path) -> None:
    root = tmp_path / "set"
    shutil.copytree(plan.shards, root)
    (shard,) = (root / "train" / "shards").iterdir()
    whole = bytearray(shard.read_bytes())
    whole[len(whole) // 2] ^= 1
    shard.write_bytes(whole)
    done = call("validate", root)
    assert done.code == 1
    assert f"train/shards/{shard.name}: its bytes are not those that were written" in done.out
    assert "NOT valid" in done.out.splitlines()[-1]
