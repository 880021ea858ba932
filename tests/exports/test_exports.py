"""What holds for every target: whole or absent, quiet, and refused in words where it cannot be."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from tests.exports.finished_sets import samples, tree, write_root
from thinkaug.errors import UserError
from thinkaug.exports import TARGETS, export
from thinkaug.shards.student import Student
from thinkaug.shards.tokens import tokens_layout

MODEL = "shipped:model"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set; leave it as it is."""
    return write_root(tmp_path_factory.mktemp("made") / "set", samples(weights={"self_talk": 0.0, "recall": 0.5}))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage."""
    shutil.copytree(made, tmp_path / "set")
    return tmp_path / "set"


@pytest.mark.parametrize("to", TARGETS)
def test_sums_and_origin_stand_beside_every_export(to: str, made: Path, tmp_path: Path) -> None:
    lines = export(made, to, tmp_path / "out", MODEL)
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
    about = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (about["spec"], about["to"], about["rows"]) == ("thinkaug-export/1", to, 40)
    named = {line.partition("  ")[2] for line in (tmp_path / "out" / "SHA256SUMS").read_text().splitlines()}
    assert named == {*about["files"], "export.json"} == set(tree(tmp_path / "out")) - {"SHA256SUMS"}
    assert lines[0] == f"40 rows -> {tmp_path / 'out'}"


@pytest.mark.parametrize("to", TARGETS)
def test_nothing_is_printed_and_nothing_written_beside(
    to: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = tree(made)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export(made, to, Path("out"), MODEL)
    assert tree(made) == before
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert [path.name for path in Path().iterdir()] == ["out"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("to", TARGETS)
def test_the_same_set_gives_the_same_bytes(to: str, made: Path, tmp_path: Path) -> None:
    export(made, to, tmp_path / "a", MODEL)
    export(made, to, tmp_path / "b", MODEL)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_an_earlier_export_is_replaced(made: Path, tmp_path: Path) -> None:
    export(made, "parquet", tmp_path / "out")
    export(made, "jsonl", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_data_set_is_followed(made: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(made)
    export(tmp_path / "link", "jsonl", tmp_path / "out")
    assert list((tmp_path / "out").glob("*.jsonl"))


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_is_no_export_is_left_alone(what: str, made: Path, tmp_path: Path) -> None:
    mine = tmp_path / "out" / "thesis.tex" if what == "folder" else tmp_path / "out"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("years")
    with pytest.raises(UserError, match="there is something that is no export; say --out another/folder"):
        export(made, "jsonl", tmp_path / "out")
    assert mine.read_text() == "years"


@pytest.mark.parametrize("where", ["set", "set/inside", "."])
def test_the_data_set_itself_is_never_written_into(where: str, root: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    with pytest.raises(UserError, match="overlaps with the data set"):
        export(root, "jsonl", tmp_path / where)
    assert tree(tmp_path) == before


def _unfinished(root: Path) -> None:
    (root / "train" / "state.json").unlink()


def _damaged(root: Path) -> None:
    shard = sorted((root / "train" / "shards").iterdir())[-1]
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)


def _shard_gone(root: Path) -> None:
    sorted((root / "train" / "shards").iterdir())[-1].unlink()


def _manifest_gone(root: Path) -> None:
    (root / "manifest.json").unlink()


def _manifest_cut_off(root: Path) -> None:
    (root / "manifest.json").write_text((root / "manifest.json").read_text()[:40])


def _manifest_of_a_list(root: Path) -> None:
    (root / "manifest.json").write_text("[]")


def _manifest_deep(root: Path) -> None:
    (root / "manifest.json").write_text("[" * 100_000)


def _of_other_version(root: Path) -> None:
    _in_manifest(root, lambda manifest: manifest.update(spec="thinkaug-shards/1"))


def _no_shards(root: Path) -> None:
    _in_manifest(root, lambda manifest: manifest.update(shards=[]))


def _row_too_many(root: Path) -> None:
    _in_manifest(root, lambda manifest: manifest["shards"][-1].update(rows=21))


def _row_too_few(root: Path) -> None:
    _in_manifest(root, lambda manifest: manifest["shards"][-1].update(rows=19))


def _shard_outside(root: Path) -> None:
    _in_manifest(root, lambda manifest: manifest["shards"][-1].update(path="../other.arrow"))


def _other_columns(root: Path) -> None:
    _other_bytes(root, -1, _stream(pa.schema([("text", pa.string())])))


def _cut_off_before_it_was_summed(root: Path) -> None:
    _other_bytes(root, -1, sorted((root / "train" / "shards").iterdir())[-1].read_bytes()[:-200])


def _no_arrow(root: Path) -> None:
    _other_bytes(root, 0, b"PAR1" * 100)


def _stream(schema: pa.Schema) -> bytes:
    sink = pa.BufferOutputStream()
    pa.ipc.new_stream(sink, schema).close()
    return bytes(sink.getvalue())


def _other_bytes(root: Path, number: int, data: bytes) -> None:
    sorted((root / "train" / "shards").iterdir())[number].write_bytes(data)
    _in_manifest(root, lambda manifest: manifest["shards"][number].update(sha256=sha256(data).hexdigest()))


def _in_manifest(root: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    manifest = json.loads((root / "manifest.json").read_text())
    change(manifest)
    (root / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_unfinished, "not a finished data set: No such file"),
        (_damaged, "its bytes are not those that manifest.json names"),
        (_shard_gone, "train-00001-of-00002.arrow: missing"),
        (_manifest_gone, "not a finished data set: No such file"),
        (_manifest_cut_off, "manifest.json cannot be read"),
        (_manifest_of_a_list, "manifest.json cannot be read"),
        (_manifest_deep, "manifest.json cannot be read"),
        (_of_other_version, "spec is thinkaug-shards/1, this version reads"),
        (_no_shards, "manifest.json cannot be read"),
        (_row_too_many, "20 rows, manifest.json says 21"),
        (_row_too_few, "20 rows, manifest.json says 19"),
        (_other_columns, "its columns are not those of the first shard"),
        (_cut_off_before_it_was_summed, "train-00001-of-00002.arrow: "),
        (_no_arrow, "train-00000-of-00002.arrow: "),
        (_shard_outside, "names a shard outside the data set"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_set_that_is_not_whole_is_refused(
    harm: Callable[[Path], None], words: str, to: str, root: Path, tmp_path: Path
) -> None:
    harm(root)
    with pytest.raises(UserError, match=words):
        export(root, to, tmp_path / "out", MODEL)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_an_earlier_export_outlives_one_that_fails(root: Path, tmp_path: Path) -> None:
    export(root, "jsonl", tmp_path / "out")
    before = tree(tmp_path / "out")
    _damaged(root)
    with pytest.raises(UserError, match="its bytes"):
        export(root, "parquet", tmp_path / "out")
    assert tree(tmp_path / "out") == before


def test_an_unknown_target_is_named_with_the_nearest(made: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--to: no export 'parqet'; did you mean 'parquet'"):
        export(made, "parqet", tmp_path / "out")


FULL = """
import resource, sys
from pathlib import Path
from thinkaug.errors import UserError
from thinkaug.exports import TARGETS, export
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for to in TARGETS:
    root = "tokens" if to in ("megatron", "nanotron") else "text"
    try:
        export(Path(root), to, Path("out", to), "shipped:model")
    except UserError as error:
        print(error)
"""


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    write_root(tmp_path / "text", samples(200))
    # Rows that are tokens already need no kernel compiled, which would write files of its own.
    write_root(tmp_path / "tokens", samples(200), layout=tokens_layout(Student.open(MODEL, "main", "", ())))
    home = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, "-c", FULL], cwd=tmp_path, env=home, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert [line.partition(":")[2] for line in done.stdout.splitlines()] == [
        f" File too large; nothing was left at out/{to}" for to in TARGETS
    ]
    assert not list((tmp_path / "out").iterdir())


def test_targets_leave_each_other_alone() -> None:
    home = Path(sys.modules["thinkaug.exports"].__file__ or "").parent
    for target in TARGETS:
        text = (home / f"{target}.py").read_text()
        assert not [other for other in TARGETS if f"exports.{other}" in text]
