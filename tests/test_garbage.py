"""What no build refers to is found and taken away; nothing else is."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from thinkaug.attempt import Attempt
from thinkaug.dialogue import Ask, Message, Reply, Sampling
from thinkaug.errors import UserError
from thinkaug.garbage import collect
from thinkaug.records import Document
from thinkaug.responses import Responses, file_of
from thinkaug.store import Folder, Manifest
from thinkaug.stored import Question, Stored, engine_digest, question_of

ENGINE = engine_digest({"kind": "toy"})
OTHER_ENGINE = engine_digest({"kind": "another"})
UNIT = "00000"
KILLED = f"{UNIT}-000.0123abcd"


class Pipeline:
    """A pipeline's folder with stages that are really committed and replies that are really stored."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def stage(self, name: str = "generate-00000001", *units: str) -> Folder:
        folder = Folder(self.root / name, Document)
        folder.begin({"stage": "toy"})
        for unit in units:
            attempt = Attempt(folder, unit, 2)
            for number in range(3):
                attempt.write(Document(f"{unit}-{number}", "text"))
            attempt.write_aside("dropped", {"id": "d"})
            attempt.write_aside("quarantine", {"id": "q"})
            attempt.write_aside("notes", {"id": "n"})
            attempt.commit(Manifest(unit, (), (), rows_in=5, rows_kept=3, rows_out=3))
        return folder

    def replies(self, build: str, *numbers: int, unit: str = UNIT, engine: str = ENGINE, close: bool = True) -> Path:
        """Let a build use so many replies: those that are not there yet are stored."""
        store = Responses(self.root, engine, unit, build, print)
        store.keep([Stored(name, reply) for name, reply in map(answered, numbers) if store.find(name) is None])
        if close:
            store.close()
        return file_of(self.root, engine, unit)

    def put(self, *way: str, body: str = "a file") -> Path:
        place = self.root.joinpath(*way)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(body)
        return place

    def age(self, hours: float = 2) -> None:
        """Let everything be older."""
        then = time.time() - hours * 3600
        for place in self.root.rglob("*"):
            os.utime(place, (then, then), follow_symlinks=False)

    def snapshot(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if not is_a_readers(path)}

    def removed_by_gc(self) -> set[str]:
        """What goes; listing it before takes nothing away and names all of it."""
        before = self.snapshot()
        listed = collect(self.root, really=False)
        assert self.snapshot() == before
        removing = collect(self.root, really=True)
        assert removing[:-1] == listed[:-1]
        gone = before - self.snapshot()
        assert collect(self.root, really=True) == [f"{self.root}: nothing to remove"]
        return gone


def is_a_readers(path: Path) -> bool:
    """SQLite leaves these beside a file that was only read."""
    return path.name.endswith(("-wal", "-shm"))


def answered(number: int) -> tuple[Question, Reply]:
    return question_of(ENGINE, Ask((Message("user", str(number)),), Sampling(), 0)), Reply(f"reply {number} " * 20)


def kept(file: Path) -> set[int]:
    database = sqlite3.connect(file)
    names = {key for (key,) in database.execute("SELECT key FROM replies")}
    database.close()
    return {number for number in range(50) if answered(number)[0].key in names}


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path / "toy")


def test_a_finished_build_holds_no_garbage(pipeline: Pipeline) -> None:
    pipeline.stage("ingest-00000001", UNIT)
    pack = pipeline.stage("pack-00000002", UNIT, "00001")
    pipeline.put("pack-00000002", "dataset", "train", "state.json")
    (pipeline.root / "shards").symlink_to("pack-00000002/dataset")
    pipeline.replies("pack-00000002", 1, 2)
    pipeline.age()
    assert pipeline.removed_by_gc() == set()
    assert len(pack.manifests()) == 2


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert collect(tmp_path / "nowhere", really=True) == [f"{tmp_path / 'nowhere'}: nothing to remove"]


# Files of attempts


@pytest.mark.parametrize(
    "name",
    [
        f"shards/{KILLED}.tmp",
        f"shards/{KILLED}.arrow",
        f"shards/{UNIT}-1234.0123abcd.arrow",
        f"dropped/{UNIT}.0123abcd.tmp",
        f"dropped/{UNIT}.0123abcd.jsonl",
        f"quarantine/{UNIT}.0123abcd.jsonl",
    ],
)
@pytest.mark.parametrize("is_committed", [True, False])
@pytest.mark.parametrize("is_old", [True, False])
def test_files_of_a_killed_attempt_go_once_no_run_can_be_writing_them(
    name: str, is_committed: bool, is_old: bool, pipeline: Pipeline
) -> None:
    folder = pipeline.stage("generate-00000001", *([UNIT] if is_committed else []), "00001")
    pipeline.put("generate-00000001", name)
    if is_old:
        pipeline.age()
    rows = [row.id for entry in folder.manifests() for file in entry.files for row in folder.rows(file.path)]
    assert pipeline.removed_by_gc() == ({f"generate-00000001/{name}"} if is_committed or is_old else set())
    assert rows == [row.id for entry in folder.manifests() for file in entry.files for row in folder.rows(file.path)]


def test_a_manifests_own_temporary_file_goes_only_when_it_is_old(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    pipeline.put("generate-00000001", "manifest", f"{UNIT}.0123abcd.tmp")
    assert pipeline.removed_by_gc() == set()
    pipeline.age()
    assert pipeline.removed_by_gc() == {f"generate-00000001/manifest/{UNIT}.0123abcd.tmp"}


def test_an_attempt_that_writes_seldom_is_alive_as_long_as_its_stage_or_its_model_is(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001")
    pipeline.put("generate-00000001", "shards", f"{UNIT}-000.0123abcd.arrow")
    pipeline.age()
    pipeline.put("generate-00000001", "shards", f"{UNIT}-001.0123abcd.tmp")  # it has just begun its second file
    assert pipeline.removed_by_gc() == set()
    pipeline.age()
    pipeline.replies("generate-00000001", 1)  # a reply has just come
    assert pipeline.removed_by_gc() == set()


@pytest.mark.parametrize(
    "name",
    [
        "shards/notes.txt",
        f"shards/{UNIT}.arrow",
        f"shards/{UNIT}-000.0123ABCD.arrow",
        f"shards/{UNIT}-000.0123abcd.arrow.bak",
        f"shards/inside/{KILLED}.tmp",
        "dropped/notes.jsonl",
        "manifest/00009.json.bak",
        f"{KILLED}.tmp",
        f"mine/{KILLED}.tmp",
        ".dataset.mine/x",
    ],
)
def test_what_this_program_does_not_name_so_is_left_alone(name: str, pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    pipeline.put("generate-00000001", name)
    pipeline.age()
    assert pipeline.removed_by_gc() == set()


def test_folders_that_are_no_stages_are_left_alone(pipeline: Pipeline) -> None:
    pipeline.put("generate-00000001", "shards", f"{KILLED}.tmp")  # no stage.json
    pipeline.stage("mine")
    pipeline.put("mine", "shards", f"{KILLED}.tmp")
    pipeline.age()
    assert pipeline.removed_by_gc() == set()


def test_a_damaged_manifest_is_an_error_and_nothing_goes(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    left = pipeline.put("generate-00000001", "shards", f"{UNIT}-000.0123abcd.tmp")
    pipeline.put("generate-00000001", "manifest", "00001.json", body='{"files": [')
    pipeline.age()
    with pytest.raises(UserError, match=r"00001\.json: no manifest can be read here"):
        collect(pipeline.root, really=True)
    assert left.exists()


# Unfinished data sets and links


def test_an_unfinished_data_set_goes_when_it_is_old(pipeline: Pipeline) -> None:
    pipeline.stage("pack-00000001", UNIT)
    pipeline.put("pack-00000001", ".dataset.0123abcd", "train", "shards", "0.arrow")
    pipeline.put("pack-00000001", ".stage.json.0123abcd.tmp")
    (pipeline.root / ".shards.0123abcd").symlink_to("pack-00000001/dataset")
    assert pipeline.removed_by_gc() == set()
    pipeline.age()
    place = pipeline.root / "pack-00000001" / ".dataset.0123abcd" / "train" / "shards" / "0.arrow"
    os.utime(place)  # one file deep inside is being written
    assert pipeline.removed_by_gc() == {"pack-00000001/.stage.json.0123abcd.tmp", ".shards.0123abcd"}
    pipeline.age()
    assert {path.split("/")[1] for path in pipeline.removed_by_gc()} == {".dataset.0123abcd"}


@pytest.mark.parametrize("is_replaced", [True, False])
def test_the_data_set_before_goes_only_when_there_is_a_new_one(is_replaced: bool, pipeline: Pipeline) -> None:
    pipeline.stage("pack-00000001", UNIT)
    pipeline.put("pack-00000001", ".dataset.old", "README.md")
    if is_replaced:
        pipeline.put("pack-00000001", "dataset", "README.md")
    pipeline.age()
    assert bool(pipeline.removed_by_gc()) == is_replaced


@pytest.mark.parametrize("way", ["shards", "manifest", ".dataset.0123abcd", "stage", "responses", "engine", "file"])
def test_links_are_not_followed(way: str, pipeline: Pipeline, tmp_path: Path) -> None:
    outside = Pipeline(tmp_path / "outside")
    outside.stage("generate-00000001")
    outside.put("generate-00000001", "shards", f"{KILLED}.tmp")
    outside.put("generate-00000001", "manifest", f"{UNIT}.0123abcd.tmp")
    replies = outside.replies("generate-00000009", 1)
    outside.age()
    before = outside.snapshot()
    stage = pipeline.stage("generate-00000002").path
    there = outside.root / "generate-00000001"
    link, target = {
        "shards": (stage / "shards", there / "shards"),
        "manifest": (stage / "manifest", there / "manifest"),
        ".dataset.0123abcd": (stage / ".dataset.0123abcd", there),
        "stage": (pipeline.root / "generate-00000001", there),
        "responses": (pipeline.root / "responses", outside.root / "responses"),
        "engine": (pipeline.root / "responses" / ENGINE[:8], outside.root / "responses" / ENGINE[:8]),
        "file": (pipeline.root / "responses" / ENGINE[:8] / replies.name, replies),
    }[way]
    if link.is_dir():
        link.rmdir()
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    pipeline.age()
    assert pipeline.removed_by_gc() == set()
    assert outside.snapshot() == before
    assert kept(replies) == {1}


def test_a_pipelines_folder_may_itself_be_a_link(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.stage("generate-00000001", UNIT)
    left = pipeline.put("generate-00000001", "shards", f"{KILLED}.tmp")
    (tmp_path / "link").symlink_to(pipeline.root)
    assert len(collect(tmp_path / "link", really=True)) == 2
    assert not left.exists()


# Replies


def test_replies_stay_as_long_as_a_build_uses_them(pipeline: Pipeline) -> None:
    for build, numbers in (("generate-00000001", (1, 2, 3)), ("generate-00000002", (3, 4))):
        pipeline.stage(build, UNIT)
        file = pipeline.replies(build, *numbers)
    pipeline.age()
    assert pipeline.removed_by_gc() == set()
    remove(pipeline.root / "generate-00000001")
    pipeline.removed_by_gc()
    assert kept(file) == {3, 4}
    remove(pipeline.root / "generate-00000002")
    pipeline.age()
    assert pipeline.removed_by_gc() == {
        f"responses/{ENGINE[:8]}",
        f"responses/{ENGINE[:8]}/{UNIT}.sqlite",
    }


def test_what_is_left_of_a_file_is_whole_and_smaller(pipeline: Pipeline) -> None:
    for build, numbers in (("generate-00000001", range(5)), ("generate-00000002", range(4, 50))):
        pipeline.stage(build, UNIT)
        file = pipeline.replies(build, *numbers)
    before = file.stat().st_size
    remove(pipeline.root / "generate-00000002")
    assert collect(pipeline.root, really=True)[0].endswith("45 replies that no build uses")
    assert file.stat().st_size < before
    store = Responses(pipeline.root, ENGINE, UNIT, "generate-00000001", print)
    assert [store.find(answered(number)[0]) for number in range(5)] == [answered(number)[1] for number in range(5)]
    store.close()


def test_an_engine_that_nobody_refers_to_goes_as_a_whole(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    pipeline.replies("generate-00000001", 1)
    pipeline.replies("generate-00000009", 1, engine=OTHER_ENGINE)
    pipeline.replies("generate-00000009", 1, engine=OTHER_ENGINE, unit="00001")
    pipeline.age()
    assert pipeline.removed_by_gc() == {
        f"responses/{OTHER_ENGINE[:8]}{name}" for name in ("", f"/{UNIT}.sqlite", "/00001.sqlite")
    }


def test_replies_for_builds_that_are_gone_stay_for_an_hour(pipeline: Pipeline) -> None:
    pipeline.replies("generate-00000009", 1)
    assert pipeline.removed_by_gc() == set()
    pipeline.age(0.9)
    assert pipeline.removed_by_gc() == set()
    pipeline.age(1.1)
    assert pipeline.removed_by_gc()


def test_replies_of_a_unit_under_way_stay_for_an_hour(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001")  # not committed
    pipeline.replies("generate-00000009", 1, 2)
    file = pipeline.replies("generate-00000001", 2)
    pipeline.removed_by_gc()
    assert kept(file) == {1, 2}
    pipeline.age()
    pipeline.removed_by_gc()
    assert kept(file) == {2}


def test_a_running_build_that_has_no_reply_yet_keeps_its_file(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001")
    pipeline.replies("generate-00000009", 1)
    store = Responses(pipeline.root, ENGINE, UNIT, "generate-00000001", print)
    pipeline.age()
    collect(pipeline.root, really=True)
    name, reply = answered(2)
    store.keep([Stored(name, reply)])
    store.close()
    assert kept(file_of(pipeline.root, ENGINE, UNIT)) == {2}


def test_replies_that_a_killed_run_left_in_the_journal_count(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    file = pipeline.replies("generate-00000001", 1, 2, close=False)
    copies = {side: side.read_bytes() for side in file.parent.iterdir()}
    remove(file.parent)
    file.parent.mkdir()
    for side, body in copies.items():
        side.write_bytes(body)
    pipeline.age()
    assert pipeline.removed_by_gc() == set()
    assert kept(file) == {1, 2}


def test_files_moved_aside_go_when_they_are_old_and_damaged_ones_wait_for_the_next_run(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    file = pipeline.replies("generate-00000001", 1)
    for body in ("junk " * 2000, "SQLite format 3\0" + "x" * 9000, ""):
        file.write_text(body)
        pipeline.age()
        assert pipeline.removed_by_gc() == set()
    file.write_text("junk " * 2000)
    pipeline.replies("generate-00000001", 1)
    [aside] = file.parent.glob("*.aside-*")
    assert pipeline.removed_by_gc() == set()
    pipeline.age()
    assert pipeline.removed_by_gc() == {str(aside.relative_to(pipeline.root))}


def test_sizes_are_listed_and_added_up(pipeline: Pipeline) -> None:
    pipeline.stage("generate-00000001", UNIT)
    pipeline.put("generate-00000001", "shards", f"{KILLED}.tmp", body="x" * 1500)
    pipeline.put("generate-00000001", "dropped", f"{UNIT}.0123abcd.jsonl", body="x" * 500)
    *lines, total = collect(pipeline.root, really=False)
    assert [line.split()[0] for line in lines] == ["1,500", "500"]
    assert total == f"{'2,000':>14}  bytes could be removed; say --yes to do it"
    assert collect(pipeline.root, really=True)[-1].split() == ["2,000", "bytes", "removed"]


def remove(folder: Path) -> None:
    for place in sorted(folder.rglob("*"), reverse=True):
        place.rmdir() if place.is_dir() else place.unlink()
    folder.rmdir()
