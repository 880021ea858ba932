"""open_shards: the samples of a finished set, in order, as often as asked; anything else is refused with what to do."""

import json
import pickle
import shutil
import tracemalloc
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest

from tests.shards.forged import edit, forge, put_right, samples, shards
from thinkaug.durable import sha256_of
from thinkaug.errors import UserError
from thinkaug.records import Sample, Span
from thinkaug.rendering import strip
from thinkaug.schema import arrow_schema
from thinkaug.shards.reading import open_shards

Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished set of layout text; leave it as it is."""
    return forge(tmp_path_factory.mktemp("read") / "set", "text")


@pytest.fixture
def mine(forged: Path, tmp_path: Path) -> Path:
    """A copy of it, to damage."""
    return Path(shutil.copytree(forged, tmp_path / "mine"))


def test_every_sample_comes_as_it_was_written_in_order(forged: Path) -> None:
    assert list(open_shards(forged)) == samples()


def test_samples_are_records_with_spans_as_records(forged: Path) -> None:
    first = next(iter(open_shards(forged)))
    assert isinstance(first, Sample)
    assert all(isinstance(span, Span) for span in first.spans)
    assert strip(first.text, first.spans) == json.loads(first.meta)["passage"]


def test_they_are_those_that_datasets_loads(forged: Path) -> None:
    loaded = datasets.load_from_disk(str(forged))["train"]
    assert [(row.id, row.text) for row in open_shards(forged)] == [(row["id"], row["text"]) for row in loaded]


def test_their_number_is_known_without_reading_them(forged: Path) -> None:
    opened = open_shards(forged)
    assert len(opened) == 24
    assert opened.layout == "text"
    assert [part["name"] for part in opened.manifest["parts"]] == ["made", "replay"]


def test_it_can_be_iterated_again_and_by_several_at_once(forged: Path) -> None:
    opened = open_shards(forged)
    one, other = iter(opened), iter(opened)
    begun = list(islice(one, 9))
    assert list(other) == samples()
    assert begun + list(one) == samples()
    assert list(opened) == samples()


def test_another_process_can_have_it(forged: Path) -> None:
    assert list(pickle.loads(pickle.dumps(open_shards(str(forged))))) == samples()


def test_a_link_leads_to_the_set_that_it_led_to_when_it_was_opened(forged: Path, tmp_path: Path) -> None:
    link = tmp_path / "shards"
    link.symlink_to(forged)
    opened = open_shards(link)
    link.unlink()
    link.symlink_to(tmp_path)
    assert list(opened) == samples()


def test_memory_holds_a_batch_not_a_shard(tmp_path: Path, mine: Path) -> None:
    path = shards(mine)[0]
    before = sha256_of(path)
    batch = pa.RecordBatch.from_pylist(
        [{**vars_of(samples()[0]), "text": "x" * 100_000}] * 20, schema=arrow_schema(Sample)
    )
    with path.open("wb") as sink, pa.ipc.new_stream(sink, batch.schema) as stream:
        for _ in range(20):
            stream.write_batch(batch)
    put_right(mine, path, before)
    edit(mine / "manifest.json", lambda manifest: manifest["shards"][0].update(rows=400))
    opened = open_shards(mine)
    tracemalloc.start()
    try:
        assert sum(1 for _ in opened) > 400
        assert tracemalloc.get_traced_memory()[1] < 10_000_000  # of 40 million characters
    finally:
        tracemalloc.stop()


def vars_of(row: Sample) -> dict[str, Any]:
    return {"id": row.id, "spans": [], "no_loss_ranges": [], "source": "", "domain": "", "meta": "{}"}


@pytest.mark.parametrize("layout", ["tokens", "packed"])
def test_a_set_of_tokens_is_refused_with_what_reads_it(tmp_path: Path, layout: str) -> None:
    root = forge(tmp_path / "set", layout)
    with pytest.raises(UserError, match=rf"layout '{layout}' holds tokens.*datasets\.load_from_disk\('.*set'\)"):
        open_shards(root)


@pytest.mark.parametrize("name", ["train/state.json", "manifest.json"])
def test_an_unfinished_set_is_refused(mine: Path, name: str) -> None:
    (mine / name).unlink()
    with pytest.raises(UserError, match=f"not a finished data set: .*{name}; .*run again"):
        open_shards(mine)


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="not a finished data set"):
        open_shards(tmp_path / place)


@pytest.mark.parametrize(("inside", "meant"), [("..", "mine"), ("train", "mine")])
def test_a_folder_beside_the_set_is_refused_with_the_one_meant(
    tmp_path: Path, mine: Path, inside: str, meant: str
) -> None:
    if inside == "..":
        mine.rename(tmp_path / "shards")
        mine, meant = tmp_path / "shards", "shards"
    with pytest.raises(UserError, match=rf"did you mean .*{meant}\?"):
        open_shards(mine / inside)


SAID: dict[str, tuple[Change, str]] = {
    "another spec": (lambda m: m.update(spec="thinkaug-shards/1"), "its spec is thinkaug-shards/1"),
    "no spec": (lambda m: m.pop("spec"), "thinkaug validate"),
    "no layout": (lambda m: m.pop("layout"), "manifest.json cannot be read"),
    "an odd layout": (lambda m: m.update(layout=[]), "manifest.json cannot be read"),
    "no shards": (lambda m: m.pop("shards"), "manifest.json cannot be read"),
    "shards without rows": (lambda m: m["shards"][0].pop("rows"), "manifest.json cannot be read"),
    "rows that are no number": (lambda m: m["shards"][0].update(rows="many"), "manifest.json cannot be read"),
    "a shard that is gone": (lambda m: m["shards"][0].update(path="train/x.arrow"), "x.arrow is missing"),
    "a shorter shard": (lambda m: m["shards"][0].update(bytes=7), r"has \d+ bytes, not 7; `thinkaug validate"),
}


@pytest.mark.parametrize(("change", "words"), SAID.values(), ids=SAID)
def test_a_damaged_manifest_is_refused(mine: Path, change: Change, words: str) -> None:
    edit(mine / "manifest.json", change)
    with pytest.raises(UserError, match=words):
        open_shards(mine)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_none_is_refused(mine: Path, body: bytes) -> None:
    (mine / "manifest.json").write_bytes(body)
    with pytest.raises(UserError, match=r"manifest\.json cannot be read"):
        open_shards(mine)


def test_a_shard_that_was_cut_off_is_refused_at_once(mine: Path) -> None:
    path = shards(mine)[1]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UserError, match=path.name):
        open_shards(mine)


def test_bytes_that_are_no_samples_are_named_when_they_are_read(mine: Path) -> None:
    path = shards(mine)[1]
    path.write_bytes(b"\xff" * path.stat().st_size)
    opened = iter(open_shards(mine))
    with pytest.raises(UserError, match=f"{path.name} cannot be read: .*thinkaug validate"):
        list(opened)


def test_text_that_is_no_utf8_is_named_when_it_is_read(mine: Path) -> None:
    path = shards(mine)[0]
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Case", b"C\xffse"))
    with pytest.raises(UserError, match=f"{path.name} cannot be read"):
        list(open_shards(mine))


def test_a_shard_with_other_columns_is_named(mine: Path) -> None:
    path = shards(mine)[0]
    before = sha256_of(path)
    with path.open("wb") as sink, pa.ipc.new_stream(sink, pa.schema([("text", pa.string())])):
        pass
    put_right(mine, path, before)
    with pytest.raises(UserError, match="has other columns"):
        list(open_shards(mine))


def test_a_shard_that_goes_while_it_is_read_is_named(mine: Path) -> None:
    opened = iter(open_shards(mine))
    next(opened)
    shards(mine)[-1].unlink()
    with pytest.raises(UserError, match=shards(mine)[0].name[:5]):
        list(opened)
