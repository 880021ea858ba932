"""index, serve-check and gc as a user calls them."""

import json
from pathlib import Path

import pytest

import thinkaug
from tests.engines.hostile_server import hostile
from tests.engines.test_server_endpoint import gifted
from tests.test_cli import Call, call  # noqa: F401  # a fixture
from thinkaug import shipped
from thinkaug.engines.scripted import Scripted
from thinkaug.knowledge.index import Index

STEP = "<self_talk>What must be weighed here before anything is given?</self_talk>"


def pipeline(folder: Path, engine: object, **generate: object) -> Path:
    path = folder / "toy.yaml"
    (folder / "in.jsonl").write_text(json.dumps({"text": "Gout hurts. It is treated."}) + "\n")
    stages = [{"ingest": {"paths": [str(folder / "in.jsonl")]}}, "segment", {"generate": generate}]
    path.write_text(json.dumps({"engines": {"writer": engine}, "stages": stages}))
    return path


def test_index_says_what_it_built_and_what_it_left_out(call: Call, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "facts.jsonl").write_text('{"id": "1", "label": "gout", "text": "It hurts."}\nnot json\n')
    done = call("index", tmp_path / "facts.jsonl", "--out", tmp_path / "index")
    assert done.code == 0
    assert "1 entries" in done.out
    assert "facts.jsonl" in done.out
    assert Index.open(tmp_path / "index").look_up("gout")[0].entry.id == "1"


def test_index_of_nothing_is_the_users_to_mend(call: Call, tmp_path: Path) -> None:  # noqa: F811
    done = call("index", tmp_path / "none.jsonl", "--out", tmp_path / "index")
    assert done.code == 2
    assert "none.jsonl" in done.err
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(("lacks", "code"), [({}, 0), ({"logprobs": None}, 1)])
def test_serve_check_says_what_is_missing_before_a_run(
    call: Call,  # noqa: F811
    tmp_path: Path,
    lacks: dict[str, object],
    code: int,
) -> None:
    with hostile(lambda asked: gifted(asked, **lacks)) as server:
        engine = {"kind": "server", "model": "m", "urls": [server.url], "tokenizer": shipped.locate("shipped:model")}
        asks = {"strategy": "latent", "temperature": 1, "measured": True}
        done = call("serve-check", pipeline(tmp_path, engine, **asks))
    assert done.code == code
    lines = {line.split()[2]: line for line in done.out.splitlines()}
    assert ("MISSING" in lines["measured"]) == bool(code)
    assert "offered" in lines["chat"]
    assert "not used" in lines["score"] or "offered" in lines["score"]


def test_serve_check_leaves_an_engine_of_this_machine_alone(call: Call, tmp_path: Path) -> None:  # noqa: F811
    done = call("serve-check", pipeline(tmp_path, {"model": "shipped:model"}))
    assert (done.code, done.err) == (0, "")
    assert "writer: no server" in done.out


def test_gc_lists_first_and_removes_only_when_told_to(call: Call, tmp_path: Path) -> None:  # noqa: F811
    path = pipeline(tmp_path, {"model": "shipped:model"})
    plan = thinkaug.run(str(path), out=str(tmp_path), engines={"writer": Scripted(lambda ask: STEP)})
    left = plan.steps[-1].folder.path / "shards" / "00000-000.0123abcd.tmp"
    left.touch()  # of a killed attempt at a unit that is committed now
    listed = call("gc", path, "--out", tmp_path)
    assert listed.code == 0
    assert left.name in listed.out
    assert left.exists()
    assert call("gc", path, "--out", tmp_path, "--yes").code == 0
    assert not left.exists()
    assert all(step.folder.manifests() for step in plan.steps)
