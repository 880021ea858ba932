"""The finished folder, as the loaders of `datasets`, `sha256sum` and the Hub read it."""

import json
import subprocess
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest
from huggingface_hub import DatasetCard

from thinkaug import strip
from thinkaug.pipeline import Plan
from thinkaug.shards.write import shard_count

Build = Callable[..., Plan]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def shards(root: Path) -> list[Path]:
    return sorted((root / "train" / "shards").glob("*"))


def stored(root: Path) -> list[dict[str, Any]]:
    """The rows as Arrow alone reads them, shard by shard."""
    return list(chain.from_iterable(map(rows_of, shards(root))))


def rows_of(shard: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.ipc.open_stream(shard.read_bytes()).read_all().to_pylist()
    return rows


def of_step(plan: Plan, label: str) -> list[Any]:
    """The rows that a step of the build wrote, as records."""
    folder = next(step.folder for step in plan.steps if step.label == label)
    return [row for manifest in folder.manifests() for file in manifest.files for row in folder.rows(file.path)]


LOADERS: dict[str, Callable[[Path, str], Any]] = {
    "load_from_disk(root)": lambda root, cache: datasets.load_from_disk(str(root))["train"],
    "load_from_disk(root/train)": lambda root, cache: datasets.load_from_disk(str(root / "train")),
    "load_dataset(root)": lambda root, cache: datasets.load_dataset(str(root), cache_dir=cache)["train"],
    "load_dataset(arrow)": lambda root, cache: datasets.load_dataset(
        "arrow", data_files=str(root / "train" / "shards" / "train-*.arrow"), cache_dir=cache
    )["train"],
    "load_dataset(streaming)": lambda root, cache: datasets.load_dataset(str(root), streaming=True, cache_dir=cache)[
        "train"
    ],
}


@pytest.mark.parametrize("load", LOADERS.values(), ids=LOADERS)
def test_every_loader_gives_the_same_rows(root: Path, tmp_path: Path, load: Callable[[Path, str], Any]) -> None:
    assert list(load(root, str(tmp_path))) == stored(root)


@pytest.mark.parametrize("load", LOADERS.values(), ids=LOADERS)
def test_every_loader_finds_the_same_features(root: Path, tmp_path: Path, load: Callable[[Path, str], Any]) -> None:
    string, integer = datasets.Value("string"), datasets.Value("int32")
    span = {"start": integer, "end": integer, "kind": string, "weight": datasets.Value("float32")}
    assert load(root, str(tmp_path)).features == datasets.Features(
        {
            "id": string,
            "text": string,
            "spans": datasets.List(span),
            "no_loss_ranges": datasets.List(datasets.List(integer)),
            "source": string,
            "domain": string,
            "meta": string,
        }
    )


def test_the_stored_types_are_those_that_trainers_mix_with_other_data(root: Path) -> None:
    schema = pa.ipc.open_stream(shards(root)[0].read_bytes()).schema
    span = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("kind", pa.string()), ("weight", pa.float32())])
    assert schema.field("text").type == pa.string()
    assert schema.field("spans").type == pa.list_(span)
    assert schema.field("no_loss_ranges").type == pa.list_(pa.list_(pa.int32()))


def test_without_its_thoughts_every_row_is_its_passage(root: Path, plan: Plan) -> None:
    passages = {row.id: row.text for row in of_step(plan, "segment")}
    rows = list(datasets.load_from_disk(str(root))["train"])
    assert len(rows) > 50
    for row in rows:
        assert strip(row["text"], row["spans"]) == passages[json.loads(row["meta"])["passage"]]
        assert {span["kind"] for span in row["spans"]} >= {"text", "self_talk", "recall"}


def test_every_sample_is_there_once_and_in_another_order(root: Path, plan: Plan) -> None:
    packed = [row.id for row in of_step(plan, "pack")]
    shuffled = [row["id"] for row in stored(root)]
    assert sorted(shuffled) == sorted(packed)
    assert len(set(shuffled)) == len(shuffled)
    assert shuffled != packed


def test_the_shuffle_goes_over_all_shards(root: Path, plan: Plan) -> None:
    first = {row.id for row in of_step(plan, "pack")[:16]}
    homes = {path.name for path in shards(root) if first & {row["id"] for row in rows_of(path)}}
    assert len(homes) > len(shards(root)) / 2


def test_rows_are_mixed_within_a_shard_too(root: Path) -> None:
    numbers = [[int(row["source"].split("#")[1]) for row in rows_of(path)] for path in shards(root)]
    assert sum(of_shard == sorted(of_shard) for of_shard in numbers) <= 1
    units = [[number // 17 for number in of_shard] for of_shard in numbers]
    assert sum(of_shard == sorted(of_shard) for of_shard in units) <= 1


def test_another_seed_is_another_order_of_the_same_samples(root: Path, build: Build) -> None:
    here, there = ([row["id"] for row in stored(place)] for place in (root, build(seed=1).shards))
    assert here != there
    assert sorted(here) == sorted(there)


def test_the_same_seed_is_the_same_files(root: Path, build: Build) -> None:
    again = build().shards
    assert [path.read_bytes() for path in shards(root)] == [path.read_bytes() for path in shards(again)]


@pytest.mark.parametrize(("shard_mb", "most"), [(0.01, 32), (0.03, 8), (1, 1), (1e-9, 64)])
def test_the_number_of_shards_is_a_power_of_two(build: Build, shard_mb: float, most: int) -> None:
    count = len(shards(build(shard_mb=shard_mb).shards))
    assert count in {1, 2, 4, 8, 16, 32, 64}
    assert most / 4 < count <= most


@pytest.mark.parametrize(
    ("bytes_in_all", "shard_bytes", "count"), [(0, 10, 1), (10, 10, 1), (11, 10, 2), (30, 10, 4), (81, 10, 16)]
)
def test_the_smallest_power_of_two_that_keeps_the_size(bytes_in_all: int, shard_bytes: int, count: int) -> None:
    assert shard_count(bytes_in_all, shard_bytes) == count


def test_shards_lie_alone_and_are_named_in_order(root: Path) -> None:
    count = len(shards(root))
    assert count > 1
    assert [path.name for path in shards(root)] == [f"train-{n:05d}-of-{count:05d}.arrow" for n in range(count)]


def test_the_root_holds_what_is_documented_and_no_more(root: Path) -> None:
    found = {str(path.relative_to(root.resolve())) for path in root.resolve().rglob("*") if path.suffix != ".arrow"}
    assert found == {
        "README.md",
        "SHA256SUMS",
        "dataset_dict.json",
        "manifest.json",
        "stats.json",
        "train",
        "train/shards",
        "train/dataset_info.json",
        "train/state.json",
    }


def test_sha256sum_finds_every_file_as_written(root: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"train/shards/{path.name}: OK" in done.stdout for path in shards(root))


def test_sha256sum_names_a_shard_that_changed(mine: Path) -> None:
    shard = shards(mine)[0]
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=mine, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"train/shards/{shard.name}: FAILED" in done.stdout


def test_the_card_says_licence_model_and_where_the_shards_are(root: Path) -> None:
    card = DatasetCard.load(root / "README.md")
    assert card.data.license == "cc-by-4.0"
    assert card.data.to_dict()["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "train/shards/train-*.arrow"}]}
    ]
    assert "Licences of the expert texts: CC-BY-4.0." in card.text
    assert "written by scripted" in card.text


def test_the_manifest_has_for_every_shard_what_it_holds(root: Path) -> None:
    entries = json.loads((root / "manifest.json").read_text())["shards"]
    assert [entry["path"] for entry in entries] == [f"train/shards/{path.name}" for path in shards(root)]
    for entry, path in zip(entries, shards(root), strict=True):
        rows = rows_of(path)
        assert (entry["rows"], entry["chars"]) == (len(rows), sum(len(row["text"]) for row in rows))
        assert entry["bytes"] == path.stat().st_size


def test_the_stats_count_every_span_of_every_kind(root: Path) -> None:
    kinds = json.loads((root / "stats.json").read_text())["kinds"]
    spans = [(span["kind"], row["text"][span["start"] : span["end"]]) for row in stored(root) for span in row["spans"]]
    for kind in ("text", "self_talk", "recall", "marker"):
        texts = [text for of, text in spans if of == kind]
        assert (kinds[kind]["spans"], kinds[kind]["chars"]) == (len(texts), sum(map(len, texts)))
        assert kinds[kind]["tokens"] == sum(len(text.split()) for text in texts)  # as the scripted engine counts
