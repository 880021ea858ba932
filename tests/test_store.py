"""Attempts, manifests and the files they name."""

import json
import os
import stat
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.attempt import Attempt
from thinkaug.errors import UserError
from thinkaug.records import Document
from thinkaug.store import Folder, Manifest

UNIT = "00000"


def begun(path: Path) -> Folder:
    folder = Folder(path / "stage-00000000", Document)
    folder.begin({"stage": "toy"})
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return begun(tmp_path)


def documents(count: int, word: str = "text") -> list[Document]:
    return [Document(f"{word}-{number}", f"{word} {number}") for number in range(count)]


def written(folder: Folder, rows: list[Document], rows_per_file: int = 100, unit: str = UNIT) -> Attempt:
    """An attempt that has all its rows, one dropped and one quarantined, and is not committed."""
    attempt = Attempt(folder, unit, rows_per_file)
    for row in rows:
        attempt.write(row)
    attempt.write_aside("dropped", {"id": "d"})
    attempt.write_aside("notes", {"id": "n"})
    attempt.write_aside("quarantine", {"id": "q"})
    return attempt


def manifest(rows: int = 0, unit: str = UNIT) -> Manifest:
    return Manifest(unit, ("abc",), (), rows_in=rows + 2, rows_kept=rows, rows_out=rows, dropped={"short": 1})


def read(folder: Folder) -> list[Document]:
    return [row for entry in folder.manifests() for file in entry.files for row in folder.rows(file.path)]


def files(folder: Folder) -> set[str]:
    return {str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()} - {"stage.json"}


def named(entry: Manifest) -> set[str]:
    return {*(file.path for file in entry.files), entry.dropped_file, entry.quarantine_file, entry.notes_file}


def test_a_commit_makes_the_rows_readable(folder: Folder) -> None:
    rows = documents(3)
    written(folder, rows).commit(manifest(3))
    assert read(folder) == rows


def test_nothing_is_readable_before_the_commit(folder: Folder) -> None:
    written(folder, documents(5), rows_per_file=2)
    assert read(folder) == []
    assert folder.manifest(UNIT) is None


def test_a_manifest_is_read_as_it_was_committed(folder: Folder) -> None:
    committed = written(folder, documents(3)).commit(manifest(3))
    assert folder.manifest(UNIT) == committed


def test_a_manifest_names_bytes_and_sum_of_every_file(folder: Folder) -> None:
    committed = written(folder, documents(5), rows_per_file=2).commit(manifest(5))
    for file in committed.files:
        data = (folder.path / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), sha256(data).hexdigest())


def test_of_two_attempts_the_first_manifest_wins(folder: Folder) -> None:
    first, second = written(folder, documents(3, "first")), written(folder, documents(4, "second"))
    winner = first.commit(manifest(3))
    assert second.commit(manifest(4)) == winner
    assert read(folder) == documents(3, "first")


def test_the_losers_files_are_gone(folder: Folder) -> None:
    first = written(folder, documents(5, "first"), rows_per_file=2)
    second = written(folder, documents(5, "second"), rows_per_file=2)
    winner = second.commit(manifest(5))
    first.commit(manifest(5))
    assert files(folder) == {*named(winner), f"manifest/{UNIT}.json"}


def test_of_many_attempts_at_once_one_wins_and_all_agree(folder: Folder) -> None:
    attempts = [written(folder, documents(3, f"try{number}")) for number in range(6)]
    together, winners = Barrier(len(attempts)), list[Manifest]()

    def commit(attempt: Attempt) -> None:
        together.wait()
        winners.append(attempt.commit(manifest(3)))

    threads = [Thread(target=commit, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert winners == [folder.manifest(UNIT)] * len(attempts)
    assert files(folder) == {*named(winners[0]), f"manifest/{UNIT}.json"}


def test_files_that_no_manifest_names_are_not_read(folder: Folder) -> None:
    rows = documents(2)
    committed = written(folder, rows).commit(manifest(2))
    stray = folder.path / committed.files[0].path
    stray.with_name("00000-000.deadbeef.arrow").write_bytes(stray.read_bytes())
    stray.with_name("00001-000.deadbeef.arrow").write_bytes(b"half of a fi")
    (folder.path / "manifest" / "00001.deadbeef.tmp").write_text("{")
    assert read(folder) == rows


def test_abandon_leaves_nothing(folder: Folder) -> None:
    attempt = written(folder, documents(2500), rows_per_file=700)
    assert files(folder)
    attempt.abandon()
    assert files(folder) == set()


def test_abandon_leaves_what_another_attempt_committed(folder: Folder) -> None:
    committed = written(folder, documents(3)).commit(manifest(3))
    written(folder, documents(2500)).abandon()
    assert files(folder) == {*named(committed), f"manifest/{UNIT}.json"}


def test_a_fault_after_the_manifest_stands_does_not_take_its_files(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = documents(3)
    attempt = written(folder, rows)
    fsync = os.fsync

    def fails_for_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError("disk gone")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fails_for_folders)
    with pytest.raises(OSError, match="disk gone"):
        attempt.commit(manifest(3))
    attempt.abandon()
    assert read(folder) == rows


@settings(max_examples=30, deadline=None)
@given(
    rows=st.sampled_from([0, 1, 2, 3, 7, 999, 1000, 1001, 1502]),
    rows_per_file=st.sampled_from([1, 2, 3, 500, 1000, 1500]),
)
def test_a_shard_splits_at_rows_per_file(rows: int, rows_per_file: int) -> None:
    rows = min(rows, 10 * rows_per_file)  # not thousands of files
    full, rest = divmod(rows, rows_per_file)
    with TemporaryDirectory() as place:
        folder = begun(Path(place))
        committed = written(folder, documents(rows), rows_per_file).commit(manifest(rows))
        assert [file.rows for file in committed.files] == [rows_per_file] * full + [rest] * bool(rest)
        assert read(folder) == documents(rows)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(max_size=8) | st.sampled_from(["\ud800", "\u2028\r\n", "\x00\x1a", '"\\', "\U0001f469\u200d\U0001f52c"])
    )
)
def test_lines_set_aside_survive_with_any_character(texts: list[str]) -> None:
    lines = [{"id": str(number), "raw": text, "row": {text: [text]}} for number, text in enumerate(texts)]
    with TemporaryDirectory() as place:
        folder = begun(Path(place))
        attempt = Attempt(folder, UNIT, 10)
        for line in lines:
            attempt.write_aside("dropped", line)
            attempt.write_aside("quarantine", line)
        committed = attempt.commit(manifest())
        for file in (committed.dropped_file, committed.quarantine_file):
            assert (list(folder.lines(file)) if file else []) == lines


def test_lines_set_aside_may_hold_what_json_cannot(folder: Folder) -> None:
    attempt = Attempt(folder, UNIT, 10)
    attempt.write_aside("dropped", {"id": "a", "row": {"when": datetime(2020, 1, 2), "bytes": b"\xff"}})
    [line] = folder.lines(attempt.commit(manifest()).dropped_file)
    assert line == {"id": "a", "row": {"when": "2020-01-02 00:00:00", "bytes": "b'\\xff'"}}


def test_a_unit_without_lines_set_aside_names_no_file(folder: Folder) -> None:
    committed = Attempt(folder, UNIT, 10).commit(manifest())
    assert (committed.dropped_file, committed.quarantine_file, committed.files) == ("", "", ())


def test_a_named_file_that_is_gone_is_said(folder: Folder) -> None:
    committed = written(folder, documents(1)).commit(manifest(1))
    (folder.path / committed.files[0].path).unlink()
    with pytest.raises(UserError, match=r"a manifest names it, but it is gone; remove .*stage-00000000"):
        read(folder)


def test_a_forgotten_unit_can_be_committed_again(folder: Folder) -> None:
    written(folder, documents(1, "old")).commit(manifest(1))
    folder.forget(UNIT)
    written(folder, documents(2, "new")).commit(manifest(2))
    assert read(folder) == documents(2, "new")


def test_units_are_listed_in_order(folder: Folder) -> None:
    for unit in ("00002", "00000", "00001"):
        written(folder, documents(1, unit), unit=unit).commit(manifest(1, unit))
    assert [entry.unit for entry in folder.manifests()] == ["00000", "00001", "00002"]


def test_what_shaped_the_folder_is_written_once(folder: Folder) -> None:
    folder.begin({"stage": "another"})
    assert json.loads((folder.path / "stage.json").read_text()) == {"stage": "toy"}
