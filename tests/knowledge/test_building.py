"""The folder: whole or absent, the same bytes from the same input, never in the place of something else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.knowledge.conftest import Make, entries
from thinkaug.errors import UserError
from thinkaug.knowledge import layout
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.command import build, index_summary
from thinkaug.knowledge.index import Index
from thinkaug.knowledge.wording import Config

TABLE = "id\ttitle\ttext\tsource\tversion\nb\tB\tIs b, é.\tbook\t2\na\tA\tIs a.\tbook\t2\nc\tC\tIs c.\tfilm\t\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    place = tmp_path / "a.tsv"
    place.write_text(TABLE)
    return place


def bodies(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_input_gives_the_same_bytes_in_another_process(table: Path, tmp_path: Path) -> None:
    program = "import sys; from thinkaug.knowledge.building import build_index; build_index([sys.argv[1]], sys.argv[2])"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(table), str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert bodies(tmp_path / "1") == bodies(tmp_path / "2")


def test_the_digest_covers_input_names_and_settings(table: Path, tmp_path: Path) -> None:
    def digest(out: str, path: Path = table, config: Config | None = None) -> str:
        return Index.open(build_index([str(path)], str(tmp_path / out), config)).digest

    first = digest("1")
    assert digest("2") == first
    assert digest("3", config=Config(b=0.5)) != first
    assert digest("4", config=Config(text=("{title}",))) != first
    table.write_text(TABLE.replace("Is a.", "Is not a."))
    assert digest("5") != first
    table.write_text(TABLE)
    assert digest("6", path=table.rename(tmp_path / "b.tsv")) != first


def test_an_index_that_is_up_to_date_is_left_alone_and_another_replaced(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "index"
    folder = build_index([str(table)], str(out))
    stamp = (folder / "index.json").stat().st_ino
    build_index([str(table)], str(out))
    assert (folder / "index.json").stat().st_ino == stamp
    old = Index.open(out)
    table.write_text(TABLE + "d\tD\tIs d.\tbook\t2\n")
    build_index([str(table)], str(out))
    assert (len(Index.open(out)), len(old)) == (4, 3)
    assert old.look_up("b")[0].quote == "Is b, é.", "what is open stays readable"
    assert [path.name for path in out.parent.iterdir()] == ["index"]


def test_a_damaged_index_is_built_again(table: Path, tmp_path: Path) -> None:
    folder = build_index([str(table)], str(tmp_path / "index"))
    (folder / layout.NAMES).write_bytes(b"cut")
    assert Index.open(build_index([str(table)], str(folder))).look_up("A")[0].exact


def test_what_is_no_index_is_never_replaced(table: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    build_index([str(table)], str(mine))  # an empty folder is a place
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    for place in (other, other / "thesis.txt"):
        with pytest.raises(UserError, match="not an index; say --out another/folder"):
            build_index([str(table)], str(place))
    assert (other / "thesis.txt").read_text() == "years of work"


def test_a_folder_that_cannot_be_made_is_named(table: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be written: .*--out another/folder"):
        build_index([str(table)], str(table / "inside"))


def test_nothing_is_left_behind_when_writing_fails(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UserError, match="No space left on device"):
        build_index([str(table)], str(out / "index"))
    assert list(out.iterdir()) == []


def test_an_index_beside_its_sources_is_not_read_as_one(table: Path, tmp_path: Path) -> None:
    bad = tmp_path / "b.jsonl"
    bad.write_text("no\n")
    out = str(tmp_path / "index")
    first = Index.open(build_index([str(tmp_path)], out)).digest
    assert Index.open(build_index([str(tmp_path)], out)).digest == first
    assert json.loads((tmp_path / "index" / "index.json").read_text())["rows"] == 4


def test_the_command_says_what_there_is(table: Path, tmp_path: Path) -> None:
    table.write_text(TABLE + "short\na\tA\tagain\t\t\n")
    out = tmp_path / "index"
    lines = build([str(table)], str(out), ["text={title}: {text}", "say.title.A=An A", "k1=1.2"])
    assert lines[0].startswith("index: 3 entries from 5 rows, 0.0 MB, digest ")
    assert lines[0].endswith(str(out))
    assert lines[1:3] == ["  2 from book 2", "  1 from film"]
    assert lines[3] == f"left out: 2 rows: 1 ragged, 1 duplicate_id; all are listed in {out / 'left_out.json'}"
    assert lines[4] == "  a.tsv:5: ragged: 1 fields under 5 column names"
    assert index_summary(out) == lines
    assert [row["text"] for row in entries(Index.open(out))] == ["An A: Is a.", "B: Is b, é.", "C: Is c."]


def test_templates_given_twice_are_tried_in_order(table: Path, tmp_path: Path) -> None:
    build([str(table)], str(tmp_path / "i"), ["text={nothing}", "text=second {id}"])
    assert Index.open(tmp_path / "i").look_up("A")[0].quote == "second a"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("txet={a}", "index: no setting 'txet'; did you mean 'text'"),
        ("text", "--set text: expected key=value"),
        ("say.a=b", "expected say.COLUMN.VALUE=words"),
        ("b=2", r"index\.b: .*less than or equal to 1"),
        ("k1=much", r"index\.k1: .*number.*'much'"),
        ("text={a", "no partner"),
    ],
)
def test_a_setting_that_cannot_be_is_explained(table: Path, tmp_path: Path, setting: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        build([str(table)], str(tmp_path / "i"), [setting])


def test_many_entries_fill_many_batches(make: Make) -> None:
    body = "".join(json.dumps({"id": f"{n:05}", "title": f"name {n}", "text": f"says {n}"}) + "\n" for n in range(2500))
    index = make({"a.jsonl": body})
    assert [batch.num_rows for batch in index._entries.batches] == [1000, 1000, 500]
    assert [index.look_up(f"name {n}")[0].quote for n in (0, 999, 1000, 2499)] == [
        "says 0",
        "says 999",
        "says 1000",
        "says 2499",
    ]
