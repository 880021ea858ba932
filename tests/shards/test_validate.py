"""validate: a set that is as written has no fault; whatever is changed in it is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.plan import Plan
from thinkaug.shards.validate import validate


def shards(root: Path) -> list[Path]:
    return sorted((root / "train" / "shards").glob("train-*.arrow"))


def edit(path: Path, change: Callable[[Any], object]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def naming(root: Path, name: str) -> list[str]:
    """The faults that name it."""
    return [fault for fault in validate(root).faults if name in fault]


def step(root: Path, name: str) -> Path:
    """The folder of a stage of the build that the set lies in."""
    (place,) = root.resolve().parent.parent.glob(f"{name}-*")
    return place


def test_a_set_as_written_has_no_fault(root: Path) -> None:
    verdict = validate(root)
    assert verdict.faults == ()
    assert verdict.lines == [f"{root}: valid: {verdict.rows} samples"]
    assert verdict.rows > 50


@pytest.mark.parametrize("layout", ["tokens", "packed"])
def test_a_set_of_tokens_as_a_run_writes_it_has_no_fault(build: Callable[..., Plan], layout: str) -> None:
    root = build(layout=layout, tokenizer="shipped:model", window_tokens=128).shards
    assert validate(root).faults == ()


def test_a_set_out_of_its_build_has_no_fault(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "elsewhere")
    assert validate(tmp_path / "elsewhere").faults == ()


def test_a_set_beside_folders_of_another_build_has_no_fault(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "pack-00000000" / "dataset")
    (tmp_path / "generate-00000000").mkdir()
    assert validate(tmp_path / "pack-00000000" / "dataset").faults == ()


@pytest.fixture(scope="module")
def flippable(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("flip") / "set"
    shutil.copytree(root, place)
    return place


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_changed_byte_anywhere_names_its_shard(flippable: Path, data: st.DataObject) -> None:
    shard = data.draw(st.sampled_from(shards(flippable)))
    whole = shard.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, 2000))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.sampled_from([0x80, 0xFF]) | st.integers(1, 255))
    try:
        shard.write_bytes(changed)
        assert naming(flippable, shard.name)
    finally:
        shard.write_bytes(whole)


def test_a_damaged_shard_is_not_read(mine: Path) -> None:
    # Offsets of damaged Arrow bytes may point outside the file: reading them can kill the process.
    shard = shards(mine)[0]
    whole = bytearray(shard.read_bytes())
    whole[42] ^= 0x80
    shard.write_bytes(whole)
    assert any("its rows were not read" in fault for fault in naming(mine, shard.name))


@pytest.mark.parametrize("place", ["SHA256SUMS", "manifest.json"])
def test_a_changed_thought_is_found_though_one_of_the_sums_was_put_right(mine: Path, place: str) -> None:
    shard = shards(mine)[0]
    before = validate(mine)
    assert not before.faults
    whole = shard.read_bytes()
    where = whole.index(b"Sixty beats")
    shard.write_bytes(whole[:where] + b"f" + whole[where + 1 :])
    if place == "SHA256SUMS":
        kept = [line for line in (mine / place).read_text().splitlines() if shard.name not in line]
        (mine / place).write_text("\n".join(kept) + "\n")
    else:
        edit(mine / place, lambda manifest: manifest["shards"][0].update(sha256="0" * 64))
    assert naming(mine, shard.name)


def test_a_missing_shard_is_named(mine: Path) -> None:
    gone = shards(mine)[1]
    gone.unlink()
    assert naming(mine, f"{gone.name}: missing")


def test_an_empty_shard_is_named(mine: Path) -> None:
    shards(mine)[1].write_bytes(b"")
    assert naming(mine, shards(mine)[1].name)


def test_a_shard_too_many_is_named(mine: Path) -> None:
    extra = shards(mine)[0].with_name("train-99999-of-00002.arrow")
    shutil.copy(shards(mine)[0], extra)
    assert naming(mine, extra.name)


def test_a_shard_that_no_loader_would_read_is_named(mine: Path) -> None:
    edit(mine / "train" / "state.json", lambda state: state["_data_files"].pop())
    assert naming(mine, shards(mine)[-1].name)


def test_a_wrong_number_of_rows_is_named(mine: Path) -> None:
    edit(mine / "manifest.json", lambda manifest: manifest["shards"][0].update(rows=999))
    assert any(" rows, manifest.json says 999" in fault for fault in naming(mine, shards(mine)[0].name))


@pytest.mark.parametrize("body", ["", "no sums here\n", "\n\n"])
def test_sums_that_are_gone_are_named(mine: Path, body: str) -> None:
    (mine / "SHA256SUMS").write_text(body)
    assert naming(mine, "SHA256SUMS")


def test_another_spec_is_named(mine: Path) -> None:
    edit(mine / "manifest.json", lambda manifest: manifest.update(spec="thinkaug-shards/99"))
    assert naming(mine, "thinkaug-shards/99")


LEDGER_CHANGES: dict[str, Callable[[Any], object]] = {
    "a row more came in": lambda stats: stats["ledger"][2].update(rows_in=999),
    "a reason is gone": lambda stats: stats["ledger"][0].update(dropped={}),
    "an error is gone": lambda stats: stats["ledger"][2].update(quarantined={}),
    "a stage is gone": lambda stats: stats["ledger"].pop(1),
    "all are gone": lambda stats: stats.update(ledger=[]),
    "a stage knows more": lambda stats: stats["ledger"][0].update(more=1),
}


@pytest.mark.parametrize("change", LEDGER_CHANGES.values(), ids=LEDGER_CHANGES)
def test_a_changed_ledger_is_named(mine: Path, change: Callable[[Any], object]) -> None:
    edit(mine / "stats.json", change)
    assert naming(mine, "stats.json")


@pytest.mark.parametrize(
    ("change", "fault"),
    [("a row more came in", "generate: 999 rows in, but"), ("a reason is gone", "ingest: 60 rows in, but")],
)
def test_a_ledger_that_does_not_balance_is_named_for_its_stage(mine: Path, change: str, fault: str) -> None:
    edit(mine / "stats.json", LEDGER_CHANGES[change])
    assert naming(mine, fault)


@pytest.mark.parametrize(("stage", "part"), [("ingest", "dropped"), ("generate", "quarantine")])
def test_a_line_taken_out_of_the_build_is_named(mine: Path, stage: str, part: str) -> None:
    file = next(place for place in (step(mine, stage) / part).iterdir() if place.stat().st_size)
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    assert naming(mine, file.name)


@pytest.mark.parametrize(("stage", "part"), [("ingest", "dropped"), ("generate", "quarantine")])
def test_a_whole_file_taken_out_of_the_build_is_named(mine: Path, stage: str, part: str) -> None:
    file = next((step(mine, stage) / part).iterdir())
    file.unlink()
    assert naming(mine, file.name)


def test_a_manifest_taken_out_of_the_build_is_named(mine: Path) -> None:
    place = step(mine, "generate")
    next((place / "manifest").iterdir()).unlink()
    assert naming(mine, place.name)


@pytest.mark.parametrize("body", ["{}", "[]", "{"])
def test_a_damaged_manifest_of_the_build_is_named(mine: Path, body: str) -> None:
    place = step(mine, "segment")
    next((place / "manifest").iterdir()).write_text(body)
    assert naming(mine, place.name)


def test_a_changed_shard_of_the_build_is_named(mine: Path) -> None:
    file = next((step(mine, "generate") / "shards").iterdir())
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert naming(mine, file.name)


@pytest.mark.parametrize("name", ["manifest.json", "stats.json", "train/state.json"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"{}", b"[]", b"null", b"7"])
def test_damaged_json_is_named(mine: Path, name: str, body: bytes) -> None:
    (mine / name).write_bytes(body)
    assert naming(mine, name)


@pytest.mark.parametrize("name", ["README.md", "dataset_dict.json", "train/dataset_info.json"])
def test_any_changed_file_is_named(mine: Path, name: str) -> None:
    with (mine / name).open("a") as file:
        file.write(" ")
    assert naming(mine, name)


@pytest.mark.parametrize("name", ["train/state.json", "manifest.json", "stats.json", "SHA256SUMS"])
def test_an_unfinished_folder_is_no_data_set(mine: Path, name: str) -> None:
    (mine / name).unlink()
    with pytest.raises(UserError, match=f"not a finished data set: .*{name}"):
        validate(mine)


@pytest.mark.parametrize("place", ["", "nowhere", "file"])
def test_what_is_no_data_set_is_said_to_be_none(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="not a finished data set"):
        validate(tmp_path / place)


def test_many_faults_are_counted_and_the_first_are_listed(mine: Path) -> None:
    edit(mine / "manifest.json", lambda manifest: manifest.update(shards=manifest["shards"] * 20))
    verdict = validate(mine)
    assert len(verdict.faults) > 20
    assert len(verdict.lines) == 22
    assert verdict.lines[-1].endswith(f"NOT valid: {len(verdict.faults)} faults")
